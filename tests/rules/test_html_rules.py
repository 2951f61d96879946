"""Rules that read structure: class and id names, elements, link density."""

from __future__ import annotations

import pytest

from scrubkit.core import Document
from scrubkit.ingest import ingest
from scrubkit.rules import RULES
from scrubkit.rules.run import find

PROSE = (
    "<p>The old bridge over the river reopened on Monday, two years after the flood that took its middle span.</p>"
    "<p>Engineers had found cracks in the piers last autumn, and the repair took longer than anybody had planned for, "
    "said the head of the works department, who has seen three mayors come and go since the project began.</p>"
    "<p>The council will vote on a second crossing in spring, and nobody expects that vote to be a quiet one, because "
    "the ferry company and the farmers on the far bank want very different things from it.</p>"
)


def page(body: str, head: str = "") -> Document:
    return ingest(f"<html><head>{head}</head><body>{body}</body></html>", id="page", media_type="text/html")


def found(code: str, document: Document) -> list[str]:
    rule = next(rule for rule in RULES if rule.code == code)
    findings = find(document, [rule])
    assert all(finding.code == code for finding in findings), findings
    return [document.text[finding.start : finding.end].strip() for finding in findings]


def test_comments_are_known_by_the_name_of_their_element() -> None:
    """Prose inside an element called comments goes, the article outside of it stays."""
    body = f'<article>{PROSE}</article><section id="comments"><p>Anna: It was worth the wait.</p></section>'
    assert found("CMT005", page(body)) == ["Anna: It was worth the wait."]


def test_a_page_that_is_one_comment_element_is_left_alone() -> None:
    """Without running text outside, a theme that calls everything comment says nothing."""
    assert found("CMT005", page(f'<div class="comment-area">{PROSE}</div>')) == []


def test_comments_are_the_content_of_a_forum() -> None:
    """JSON-LD that declares a discussion silences the comment rules."""
    head = '<script type="application/ld+json">{"@type": "DiscussionForumPosting", "headline": "Bridge"}</script>'
    body = f'<article>{PROSE}</article><section id="comments"><p>Anna: It was worth the wait.</p></section>'
    assert found("CMT005", page(body, head)) == []


def test_share_bars_are_known_by_their_class() -> None:
    """Buttons of any wording inside a share bar go; prose inside one stays."""
    body = f'{PROSE}<div class="post share-bar"><a href="#">Send to a colleague</a></div><div class="share-bar">{PROSE}</div>'
    assert found("SHR004", page(body)) == ["Send to a colleague"]


def test_related_blocks_are_known_by_their_class() -> None:
    """Teasers inside an element called related go, a section of that name as the only text stays."""
    body = f'{PROSE}<div class="related-posts"><a href="#">Storm closes three airports</a></div>'
    assert found("REL006", page(body)) == ["Storm closes three airports"]
    assert found("REL006", page(f'<div class="related-posts">{PROSE}</div>')) == []


def test_consent_dialogues_are_known_by_their_name() -> None:
    """Whatever a consent dialogue says goes; a page wholly inside one does not."""
    body = f'{PROSE}<div id="onetrust-banner"><p>Wir und unsere 800 Partner möchten etwas.</p></div>'
    assert found("PRM007", page(body)) == ["Wir und unsere 800 Partner möchten etwas."]
    assert found("PRM007", page(f'<div class="cookie-page">{PROSE}</div>')) == []


def test_footers_are_known_by_their_tag() -> None:
    """A page's footer goes; the footer of an article inside <article> is left to other rules."""
    body = f"<article>{PROSE}<footer>Corrected on Tuesday</footer></article><footer>The Courier, Quay 4</footer>"
    assert found("FTR005", page(body)) == ["The Courier, Quay 4"]


@pytest.mark.parametrize(("linked", "expected"), [(True, 5), (False, 0)])
def test_a_menu_in_html_is_made_of_links(*, linked: bool, expected: int) -> None:
    """Where links are known, short lines without links are a list, not a menu."""
    items = "".join(
        f"<li>{'<a href=#>' * linked}{name}{'</a>' * linked}</li>"
        for name in ("News", "Sport", "Region", "Weather", "Jobs")
    )
    lines = "\n".join(found("NAV003", page(f"<ul>{items}</ul>{PROSE}"))).split("\n")
    assert len([line for line in lines if line]) == expected


def test_breadcrumbs_of_links() -> None:
    """A chain of linked labels above the article is a breadcrumb."""
    body = f'<div><a href="#">Home</a> › <a href="#">News</a> › <a href="#">Region</a></div>{PROSE}'
    assert len(found("NAV002", page(body))) == 1
