"""The rewrite layer: candidates by local pairs of rare stems, and what is measured of each pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.bands import NO_BUCKETS, Buckets, parts_for, split_codes
from scrubkit.dedup.near import agreement
from scrubkit.dedup.prior import PRIOR_DOCUMENTS, prior_table
from scrubkit.dedup.room import Room
from scrubkit.kernels import groups
from scrubkit.kernels import pairs as kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.dedup.room import Parts
    from scrubkit.kernels.sketch import Sketch

__all__ = ["FEATURES", "Candidates", "Settings", "Stems", "candidates", "measure", "measured", "stems_of"]

FEATURES: tuple[str, ...] = (*kernel.FEATURES, "agreement")
"""Columns of :func:`measure`: the kernel's, then the agreement of the signatures."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How candidates are found; see :func:`candidates`."""

    window: int = 4
    keys: int = 128
    cap: int = 64
    least: int = 4
    fraction: float = 0.08
    most: int = 200
    common: float = 0.05
    prior_below: int = 2000
    contained: float = 0.2
    rare_link: int = 23
    near: int = 9


SETTINGS = Settings()


@dataclass(frozen=True, slots=True, eq=False)
class Stems:
    """The stems of the documents that take part, end to end, with their rarity in eighths of a bit.

    The signature of row ``i`` is ``signatures[positions[i]]``, without ``positions`` ``signatures[i]``.
    """

    stems: NDArray[np.uint32]
    numbers: NDArray[np.uint8]
    rarity: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    signatures: NDArray[np.uint32]
    documents: int
    positions: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        """How many documents."""
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs of rows, left < right, how many keys they share, and what keys were held by too many to be used."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    shared: NDArray[np.int64]
    keys: Buckets = NO_BUCKETS


