"""A document that hangs, fills the memory or crashes is a finding or an error of its own; all else is checked."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import scrubkit

HOSTILE = Path(__file__).parents[1] / "engine/hostile_run.py"
LIMITS = ("--max-seconds-per-document", "6", "--max-memory-per-document", "300M")
REMEDY = "leave the file out with exclude, or raise "

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone"),
]


def text(number: int, word: str = "") -> str:
    prose = f"Report {number} {word}: the river rose by {number * 7} metres on Monday, said gauge {number * 31}."
    return f"Skip to main content\n\n{prose}\n"


def hostile_check(corpus: Path, *arguments: str, stdin: str = "") -> tuple[int, list[dict[str, Any]], str]:
    """Check in a process of its own where words do harm; return exit code, findings and what was said."""
    (corpus.parent / "marks").mkdir(exist_ok=True)
    command = [sys.executable, str(HOSTILE), str(corpus.parent / "marks"), "check", "--isolated", "--format", "json"]
    env = {**os.environ, "PYTHONPATH": str(Path(scrubkit.__file__).parent.parent)}
    done = subprocess.run(
        [*command, *LIMITS, *arguments], cwd=corpus, env=env, input=stdin, capture_output=True, text=True, timeout=300
    )
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Three pages and five records; one page and two records do harm."""
    root = tmp_path / "corpus"
    root.mkdir()
    for number, word in enumerate(("", "HANGS", "")):
        (root / f"{number}.txt").write_text(text(number, word))
    words = ("", "HOGS", "", "HANGS", "")
    rows = [json.dumps({"id": f"r{n}", "text": text(10 + n, word)}) for n, word in enumerate(words)]
    (root / "rows.jsonl").write_text("".join(f"{row}\n" for row in rows))
    return root


MET = {
    ("1.txt", 1): ("seconds", "(6 s)", "[check] max-seconds-per-document"),
    ("rows.jsonl", 2): ("memory", "(300M of memory)", "max-memory-per-document"),
    ("rows.jsonl", 4): ("seconds", "(6 s)", "[check] max-seconds-per-document"),
}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_meets_a_limit_is_a_finding_and_the_rest_is_checked(corpus: Path, jobs: str) -> None:
    """By file and line, with the limit and what to do; it is not cached, what was finished is."""
    if jobs == "2":
        for number in range(100, 170):  # so many pay for starting two
            (corpus / f"{number}.txt").write_text(text(number))
    code, findings, said = hostile_check(corpus, ".", "-j", jobs)
    assert code == 1, said
    met = {(found["path"], found["line"]): found for found in findings if found["code"] == "ERR002"}
    assert met.keys() == MET.keys()
    for place, (limit, allowed, key) in MET.items():
        assert met[place]["because"]["limit"] == limit
        assert f"{allowed}; {REMEDY}{key}" in met[place]["message"]
    others = [(found["path"], found["line"], found["code"]) for found in findings if found["code"] != "ERR002"]
    expected = [("0.txt", 1), ("2.txt", 1), ("rows.jsonl", 1), ("rows.jsonl", 3), ("rows.jsonl", 5)]
    assert [found for found in others if len(found[0]) != len("100.txt")] == [(*place, "NAV001") for place in expected]
    assert len(others) == len(expected) + (70 if jobs == "2" else 0)
    if jobs == "2":
        return
    marks = len(list((corpus.parent / "marks").iterdir()))
    assert hostile_check(corpus, ".", "-j", jobs)[1] == findings
    assert len(list((corpus.parent / "marks").iterdir())) == 2 * marks


def test_fix_leaves_such_a_file_as_it_is(corpus: Path) -> None:
    """The others are mended, and nothing is left beside them."""
    before = {path.name: path.read_bytes() for path in corpus.iterdir()}
    code, findings, _ = hostile_check(corpus, ".", "--fix", "--no-cache")
    assert code == 1
    assert {(found["path"], found["line"]) for found in findings if found["code"] == "ERR002"} == MET.keys()
    after = {path.name: path.read_bytes() for path in corpus.iterdir()}
    assert after.keys() == before.keys()
    assert [name for name in sorted(after) if after[name] != before[name]] == ["0.txt", "2.txt"]


def test_a_crash_is_an_error_that_names_the_place(corpus: Path) -> None:
    """Exit code 2, and what is found in the other documents."""
    (corpus / "rows.jsonl").write_text(json.dumps({"text": text(1, "FAULTS")}) + "\n")
    (corpus / "1.txt").write_text(text(1))
    code, findings, said = hostile_check(corpus, ".")
    assert code == 2
    assert "rows.jsonl:1: ended the process that checked it (SIGSEGV) (please report it)" in said
    assert [found["path"] for found in findings] == ["0.txt", "1.txt", "2.txt"]


def test_a_small_file_that_unpacks_to_more_than_the_memory(tmp_path: Path) -> None:
    """Its path, line 1: there is no document yet. It is not unpacked where the cache is asked either."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/bomb.jsonl.gz").write_bytes(gzip.compress(bytes(1 << 20)) * 400)
    (tmp_path / "corpus/page.txt").write_text(text(1))
    code, findings, _ = hostile_check(tmp_path / "corpus", ".", "-j", "2")
    assert code == 1
    assert [(found["path"], found["line"], found["code"]) for found in findings] == [
        ("bomb.jsonl.gz", 1, "ERR002"), ("page.txt", 1, "NAV001"),
    ]  # fmt: skip


def test_standard_input_is_held_to_the_limits(corpus: Path) -> None:
    """Records from a pipe: the finding stands at the record's line."""
    code, findings, _ = hostile_check(corpus, "-", stdin=(corpus / "rows.jsonl").read_text())
    assert code == 1
    assert [found["line"] for found in findings if found["code"] == "ERR002"] == [2, 4]


def test_a_comparison_goes_on_without_it(corpus: Path) -> None:
    """Duplicates among the other documents are found, what met a limit is told."""
    (corpus / "3.txt").write_text(text(2))
    code, findings, _ = hostile_check(corpus, ".", "--duplicates")
    assert code == 1
    assert [(found["path"], found["line"], found["code"]) for found in findings] == [
        ("1.txt", 1, "ERR002"), ("3.txt", 1, "DUP001"), ("rows.jsonl", 2, "ERR002"), ("rows.jsonl", 4, "ERR002"),
    ]  # fmt: skip
