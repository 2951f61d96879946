"""Bands of a signature: which configuration, what it misses, and the candidate pairs it yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.core.errors import ConfigError
from scrubkit.dedup.room import Room
from scrubkit.kernels.groups import band_keys, run_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.dedup.room import Parts

__all__ = [
    "BUCKET_CAP",
    "NO_BUCKETS",
    "BandKeys",
    "Bands",
    "Buckets",
    "bands_for",
    "miss_probability",
    "packed",
    "parts_for",
    "split_codes",
]

BUCKET_CAP = 64
"""Larger buckets are paired with their first and nearest members only, and counted as oversized."""


@dataclass(frozen=True, slots=True)
class Bands:
    """``count`` bands of ``rows`` hash values each: two documents are candidates when one band agrees throughout."""

    count: int
    rows: int


def miss_probability(similarity: float, bands: Bands) -> float:
    """Return the probability that a pair of this Jaccard similarity shares no band: ``(1 - s**rows) ** count``.

    >>> round(miss_probability(0.8, Bands(14, 9)), 3)
    0.133
    """
    return float((1.0 - similarity**bands.rows) ** bands.count)


def bands_for(jaccard: float, perms: int = 128, *, max_miss: float = 0.01) -> Bands:
    """Return the most selective bands of ``perms`` values that miss a pair *at* the threshold at most ``max_miss``.

    Most users of locality-sensitive hashing put the curve's middle at the threshold and lose half of the pairs
    there; pairs are verified afterwards, so the curve stands well below it.

    >>> bands_for(0.8)
    Bands(count=21, rows=6)
    """
    if not 0 < jaccard <= 1:
        raise ConfigError(f"jaccard is {jaccard}, not in 0 to 1")
    for rows in range(perms, 0, -1):
        bands = Bands(perms // rows, rows)
        if miss_probability(jaccard, bands) <= max_miss:
            return bands
    return Bands(perms, 1)


@dataclass(frozen=True, slots=True)
class Buckets:
    """What was uneven: how many buckets held more than the cap, and how many documents the largest of them held."""

    oversized: int = 0
    largest: int = 0


NO_BUCKETS = Buckets()


class BandKeys:
    """The bands of a growing collection, one column of packed keys a band.

    A key is the hash of a band with the document in its low bits, so it sorts without its document beside it.
    ``size`` documents at most.
    """

    def __init__(self, size: int, bands: Bands, room: Room) -> None:
        self._bits = max(1, int(size - 1).bit_length())
        self._size, self._bands, self._room = size, bands, room
        self._columns = [room.column(np.uint64) for _ in range(bands.count)]

    def add(self, documents: NDArray[np.int64], signatures: NDArray[np.uint32]) -> None:
        """Add documents with their signatures."""
        own = documents.astype(np.uint64)
        above = np.uint64(~((1 << self._bits) - 1) & ((1 << 64) - 1))
        keys = band_keys(signatures, self._bands.count, self._bands.rows)
        for key, column in zip(keys, self._columns, strict=True):
            column.add((key & above) | own)

    def pairs(self, *, cap: int = BUCKET_CAP) -> tuple[Parts, Buckets]:
        """Return the candidate pairs, ``right << 32 | left``, with repeats, in parts by the right document.

        In a bucket of more than ``cap`` documents each is paired with its first and nearest members.
        """
        codes = self._room.parts(*parts_for(self._size))
        oversized = largest = 0
        for column in self._columns:
            keys = np.array(column.array())
            self._room.release()
            keys.sort()
            for found, over, most in run_pairs(keys, self._bits, cap, window=cap // 4, room=self._room.together):
                codes.add(found)
                oversized += over
                largest = max(largest, most)
        return codes, Buckets(oversized, largest)


def parts_for(size: int) -> tuple[int, int]:
    """Return ``(count, shift)`` of parts of about a thousand documents each by the right document of packed pairs."""
    count = 1
    while count * 1024 < size and count < 4096:
        count *= 2
    bits = max(1, int(size - 1).bit_length())
    return count, 32 + max(0, bits - (count.bit_length() - 1))


def packed(left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return pairs in any order as numbers, the greater document above."""
    low, high = np.minimum(left, right), np.maximum(left, right)
    return (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)


def split_codes(codes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ``(left, right)`` of packed pairs, ``right << 32 | left``."""
    return (codes & np.uint64(0xFFFFFFFF)).astype(np.int64), (codes >> np.uint64(32)).astype(np.int64)
