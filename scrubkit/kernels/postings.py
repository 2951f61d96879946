"""Look-up in sorted postings and rarity against a frequency table: plain NumPy, and the choice of the compiled kernel.

A posting is one unsigned 64-bit number: a hash in the high bits, the document's place in its run in the low
``document_bits``. Postings ascend, so those of one hash stand together. A *directory* of ``2 ** k + 1`` entries says
where the hashes with each first ``k`` bits begin: hashes are even, so a look-up is one jump and a few steps.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels import warn_once

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "COMPILED",
    "affordable",
    "copy_slices",
    "directory_of",
    "gather",
    "locate",
    "paired_rarity",
    "ranked",
    "tally",
]


def _load() -> Any:
    """Return the compiled kernels, ``None`` where they were not built."""
    try:
        return import_module("scrubkit.kernels._postings")
    except ImportError:
        return None


_compiled = _load()
COMPILED = _compiled is not None
_PER_CELL = 4


def directory_of(keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Return the directory of ascending postings, about four postings an entry.

    >>> directory_of(np.array([1, 1 << 63], np.uint64)).tolist()
    [0, 1, 2]
    """
    bits = max(1, int(len(keys) // _PER_CELL).bit_length())
    edges = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
    return np.append(np.searchsorted(keys, edges), len(keys)).astype(np.uint32)


def locate(
    keys: NDArray[np.uint64],
    directory: NDArray[np.uint32],
    wanted: NDArray[np.uint64],
    document_bits: int,
    *,
    most: int = 1 << 62,
    backend: str = "auto",
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ``(start, count)``: where in ``keys`` the postings of each wanted hash begin, and how many there are.

    No more than ``most`` are counted, so that a hash that a million documents share costs no more than others.
    ``wanted`` are postings themselves, their low bits are not looked at; ascending ones are looked up fastest.
    """
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.int64], NDArray[np.int64]] = _compiled.locate(
            keys, directory, wanted, document_bits, most
        )
        return found
    if backend != "python":
        warn_once("postings")
    low = np.uint64((1 << document_bits) - 1)
    start = np.searchsorted(keys, wanted & ~low)
    return start, np.minimum(np.searchsorted(keys, wanted | low, "right") - start, most)


def affordable(
    asked: NDArray[np.int64], count: NDArray[np.int64], size: int, cap: int, most: int, *, backend: str = "auto"
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ``(used, live)``: which keys (uint8) are used so that no row has more hits than ``most``, and how many.

    Key ``i`` belongs to row ``asked[i]``, below ``size``, and has ``count[i]`` hits; without any, or with ``cap`` and
    more, it is not used. The rarest of a row come first, among equals those that stand first.

    >>> affordable(np.array([0, 0, 0]), np.array([3, 1, 9]), 1, 8, 3)[0].tolist()
    [0, 1, 0]
    """
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.uint8], NDArray[np.int64]] = _compiled.affordable(asked, count, size, cap, most)
        return found
    rows = np.flatnonzero((count > 0) & (count < cap))
    rows = rows[np.lexsort((count[rows], asked[rows]))]
    total = np.cumsum(count[rows])
    begin = np.searchsorted(asked[rows], asked[rows])
    rows = rows[total - np.append(0, total)[begin] <= most]
    used = np.zeros(len(asked), np.uint8)
    used[rows] = 1
    return used, np.bincount(asked[rows], minlength=size).astype(np.int64)


def gather(
    keys: NDArray[np.uint64],
    place: tuple[NDArray[np.int64], NDArray[np.int64]],
    used: NDArray[np.uint8],
    asked: NDArray[np.int64],
    document_bits: int,
    base: int,
    *,
    backend: str = "auto",
) -> NDArray[np.int64]:
    """Return ``asked << 40 | document + base`` of each posting found for a key that is used.

    ``place`` is ``(start, count)`` of :func:`locate`, ``asked`` the row of each key.
    """
    start, count = place
    if _compiled is not None and backend != "python":
        codes: NDArray[np.int64] = _compiled.gather(keys, start, count, used, asked, document_bits, base)
        return codes
    which = np.repeat(np.arange(len(start)), np.where(used, count, 0))
    first = np.flatnonzero(np.append(True, which[1:] != which[:-1]))[: len(which)]
    inside = np.arange(len(which)) - np.repeat(first, np.diff(np.append(first, len(which))))
    document = (keys[start[which] + inside] & np.uint64((1 << document_bits) - 1)).astype(np.int64)
    return np.asarray((asked[which] << 40) | (document + base), np.int64)


def tally(
    codes: NDArray[np.int64],
    live: NDArray[np.int64],
    held: NDArray[np.uint8],
    fraction: float,
    least: int,
    *,
    backend: str = "auto",
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ``(codes, shared)``: the pairs that stand often enough among ascending ``row << 40 | position``.

    Of the fewer of ``live[row]`` and ``held[position]`` keys a pair must share ``fraction``, and ``least`` where both
    have two dozen.
    """
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.int64], NDArray[np.int64]] = _compiled.tally(codes, live, held, fraction, least)
        return found
    codes, shared = np.unique(codes, return_counts=True)
    fewest = np.minimum(live[codes >> 40], held[codes & ((1 << 40) - 1)])
    enough = (shared >= fraction * fewest) & ((fewest < 24) | (shared >= least))
    return codes[enough], shared[enough]


def ranked(
    table: NDArray[np.uint32], ranks: NDArray[np.uint8], prior: NDArray[np.uint8], *, backend: str = "auto"
) -> NDArray[np.uint16]:
    """Return uint16 a cell: its rarity in the low byte, in the high one that with one document more.

    ``table`` counts the documents that hold a stem; ``ranks`` turns a count into a rarity (its last entry serves for
    all larger counts), which is at most ``prior``.

    >>> ranked(np.array([0, 2], np.uint32), np.array([9, 5, 3, 1], np.uint8), np.array([255, 2], np.uint8)).tolist()
    [1289, 258]
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.uint16] = _compiled.ranked(table, ranks, prior)
        return found
    many = table.astype(np.int64)
    low, high = (np.minimum(ranks[np.minimum(many + more, len(ranks) - 1)], prior) for more in (0, 1))
    return (high.astype(np.uint16) << np.uint16(8)) | low


def paired_rarity(
    stems: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    asked: NDArray[np.int64],
    ranks: NDArray[np.uint16],
    *,
    backend: str = "auto",
) -> NDArray[np.uint8]:
    """Return the rarity byte of each stem of each row, in a collection to which one document was added.

    ``ranks`` is of :func:`ranked`, by the first bits of a stem; row ``r`` is seen together with the added document in
    row ``asked[r]``, whose stems (told apart by twenty bits) count once more. Rows of one added document must stand
    together.
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.uint8] = _compiled.paired_rarity(stems, offsets, asked, ranks)
        return found
    both = ranks[stems >> np.uint32(32 - (len(ranks).bit_length() - 1))]
    seen = stems >> np.uint32(12)
    out = np.zeros(len(stems), np.uint8)
    for row, of in enumerate(asked.tolist()):
        mine = slice(offsets[row], offsets[row + 1])
        again = np.isin(seen[mine], seen[offsets[of] : offsets[of + 1]])
        out[mine] = np.where(again, both[mine] >> np.uint16(8), both[mine] & np.uint16(255))
    return out


def copy_slices(
    source: NDArray[np.uint32],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    target: NDArray[np.uint32],
    places: NDArray[np.int64],
    *,
    backend: str = "auto",
) -> None:
    """Copy ``source[start : start + size]`` to ``target[place : place + size]`` for each slice.

    :class:`IndexError` where a slice does not lie within the two.

    >>> out = np.zeros(3, np.uint32)
    >>> copy_slices(np.arange(9, dtype=np.uint32), np.array([4, 7]), np.array([2, 1]), out, np.array([0, 2]))
    >>> out.tolist()
    [4, 5, 7]
    """
    if len(starts) and (
        min(int(starts.min()), int(places.min()), int(sizes.min())) < 0
        or int((starts + sizes).max()) > len(source)
        or int((places + sizes).max()) > len(target)
    ):
        raise IndexError("a slice lies outside")
    if _compiled is not None and backend != "python" and len(source) and len(target):
        columns = [np.ascontiguousarray(column, np.int64) for column in (starts, sizes, places)]
        _compiled.copy_slices(source, columns[0], columns[1], target, columns[2])
        return
    for start, size, place in zip(starts.tolist(), sizes.tolist(), places.tolist(), strict=True):
        target[place : place + size] = source[start : start + size]
