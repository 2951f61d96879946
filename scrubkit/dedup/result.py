"""Clusters, edges and verdicts: what the search for duplicates returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrubkit.core import show
from scrubkit.core.errors import ScrubkitError

__all__ = ["DUPLICATE_VERDICTS", "VERDICTS", "Cluster", "Clusters", "Edge"]

VERDICTS: tuple[str, ...] = ("exact", "reprint", "abridged", "updated", "rewrite", "same event", "unrelated")
"""How two documents relate. The first five are duplicates; *same event* never is."""

DUPLICATE_VERDICTS: tuple[str, ...] = VERDICTS[:5]

# Below this many documents a share dropped says nothing: two of three may well be copies.
_GUARD_FROM = 20


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
class Clusters(Sequence[Cluster]):
    """All clusters of a run in the order of their first document; every document stands in exactly one.

    ``verdicts[i]``, ``scores[i]`` and ``coverage[i]`` relate document ``i`` to the keeper of its cluster (``None`` for
    keepers and single documents): coverage is the share of document ``i`` that its keeper holds. ``dropped`` are the
    positions whose keeper covers them; other members are only tagged. ``related`` are verified pairs that are no
    duplicates (*same event*). Documents from position ``own`` on are references. ``stats``
    says how the run went: scheme, bands, counts, oversized buckets.
    """

    ids: tuple[str, ...]
    clusters: tuple[Cluster, ...]
    cluster_of: tuple[int, ...]
    verdicts: tuple[str | None, ...]
    scores: tuple[float | None, ...]
    coverage: tuple[float | None, ...]
    dropped: frozenset[int]
    related: tuple[Edge, ...] = ()
    stats: Mapping[str, Any] = field(default_factory=dict)
    own: int | None = None

    def __len__(self) -> int:
        """How many clusters, those of one document too."""
        return len(self.clusters)

    def __getitem__(self, index: Any) -> Any:
        """Return a cluster, or several for a slice."""
        return self.clusters[index]

    def __iter__(self) -> Iterator[Cluster]:
        """Iterate over the clusters."""
        return iter(self.clusters)

    @property
    def duplicates(self) -> tuple[Cluster, ...]:
        """The clusters of two and more."""
        return tuple(c for c in self.clusters if len(c) > 1)

    def _repr_html_(self) -> str:
        """Show the clusters of two and more in a notebook, one document a row under what stays."""
        found = self.duplicates
        rows = (
            (
                c.keeper if at == 0 else "",
                name,
                self.verdicts[i] or "",
                "" if (s := self.scores[i]) is None else f"{s:.2f}",
            )
            for c in found
            for at, (name, i) in enumerate(
                (n, i) for n, i in zip(c.members, c.positions, strict=True) if i != c.keeper_at
            )
        )
        copies = sum(len(c) - (c.keeper_at is not None) for c in found)
        head = show.heading(
            "Duplicates", f"{len(self.ids):,} documents", f"{len(found):,} clusters", f"{copies:,} copies"
        )
        return f"<div>{head}{show.table(('stays', 'repeats it', 'verdict', 'score'), rows, copies)}</div>"

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a document in input order, single documents too, references not.

        ``id`` · ``cluster`` (a number, 0 up, by first document) · ``keeper`` (whether this one stays for its cluster)
        · ``verdict`` (against the keeper; ``"unique"`` for a document alone, ``"keeper"`` for a keeper) · ``score`` ·
        ``of`` (the keeper's id for the others, else ``None``).
        """
        for i, name in enumerate(self.ids[: self.own]):
            cluster = self.clusters[self.cluster_of[i]]
            keeps = cluster.keeper_at == i
            of = None if keeps or len(cluster) == 1 else cluster.keeper
            own = "unique" if len(cluster) == 1 else "keeper" if keeps else self.verdicts[i]
            yield {
                "id": name,
                "cluster": self.cluster_of[i],
                "keeper": keeps,
                "verdict": own,
                "score": self.scores[i],
                "of": of,
            }

    def check_drop(self, max_drop: float) -> None:
        """Raise :class:`ScrubkitError` where more than the share ``max_drop`` (0 to 1) of the documents would go.

        Not applied below twenty documents, where a share says nothing.
        """
        size = len(self.ids) if self.own is None else self.own
        share = len(self.dropped) / max(1, size)
        if size >= _GUARD_FROM and share > max_drop:
            biggest = max(self.clusters, key=len)
            raise ScrubkitError(
                f"{len(self.dropped)} of {size} documents ({share:.0%}) would be dropped as duplicates, more "
                f"than the {max_drop:.0%} allowed; the largest cluster has {len(biggest)} documents, keeper "
                f"{biggest.keeper!r}",
                remedy="look at the largest clusters; if they are right raise max_drop",
            )
