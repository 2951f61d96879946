"""How rare a stem is in an index: counts of documents over all runs, and the shipped prior above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.prior import PRIOR_DOCUMENTS, prior_table
from scrubkit.dedup.rewrite import SETTINGS
from scrubkit.kernels.pairs import Frequencies
from scrubkit.kernels.postings import paired_rarity, ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CELL_BITS", "Rarity", "add_cells", "bits_for", "counted"]

CELL_BITS = 24
"""Stems are counted apart by this many bits in the files of a run."""

# From so many stems on a table of all cells is faster than sorting.
_TABLE_FROM = 1 << 20

Cells = tuple["NDArray[np.uint32]", "NDArray[np.uint32]"]


def counted(stems: NDArray[np.uint32], offsets: NDArray[np.int64]) -> Cells:
    """Return ``(cells, counts)``: in how many documents each stem stands, stems that stand in any."""
    if len(stems) >= _TABLE_FROM:
        found = Frequencies(CELL_BITS)
        found.add(stems, offsets)
        cells = np.flatnonzero(found.counts).astype(np.uint32)
        return cells, found.counts[cells]
    document = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)).astype(np.uint64)
    once = np.unique((document << np.uint64(32)) | (stems >> np.uint32(32 - CELL_BITS)))
    cells, counts = np.unique(once.astype(np.uint32), return_counts=True)
    return cells, counts.astype(np.uint32)


def bits_for(stems: int) -> int:
    """Return by how many bits stems are told apart among so many of them."""
    return int(min(CELL_BITS, max(20, np.ceil(np.log2(stems + 2)) + 1)))


def add_cells(table: NDArray[np.uint32], part: Cells, *, sign: int = 1) -> None:
    """Add counts to a table of a power of two entries, or take them off it."""
    cells, counts = part
    shift = CELL_BITS - (len(table).bit_length() - 1)
    if shift == 0:  # each cell stands there once
        table[cells] += counts if sign > 0 else -counts.astype(np.int64).astype(np.uint32)
    elif sign > 0:
        np.add.at(table, cells >> np.uint32(shift), counts)
    else:
        np.subtract.at(table, cells >> np.uint32(shift), counts)


@dataclass(frozen=True, slots=True, eq=False)
class Rarity:
    """How rare a stem is among ``documents``, with and without one document more that holds it.

    A document that is asked about counts as one more. The numbers are those that
    :func:`~scrubkit.dedup.rewrite.stems_of` would give the collection with that document in it.
    """

    ranks: NDArray[np.uint16]
    documents: int

    @classmethod
    def of(cls, table: NDArray[np.uint32], rows: int) -> Rarity:
        """Return the rarity by a table of counts of ``rows`` documents."""
        seen = rows + 1
        documents = seen + (PRIOR_DOCUMENTS if seen < SETTINGS.prior_below else 0)
        counts = np.maximum(1, np.arange(seen + 2))
        by_count = np.clip(np.rint(8 * np.log2(documents / counts)), 0, 255).astype(np.uint8)
        return cls(ranked(table, by_count, prior_table(len(table).bit_length() - 1)), documents)

    @property
    def lowest(self) -> int:
        """The least rarity of a stem that makes keys: it stands in at most a twentieth of the documents."""
        most = max(5.0, SETTINGS.common * self.documents)
        return round(8 * float(np.log2(self.documents / most))) if self.documents > most else 0

    @property
    def shared(self) -> int:
        """The greatest rarity of a stem that stands in two documents."""
        return round(8 * (float(np.log2(max(2, self.documents))) - 1))

    def alone(self, stems: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """Return the rarity of stems of documents that were counted."""
        cells = stems >> np.uint32(32 - (len(self.ranks).bit_length() - 1))
        return np.asarray(self.ranks[cells].astype(np.uint8), np.uint8)

    def asked(
        self, stems: NDArray[np.uint32], offsets: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> NDArray[np.uint8]:
        """Return the rarity of stems where row ``r`` is seen with the document in row ``rows[r]`` added."""
        return paired_rarity(stems, offsets, rows, self.ranks)
