"""Counts of more things than fit into memory: a Count-Min sketch that is never too low."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["CountMin", "hashes_of"]

_ROWS = 4
_MULTIPLIERS = np.array(
    [[0x9E3779B97F4A7C15], [0xC2B2AE3D27D4EB4F], [0x165667B19E3779F9], [0xD6E8FEB86659FD93]], np.uint64
)


def hashes_of(parts: Iterable[str]) -> NDArray[np.uint64]:
    """Return a 64-bit hash of each text, the same on every machine."""
    joined = b"".join(blake2b(part.encode("utf-8", "replace"), digest_size=8).digest() for part in parts)
    return np.frombuffer(joined, "<u8").astype(np.uint64)


class CountMin:
    """A Count-Min sketch with conservative update (Estan and Varghese 2002) of ``4 * 2**bits`` 32-bit counters.

    An estimate is never below the count. It exceeds the count by more than ``e * n / 2**bits``, ``n`` the things
    counted, with probability at most ``exp(-4)`` = 1.8 % (Cormode and Muthukrishnan 2005); conservative update
    lowers that further, more so the more unequal the counts are.

    >>> sketch = CountMin(10)
    >>> key = hashes_of(["Sign in"])
    >>> [int(sketch.add(key)[0]) for _ in range(3)], int(sketch.get(hashes_of(["Log out"]))[0])
    ([1, 2, 3], 0)
    """

    def __init__(self, bits: int) -> None:
        """Take the number of bits of a counter's place; ``16 * 2**bits`` bytes are used."""
        self._shift = np.uint64(64 - bits)
        self._table = np.zeros((_ROWS, 1 << bits), np.uint32)
        self._row = np.arange(_ROWS)[:, None]

    def _places(self, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        mixed = keys ^ (keys >> np.uint64(29))
        return (mixed[None, :] * _MULTIPLIERS) >> self._shift

    def get(self, keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """Return the estimate of each key."""
        counts: NDArray[np.uint32] = self._table[self._row, self._places(keys)].min(axis=0)
        return counts

    def add(self, keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """Count each of some *different* keys once; return their estimates after that."""
        places = self._places(keys)
        after: NDArray[np.uint32] = self._table[self._row, places].min(axis=0) + np.uint32(1)
        np.maximum.at(self._table, (self._row, places), after[None, :])
        return after
