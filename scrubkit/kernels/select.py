"""From probabilities to the blocks that are kept: plain reference, and the choice of the compiled kernel.

``scrubkit.model.select`` says what is chosen and why.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from scrubkit.core.finding import Finding

try:
    _select: Any = import_module("scrubkit.kernels._select")
except ImportError:  # no compiler at installation: the plain reference serves
    _select = None

__all__ = [
    "Run", "choose", "reference_choose", "reference_runs", "reference_tell", "reference_temper", "runs", "tell", "temper",
]  # fmt: skip

Moves = Sequence[Mapping[str, float]]
"""For each dropped run what spoke loudest."""

Run = tuple[int, int, bool, float, int]
"""First block and the one behind the last, whether they are kept, their mean probability, the block of most words."""


def choose(probabilities: Sequence[float], words: Sequence[float], *, weight: float, least: float) -> bytearray:
    """Return 1 for each block that is kept: the prefix, by probability, that maximises hits / (kept + weight * total).

    ``weight`` is the square of the F score's beta. Below ``least`` expected words nothing is kept. Blocks whose
    probability is NaN take no part and are kept. Arrays of doubles are read in place. Raises ``ValueError`` where
    the lengths differ.

    >>> list(choose([0.9, 0.2, 0.8, 0.05], [40, 10, 30, 10], weight=1.0, least=0.0))
    [1, 0, 1, 0]
    """
    if _select is None:
        return reference_choose(probabilities, words, weight=weight, least=least)
    flags: bytearray = _select.choose(_doubles(probabilities), _doubles(words), weight, least)
    return flags


def temper(probabilities: Sequence[float], factor: float) -> array[float]:
    """Return probabilities with their log-odds multiplied by ``factor``; NaN stays NaN."""
    if _select is None:
        return reference_temper(probabilities, factor)
    out: array[float] = _select.temper(_doubles(probabilities), factor)
    return out


def runs(flags: bytearray, probabilities: Sequence[float], words: Sequence[float], sure: float) -> list[Run]:
    """Return the runs of dropped blocks and those of kept ones at least ``sure`` likely; other blocks part them.

    The mean is by words, of which every block counts for one at least.

    >>> runs(bytearray([1, 0, 0, 1]), [0.9, 0.25, 0.5, 0.3], [40, 1, 3, 30], 0.5)
    [(0, 1, True, 0.9, 0), (1, 3, False, 0.4375, 2)]
    """
    if _select is None:
        return reference_runs(flags, probabilities, words, sure)
    found: list[Run] = _select.runs(flags, _doubles(probabilities), _doubles(words), sure)
    return found


def tell(
    found: list[Run],
    starts: array[int],
    ends: array[int],
    blocks: array[int],
    moves: Moves,
    *,
    codes: tuple[str, str],
    sure: float,
    most: float,
) -> list[Finding]:
    """Return a finding for each run: a removal with its moves where it is dropped, a veto where it is kept.

    ``blocks`` are the numbers of the blocks that the runs count; ``starts`` and ``ends`` those of all blocks. ``codes``
    are those of a removal and a veto. A veto's score is ``sure``, a removal's one less its mean probability, at most
    ``most``; all numbers have three decimals.

    >>> runs = [(0, 1, True, 0.9, 0), (1, 3, False, 0.4375, 2)]
    >>> n = array("l", [0, 1, 2])
    >>> told = tell(runs, array("l", [0, 5, 9]), array("l", [5, 9, 12]), n, [{}], codes=("B", "K"), sure=0.8, most=0.9)
    >>> [(f.code, f.start, f.end, f.score, dict(f.because)) for f in told]
    [('K', 0, 5, 0.8, {'probability': 0.9, 'blocks': 1}), ('B', 5, 12, 0.562, {'probability': 0.438, 'blocks': 2})]
    """
    if _select is None:
        return reference_tell(found, starts, ends, blocks, moves, codes=codes, sure=sure, most=most)
    told: list[Finding] = _teller().tell(found, starts, ends, blocks, list(moves), codes, sure, most)
    return told


@cache
def _teller() -> Any:
    return _select.Teller(Finding)


def reference_tell(
    found: list[Run],
    starts: array[int],
    ends: array[int],
    blocks: array[int],
    moves: Moves,
    *,
    codes: tuple[str, str],
    sure: float,
    most: float,
) -> list[Finding]:
    """Return what :func:`tell` returns, in plain Python."""
    told: list[Finding] = []
    spoke = iter(moves)
    for first, end, kept, mean, _ in found:
        start, stop = starts[blocks[first]], ends[blocks[end - 1]]
        because: dict[str, Any] = {"probability": round(mean, 3), "blocks": end - first}
        if kept:
            told.append(Finding(codes[1], start, stop, "keep", sure, because))
        else:
            because |= {"strongest": loudest} if (loudest := next(spoke)) else {}
            told.append(Finding(codes[0], start, stop, "remove", round(min(most, 1 - mean), 3), because))
    return told


def reference_runs(flags: bytearray, probabilities: Sequence[float], words: Sequence[float], sure: float) -> list[Run]:
    """Return what :func:`runs` returns, in plain Python."""
    states = [flag and (2 if p >= sure else 1) for flag, p in zip(flags, probabilities, strict=True)]
    found: list[Run] = []
    end = 0
    while end < len(states):
        at, state = end, states[end]
        hits = total = 0.0
        while end < len(states) and states[end] == state:
            weight = max(words[end], 1.0)
            hits += probabilities[end] * weight
            total += weight
            end += 1
        if state != 1:
            found.append((at, end, state == 2, hits / total, max(range(at, end), key=words.__getitem__)))
    return found


def reference_choose(
    probabilities: Sequence[float], words: Sequence[float], *, weight: float, least: float
) -> bytearray:
    """Return what :func:`choose` returns, in plain Python."""
    flags = bytearray(b"\x01" * len(probabilities))
    if len(words) != len(flags):
        raise ValueError(f"{len(flags)} probabilities for {len(words)} numbers of words")
    order = [i for i, p in enumerate(probabilities) if p == p]
    total = 0.0
    for i in order:  # not sum(), which is exact in newer Pythons: the kernel adds one by one
        total += probabilities[i] * words[i]
    if total < least:
        for i in order:
            flags[i] = 0
        return flags
    order.sort(key=probabilities.__getitem__, reverse=True)
    hits = kept = best_score = 0.0
    best = n = len(order)
    for rank, i in enumerate(order):
        hits += probabilities[i] * words[i]
        kept += words[i]
        # Blocks of one probability stand or fall together: equal evidence must not be split by position.
        if rank + 1 < n and probabilities[order[rank + 1]] == probabilities[i]:
            continue
        score = hits / (kept + weight * total) if kept > 0 else 0.0
        if score > best_score:
            best_score, best = score, rank + 1
    for i in order[best:]:
        flags[i] = 0
    return flags


def reference_temper(probabilities: Sequence[float], factor: float) -> array[float]:
    """Return what :func:`temper` returns, in plain Python."""
    out = array("d")
    for p in probabilities:
        safe = min(max(p, 1e-9), 1 - 1e-9)
        out.append(p if p != p else 1 / (1 + math.exp(-factor * math.log(safe / (1 - safe)))))
    return out


def _doubles(values: Sequence[float]) -> Any:
    try:
        if memoryview(values).format == "d":  # type: ignore[arg-type]
            return values
    except TypeError:  # a list, a tuple
        pass
    return array("d", values)
