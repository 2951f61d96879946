"""How common a stem is in its language: the shipped prior for collections too small to tell."""

from __future__ import annotations

import zlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PRIOR_DOCUMENTS", "prior_part", "prior_table"]

PRIOR_DOCUMENTS = 3000
"""A small collection counts as if it stood among this many documents of strangers."""


@cache
def _prior() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Return the stems' 32-bit hashes, ascending, and for each its rarity in eighths of a bit."""
    data = zlib.decompress(files("scrubkit.dedup").joinpath("prior.bin").read_bytes())
    count = len(data) // 5
    return np.cumsum(np.frombuffer(data[: 4 * count], "<u4"), dtype=np.uint32), np.frombuffer(
        data[4 * count :], np.uint8
    )


@cache
def prior_table(bits: int) -> NDArray[np.uint8]:
    """Return the greatest rarity of each stem by the first ``bits`` bits of its hash; 255 where nothing is known."""
    return prior_part(bits, 0, 1 << bits)


def prior_part(bits: int, begin: int, end: int) -> NDArray[np.uint8]:
    """Return the entries ``begin`` to ``end`` of :func:`prior_table`: the whole has 16 MB at 24 bits."""
    stems, rarity = _prior()
    at = stems >> np.uint32(32 - bits)  # ascend, as the hashes do
    own = slice(*np.searchsorted(at, [begin, end]).tolist())
    table = np.full(end - begin, 255, np.uint8)
    np.minimum.at(table, at[own] - np.uint32(begin), rarity[own])
    return table
