"""Which of the five kinds of duplicate a pair is, from measures that a reader can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Measures", "duplicate_verdict", "duplicate_verdicts"]

# Shingles agree where the chain of stems reaches: the passages are word for word.
_VERBATIM = 0.97
# Every twelfth word changed leaves two thirds of the 5-grams, every seventh less than half.
_LIGHTLY = 0.45
# Two seams of a passage that was put in or taken out cost four shingles each.
_SEAMS = 8
# Less than this of the shingles in common, and no passage is a reprint.
_SHARED = 0.25
_WHOLE = 0.93
_ADDED, _SHORTENED = 1.1, 1.25


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of a pair of duplicates; ``shorter`` and ``longer`` by words compared, all shares 0 to 1.

    ``jaccard`` over word shingles; ``in_longer``: share of the shorter's shingles that stand in the longer,
    ``in_shorter`` the other way; ``ratio``: words of the longer over words of the shorter (1 and up),
    ``words``: of the shorter; ``covered``:
    share of the shorter that lies within the chain of stems both have in the same order (``None`` where it was not
    computed); ``longer_is_later``: by the dates, ``None`` where they do not say.
    """

    jaccard: float
    in_longer: float
    in_shorter: float
    ratio: float
    words: int
    covered: float | None = None
    longer_is_later: bool | None = None


def duplicate_verdict(m: Measures) -> str:
    """Return *reprint*, *abridged*, *updated* or *rewrite*.

    Passages agree word for word (the shingles agree as far as the chain of stems reaches): the shorter stands in the
    longer as a whole, *reprint* where the longer adds at most a tenth, *abridged* where it adds a quarter and more
    (unless the longer is the later one by date: *updated*); anything else is *updated*, except that texts with the
    same passages in another order are a *reprint*. Words were changed everywhere: *reprint* where nearly half of the
    shingles survived, as after corrections or reading errors, else *rewrite*.
    """
    if m.in_longer < _SHARED:
        return "rewrite"
    covered = m.in_longer if m.covered is None else m.covered
    if m.in_longer + _SEAMS / max(m.words, _SEAMS) < _VERBATIM * covered:
        return "reprint" if m.in_longer >= _LIGHTLY * covered else "rewrite"
    if m.in_longer >= _WHOLE:
        if m.ratio <= _ADDED:
            return "reprint"
        return "abridged" if m.ratio > _SHORTENED and not m.longer_is_later else "updated"
    if covered < 0.5 * m.in_longer and m.in_shorter > 0.6:
        return "reprint"
    return "updated"


def duplicate_verdicts(
    in_longer: NDArray[np.float64],
    in_shorter: NDArray[np.float64],
    ratio: NDArray[np.float64],
    words: NDArray[np.int64],
    covered: NDArray[np.float64],
    later: NDArray[np.bool_],
) -> NDArray[np.str_]:
    """Return :func:`duplicate_verdict` of many pairs; ``later``: by the dates the longer is the later one.

    >>> one, no = np.ones(1), np.zeros(1, np.bool_)
    >>> duplicate_verdicts(one, one, one, np.array([90]), one, no).tolist()
    ['reprint']
    """
    scattered = in_longer + _SEAMS / np.maximum(words, _SEAMS) < _VERBATIM * covered
    whole = in_longer >= _WHOLE
    return np.select(
        [
            in_longer < _SHARED,
            scattered & (in_longer >= _LIGHTLY * covered),
            scattered,
            whole & (ratio <= _ADDED),
            whole & (ratio > _SHORTENED) & ~later,
            ~whole & (covered < 0.5 * in_longer) & (in_shorter > 0.6),
        ],
        ["rewrite", "reprint", "rewrite", "reprint", "abridged", "reprint"],
        "updated",
    )
