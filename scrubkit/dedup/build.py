"""From clusters as arrays to the result: keepers, verdicts, what is dropped, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.choose import Candidates, Keep, choose
from scrubkit.dedup.near import shared
from scrubkit.dedup.result import Cluster, Clusters, Edge
from scrubkit.dedup.verdict import Measures, duplicate_verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.dedup.search import Found

__all__ = ["build"]


def build(
    found: Found, ids: tuple[str, ...], about: Candidates, *, keep: Keep, min_coverage: float, evidence: str
) -> Clusters:
    """Return the result for the given ids and policy."""
    members = _members(found.label)
    cluster_of = np.zeros(len(ids), np.int64)
    keepers: list[int | None] = []
    for at, group in enumerate(members):
        cluster_of[group] = at
        keepers.append(group[0] if len(group) == 1 else choose(group, keep, about))
    edges = _edges(found, ids)
    towards = _Towards(found, members, keepers)
    grouped: list[list[Edge]] = [[] for _ in members]
    for edge in edges:
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
        (),
        stats,
    )


def _members(label: NDArray[np.int64]) -> list[list[int]]:
    """Return the positions of each cluster; clusters in the order of their first document."""
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [part.tolist() for part in np.split(order, cuts)] if len(label) else []


class _Towards:
    """Verdict, score and coverage of each document that is not its cluster's keeper, against the keeper.

    With ``keep="none"`` each document is compared with the first one of its cluster.
    """

    def __init__(self, found: Found, members: list[list[int]], keepers: list[int | None]) -> None:
        self.verdict: dict[int, str] = {}
        self.score: dict[int, float] = {}
        self.coverage: dict[int, float] = {}
        pairs = [
            (i, group[0] if keeper is None else keeper)
            for group, keeper in zip(members, keepers, strict=True)
            for i in group
            if len(group) > 1 and i != keeper
        ]
        known = {
            (a, b): score
            for a, b, score in zip(found.left.tolist(), found.right.tolist(), found.score.tolist(), strict=True)
        }
        leader = found.leader.tolist()
        left = np.array([leader[a] for a, _ in pairs], np.int64)
        right = np.array([leader[b] for _, b in pairs], np.int64)
        verdicts, measures = _verdicts(found, left, right)
        for at, (i, _) in enumerate(pairs):
            a, b = int(left[at]), int(right[at])
            self.verdict[i] = verdicts[at]
            self.coverage[i] = 1.0 if a == b else round(float(measures[at, 1]), 4)
            score = 1.0 if a == b else known.get((min(a, b), max(a, b)), float(measures[at, 0]))
            self.score[i] = round(score, 4)


def _verdicts(found: Found, left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[list[str], NDArray[np.float32]]:
    measures = shared(found.corpus, left, right, n=found.scheme.words)
    words = np.maximum(found.sketch.words, 1)
    out = []
    for at, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        if a == b:
            out.append("exact")
            continue
        jaccard, in_b, in_a = (float(x) for x in measures[at])
        na, nb = int(words[a]), int(words[b])
        in_longer, in_shorter = (in_b, in_a) if na <= nb else (in_a, in_b)
        out.append(duplicate_verdict(Measures(jaccard, in_longer, in_shorter, max(na, nb) / min(na, nb))))
    return out, measures


def _edges(found: Found, ids: tuple[str, ...]) -> list[Edge]:
    out: list[Edge] = []
    verdicts, measures = _verdicts(found, found.left, found.right)
    for at, (a, b) in enumerate(zip(found.left.tolist(), found.right.tolist(), strict=True)):
        numbers = {"jaccard": round(float(measures[at, 0]), 4), "a_in_b": round(float(measures[at, 1]), 4)}
        numbers["b_in_a"] = round(float(measures[at, 2]), 4)
        out.append(Edge(ids[a], ids[b], verdicts[at], round(float(found.score[at]), 4), numbers, (a, b)))
    for i, first in enumerate(found.leader.tolist()):
        if first != i:
            out.append(Edge(ids[first], ids[i], "exact", 1.0, {"jaccard": 1.0}, (first, i)))
    return out
