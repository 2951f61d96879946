"""Scoring of gradient-boosted decision trees from one small file; the training library is not needed.

The scores equal LightGBM's ``predict(raw_score=True)`` bit for bit on float32 features: thresholds are stored as
the largest float32 not above LightGBM's own, which decides every float32 the same way, and leaves are added in the
order of the trees in double precision. A value only matters by how many of its feature's thresholds it is above; these
counts are a byte each, and 32 rows at a time pass all nodes of a tree, like those of QuickScorer without a branch
(Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression trees", SIGIR
2015), but keep one byte a row, the leaf they have come to, instead of a bit for every leaf, and tree by tree instead
of feature by feature, since a page has few rows.

The file (little-endian):

=========  ==========================  =======================================================
offset     type                        meaning
=========  ==========================  =======================================================
0          8 bytes                     ``SKTREES`` and the version of this layout, 1
8          u32                         CRC-32 of all bytes from offset 12
12         u32 × 5                     trees T, nodes N, leaves L = N + T, features F, bytes B of names
32         B bytes                     feature names, UTF-8, joined by ``\\n``
32 + B     u8 × T                      nodes of each tree
           u16 × N                     feature a node reads
           f32 × N                     threshold: rows above it go right
           u8 × N                      leftmost leaf below the node, counted within its tree
           u8 × N                      leftmost leaf below the node's right child
           f32 × N                     mean raw score of the training rows at the node
           f64 × L                     raw score a leaf adds
=========  ==========================  =======================================================

Nodes of a tree stand in pre-order and leaves from left to right, so the two leaf numbers tell the whole shape: a
node's left child is the next node (or a leaf), its right child stands ``middle - first`` nodes on.
"""

from __future__ import annotations

import math
import struct
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scrubkit.core.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

try:
    _trees: Any = import_module("scrubkit.kernels._trees")
except ImportError:  # no compiler at installation: the NumPy reference serves
    _trees = None

__all__ = ["MAGIC", "MAX_LEAVES", "Trees", "load", "pack"]

MAGIC = b"SKTREES\x01"
MAX_LEAVES = 32
"""What the kernel and its reference hold of a tree: 31 nodes, as LightGBM grows them by default."""

_ALL = 0xFFFFFFFF
_LITTLE = struct.pack("=H", 1) == struct.pack("<H", 1)


@dataclass(frozen=True, slots=True)
class _Shape:
    sizes: array[int]
    features: array[int]
    thresholds: array[float]
    first: array[int]
    middle: array[int]
    values: array[float]
    leaves: array[float]


