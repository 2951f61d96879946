"""Clusters of duplicates, judged by pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from scrubkit.evaluation.gold import GoldCopy
from scrubkit.evaluation.lines import share

__all__ = ["PairError", "PairScores", "RelationScore", "labels_of", "score_pairs"]


@dataclass(frozen=True, slots=True)
class PairError:
    """Two documents wrongly put together (``merged``) or wrongly kept apart (``missed``)."""

    what: Literal["merged", "missed"]
    a: str
    b: str
    relation: str


@dataclass(frozen=True, slots=True)
class RelationScore:
    """Copies of one relation, and how many of them stand with another member of their cluster."""

    relation: str
    total: int
    found: int


@dataclass(frozen=True, slots=True)
class PairScores:
    """Pairs of documents: ``gold`` belong together, ``reported`` were put together, ``right`` are in both.

    ``same_event`` counts pairs of independent reports of one event, of which ``same_event_merged`` were put together.
    """

    documents: int
    gold: int
    reported: int
    right: int
    same_event: int
    same_event_merged: int
    relations: tuple[RelationScore, ...]
    errors: tuple[PairError, ...]

    @property
    def precision(self) -> float:
        """The share of the pairs put together that belong together."""
        return share(self.right, self.reported)

    @property
    def recall(self) -> float:
        """The share of the pairs that belong together that were put together."""
        return share(self.right, self.gold)


def labels_of(found: Any) -> Sequence[Any]:
    """Return one label a document: ``found.cluster_of`` where there is one, else ``found`` itself."""
    labels: Sequence[Any] = getattr(found, "cluster_of", found)
    return labels


def score_pairs(gold: Sequence[GoldCopy], labels: Mapping[str, Any]) -> PairScores:
    """Return how a clustering agrees with the gold, pair by pair.

    labels
        By source; documents with equal labels are said to be duplicates. Every source of the gold has one.

    Pairs and not clusters are counted, since a cluster that is half right should count for half; ``O(n²)`` pairs, so
    this is for gold of hundreds of documents.

    >>> gold = [GoldCopy("a", "x", "original"), GoldCopy("b", "x", "reprint"), GoldCopy("c", "c")]
    >>> scores = score_pairs(gold, {"a": 0, "b": 1, "c": 1})
    >>> scores.recall, [(e.what, e.a, e.b) for e in scores.errors]
    (0.0, [('missed', 'a', 'b'), ('merged', 'b', 'c')])
    """
    counts = dict.fromkeys(("gold", "reported", "right", "event", "event merged"), 0)
    errors: list[PairError] = []
    paired: set[str] = set()
    for one, two in combinations(gold, 2):
        wanted = one.cluster == two.cluster
        got = labels[one.source] == labels[two.source]
        event = not wanted and one.event is not None and one.event == two.event
        counts["gold"] += wanted
        counts["reported"] += got
        counts["right"] += wanted and got
        counts["event"] += event
        counts["event merged"] += event and got
        if wanted and got:
            paired |= {one.source, two.source}
        elif wanted:
            errors.append(PairError("missed", one.source, two.source, _relation(one, two)))
        elif got:
            errors.append(PairError("merged", one.source, two.source, "same event" if event else "unrelated"))
    return PairScores(
        documents=len(gold),
        gold=counts["gold"],
        reported=counts["reported"],
        right=counts["right"],
        same_event=counts["event"],
        same_event_merged=counts["event merged"],
        relations=_relations(gold, paired),
        errors=tuple(errors),
    )


def _relation(one: GoldCopy, two: GoldCopy) -> str:
    names = [copy.relation for copy in (one, two) if copy.relation != "original"]
    return " / ".join(dict.fromkeys(names)) or "original"


def _relations(gold: Sequence[GoldCopy], paired: set[str]) -> tuple[RelationScore, ...]:
    copies = [copy for copy in gold if copy.relation not in ("single", "original")]
    return tuple(
        RelationScore(
            name,
            sum(copy.relation == name for copy in copies),
            sum(copy.relation == name and copy.source in paired for copy in copies),
        )
        for name in sorted({copy.relation for copy in copies})
    )
