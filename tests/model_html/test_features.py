from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.core import Document, Meta
from scrubkit.ingest.html import layout_html
from scrubkit.ingest.layout import layout_text
from scrubkit.kernels import html_features as module
from scrubkit.kernels.html_features_reference import reference_rows
from scrubkit.kernels.html_hints import hint_mask
from scrubkit.kernels.html_words import scan, tokens
from scrubkit.model.html_features import FEATURES, features, page_input

_WIDTH = len(FEATURES)
compiled = pytest.mark.skipif(module._features is None, reason="the kernel is not compiled here")

_PIECES = """
<p> </p> <div class='card'> </div> <a> </a> <nav> <footer> <h1> <h2> <ul> <li> <article> </article> <main>
<section class='post related'> </section> <table> <tr> <td> <form> <br> <pre> text Title words. Words! 5 $5 12.50
2024 1/2 日本語 こんにちは。 कहानी ภาษาไทย Straße ΟΔΟΣ İstanbul שָׁלוֹם _ don't
<div class="site-footer ads" id=nav> <p class=poster>
one two three four five six seven eight nine ten eleven twelve thirteen. 𝒳 ﬁ €5 5€ 19:30 20240101
"""
_PAGES = st.lists(st.sampled_from([" ", *_PIECES.split()]), max_size=80).map(" ".join)


def document(html: str) -> Document:
    page = layout_html(f"<title>Title words 日本</title><link rel=canonical href=/tag/2024/x>{html}")
    return Document("a", page.text, page.blocks, Meta(**page.meta))


def rows(html: str) -> list[dict[str, float]]:
    flat, _ = features(document(html))
    names = [feature.name for feature in FEATURES]
    return [dict(zip(names, flat[i : i + _WIDTH], strict=True)) for i in range(0, len(flat), _WIDTH)]


@compiled
@given(_PAGES)
@settings(max_examples=150, deadline=None)
def test_kernel_equals_reference(html: str) -> None:
    """Kernel and NumPy reference give the same features and words on any page and script."""
    page = page_input(document(html))
    fast, slow = module.feature_rows(page), reference_rows(page)
    assert fast[1] == slow[1]
    assert len(fast[0]) == len(slow[0]) == len(fast[1]) * _WIDTH
    for a, b in zip(fast[0], slow[0], strict=True):
        assert math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6)


@given(_PAGES)
@settings(max_examples=100, deadline=None)
def test_features_lie_in_their_ranges(html: str) -> None:
    """Every value is finite and within the range its description states."""
    for row in rows(html):
        for feature in FEATURES:
            value = row[feature.name]
            assert math.isfinite(value)
            slack = 1e-5
            low = -999 if feature.name in ("from_h1", "from_title") else feature.low
            assert low - slack <= value <= feature.high + slack, feature.name


@compiled
@given(st.text(alphabet="adspoterbnv-_ é日|SAF", max_size=30))
@settings(max_examples=500, deadline=None)
def test_hints_of_the_kernel_equal_the_reference(attrs: str) -> None:
    """Words and their edges are found alike by the kernel and by regular expressions."""
    assert module._scanner().mask(attrs) == hint_mask(attrs)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one two", 2), ("don't", 2), ("日本語", 2), ("日", 1), ("한국어 기사", 2), ("कहानी", 1), ("x日本y", 3)],
)
def test_words_of_scripts(text: str, words: int) -> None:
    """Marks do not split words; scripts without spaces count a word per two characters."""
    assert scan(text, frozenset()).words == words


def test_unspaced_text_is_compared_by_pairs() -> None:
    """A Japanese heading shares pairs of characters with the title it repeats."""
    assert scan("東京の天気", frozenset(tokens("東京の天気 - ニュース"))).in_title == 1.0


def test_what_some_features_mean() -> None:
    """Spot checks by hand: repeats, place, heading distance, hints."""
    found = rows("<div class=site-nav><p>Home</p></div><h1>Title words</h1><p>Home</p><p>19:30, $5</p>")
    assert [row["isfirst"] for row in found] == [1, 1, 0, 1]
    assert [row["repeat"] for row in found] == [2, 1, 2, 1]
    assert [row["from_h1"] for row in found] == [-1, 0, 1, 2]
    assert [row["hd_dist"] for row in found] == [-1, 0, 1, 2]
    assert [row["h_nav"] for row in found] == [1, 12, 12, 12]
    assert [row["title_ov"] for row in found] == [0, 1, 0, 0]
    assert found[0]["pg_money"] == found[0]["pg_date"] == 0.25


def test_flattened_text_has_no_html_features() -> None:
    """Asking for them is an error, not a row of zeros."""
    page = layout_text("a\nb")
    with pytest.raises(ValueError, match="flattened"):
        features(Document("a", page.text, page.blocks))


def test_names_and_order_are_those_of_the_kernel() -> None:
    """Descriptions stand in the order of the columns, each once."""
    assert tuple(feature.name for feature in FEATURES) == module.NAMES
    assert len(set(module.NAMES)) == _WIDTH


@compiled
def test_kernel_refuses_tables_that_do_not_fit() -> None:
    """Owners and parents out of range are an error, not a crash."""
    page = page_input(document("<p>a<p>b"))
    owner = page.blocks.element
    assert owner is not None
    owner[0] = 99
    with pytest.raises(ValueError, match="does not fit"):
        module.feature_rows(page)


@compiled
def test_deep_and_wide_pages_take_linear_time() -> None:
    """Depth 10,000 and 100,000 blocks end, which quadratic work would not."""
    for html in ("<div>" * 10_000 + "deep", "<p>x" * 100_000):
        flat, words = features(document(html))
        assert len(flat) == len(words) * _WIDTH


def test_reference_serves_without_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is compiled the features come from NumPy and have the same form."""
    page = page_input(document("<h1>Title</h1><p>one two three"))
    expected = module.feature_rows(page)
    monkeypatch.setattr(module, "_features", None)
    assert module.feature_rows(page)[1] == expected[1]
    assert list(module.feature_rows(page)[0]) == pytest.approx(list(expected[0]), rel=1e-6)
