"""Which languages' n-gram profiles a text fits: all runs counted, or drawn as langdetect draws them.

Runs are of one to three characters, as langdetect takes them (Nakatani Shuyo, "Language Detection Library for Java",
2010): a run does not cross a space but may begin or end with one, and runs that end in the second or later of two
capitals are skipped.

:func:`score` is naive Bayes over all runs. Each known run adds to each language ``log(p / floor)``, in thousandths,
where *p* is how frequent the run is in the language's profile (plus the floor) and the floor stands for runs the
profile lacks. Sums of whole numbers do not depend on order or machine.

:func:`sample` is langdetect's own procedure with its seed set to 0, draw for draw: the random words are those of
Python's generator, so are the ways in which they become a choice or a normal deviate.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

try:
    _langid: Any = import_module("scrubkit.kernels._langid")
except ImportError:  # no compiler at installation: the NumPy reference serves
    _langid = None

__all__ = ["BITS", "SPACE", "Profiles", "sample", "sample_reference", "score", "score_reference", "tabulate"]

BITS = 13
"""Bits of one character's number in a key; a key's top bits hold the length of its run."""

SPACE = 1
"""The number of the space; 0 stands for characters that no profile holds."""

_MIX = 0x9E3779B97F4A7C15
_SUPPLY = 16_384


@dataclass(frozen=True, eq=False)
class Profiles:
    """The profiles of all languages as arrays.

    names
        Language codes, one a column.
    ids, upper
        For each code unit below U+10000 the number of the character it counts as, and whether that is a capital
        (65,536 each; uint16, uint8).
    keys, rows
        Open-addressed table, a power of two long: key (uint64, 0 for free) and its row (int32).
    starts, langs, gains, shares
        Row *r* holds ``langs[starts[r]:starts[r + 1]]`` (uint8) with their gains in thousandths (int16) and the
        share of the run among those of its length (float64).
    """

    names: tuple[str, ...]
    ids: NDArray[np.uint16]
    upper: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    rows: NDArray[np.int32]
    starts: NDArray[np.int32]
    langs: NDArray[np.uint8]
    gains: NDArray[np.int16]
    shares: NDArray[np.float64]

    @cached_property
    def finder(self) -> Any:
        """The compiled search over these tables, ``None`` where there is none."""
        if _langid is None:
            from scrubkit.kernels import warn_once

            warn_once("langid")
            return None
        columns = (self.ids, self.upper, self.keys, self.rows, self.starts, self.langs, self.gains, self.shares)
        return _langid.Finder(*columns, len(self.names))


def tabulate(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Return the open-addressed table of distinct keys: ``(keys, rows)``, at most half full.

    Keys are placed in rounds, all that still seek a place at once; who finds a free slot stays, the rest move on.
    """
    bits = max(4, int(2 * len(keys)).bit_length())
    size = 1 << bits
    table, rows = np.zeros(size, np.uint64), np.full(size, -1, np.int32)
    slots = ((keys * np.uint64(_MIX)) >> np.uint64(64 - bits)).astype(np.int64)
    todo = np.arange(len(keys))
    while len(todo):
        free = todo[table[slots[todo]] == 0]
        rows[slots[free[::-1]]] = free[::-1]  # of several that find a slot free the first has it: it writes last
        first = free[rows[slots[free]] == free]
        table[slots[first]] = keys[first]
        todo = todo[rows[slots[todo]] != todo]
        slots[todo] = (slots[todo] + 1) & (size - 1)
    return table, rows


def score(profiles: Profiles, text: str) -> tuple[NDArray[np.int32], int]:
    """Return ``(gains, hits)``: each language's sum in thousandths (int32), and how many runs were known."""
    if profiles.finder is None:
        return score_reference(profiles, text)
    out = np.zeros(len(profiles.names), np.int32)
    return out, int(profiles.finder.score(text, out))


def sample(profiles: Profiles, text: str) -> tuple[NDArray[np.float64], int]:
    """Return ``(probabilities, hits)`` as langdetect with seed 0 gives them; all zero where no run is known."""
    if profiles.finder is None:
        return sample_reference(profiles, text)
    supply = _SUPPLY
    while True:
        out = np.zeros(len(profiles.names))
        hits = int(profiles.finder.sample(text, random_words(supply), out))
        if hits >= 0:
            return out, hits
        supply *= 4


