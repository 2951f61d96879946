"""Markup that would cost the parser the square of its size is cut; everything else passes unchanged."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.ingest.html import layout_html
from scrubkit.ingest.html_limits import ATTRIBUTES, DEPTH, NAMES, REOPENED, bounded


def within_limits(html: str) -> tuple[str, Mapping[str, int]]:
    data, left_out = bounded(html.encode())
    return data.decode(), left_out


@given(st.text(alphabet="<>/!-=\"' \nabpdiv", max_size=300))
def test_small_pages_pass_unchanged(html: str) -> None:
    """A page within the limits is the very same string, however broken."""
    assert within_limits(html) == (html, {})


@pytest.mark.parametrize("tag", ["div", "ul", "b", "svg", "rt"])
def test_the_text_below_the_deepest_tag_stays(tag: str) -> None:
    """Tags beyond the limit go, closed or not; the text inside them and after them stays."""
    deep = f"<{tag}>" * 30_000 + "inside" + f"</{tag}>" * 30_000 + "<p>after"
    page, left_out = within_limits(deep)
    assert page == f"<{tag}>" * DEPTH + "inside" + f"</{tag}>" * DEPTH + "<p>after"
    assert left_out == {"deep_tags": 2 * (30_000 - DEPTH)}


def test_a_flood_of_attributes_is_cut_and_the_tag_stays() -> None:
    """The first attributes of a tag stay, in their order, with what was quoted in them."""
    flood = "<p>before<div title='a = b' " + " ".join(f"a{i}=1" for i in range(50_000)) + ">inside</div>"
    page, left_out = within_limits(flood)
    assert page.startswith("<p>before<div title='a = b' a0=1 a1=1")
    assert page.endswith(" >inside</div>")
    assert left_out == {"attributes": 50_001 - ATTRIBUTES}


def test_names_without_end_are_cut() -> None:
    """Unknown elements beyond the number of names go, known ones among them stay."""
    page, left_out = within_limits("".join(f"<x{i}>{i}</x{i}>" for i in range(30_000)) + "<x1>again</x1>")
    assert page.count("<x") == NAMES + 1
    assert page.endswith("29999<x1>again</x1>")
    assert left_out == {"strange_tags": 2 * (30_000 - NAMES)}


def test_scripts_and_comments_hold_no_tags() -> None:
    """What looks like tags inside a script, a style or a comment is left as it is and not counted."""
    hidden = (
        "<script>" + "if (a<b) " * 30_000 + "</script><!--" + "<div>" * 30_000 + "--><style>" + "<i>" * 9 + "</style>"
    )
    assert within_limits(hidden + "<p>text") == (hidden + "<p>text", {})


def test_the_page_says_what_was_left_out() -> None:
    """The layout of a page beyond the limits holds its text and, in its metadata, what went."""
    layout = layout_html("<div>" * 30_000 + "<p>The text at the bottom.</p>")
    assert layout.text == "The text at the bottom.\n"
    assert layout.meta["extra"]["left_out"] == {"deep_tags": 30_000 - DEPTH}


@pytest.mark.parametrize(
    "unit", ["<div></b>", "<div><script></script>", "<span><span><div></span></span>", "<form><div></form>"]
)
def test_end_tags_that_close_nothing_count_for_nothing(unit: str) -> None:
    """Elements that stay open although end tags follow are nested, and go beyond the limit."""
    page, left_out = within_limits(unit * 30_000 + "tea")
    assert left_out["deep_tags"] > 20_000
    assert page.endswith("tea")


def test_formatting_that_would_be_opened_again_and_again_goes() -> None:
    """Unclosed formatting elements return in every later paragraph, a million times here: the tags go, links stay."""
    page = "".join(f"<p><b id={i}>{i} <a href=/{i}>x</a></p>" for i in range(3_000))
    kept, left_out = within_limits(page)
    assert left_out == {"formatting_tags": 3_000}
    assert "<b" not in kept
    assert kept.count("<a href") == 3_000
    few = "".join(f"<p><b>{i}</p>" for i in range(REOPENED[0] // 9))
    assert within_limits(few) == (few, {})


def test_what_goes_makes_no_tag_of_the_text_behind_it() -> None:
    """Where a bracket stands in front of a tag that goes, the text behind it does not become a tag."""
    page, _ = within_limits("<div>" * 3_000 + "1 <<div>2")
    assert layout_html(page).text == "1 <2\n"
