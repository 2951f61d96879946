"""Work on pairs of documents in plain Python and NumPy, and the choice of the compiled kernels."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels import pairs_reference as reference
from scrubkit.kernels.pairs_reference import FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "COMPILED",
    "FEATURES",
    "Frequencies",
    "compiled",
    "features",
    "local_keys",
    "overlap",
    "rarity_of",
    "totals",
]


def _load() -> Any:
    """Return the compiled kernels, ``None`` where they were not built."""
    try:
        return import_module("scrubkit.kernels._pairs")
    except ImportError:
        return None


_compiled = _load()
COMPILED = _compiled is not None


def compiled() -> Any:
    """Return the compiled kernels, ``None`` where they were not built."""
    return _compiled


def overlap(
    values: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    *,
    backend: str = "auto",
) -> NDArray[np.float32]:
    """Return float32 (pairs, 3): Jaccard of the sets, share of left's values in right, share of right's in left.

    Row ``d`` is ``values[offsets[d]:offsets[d + 1]]``, in any order, with repeats; shares count the repeats.
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.float32] = _compiled.overlap(values, offsets, left, right)
        return found
    out = np.zeros((len(left), 3), np.float32)
    rows = [Counter(values[offsets[d] : offsets[d + 1]].tolist()) for d in range(len(offsets) - 1)]
    for p, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        x, y = rows[a], rows[b]
        both = x.keys() & y.keys()
        if x and y:
            out[p] = (
                len(both) / (len(x) + len(y) - len(both)),
                sum(x[k] for k in both) / x.total(),
                sum(y[k] for k in both) / y.total(),
            )
    return out


class Frequencies:
    """In how many documents each stem stands, counted part by part, and how rare that makes it.

    Stems are told apart by their first ``bits`` bits; ``counts`` (uint32) has an entry for each of these.
    """

    def __init__(self, bits: int, *, backend: str = "auto") -> None:
        self.bits = bits
        self.counts = np.zeros(1 << bits, np.uint32)
        self._kernel = None if backend == "python" else _compiled

    def add(self, stems: NDArray[np.uint32], offsets: NDArray[np.int64]) -> None:
        """Count documents: ``d`` holds ``stems[offsets[d]:offsets[d + 1]]``."""
        if self._kernel is not None:
            self._kernel.frequencies(stems, offsets, self.bits, self.counts)
        else:
            self.counts += reference.frequencies(stems, offsets, self.bits)

    def table(self, documents: float, prior: NDArray[np.uint8], start: int = 0) -> NDArray[np.uint8]:
        """Return ``8 log2(documents / documents with the stem)`` as a byte, at most what the prior says.

        Of the ``2 ** bits`` entries as many from ``start`` on as the prior has.
        """
        counts = self.counts[start : start + len(prior)]
        if self._kernel is not None:
            found: NDArray[np.uint8] = self._kernel.rarity_table(counts, documents, prior)
            return found
        return reference.rarity_table(counts, documents, prior)


def rarity_of(stems: NDArray[np.uint32], table: NDArray[np.uint8], *, backend: str = "auto") -> NDArray[np.uint8]:
    """Return the rarity byte of each stem, by a whole table of :meth:`Frequencies.table`."""
    bits = len(table).bit_length() - 1
    if _compiled is not None and backend != "python":
        found: NDArray[np.uint8] = _compiled.rarity_of(stems, bits, table)
        return found
    return np.asarray(table[stems >> np.uint32(32 - bits)], np.uint8)


def local_keys(
    stems: NDArray[np.uint32],
    rarities: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    low: int,
    high: int,
    window: int,
    most: int,
    document_bits: int,
    *,
    backend: str = "auto",
) -> NDArray[np.uint64]:
    """Return hashes of unordered pairs of stems with ``low <= rarity <= high`` at most ``window`` such stems apart.

    The document stands in the low ``document_bits`` of each key. Of a document with more than ``most`` pairs those
    with the smallest second hash stay (in steps of a 4096th, so somewhat fewer). A document with at most half as many
    has besides, as far as there is room, pairs of stems that stand in up to four times as many documents: a paraphrase
    of thirty words keeps hardly a rare one.
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.uint64] = _compiled.local_keys(
            stems, rarities, offsets, low, high, window, most, document_bits
        )
        return found
    return reference.local_keys(stems, rarities, offsets, (low, high), window, most, document_bits)


def totals(
    stems: NDArray[np.uint32],
    rarities: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    which: NDArray[np.int64] | None = None,
    *,
    backend: str = "auto",
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]:
    """Return a document's squared weight of distinct stems, weight of all stems, number of distinct stems.

    With ``which`` only those documents are looked at; the others have zeros.
    """
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]] = _compiled.totals(
            stems, rarities, offsets, which
        )
        return found
    return reference.totals(stems, rarities, offsets, which)


def features(
    stems: NDArray[np.uint32],
    numbers: NDArray[np.uint8],
    rarities: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    sums: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    rare: int,
    near: int,
    least: float,
    *,
    backend: str = "auto",
) -> NDArray[np.float32]:
    """Return float32 (pairs, features), columns :data:`FEATURES`; ``left`` has no more stems than ``right``.

    ``sums`` are :func:`totals`. Stems rarer than ``rare`` that stand at most three times in the longer document may
    link; links at most ``near`` stems apart in both documents cover what lies between; links up to forty apart
    align what lies between where the two distances agree within a fifth. Where the weighted
    containment is below ``least`` only it and ``raw`` are given.
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.float32] = _compiled.features(
            stems, numbers, rarities, offsets, sums, left, right, rare, near, least
        )
        return found
    return reference.features(stems, numbers, rarities, offsets, sums, (left, right), (rare, near, least))
