"""Clusters from verified edges: average link, and the collapse of near-exact copies before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels import groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LINK", "average_link", "collapse", "without_contradicted"]

LINK = 0.25
"""Two clusters merge when this share of the pairs between them are verified edges."""

# Pairs between two clusters that are asked for at most, per member of the smaller: a cluster of a thousand copies
# could otherwise never take in one more whose edges to it were capped.
_DENSE = 16


# Pairs of a document that is told apart and a copy of it that are looked up at once.
_LOOKED_UP = 1 << 20

Edges = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float64]"]
"""Left < right and score of each edge, ascending by left and right."""

Likeness = Callable[["NDArray[np.int64]", "NDArray[np.int64]"], "NDArray[Any]"]
"""How alike two documents are, for pairs of them: left and right."""


def without_contradicted(edges: Edges, apart: NDArray[np.uint64] | None, likeness: Likeness | None = None) -> Edges:
    """Return the edges without those that tie a copy to what its original is known to be different from.

    ``apart`` holds pairs, right << 32 | left. Where x and y are told apart, and z is more like x than like y, z and y
    are told apart too: an edited copy of one page of a template has lost what tells it from the other pages. How alike
    two are ``likeness`` says of chosen edges, left and right; without it the score does.

    >>> edges = np.array([0, 1]), np.array([2, 2]), np.array([0.9, 0.8])
    >>> [column.tolist() for column in without_contradicted(edges, np.array([1 << 32], np.uint64))]
    [[0], [2], [0.9]]
    """
    left, right, score = edges
    if apart is None or not len(apart) or not len(left):
        return edges
    kept = np.ones(len(left), np.bool_)
    for near, far in _rivals(left, right, apart):
        some, index = np.unique(np.concatenate([near, far]), return_inverse=True)
        alike = score[some] if likeness is None else likeness(left[some], right[some])
        less = alike[index[len(near) :]] < alike[index[: len(near)]]
        kept[far[less]] = False
    return left[kept], right[kept], score[kept]


def _rivals(
    left: NDArray[np.int64], right: NDArray[np.int64], apart: NDArray[np.uint64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield pairs of edges, by position, that tie one node to two nodes known to be different; each both ways round."""
    low, high = (apart & np.uint64(0xFFFFFFFF)).astype(np.int64), (apart >> np.uint64(32)).astype(np.int64)
    x, y = np.concatenate([low, high]), np.concatenate([high, low])
    ends, others = np.concatenate([left, right]), np.concatenate([right, left])
    order = np.argsort(ends, kind="stable")
    ends, others = ends[order], others[order]
    begin, end = np.searchsorted(ends, x), np.searchsorted(ends, x, "right")
    some = np.flatnonzero(end > begin)
    y, begin, counts = y[some], begin[some], (end - begin)[some]
    codes = (left << 32) | right
    done = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    at = 0
    while at < len(y):
        stop = max(at + 1, int(np.searchsorted(done, done[at] + _LOOKED_UP, "right")) - 1)
        own = np.repeat(np.arange(at, stop), counts[at:stop])
        place = begin[own] + np.arange(len(own)) - (done[own] - done[at])
        z, other = others[place], y[own]
        wanted = (np.minimum(z, other) << 32) | np.maximum(z, other)
        found = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        hit = codes[found] == wanted
        if hit.any():
            yield order[place[hit]] % len(left), found[hit]
        at = stop


def average_link(
    size: int,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    score: NDArray[np.float64],
    *,
    link: float = LINK,
) -> NDArray[np.int64]:
    """Return a label a node: the smallest node of its cluster.

    Edges are taken by falling score (ties by position); two clusters merge when at least ``link`` of the pairs
    between them are edges, so one wrong edge cannot chain two clusters into one. Connected components of the same
    edges lose four points of precision on news copies.

    >>> average_link(4, np.array([0, 2, 1]), np.array([1, 3, 2]), np.array([0.9, 0.8, 0.2])).tolist()
    [0, 0, 0, 0]
    """
    out = np.arange(size)
    if not len(left):
        return out
    root = groups.components(size, left, right)[left]
    order = np.lexsort((right, left, -score, root))
    left, right, root = left[order], right[order], root[order]
    begin = np.flatnonzero(np.append(True, root[1:] != root[:-1]))
    counts = np.diff(np.append(begin, len(root)))
    alone = counts == 1  # two documents and the edge between them
    out[right[begin[alone]]] = np.minimum(left, right)[begin[alone]]
    out[left[begin[alone]]] = out[right[begin[alone]]]
    rest = np.repeat(~alone, counts)
    component = np.repeat(np.arange(len(begin)), counts)[rest]
    _merge(out, left[rest], right[rest], component, link)
    return out


