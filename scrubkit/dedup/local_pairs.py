"""Candidates of the rewrite layer: documents that share local pairs of rare stems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.bands import NO_BUCKETS, Buckets, parts_for, split_codes
from scrubkit.dedup.rewrite import SETTINGS, Settings, Stems, chunks
from scrubkit.dedup.room import Column, Room
from scrubkit.kernels import groups
from scrubkit.kernels import pairs as kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.dedup.room import Parts

__all__ = ["Candidates", "candidates"]

# Bytes that a candidate takes while its block is measured.
_COST = 256


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs of rows, ``right << 32 | left``, ascending; and what keys were held by too many to be used.

    ``codes`` lie in a file where they do not fit into the memory given; :meth:`blocks` reads them in portions.
    """

    codes: NDArray[np.uint64]
    keys: Buckets = NO_BUCKETS

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.codes)

    @property
    def left(self) -> NDArray[np.int64]:
        """The earlier row of each pair."""
        return split_codes(self.codes)[0]

    @property
    def right(self) -> NDArray[np.int64]:
        """The later row of each pair."""
        return split_codes(self.codes)[1]

    def blocks(self, room: Room) -> Iterator[NDArray[np.uint64]]:
        """Yield the pairs in portions that fit into the memory given."""
        yield from _portions(self.codes, room)


def _portions(codes: NDArray[np.uint64], room: Room) -> Iterator[NDArray[np.uint64]]:
    step = max(1, room.chunk // _COST) if room.memory is not None else max(1, len(codes))
    for at in range(0, len(codes), step):
        yield codes[at : at + step]


def candidates(stems: Stems, settings: Settings = SETTINGS, *, room: Room | None = None) -> Candidates:
    """Return the pairs that share enough *local pairs of rare stems*.

    In text order the stems that stand in two documents and at most ``common`` of all are each paired with the
    ``window`` before them; of these pairs the ``keys`` with the smallest hashes stand for the document (a coordinated
    sample: copies sample the same). Keys of more than ``cap`` documents are not used. A pair is a candidate when it
    shares ``fraction`` of the smaller sample, and ``least`` keys where both have two dozen; a document has at most
    ``most`` candidates, those with the most shared keys.

    Pairs of neighbours survive reordering of paragraphs, insertion, and replacement of every second word, and a sample
    that is uniform over them survives noise; the rarest stems alone would be the typing errors.

    Keys are made and paired by range of the key, and the pairs counted by range of the document, so that no more than
    the room's memory is used at once.
    """
    size = len(stems)
    if size < 2 or not len(stems.stems):
        return Candidates(np.zeros(0, np.uint64))
    room = room or Room()
    bits = max(1, int(size - 1).bit_length())
    live = np.zeros(size, np.int32)
    emitted = room.parts(*parts_for(size))
    oversized = largest = 0
    for keys in _keys(stems, settings, bits, room):
        keys.sort()
        for found, over, most in groups.run_pairs(keys, bits, settings.cap, live=live, room=room.together):
            emitted.add(found)
            oversized += over
            largest = max(largest, most)
    codes, shared = room.column(np.uint64), room.column(np.uint16)
    degree = np.zeros(size, np.int32)
    for part in emitted:
        if len(part):
            pairs, count = groups.count_pairs(part, live, settings.fraction, settings.least)
            codes.add(pairs)
            shared.add(count)
            for ends in split_codes(pairs):
                np.add.at(degree, ends, 1)
    return Candidates(_strongest(codes, shared, degree, settings.most, room), Buckets(oversized, largest))


def _keys(stems: Stems, settings: Settings, bits: int, room: Room) -> Parts:
    """Return the packed keys of all documents in parts by their upper bits."""
    most_common = max(5.0, settings.common * stems.documents)
    low = round(8 * np.log2(stems.documents / most_common)) if stems.documents > most_common else 0
    high = round(8 * (np.log2(max(2, stems.documents)) - 1))
    spread = min(9, max(0, (len(stems) * settings.keys >> 18).bit_length()))
    out = room.parts(1 << spread, 64 - spread if spread else 63)
    for begin, end in chunks(stems.offsets, room.chunk // 32):
        span = slice(int(stems.offsets[begin]), int(stems.offsets[end]))
        keys = kernel.local_keys(
            stems.stems[span],
            stems.rarity[span],
            stems.offsets[begin : end + 1] - span.start,
            int(low),
            int(high),
            settings.window,
            settings.keys,
            bits,
        )
        out.add(keys + np.uint64(begin))
        room.release()
    return out


def _strongest(codes: Column, shared: Column, degree: NDArray[np.int32], most: int, room: Room) -> NDArray[np.uint64]:
    """Return the pairs so that about ``most`` remain a document: those strong for one of their two ends.

    Of a document with more the pairs with the most shared keys are strong, among equals the first.
    """
    whole, count = codes.array(), shared.array()
    over = np.flatnonzero(degree > most)
    if not len(over):
        return whole
    crowd = np.full(len(degree), -1, np.int32)
    crowd[over] = np.arange(len(over))
    least, more = _limits(whole, count, crowd, len(over), most, room)
    out = room.column(np.uint64)
    at = 0
    for block in _portions(whole, room):
        held = count[at : at + len(block)]
        at += len(block)
        ends = [crowd[end] for end in split_codes(block)]
        keep = (ends[0] < 0) & (ends[1] < 0)
        places = np.concatenate([np.flatnonzero(end >= 0) for end in ends])
        order = np.argsort(places, kind="stable")
        places, rows = places[order], np.concatenate([end[end >= 0] for end in ends])[order]
        strength = held[places]
        keep[places[strength > least[rows]]] = True
        tied = np.flatnonzero(strength == least[rows])
        tied = tied[np.argsort(rows[tied], kind="stable")]
        row = rows[tied]
        begin = np.flatnonzero(np.append(True, row[1:] != row[:-1]))[: len(row)]
        sizes = np.diff(np.append(begin, len(row)))
        rank = np.arange(len(row)) - np.repeat(begin, sizes)
        keep[places[tied[rank < more[row]]]] = True
        more[row[begin]] -= sizes
        out.add(block[keep])
        room.release()
    return out.array()


def _limits(
    codes: NDArray[np.uint64], count: NDArray[np.uint16], crowd: NDArray[np.int32], size: int, most: int, room: Room
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each document with too many pairs, above how many shared keys they are strong, and how many of those
    with just as many.
    """
    top = int(count.max()) + 1
    least, more = np.zeros(size, np.int64), np.zeros(size, np.int64)
    step = max(1, room.chunk // (4 * top))
    for low in range(0, size, step):
        rows = min(step, size - low)
        many = np.zeros(rows * top, np.int32)  # pairs of a document by their shared keys
        at = 0
        for block in _portions(codes, room):
            held = count[at : at + len(block)].astype(np.int64)
            at += len(block)
            for end in split_codes(block):
                own = crowd[end] - low
                mine = (own >= 0) & (own < rows) & (crowd[end] >= 0)
                np.add.at(many, own[mine] * top + held[mine], 1)
            room.release()
        table = many.reshape(rows, top)[:, ::-1]
        total = np.cumsum(table, axis=1)
        full = np.argmax(total > most, axis=1)  # the first strength, from above, that not all pairs fit with
        every = np.arange(rows)
        least[low : low + rows] = top - 1 - full
        more[low : low + rows] = most - (total[every, full] - table[every, full])
    return least, more
