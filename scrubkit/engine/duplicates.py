"""The second stage: find the duplicates among the cleaned documents of a run."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrubkit.config import Dedup, size_of
from scrubkit.core.errors import ScrubkitError
from scrubkit.engine.rows import Row, as_json
from scrubkit.io.atomic import write_atomic

if TYPE_CHECKING:
    from scrubkit.dedup.result import Clusters

__all__ = ["Fate", "fates", "single"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What the search says of one document: its row of ``clusters.jsonl``, and whether it is dropped."""

    told: dict[str, Any]
    drop: bool = False
    code: str | None = None
    coverage: float | None = None

    @property
    def tag(self) -> dict[str, Any]:
        """What a kept duplicate says of itself under ``metadata.scrubkit``."""
        if self.told["of"] is None:
            return {}
        return {"duplicate": {key: self.told[key] for key in ("of", "verdict", "score", "cluster")}}


def fates(
    rows: Iterable[Row], dedup: Dedup, look: Path, **settings: Any
) -> tuple[Iterable[Fate] | None, Sequence[Any]]:
    """Return what becomes of each kept row, in order, and the clusters of two and more; ``None`` where none goes.

    The rows are read once, one after the other; no more than ``dedup.memory`` of what is made of them stays in memory.
    Raises :class:`~scrubkit.core.ScrubkitError` where more than ``dedup.max_drop`` would be dropped; the clusters
    are written to the file ``look`` then, so that a person can see whether they are right.
    """
    rows = iter(rows)
    first = list(islice(rows, 2))
    if len(first) < 2 or not dedup.enabled:
        deque(rows, maxlen=0)  # who gives them counts them as they pass
        return None, ()
    from scrubkit.dedup import find_duplicates

    found = find_duplicates(
        (_Kept(row) for row in chain(first, rows)),
        jaccard=dedup.jaccard,
        keep=dedup.keep,
        preferred=dedup.preferred_source,
        min_coverage=dedup.min_coverage,
        memory=size_of(dedup.memory),
        folder=look.parent,
        **settings,
    )
    if dedup.action == "drop":
        try:
            found.check_drop(dedup.max_drop)
        except ScrubkitError as error:
            write_atomic(look, b"".join(as_json(told) + b"\n" for told in found.rows()))
            raise ScrubkitError(
                error.message, remedy=f"the clusters are in {look}; if they are right raise --max-drop and run again"
            ) from error
    return _fates(found, dedup), found.duplicates


def _fates(found: Clusters, dedup: Dedup) -> Iterator[Fate]:
    from scrubkit.dedup.rules import CODES

    out = found.outcome
    for number, told in enumerate(found.rows()):
        drop = dedup.action == "drop" and bool(out.dropped[number])
        coverage = float(out.coverage[number])
        code = CODES.get(str(out.verdicts[number]))
        yield Fate(told, drop, code, None if coverage != coverage else coverage)


class _Kept:
    """The little that comparing takes of a row."""

    __slots__ = ("date", "host", "id", "text")

    def __init__(self, row: Row) -> None:
        self.id, self.text = row.id, row.text
        self.date, self.host = row.meta.get("date"), row.meta.get("host")

    @property
    def meta(self) -> _Kept:
        return self


def single(name: str, number: int) -> Fate:
    """Return the fate of a document that was compared with nothing."""
    told = {"id": name, "cluster": number, "keeper": True, "verdict": "unique", "score": None, "of": None}
    return Fate(told)
