"""Scores of the lines of a flattened text: by the trained trees of ``text.bin``, or by the untrained scorer."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.core.choices import Scorer
from scrubkit.core.errors import InputError
from scrubkit.kernels.trees import Trees, load
from scrubkit.model.simple import simple_scores
from scrubkit.model.text_features import FEATURES, Lines, features, lines_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.core.document import BlockTable

__all__ = ["Scorer", "Scores", "chances", "model", "score_text"]

_LENT = 0.1
"""Share of a line's log-odds that it takes from the line before it, and as much from the one after."""

_MOST = 4.0
"""Log-odds beyond this (p > 0.98) lend no more: one sure line does not decide for its neighbours."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scored lines of a text: their measures and features, and p(main content) of each."""

    lines: Lines
    rows: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    scorer: Scorer
    trees: Trees | None = None

    def strongest(self, line: int, count: int = 3) -> dict[str, float]:
        """Return the features that moved the score of a line most, as log-odds of main content; ``{}`` untrained."""
        if self.trees is None:
            return {}
        return self.trees.strongest(array("f", self.rows[line].tobytes()), 0, count)

    def of_blocks(self, count: int) -> array[float]:
        """Return the probabilities by block, NaN for blank ones."""
        out = array("d", [math.nan]) * count
        for block, p in zip(self.lines.blocks, self.probabilities.tolist(), strict=True):
            out[block] = p
        return out


@cache
def model() -> Trees | None:
    """Return the trained trees, or ``None`` where the package holds no model file.

    Raises :class:`~scrubkit.core.errors.InputError` where the file is damaged or made for other features.
    """
    try:
        data = files("scrubkit.model").joinpath("text.bin").read_bytes()
    except FileNotFoundError:
        return None
    trees = load(data)
    if set(trees.names) - set(FEATURES):
        raise InputError("the model file reads features that are not computed", place="text.bin")
    return trees.over(FEATURES)


def chances(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p(main content) of lines from the raw scores of trees, in the order of the text.

    Lines of one passage share their fate, and the trees judge each alone. A short line among paragraphs (a time in a
    report of a day, a verse, an exclamation) is lifted by its neighbours, a long one in a menu lowered.

    >>> [round(p, 2) for p in chances(np.array([3.0, -1.0, 3.0])).tolist()]
    [0.93, 0.45, 0.93]
    """
    if not len(raw):
        return np.zeros(0)
    lent = np.clip(raw, -_MOST, _MOST)
    padded = np.concatenate((lent[:1], lent, lent[-1:]))
    return np.asarray(1 / (1 + np.exp(-(raw + _LENT * (padded[:-2] + padded[2:] - 2 * lent)))))


def score_text(text: str, table: BlockTable, *, scorer: Scorer = "trained", trees: Trees | None = None) -> Scores:
    """Return the scored lines of a flattened text.

    ``trees`` (over :data:`FEATURES`) replaces the shipped model. Without any trained model the simple scorer answers, and
    :attr:`Scores.scorer` says so.
    """
    lines = lines_of(text, table)
    rows = features(lines)
    if scorer == "trained":
        trees = trees or model()
    if scorer == "simple" or trees is None:
        return Scores(lines, rows, simple_scores(lines, rows) if len(lines) else np.zeros(0), "simple")
    return Scores(lines, rows, chances(np.asarray(trees.raw_scores(rows))), "trained", trees)
