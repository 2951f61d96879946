"""From probabilities to what is kept: the set of blocks with the highest expected F score.

A fixed threshold treats a page of sure blocks and a page of doubtful ones alike. Here blocks are sorted by
probability and the prefix is kept that maximises the expected F score in words (after Lewis, "Evaluating and
optimizing autonomous text classification systems", SIGIR 1995; we use the ratio of expectations instead of the
expectation of the ratio, which is exact in the limit of many words).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

__all__ = ["BETAS", "Keep", "select", "temper"]

Keep = Literal["precision", "balanced", "recall"]

BETAS: Mapping[Keep, float] = {"precision": 0.5, "balanced": 1.0, "recall": 2.0}
"""What the dial means: beta of the F score that is maximised. With ``recall`` a lost word counts as two words of
boilerplate that stay (four in the squares of F2), with ``precision`` the other way round."""


def temper(probabilities: Sequence[float], factor: float) -> list[float]:
    """Return probabilities with their log-odds multiplied by ``factor``; below 1 all move towards a half.

    The expected F score takes blocks for independent, but the blocks of a page are misjudged together: whole lists
    and sections are. Less trust in each keeps more of them. NaN stays NaN.

    >>> [round(p, 2) for p in temper([0.9, 0.5, 0.1], 0.5)]
    [0.75, 0.5, 0.25]
    """
    out = []
    for p in probabilities:
        safe = min(max(p, 1e-9), 1 - 1e-9)
        out.append(p if p != p else 1 / (1 + math.exp(-factor * math.log(safe / (1 - safe)))))
    return out


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
    flags = bytearray(b"\x01" * len(probabilities))
    order = [i for i, p in enumerate(probabilities) if p == p]
    total = sum(probabilities[i] * words[i] for i in order)
    if total < least:
        for i in order:
            flags[i] = 0
        return flags
    order.sort(key=probabilities.__getitem__, reverse=True)
    weight = BETAS[keep] ** 2
    hits = kept = best_score = 0.0
    best = n = len(order)
    for rank, i in enumerate(order):
        hits += probabilities[i] * words[i]
        kept += words[i]
        # Blocks of one probability stand or fall together: equal evidence must not be split by position.
        if rank + 1 < n and probabilities[order[rank + 1]] == probabilities[i]:
            continue
        score = hits / (kept + weight * total) if kept else 0.0
        if score > best_score:
            best_score, best = score, rank + 1
    for i in order[best:]:
        flags[i] = 0
    return flags
