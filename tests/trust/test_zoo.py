"""Hostile pages: every one of them has a result that restores, and its characters are all accounted for."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest

import scrubkit as sk

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
