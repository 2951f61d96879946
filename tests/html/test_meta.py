from __future__ import annotations

from typing import Any

import pytest

from scrubkit.ingest import html as module
from scrubkit.ingest.html import layout_html
from scrubkit.ingest.html_jsonld import read_jsonld
from scrubkit.ingest.html_meta import iso_date


def meta(html: str) -> dict[str, Any]:
    return dict(layout_html(html).meta)


def test_title_prefers_what_was_written_for_readers_elsewhere() -> None:
    """Headline before og:title before <title>, which stays in ``extra``."""
    title, og = "<title>Tea - The Site</title>", "<meta property='og:title' content='Tea'>"
    linked = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Tea today"}</script>'
    assert meta(title)["title"] == "Tea - The Site"
    assert meta(title + og)["title"] == "Tea"
    assert meta(title + og + linked)["title"] == "Tea today"
    assert meta(title + og + linked)["extra"]["page_title"] == "Tea - The Site"


@pytest.mark.parametrize(
    ("html", "author"),
    [
        ("<meta name=author content='A. Writer'>", "A. Writer"),
        ("<meta property='article:author' content='https://example.org/me'>", None),
        ("<p>By <span itemprop=author>A. Writer</span>", "A. Writer"),
        ("<p>By <a rel='nofollow author' href=/a>A. Writer</a>", "A. Writer"),
        ('<script type="application/ld+json">{"@type":"Article","author":[{"name":"A"},"B"]}</script>', "A, B"),
    ],
)
def test_author(html: str, author: str | None) -> None:
    """Authors come from meta tags, microdata, relations and JSON-LD; addresses are no names."""
    assert meta(html).get("author") == author


@pytest.mark.parametrize(
    ("html", "date"),
    [
        ("<meta property='article:published_time' content='2024-03-01T10:00:00Z'>", "2024-03-01T10:00:00+00:00"),
        ("<p>On <time datetime='2024-03-01'>March 1</time>", "2024-03-01"),
        ("<p>On <span itemprop=datePublished content='2024/3/1'>March 1</span>", "2024-03-01"),
        ("<meta name=date content='Fri, 01 Mar 2024 10:00:00 GMT'>", "2024-03-01T10:00:00+00:00"),
        ("<meta name=date content='01/03/2024'>", "01/03/2024"),
    ],
)
def test_date_is_iso_where_it_can_be_read(html: str, date: str) -> None:
    """A date that countries read differently is left as it was written."""
    assert meta(html)["date"] == date


def test_site_address_and_language() -> None:
    """The rest of what a head says."""
    found = meta(
        "<html lang='de_AT'><meta property='og:site_name' content=Blatt><link rel=canonical href='https://a.at/x'>"
        "<meta property='og:type' content=article><meta name=description content=Kurz>"
    )
    assert (found["site"], found["canonical_url"], found["language"]) == ("Blatt", "https://a.at/x", "de-AT")
    assert (found["extra"]["og_type"], found["extra"]["description"]) == ("article", "Kurz")


def test_meta_in_the_body_counts() -> None:
    """A head that ended too soon leaves its meta tags in the body."""
    assert meta("<div>x</div><meta property='og:title' content='Late'>")["title"] == "Late"


def test_jsonld_types_graph_and_site() -> None:
    """Objects are read through graphs and lists; types come in order without repeats."""
    script = (
        '{"@graph":[{"@type":"WebSite","name":"Blatt"},{"@type":["NewsArticle","Article"],"headline":"H",'
        '"publisher":{"@type":"Organization","name":"Haus"},"datePublished":"2024-01-02"}]}'
    )
    linked = read_jsonld([script])
    assert linked.types == ("WebSite", "NewsArticle", "Article", "Organization")
    assert (linked.headline, linked.site, linked.published) == ("H", "Blatt", "2024-01-02")


@pytest.mark.parametrize(
    "script",
    [
        "{", "null", "[]", "", "not json", "[" * 5_000, '{"@type": 5}', '{"@type":"Article","author":{"name":["x"]}}',
        '{"@type":"Article","headline":{"a":1}}', '{"articleBody":["x"]}', '"\\ud800"',
    ],
)  # fmt: skip
def test_malformed_jsonld_is_tolerated(script: str) -> None:
    """Scripts that are no JSON, or JSON of another shape, cost nothing but a note."""
    assert read_jsonld([script]).headline is None
    layout_html(f"<script type='application/ld+json'>{script}</script><p>text")


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"@type":"Article","headline":"H"} -->',
        '//<![CDATA[\n{"@type":"Article","headline":"H"}\n//]]>',
        '{"@type":"Article","headline":"H"};',
        '{"@type":"Article","headline":"H","text":"line\nbreak"}',
    ],
)
def test_forgiven_jsonld(script: str) -> None:
    """Comment marks, semicolons and bare line breaks are passed over, as readers of JSON-LD do."""
    assert read_jsonld([script]).headline == "H"


def test_huge_jsonld_is_not_read() -> None:
    """More than two million characters of JSON are noted, not read."""
    linked = read_jsonld(['{"@type":"Article","headline":"H","x":"' + "y" * 2_000_000 + '"}'])
    assert (linked.headline, linked.errors) == (None, 1)


def test_article_text_is_freed_of_markup() -> None:
    """``article_body`` is text, whatever was put into the JSON."""
    found = meta('<script type="application/ld+json">{"@type":"Article","articleBody":"A<br>B &amp; C"}</script><p>x')
    assert found["extra"]["article_body"] == "A\nB & C"


@pytest.mark.parametrize("walker", ["direct", "nodes", "reference"])
def test_metadata_does_not_depend_on_the_walk(walker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the walk saw spares searches of the tree; it changes no answer."""
    from scrubkit.kernels.dom import bind

    html = (
        "<title>t</title><p>By <a rel=author>A</a> <time datetime=2024-01-02>x</time><div itemprop=datePublished content=y>"
        '</div><script type="application/ld+json">{"@type":"Article","headline":"H"}</script>'
    )
    expected = {"title": "H", "author": "A", "date": "y"}
    if walker != "direct":
        found = bind(module._tables(), direct=False) if walker == "nodes" else None
        monkeypatch.setattr(module, "_walker", lambda: found)
    assert {key: meta(html)[key] for key in expected} == expected


@pytest.mark.parametrize(
    "written", ["", "x", "9999-99-99", "2024-13-01", "Mon", "0000-00-00", "20240301T", "2024-02-30"]
)
def test_no_date_is_invented(written: str) -> None:
    """What is no date gives none, and no error."""
    assert iso_date(written) is None


@pytest.mark.parametrize(
    "head",
    [
        "<title>Tea &amp; more</title><title>second</title>",
        "<META Property=OG:Title CONTENT='Tea'><meta name=author content><meta content=x>",
        "<link rel='alternate Canonical' href=' /tea '><link rel=canonical><link href=/x>",
        '<script type=\'application/LD+JSON\'>{"@type":"Article","headline":"Té"}</script><script>1</script>',
        "",
    ],
)
def test_a_head_read_in_memory_says_what_its_nodes_say(head: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled reading of the head changes nothing about the metadata."""
    page = f"<html><head>{head}</head><body><p>Tea.</p>"
    found = meta(page)
    monkeypatch.setattr(module, "_head", lambda tree: None)
    assert meta(page) == found
