"""The rewrite layer: the stems of documents, how rare they are, and what is measured of a pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.near import agreement
from scrubkit.dedup.prior import PRIOR_DOCUMENTS, prior_part
from scrubkit.dedup.room import Room
from scrubkit.kernels import pairs as kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.kernels.sketch import Sketch

__all__ = ["FEATURES", "SETTINGS", "Settings", "Stems", "Totals", "chunks", "measure", "measured", "stems_of", "totals"]

FEATURES: tuple[str, ...] = (*kernel.FEATURES, "agreement")
"""Columns of :func:`measure`: the kernel's, then the agreement of the signatures."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How candidates are found and measured; see :func:`scrubkit.dedup.local_pairs.candidates`."""

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

    def sizes(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many stems each of these rows has."""
        return self.offsets[rows + 1] - self.offsets[rows]


# Entries of the tables of all stems that are made at once.
_PIECE = 1 << 20
# Pairs measured at once: the terms that a model makes of them stay in the processor's cache.
_PAIRS = 1 << 13

Totals = tuple["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.int32]"]
"""Of each row the squared weight of distinct stems, the weight of all stems, the number of distinct stems."""


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
    offsets = np.zeros(len(which) + 1, np.int64)
    np.cumsum(np.diff(sketch.stem_offsets)[which], out=offsets[1:])
    offsets = room.keep(offsets)
    documents = len(which) + (PRIOR_DOCUMENTS if len(which) < settings.prior_below else 0)
    bits = int(min(24, max(20, np.ceil(np.log2(int(offsets[-1]) + 2)) + 1)))
    counted = kernel.Frequencies(bits)
    stems, numbers = sketch.stems, sketch.numbers
    whole = len(which) == size
    chosen = [room.column(kind, 0 if whole else int(offsets[-1])) for kind in (np.uint32, np.uint8)]
    for begin, end in chunks(offsets, room.chunk // 32):
        own = slice(which[begin], which[end - 1] + 1)
        span = slice(int(sketch.stem_offsets[own.start]), int(sketch.stem_offsets[own.stop]))
        held, flags = sketch.stems[span], sketch.numbers[span]
        if own.stop - own.start > end - begin:
            taking = np.zeros(own.stop - own.start, np.bool_)
            taking[which[begin:end] - own.start] = True
            mask = np.repeat(taking, np.diff(sketch.stem_offsets[own.start : own.stop + 1]))
            held, flags = held[mask], flags[mask]
        if not whole:
            chosen[0].add(held)
            chosen[1].add(flags)
        counted.add(held, offsets[begin : end + 1] - offsets[begin])
        room.release()
    if not whole:
        stems, numbers = chosen[0].array(), chosen[1].array()
    table = _rarities(counted, float(documents))
    del counted
    rarity = room.column(np.uint8, int(offsets[-1]))
    for begin, end in chunks(offsets, room.chunk // 32):
        rarity.add(kernel.rarity_of(stems[offsets[begin] : offsets[end]], table))
        room.release()
    return Stems(stems, numbers, rarity.array(), offsets, sketch.signatures, documents, which)


def _rarities(counted: kernel.Frequencies, documents: float) -> NDArray[np.uint8]:
    """Return the rarity of each stem by its first bits, made in pieces: the counts alone take 64 MB at most."""
    table = np.empty(1 << counted.bits, np.uint8)
    step = min(len(table), _PIECE)
    for at in range(0, len(table), step):
        table[at : at + step] = counted.table(documents, prior_part(counted.bits, at, at + step), at)
    return table


def chunks(offsets: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of rows with about ``most`` values each."""
    at = 0
    while at < len(offsets) - 1:
        end = max(at + 1, int(np.searchsorted(offsets, offsets[at] + most, side="right")) - 1)
        yield at, end
        at = end


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
    sums: Totals | None = None,
    room: Room | None = None,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield ``(which, features)`` of :func:`measure` for some of the pairs at a time, until all are.

    ``sums`` are :func:`totals` where they are known.
    """
    room = room or Room()
    size, other = stems.sizes(left), stems.sizes(right)
    swap = (size > other) | ((size == other) & (left > right))
    a, b = np.where(swap, right, left), np.where(swap, left, right)
    order = np.argsort(b, kind="stable")
    if sums is None:
        taking = np.zeros(len(stems), np.bool_)
        taking[left] = taking[right] = True
        sums = totals(stems, np.flatnonzero(taking), room)
    step = max(1, min(_PAIRS, room.rows // 2))
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


def totals(stems: Stems, which: NDArray[np.int64], room: Room) -> Totals:
    """Return the kernel's totals, one entry a row, of the rows ``which``; zeros for the others."""
    whole = tuple(room.filled(len(stems), kind, 0) for kind in (np.float64, np.float64, np.int32))
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
    return whole[0], whole[1], whole[2]