@dataclass(frozen=True, eq=False)
class Trees:
    """An additive ensemble of decision trees, each of at most 32 leaves.

    ``names`` are the features in the order of a row's columns. Made by :func:`load`; immutable, safe to share
    between threads.
    """

    names: tuple[str, ...]
    shape: _Shape = field(repr=False)

    def __len__(self) -> int:
        """Return the number of trees."""
        return len(self.shape.sizes)

    def over(self, names: Sequence[str]) -> Trees:
        """Return the same trees reading rows with other columns; ``names`` must hold every feature of these.

        Raises ``KeyError`` for a feature that is missing.
        """
        place = {name: i for i, name in enumerate(names)}
        columns = [place[name] for name in self.names]
        return Trees(tuple(names), replace(self.shape, features=array("H", [columns[f] for f in self.shape.features])))

    @cached_property
    def _forest(self) -> Any:
        s = self.shape
        return _trees.Forest(self.names, s.sizes, s.features, s.thresholds, s.first, s.middle, s.values, s.leaves)

    def scores(self, rows: array[float], count: int) -> array[float]:
        """Return the raw score (log-odds) of ``count`` rows held in one row-major ``array('f')``.

        This is the form the block model uses: no NumPy is loaded where the kernel is compiled. Raises
        ``ValueError`` where the numbers do not make up ``count`` rows. A NaN counts as 0, as in LightGBM.
        """
        out = array("d", bytes(8 * count))
        if _trees is not None:
            self._forest.scores(rows, out)
            return out
        import numpy as np

        flat = np.frombuffer(rows, dtype=np.float32) if count else np.zeros(0, np.float32)
        if flat.size != count * len(self.names):
            raise ValueError(f"{flat.size} numbers are not {count} rows of {len(self.names)}")
        return array("d", self.reference_scores(flat.reshape(count, len(self.names))).tobytes())

    def probabilities(self, rows: array[float], count: int) -> array[float]:
        """Return the probability of each of ``count`` rows: the logistic function of :meth:`scores`."""
        if _trees is not None:
            out = array("d", bytes(8 * count))
            self._forest.scores(rows, out, True)
            return out
        # Cannot overflow: some hundred leaves add up to some tens.
        return array("d", [1.0 / (1.0 + math.exp(-raw)) for raw in self.scores(rows, count)])

    def raw_scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the raw score (log-odds) of each row of a float32 array of shape ``(n, len(names))``.

        Equal to LightGBM's ``predict(raw_score=True)``. Raises ``ValueError`` for another shape.
        """
        import numpy as np

        rows = np.ascontiguousarray(features, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != len(self.names):
            raise ValueError(f"features have shape {rows.shape}, expected (n, {len(self.names)})")
        if _trees is None:
            return self.reference_scores(rows)
        out = np.empty(rows.shape[0], dtype=np.float64)
        self._forest.scores(rows.reshape(-1), out)
        return out

    def reference_scores(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what :meth:`raw_scores` returns, by NumPy alone: one pass over all rows for each tree."""
        import numpy as np

        shape = self.shape
        clean = np.where(np.isnan(rows), np.float32(0), rows)
        feature, threshold = np.array(shape.features, np.int64), np.array(shape.thresholds, np.float32)
        masks, leaves = np.array(_masks(shape), np.uint32), np.array(shape.leaves, np.float64)
        total = np.zeros(rows.shape[0])
        node = leaf = 0
        for size in shape.sizes:
            if size:
                at = slice(node, node + size)
                above = clean[:, feature[at]] > threshold[at]
                alive = np.bitwise_and.reduce(np.where(above, masks[at], np.uint32(_ALL)), axis=1)
                exit_leaf = np.log2((alive & (~alive + np.uint32(1))).astype(np.float64)).astype(np.int64)
            else:
                exit_leaf = np.zeros(rows.shape[0], np.int64)
            total += leaves[leaf + exit_leaf]
            node, leaf = node + size, leaf + size + 1
        return total

    def explain(self, row: array[float], *, trees: int | None = None) -> array[float]:
        """Return how much each feature moved the raw score of one row, in log-odds, on the row's way down the trees.

        Every split moves the score from the mean of the training rows at a node to that at its child; the move is
        booked to the feature of the split (Saabas's path attribution). ``trees`` bounds how many trees are walked.
        The moves and the trees' root means add up to the score.
        """
        count = len(self) if trees is None else min(trees, len(self))
        out = array("d", bytes(8 * len(self.names)))
        if _trees is not None:
            self._forest.explain(row, count, out)
        else:
            self._explain(row, count, out)
        return out

    def strongest(self, rows: array[float], which: Sequence[int], count: int) -> list[dict[str, float]]:
        """Return for some of the rows the features that moved their raw scores most, by name, to two decimals.

        The largest comes first, of equal ones the first. Raises ``ValueError`` where there is no such row.
        """
        if _trees is not None:
            found: list[dict[str, float]] = self._forest.strongest(rows, which, count)
            return found
        names = self.names
        return [{names[i]: round(move, 2) for i, move in self._strongest(rows, row, count)} for row in which]

    def _strongest(self, rows: array[float], row: int, count: int) -> list[tuple[int, float]]:
        width = len(self.names)
        if (row + 1) * width > len(rows):
            raise ValueError(f"there is no row {row}")
        moves = array("d", bytes(8 * width))
        self._explain(rows[row * width : (row + 1) * width], len(self), moves)
        order = sorted(range(width), key=lambda i: -abs(moves[i]))
        return [(i, moves[i]) for i in order[:count]]

    def _explain(self, row: Sequence[float], count: int, out: array[float]) -> None:
        shape = self.shape
        base = leaf = 0
        for size in shape.sizes[:count]:
            node, low, high = base, 0, size + 1
            while high - low > 1:
                feature, here, middle = shape.features[node], shape.values[node], shape.middle[node]
                x = row[feature]
                if (x if x == x else 0.0) > shape.thresholds[node]:
                    node, low = node + middle - low, middle
                else:
                    node, high = node + 1, middle
                out[feature] += (shape.values[node] if high - low > 1 else shape.leaves[leaf + low]) - here
            base, leaf = base + size, leaf + size + 1