def _merge(
    out: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    component: NDArray[np.int64],
    link: float,
) -> None:
    """Write the labels of the nodes of components, whose edges stand in the order they are taken."""
    if not len(left):
        return
    # nodes numbered within their component, ascending
    nodes, index = np.unique(np.concatenate([left, right]), return_inverse=True)
    of = np.zeros(len(nodes), np.int64)
    of[index] = np.tile(component, 2)
    order = np.lexsort((nodes, of))
    begin = np.append(np.flatnonzero(np.append(True, np.diff(of[order]) > 0)), len(order))
    sizes = np.diff(begin)
    number = np.empty(len(nodes), np.int32)
    number[order] = np.arange(len(order)) - np.repeat(begin[:-1], sizes)
    a, b = number[index[: len(left)]], number[index[len(left) :]]
    edges = np.append(np.flatnonzero(np.append(True, np.diff(component) > 0)), len(component))
    names = nodes[order]
    small = np.flatnonzero(sizes <= groups.DENSE)
    label = groups.average_link((edges, begin, a, b), small, link, _DENSE)
    done = np.zeros(len(sizes), np.bool_)
    if label is not None:
        done[small] = True
        mine = np.repeat(done, sizes)
        out[names[mine]] = names[(np.repeat(begin[:-1], sizes) + label)[mine]]
    for at in np.flatnonzero(~done).tolist():
        part, own = slice(int(begin[at]), int(begin[at + 1])), slice(int(edges[at]), int(edges[at + 1]))
        found = _merged(int(sizes[at]), a[own].tolist(), b[own].tolist(), link)
        out[names[part]] = names[part.start + found]


def _merged(size: int, left: list[int], right: list[int], link: float) -> NDArray[np.int64]:
    """Return the labels of one component, however large: the plain statement of the kernel."""
    label = list(range(size))
    members: dict[int, list[int]] = {}
    between: dict[int, dict[int, int]] = {}
    for a, b in zip(left, right, strict=True):
        between.setdefault(a, {})[b] = 1
        between.setdefault(b, {})[a] = 1
    for a, b in zip(left, right, strict=True):
        x, y = label[a], label[b]
        if x == y:
            continue
        xs, ys = members.setdefault(x, [x]), members.setdefault(y, [y])
        if len(xs) < len(ys):
            x, y, xs, ys = y, x, ys, xs
        if between[x].get(y, 0) < link * min(len(xs) * len(ys), _DENSE * len(ys)):
            continue
        for node in ys:
            label[node] = x
        xs += ys
        del members[y]
        for other, edges in between.pop(y).items():
            del between[other][y]
            if other != x:
                between[x][other] = between[x].get(other, 0) + edges
                between[other][x] = between[x][other]
    least = np.arange(size)
    np.minimum.at(least, np.array(label, np.int64), np.arange(size))
    out: NDArray[np.int64] = least[np.array(label, np.int64)]
    return out


def collapse(size: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each node the earlier node it is joined to directly, else itself.

    No chains: a node joins a leader only by an edge with that leader. Five hundred reprints would otherwise push
    every word they share over the limits of what counts as rare.

    >>> collapse(3, np.array([0, 1]), np.array([1, 2])).tolist()
    [0, 0, 2]
    """
    leader = np.arange(size)
    codes = (right.astype(np.uint64) << np.uint64(32)) | left.astype(np.uint64)
    codes.sort()
    groups.collapse(leader, codes)
    return leader
