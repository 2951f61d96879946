"""The exact and the near layer: equal folded words, and verified Jaccard over word shingles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.bands import NO_BUCKETS, BandKeys, Bands, Buckets, split_codes
from scrubkit.dedup.room import Room
from scrubkit.kernels.buffers import distinct
from scrubkit.kernels.groups import components
from scrubkit.kernels.pairs import overlap
from scrubkit.kernels.sketch import Corpus, Sketch, Texts, grams

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "SAME_JACCARD",
    "Near",
    "agreement",
    "exact_leaders",
    "near_edges",
    "of_like_length",
    "shared",
    "stands_in",
    "threshold",
]

SAME_JACCARD = 0.9
"""From this Jaccard on, and with lengths within 15 %, copies are looked at once for rewrites."""

_SAME_LENGTH = 0.15

# Shingles held at once while pairs are verified: 8 MB, which the allocator gives again without clearing it.
_CHUNK = 500_000


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Verified pairs: positions, Jaccard, share of each one's shingles found in the other; and what was uneven."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    jaccard: NDArray[np.float32]
    in_right: NDArray[np.float32]
    in_left: NDArray[np.float32]
    candidates: int = 0
    buckets: Buckets = NO_BUCKETS


def exact_leaders(corpus: Corpus | Texts, sketch: Sketch) -> NDArray[np.int64]:
    """Return for each document the first one with the same folded words.

    Documents without a word (marks, symbols) are equal when their bytes without blanks at the ends are; empty
    documents equal nothing, not even each other.
    """
    size = len(corpus)
    leader = np.arange(size)
    worded = np.flatnonzero(_has_words(corpus, sketch))
    if len(worded):
        x, y = (np.ascontiguousarray(sketch.text[worded, column]) for column in (0, 1))
        order = np.lexsort((y, x))
        x, y = x[order], y[order]
        first = np.append(True, (x[1:] != x[:-1]) | (y[1:] != y[:-1]))
        begin = np.flatnonzero(first)
        leader[worded[order]] = np.repeat(worded[order[begin]], np.diff(np.append(begin, len(order))))
    seen: dict[bytes, int] = {}
    for i in np.setdiff1d(np.arange(size), worded, assume_unique=True).tolist():
        bare = corpus.raw(i).strip()
        if bare:
            leader[i] = seen.setdefault(bare, i)
    return leader


def _has_words(corpus: Corpus | Texts, sketch: Sketch) -> NDArray[np.bool_]:
    """Whether a document has any word: a text without one has the start values as its hash."""
    empty = np.array([0xCBF29CE484222325, 0x9E3779B97F4A7C15], np.uint64)
    return np.asarray((sketch.text != empty).any(axis=1) & (np.diff(corpus.offsets) > 0))


def near_edges(
    corpus: Corpus | Texts,
    sketch: Sketch,
    which: NDArray[np.int64],
    *,
    n: int,
    jaccard: float,
    bands: Bands,
    room: Room | None = None,
) -> Near:
    """Return the pairs among the documents ``which`` whose shingle sets have at least this Jaccard similarity.

    Candidates come from the bands; each is verified on the shingles themselves, so no pair below the threshold is
    returned and one at it is missed with :func:`~scrubkit.dedup.bands.miss_probability`. Pairs ascend by their right
    document, then their left one. With a ``room`` no more than its memory is used at once.
    """
    room = room or Room()
    keys = BandKeys(len(corpus), bands, room)
    usable = which[sketch.words[which] > 0]
    row = 4 * max(1, sketch.signatures.shape[1])
    for at in range(0, len(usable), max(1, room.chunk // row)):
        part = usable[at : at + max(1, room.chunk // row)]
        keys.add(part, _rows(sketch.signatures, part))
        room.release()
    codes, buckets = keys.pairs()
    columns = [room.column(kind) for kind in (np.int64, np.int64, np.float32, np.float32, np.float32)]
    candidates = 0
    least = threshold(jaccard, sketch.signatures.shape[1])
    for block in _blocks(codes, room):
        left, right = split_codes(block)
        candidates += len(left)
        likely = agreement(sketch.signatures, left, right, room) >= least
        left, right = left[likely], right[likely]
        measures = shared(corpus, left, right, n=n, room=room)
        ok = measures[:, 0] >= jaccard
        for column, values in zip(columns, (left, right, *measures.T), strict=True):
            column.add(values[ok])
    found = [column.array() for column in columns]
    return Near(found[0], found[1], found[2], found[3], found[4], candidates, buckets)


def threshold(jaccard: float, perms: int) -> float:
    """Return from which agreement of two signatures on a pair may have this Jaccard similarity.

    Agreement is unbiased with deviation ``sqrt(J(1 - J) / perms)``; four of them lose one pair in 30,000.

    >>> round(threshold(0.8, 128), 3)
    0.659
    """
    return jaccard - 4 * math.sqrt(jaccard * (1 - jaccard) / max(1, perms))


def of_like_length(x: NDArray[np.int32], y: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which texts of so many words are about equally long: within 15 %."""
    return np.asarray(np.abs(np.log(np.maximum(x, 1) / np.maximum(y, 1))) < _SAME_LENGTH, np.bool_)