def _masks(shape: _Shape) -> list[int]:
    """Return for each node the leaves that stay when a row is above its threshold, as bits."""
    return [_ALL ^ ((1 << b) - (1 << a)) for a, b in zip(shape.first, shape.middle, strict=True)]


def _array(code: str, data: bytes) -> array[Any]:
    out: array[Any] = array(code)
    out.frombytes(data)
    if not _LITTLE:
        out.byteswap()
    return out


def load(data: bytes) -> Trees:
    """Return the trees held in the bytes of a model file.

    Raises :class:`~scrubkit.core.errors.InputError` where the bytes are not such a file, are of another version,
    or do not match their checksum.

    >>> stump = pack(("length",), [[(0, 2.0, 0, 1, 0.0)]], [[-1.0, 1.5]])
    >>> load(stump).scores(array("f", [1.0, 3.0]), 2)
    array('d', [-1.0, 1.5])
    """
    if data[:8] != MAGIC:
        raise InputError("these bytes are not a tree model of version 1", remedy="train and export the model anew")
    if len(data) < 32 or zlib.crc32(data[12:]) != struct.unpack_from("<I", data, 8)[0]:
        raise InputError("the tree model is damaged: its checksum differs", remedy="install the package anew")
    trees, nodes, leaves, features, names_size = struct.unpack_from("<5I", data, 12)
    at = 32 + names_size
    names = tuple(data[32:at].decode().split("\n")) if names_size else ()
    columns: list[array[Any]] = []
    for code, width, count in (
        ("B", 1, trees), ("H", 2, nodes), ("f", 4, nodes), ("B", 1, nodes), ("B", 1, nodes), ("f", 4, nodes),
        ("d", 8, leaves),
    ):  # fmt: skip
        columns.append(_array(code, data[at : at + width * count]))
        at += width * count
    shape = _Shape(*columns)
    if at != len(data) or len(names) != features or leaves != nodes + trees or sum(shape.sizes) != nodes:
        raise InputError("the tree model is damaged: its parts do not fit", remedy="install the package anew")
    limits = [size for size in shape.sizes for _ in range(size)]
    inside = all(a < b <= n for a, b, n in zip(shape.first, shape.middle, limits, strict=True))
    if not inside or max(shape.features, default=0) >= max(features, 1) or max(shape.sizes, default=0) >= MAX_LEAVES:
        raise InputError("the tree model is damaged: a node is out of range", remedy="install the package anew")
    return Trees(names, shape)


Node = tuple[int, float, int, int, float]
"""``(feature, threshold, first leaf, first leaf of the right child, mean score)``."""


def pack(names: Sequence[str], nodes: Sequence[Sequence[Node]], leaves: Sequence[Sequence[float]]) -> bytes:
    """Return the bytes of a model file: for each tree its nodes in pre-order and its leaves from left to right.

    Raises ``ValueError`` for a tree of more than 32 leaves, or one whose leaves are not its nodes and one more.
    """
    if any("\n" in name or not name for name in names) or len(set(names)) != len(names):
        raise ValueError("feature names must be distinct, not empty, and without line ends")
    for tree, (inner, outer) in enumerate(zip(nodes, leaves, strict=True)):
        if len(outer) != len(inner) + 1 or len(outer) > MAX_LEAVES:
            raise ValueError(f"tree {tree} has {len(inner)} nodes and {len(outer)} leaves (at most {MAX_LEAVES})")
    flat = [node for tree_nodes in nodes for node in tree_nodes]
    text = "\n".join(names).encode()
    body = [
        struct.pack("<5I", len(nodes), len(flat), sum(map(len, leaves)), len(names), len(text)),
        text,
        struct.pack(f"<{len(nodes)}B", *map(len, nodes)),
        struct.pack(f"<{len(flat)}H", *(node[0] for node in flat)),
        struct.pack(f"<{len(flat)}f", *(node[1] for node in flat)),
        struct.pack(f"<{len(flat)}B", *(node[2] for node in flat)),
        struct.pack(f"<{len(flat)}B", *(node[3] for node in flat)),
        struct.pack(f"<{len(flat)}f", *(node[4] for node in flat)),
        *(struct.pack(f"<{len(tree)}d", *tree) for tree in leaves),
    ]
    rest = b"".join(body)
    return MAGIC + struct.pack("<I", zlib.crc32(rest)) + rest
