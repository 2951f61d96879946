"""The commands around cleaning: standard streams, dedup, diff, restore, eval, and the group itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import scrubkit
from scrubkit.cli import COMMANDS, main

STORY = (
    "The bridge over the lower river was opened again on Monday after two years of repairs, and the first lorries "
    "crossed it before sunrise while a small crowd of people from both banks watched."
)
OTHER = (
    "A baker in the old town has sold his shop to his three apprentices for the price of one loaf a day, to be paid "
    "every morning for as long as he lives, which his doctor says may well be another thirty years."
)
PAGE = f"Skip to main content\n\n{STORY}\n"


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_page_goes_through_a_pipe() -> None:
    """Clean text on standard output, nothing else there."""
    result = run("clean", "-", stdin=PAGE.encode())
    assert (result.exit_code, result.stdout) == (0, f"{STORY}\n")


def test_an_html_page_goes_through_a_pipe() -> None:
    """The same for HTML, told from its content."""
    html = f"<html><body><nav><a href=/>Home</a></nav><article><p>{STORY}</p><p>{OTHER}</p></article></body></html>"
    result = run("clean", "-", stdin=html.encode())
    assert result.exit_code == 0
    assert STORY in result.stdout
    assert "Home" not in result.stdout


def test_records_go_through_a_pipe() -> None:
    """JSONL in, JSONL out; a rejected record is named on standard error and left out."""
    rows = [{"id": 1, "text": PAGE, "k": 2}, {"id": 2, "text": "Skip to main content"}]
    result = run("clean", "-", stdin="".join(json.dumps(row) + "\n" for row in rows).encode())
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["id"], told["text"], told["k"]) == (1, f"{STORY}\n", 2)
    assert result.stderr.startswith("scrubkit: standard input:2: rejected by ")


def test_one_file_without_an_output_goes_to_standard_output(tmp_path: Path) -> None:
    """A folder needs -o."""
    (tmp_path / "a.txt").write_text(PAGE)
    assert run("clean", tmp_path / "a.txt").stdout == f"{STORY}\n"
    result = run("clean", tmp_path)
    assert result.exit_code == 2
    assert "a folder or several sources need -o OUT" in result.stderr


def test_the_summary_says_what_was_done(tmp_path: Path) -> None:
    """The table of rules and one line of account, on standard error alone."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(PAGE)
    result = run("clean", tmp_path / "in", "-o", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "NAV001" in result.stderr
    assert f"1 document in: 1 kept; 22 of {len(PAGE)} characters removed" in result.stderr
    assert run("clean", tmp_path / "in", "-o", tmp_path / "out", "-q").stderr == ""


def test_per_path_ignores_hold_for_their_files_alone(tmp_path: Path) -> None:
    """A glob of the settings file switches rules off where it matches."""
    root = tmp_path / "in"
    (root / "raw").mkdir(parents=True)
    (root / "a.txt").write_text(PAGE)
    (root / "raw/a.txt").write_text(PAGE.replace("Monday", "Tuesday"))
    (root / "scrubkit.toml").write_text('[per-path-ignores]\n"raw/*" = ["NAV"]\n')
    assert run("clean", root, "-o", tmp_path / "out", "--no-dedup", "-q").exit_code == 0
    assert (tmp_path / "out/a.txt").read_text() == f"{STORY}\n"
    assert (tmp_path / "out/raw/a.txt").read_text().startswith("Skip to main content")


def test_restore_gives_back_what_was_cleaned(tmp_path: Path) -> None:
    """To a folder, as JSONL, or one document by id; an unknown id is wrong use."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(PAGE)
    out = tmp_path / "out"
    run("clean", tmp_path / "in", "-o", out)
    assert run("restore", out, "-o", tmp_path / "back").exit_code == 0
    assert (tmp_path / "back/a.txt").read_text() == PAGE
    assert json.loads(run("restore", out).stdout) == {"id": "a.txt", "text": PAGE}
    assert run("restore", out, "--id", "a.txt").stdout == PAGE
    result = run("restore", out, "--id", "b.txt")
    assert (result.exit_code, "no document has the id 'b.txt'" in result.stderr) == (2, True)
    result = run("restore", tmp_path / "in")
    assert result.exit_code == 2
    assert "holds no ledger.jsonl.zst (name the folder that scrubkit clean wrote with -o)" in result.stderr


def test_a_ledger_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    """A forged name is refused when it is read and when it is written."""
    import zstandard

    line = {"id": "x", "source": "../evil", "line": 0, "clean_length": 1, "original_length": 1, "entries": []}
    for more, name in (({"out": "../evil.txt"}, "../evil.txt"), ({"text": "x"}, "../evil.txt")):
        (tmp_path / "ledger.jsonl.zst").write_bytes(zstandard.compress(json.dumps({**line, **more}).encode()))
        result = run("restore", tmp_path, "-o", tmp_path / "back")
        assert result.exit_code == 2
        assert f"{name!r} leads out of the folder" in result.stderr
    assert not (tmp_path / "evil.txt").exists()


def test_diff_shows_what_goes_and_by_which_rule(tmp_path: Path) -> None:
    """Removed lines carry the code; colours only when asked for; nothing can steer the terminal."""
    path = tmp_path / "a.txt"
    path.write_text(PAGE.replace("lower", "lo\u202ewer\x1b[2J"))
    plain = run("diff", path)
    assert plain.exit_code == 0
    assert "    1 - Skip to main content  [NAV001]" in plain.stdout
    assert "\x1b" not in plain.stdout
    assert "\u202e" not in plain.stdout
    assert "\x1b[31m" in run("diff", path, "--color", "always").stdout
    beside = run("diff", path, "-y", "--width", "60").stdout
    assert "    1 Skip to main content     < NAV001" in beside


def test_diff_of_one_record(tmp_path: Path) -> None:
    """By id; an id that is not there is wrong use."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "x", "text": PAGE}) + "\n")
    assert "[NAV001]" in run("diff", path, "--id", "x").stdout
    assert run("diff", path, "--id", "y").exit_code == 2


def test_dedup_writes_a_row_for_each_document(tmp_path: Path) -> None:
    """Single documents too; to a folder or to standard output."""
    path = tmp_path / "a.jsonl"
    path.write_text(
        "".join(json.dumps({"id": k, "text": t}) + "\n" for k, t in zip("abc", (STORY, OTHER, STORY), strict=True))
    )
    result = run("dedup", path)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(r["id"], r["cluster"], r["keeper"], r["verdict"], r["of"]) for r in rows] == [
        ("a", 0, True, "keeper", None), ("b", 1, rows[1]["keeper"], "unique", None), ("c", 0, False, "exact", "a"),
    ]  # fmt: skip
    assert run("dedup", path, "-o", tmp_path / "out", "-q").exit_code == 0
    assert [json.loads(line) for line in (tmp_path / "out/clusters.jsonl").read_text().splitlines()] == rows


