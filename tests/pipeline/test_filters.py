"""Filters as a user puts them together."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import pytest

import scrubkit as sk
from scrubkit.core import ConfigError

ARTICLE = (
    "Bridge reopens after two years\n\nThe old bridge over the river reopened on Monday, two years after the flood that "
    "took its middle span.\n\nThe mayor walked across first, followed by the school band and several hundred people from "
    "both banks.\n\nEngineers had found cracks in the piers last autumn, and the repair took longer than planned.\n"
)
OTHER = (
    "Ferry company sues the harbour board\n\nThe company that has run the ferry for forty years went to court on Tuesday "
    "over the new landing fees.\n\nThe board says the fees pay for the dredging, which the winter storms made dearer.\n"
)


def readme_pipeline() -> sk.Pipeline:
    return sk.Pipeline(
        [
            sk.filters.repair_encoding(),
            sk.filters.strip_boilerplate(select=["NAV", "TCK", "CMT", "DSC", "BPL"]),
            sk.filters.language(keep={"en", "de"}),
            sk.filters.quality(min_words=20),
            sk.filters.near_duplicates(jaccard=0.8),
        ]
    )


def run(pipeline: sk.Pipeline, texts: Sequence[str]) -> list[sk.Page]:
    return [page for batch in pipeline.run(texts) for page in batch]


def test_the_pipeline_of_the_readme_parts_copies() -> None:
    """Of two equal pages one is rejected as a duplicate, the other and a third story are kept, none is set aside."""
    pages = run(readme_pipeline(), [ARTICLE, OTHER, ARTICLE])
    assert [page.verdict.status for page in pages] == ["kept", "kept", "rejected"]
    assert pages[2].verdict.codes == ("DUP001",)
    assert not [finding for page in pages for finding in page.findings if finding.code == "ERR001"]


def test_a_page_that_is_rejected_already_is_nobodys_copy() -> None:
    """Duplicates are looked for among pages still kept: two French copies go for their language."""
    french = (
        "Le pont a rouvert lundi, deux ans après la crue qui avait emporté sa travée centrale, a dit le maire.\n" * 2
    )
    pages = run(readme_pipeline(), [french, french, ARTICLE])
    assert [page.verdict.codes for page in pages[:2]] == [("LNG001",), ("LNG001",)]
    assert pages[2].verdict


def test_a_filter_that_crashes_sets_one_page_aside() -> None:
    """The page that made a filter crash is quarantined with the error; the others go on."""

    def picky(pages: Sequence[sk.Page]) -> Sequence[sk.Page]:
        for page in pages:
            if "Ferry" in page.document.text:
                raise RuntimeError("no ferries")
        return pages

    pages = run(sk.Pipeline([picky]), [ARTICLE, OTHER])
    assert [page.verdict.status for page in pages] == ["kept", "quarantined"]
    assert pages[1].findings[0].because["error"] == "RuntimeError: no ferries"


def test_a_filter_that_drops_a_page_is_told() -> None:
    """Only writers part documents; a filter that returns fewer pages than it was given is wrong use."""
    with pytest.raises(sk.ScrubkitError, match="returned 0 pages for 1"):
        run(sk.Pipeline([lambda pages: []]), [ARTICLE])


def test_filters_are_values_that_travel() -> None:
    """A pipeline can be sent to a worker process and does the same there."""
    pipeline = readme_pipeline()
    copy = pickle.loads(pickle.dumps(pipeline))
    assert [page.text for page in run(copy, [ARTICLE, OTHER])] == [
        page.text for page in run(pipeline, [ARTICLE, OTHER])
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sk.filters.language(keep="en"), "write keep="),
        (lambda: sk.filters.strip_boilerplate(select=["NAVI"]), "did you mean NAV"),
        (lambda: sk.filters.quality(min_wrods=50), "min_words"),
        (lambda: sk.filters.near_duplicates(jaccard=8), "between 0 and 1"),
    ],
)
def test_wrong_settings_are_refused_where_they_are_made(make: object, message: str) -> None:
    """The error names the remedy before a page is read."""
    with pytest.raises(ConfigError) as told:
        make()  # type: ignore[operator]
    assert message in str(told.value)


def test_nothing_acts_twice_on_the_same_view() -> None:
    """A note adds no work: the ledger of a page stays the one that was made."""
    page = sk.clean(ARTICLE)
    ledger = page.ledger
    assert page.add([sk.Finding("LNG002", 0, 0, "note")]).ledger is ledger
    assert page.add([sk.Finding("NAV001", 0, 6)]).ledger is not ledger
