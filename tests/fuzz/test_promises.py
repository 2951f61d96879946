"""What SECURITY.md promises, held against the code and against runs."""

from __future__ import annotations

import ast
import gzip
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from scrubkit.config import load
from scrubkit.engine.run import Plan, clean_corpus
from scrubkit.io import read
from scrubkit.io.faults import Rejected

ROOT = Path(__file__).parents[2]
STORY = (
    "The ferry will run again from the first of May, the harbour board said on Monday after a long winter. "
    "It had lain at the quay since the storm of November, when its ramp was torn off and sank in the fairway."
)
EVIL = (
    "../../evil",
    "/tmp/scrubkit-evil",
    "..",
    "a/../../b",
    "con\x00nul",
    "C:\\evil",
    "~/.evil",
    "x" * 300,
    "\u202egnp.exe",
)


def _modules() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text("utf-8"))) for path in sorted((ROOT / "scrubkit").rglob("*.py"))]


def test_nothing_is_unpickled_or_evaluated() -> None:
    """No module imports a format that runs code when it is read, and none evaluates text or starts a shell."""
    forbidden = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
    for path, tree in _modules():
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.split(".")[0] for name in names} & forbidden, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile", "__import__"), path
            if isinstance(node, ast.keyword) and node.arg in ("allow_pickle", "shell"):
                assert isinstance(node.value, ast.Constant), path
                assert not node.value.value, path


def _tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def _run(source: Path, out: Path, **settings: Any) -> None:
    clean_corpus(Plan((str(source),), out, load(isolated=True, overrides=settings), jobs=1))


def test_no_id_makes_a_path(tmp_path: Path) -> None:
    """Records whose ids, addresses and metadata are paths leave everything outside of the output folder as it was."""
    world = tmp_path / "a/b/world"
    (world / "in").mkdir(parents=True)
    rows = [
        {"id": evil, "text": f"{STORY} {number}", "url": f"file://{evil}", "metadata": {"file": evil}}
        for number, evil in enumerate(EVIL)
    ]
    rows += [{"id": evil, "text": ""} for evil in EVIL]
    (world / "in/records.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    before = _tree(tmp_path)
    _run(world / "in", world / "out")
    new = {path for path in _tree(tmp_path) - before if not path.startswith("a/b/world/out")}
    assert not new
    assert not Path("/tmp/scrubkit-evil").exists()


def test_links_out_of_the_source_are_not_followed(tmp_path: Path) -> None:
    """A link to a file or folder elsewhere is told and not read."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("a secret that no corpus may hold")
    source = tmp_path / "in"
    source.mkdir()
    (source / "page.txt").write_text(STORY)
    (source / "link.txt").symlink_to(secret / "key.txt")
    (source / "folder").symlink_to(secret)
    faults: list[Rejected] = []
    texts = [str(record.data) for record in read(source, on_fault=faults.append)]
    assert not any("secret" in text for text in texts)
    assert len(texts) == 1
    assert faults


def test_no_connection_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run over pages full of addresses opens no socket."""

    connect = socket.socket.connect

    def refuse(*given: object, **__: object) -> None:
        # the channel between a program and its own processes is no network
        if given and isinstance(given[0], socket.socket) and given[0].family == socket.AF_UNIX:
            connect(given[0], given[1])  # type: ignore[arg-type]
            return
        raise AssertionError("a connection was opened")

    (tmp_path / "in").mkdir()
    links = "".join(f'<link href="http://127.0.0.1:9/{n}"><img src="http://127.0.0.1:9/{n}.png">' for n in range(20))
    page = (
        f'<!doctype html><html><head><base href="http://127.0.0.1:9/">{links}</head><body><p>{STORY}</p></body></html>'
    )
    (tmp_path / "in/page.html").write_text(page)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    settings = {
        "max-seconds-per-document": 0,
        "max-memory-per-document": "0",
    }  # in this process, where it would be seen
    config = load(isolated=True, overrides=settings)
    clean_corpus(Plan((str(tmp_path / "in"),), tmp_path / "out", config, jobs=1))
    assert (tmp_path / "out/stats.json").exists()


@pytest.mark.parametrize(
    "name",
    [
        "bomb.jsonl.gz",
        pytest.param("bomb.html.gz", marks=pytest.mark.slow),
        pytest.param("bomb.txt.gz", marks=pytest.mark.slow),
    ],
)
def test_a_decompression_bomb_is_set_aside(tmp_path: Path, name: str) -> None:
    """A small file that unpacks to far more than a record may hold is a fault with its beginning, not a document."""
    source = tmp_path / "in"
    source.mkdir()
    (source / "page.txt").write_text(STORY)
    size = 40_000_000
    data = b'{"id": "x", "text": "' + b"a" * size + b'"}\n' if "jsonl" in name else b"<p>" + b"a " * (size // 2)
    (source / name).write_bytes(gzip.compress(data))
    _run(source, tmp_path / "out", **{"max-record-bytes": 1_000_000, "include": ["*"]})
    stats = json.loads((tmp_path / "out/stats.json").read_text())
    assert stats["documents"]["kept"] == 1
    assert sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file()) < 8_000_000