def test_dedup_against_another_corpus(tmp_path: Path) -> None:
    """Only documents of the source are told, and what the other holds is never theirs to keep."""
    (tmp_path / "ref.jsonl").write_text(json.dumps({"id": "r", "text": STORY}) + "\n")
    longer = f"{STORY}\n"
    rows = [{"id": "a", "text": longer}, {"id": "b", "text": OTHER}]
    (tmp_path / "src.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = run("dedup", tmp_path / "src.jsonl", "--against", tmp_path / "ref.jsonl")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert (told[0]["id"], told[0]["keeper"], told[0]["of"]) == ("a", False, "r")
    assert told[1]["verdict"] == "unique"


def test_dedup_keep_policies_are_named(tmp_path: Path) -> None:
    """A policy that does not exist is wrong use."""
    result = run("dedup", tmp_path, "--keep", "best")
    assert result.exit_code == 2
    assert "--keep best: choose from longest, earliest" in result.stderr


def test_eval_scores_lines_against_gold(tmp_path: Path) -> None:
    """A folder or its gold file; figures as text or JSON."""
    (tmp_path / "a.txt").write_text(PAGE)
    gold = [
        {"file": "a.txt", "line_no": 1, "text": "Skip to main content", "label": "nav", "keep": False},
        {"file": "a.txt", "line_no": 2, "text": "", "label": "blank", "keep": False},
        {"file": "a.txt", "line_no": 3, "text": STORY, "label": "content", "keep": True},
    ]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in gold))
    result = run("eval", tmp_path / "gold.jsonl", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["line_f1"] == 1.0
    assert run("eval", tmp_path, "--errors").exit_code == 0


def test_a_misspelt_command_names_the_nearest() -> None:
    """Exit code 2, as for all wrong use."""
    result = run("claen")
    assert result.exit_code == 2
    assert "No such command 'claen' (did you mean clean?)" in result.stderr


def test_version_and_help() -> None:
    """Every command that is there is listed with what it does."""
    assert run("--version").stdout == f"scrubkit, version {scrubkit.__version__}\n"
    shown = run("-h").stdout
    for verb in ("clean", "dedup", "diff", "restore", "eval"):
        assert f"\n  {verb}" in shown
        assert run(verb, "-h").exit_code == 0
    assert set(COMMANDS) >= {"check", "explain", "rules", "report", "index"}


@pytest.mark.parametrize("arguments", ["import scrubkit", "from scrubkit.cli import main; main(['-h'])"])
def test_looking_loads_nothing_heavy(arguments: str) -> None:
    """Neither import nor help loads NumPy, Arrow, parsers or models."""
    heavy = "numpy pyarrow selectolax ftfy datasketch msgspec rich zstandard"
    tail = f"print([name for name in {heavy.split()} if name in sys.modules])"
    code = f"import sys\ntry:\n    {arguments}\nexcept SystemExit: pass\n{tail}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_cleaning_text_does_not_load_arrow(tmp_path: Path) -> None:
    """Only Parquet needs it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(PAGE)
    code = (
        "import sys; from scrubkit.cli import main\n"
        f"try:\n    main(['clean', {str(tmp_path / 'in')!r}, '-o', {str(tmp_path / 'out')!r}, '-q', '--no-dedup'])\n"
        "except SystemExit: pass\nprint('pyarrow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_clean_writes_the_report_beside_the_corpus(tmp_path: Path) -> None:
    """One command gives the corpus and the page that shows it; without a corpus there is nothing to show."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(PAGE)
    result = run("clean", tmp_path / "in", "-o", tmp_path / "out", "--report", tmp_path / "shown.html")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "shown.html").read_text().startswith("<!doctype html>")
    assert run("clean", tmp_path / "in/a.txt", "--report", tmp_path / "r.html").exit_code == 2


def test_an_output_below_a_file_is_told(tmp_path: Path) -> None:
    """The message says what is in the way, whichever command writes."""
    (tmp_path / "a.txt").write_text(PAGE)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(PAGE)
    assert run("clean", tmp_path / "in", "-o", tmp_path / "out").exit_code == 0
    for below in ("a.txt/page.html", "a.txt/deep/page.html"):
        result = run("report", tmp_path / "out", "-o", tmp_path / below)
        assert result.exit_code == 2
        assert "a part of the path is a file, not a folder (choose another place with -o)" in result.stderr
