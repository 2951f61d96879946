"""From probabilities to what is kept: the set of blocks with the highest expected F score.

A fixed threshold treats a page of sure blocks and a page of doubtful ones alike. Here blocks are sorted by
probability and the prefix is kept that maximises the expected F score in words (after Lewis, "Evaluating and
optimizing autonomous text classification systems", SIGIR 1995; we use the ratio of expectations instead of the
expectation of the ratio, which is exact in the limit of many words).
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from scrubkit.core.choices import Keep
from scrubkit.kernels import select as kernel

__all__ = ["BETAS", "Keep", "select", "temper"]

BETAS: Mapping[Keep, float] = {"precision": 0.5, "balanced": 1.0, "recall": 2.0}
"""What the dial means: beta of the F score that is maximised. With ``recall`` a lost word counts as two words of
boilerplate that stay (four in the squares of F2), with ``precision`` the other way round."""


def temper(probabilities: Sequence[float], factor: float) -> array[float]:
    """Return probabilities with their log-odds multiplied by ``factor``; below 1 all move towards a half.

    The expected F score takes blocks for independent, but the blocks of a page are misjudged together: whole lists
    and sections are. Less trust in each keeps more of them. NaN stays NaN.

    >>> [round(p, 2) for p in temper([0.9, 0.5, 0.1], 0.5)]
    [0.75, 0.5, 0.25]
    """
    return kernel.temper(probabilities, factor)


def select(
    probabilities: Sequence[float], words: Sequence[float], *, keep: Keep = "balanced", least: float = 0.0
) -> bytearray:
    """Return for each block 1 where it is kept, 0 where it is dropped.

    ``probabilities`` say how likely a block is main content, ``words`` how much it weighs; a block whose probability
    is NaN (a blank one) takes no part and is kept. Where the expected words of main content are fewer than
    ``least`` the page has none worth speaking of and everything is dropped. Kept blocks all have a higher
    probability than dropped ones.

    >>> list(select([0.9, 0.2, 0.8, 0.05], [40, 10, 30, 10]))
    [1, 0, 1, 0]
    >>> list(select([0.9, 0.45, 0.8, 0.05], [40, 10, 30, 10], keep="recall"))
    [1, 1, 1, 0]
    """
    return kernel.choose(probabilities, words, weight=BETAS[keep] ** 2, least=least)
