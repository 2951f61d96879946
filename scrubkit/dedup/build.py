"""From clusters as arrays to the result: keepers, verdicts, what is dropped, evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.bands import packed
from scrubkit.dedup.choose import Candidates, Keep, choose
from scrubkit.dedup.compared import Codes, Compared
from scrubkit.dedup.direction import Side, direction_of, named
from scrubkit.dedup.evidence import evidence_of
from scrubkit.dedup.result import Clusters, Edge, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.dedup.search import Found

__all__ = ["build"]

_BLOCK = 20_000


def build(
    found: Found,
    ids: Sequence[str],
    about: Candidates,
    *,
    keep: Keep,
    min_coverage: float,
    full: bool = False,
    own: int | None = None,
) -> Clusters:
    """Return the result for the given ids and policy; with ``full`` every edge carries its full evidence.

    Documents from position ``own`` on are references: the first one in a cluster is its keeper, none is dropped.
    Edges are made when they are asked for.
    """
    size = len(ids)
    own = size if own is None else own
    first = found.label == np.arange(size)
    room = found.room
    cluster_of = room.keep((np.cumsum(first) - 1)[found.label] if size else np.zeros(0, np.int64))
    sizes = room.keep(np.bincount(cluster_of, minlength=int(first.sum())))
    keepers = np.flatnonzero(first)
    multiple = np.flatnonzero(sizes[cluster_of] > 1)
    order = multiple[np.argsort(cluster_of[multiple], kind="stable")]
    del first, multiple
    room.release()
    _choose(keepers, order, cluster_of, keep, about, own)
    keepers = room.keep(keepers)
    keeper = keepers[cluster_of[order]]
    against = np.where(keeper < 0, found.label[order], keeper)
    compared = order != keeper
    docs, against = order[compared], against[compared]
    verdicts = room.filled(size, "<U8", "")
    score, coverage = room.filled(size, np.float64, np.nan), room.filled(size, np.float64, np.nan)
    dropped = room.filled(size, np.bool_, 0)
    edges = _Scores(found)
    for at in range(0, len(docs), _BLOCK):
        part, other = docs[at : at + _BLOCK], against[at : at + _BLOCK]
        pairs = Compared(found, part, other, about.dates)
        verdicts[part] = pairs.verdicts
        coverage[part] = pairs.coverage()
        score[part] = edges.of(part, other, pairs)
        dropped[part] = coverage[part] >= min_coverage
        room.release()
    dropped |= keepers[cluster_of] < 0
    dropped[own:] = False
    stats = {
        **found.stats,
        "clusters": len(sizes),
        "dropped": int(dropped.sum()),
        "duplicates": len(docs),
        "largest_cluster": int(sizes.max()) if size else 0,
    }
    outcome = Outcome(ids, own, cluster_of, keepers, sizes, verdicts, score, coverage, dropped, stats)
    return Clusters(outcome, _Edges(found, ids, about, cluster_of, full=full))


def _choose(
    keepers: NDArray[np.int64],
    order: NDArray[np.int64],
    cluster_of: NDArray[np.int64],
    keep: Keep,
    about: Candidates,
    own: int,
) -> None:
    """Write the keeper of each cluster of two and more, -1 where none stays."""
    cluster = cluster_of[order]
    begin = np.flatnonzero(np.append(True, cluster[1:] != cluster[:-1])) if len(order) else np.zeros(0, np.int64)
    if keep == "longest":
        best = np.lexsort((order, -np.asarray(about.lengths)[order], cluster))
        keepers[cluster[begin]] = order[best[begin]]
    else:
        for at, end in zip(begin.tolist(), [*begin[1:].tolist(), len(order)], strict=True):
            chosen = choose(order[at:end].tolist(), keep, about)
            keepers[cluster[at]] = -1 if chosen is None else chosen
    references = order[order >= own][::-1]  # the first one of a cluster is written last
    keepers[cluster_of[references]] = references


class _Scores:
    """Scores of documents against others: an edge's, else the Jaccard, which is all that is known then."""

    def __init__(self, found: Found) -> None:
        self.found, self.codes = found, Codes(packed(found.left, found.right))

    def of(self, docs: NDArray[np.int64], others: NDArray[np.int64], pairs: Compared) -> NDArray[np.float64]:
        stand_in = self.found.copies.stand_in
        at = self.codes.find(packed(stand_in[docs], stand_in[others]))
        jaccard = pairs.shares[:, 0].astype(np.float64)
        known = np.where(at < 0, jaccard, self.found.score[at]) if len(self.found.score) else jaccard
        return np.asarray(np.round(np.where(pairs.same, 1.0, np.maximum(known, jaccard)), 4), np.float64)


