"""Bad input through ``scrubkit clean``: a message that names the thing and the place, and nothing lost."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner, Result

from scrubkit.cli import main

PROSE = (
    "The bridge over the lower river was opened again on Monday after two years of repairs, and the first lorries "
    "crossed it before sunrise while a small crowd of people from both banks watched.\n"
)


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


def folder(tmp_path: Path, **files: bytes | str) -> Path:
    root = tmp_path / "in"
    root.mkdir()
    (root / "good.txt").write_text(PROSE)
    for name, data in files.items():
        path = root / name.replace("__", ".")
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return root


def rejected(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "rejected/records.jsonl").read_text().splitlines()]


# Cleaning goes on in this process, so that what a test plays the system is played there too.
HERE = ("-j", "1", "--max-seconds-per-document", "0", "--max-memory-per-document", "0")


def clean(root: Path, tmp_path: Path, *more: str) -> tuple[Result, Path]:
    out = tmp_path / "out"
    result = run("clean", root, "-o", out, "--isolated", *more)
    assert "Traceback" not in result.stderr
    return result, out


@pytest.mark.parametrize(
    ("data", "fault", "message"),
    [
        (b"", "empty", "bad.txt: is empty (the scrape brought nothing: fetch the page again)"),
        (b" \n\t\n", "blank", "bad.txt: holds nothing but white space"),
        (os.urandom(5000), "binary", "bad.txt: is not text but binary data"),
        (b"%PDF-1.7\n" + b"x" * 99, "binary", "bad.txt: is not text but a PDF document"),
        (b"\x00" * 4096, "binary", "bad.txt: is not text but binary data"),
    ],
)
def test_a_page_that_is_no_text_is_set_aside_with_its_bytes(
    tmp_path: Path, data: bytes, fault: str, message: str
) -> None:
    """The fault is told with the file's name, the bytes are kept, the good page is cleaned, the exit code is 1."""
    root = folder(tmp_path, bad__txt=data)
    result, out = clean(root, tmp_path)
    assert result.exit_code == 1
    assert f"{root}/{message}" in result.stderr
    (told,) = rejected(out)
    assert (told["fault"], told["verdict"]) == (fault, "broken")
    assert (out / str(told["bytes"])).read_bytes() == data
    assert (out / "good.txt").read_text() == PROSE


def test_a_page_of_boilerplate_alone_is_rejected_with_the_rule(tmp_path: Path) -> None:
    """Nothing is left of it, so it is no document; that is a judgement, not a fault, and the exit code stays 0."""
    root = folder(tmp_path, nav__txt="Skip to main content\n\nSkip to navigation\n")
    result, out = clean(root, tmp_path)
    assert result.exit_code == 0
    (told,) = rejected(out)
    assert told["verdict"] == "rejected"
    assert told["codes"]
    assert (out / "rejected/files/nav.txt").read_text() == "Skip to main content\n\nSkip to navigation\n"


def test_nul_bytes_in_a_text_do_not_make_it_binary(tmp_path: Path) -> None:
    """A few NULs are cleaned away with a note; the page is kept."""
    root = folder(tmp_path, nul__txt=PROSE.replace("river", "ri\x00ver").encode())
    result, out = clean(root, tmp_path, "--no-dedup")
    assert result.exit_code == 0
    assert (out / "nul.txt").read_text() == PROSE


@pytest.mark.slow
def test_one_line_of_fifty_megabytes_is_cleaned(tmp_path: Path) -> None:
    """A huge line is a document like any other."""
    root = folder(tmp_path, long__txt="The river rose again on Monday. " * 1_600_000)
    result, out = clean(root, tmp_path, "--no-dedup")
    assert result.exit_code == 0
    assert (out / "long.txt").stat().st_size > 50_000_000


def test_a_folder_named_like_a_page_is_told(tmp_path: Path) -> None:
    """It is named, and the rest is read."""
    root = folder(tmp_path)
    (root / "page.html").mkdir()
    result, out = clean(root, tmp_path)
    assert result.exit_code == 1
    assert f"{root}/page.html: is a folder though its name is that of a file (remove or rename it)" in result.stderr
    assert (out / "good.txt").exists()


