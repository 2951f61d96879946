"""The page with less in it: another source for the same layout."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scrubkit.ingest import html as html_module
from scrubkit.ingest.html import lay_out, layout_html, parse, parse_for_text
from scrubkit.ingest.html_limits import slim
from scrubkit.ingest.html_tags import Role, role_of
from scrubkit.kernels import markup
from scrubkit.kernels.markup_names import BARE, BITS
from tests.html.test_markup import TAGS
from tests.html.test_walks import columns

ATTRIBUTES = (
    "<p class='a  b' id=c x=y>", "<div hidden/>", "<img src=a />", "<br/>", "<input type=hidden>", "<b class=1>",
    "<input type=text class=x>", "<script>a<b c='</script>", "<script><!--", "<svg><path d='a' /></svg>", "<b class=2>",
    "<div class=x/id=y/>", "<div style='display:none' id=a>", "<div style=\"color:red\">", "<a class=x href='y'>",
    "<td class=\"x\"id='y'>", "<div class='open", "<div data-x=\"y\"class=k>", "<div =class=x>", "<div class = x>",
    "<div CLASS=A Id=B class=b>", "<body class=late>", "<li id=a/>", "<div a='b'c/>", "<div style='&#110;one display'>",
    "<style>a</style>", "<!-- x -->", "<!--a--!>", "<!---->", "<frameset>", "<x-y class=c role=z>", "<title x=y>T</title>",
    "<![CDATA[a]]>", "<svg><![CDATA[b c]]>", "<![CDATA[<b>]]>", "\n  ", "wo rd", "é", "<div itemprop='author'aria-hidden=true>",
)  # fmt: skip
TELLING = (
    "<html lang=de>", "<html x=y xml:lang=fr>", "<meta property='og:title' content=A>", "<meta name=author content='B C'>",
    "<link rel=canonical href=/a>", "<link rel='author' href=/b>", "<span itemprop=author class=x>", "<a rel='nofollow author'>",
    "<time datetime=2022-01-07 class=x>", "<time>", "<div itemprop='datePublished' content='2022-02-01'>", "<svg><a rel=author>",
    "<script type='application/ld+json'>{\"@type\": \"Article\", \"headline\": \"H\"}</script>", "<head>", "</head>", "<body>",
    "<script type=APPLICATION/LD+JSON>{\"@type\": \"Article\", \"author\": \"N\"}</script>", "</span>", "</a>", "</time>",
    "<script type='application/ld&#43;json'>{\"@type\": \"WebSite\", \"name\": \"S\"}</script>", "<script itemprop=author>x</script>",
    "<script type=module>{}</script>", "<style rel=author>a</style>", "<noframes>n</noframes>", "<iframe></noscript>", "<title>T</title>",
    "<meta itemprop=datePublished content=2022-03-04>", "<data itemprop=author content=Z>", "Anna Berg", "<input itemprop=author>",
)  # fmt: skip
soups = st.lists(st.sampled_from([*TAGS, *ATTRIBUTES, *ATTRIBUTES]), max_size=30).map("".join)
_REOPENED = "".join(f"<p><b id={i}>" for i in range(3000))
needs_kernel = pytest.mark.skipif(markup._markup is None, reason="nothing is compiled")


@settings(max_examples=600, deadline=None)
@given(soups)
def test_the_layout_is_that_of_the_page(html: str) -> None:
    """Text, blocks, elements, links and title are the same, whatever the tags."""
    (tree, source), (whole, same, _) = parse_for_text(html), parse(html)
    assert source == same
    assert columns(lay_out(tree)) == columns(lay_out(whole))
    assert [node.text() for node in tree.css("head > title")] == [node.text() for node in whole.css("head > title")]


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from([*TELLING, *TELLING, *TELLING, *ATTRIBUTES, *TAGS]), max_size=30).map("".join))
def test_the_metadata_are_those_of_the_page(html: str) -> None:
    """What a page says of itself is the same, whatever the tags, and so is its layout."""
    found = layout_html(html)
    with patch.object(html_module, "_parse_slim", html_module._parse_whole):
        whole = layout_html(html)
    assert found.meta == whole.meta
    assert (found.text, list(found.blocks)) == (whole.text, list(whole.blocks))


@needs_kernel
@pytest.mark.parametrize(
    "page",
    [
        "<html lang=de x=y><meta name=a content=b><link rel=c href=d>",
        "<script type=application/LD+json itemprop=a>{}</script>",
        "<span itemprop=author><time datetime=a><a rel=author></a>",
    ],
)
def test_what_a_page_says_of_itself_stays(page: str) -> None:
    """With metadata nothing goes that they are read from."""
    assert slim(page.encode(), metadata=True) == page.encode()
    assert slim(page.encode()) != page.encode()


@needs_kernel
@pytest.mark.parametrize(
    ("page", "less"),
    [
        ("<p class=a onclick='f()' id='b'>tea", "<p class=a id='b'>tea"),
        ("<p onclick=f() >tea<br class=a />", "<p>tea<br />"),
        ("<script src=a>f('</p>')</script><style media=x>p {}</style>", "<script></script><style></style>"),
        ("<!-- green --><!-->tea", "<!----><!-->tea"),
        ("<b class=a><a class=b href=c>", "<b class=a><a>"),
        ("<svg viewBox=a><path d='M0'/></svg>", "<svg><path /></svg>"),
        ("<input type=hidden value=a>", "<input type=hidden>"),
        ("<div style='color: red'><div style='display: none'>", "<div><div style='display: none'>"),
        ("<div a=\"x\"class=b>", "<div class=b>"),
    ],
)  # fmt: skip
def test_what_nobody_reads_is_left_out(page: str, less: str) -> None:
    """Attributes that the layout does not read go, and what stands in scripts, styles and comments."""
    assert slim(page.encode()) == less.encode()


@pytest.mark.parametrize("page", ["<frameset>", "<math>", "<![CDATA[a>b]]>", "<svg></b>", "<div>" * 3000, _REOPENED])
def test_pages_in_doubt_are_taken_whole(page: str) -> None:
    """Where the tree cannot be followed for certain, or the page is beyond the limits, there is no other source."""
    assert slim(page.encode()) is None


@needs_kernel
@pytest.mark.parametrize("page", ["<select><style>a</style>", "<template><col><script>a</script>", "<style>a"])
def test_texts_in_doubt_stay(page: str) -> None:
    """Where a style or script may be no such thing, or does not end, what stands in it stays."""
    assert slim(page.encode()) == page.encode()


def test_elements_without_attributes_make_no_block() -> None:
    """Attributes go as a whole only from elements that are no block's, and from html, whose attributes nobody reads."""
    bare = {name.decode() for name, bits in BITS.items() if bits & BARE} - {"html"}
    assert {name for name in bare if role_of(name) == Role.BLOCK} == set()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_page_is_taken_whole_where_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the kernel the page itself is parsed."""
    monkeypatch.setattr(markup, "_markup", None)
    assert slim(b"<p onclick=f()>tea") is None
    tree, _ = parse_for_text("<p onclick=f()>tea")
    assert isinstance(tree, LexborHTMLParser)
    assert lay_out(tree).text == "tea\n"
