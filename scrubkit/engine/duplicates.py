"""The second stage: find the duplicates among the cleaned documents of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrubkit.config import Dedup
from scrubkit.core.errors import ScrubkitError
from scrubkit.engine.rows import Row, as_json
from scrubkit.io.atomic import write_atomic

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


def fates(rows: Iterable[Row], dedup: Dedup, look: Path, **settings: Any) -> tuple[list[Fate], Sequence[Any]]:
    """Return what becomes of each kept row, in order, and the clusters of two and more.

    Raises :class:`~scrubkit.core.ScrubkitError` where more than ``dedup.max_drop`` would be dropped; the clusters
    are written to the file ``look`` then, so that a person can see whether they are right.
    """
    texts: list[str] = []
    ids: list[str] = []
    dates: list[str | None] = []
    hosts: list[str | None] = []
    for row in rows:
        texts.append(row.text)
        ids.append(row.id)
        dates.append(row.meta.get("date"))
        hosts.append(row.meta.get("host"))
    if len(texts) < 2 or not dedup.enabled:
        return [single(name, number) for number, name in enumerate(ids)], ()
    from scrubkit.dedup import find_duplicates
    from scrubkit.dedup.rules import CODES

    found = find_duplicates(
        texts,
        ids=ids,
        dates=dates,
        sources=hosts,
        jaccard=dedup.jaccard,
        keep=dedup.keep,
        preferred=dedup.preferred_source,
        min_coverage=dedup.min_coverage,
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
    out = []
    for number, told in enumerate(found.rows()):
        verdict = found.verdicts[number]
        drop = dedup.action == "drop" and number in found.dropped
        out.append(Fate(told, drop, CODES.get(verdict or ""), found.coverage[number]))
    return out, found.duplicates


def single(name: str, number: int) -> Fate:
    """Return the fate of a document that was compared with nothing."""
    told = {"id": name, "cluster": number, "keeper": True, "verdict": "unique", "score": None, "of": None}
    return Fate(told)
