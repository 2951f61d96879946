"""The rewrite layer: candidates by local pairs of rare stems, and what is measured of each pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.bands import split_codes
from scrubkit.dedup.prior import PRIOR_DOCUMENTS, prior_table
from scrubkit.kernels import pairs as kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.kernels.sketch import Sketch

__all__ = ["FEATURES", "Candidates", "Settings", "Stems", "candidates", "measure", "stems_of"]

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
    """The stems of the documents that take part, end to end, with their rarity in eighths of a bit."""

    stems: NDArray[np.uint32]
    numbers: NDArray[np.uint8]
    rarity: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    signatures: NDArray[np.uint32]
    documents: int

    def __len__(self) -> int:
        """How many documents."""
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs of rows, left < right, how many keys they share, and keys held by too many documents to be used."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    shared: NDArray[np.int64]
    oversized: int = 0


def stems_of(sketch: Sketch, which: NDArray[np.int64], settings: Settings = SETTINGS) -> Stems:
    """Return the stems of the documents ``which`` with their rarity.

    Rarity is ``8 log2(documents / documents with the stem)``, at most what the shipped prior says of the stem in its
    language: in a collection of five copies every word stands in all documents, and in an English collection with
    a few German pages every German function word looks rare. Below ``prior_below`` documents the collection counts
    as if it stood among 3,000 others.
    """
    taking = np.zeros(len(sketch.words), np.bool_)
    taking[which] = True
    sizes = np.diff(sketch.stem_offsets)
    if taking.all():
        stems, numbers, offsets = sketch.stems, sketch.numbers, sketch.stem_offsets
    else:
        mask = np.repeat(taking, sizes)
        stems, numbers = sketch.stems[mask], sketch.numbers[mask]
        offsets = np.zeros(len(which) + 1, np.int64)
        np.cumsum(sizes[which], out=offsets[1:])
    documents = len(which) + (PRIOR_DOCUMENTS if len(which) < settings.prior_below else 0)
    bits = int(min(24, max(20, np.ceil(np.log2(len(stems) + 2)) + 1)))
    rarity = kernel.rarity(stems, offsets, bits, float(documents), prior_table(bits))
    signatures = sketch.signatures if taking.all() else sketch.signatures[which]
    return Stems(stems, numbers, rarity, offsets, signatures, documents)


def candidates(stems: Stems, settings: Settings = SETTINGS) -> Candidates:
    """Return the pairs that share enough *local pairs of rare stems*.

    In text order the stems that stand in two documents and at most ``common`` of all are each paired with the
    ``window`` before them; of these pairs the ``keys`` with the smallest hashes stand for the document (a coordinated
    sample: copies sample the same). Keys of more than ``cap`` documents are not used. A pair is a candidate when it
    shares ``fraction`` of the smaller sample, and ``least`` keys where both have two dozen; a document has at most
    ``most`` candidates, those with the most shared keys.

    Pairs of neighbours survive reordering of paragraphs, insertion, and replacement of every second word, and a sample
    that is uniform over them survives noise; the rarest stems alone would be the typing errors.
    """
    size = len(stems)
    if size < 2 or not len(stems.stems):
        none = np.zeros(0, np.int64)
        return Candidates(none, none, none)
    bits = max(1, int(size - 1).bit_length())
    most_common = max(5.0, settings.common * stems.documents)
    low = round(8 * np.log2(stems.documents / most_common)) if stems.documents > most_common else 0
    high = round(8 * (np.log2(max(2, stems.documents)) - 1))
    keys = kernel.local_keys(
        stems.stems, stems.rarity, stems.offsets, int(low), int(high), settings.window, settings.keys, bits
    )
    keys.sort()
    codes, live, oversized = kernel.run_pairs(keys, bits, settings.cap, size)
    del keys
    codes.sort()
    first = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])) if len(codes) else np.zeros(0, np.int64)
    shared = np.diff(np.append(first, len(codes)))
    left, right = split_codes(codes[first])
    fewest = np.minimum(live[left], live[right])
    enough = (shared >= settings.fraction * fewest) & ((fewest < 24) | (shared >= settings.least))
    left, right, shared = left[enough], right[enough], shared[enough]
    strongest = _strongest(size, left, right, shared, settings.most)
    return Candidates(left[strongest], right[strongest], shared[strongest], int(oversized))


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
    sizes = np.diff(stems.offsets)
    swap = (sizes[left] > sizes[right]) | ((sizes[left] == sizes[right]) & (left > right))
    a, b = np.where(swap, right, left), np.where(swap, left, right)
    order = np.argsort(b, kind="stable")
    sums = kernel.totals(stems.stems, stems.rarity, stems.offsets)
    out = np.empty((len(left), len(FEATURES)), np.float32)
    out[order, :-1] = kernel.features(
        stems.stems,
        stems.numbers,
        stems.rarity,
        stems.offsets,
        sums,
        a[order],
        b[order],
        settings.rare_link,
        settings.near,
        settings.contained if least is None else least,
    )
    for at in range(0, len(left), 50_000):
        part = slice(at, at + 50_000)
        out[part, -1] = (stems.signatures[left[part]] == stems.signatures[right[part]]).mean(axis=1)
    return out
