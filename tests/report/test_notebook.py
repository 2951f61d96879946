"""Values show themselves in a notebook, and what they hold is never taken for markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

import scrubkit as sk
from scrubkit.core import show

EVIL = "</td></div><script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover='alert(1)'"
STORY = "The ferry runs again from the first of May. Its engine was taken apart over the winter. Bicycles go free."


class Tags(HTMLParser):
    """Collects elements and attributes as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(html: str) -> Tags:
    tags = Tags(html)
    assert tags.open == []
    assert tags.names <= {"div", "p", "b", "small", "span", "table", "thead", "tbody", "tr", "th", "td"}
    assert tags.attributes <= {"style", "title"}
    return tags


def test_page_shows_what_went() -> None:
    """Kept lines stand as they are, others are struck out with their rule; the head tells verdict and size."""
    page = sk.clean(f"Skip to main content\n\n{STORY}\n", id="ferry")
    tags = harmless(page._repr_html_())
    assert tags.text.startswith("ferry")
    assert "kept" in tags.text
    assert "Skip to main content NAV001" in tags.text
    assert page._repr_html_().count("line-through") == 1


def test_planted_script_stays_text_everywhere() -> None:
    """In ids, texts, evidence, keepers and members of clusters: nothing becomes an element or an attribute."""
    page = sk.clean(f"Share this: {EVIL}\n\n{STORY} {EVIL}\n\nLeave a Reply\n\n{EVIL}\n", id=EVIL)
    for html in (page._repr_html_(), page.ledger._repr_html_()):
        assert "alert(1)" in harmless(html).text
    found = sk.find_duplicates([f"{STORY} {EVIL}", f"{STORY} {EVIL}"], ids=[EVIL, f"{EVIL}2"], evidence="full")
    for html in (found._repr_html_(), found.duplicates[0]._repr_html_()):
        assert "alert(1)" in harmless(html).text


def test_clusters_and_ledger_tell_their_numbers() -> None:
    """A table of copies under what stays; a table of removals with score and evidence."""
    found = sk.find_duplicates([STORY, STORY, "Quite another thing was told on that day."], ids=["a", "b", "c"])
    text = harmless(found._repr_html_()).text
    assert "3 documents · 1 clusters · 1 copies" in text
    assert "exact" in text
    page = sk.clean(f"Skip to main content\n\n{STORY}\n")
    assert "NAV001" in harmless(page.ledger._repr_html_()).text


@pytest.mark.parametrize("count", [show.MAX_ROWS, show.MAX_ROWS + 5])
def test_long_tables_are_cut_and_say_so(count: int) -> None:
    """A hundred rows are shown and the rest is counted."""
    html = show.table(["n"], ([n] for n in range(count)), count)
    assert html.count("<tr>") == show.MAX_ROWS + 1
    assert ("and 5 more" in html) == (count > show.MAX_ROWS)


def test_huge_pages_are_cut() -> None:
    """A page of a million lines does not stop the browser."""
    page = sk.Page(sk.Record("long", "word\n" * 100_000, media_type="text/plain"))
    assert len(page._repr_html_()) < 100_000


def test_a_line_shows_its_own_evidence() -> None:
    """Of two lines that one rule took, each names the words that gave it away."""
    prose = "The ferry between the town and the island will run again from the first of May, the board said.\n" * 3
    page = sk.clean(f"{prose}\nShare on Facebook\nShare on Twitter\n")
    shown = page._repr_html_()
    assert "share on facebook" in shown
    assert "share on twitter" in shown
