"""Verdict and measures of chosen pairs of documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.dedup.bands import packed
from scrubkit.dedup.names import Repeated
from scrubkit.dedup.near import shared
from scrubkit.dedup.rewrite import FEATURES, measured
from scrubkit.dedup.verdict import duplicate_verdicts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.dedup.room import Room
    from scrubkit.dedup.search import Found, Rewrites

__all__ = ["Codes", "Compared", "find_codes"]

_AT = {name: at for at, name in enumerate(FEATURES)}
_SHOWN = ("contained", "aligned", "order", "gap")


def find_codes(codes: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return where each wanted code stands among ``codes``, which ascend; -1 where it does not."""
    if not len(codes):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return np.where(codes[at] == wanted, at, -1)


class Codes:
    """Codes in any order, sorted once to be looked up many times."""

    def __init__(self, codes: NDArray[np.uint64]) -> None:
        self._order = np.argsort(codes)
        self._codes = codes[self._order]

    def find(self, wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return where each wanted code stands among those given; -1 where it does not."""
        at = find_codes(self._codes, wanted)
        return np.where(at < 0, -1, self._order[at]) if len(self._codes) else at


class Compared:
    """Pairs of positions: ``shares`` (Jaccard, share of left in right, of right in left), verdicts, coverage.

    ``same`` marks pairs with the same words. What the near layer has measured is not measured again.
    """

    def __init__(
        self, found: Found, left: NDArray[np.int64], right: NDArray[np.int64], dates: Sequence[str | None]
    ) -> None:
        leader = found.copies.leader
        self.left, self.right = leader[left], leader[right]
        self.same = self.left == self.right
        self.shares = self._shares(found)
        self.chain: NDArray[np.float32] | None = None
        if found.rewrites is not None:
            stems = found.rewrites.stems
            a, b = found.copies.row[self.left], found.copies.row[self.right]
            self.chain = self._measured(found.rewrites, a, b, found.room)
            size, other = stems.sizes(a), stems.sizes(b)
            self.left_is_short = (size < other) | ((size == other) & (a <= b))
        self.verdicts = self._verdicts(found, left, right, dates)

    @staticmethod
    def _measured(
        layer: Rewrites, left: NDArray[np.int64], right: NDArray[np.int64], room: Room
    ) -> NDArray[np.float32]:
        """Return the features of pairs of rows; those of accepted candidates are known."""
        out = np.empty((len(left), len(_AT)), np.float32)
        codes, features = layer.known or (np.zeros(0, np.uint64), out)
        at = find_codes(codes, packed(left, right))
        out[at >= 0] = features[at[at >= 0]]
        rest = np.flatnonzero(at < 0)
        for which, made in measured(layer.stems, left[rest], right[rest], least=0.0, sums=layer.sums, room=room):
            out[rest[which]] = made
        return out

    def _shares(self, found: Found) -> NDArray[np.float32]:
        near = found.copies.near
        low, high = np.minimum(self.left, self.right), np.maximum(self.left, self.right)
        out = np.ones((len(self.left), 3), np.float32)
        known = find_codes(packed(near.left, near.right), packed(low, high))
        rest = np.flatnonzero((known < 0) & ~self.same)
        out[rest] = shared(found.corpus, low[rest], high[rest], n=found.scheme.words, room=found.room)
        hit = np.flatnonzero((known >= 0) & ~self.same)
        at = known[hit]
        out[hit] = np.stack([near.jaccard[at], near.in_right[at], near.in_left[at]], axis=1)
        swap = self.left > self.right
        out[swap] = out[swap][:, [0, 2, 1]]
        return out

    def _verdicts(
        self, found: Found, left: NDArray[np.int64], right: NDArray[np.int64], dates: Sequence[str | None]
    ) -> NDArray[np.str_]:
        words = found.sketch.words
        na, nb = (np.maximum(words[side], 1).astype(np.int64) for side in (self.left, self.right))
        shorter = na <= nb
        a_in_b, b_in_a = self.shares[:, 1].astype(np.float64), self.shares[:, 2].astype(np.float64)
        in_longer, in_shorter = np.where(shorter, a_in_b, b_in_a), np.where(shorter, b_in_a, a_in_b)
        covered = in_longer if self.chain is None else self.chain[:, _AT["aligned"]].astype(np.float64)
        later = np.zeros(len(left), np.bool_)
        known = dates.distinct if isinstance(dates, Repeated) else dates
        if any(date is not None for date in known):
            for at, (i, k) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
                a, b = dates[i], dates[k]
                later[at] = a is not None and b is not None and a != b and (b > a) == shorter[at]
        least, most = np.minimum(na, nb), np.maximum(na, nb)
        told = duplicate_verdicts(in_longer, in_shorter, most / least, least, covered, later)
        return np.where(self.same, "exact", told)

    def coverage(self) -> NDArray[np.float64]:
        """Return the share of each left document that the right one holds: shingles, or the common chain of stems."""
        share = self.shares[:, 1].astype(np.float64)
        if self.chain is not None:
            aligned = np.where(self.left_is_short, self.chain[:, _AT["aligned"]], self.chain[:, _AT["aligned_long"]])
            share = np.maximum(share, aligned.astype(np.float64))
        return np.where(self.same, 1.0, np.round(share, 4))

    def numbers(self, at: int) -> dict[str, Any]:
        """Return the measures behind a verdict."""
        jaccard, a_in_b, b_in_a = (round(float(x), 4) for x in self.shares[at])
        out: dict[str, Any] = {"jaccard": jaccard, "a_in_b": a_in_b, "b_in_a": b_in_a}
        if self.chain is not None and not self.same[at]:
            out |= {name: round(float(self.chain[at, _AT[name]]), 4) for name in _SHOWN}
        return out
