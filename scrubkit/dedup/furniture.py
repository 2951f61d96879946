"""Which lines of a collection are page furniture, from the lines of all its texts, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.dedup.shingle import Known, learned, meetings, often_met

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.dedup.room import Room

__all__ = ["Lines", "left_out"]

# Lines by their hash: 64 parts, so that a part of a billion lines is sorted in 128 MB.
_PARTS = 64
# Lines that are looked at together: they stay in the processor's cache.
_TOGETHER = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The lines of some documents as :func:`~scrubkit.kernels.sketch.line_table` gives them; ``offsets`` begin at 0."""

    hashes: NDArray[np.uint64]
    sizes: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def of(self, documents: NDArray[np.bool_]) -> Block:
        """Return the lines of these documents alone."""
        counts = np.diff(self.offsets)
        line = np.repeat(documents, counts)
        return Block(self.hashes[line], self.sizes[line], np.append(0, np.cumsum(counts[documents])))

    def with_any(self, lines: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which documents hold one of the lines at these places."""
        out = np.zeros(len(self.offsets) - 1, np.bool_)
        out[np.searchsorted(self.offsets, lines, side="right") - 1] = True
        return out


class Lines:
    """The lines of documents, block by block as they were added: in memory, or in files where a bound is set."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._blocks: list[Block] = []
        self._held: list[Block] = []  # small ones, not joined yet
        self._lines = 0
        self._columns = room.column(np.uint64), room.column(np.int32), room.column(np.int64)
        self._ends = [(0, 0)]

    def add(self, hashes: NDArray[np.uint64], sizes: NDArray[np.int32], offsets: NDArray[np.int64]) -> None:
        """Add the lines of the next documents."""
        if self._room.memory is None:
            self._held.append(Block(hashes, sizes, offsets))
            self._lines += len(hashes)
            if self._lines > _TOGETHER:
                self._join()
            return
        counts = np.diff(offsets)
        given: tuple[NDArray[Any], ...] = (hashes, sizes, counts)
        for column, values in zip(self._columns, given, strict=True):
            column.add(values)
        documents, lines = self._ends[-1]
        self._ends.append((documents + len(counts), lines + len(hashes)))

    def _join(self) -> None:
        if self._held:
            hashes = np.concatenate([block.hashes for block in self._held])
            sizes = np.concatenate([block.sizes for block in self._held])
            counts = [np.zeros(1, np.int64), *(np.diff(block.offsets) for block in self._held)]
            self._blocks.append(Block(hashes, sizes, np.cumsum(np.concatenate(counts))))
        self._held, self._lines = [], 0

    def __iter__(self) -> Iterator[Block]:
        """Iterate over the blocks; nothing can be added any more."""
        self._join()
        yield from self._blocks
        if len(self._ends) > 1:
            hashes, sizes, counts = (column.array() for column in self._columns)
            for (first, begin), (last, end) in zip(self._ends[:-1], self._ends[1:], strict=True):
                offsets = np.append(0, np.cumsum(counts[first:last]))
                yield Block(hashes[begin:end], sizes[begin:end], offsets)
                self._room.release()

    def close(self) -> None:
        """Give up what was added."""
        self._blocks, self._held, self._ends = [], [], [(0, 0)]
        for column in self._columns:
            column.close()


def _often(lines: Lines, least: int, room: Room) -> NDArray[np.uint64]:
    """Return the hashes, ascending, of the lines, other than empty ones, that stand at least so often."""
    if room.memory is None:
        return often_met([np.concatenate([np.zeros(0, np.uint64), *(b.hashes[b.sizes > 0] for b in lines)])], least)
    parts = room.parts(_PARTS, 58)
    for block in lines:
        parts.add(block.hashes[block.sizes > 0])
    return often_met(parts, least)


def left_out(lines: Lines, size: int, anchors: int, room: Room) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ``(drop, line_offsets)`` of ``size`` documents, 1 for each line that is furniture.

    Only documents with such a line have entries there; both are empty where there is none. A line is furniture by
    :func:`~scrubkit.dedup.shingle.learned`, which needs to look at those documents only that hold a line often met.
    """
    none = np.zeros(0, np.uint8), np.zeros(1, np.int64)
    often = _often(lines, anchors, room)
    if not len(often):
        return none
    known, suspects, places = Known(often), Lines(room), room.column(np.int64)
    first = 0
    for block in lines:
        documents = block.with_any(known.found(block.hashes)[0])
        places.add(np.flatnonzero(documents) + first)
        some = block.of(documents)
        suspects.add(some.hashes, some.sizes, some.offsets)
        first += len(documents)
    which = places.array()

    def met(aside: NDArray[np.uint64] | None) -> Iterable[NDArray[np.uint64]]:
        parts = room.parts(_PARTS, 32 + max(0, int(len(often) - 1).bit_length() - 6))
        other = None if aside is None else Known(aside)
        for block in suspects:
            parts.add(meetings(known, other, block.hashes, block.sizes, block.offsets))
        return parts

    furniture = learned(often, met, anchors)
    told = _marked(suspects, which, furniture, size, room) if len(furniture) else none
    suspects.close()
    return told


def _marked(
    suspects: Lines, which: NDArray[np.int64], furniture: NDArray[np.uint64], size: int, room: Room
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    known, drop, counts = Known(furniture), room.column(np.uint8), np.zeros(size + 1, np.int64)
    first = 0
    for block in suspects:
        documents = block.with_any(known.found(block.hashes)[0])
        some = block.of(documents)
        drop.add(known.among(some.hashes))
        own = which[first : first + len(documents)]
        counts[own[documents] + 1] = np.diff(some.offsets)
        first += len(documents)
    return drop.array(), room.keep(np.cumsum(counts, out=counts))
