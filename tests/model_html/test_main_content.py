from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrubkit as sk
from scrubkit.core import Document, Meta
from scrubkit.ingest.html import layout_html
from scrubkit.model.html_scores import scored
from scrubkit.model.main_content import extract
from scrubkit.model.rule import LEAST_WORDS
from scrubkit.model.select import select

_SENTENCE = "Green tea is made from leaves that were not allowed to wither, so that they keep their colour. "
_BODY = f"""<nav><a href=/>Home</a><a href=/a>Shop</a></nav><article><h1>Green tea</h1>
{"".join(f"<p>{_SENTENCE * 2}{i}</p>" for i in range(5))}</article><footer>Copyright Leaf and Cup</footer>"""
_PIECES = """
<title>Tea</title> <p> </p> <div class='card'> </div> <a> </a> <nav> <footer> <h1> <ul> <li> <article> </article> <td>
<iframe> <noscript> </noscript> <br> <pre> Title words. 5 日本語 ภาษาไทย 𝒳
one two three four five six seven eight nine ten eleven twelve thirteen.
""".split()  # noqa: SIM905


def slowly(html: str) -> str:
    """The same content by way of the document, its metadata and its features."""
    page = layout_html(html)
    document = Document("", page.text, page.blocks, Meta(**page.meta))
    found = scored(document)
    flags = select(found.probabilities, found.words, least=LEAST_WORDS)
    return "".join(document.of(block) for block, kept in zip(page.blocks, flags, strict=True) if kept).rstrip()


def test_article_without_its_frame() -> None:
    """Paragraphs stay, menu and footer go, and blocks are parted as on the page."""
    text = sk.extract(f"<title>Green tea - Leaf and Cup</title>{_BODY}")
    assert _SENTENCE.strip() in text
    assert "Shop" not in text
    assert "Copyright" not in text
    assert text.count("\n\n") >= 4


def test_bytes_are_decoded() -> None:
    """Bytes in a legacy encoding give the text that the string gives."""
    page = f"<meta charset=windows-1251><title>Чай</title>{_BODY.replace('leaves', 'листья')}"
    assert extract(page.encode("cp1251")) == extract(page)
    assert "листья" in extract(page)


@pytest.mark.parametrize(
    "html",
    ["", " ", "<", "no markup at all", "<html></html>", "<frameset><frame src=a></frameset>", "<p>\ud800</p>", "\0" * 50,
     "<div>" * 3000, f"<noscript><iframe></noscript>{_BODY}", f"<meta property=og:title content=Tea>{_BODY}"],
)  # fmt: skip
def test_any_page_has_an_answer(html: str) -> None:
    """Empty, broken and odd pages give the text that the long way gives."""
    assert extract(html) == slowly(html)


@given(st.lists(st.sampled_from(_PIECES), max_size=60))
@settings(max_examples=60, deadline=None)
def test_equals_the_way_through_the_document(pieces: list[str]) -> None:
    """No page is extracted otherwise than by document, metadata, features and selection one by one."""
    html = " ".join(pieces)
    assert extract(html) == slowly(html)


def test_dial_keeps_no_less_for_recall() -> None:
    """The dial orders how much is kept."""
    lengths = [len(extract(f"<title>x</title>{_BODY}", keep=keep)) for keep in ("precision", "balanced", "recall")]
    assert lengths == sorted(lengths)


def test_markup_beyond_the_limits_is_cut() -> None:
    """What would cost the parser the square of its size is left out here as it is by ``clean``."""
    html = f"<title>x</title>{'<div>' * 30_000}{_BODY}"
    assert extract(html) == slowly(html) != ""
