"""``scrubkit check`` as a command: exit codes, selection, paths, standard input, order."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from click.testing import Result

Check = Callable[..., Result]

PROSE = "The bridge over the river reopened on Monday after two years of repairs, the town council said."
OTHER = "Two lanes are open to cars and one to bicycles; lorries are to use the old crossing until May."
NOISY = f"Skip to main content\n\n{PROSE}\n\nShare this article\n"


def codes(result: Result) -> list[str]:
    return [line.split()[1] for line in result.stdout.splitlines()]


def test_exit_codes(check: Check, corpus: Path) -> None:
    """0 where nothing was found, 1 where something was, 0 again where that is asked for, 2 for wrong use."""
    (corpus / "clean.txt").write_text(f"{PROSE}\n")
    (corpus / "noisy.txt").write_text(NOISY)
    assert check("clean.txt").exit_code == 0
    assert check("noisy.txt").exit_code == 1
    assert check("noisy.txt", "--exit-zero").exit_code == 0
    assert check("absent.txt").exit_code == 2


def test_nothing_is_written(check: Check, corpus: Path) -> None:
    """A check changes no file and, without a cache, makes none."""
    (corpus / "noisy.txt").write_text(NOISY)
    before = (corpus / "noisy.txt").stat()
    check(".", "--no-cache")
    assert [path.name for path in corpus.iterdir()] == ["noisy.txt"]
    assert (corpus / "noisy.txt").stat().st_mtime_ns == before.st_mtime_ns


def test_folder_is_searched_for_known_endings(check: Check, corpus: Path) -> None:
    """Texts, pages and records below a folder are checked; other files, hidden ones and loops of links are not."""
    (corpus / "sub" / ".git").mkdir(parents=True)
    for name in ("a.txt", "sub/b.TXT", "c.md", ".hidden.txt", "sub/.git/d.txt"):
        (corpus / name).write_text(NOISY)
    (corpus / "sub" / "loop").symlink_to(corpus)
    paths = {line.split(":")[0] for line in check(".").stdout.splitlines()}
    assert paths == {"a.txt", "sub/b.TXT"}
    assert {line.split(":")[0] for line in check("c.md").stdout.splitlines()} == {"c.md"}


def test_selection(check: Check, corpus: Path) -> None:
    """Codes, families and names select; ignored rules go; the block model speaks only where it is asked for."""
    (corpus / "a.txt").write_text(NOISY.rstrip("\n"))
    assert set(codes(check("a.txt"))) == {"NAV001", "SHR001", "FMT002"}
    assert codes(check("a.txt", "--select", "NAV,FMT002")) == ["NAV001", "FMT002"]
    assert codes(check("a.txt", "--select", "skip-link")) == ["NAV001"]
    assert codes(check("a.txt", "--ignore", "SHR", "--ignore", "FMT")) == ["NAV001"]
    assert "FMT107" in codes(
        check("--extend-select", "FMT107", "-", "--stdin-filename", "a.jsonl", stdin=b'{"text": "a"}\n')
    )


def test_model_is_off_unless_asked_for() -> None:
    """No stable selection of a check holds the block model, languages or duplicates."""
    from scrubkit.check.select import codes_for

    assert not {code for code in codes_for(None, (), ()) if code.startswith(("BPL", "LNG", "DUP"))}
    assert "BPL001" in codes_for(["BPL001"], (), ())
    assert "BPL001" in codes_for(None, (), ["BPL001"])


def test_settings_file_and_command_line(check: Check, corpus: Path) -> None:
    """The table [check] is read, and the command line goes over it."""
    (corpus / "scrubkit.toml").write_text('[check]\nselect = ["SHR"]\n')
    (corpus / "a.txt").write_text(NOISY)
    assert codes(check("a.txt")) == ["SHR001"]
    assert codes(check("a.txt", "--select", "NAV001")) == ["NAV001"]
    assert len(codes(check("a.txt", "--isolated"))) == 2


def test_per_path_ignores(check: Check, corpus: Path) -> None:
    """A code can be switched off where a path matches, by file or by option."""
    (corpus / "old").mkdir()
    for name in ("old/a.txt", "new.txt"):
        (corpus / name).write_text(NOISY)
    lines = check(".", "--per-path-ignore", "old/*:SHR,NAV001").stdout.splitlines()
    assert {line.split(":")[0] for line in lines} == {"new.txt"}
    (corpus / "scrubkit.toml").write_text('[per-path-ignores]\n"old/*" = ["SHR"]\n')
    assert [line.split()[1] for line in check(".").stdout.splitlines() if line.startswith("old")] == ["NAV001"]


def test_excluded_files(check: Check, corpus: Path) -> None:
    """Excluded files are passed over in folders; named ones only with --force-exclude, as pre-commit needs it."""
    (corpus / "raw").mkdir()
    (corpus / "raw" / "a.txt").write_text(NOISY)
    (corpus / "scrubkit.toml").write_text('exclude = ["raw"]\n')
    assert check(".").exit_code == 0
    assert check("raw/a.txt").exit_code == 1
    assert check("--force-exclude", "raw/a.txt").exit_code == 0


def test_standard_input(check: Check) -> None:
    """Text on standard input is checked under the name given; what it holds is told by the name or its content."""
    result = check("-", "--stdin-filename", "x/a.txt", stdin=NOISY.encode())
    assert result.stdout.startswith("x/a.txt:1:1 NAV001")
    records = json.dumps({"id": "1", "text": NOISY}).encode() + b"\n"
    assert check("-", stdin=records).stdout.startswith("<stdin>:1:1 NAV001")


def test_records_are_checked_one_by_one(check: Check, corpus: Path) -> None:
    """The line is that of the record, the column counts within its text."""
    rows = [{"id": "a", "text": f"{PROSE}\n"}, {"id": "b", "text": f"{PROSE}\n\nShare this article\n"}]
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    (corpus / "a.jsonl").write_bytes(data)
    expected = f":2:{len(PROSE) + 3} SHR001"
    assert f"a.jsonl{expected}" in check("a.jsonl").stdout
    (corpus / "b.jsonl.gz").write_bytes(gzip.compress(data))
    (corpus / "c.jsonl.zst").write_bytes(zstandard.compress(data))
    out = check("b.jsonl.gz", "c.jsonl.zst").stdout
    assert f"b.jsonl.gz{expected}" in out
    assert f"c.jsonl.zst{expected}" in out


def test_cut_archive(check: Check, corpus: Path) -> None:
    """A compressed file that ends too early is found; one that is not compressed at all is an error."""
    data = json.dumps({"id": "1", "text": PROSE}).encode() * 50
    (corpus / "a.jsonl.gz").write_bytes(gzip.compress(data)[:-20])
    (corpus / "b.jsonl.zst").write_bytes(zstandard.compress(data)[:-5])
    assert codes(check("a.jsonl.gz", "b.jsonl.zst")) == ["FMT010", "FMT010"]
    (corpus / "c.jsonl.gz").write_bytes(data)
    result = check("c.jsonl.gz")
    assert result.exit_code == 2
    assert "c.jsonl.gz: is not gzip data" in result.stderr


def test_place_in_a_page(check: Check, corpus: Path) -> None:
    """A finding in HTML points to the line of the source, whatever markup and references stand between."""
    html = (
        "<!doctype html><html><body>\n<nav><a href='#m'>Skip to\n main&nbsp;content</a></nav>\n"
        f"<h1>The bridge</h1>\n<p>{PROSE}</p>\n<p>{OTHER}</p>\n"
        "<div>Share <b>this</b> article</div></body></html>"
    )
    (corpus / "a.html").write_text(html)
    found = {
        line.split()[1]: line.split(":")[1] for line in check("a.html", "--select", "NAV001,SHR001").stdout.splitlines()
    }
    assert found.get("SHR001") == "7"


def test_unreadable_file_does_not_stop_the_rest(check: Check, corpus: Path) -> None:
    """A file that cannot be read is named, the others are checked, and the exit code says that something failed."""
    (corpus / "a.txt").symlink_to("nowhere")
    (corpus / "b.txt").write_text(NOISY)
    result = check(".")
    assert result.exit_code == 2
    assert "a.txt: cannot be read" in result.stderr
    assert "b.txt:1:1 NAV001" in result.stdout


def test_order_and_result_do_not_depend_on_how_files_are_named(check: Check, corpus: Path) -> None:
    """Findings are sorted by path and place; naming a file twice does not double them."""
    for name in ("b.txt", "a.txt", "c.txt"):
        (corpus / name).write_text(NOISY)
    whole = check(".").stdout
    assert check("c.txt", "a.txt", "b.txt", "a.txt", "--no-cache").stdout == whole
    places = [tuple(line.split()[0].split(":")) for line in whole.splitlines()]
    assert places == sorted(places, key=lambda p: (p[0], int(p[1])))


def test_output_file(check: Check, corpus: Path) -> None:
    """--output writes the findings to a file and the summary stays on standard error."""
    (corpus / "a.txt").write_text(NOISY)
    result = check("a.txt", "-o", "found.sarif", "--format", "sarif")
    assert result.stdout == ""
    assert json.loads((corpus / "found.sarif").read_text())["version"] == "2.1.0"
    assert "1 file checked" in result.stderr


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.html"])
def test_crash_of_a_rule_is_a_finding(name: str, check: Check, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that crashes is reported as ERR001 on that file, without a traceback, and the run goes on."""
    from scrubkit.rules import run

    def crash(*_: object) -> object:
        raise RuntimeError("no such luck")

    monkeypatch.setattr(run, "_hits", crash)
    (corpus / name).write_text(json.dumps({"id": "1", "text": NOISY}) if name.endswith("l") else NOISY)
    result = check(name, "--no-cache")
    assert "ERR001" in result.stdout
    assert "no such luck" in result.stdout
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_number_of_jobs_changes_nothing(check: Check, corpus: Path) -> None:
    """Many files are shared between processes; the output is the same, byte for byte, with and without cache."""
    for number in range(70):
        (corpus / f"{number:02}.txt").write_text(f"{NOISY}{number}\n")
    one = check(".", "-j", "1", "--no-cache")
    assert check(".", "-j", "3", "--no-cache").stdout == one.stdout != ""
    assert check(".", "-j", "3").stdout == one.stdout
    assert check(".", "-j", "3").stdout == one.stdout


def test_stretch_is_one_finding() -> None:
    """Removals of one rule that touch are one finding over all of them, not one a line."""
    from scrubkit.check.inspect import stretches
    from scrubkit.core.ledger import Entry

    entries = [
        Entry(0, 2, "NAV004", "a\n", 0.9, {"n": 1}),
        Entry(2, 4, "NAV004", "b\n", 0.8, {"n": 2}),
        Entry(4, 6, "FTR002", "c\n", 0.9, {}),
        Entry(8, 10, "FTR002", "e\n", 0.9, {}),
    ]
    joined = stretches(entries)
    assert [(e.start, e.end, e.code, e.text, e.score) for e in joined] == [
        (0, 4, "NAV004", "a\nb\n", 0.8),
        (4, 6, "FTR002", "c\n", 0.9),
        (8, 10, "FTR002", "e\n", 0.9),
    ]
    assert joined[0].because == {"n": 1, "parts": 2}