def test_a_folder_given_as_settings_file_is_told(tmp_path: Path) -> None:
    """A folder instead of a file is wrong use: exit code 2."""
    root = folder(tmp_path)
    result = run("clean", root, "-o", tmp_path / "out", "--config", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == f"scrubkit: error: {tmp_path}: cannot be read: Is a directory\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    """It is named with the system's reason, and the rest is read."""
    root = folder(tmp_path, secret__txt=PROSE)
    (root / "secret.txt").chmod(0)
    result, _ = clean(root, tmp_path)
    assert result.exit_code == 1
    assert f"{root}/secret.txt: cannot be read: permission denied (mend its permissions)" in result.stderr


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where the tests run as root: the system's refusal is played."""
    root = folder(tmp_path, secret__txt=PROSE)
    opened = Path.open

    def refuse(self: Path, *args: object, **kwargs: object) -> object:
        if self.name == "secret.txt":
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    result, out = clean(root, tmp_path, *HERE)
    assert result.exit_code == 1
    assert f"{root}/secret.txt: cannot be read: permission denied (mend its permissions)" in result.stderr
    assert rejected(out)[0]["bytes"] is None


def test_links_that_loop_or_lead_out_are_told_and_not_followed(tmp_path: Path) -> None:
    """A loop, a dead link and a way out of the folder: each is named; what lies behind is not read."""
    root = folder(tmp_path)
    (tmp_path / "elsewhere.txt").write_text(PROSE)
    (root / "loop").symlink_to(root)
    (root / "self.txt").symlink_to(root / "self.txt")
    (root / "dead.txt").symlink_to(root / "nothing.txt")
    (root / "out.txt").symlink_to(tmp_path / "elsewhere.txt")
    result, out = clean(root, tmp_path)
    assert result.exit_code == 1
    assert f"{root}/loop: is a link to {root}, the folder it lies in (remove it)" in result.stderr
    assert f"{root}/self.txt: is a link that leads back to itself (remove it)" in result.stderr
    assert f"{root}/dead.txt: is a link to '{root}/nothing.txt', which does not exist (remove it)" in result.stderr
    assert f"{root}/out.txt: is a link out of the folder, to {tmp_path}/elsewhere.txt" in result.stderr
    assert json.loads((out / "stats.json").read_text())["documents"]["kept"] == 1


def test_broken_lines_in_the_middle_of_a_record_file_are_set_aside(tmp_path: Path) -> None:
    """Each is told by line, with its bytes; the records around it are kept."""
    root = tmp_path / "in"
    root.mkdir()
    good = [json.dumps({"id": f"d{i}", "text": f"{PROSE} Part {i} of the report."}) for i in range(2)]
    bad = ['{"id": "x", "text": "cut o', '{"id": "y"}', '{"id": "z", "text": 5}', "[1, 2]", '{"id":"e","text":" "}']
    latin = b'{"id": "l", "text": "caf\xe9"}'
    data = "\n".join([good[0], *bad]).encode() + b"\n" + latin + b"\n" + good[1].encode() + b"\n"
    (root / "feed.jsonl").write_bytes(data)
    result, out = clean(root, tmp_path, "--no-dedup")
    assert result.exit_code == 1
    place = f"scrubkit: {root}/feed.jsonl"
    assert f"{place}:2: is not JSON: unterminated string starting at column 21 (mend or remove" in result.stderr
    assert f"{place}:3: has no text in field 'text' (name the field with --text-field; it has 'id')" in result.stderr
    assert f"{place}:4: field 'text' is number, not text (name another with --text-field)" in result.stderr
    assert f"{place}:5: is a JSON array, not an object" in result.stderr
    assert f"{place}:6: its text holds nothing but white space (fetch the page again)" in result.stderr
    assert f"{place}:7: is not UTF-8: invalid continuation byte at byte 24 (mend or remove the line)" in result.stderr
    assert (out / "rejected/lines/feed.jsonl").read_bytes().splitlines() == [*map(str.encode, bad), latin]
    assert [json.loads(line)["id"] for line in (out / "feed.jsonl").read_text().splitlines()] == ["d0", "d1"]


def test_a_likely_text_field_is_named(tmp_path: Path) -> None:
    """Where the text stands under another name, the remedy gives the option that reads it."""
    result = run("clean", "-", stdin=json.dumps({"content": PROSE}).encode() + b"\n")
    assert result.exit_code == 1
    assert "standard input:1: has no text in field 'text' (name it with --text-field content)" in result.stderr


def test_ids_that_stand_twice_are_told_and_kept(tmp_path: Path) -> None:
    """Both records stay, both places are named, the exit code is 1."""
    root = tmp_path / "in"
    root.mkdir()
    rows = [{"id": "a", "text": PROSE}, {"id": "a", "text": "Quite another story about a lost dog came in today."}]
    (root / "feed.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result, out = clean(root, tmp_path)
    assert result.exit_code == 1
    where = f"{root}/feed.jsonl"
    assert f"{where}:1: id 'a' stands 2 times ({where}:1, {where}:2); all are kept" in result.stderr
    assert len((out / "feed.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_torn_archive_gives_what_it_held(tmp_path: Path, ending: str) -> None:
    """Whole records before the break are kept; the break is told with its line and what was read of it."""
    root = tmp_path / "in"
    root.mkdir()
    text = "".join(json.dumps({"id": i, "text": f"{PROSE}{os.urandom(400).hex()}"}) + "\n" for i in range(400))
    whole = gzip.compress(text.encode()) if ending == ".gz" else zstandard.compress(text.encode())
    (root / f"feed.jsonl{ending}").write_bytes(whole[: len(whole) // 2])
    result, out = clean(root, tmp_path, "--no-dedup")
    assert result.exit_code == 1
    assert f"{root}/feed.jsonl{ending}:" in result.stderr
    assert "breaks off: " in result.stderr
    stats = json.loads((out / "stats.json").read_text())["documents"]
    assert stats["broken"] == 1
    assert 100 < stats["kept"] < 300


def test_unknown_setting_names_the_nearest(tmp_path: Path) -> None:
    """An unknown key is an error with the file and the key that was meant."""
    root = folder(tmp_path)
    (root / "scrubkit.toml").write_text("min-word = 5\n")
    result = run("clean", root, "-o", tmp_path / "out")
    assert result.exit_code == 2
    expected = f"scrubkit: error: {root}/scrubkit.toml: unknown key min-word (did you mean min-words?)\n"
    assert result.stderr == expected


def test_unknown_rule_code_names_the_nearest(tmp_path: Path) -> None:
    """The same for a rule code on the command line."""
    result = run("clean", folder(tmp_path), "-o", tmp_path / "out", "--isolated", "--select", "NVA001")
    assert result.exit_code == 2
    assert result.stderr.startswith("scrubkit: error: command line: select: no rule 'NVA001' (did you mean ")


def test_output_and_input_must_not_contain_each_other(tmp_path: Path) -> None:
    """Output inside the input, input inside the output, and both the same are refused before anything is written."""
    root = folder(tmp_path)
    inner = root / "out"
    for out, message in (
        (inner, f"{inner}: the output lies inside the input {root} (choose a folder beside it with -o)"),
        (root, f"{root}: the output is the input itself (choose a folder beside it with -o)"),
        (tmp_path, f"{tmp_path}: the input {root} lies inside the output (choose another folder with -o)"),
    ):
        result = run("clean", root, "-o", out, "--isolated")
        assert result.exit_code == 2
        assert result.stderr == f"scrubkit: error: {message}\n"
    assert sorted(path.name for path in root.iterdir()) == ["good.txt"]


def test_a_folder_with_other_things_in_it_is_not_written_to(tmp_path: Path) -> None:
    """Only with --overwrite do results come to stand beside what is there; nothing of that is removed."""
    root, out = folder(tmp_path), tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    result, _ = clean(root, tmp_path)
    assert result.exit_code == 2
    assert f"{out}: is not empty and holds no earlier run of scrubkit" in result.stderr
    result, _ = clean(root, tmp_path, "--overwrite")
    assert result.exit_code == 0
    assert (out / "mine.txt").read_text() == "mine"


def test_a_disk_without_room_is_told_and_the_run_can_go_on(tmp_path: Path) -> None:
    """The limit of the file size stands for a full disk: one line, exit code 2, no half-written result."""
    root = folder(tmp_path)
    for i in range(40):
        (root / f"p{i}.txt").write_text(f"{PROSE}{os.urandom(4000).hex()}\n")
    out = tmp_path / "out"
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000));"
        "from scrubkit.cli import main; main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, "clean", str(root), "-o", str(out), "--isolated", "-j", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot be written: the file would be larger than is allowed (raise the limit (ulimit -f)" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (out / "manifest.json").exists()
    result, _ = clean(root, tmp_path, "--no-dedup")
    assert result.exit_code == 0
    assert json.loads((out / "stats.json").read_text())["documents"]["kept"] == 41


def test_no_room_on_the_device_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal names the file and says that the same command goes on."""
    root = folder(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scrubkit.io.atomic.os.fsync", full)
    result, _ = clean(root, tmp_path, *HERE)
    assert result.exit_code == 2
    assert "cannot be written: no room is left on the device (make room and run the same command again" in result.stderr


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    """A missing source, and a folder with nothing to read, are wrong use."""
    result = run("clean", tmp_path / "nowhere", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr == f"scrubkit: error: {tmp_path}/nowhere: there is no such file or folder\n"
    (tmp_path / "pics").mkdir()
    (tmp_path / "pics/a.png").write_bytes(b"\x89PNG")
    result = run("clean", tmp_path / "pics", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "pics: holds no .txt, .html, .jsonl or .parquet files, only 1 .png (take others in with" in result.stderr


def test_workers_import_nothing_from_the_folder_of_the_scrapes(tmp_path: Path) -> None:
    """A file among the scrapes that has the name of a module is a file: no process runs it."""
    root = folder(tmp_path)
    for name in ("msgspec", "scrubkit", "json", "numpy"):
        (root / f"{name}.py").write_text("raise SystemExit('planted')\n")
    program = tmp_path / "bin" / "scrubkit"
    program.parent.mkdir()
    program.write_text("from scrubkit.cli import main\nmain()\n")
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env["PYTHONPATH"] = str(Path(__file__).parents[2])
    command = [sys.executable, str(program), "clean", ".", "-o", str(tmp_path / "out"), "-j", "2", "--no-dedup"]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "planted" not in done.stderr
    assert (tmp_path / "out" / "good.txt").read_text() == PROSE
