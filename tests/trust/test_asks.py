"""What the commands ask of the system over hostile names, ids and members: every file, name and connection is seen."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import scrubkit

STORY = "The ferry will run again from the first of May, the harbour board said on Monday after winter number {}. "
EVIL = (
    "../../evil",
    "/evil",
    "..",
    "a/../../b",
    "C:\\evil",
    "~/.evil",
    "x" * 300,
    "\u202egnp.exe",
    "file:///etc/x",
    "",
)

# Sees what Python is about to do, whoever asks for it. What Arrow does in C++ is seen by comparing the folders.
AUDIT = r"""
import json, os, sys
from pathlib import Path

world = os.path.realpath(sys.argv[1])
ours = os.path.join(world, "made") + os.sep
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NEVER = ("pickle.", "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "urllib.",
         "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "pty.", "webbrowser.")
NAMES = {"os.rename": 2, "os.remove": 1, "os.mkdir": 1, "os.rmdir": 1, "os.link": 2, "os.symlink": 2, "os.chmod": 1,
         "os.truncate": 1, "os.utime": 1, "shutil.rmtree": 1, "tempfile.mkstemp": 1, "tempfile.mkdtemp": 1}
WITHIN = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.utime")
wrong, busy = [], []


def inside(path):
    if isinstance(path, int) or path is None:  # a file that is open
        return True
    name = os.fsdecode(path)
    return name == os.devnull or (os.path.realpath(name) + os.sep).startswith(ours)


def hook(event, args):
    if busy:
        return
    busy.append(1)
    try:
        if event.startswith(NEVER):
            wrong.append([event, repr(args)[:200]])
        elif event == "open" and isinstance(args[2], int) and args[2] & WRITES and not inside(args[0]):
            wrong.append([event, repr(args)[:200]])
        elif event in NAMES:
            names, folder = args[: NAMES[event]], args[-1] if event in WITHIN else -1
            # the name of something in a folder that is open, which was seen when it was opened
            bare = isinstance(folder, int) and folder >= 0 and not any(os.sep in os.fsdecode(name) for name in names)
            if not bare and not all(map(inside, names)):
                wrong.append([event, repr(args)[:200]])
    finally:
        busy.pop()


from scrubkit.cli import main
sys.addaudithook(hook)
probe = os.path.join(world, "probe")  # what it is there for it sees
open(probe, "w").close()
os.remove(probe)
assert [event for event, _ in wrong] == ["open", "os.remove"]
wrong.clear()
codes = []
for command in json.loads(sys.argv[2]):
    try:
        main(command, standalone_mode=False)
        codes.append(0)
    except SystemExit as end:
        codes.append(end.code)
print(json.dumps({"codes": codes, "wrong": wrong}))
"""

OFF = ["--max-seconds-per-document", "0", "--max-memory-per-document", "0", "-j", "1"]


def _warc(number: int, uri: str) -> bytes:
    page = f"<html><title>t</title><p>{STORY.format(number) * 3}</p></html>"
    body = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{uri}>\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def _world(world: Path) -> None:
    """Write a corpus in every format whose names, ids, addresses and members lead elsewhere, and what they lead to."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    (world / "made/tmp").mkdir(parents=True)
    (world / "secret").mkdir()
    (world / "secret/key.txt").write_text("A secret that no corpus may hold, and nobody may write to.\n")
    source = world / "in"
    (source / "deep").mkdir(parents=True)
    for name in ("..evil.txt", "-rf.txt", "$(touch evil).txt", "a;b.txt", "deep/~.txt", "'.html", "\\..\\x.txt"):
        (source / name).write_text(STORY.format(name) * 3)
    (source / "link.txt").symlink_to(world / "secret/key.txt")
    (source / "folder").symlink_to(world / "secret")
    rows = [
        {"id": evil, "text": STORY.format(f"{n} of rows") * 3, "url": evil, "metadata": {"path": evil, "file": evil}}
        for n, evil in enumerate(EVIL)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows) + "{broken\n"
    (source / "rows.jsonl").write_text(lines)
    (source / "rows2.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    columns = {
        "id": list(EVIL),
        "text": [STORY.format(f"{n} of a table") for n in range(len(EVIL))],
        "../x": list(EVIL),
    }
    pq.write_table(pa.table(columns), source / "table.parquet")
    (source / "crawl.warc").write_bytes(b"".join(_warc(n, evil or "x") for n, evil in enumerate(EVIL)))


def _seen(world: Path) -> dict[str, bytes]:
    """Return every file of the world but those of the folder that may be written to."""
    return {
        str(path.relative_to(world)): path.read_bytes() if path.is_file() else b""
        for path in sorted(world.rglob("*"))
        if not path.is_relative_to(world / "made")
    }


@pytest.mark.slow
def test_the_commands_write_where_they_are_told_and_nothing_else(tmp_path: Path) -> None:
    """No file outside of the output and the temporary folder, no connection, no other program, no pickle."""
    world = tmp_path / "a/b/world"
    _world(world)
    out, index, first = (str(world / "made" / name) for name in ("out", "corpus.index", "out/rows.jsonl"))
    source, cache = str(world / "in"), str(world / "made/cache")
    every = ["--isolated", "--include", "*"]
    commands = [
        ["clean", source, "-o", out, "--no-dedup", *every, *OFF, "--report", f"{world}/made/report.html"],
        ["clean", source, "-o", f"{out}-2", *every, *OFF, "--format-out", "parquet", "--max-drop", "1"],
        ["report", out],
        ["restore", out, "-o", f"{world}/made/back"],
        ["check", source, "--isolated", "--cache-dir", cache, *OFF],
        ["check", source, "--isolated", "--cache-dir", cache, "--duplicates", *OFF],
        ["fit", source, "-o", f"{world}/made/templates.toml", *every, *OFF],
        ["dedup", source, "-o", f"{world}/made/dedup", "--isolated", "--include", "*"],
        ["index", "add", index, first, "--isolated"],
        ["index", "query", index, first, "--isolated"],
    ]  # fmt: skip
    before = _seen(tmp_path)
    env = {
        **os.environ,
        "PYTHONPATH": str(Path(scrubkit.__file__).parent.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(world / "made/tmp"),
        "HOME": str(world / "secret"),
    }
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, str(world), json.dumps(commands)],
        cwd=world / "secret", env=env, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["wrong"] == []
    checks = [code for code, command in zip(told["codes"], commands, strict=True) if command[0] == "check"]
    assert checks == [2, 2]  # the link out of the folder could not be checked
    assert sum(code not in (0, 1) for code in told["codes"]) == len(checks), done.stderr
    after = _seen(tmp_path)
    assert {name: data for name, data in after.items() if not name.startswith("a/b/world/made")} == {
        name: data for name, data in before.items() if not name.startswith("a/b/world/made")
    }
    assert list((world / "made/tmp").iterdir()) == []
    written = b"".join(path.read_bytes() for path in (world / "made").rglob("*") if path.is_file())
    assert b"A secret that no corpus may hold" not in written
    ids = {json.loads(line)["id"] for line in (world / "made/out/rows.jsonl").read_text().splitlines()}
    assert set(EVIL) - {""} <= ids
