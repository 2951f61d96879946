"""Hostile pages: every one of them has a result that restores, and its characters are all accounted for."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest

import scrubkit as sk
from scrubkit.config import load
from scrubkit.engine.restore import restored
from scrubkit.engine.run import Plan, clean_corpus

sys.path.insert(0, str(Path(__file__).parent))
import zoo

_PAGES = list(zoo.pages(6_000))


def test_the_zoo_is_large_and_its_names_are_unique() -> None:
    """There are at least two hundred animals, each with a name of its own."""
    names = [name for name, *_ in _PAGES]
    assert len(names) >= 200
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("data", "media_type"), [page[1:] for page in _PAGES], ids=[page[0] for page in _PAGES])
def test_every_animal_has_a_result(data: bytes, media_type: str | None) -> None:
    """No rule crashes, the ledger restores the text, and characters in are characters kept and characters removed."""
    page = sk.clean(data, media_type=media_type)
    text, ledger = page.document.text, page.ledger
    assert [finding for finding in page.findings if finding.code == "ERR001"] == []
    assert ledger.restore() == text
    changed = sum(len(entry.text) - len(entry.replacement) for entry in ledger.entries)
    assert len(text) == len(ledger.text) + changed
    text.encode("utf-8")
    assert all(start < end for start, end in pairwise([-1, *(entry.end for entry in ledger.entries)]))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["same", "jsonl", "parquet"])
def test_the_whole_zoo_passes_through_a_run(tmp_path: Path, form: str) -> None:
    """No animal ends a run or gets lost in it: each is kept, rejected, a duplicate, or set aside with its bytes."""
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for number, (_, data, media_type) in enumerate(_PAGES):
        (source / f"{number:03}{'.html' if media_type == 'text/html' else '.txt'}").write_bytes(data)
    config = load(isolated=True, overrides={"dedup": {"max-drop": 1.0}})
    account = clean_corpus(Plan((str(source),), out, config, jobs=2, form=form)).account
    assert account.documents.total() == len(_PAGES)
    assert account.over_limit == 0
    assert "ERR001" not in account.set_aside_by
    told = {document.id: document for document in restored(out)}
    assert len(told) == len(_PAGES) - account.documents["broken"]
    for document in told.values():
        document.text.encode()
