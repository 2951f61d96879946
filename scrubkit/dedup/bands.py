"""Bands of a signature: which configuration, what it misses, and the candidate pairs it yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.core.errors import ConfigError
from scrubkit.kernels.pairs import bucket_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BUCKET_CAP", "Bands", "band_keys", "band_pairs", "bands_for", "miss_probability"]

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


def band_keys(signatures: NDArray[np.uint32], band: int, rows: int) -> NDArray[np.uint64]:
    """Return one 64-bit key a document for a band of its signature."""
    key = np.full(len(signatures), 0x9E3779B97F4A7C15 + band, np.uint64)
    for column in range(band * rows, (band + 1) * rows):
        key = (key ^ signatures[:, column]) * np.uint64(0xFF51AFD7ED558CCD)
        key ^= key >> np.uint64(32)
    return key


def band_pairs(
    signatures: NDArray[np.uint32], usable: NDArray[np.bool_], bands: Bands, *, cap: int = BUCKET_CAP
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return ``(left, right, oversized)``: distinct candidate pairs, left < right, of the documents marked usable."""
    rows = np.flatnonzero(usable)
    chosen = signatures if len(rows) == len(signatures) else signatures[rows]
    codes: list[NDArray[np.uint64]] = []
    oversized = 0
    for band in range(bands.count):
        keys = band_keys(chosen, band, bands.rows)
        left, right, over = bucket_pairs(keys, np.argsort(keys, kind="stable"), cap, cap // 4)
        codes.append((left.astype(np.uint64) << np.uint64(32)) | right.astype(np.uint64))
        oversized += over
    left, right = split_codes(np.unique(np.concatenate(codes)))
    return rows[left], rows[right], oversized


def split_codes(codes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the two halves of packed pairs, ``left << 32 | right``."""
    return (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)
