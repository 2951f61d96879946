"""Catalogue entries for what recurs over the pages of a source or of the corpus."""

from __future__ import annotations

from scrubkit.catalogue.rule import Param, Rule

__all__ = ["RULES"]

_ARTICLES = Param("min_articles", 5, "articles", "asked by `scrubkit fit`: different articles it stands with")
_SOURCES = (
    "Pomikálek 2011, Removing boilerplate and duplicate content from web corpora",
    "Wenzek et al. 2020, CCNet",
)

RULES: tuple[Rule, ...] = (
    Rule(
        "RPT002",
        "source-line",
        summary="Label that the pages of this source share, whatever they are about",
        rationale="Menus, buttons and footers stand on many pages of a source with different articles, in the same "
        "neighbourhood. `scrubkit fit` counts them; no language and no phrase has to be known.",
        scope="corpus",
        score=0.94,
        params=(
            _ARTICLES,
            Param("min_share", 0.03, "share", "asked by `scrubkit fit`: of the source's articles, for a framed label"),
        ),
        known_problems="Labels of a form that every article of a source fills in (a recipe's times) recur like a menu.",
        sources=_SOURCES,
    ),
    Rule(
        "RPT003",
        "source-paragraph",
        summary="Paragraph that the pages of this source share, whatever they are about",
        rationale="Appeals, notices and disclaimers read like text; what gives them away is that they stand with every "
        "article. A paragraph that several articles quote stays: a fifth of the articles must have it.",
        scope="corpus",
        score=0.94,
        params=(
            _ARTICLES,
            Param("long_share", 0.2, "share", "asked by `scrubkit fit`: of the source's articles"),
        ),
        known_problems="The standing introduction of a column, where the column is a source of its own.",
        sources=_SOURCES,
    ),
    Rule(
        "RPT004",
        "corpus-line",
        summary="Label that the pages of many sources share, in the same neighbourhood",
        rationale="Publishing systems put the same words on the pages of everybody who uses them.",
        scope="corpus",
        score=0.86,
        params=(Param("min_sources", 5, "sources", "asked by `scrubkit fit`"),),
        sources=_SOURCES,
    ),
    Rule(
        "RPT005",
        "corpus-paragraph",
        summary="Paragraph that stands in many sources with different articles: told, not taken",
        rationale="It may be a network's notice or an agency's background; a person decides.",
        scope="corpus",
        action="note",
        score=0.86,
        params=(Param("min_sources", 5, "sources", "asked by `scrubkit fit`"),),
        sources=_SOURCES,
    ),
    Rule(
        "RPT006",
        "source-block",
        summary="Row of an element that holds nothing but template lines on the pages of this source",
        rationale="Lists of headlines change from page to page; the element they stand in does not.",
        scope="corpus",
        score=0.8,
        known_problems="An element that carries a label on most pages and a fact on some.",
    ),
)
