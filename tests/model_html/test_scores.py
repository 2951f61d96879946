from __future__ import annotations

import json
from importlib.resources import files

import pytest

from scrubkit.core import Document, Meta
from scrubkit.core.errors import InputError
from scrubkit.ingest.html import layout_html
from scrubkit.kernels.trees import load
from scrubkit.model import html_scores
from scrubkit.model.html_features import FEATURES
from scrubkit.model.html_scores import model, score, scored

_SENTENCE = "Green tea is made from leaves that were not allowed to wither, so that they keep their colour. "
_PAGE = f"""
<html><head><title>Green tea - Leaf and Cup</title></head><body>
<header><a href=/>Leaf and Cup</a><nav><ul><li><a href=/a>Shop</a><li><a href=/b>News</a><li><a href=/c>Contact</a></ul></nav>
</header><main><article><h1>Green tea</h1>{"".join(f"<p>{_SENTENCE * 2}{i}</p>" for i in range(6))}</article>
<div class=related-posts><h3>Read next</h3><ul><li><a href=/1>Black tea</a><li><a href=/2>White tea</a></ul></div></main>
<footer><p>Copyright Leaf and Cup</p></footer></body></html>
"""


def document(html: str) -> Document:
    page = layout_html(html)
    return Document("a", page.text, page.blocks, Meta(**page.meta))


def test_shipped_model_fits_features_and_card() -> None:
    """The file is small, made for these features, and the card speaks of this file."""
    data = files("scrubkit.model").joinpath("html.bin").read_bytes()
    card = json.loads(files("scrubkit.model").joinpath("html-card.json").read_text(encoding="utf-8"))
    names = [feature.name for feature in FEATURES]
    assert len(data) <= 300_000
    assert card["bytes"] == len(data)
    assert list(load(data).names) == card["features"] == names


def test_article_scores_above_menu_footer_and_related() -> None:
    """Paragraphs of an article are surely content, what surrounds it surely is not."""
    page = document(_PAGE)
    by_text = {page.of(block).strip(): p for block, p in zip(page.blocks, score(page), strict=True)}
    paragraphs = [p for text, p in by_text.items() if text.startswith("Green tea is made")]
    assert min(paragraphs) > 0.8
    assert max(by_text[text] for text in ("Shop", "News", "Contact", "Copyright Leaf and Cup")) < 0.1
    assert by_text["Black tea"] < 0.5


def test_same_page_in_another_script_scores_alike() -> None:
    """No word is read, so a page in Han characters of the same shape is judged as its Latin twin."""
    han = "绿茶是用没有经过萎凋的茶叶制成的，因此保持了它的颜色，这一点在许多地方都很重要。"
    page = document(_PAGE.replace(_SENTENCE, han))
    paragraphs = [p for block, p in zip(page.blocks, score(page), strict=True) if han in page.of(block)]
    assert len(paragraphs) == 6
    assert min(paragraphs) > 0.8


def test_strongest_features_are_named() -> None:
    """Each score can be explained by the features that moved it most."""
    page = document(_PAGE)
    result = scored(page)
    (strongest,) = result.strongest([0])
    assert len(strongest) == 3
    assert set(strongest) <= {feature.name for feature in FEATURES}
    assert abs(next(iter(strongest.values()))) >= abs(list(strongest.values())[-1])


@pytest.mark.parametrize("html", ["", "<p>x", "<frameset>", "<table>" + "<td>a" * 1_000, "<div>" * 2_000 + "x"])
def test_any_page_is_scored(html: str) -> None:
    """One probability a block, whatever the page."""
    page = document(html)
    probabilities = score(page)
    assert len(probabilities) == len(page.blocks)
    assert all(0 <= p <= 1 for p in probabilities)


def test_missing_or_foreign_model_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package without its model, or with one for other features, says so."""
    monkeypatch.setattr(html_scores, "FEATURES", FEATURES[:-1])
    model.cache_clear()
    try:
        with pytest.raises(InputError, match="other features"):
            model()
    finally:
        model.cache_clear()