@cache
def random_words(count: int) -> NDArray[np.uint32]:
    """Return the first 32-bit words of Python's generator seeded with 0."""
    generator = random.Random(0)  # noqa: S311  langdetect's draws, nothing secret
    return np.array([generator.getrandbits(32) for _ in range(count)], np.uint32)


def score_reference(profiles: Profiles, text: str) -> tuple[NDArray[np.int32], int]:
    """Return what :func:`score` returns, in NumPy."""
    out = np.zeros(len(profiles.names), np.int32)
    rows = runs_reference(profiles, text)
    for row in rows:
        here = slice(profiles.starts[row], profiles.starts[row + 1])
        out[profiles.langs[here]] += profiles.gains[here]
    return out, len(rows)


def sample_reference(profiles: Profiles, text: str) -> tuple[NDArray[np.float64], int]:
    """Return what :func:`sample` returns, with Python's own generator."""
    rows = runs_reference(profiles, text).tolist()
    m = len(profiles.names)
    out = np.zeros(m)
    if not rows:
        return out, 0
    generator = random.Random(0)  # noqa: S311  langdetect's draws, nothing secret
    for _ in range(7):
        prob = np.full(m, 1.0 / m)
        alpha = 0.5 + generator.gauss(0.0, 1.0) * 0.05
        for step in range(1001):
            row = generator.choice(rows)
            here = slice(profiles.starts[row], profiles.starts[row + 1])
            weight = np.full(m, alpha / 10000)
            weight[profiles.langs[here]] += profiles.shares[here]
            prob *= weight
            if step % 5 == 0:
                prob /= prob.sum()
                if prob.max() > 0.99999:
                    break
        out += prob / 7
    return out, len(rows)


def runs_reference(profiles: Profiles, text: str) -> NDArray[np.int32]:
    """Return the row of each known run of ``text``, in the order langdetect meets them."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    latin = (codes >= 65) & (codes <= 122)
    if latin.sum() * 2 < (codes >= 0x300).sum():
        codes = codes[~latin]
    low = np.minimum(codes, 0xFFFF)
    ids = np.where(codes < 0x10000, profiles.ids[low], 0).astype(np.uint64)
    upper = np.where(codes < 0x10000, profiles.upper[low], 0) != 0
    ids, upper = np.concatenate(([np.uint64(SPACE)], ids)), np.concatenate(([False], upper))
    space = ids == SPACE
    keep = np.concatenate(([True], ~(space[1:] & space[:-1])))
    ids, upper, space = ids[keep], upper[keep], space[keep]
    spoken = ~(upper[1:] & upper[:-1])  # not inside a run of capitals
    shift = np.uint64(BITS)
    before = np.concatenate(([np.uint64(0)], ids[:-2]))[: len(ids) - 1]
    runs = np.stack(
        [ids[1:], (ids[:-1] << shift) | ids[1:], (before << (shift + shift)) | (ids[:-1] << shift) | ids[1:]]
    )
    there = np.stack([spoken & ~space[1:], spoken, spoken & ~space[:-1]])
    keys = (runs | (np.arange(1, 4, dtype=np.uint64) << np.uint64(3 * BITS))[:, None]).T.ravel()
    return _find(profiles, keys[there.T.ravel()])


def _find(profiles: Profiles, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Return the rows of those keys that the table holds, in their order."""
    size = len(profiles.keys)
    slots = ((keys * np.uint64(_MIX)) >> np.uint64(64 - (size.bit_length() - 1))).astype(np.int64)
    found = np.full(len(keys), -1, np.int32)
    todo = np.arange(len(keys))
    while len(todo):
        there = profiles.keys[slots[todo]]
        hit = there == keys[todo]
        found[todo[hit]] = profiles.rows[slots[todo[hit]]]
        todo = todo[~hit & (there != 0)]
        slots[todo] = (slots[todo] + 1) & (size - 1)
    return found[found >= 0]
