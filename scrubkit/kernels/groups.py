"""Groups of documents: runs of equal keys, pairs counted, components, average link.

Keys are packed numbers with the document in their lower bits. Pairs are packed ``right << 32 | left`` with
``left < right``: however often a document was copied, none has more pairs as the right one than a bucket's cap allows,
so parts by the right document are of a size.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels.pairs import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DENSE", "average_link", "band_keys", "collapse", "components", "count_pairs", "run_pairs", "scatter"]

DENSE = 256
"""The largest component :func:`average_link` takes."""

_ROOM = 1 << 20


def band_keys(signatures: NDArray[np.uint32], count: int, rows: int, *, backend: str = "auto") -> NDArray[np.uint64]:
    """Return uint64 (``count``, documents): a hash of each band of ``rows`` values of each signature."""
    kernel = compiled()
    if kernel is not None and backend != "python":
        found: NDArray[np.uint64] = kernel.band_keys(signatures, count, rows)
        return found
    out = np.empty((count, len(signatures)), np.uint64)
    for band in range(count):
        key = np.full(len(signatures), 0x9E3779B97F4A7C15 + band, np.uint64)
        for column in range(band * rows, (band + 1) * rows):
            key = (key ^ signatures[:, column]) * np.uint64(0xFF51AFD7ED558CCD)
            key ^= key >> np.uint64(32)
        out[band] = key
    return out


def run_pairs(
    packed: NDArray[np.uint64],
    bits: int,
    cap: int,
    *,
    window: int = 0,
    live: NDArray[np.int32] | None = None,
    room: int = _ROOM,
    backend: str = "auto",
) -> Iterator[tuple[NDArray[np.uint64], int, int]]:
    """Yield ``(pairs, oversized, largest)``: the pairs of documents with equal keys, about ``room`` at a time.

    ``packed`` ascends; the document stands in its low ``bits``. In a run of more than ``cap`` entries each document is
    paired with the first ``window`` and the ``window`` before it, not with all (with none where ``window`` is 0): a
    million alike cost a million times ``2 * window`` pairs. Such runs are counted, ``largest`` is the longest of them.
    ``live`` counts for each document the runs of two to ``cap`` entries it stands in.
    """
    kernel = compiled()
    if kernel is None or backend == "python":
        yield _run_pairs(packed, bits, (cap, window), live)
        return
    at = 0
    out = np.empty(max(room, 4 * max(cap, 2 * window)), np.uint64)
    while at < len(packed):
        at, written, oversized, largest = kernel.run_pairs(packed, bits, cap, window, live, at, out)
        yield out[:written].copy(), oversized, largest


def _run_pairs(
    packed: NDArray[np.uint64], bits: int, limits: tuple[int, int], live: NDArray[np.int32] | None
) -> tuple[NDArray[np.uint64], int, int]:
    cap, window = limits
    mask = (1 << bits) - 1
    codes: list[int] = []
    oversized = largest = 0
    for _, run in groupby(packed.tolist(), key=lambda key: key >> bits):
        held = [key & mask for key in run]
        if len(held) > cap:
            oversized += 1
            largest = max(largest, len(held))
            if not window:
                continue
        elif len(held) > 1 and live is not None:
            live[sorted(set(held))] += 1
        for x, own in enumerate(held):
            near: set[int] = set(range(x))
            if len(held) > cap:
                near = {y for y in range(x) if y < window or y >= x - window}
            if x == 0 or held[x - 1] != own:
                codes += [own << 32 | other for other in sorted({held[y] for y in near} - {own})]
    return np.array(codes, np.uint64), oversized, largest


def scatter(
    values: NDArray[np.uint64], shift: int, parts: int, *, backend: str = "auto"
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return ``(values, offsets)``: the values put into ``parts`` parts by ``value >> shift``, in their order."""
    kernel = compiled()
    if kernel is not None and backend != "python":
        found: tuple[NDArray[np.uint64], NDArray[np.int64]] = kernel.scatter(values, shift, parts)
        return found
    part = (values >> np.uint64(shift)).astype(np.int64)
    offsets = np.zeros(parts + 1, np.int64)
    np.cumsum(np.bincount(part, minlength=parts), out=offsets[1:])
    return values[np.argsort(part, kind="stable")], offsets


def count_pairs(
    codes: NDArray[np.uint64], live: NDArray[np.int32], fraction: float, least: int, *, backend: str = "auto"
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Return ``(codes, counts)``, ascending: the pairs that stand often enough among ``codes``.

    Of the fewer live keys of the two documents a pair must share ``fraction``, and ``least`` where both have two
    dozen.
    """
    kernel = compiled()
    if kernel is not None and backend != "python":
        found, counts = kernel.count_pairs(codes, live, fraction, least)
        order = np.argsort(found)
        return found[order], counts[order]
    distinct, count = np.unique(codes, return_counts=True)
    right, left = (distinct >> np.uint64(32)).astype(np.int64), (distinct & np.uint64(0xFFFFFFFF)).astype(np.int64)
    fewest = np.minimum(live[left], live[right]) if len(distinct) else np.zeros(0, np.int32)
    enough = (count >= fraction * fewest) & ((fewest < 24) | (count >= least))
    return distinct[enough], count[enough].astype(np.int32)


def components(
    size: int, left: NDArray[np.int64], right: NDArray[np.int64], *, backend: str = "auto"
) -> NDArray[np.int64]:
    """Return for each of ``size`` nodes the smallest node it is joined to by edges."""
    kernel = compiled()
    if kernel is not None and backend != "python":
        found: NDArray[np.int64] = kernel.components(size, left, right)
        return found
    root = list(range(size))

    def top(x: int) -> int:
        while root[x] != x:
            root[x] = root[root[x]]
            x = root[x]
        return x

    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        x, y = top(a), top(b)
        root[max(x, y)] = min(x, y)
    return np.array([top(x) for x in range(size)], np.int64)


def collapse(leader: NDArray[np.int64], codes: NDArray[np.uint64], *, backend: str = "auto") -> None:
    """Join each right document to the earliest left one that leads itself; ``codes`` ascend, ``leader`` is changed."""
    kernel = compiled()
    if kernel is not None and backend != "python":
        kernel.collapse(leader, codes)
        return
    for code in codes.tolist():
        a, b = code & 0xFFFFFFFF, code >> 32
        if a < b and leader[a] == a and leader[b] == b:
            leader[b] = a


def average_link(parts: Any, which: NDArray[np.int64], link: float, dense: int) -> NDArray[np.int32] | None:
    """Return a label a node, numbered within its component, or ``None`` where nothing is compiled.

    ``parts`` are ``(edges, nodes, left, right)``: where each component's edges and its nodes begin (one entry more
    than components each), and the edges in the order they are taken with the nodes numbered within the component.
    Only the components ``which`` are looked at; they have :data:`DENSE` nodes at most.
    """
    kernel = compiled()
    if kernel is None:
        return None
    label: NDArray[np.int32] = kernel.average_link(*parts, which, link, dense)
    return label
