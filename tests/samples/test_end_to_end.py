"""The default cleaning on the sample corpus: what must never happen, and floors that only rise."""

from __future__ import annotations

from pathlib import Path

import pytest

import scrubkit as sk
from scrubkit.evaluation import Evaluation, evaluate

CORPUS = Path(__file__).resolve().parents[2] / "corpus_samples"


@pytest.fixture(scope="module")
def pages() -> dict[str, sk.Page]:
    """Filled by ``result``: every page of the corpus as it was cleaned."""
    return {}


@pytest.fixture(scope="module")
def result(pages) -> Evaluation:
    def clean(data, **known):
        pages[known["id"]] = sk.clean(data, **known)
        return pages[known["id"]]

    return evaluate(CORPUS, clean=clean)


def test_no_rule_crashes(result):
    """Not one of the documents is quarantined."""
    assert result.quarantined == ()


def test_every_page_can_be_restored(result, pages):
    """The ledger of each page gives back its text, and says of each removal which rule made it."""
    for page in pages.values():
        assert page.ledger.restore() == page.document.text
        assert all(entry.code for entry in page.ledger.entries)


def test_odd_encodings_are_read_and_mojibake_is_mended(result):
    """All encodings are told and all phrases come out, from bytes alone."""
    assert result.encoding.told == result.encoding.files
    assert result.encoding.phrases == result.encoding.files


def test_reports_of_one_event_are_never_merged(result):
    """No two independent reports are put together, and no two strangers."""
    assert result.pairs.same_event_merged == 0
    assert result.pairs.precision == 1


def test_copies_in_other_boilerplate_are_found(result):
    """Exact copies and reprints are found although the pages round them differ."""
    found = {row.relation: row.found == row.total for row in result.pairs.relations}
    assert found["exact"]
    assert found["reprint"]
    assert found["updated"]


@pytest.mark.parametrize("name", ["pages/plain/the-weighbridge.txt", "pages/plain/notice.txt"])
def test_clean_text_is_left_alone(result, pages, name):
    """From a text without boilerplate nothing goes, however short it is."""
    assert pages[name].text == pages[name].document.text


def test_languages_are_told(result):
    """The language of every document is the one its gold names."""
    language = next(field for field in result.meta.fields if field.name == "language")
    assert language.right == language.total


def test_floors(result):
    """Scores do not fall below what they were; raise the floors when they rise."""
    floors = {
        "line_f1": 0.76,
        "content_recall": 0.985,
        "page_kept": 0.97,
        "page_gone": 0.78,
        "meta_accuracy": 0.86,
    }
    figures = result.figures()
    assert {name: figures[name] for name, floor in floors.items() if figures[name] < floor} == {}
