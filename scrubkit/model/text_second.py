"""What the second pass of the block model reads beside the features: what the first pass said of the page's lines.

The first pass judges each line by its shape and by that of its surroundings. How likely the lines around it are main
content, and how much of the page is, is known only after it: a caption among surely kept paragraphs, a paragraph
among surely dropped comments. The second pass reads both (stacked sequential learning: Cohen and Carvalho, IJCAI
2005; like them we train it on first scores of pages that the first pass was not trained on).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SECOND", "second_features"]

_OUTSIDE = -6.0
"""Raw score of what lies before and after the page: nothing to keep."""

_FAR = 200.0
_NEAR = (1, 2, 3)
_WINDOWS = (4, 10, 30, 100)

SECOND: tuple[str, ...] = (
    "score",
    *(f"score[{sign}{d}]" for d in _NEAR for sign in "+-"),
    *(f"likely{sign}{reach}" for reach in _WINDOWS for sign in "-+"),
    "likely_before", "likely_after", "likely_words", "likely_share", "rank_share", "rank", "likely_above",
    "words_above", "since_likely", "to_likely", "doubt", "surest",
)  # fmt: skip
"""The columns of :func:`second_features`.

``score`` is the raw score (log-odds) of the line, ``score[+1]`` that of the line after it. ``likely-10`` is the share of
the words of the ten lines before it that is expected to be main content, 0 to 1. ``likely_before`` and ``likely_after``
are shares of the page's expected words of main content, ``likely_words`` is their number, ``likely_share`` their share of all
words. ``rank`` counts lines that are likelier, ``rank_share`` divides that by the lines of the page; ``likely_above``
and ``words_above`` are the shares of expected and of all words in the lines at least as likely. ``since_likely`` and
``to_likely`` are distances in lines, at most 200, to the nearest line before and after that is likelier content than
not. ``doubt`` is the share of the page's words expected to be misjudged, ``surest`` the highest probability on it.
"""


def second_features(raw: NDArray[np.float64], words: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return float32 of shape ``(len(raw), len(SECOND))`` from the first pass's scores of a page, line by line.

    ``raw`` are log-odds, ``words`` the lengths of the lines in words; both in the order of the text.

    >>> rows = second_features(np.array([2.0, -3.0]), np.array([10.0, 5.0]))
    >>> round(float(rows[1, SECOND.index("likely-4")]), 2)
    0.88
    """
    n = len(raw)
    out = np.empty((n, len(SECOND)), np.float32)
    if not n:
        return out
    chance = 1 / (1 + np.exp(-raw))
    expected = chance * words
    columns = [raw, *_beside(raw), *_windows(expected, words), *_shares(expected, words)]
    columns += [*_ranks(chance, expected, words), *_distances(chance > 0.5)]
    doubt = float((np.minimum(chance, 1 - chance) * words).sum() / max(1.0, float(words.sum())))
    for at, column in enumerate([*columns, doubt, chance.max()]):
        out[:, at] = column
    return out


def _beside(raw: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    most = max(_NEAR)
    padded = np.full(len(raw) + 2 * most, _OUTSIDE)
    padded[most : most + len(raw)] = raw
    return [padded[most + d : most + d + len(raw)] for near in _NEAR for d in (near, -near)]


def _running(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate(([0.0], np.cumsum(values)))


def _windows(expected: NDArray[np.float64], words: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the expected share of main content in the lines before and after each, by window."""
    n = len(words)
    content, total, index = _running(expected), _running(words), np.arange(n)
    found = []
    for reach in _WINDOWS:
        low, high = np.maximum(0, index - reach), np.minimum(n, index + 1 + reach)
        found.append((content[index] - content[low]) / np.maximum(1.0, total[index] - total[low]))
        found.append((content[high] - content[index + 1]) / np.maximum(1.0, total[high] - total[index + 1]))
    return found


def _shares(expected: NDArray[np.float64], words: NDArray[np.float64]) -> list[NDArray[np.float64] | float]:
    content = _running(expected)
    whole = float(content[-1])
    some = max(1.0, whole)
    return [content[:-1] / some, (whole - content[1:]) / some, whole, whole / max(1.0, float(words.sum()))]


def _ranks(
    chance: NDArray[np.float64], expected: NDArray[np.float64], words: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Return how many lines are likelier than each, and how much is in those; of equal ones the first leads."""
    n = len(chance)
    order = np.argsort(-chance, kind="stable")
    rank, content, above = np.empty(n), np.empty(n), np.empty(n)
    rank[order] = np.arange(n)
    content[order] = np.cumsum(expected[order])
    above[order] = np.cumsum(words[order])
    return [rank / n, rank, content / max(1.0, float(expected.sum())), above / max(1.0, float(words.sum()))]


def _distances(likely: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Return the lines to the nearest likely one before and after each; a line does not count for itself."""
    n = len(likely)
    index = np.arange(n, dtype=np.float64)
    last = np.maximum.accumulate(np.where(likely, index, -np.inf))
    after = np.minimum.accumulate(np.where(likely, index, np.inf)[::-1])[::-1]
    since = index - np.concatenate(([-np.inf], last[:-1]))
    return [np.minimum(since, _FAR), np.minimum(np.concatenate((after[1:], [np.inf])) - index, _FAR)]
