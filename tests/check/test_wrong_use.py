"""Thirty wrong uses: each message names the thing, the place and the remedy, without a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

RECORD = '{"id": "1", "text": "Rain fell all week in the hills above the town."}\n'
LINE = "Rain fell all week in the hills above the town.\n"

# what was done: arguments, files, then what the message must name: the thing, the place, the remedy
TABLE: dict[str, tuple[tuple[str, ...], dict[str, str | bytes], tuple[str, str, str]]] = {
    "a path that is not there": (("check", "absent.txt"), {}, ("no such file", "absent.txt", "spelling")),
    "an unknown rule on the command line": (
        ("check", "--select", "NAV999", "."), {}, ("NAV999", "command line", "did you mean NAV"),
    ),
    "a misspelt rule name": (
        ("check", "--ignore", "skip-lnk", "."), {}, ("skip-lnk", "ignore", "did you mean skip-link"),
    ),
    "an unknown rule in the settings": (
        ("check", "."), {"scrubkit.toml": 'select = ["NAW001"]\n'}, ("NAW001", "scrubkit.toml", "did you mean NAV001"),
    ),
    "an unknown key in the settings": (
        ("check", "."), {"scrubkit.toml": 'selct = ["NAV"]\n'}, ("selct", "scrubkit.toml", "did you mean select"),
    ),
    "an unknown key of the table [check]": (
        ("check", "."), {"scrubkit.toml": '[check]\nbase-line = "x"\n'},
        ("check.base-line", "scrubkit.toml", "did you mean check.baseline"),
    ),
    "an unknown parameter of a rule": (
        ("check", "."), {"scrubkit.toml": "[rules.NAV001]\nmax-word = 3\n"},
        ("max-word", "NAV001", "did you mean max_words"),
    ),
    "a value of the wrong type": (
        ("check", "."), {"scrubkit.toml": 'select = "NAV"\n'}, ("select", "scrubkit.toml", "array"),
    ),
    "settings that are no TOML": (("check", "."), {"scrubkit.toml": "select = =\n"}, ("TOML", "scrubkit.toml", "line")),
    "a settings file that is not there": (
        ("check", "--config", "absent.toml", "."), {}, ("no such settings file", "absent.toml", ""),
    ),
    "a baseline that is not there": (
        ("check", "--baseline", "absent.json", "."), {}, ("no such baseline", "absent.json", "--write-baseline"),
    ),
    "a baseline nested without end": (
        ("check", "--baseline", "b.json", "."), {"b.json": "[" * 9999}, ("not a baseline", "b.json", "--write-baseline"),
    ),
    "a baseline that is something else": (
        ("check", "--baseline", "b.json", "."), {"b.json": "[]"}, ("not a baseline", "b.json", "--write-baseline"),
    ),
    "a baseline of a later version": (
        ("check", "--baseline", "b.json", "."), {"b.json": '{"version": 9, "findings": {}}'},
        ("version 9", "b.json", "--write-baseline"),
    ),
    "a baseline below a file": (
        ("check", "--write-baseline", "a.txt/b.json", "."), {"a.txt": LINE}, ("cannot be written", "a.txt/b.json", ""),
    ),
    "an output below a file": (
        ("check", "-o", "a.txt/out.txt", "."), {"a.txt": LINE}, ("cannot be written", "a.txt/out.txt", ""),
    ),
    "--fix beside --diff": (("check", "--fix", "--diff", "."), {}, ("--fix", "--diff", "one of them")),
    "--fix on standard input": (("check", "--fix", "-"), {}, ("--fix", "standard input", "--diff")),
    "two kinds of baseline": (
        ("check", "--baseline", "a", "--write-baseline", "b"), {}, ("--baseline", "--write-baseline", "one of them"),
    ),
    "--fix of duplicates": (("check", "--fix", "--duplicates"), {}, ("--fix", "--duplicates", "one of them")),
    "duplicates of standard input": (
        ("check", "--duplicates", "-"), {}, ("--duplicates", "standard input", "name the folder"),
    ),
    "standard input beside files": (("check", "-", "a.txt"), {"a.txt": LINE}, ("'-'", "other paths", "by itself")),
    "a name for standard input that is not read": (
        ("check", "--stdin-filename", "a.txt", "."), {}, ("--stdin-filename", "'-'", "give '-'"),
    ),
    "a per-path ignore without codes": (
        ("check", "--per-path-ignore", "old/*", "."), {}, ("old/*", "--per-path-ignore", "GLOB:CODES"),
    ),
    "statistics in a format that has none": (
        ("check", "--statistics", "--format", "sarif", "."), {"a.txt": LINE}, ("sarif", "--statistics", "text or json"),
    ),
    "an unknown format": (("check", "--format", "xml", "."), {}, ("xml", "--format", "sarif")),
    "an unknown option": (("check", "--extend-selct", "NAV"), {}, ("--extend-selct", "check", "--extend-select")),
    "an unknown command": (("chek", "."), {}, ("chek", "command", "did you mean check")),
    "a file that is not what its ending says": (
        ("check", "a.jsonl.gz"), {"a.jsonl.gz": RECORD}, ("not gzip", "a.jsonl.gz", "rename"),
    ),
    "an unknown rule to explain": (("explain", "skip-lnk"), {}, ("skip-lnk", "no rule", "did you mean skip-link")),
    "a file to explain without a line": (("explain", "a.txt"), {"a.txt": LINE}, ("no line", "a.txt", "a.txt:1")),
    "a line that is not there": (("explain", "a.txt:7"), {"a.txt": LINE}, ("no line 7", "a.txt", "has 2 lines")),
    "a record that is not there": (
        ("explain", "a.jsonl:7"), {"a.jsonl": RECORD}, ("no record on line 7", "a.jsonl", "has 1 line"),
    ),
    "a record that is no JSON": (("explain", "a.jsonl:1"), {"a.jsonl": "{\n"}, ("cannot be read", "a.jsonl:1", "")),
    "a line of a file that is not there": (("explain", "no.txt:1"), {}, ("cannot be read", "no.txt", "No such file")),
    "a line as Markdown": (
        ("explain", "--format", "markdown", "a.txt:1"), {"a.txt": LINE}, ("line", "explained", "text or json"),
    ),
    "an empty selection": (("check", "--select", "", "."), {}, ("--select names nothing", "command line", "leave it out")),
    "an empty selection for cleaning": (
        ("clean", "a.txt", "--select", ","), {"a.txt": LINE}, ("--select names nothing", "command line", "leave it out"),
    ),
    "an empty list of languages": (
        ("clean", "a.txt", "--language", ""), {"a.txt": LINE}, ("--language names nothing", "command line", "en,de"),
    ),
    "an empty selection to explain": (
        ("explain", "--select", "", "a.txt:1"), {"a.txt": LINE}, ("--select names nothing", "command line", "leave it"),
    ),
    "a source that is not there": (("clean", "absent", "-o", "out"), {}, ("no such file", "absent", "")),
    "no source": (("clean",), {}, ("SRC", "Missing argument", "name a folder")),
    "a folder to standard output": (("clean", "."), {"a.txt": LINE}, ("a folder", "-o OUT", "folder for the corpus")),
    "a report without a corpus": (("clean", "a.txt", "--report", "r.html"), {"a.txt": LINE}, ("--report", "-o OUT", "")),
    "a share beyond one": (("clean", ".", "-o", "o", "--max-drop", "50"), {}, ("50", "--max-drop", "0<=x<=1")),
    "a report of a folder that holds no run": (("report", "."), {}, ("no ledger", ".", "scrubkit clean wrote")),
    "a restore of a folder that holds no run": (("restore", "."), {}, ("ledger", ".", "")),
    "a page to show that is not there": (("diff", "absent.txt"), {}, ("no such file", "absent.txt", "")),
    "gold that is not there": (("eval", "."), {}, ("no gold", ".", "gold.jsonl")),
    "settings of a file that is not there": (
        ("config", "show", "--config", "absent.toml"), {}, ("no such settings file", "absent.toml", ""),
    ),
    "a plug-in that is not installed": (
        ("check", "."), {"scrubkit.toml": 'plugins = ["scrubkit-forun"]\n'},
        ("scrubkit-forun", "scrubkit.toml", "pip install"),
    ),
    "a language backend that is not there": (
        ("check", "."), {"scrubkit.toml": 'language-backend = "langdetct"\n'},
        ("langdetct", "scrubkit.toml", "did you mean langdetect?"),
    ),
    "rules of a family that is not there": (("rules", "NAW"), {}, ("NAW", "no rule", "did you mean NAV")),
}  # fmt: skip


def test_what_is_there_is_checked_beside_what_is_not(scrubkit: Callable[..., Result], corpus: Path) -> None:
    """A path that does not exist stops nothing: the others are checked, it is named, the exit code is 2."""
    (corpus / "a.txt").write_text(f"Share this article\n\n{LINE}")
    result = scrubkit("check", "--no-cache", "a.txt", "nosuch")
    assert result.exit_code == 2
    assert "a.txt:1:1 SHR001" in result.stdout
    assert "nosuch: no such file or folder" in result.stderr
    assert "a.txt" not in result.stderr.split("nosuch")[0]


def test_nothing_to_check_is_told(scrubkit: Callable[..., Result], corpus: Path) -> None:
    """A folder without corpus files is not called clean: a hook that looks in the wrong place would never be noticed."""
    (corpus / "a.md").write_text("Share this article\n")
    result = scrubkit("check", "--no-cache", ".")
    assert result.exit_code == 0
    assert result.stderr.startswith("0 files checked: there was none to check")


def test_thirty() -> None:
    """There are at least thirty."""
    assert len(TABLE) >= 30


@pytest.mark.parametrize(("arguments", "files", "named"), TABLE.values(), ids=TABLE)
def test_message_names_thing_place_and_remedy(
    arguments: tuple[str, ...],
    files: dict[str, str | bytes],
    named: tuple[str, str, str],
    scrubkit: Callable[..., Result],
    corpus: Path,
) -> None:
    """A wrong use ends with exit code 2 and one message that names all three."""
    for name, content in files.items():
        (corpus / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    result = scrubkit(*arguments)
    assert result.exit_code == 2
    for part in named:
        assert part in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""
