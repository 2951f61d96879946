"""Scores of the blocks of an HTML page by the trained trees of ``html.bin``."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from scrubkit.core.errors import InputError
from scrubkit.kernels.trees import Trees, load
from scrubkit.model.html_features import FEATURES, features

if TYPE_CHECKING:
    from scrubkit.core.document import Document

__all__ = ["Scored", "model", "score", "scored"]


@dataclass(frozen=True, slots=True)
class Scored:
    """The scored blocks of one page: p(main content) and words of each, and the features behind them, row by row."""

    probabilities: array[float]
    words: array[float]
    rows: array[float]
    trees: Trees

    def strongest(self, blocks: Sequence[int], count: int = 3) -> list[dict[str, float]]:
        """Return for each of some blocks the features that moved its score most, as log-odds of main content."""
        return self.trees.strongest(self.rows, blocks, count)


@cache
def model() -> Trees:
    """Return the trained trees that the package holds.

    Raises :class:`~scrubkit.core.errors.InputError` where the file is missing, damaged or made for other features.
    """
    try:
        data = files("scrubkit.model").joinpath("html.bin").read_bytes()
    except FileNotFoundError as error:
        raise InputError("the package holds no HTML model", place="html.bin", remedy="reinstall it") from error
    trees = load(data)
    if trees.names != tuple(feature.name for feature in FEATURES):
        raise InputError("the model was made for other features", place="html.bin", remedy="train it again")
    return trees


def scored(document: Document, *, trees: Trees | None = None) -> Scored:
    """Return probabilities, words and features of an HTML page's blocks; ``trees`` replaces the shipped model.

    Raises ``ValueError`` for flattened text.
    """
    trees = trees or model()
    rows, words = features(document)
    return Scored(trees.probabilities(rows, len(words)), words, rows, trees)


def score(document: Document) -> array[float]:
    """Return p(main content) of each block of an HTML page.

    >>> from scrubkit.core import Document, Meta
    >>> from scrubkit.ingest.html import layout_html
    >>> text = "Green tea is made from leaves that were not allowed to wither, so that they keep their colour. " * 3
    >>> page = layout_html(f"<nav><a href=/>Home</a></nav><article><h1>Tea</h1><p>{text}</article>")
    >>> menu, _, article = score(Document("a", page.text, page.blocks, Meta(**page.meta)))
    >>> menu < 0.2 < 0.8 < article
    True
    """
    return scored(document).probabilities