def stands_in(near: Near, words: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which pairs are so near that one stands for the other in the rewrite layer; ``words`` a document."""
    return np.asarray((near.jaccard >= SAME_JACCARD) & of_like_length(words[near.left], words[near.right]), np.bool_)


def _blocks(codes: Iterable[NDArray[np.uint64]], room: Room) -> Iterator[NDArray[np.uint64]]:
    """Yield distinct ascending codes, small parts joined to what is worth a call."""
    held: list[NDArray[np.uint64]] = []
    for part in codes:
        if len(part):
            held.append(distinct(part))
        if sum(map(len, held)) >= room.chunk // 64:
            yield np.concatenate(held)
            held = []
    if held:
        yield np.concatenate(held)


def _rows(signatures: NDArray[np.uint32], rows: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return these rows, ascending, without a copy where they are neighbours."""
    whole = len(rows) and rows[-1] - rows[0] + 1 == len(rows)
    return signatures[rows[0] : rows[-1] + 1] if whole else signatures[rows]


def agreement(
    signatures: NDArray[np.uint32], left: NDArray[np.int64], right: NDArray[np.int64], room: Room | None = None
) -> NDArray[np.float32]:
    """Return float32 (pairs): the share of the permutations on which two signatures agree."""
    room = room or Room()
    out = np.empty(len(left), np.float32)
    step = max(1, min(50_000, room.rows // 2))
    for at in range(0, len(left), step):
        part = slice(at, at + step)
        out[part] = (signatures[left[part]] == signatures[right[part]]).mean(axis=1)
        room.release()
    return out


def _by_group(left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the order in which pairs of one group of copies follow each other: each document is read once for all."""
    known, number = np.unique(np.concatenate([left, right]), return_inverse=True)
    a, b = number[: len(left)], number[len(left) :]
    return np.argsort(components(len(known), a, b)[b] * len(known) + b, kind="stable")


def shared(
    corpus: Corpus | Texts, left: NDArray[np.int64], right: NDArray[np.int64], *, n: int, room: Room | None = None
) -> NDArray[np.float32]:
    """Return float32 (pairs, 3): Jaccard, share of left's shingles in right, share of right's in left.

    Memory is bounded by chunks of pairs, whatever the number of documents.
    """
    room = room or Room()
    out = np.zeros((len(left), 3), np.float32)
    order = _by_group(left, right)
    size = np.diff(corpus.offsets)
    # a word is two bytes at least, six on average: an eighth of the chunk's documents are read twice at worst
    cost = np.cumsum(size[left[order]] + size[right[order]]) // 4
    at = 0
    while at < len(order):
        done = int(cost[at - 1]) if at else 0
        end = at + max(1, int(np.searchsorted(cost[at:], done + min(_CHUNK, room.chunk // 8))))
        end = min(end, at + max(1, room.rows // 2))
        part = order[at:end]
        which, index = np.unique(np.concatenate([left[part], right[part]]), return_inverse=True)
        values, offsets = grams(corpus, n, which)
        out[part] = overlap(values, offsets, index[: len(part)], index[len(part) :])
        room.release()
        at = end
    return out
