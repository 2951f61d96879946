"""From clusters as arrays to the result: keepers, verdicts, what is dropped, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.dedup.choose import Candidates, Keep, choose
from scrubkit.dedup.direction import Side, direction_of, named
from scrubkit.dedup.evidence import evidence_of
from scrubkit.dedup.near import shared
from scrubkit.dedup.result import Cluster, Clusters, Edge
from scrubkit.dedup.rewrite import FEATURES, measure
from scrubkit.dedup.verdict import Measures, duplicate_verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrubkit.dedup.search import Found

__all__ = ["build"]

_ALIGNED, _ALIGNED_LONG = FEATURES.index("aligned"), FEATURES.index("aligned_long")


def build(
    found: Found,
    ids: tuple[str, ...],
    about: Candidates,
    *,
    keep: Keep,
    min_coverage: float,
    texts: Sequence[str] | None = None,
    own: int | None = None,
) -> Clusters:
    """Return the result for the given ids and policy; with ``texts`` every edge carries its full evidence.

    Documents from position ``own`` on are references: the first one in a cluster is its keeper, none is dropped.
    """
    own = len(ids) if own is None else own
    members = _members(found.label)
    cluster_of = np.zeros(len(ids), np.int64)
    keepers: list[int | None] = []
    for at, group in enumerate(members):
        cluster_of[group] = at
        reference = next((i for i in group if i >= own), None)
        chosen = group[0] if len(group) == 1 else choose(group, keep, about) if reference is None else reference
        keepers.append(chosen)
    towards = _Towards(found, members, keepers, about.dates)
    grouped: list[list[Edge]] = [[] for _ in members]
    for edge in _edges(found, ids, texts, about):
        a, b = edge.at
        if cluster_of[a] == cluster_of[b]:
            grouped[cluster_of[a]].append(edge)
    clusters = tuple(
        Cluster(
            None if keeper is None else ids[keeper],
            tuple(ids[i] for i in group),
            tuple(grouped[at]),
            tuple(group),
            keeper,
        )
        for at, (group, keeper) in enumerate(zip(members, keepers, strict=True))
    )
    dropped = {i for i, share in towards.coverage.items() if share >= min_coverage}
    dropped |= {i for group, keeper in zip(members, keepers, strict=True) if keeper is None for i in group}
    dropped = {i for i in dropped if i < own}
    size = range(len(ids))
    stats = {**found.stats, "clusters": len(clusters), "dropped": len(dropped), "duplicates": len(towards.verdict)}
    return Clusters(
        ids,
        clusters,
        tuple(cluster_of.tolist()),
        tuple(towards.verdict.get(i) for i in size),
        tuple(towards.score.get(i) for i in size),
        tuple(towards.coverage.get(i) for i in size),
        frozenset(dropped),
        _related(found, ids, cluster_of, texts),
        stats,
        own,
    )


def _members(label: NDArray[np.int64]) -> list[list[int]]:
    """Return the positions of each cluster; clusters in the order of their first document."""
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [part.tolist() for part in np.split(order, cuts)] if len(label) else []


class _Pairs:
    """Verdict and measures of chosen pairs of positions."""

    def __init__(
        self,
        found: Found,
        left: NDArray[np.int64],
        right: NDArray[np.int64],
        dates: Sequence[str | None],
    ) -> None:
        self.positions, self.dates = (left, right), dates
        leader = found.copies.leader
        self.left, self.right = leader[left], leader[right]
        self.same = self.left == self.right
        self.shares = shared(found.corpus, self.left, self.right, n=found.scheme.words)
        self.shares[self.same] = 1.0
        self.words = np.maximum(found.sketch.words, 1)
        self.chain: NDArray[np.float32] | None = None
        if found.rewrites is not None:
            stems = found.rewrites.stems
            a, b = found.copies.row[self.left], found.copies.row[self.right]
            self.chain = measure(stems, a, b, least=0.0)
            sizes = np.diff(stems.offsets)
            self.left_is_short = (sizes[a] < sizes[b]) | ((sizes[a] == sizes[b]) & (a <= b))

    def verdict(self, at: int) -> str:
        if self.same[at]:
            return "exact"
        jaccard, in_right, in_left = (float(x) for x in self.shares[at])
        na, nb = int(self.words[self.left[at]]), int(self.words[self.right[at]])
        in_longer, in_shorter = (in_right, in_left) if na <= nb else (in_left, in_right)
        covered = None if self.chain is None else float(self.chain[at, _ALIGNED])
        a, b = self.dates[self.positions[0][at]], self.dates[self.positions[1][at]]
        later = None if a is None or b is None or a == b else (b > a) == (na <= nb)
        ratio = max(na, nb) / min(na, nb)
        return duplicate_verdict(Measures(jaccard, in_longer, in_shorter, ratio, min(na, nb), covered, later))

    def coverage(self, at: int) -> float:
        """Return the share of the left document that the right one holds: shingles, or the common chain of stems."""
        share = float(self.shares[at, 1])
        if self.chain is not None:
            share = max(share, float(self.chain[at, _ALIGNED if self.left_is_short[at] else _ALIGNED_LONG]))
        return round(share, 4)

    def numbers(self, at: int) -> dict[str, Any]:
        jaccard, a_in_b, b_in_a = (round(float(x), 4) for x in self.shares[at])
        out: dict[str, Any] = {"jaccard": jaccard, "a_in_b": a_in_b, "b_in_a": b_in_a}
        if self.chain is not None and not self.same[at]:
            row = self.chain[at]
            out |= {
                name: round(float(row[FEATURES.index(name)]), 4) for name in ("contained", "aligned", "order", "gap")
            }
        return out


class _Towards:
    """Verdict, score and coverage of each document that is not its cluster's keeper, against the keeper.

    With ``keep="none"`` each document is compared with the first one of its cluster.
    """

    def __init__(
        self, found: Found, members: list[list[int]], keepers: list[int | None], dates: Sequence[str | None]
    ) -> None:
        self.verdict: dict[int, str] = {}
        self.score: dict[int, float] = {}
        self.coverage: dict[int, float] = {}
        table = [
            (i, group[0] if keeper is None else keeper)
            for group, keeper in zip(members, keepers, strict=True)
            for i in group
            if len(group) > 1 and i != keeper
        ]
        left, right = np.array(table, np.int64).reshape(-1, 2).T
        pairs = _Pairs(found, left, right, dates)
        known = {
            (a, b): score
            for a, b, score in zip(found.left.tolist(), found.right.tolist(), found.score.tolist(), strict=True)
        }
        stand_in = found.copies.stand_in
        for at, (i, keeper) in enumerate(table):
            a, b = int(stand_in[i]), int(stand_in[keeper])
            self.verdict[i] = pairs.verdict(at)
            self.coverage[i] = 1.0 if pairs.same[at] else pairs.coverage(at)
            # a pair without an edge of its own is in the cluster by others: its Jaccard is all that is known
            score = 1.0 if pairs.same[at] else known.get((min(a, b), max(a, b)), float(pairs.shares[at, 0]))
            self.score[i] = round(max(score, float(pairs.shares[at, 0])), 4)


def _edges(found: Found, ids: tuple[str, ...], texts: Sequence[str] | None, about: Candidates) -> list[Edge]:
    near, leader = found.copies.near, found.copies.leader
    copies = np.flatnonzero(leader != np.arange(len(leader)))
    # the near layer's own pairs, then those of the rewrite layer that it does not have, then exact copies
    left = np.concatenate([near.left, found.left, leader[copies]])
    right = np.concatenate([near.right, found.right, copies])
    score = np.concatenate([near.jaccard.astype(np.float64), found.score, np.ones(len(copies))])
    _, first = np.unique(np.stack([np.minimum(left, right), np.maximum(left, right)]), axis=1, return_index=True)
    pairs = _Pairs(found, left[first], right[first], about.dates)
    out: list[Edge] = []
    for at, k in enumerate(first.tolist()):
        a, b = sorted((int(left[k]), int(right[k])))
        evidence = pairs.numbers(at)
        if texts is not None:
            # the measures are of the pair as it was found, the evidence of the earlier document and the later
            shares = evidence["a_in_b"], evidence["b_in_a"]
            held = shares if int(left[k]) == a else shares[::-1]
            evidence |= {"a_in_b": held[0], "b_in_a": held[1], **evidence_of(texts[a], texts[b])}
            sides = [
                Side(texts[i], about.dates[i], about.sources[i], share) for i, share in zip((a, b), held, strict=True)
            ]
            evidence["direction"] = named(direction_of(*sides), ids[a], ids[b])
        out.append(Edge(ids[a], ids[b], pairs.verdict(at), round(float(score[k]), 4), evidence, (a, b)))
    return out


def _related(
    found: Found, ids: tuple[str, ...], cluster_of: NDArray[np.int64], texts: Sequence[str] | None
) -> tuple[Edge, ...]:
    out = []
    for a, b, score in zip(*(column.tolist() for column in found.related), strict=True):
        if cluster_of[a] != cluster_of[b]:
            evidence = evidence_of(texts[a], texts[b]) if texts is not None else {}
            out.append(Edge(ids[a], ids[b], "same event", round(score, 4), evidence, (a, b)))
    return tuple(out)
