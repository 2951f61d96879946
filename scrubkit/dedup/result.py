"""Clusters, edges and verdicts: what the search for duplicates returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from scrubkit.core import show
from scrubkit.core.errors import ScrubkitError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DUPLICATE_VERDICTS", "VERDICTS", "Cluster", "Clusters", "Edge", "Edges", "Outcome"]

VERDICTS: tuple[str, ...] = ("exact", "reprint", "abridged", "updated", "rewrite", "same event", "unrelated")
"""How two documents relate. The first five are duplicates; *same event* never is."""

DUPLICATE_VERDICTS: tuple[str, ...] = VERDICTS[:5]

# Below this many documents a share dropped says nothing: two of three may well be copies.
_GUARD_FROM = 20

# Documents whose rows are made at once.
_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Edge:
    """A verified pair of documents, by id and by position in the input.

    ``score`` (0 to 1) is how sure it is that the two are duplicates. ``evidence`` is data: the measures behind the
    verdict and, where asked for, aligned sentences, shared numbers, names and quotes.
    """

    a: str
    b: str
    verdict: str
    score: float
    evidence: Mapping[str, Any] = field(default_factory=dict)
    at: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Documents that say the same: the id that stays, all ids, the verified edges between them.

    ``keeper`` is ``None`` where none stays (``keep="none"``). ``positions`` are the members' places in the input
    (ids need not be unique, positions are), ``keeper_at`` the keeper's. A cluster of one has no edges.
    """

    keeper: str | None
    members: tuple[str, ...]
    edges: tuple[Edge, ...] = ()
    positions: tuple[int, ...] = ()
    keeper_at: int | None = None

    def __len__(self) -> int:
        """How many documents."""
        return len(self.members)

    def _repr_html_(self) -> str:
        """Show members and verified pairs in a notebook."""
        rows = ((e.a, e.b, e.verdict, f"{e.score:.2f}", show.evidence(e.evidence)) for e in self.edges)
        head = show.heading(f"{self.keeper} stays" if self.keeper else "none stays", f"{len(self)} documents")
        return f"<div>{head}{show.table(('one', 'other', 'verdict', 'score', 'evidence'), rows, len(self.edges))}</div>"


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of each document, as arrays.

    ``cluster_of`` the number of its cluster; of each cluster ``keepers`` (a position, -1 for none) and ``sizes``;
    ``verdicts`` (empty where there is none), ``score`` and ``coverage`` (NaN where there is none) against the keeper.
    """

    ids: Sequence[str]
    own: int
    cluster_of: NDArray[np.int64]
    keepers: NDArray[np.int64]
    sizes: NDArray[np.int64]
    verdicts: NDArray[np.str_]
    score: NDArray[np.float64]
    coverage: NDArray[np.float64]
    dropped: NDArray[np.bool_]
    stats: Mapping[str, Any]


class Edges(Protocol):
    """Where edges come from once they are asked for."""

    def inside(self) -> Iterator[Edge]:
        """Yield the edges within clusters."""
        ...

    def related(self) -> Iterator[Edge]:
        """Yield the pairs that are no duplicates."""
        ...

    def between(self, docs: NDArray[np.int64], others: NDArray[np.int64]) -> Iterator[Edge | None]:
        """Yield the edge of each pair, ``None`` where they have none."""
        ...

    def release(self) -> None:
        """Give back memory of what lies in files."""
        ...


class Clusters(Sequence[Cluster]):
    """All clusters of a run in the order of their first document; every document stands in exactly one.

    ``verdicts[i]``, ``scores[i]`` and ``coverage[i]`` relate document ``i`` to the keeper of its cluster (``None`` for
    keepers and single documents): coverage is the share of document ``i`` that its keeper holds. ``dropped`` are the
    positions whose keeper covers them; other members are only tagged. ``related`` are verified pairs that are no
    duplicates (*same event*). Documents from position ``own`` on are references. ``stats``
    says how the run went: scheme, bands, counts, oversized buckets.

    All but :meth:`rows` makes objects when asked, one a document or an edge.
    """

    def __init__(self, outcome: Outcome, edges: Edges) -> None:
        self.outcome, self._made = outcome, edges

    @property
    def ids(self) -> Sequence[str]:
        """The ids of all documents, references too."""
        return self.outcome.ids

    @property
    def own(self) -> int:
        """How many documents are no references."""
        return self.outcome.own

    @property
    def stats(self) -> Mapping[str, Any]:
        """How the run went."""
        return self.outcome.stats

    def _repr_html_(self) -> str:
        """Show in a notebook which document repeats which."""
        told = self.outcome
        keeper = told.keepers[told.cluster_of]
        copies = np.flatnonzero((told.sizes[told.cluster_of] > 1) & (keeper != np.arange(len(keeper))))
        first = copies[np.argsort(told.cluster_of[copies], kind="stable")[: show.MAX_ROWS]].tolist()
        rows = (
            (self.ids[keeper[i]] if keeper[i] >= 0 else "none", self.ids[i], told.verdicts[i], f"{told.score[i]:.2f}")
            for i in first
        )
        counts = (len(self.ids), "documents"), (int((told.sizes > 1).sum()), "clusters"), (len(copies), "copies")
        head = show.heading("Duplicates", *(f"{count:,} {name}" for count, name in counts))
        return f"<div>{head}{show.table(('stays', 'repeats it', 'verdict', 'score'), rows, len(copies))}</div>"

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """All clusters."""
        return tuple(self._cluster(at) for at in range(len(self)))

    @cached_property
    def cluster_of(self) -> tuple[int, ...]:
        """The number of each document's cluster."""
        return tuple(self.outcome.cluster_of.tolist())

    @cached_property
    def verdicts(self) -> tuple[str | None, ...]:
        """The verdict of each document against its keeper."""
        return tuple(verdict or None for verdict in self.outcome.verdicts.tolist())

    @cached_property
    def scores(self) -> tuple[float | None, ...]:
        """How sure each verdict is, 0 to 1."""
        return _optional(self.outcome.score)

    @cached_property
    def coverage(self) -> tuple[float | None, ...]:
        """The share of each document that its keeper holds."""
        return _optional(self.outcome.coverage)

    @cached_property
    def dropped(self) -> frozenset[int]:
        """The positions of documents whose keeper covers them."""
        return frozenset(np.flatnonzero(self.outcome.dropped).tolist())

    @cached_property
    def related(self) -> tuple[Edge, ...]:
        """Pairs that tell of the same event and are no duplicates."""
        return tuple(self._made.related())

    @cached_property
    def _edges(self) -> dict[int, list[Edge]]:
        out: dict[int, list[Edge]] = {}
        for edge in self._made.inside():
            out.setdefault(int(self.outcome.cluster_of[edge.at[0]]), []).append(edge)
        return out

    @cached_property
    def _members(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The documents by cluster, and where each cluster begins."""
        order = np.argsort(self.outcome.cluster_of, kind="stable")
        begin = np.zeros(len(self) + 1, np.int64)
        np.cumsum(self.outcome.sizes, out=begin[1:])
        return order, begin

    def _cluster(self, at: int) -> Cluster:
        order, begin = self._members
        members = order[begin[at] : begin[at + 1]].tolist()
        keeper = int(self.outcome.keepers[at])
        edges = tuple(self._edges.get(at, ())) if len(members) > 1 else ()
        return Cluster(
            None if keeper < 0 else self.ids[keeper],
            tuple(self.ids[i] for i in members),
            edges,
            tuple(members),
            None if keeper < 0 else keeper,
        )

    def __len__(self) -> int:
        """How many clusters, those of one document too."""
        return len(self.outcome.sizes)

    def __getitem__(self, index: Any) -> Any:
        """Return a cluster, or several for a slice."""
        if isinstance(index, slice):
            return tuple(self._cluster(at) for at in range(len(self))[index])
        return self._cluster(range(len(self))[index])

    @property
    def duplicates(self) -> Sequence[Cluster]:
        """The clusters of two and more."""
        return _Some(self, np.flatnonzero(self.outcome.sizes > 1))

    def rows(self, *, evidence: bool = False) -> Iterator[dict[str, Any]]:
        """Yield one row a document in input order, single documents too, references not.

        ``id`` · ``cluster`` (a number, 0 up, by first document) · ``keeper`` (whether this one stays for its cluster)
        · ``verdict`` (against the keeper; ``"unique"`` for a document alone, ``"keeper"`` for a keeper) · ``score`` ·
        ``of`` (the keeper's id for the others, else ``None``). With ``evidence`` those others also have ``coverage``
        and, where the two have an edge, its evidence.
        """
        for begin in range(0, self.own, _ROWS):
            part = slice(begin, min(begin + _ROWS, self.own))
            yield from self._rows(part, evidence=evidence)
            self._made.release()

    def _rows(self, part: slice, *, evidence: bool) -> Iterator[dict[str, Any]]:
        out = self.outcome
        cluster = out.cluster_of[part]
        keeper, alone, at = out.keepers[cluster], out.sizes[cluster] == 1, np.arange(part.start, part.stop)
        told = np.where(alone, "unique", np.where(keeper == at, "keeper", out.verdicts[part]))
        copies = ~alone & (keeper != at) & (keeper >= 0)
        edges: Iterator[Edge | None] = self._made.between(at[copies], keeper[copies]) if evidence else iter(())
        scores, coverage = _optional(out.score[part]), _optional(out.coverage[part])
        columns = zip(at.tolist(), cluster.tolist(), keeper.tolist(), told.tolist(), copies.tolist(), strict=True)
        for place, (i, number, kept, verdict, is_copy) in enumerate(columns):
            row = {
                "id": self.ids[i],
                "cluster": number,
                "keeper": kept == i,
                "verdict": verdict,
                "score": scores[place],
                "of": self.ids[kept] if is_copy else None,
            }
            if evidence and is_copy:
                edge = next(edges)
                row |= {"coverage": coverage[place], "evidence": dict(edge.evidence) if edge else None}
            yield row

    def check_drop(self, max_drop: float) -> None:
        """Raise :class:`ScrubkitError` where more than the share ``max_drop`` (0 to 1) of the documents would go.

        Not applied below twenty documents, where a share says nothing.
        """
        gone = int(self.outcome.dropped.sum())
        share = gone / max(1, self.own)
        if self.own >= _GUARD_FROM and share > max_drop:
            biggest = int(np.argmax(self.outcome.sizes))
            keeper = int(self.outcome.keepers[biggest])
            raise ScrubkitError(
                f"{gone} of {self.own} documents ({share:.0%}) would be dropped as duplicates, more "
                f"than the {max_drop:.0%} allowed; the largest cluster has {self.outcome.sizes[biggest]} documents, "
                f"keeper {None if keeper < 0 else self.ids[keeper]!r}",
                remedy="look at the largest clusters; if they are right raise max_drop",
            )


class _Some(Sequence[Cluster]):
    """Some of the clusters, made when asked for."""

    def __init__(self, clusters: Clusters, which: NDArray[np.int64]) -> None:
        self._clusters, self._which = clusters, which

    def __len__(self) -> int:
        return len(self._which)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple(self._clusters[int(at)] for at in self._which[index])
        return self._clusters[int(self._which[index])]


def _optional(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    """Return the numbers with ``None`` for NaN."""
    return tuple(None if value != value else value for value in values.tolist())
