"""Scores of the lines of a flattened text: by trained trees in two passes, or by the untrained scorer.

The trees of ``text.bin`` read the features of each line; those of ``text-second.bin`` read them again, beside what
the first said of the lines around (:mod:`scrubkit.model.text_second`). The second pass decides.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
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
from scrubkit.model.text_second import SECOND, second_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.core.document import BlockTable

__all__ = ["Passes", "Scorer", "Scores", "chances", "model", "score_text"]

_LENT = 0.1
"""Share of a line's log-odds that it takes from the line before it, and as much from the one after."""

_MOST = 4.0
"""Log-odds beyond this (p > 0.98) lend no more: one sure line does not decide for its neighbours."""


@dataclass(frozen=True, slots=True)
class Passes:
    """The trained model: trees over :data:`FEATURES`, and trees over those and :data:`SECOND`."""

    first: Trees
    second: Trees

    def rows(self, rows: NDArray[np.float32], words: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return what the second pass reads: the features of each line, then what the first pass makes of the page."""
        raw = np.asarray(self.first.raw_scores(rows))
        return np.concatenate((rows, second_features(raw, words)), axis=1)

    def strongest(self, rows: NDArray[np.float32], count: int) -> list[dict[str, float]]:
        """Return for each row the features that moved the score of its line most, as log-odds of main content.

        The largest comes first. What the second pass makes of the first one's score of the line itself is told by what
        moved that score.
        """
        every = range(len(rows))
        second = self.second.strongest(array("f", rows.tobytes()), every, 2 * count + len(_ITSELF))
        first = self.first.strongest(array("f", rows[:, : len(FEATURES)].tobytes()), every, 2 * count)
        return [_together(one, other, count) for one, other in zip(second, first, strict=True)]


def _together(second: Mapping[str, float], first: Mapping[str, float], count: int) -> dict[str, float]:
    moves = {name: move for name, move in second.items() if name not in _ITSELF}
    for name, move in first.items():
        moves[name] = round(moves.get(name, 0.0) + move, 2)
    return dict(sorted(moves.items(), key=lambda item: -abs(item[1]))[:count])


_ITSELF = frozenset({"score", "rank", "rank_share", "likely_above", "words_above"})


@dataclass(frozen=True, slots=True)
class Scores:
    """The scored lines of a text: their measures, what the trees read, and p(main content) of each."""

    lines: Lines
    rows: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    scorer: Scorer
    passes: Passes | None = None

    def strongest(self, lines: Sequence[int], count: int = 3) -> list[dict[str, float]]:
        """Return for each of some lines the features that moved its score most, as log-odds; nothing untrained."""
        return [{} for _ in lines] if self.passes is None else self.passes.strongest(self.rows[list(lines)], count)

    def of_blocks(self, count: int) -> array[float]:
        """Return the probabilities by block, NaN for blank ones."""
        out = array("d", [math.nan]) * count
        for block, p in zip(self.lines.blocks, self.probabilities.tolist(), strict=True):
            out[block] = p
        return out


@cache
def model() -> Passes | None:
    """Return the trained trees, or ``None`` where the package holds no model files.

    Raises :class:`~scrubkit.core.errors.InputError` where a file is damaged or made for other features.
    """
    first, second = _trees("text.bin", FEATURES), _trees("text-second.bin", (*FEATURES, *SECOND))
    return None if first is None or second is None else Passes(first, second)


def _trees(name: str, features: tuple[str, ...]) -> Trees | None:
    try:
        data = files("scrubkit.model").joinpath(name).read_bytes()
    except FileNotFoundError:
        return None
    trees = load(data)
    if set(trees.names) - set(features):
        raise InputError("the model file reads features that are not computed", place=name)
    return trees.over(features)


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


def score_text(text: str, table: BlockTable, *, scorer: Scorer = "trained") -> Scores:
    """Return the scored lines of a flattened text.

    Without a trained model the simple scorer answers, and :attr:`Scores.scorer` says so.
    """
    lines = lines_of(text, table)
    rows = features(lines)
    passes = model() if scorer == "trained" else None
    if passes is None:
        return Scores(lines, rows, simple_scores(lines, rows) if len(lines) else np.zeros(0), "simple")
    rows = passes.rows(rows, lines.column("words").astype(np.float64))
    return Scores(lines, rows, chances(np.asarray(passes.second.raw_scores(rows))), "trained", passes)