class _Edges:
    """The verified edges, made when asked for."""

    def __init__(
        self,
        found: Found,
        ids: Sequence[str],
        about: Candidates,
        cluster_of: NDArray[np.int64],
        *,
        full: bool,
    ) -> None:
        self.found, self.ids, self.about, self.cluster_of, self.full = found, ids, about, cluster_of, full

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Left < right and score of all edges within clusters, each once; kept, as rows ask for it block by block."""
        near, leader = self.found.copies.near, self.found.copies.leader
        copies = np.flatnonzero(leader != np.arange(len(leader)))
        # the near layer's own pairs, then those of the rewrite layer that it does not have, then exact copies
        left = np.concatenate([near.left, self.found.left, leader[copies]])
        right = np.concatenate([near.right, self.found.right, copies])
        score = np.concatenate([near.jaccard.astype(np.float64), self.found.score, np.ones(len(copies))])
        low, high = np.minimum(left, right), np.maximum(left, right)
        order = np.lexsort((np.arange(len(low)), high, low))
        low, high, score = low[order], high[order], score[order]
        one = np.append(True, (low[1:] != low[:-1]) | (high[1:] != high[:-1]))[: len(low)]
        one &= self.cluster_of[low] == self.cluster_of[high]
        return low[one], high[one], score[one]

    @cached_property
    def _codes(self) -> Codes:
        left, right, _ = self._pairs
        return Codes(packed(left, right))

    def inside(self) -> Iterator[Edge]:
        """Yield the edges within clusters, ascending by their documents."""
        left, right, score = self._pairs
        for at in range(0, len(left), _BLOCK):
            part = slice(at, at + _BLOCK)
            yield from self._edges(left[part], right[part], score[part])

    def between(self, docs: NDArray[np.int64], others: NDArray[np.int64]) -> Iterator[Edge | None]:
        """Yield the edge of each pair of documents, ``None`` where they have none."""
        left, right, score = self._pairs
        at = self._codes.find(packed(docs, others))
        known = at[at >= 0]
        made = self._edges(left[known], right[known], score[known])
        yield from (next(made) if place >= 0 else None for place in at.tolist())

    def _edges(self, left: NDArray[np.int64], right: NDArray[np.int64], score: NDArray[np.float64]) -> Iterator[Edge]:
        pairs = Compared(self.found, left, right, self.about.dates)
        for at, (a, b, sure) in enumerate(zip(left.tolist(), right.tolist(), score.tolist(), strict=True)):
            evidence = pairs.numbers(at)
            if self.full:
                texts = [self.found.corpus.text(i) for i in (a, b)]
                evidence |= evidence_of(*texts)
                held = evidence["a_in_b"], evidence["b_in_a"]
                sides = [
                    Side(text, self.about.dates[i], self.about.sources[i], share)
                    for text, i, share in zip(texts, (a, b), held, strict=True)
                ]
                evidence["direction"] = named(direction_of(*sides), self.ids[a], self.ids[b])
            yield Edge(self.ids[a], self.ids[b], str(pairs.verdicts[at]), round(sure, 4), evidence, (a, b))

    def release(self) -> None:
        """Give back memory of what lies in files."""
        self.found.room.release()

    def related(self) -> Iterator[Edge]:
        """Yield the pairs that are no duplicates but tell of the same event."""
        text = self.found.corpus.text
        for a, b, score in zip(*(column.tolist() for column in self.found.related), strict=True):
            if self.cluster_of[a] != self.cluster_of[b]:
                evidence = evidence_of(text(a), text(b)) if self.full else {}
                yield Edge(self.ids[a], self.ids[b], "same event", round(score, 4), evidence, (a, b))