def stems_of(
    sketch: Sketch, which: NDArray[np.int64], settings: Settings = SETTINGS, *, room: Room | None = None
) -> Stems:
    """Return the stems of the documents ``which`` (ascending) with their rarity.

    Rarity is ``8 log2(documents / documents with the stem)``, at most what the shipped prior says of the stem in its
    language: in a collection of five copies every word stands in all documents, and in an English collection with
    a few German pages every German function word looks rare. Below ``prior_below`` documents the collection counts
    as if it stood among 3,000 others.
    """
    room = room or Room()
    size = len(sketch.words)
    sizes = np.diff(sketch.stem_offsets)[which]
    offsets = np.zeros(len(which) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    documents = len(which) + (PRIOR_DOCUMENTS if len(which) < settings.prior_below else 0)
    bits = int(min(24, max(20, np.ceil(np.log2(int(offsets[-1]) + 2)) + 1)))
    counted = kernel.Frequencies(bits)
    stems, numbers = sketch.stems, sketch.numbers
    chosen = [room.column(np.uint32), room.column(np.uint8)]
    for begin, end in _chunks(offsets, room.chunk // 4):
        own = slice(which[begin], which[end - 1] + 1)
        span = slice(int(sketch.stem_offsets[own.start]), int(sketch.stem_offsets[own.stop]))
        held, flags = sketch.stems[span], sketch.numbers[span]
        if own.stop - own.start > end - begin:
            taking = np.zeros(own.stop - own.start, np.bool_)
            taking[which[begin:end] - own.start] = True
            mask = np.repeat(taking, np.diff(sketch.stem_offsets[own.start : own.stop + 1]))
            held, flags = held[mask], flags[mask]
        if len(which) < size:
            chosen[0].add(held)
            chosen[1].add(flags)
        counted.add(held, offsets[begin : end + 1] - offsets[begin])
        room.release()
    if len(which) < size:
        stems, numbers = chosen[0].array(), chosen[1].array()
    table = counted.table(float(documents), prior_table(bits))
    rarity = room.column(np.uint8)
    for begin, end in _chunks(offsets, room.chunk // 4):
        rarity.add(counted.rarity(stems[offsets[begin] : offsets[end]], table))
        room.release()
    return Stems(stems, numbers, rarity.array(), offsets, sketch.signatures, documents, which)


def _chunks(offsets: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of rows with about ``most`` values each."""
    at = 0
    while at < len(offsets) - 1:
        end = max(at + 1, int(np.searchsorted(offsets, offsets[at] + most, side="right")) - 1)
        yield at, end
        at = end


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
        none = np.zeros(0, np.int64)
        return Candidates(none, none, none)
    room = room or Room()
    bits = max(1, int(size - 1).bit_length())
    live = np.zeros(size, np.int32)
    codes = room.parts(*parts_for(size))
    oversized = largest = 0
    for keys in _keys(stems, settings, bits, room):
        keys.sort()
        for found, over, most in groups.run_pairs(keys, bits, settings.cap, live=live):
            codes.add(found)
            oversized += over
            largest = max(largest, most)
    counted = [groups.count_pairs(part, live, settings.fraction, settings.least) for part in codes if len(part)]
    left, right = split_codes(np.concatenate([np.zeros(0, np.uint64), *(pairs for pairs, _ in counted)]))
    shared = np.concatenate([np.zeros(0, np.int64), *(count for _, count in counted)])
    strongest = _strongest(size, left, right, shared, settings.most)
    return Candidates(left[strongest], right[strongest], shared[strongest], Buckets(oversized, largest))


def _keys(stems: Stems, settings: Settings, bits: int, room: Room) -> Parts:
    """Return the packed keys of all documents in parts by their upper bits."""
    most_common = max(5.0, settings.common * stems.documents)
    low = round(8 * np.log2(stems.documents / most_common)) if stems.documents > most_common else 0
    high = round(8 * (np.log2(max(2, stems.documents)) - 1))
    spread = min(9, max(0, (len(stems) * settings.keys >> 18).bit_length()))
    out = room.parts(1 << spread, 64 - spread if spread else 63)
    for begin, end in _chunks(stems.offsets, room.chunk // 32):
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


def _strongest(
    size: int, left: NDArray[np.int64], right: NDArray[np.int64], shared: NDArray[np.int64], most: int
) -> NDArray[np.bool_]:
    """Return which pairs stay so that about ``most`` remain a document: those strong for one of their two ends."""
    degree = np.bincount(left, minlength=size) + np.bincount(right, minlength=size)
    keep = (degree[left] <= most) & (degree[right] <= most)
    if keep.all():
        return keep
    over = np.flatnonzero(~keep)
    ends, index = np.concatenate([left[over], right[over]]), np.concatenate([over, over])
    order = np.lexsort((index, -shared[index], ends))
    ends, index = ends[order], index[order]
    begin = np.searchsorted(ends, ends)
    strong = (np.arange(len(ends)) - begin < most) & (degree[ends] > most)
    keep[index[strong]] = True
    return keep


def measure(
    stems: Stems,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    settings: Settings = SETTINGS,
    *,
    least: float | None = None,
) -> NDArray[np.float32]:
    """Return float32 (pairs, features), columns :data:`FEATURES`, for pairs of rows.

    ``least`` (default: the settings' ``contained``): below this weighted containment the remaining features are not
    computed and ``length`` is -1.
    """
    out = np.empty((len(left), len(FEATURES)), np.float32)
    for order, features in measured(stems, left, right, settings, least=least):
        out[order] = features
    return out


def measured(
    stems: Stems,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    settings: Settings = SETTINGS,
    *,
    least: float | None = None,
    room: Room | None = None,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield ``(which, features)`` of :func:`measure` for some of the pairs at a time, until all are."""
    room = room or Room()
    sizes = np.diff(stems.offsets)
    swap = (sizes[left] > sizes[right]) | ((sizes[left] == sizes[right]) & (left > right))
    a, b = np.where(swap, right, left), np.where(swap, left, right)
    order = np.argsort(b, kind="stable")
    taking = np.zeros(len(stems), np.bool_)
    taking[left] = taking[right] = True
    sums = _totals(stems, np.flatnonzero(taking), room)
    step = max(1, min(100_000, room.rows // 2))
    for at in range(0, len(order), step):
        part = order[at : at + step]
        features = np.empty((len(part), len(FEATURES)), np.float32)
        features[:, :-1] = kernel.features(
            stems.stems,
            stems.numbers,
            stems.rarity,
            stems.offsets,
            sums,
            a[part],
            b[part],
            settings.rare_link,
            settings.near,
            settings.contained if least is None else least,
        )
        room.release()
        ends = left[part], right[part]
        if stems.positions is not None:
            ends = stems.positions[ends[0]], stems.positions[ends[1]]
        features[:, -1] = agreement(stems.signatures, *ends, room)
        yield part, features


def _totals(
    stems: Stems, which: NDArray[np.int64], room: Room
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]:
    """Return the kernel's totals of the rows ``which``."""
    whole = np.zeros(len(stems)), np.zeros(len(stems)), np.zeros(len(stems), np.int32)
    step = max(1, min(100_000, room.rows))
    for at in range(0, len(which), step):
        part = which[at : at + step]
        begin, end = int(part[0]), int(part[-1]) + 1
        span = slice(int(stems.offsets[begin]), int(stems.offsets[end]))
        if span.start == span.stop:
            continue
        found = kernel.totals(
            stems.stems[span], stems.rarity[span], stems.offsets[begin : end + 1] - span.start, part - begin
        )
        whole[0][part], whole[1][part], whole[2][part] = (values[part - begin] for values in found)
        room.release()
    return whole
