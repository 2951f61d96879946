"""What a whole flattened text says of itself."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.core import Meta
from scrubkit.ingest.layout import layout_text
from scrubkit.ingest.text_meta import text_metadata

BODY = (
    "The old bridge over the river reopened to traffic on Monday, two years after the flood that took its middle span.\n\n"
    "The mayor walked across the bridge first, followed by the school band and several hundred people from both banks.\n\n"
    "Engineers had found cracks in the piers last autumn, and the repair took longer than anybody had planned for.\n"
)
TITLE = "Old bridge over the river reopens two years after the flood"


def meta(text: str) -> Mapping[str, Any]:
    return text_metadata(layout_text(text))


def test_title_byline_and_date_above_the_text() -> None:
    """The plain case: a menu, the title, a signature, the text."""
    found = meta(f"  • Home\n  • News\n\n{TITLE}\n\nBy Mara Holt\n7 Jan 2022 23:41\n3 min read\n\n{BODY}")
    assert dict(found) == {"title": TITLE, "author": "Mara Holt", "date": "2022-01-07T23:41"}


def test_teasers_with_dates_above_the_title_are_not_believed() -> None:
    """Dates of a news list before the article are other articles' dates."""
    teasers = "Storm closes three airports\n3 Jan 2022\nMinister resigns over contract\n4 Jan 2022\n\n\n\n\n"
    found = meta(f"{teasers}{TITLE}\n\nBy Mara Holt\n7 Jan 2022\n\n{BODY}")
    assert (found["author"], found["date"]) == ("Mara Holt", "2022-01-07")


def test_related_links_below_the_text_are_not_believed() -> None:
    """Bylines and dates under the article belong to others."""
    found = meta(f"{TITLE}\n\n{BODY}\nRelated\n\nStorm closes three airports\nBy Jon Vik\n3 Jan 2022\n")
    assert "author" not in found
    assert "date" not in found


def test_the_first_publication_stands_before_the_update() -> None:
    """Published and updated lines: the date is the day of publication, the other goes to extra."""
    found = meta(f"{TITLE}\n\nBy Mara Holt\nUpdated: 8 Jan 2022\nPublished: 7 Jan 2022\n\n{BODY}")
    assert found["date"] == "2022-01-07"
    assert found["extra"] == {"modified": "2022-01-08"}


def test_a_credit_at_the_end_is_the_credit() -> None:
    """The line that names another agency's people comes out as metadata, without brackets."""
    found = meta(f"{TITLE}\n\n{BODY}\nHarbour Press's Jon Vik and Per Lund contributed to this report.\n\nFollow us\n")
    assert found["credit"] == "Harbour Press's Jon Vik and Per Lund contributed to this report."
    assert meta(f"{TITLE}\n\n{BODY}\n(Reporting by Jon Vik; Editing by Per Lund)\n")["credit"].startswith(
        "Reporting by"
    )


def test_a_label_below_the_text_names_the_author() -> None:
    """Many sites sign at the end; two labelled names there are not the author's."""
    assert meta(f"{TITLE}\n\n{BODY}\nАвтор: Иван Лесков\n")["author"] == "Иван Лесков"
    assert "author" not in meta(f"{TITLE}\n\n{BODY}\nАвтор: Иван Лесков\nАвтор: Анна Белова\n")


def test_the_dateline_and_its_agency_go_to_extra() -> None:
    """Where a report was filed is not part of Meta's own fields."""
    assert meta(f"{TITLE}\n\nOSLO (AP) — {BODY}")["extra"] == {"dateline": "OSLO", "agency": "AP"}


def test_a_line_that_repeats_the_title_with_a_name_gives_the_site() -> None:
    """The page's own title in a browser is the headline and the site."""
    assert meta(f"{TITLE} | Harbour News\n\n{TITLE}\n\n{BODY}")["site"] == "Harbour News"


def test_a_title_is_not_guessed_from_little() -> None:
    """A short label above the text is no title; nothing is better than something wrong."""
    assert "title" not in meta(f"Accept and continue\n\n{BODY}")


@pytest.mark.parametrize("text", ["", "\n\n", "Home\nNews\n", "x" * 100_000, "7 Jan 2022\n", "By Mara Holt\n"])
def test_a_page_without_running_text_says_nothing(text: str) -> None:
    """Menus and fragments have no metadata of their own."""
    assert dict(meta(text)) == {}


@given(
    st.lists(
        st.sampled_from([TITLE, BODY, "By Mara Holt", "7 Jan 2022", "", "Home", "Source: Agencies", "•"]), max_size=12
    )
)
def test_keys_are_those_of_meta(lines: list[str]) -> None:
    """Whatever the page, what comes out fits Meta, and values are never empty."""
    found = meta("\n".join(lines))
    assert set(found) <= set(Meta.__dataclass_fields__)
    assert all(value for value in found.values())


@pytest.mark.bench
def test_the_real_scrapes_say_what_a_reader_sees() -> None:
    """Titles of the five scrapes, the credits of two, and the signature of one."""
    root = os.environ.get("SCRUBKIT_BENCH")
    seeds = Path(root).parent / "seeds" if root else None
    if seeds is None or not (seeds / "gold.jsonl").exists():
        pytest.skip("no benchmark folder")
    rows = [json.loads(line) for line in (seeds / "gold.jsonl").read_text("utf-8").splitlines()]
    titles = {row["file"]: row["text"].strip() for row in rows if row["label"] == "title" and row["keep"]}
    found = {name: meta((seeds / name).read_text("utf-8")) for name in titles}
    assert {name: said.get("title") for name, said in found.items()} == titles
    credited = {row["file"] for row in rows if row["label"] == "byline" and "report" in row["text"]}
    assert {name for name, said in found.items() if "credit" in said} == credited
