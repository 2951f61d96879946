"""Many pages from Python: as ``clean`` makes them, in order, and one that hangs costs the others nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import scrubkit as sk
from scrubkit.config import load
from scrubkit.page import Page

SAMPLES = Path(__file__).parents[2] / "corpus_samples/pages"
OFF = load(isolated=True, overrides={"max-seconds-per-document": 0, "max-memory-per-document": "0"})


def told(page: Page) -> tuple[object, ...]:
    """Return everything that a page says."""
    return (page.id, page.text, page.findings, page.verdict, page.meta, page.document.text, list(page.lines()))


@pytest.mark.parametrize("jobs", [1, 2])
def test_pages_are_those_of_clean_and_come_in_order(jobs: int) -> None:
    """Bytes, texts and records; their ledgers restore what was read."""
    sources = [path.read_bytes() for path in sorted(SAMPLES.rglob("*")) if path.is_file()]
    pages = list(sk.clean_many(sources, jobs=jobs))
    assert [told(page) for page in pages] == [told(sk.clean(source)) for source in sources]
    assert all(page.ledger.restore() == page.document.text for page in pages)
    named = [sk.Record(f"r{n}", source, url=f"https://example.org/{n}") for n, source in enumerate(sources[:3])]
    assert [(page.id, page.meta.url) for page in sk.clean_many(named, OFF, jobs=1)] == [(r.id, r.url) for r in named]
    assert list(sk.clean_many([])) == []


def test_few_sources_are_read_ahead() -> None:
    """An endless source is no trouble, and the workers end with the iterator."""
    read = []

    def endless() -> Iterator[str]:
        for number in range(1 << 60):
            read.append(number)
            yield f"Report {number}: the river rose by {number} metres on Monday, said the man at the mill.\n"

    pages = sk.clean_many(endless(), jobs=1)
    assert [next(pages).text[:9] for _ in range(3)] == ["Report 0:", "Report 1:", "Report 2:"]
    assert isinstance(pages, Iterator)
    pages.close()  # type: ignore[attr-defined]
    assert len(read) < 1000


SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[2])
import hostile_run
import scrubkit as sk
from scrubkit.config import load
from scrubkit.pipeline import Pipeline

if __name__ == "__main__":
    Pipeline.guarded = hostile_run.guarded
    limits = {"max-seconds-per-document": 6, "max-memory-per-document": "300M"}
    words = ["fine", "HANGS", "HOGS", "fine", "CROWDS", "FAULTS", "fine"]
    texts = [f"Report {n}: the river is {word} and the gauge at the mill is closed." for n, word in enumerate(words)]
    for page, text in zip(sk.clean_many(texts, load(isolated=True, overrides=limits), jobs=2), texts, strict=True):
        assert page.document.text == text and page.ledger.restore() == text
        because = page.findings[0].because if not page.verdict else {}
        print(json.dumps([page.verdict.status, *page.verdict.codes, because]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
def test_pages_that_hang_are_quarantined_and_the_others_come(tmp_path: Path) -> None:
    """With the limit that was met, in their place."""
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / "script.py"), str(tmp_path), str(Path(__file__).parent)]
    env = {**os.environ, "PYTHONPATH": str(Path(sk.__file__).parent.parent)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    over = ["quarantined", "ERR002"]
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        ["kept", {}],
        [*over, {"limit": "seconds", "allowed": "6 s"}],
        [*over, {"limit": "memory", "allowed": "300M of memory"}],
        ["kept", {}],
        [*over, {"limit": "memory", "allowed": "300M of memory"}],
        ["quarantined", "ERR001", {"error": "it ended its process (SIGSEGV)"}],
        ["kept", {}],
    ]
