"""Duplicates of a corpus as it stands, or of one corpus in another; nothing is removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from scrubkit.config import Config
from scrubkit.engine.rows import as_json
from scrubkit.filters import repair_encoding
from scrubkit.io import read
from scrubkit.io.faults import Rejected
from scrubkit.io.writers import open_lines
from scrubkit.page import Page, Record
from scrubkit.pipeline import Pipeline

__all__ = ["compare"]

Say = Callable[[str], None]


def compare(
    sources: Sequence[str],
    output: Path | None,
    config: Config,
    say: Say,
    *,
    stdout: IO[bytes],
    against: Path | None = None,
    cleaned: bool = False,
    evidence: bool = False,
) -> int:
    """Write one row a document to ``output/clusters.jsonl`` (or ``stdout``); return how many records were broken.

    With ``against`` the documents of that corpus are compared too but not told, and they are the keepers wherever
    they stand in a cluster. Nothing is dropped here, so ``dedup.max_drop`` counts only where it was set:
    :class:`~scrubkit.core.ScrubkitError` is raised then, after the rows were written, where more would go.
    """
    pipeline = config.pipeline() if cleaned else Pipeline([repair_encoding()])
    faults: list[Rejected] = []
    pages = _pages(_records([str(against)], config, faults), pipeline) if against is not None else []
    known = len(pages)
    pages += _pages(_records(sources, config, faults), pipeline)
    for fault in faults:
        say(str(fault))
    found = _find(pages, config, known=known, evidence=evidence)
    dropped = [i for i in found.dropped if i >= known]
    told = len(pages) - known
    with ExitStack() as stack:
        sink = stdout if output is None else stack.enter_context(open_lines(output / "clusters.jsonl"))
        for number, row in enumerate(found.rows()):
            if number >= known:
                more = _evidence(found, number) if evidence else {}
                sink.write(as_json({**row, **more}) + b"\n")
    say(
        f"{told} document{'s' * (told != 1)}: {len(found.duplicates)} clusters of two and more, "
        f"{len(dropped)} documents are covered by the one that stays" + (f"; results in {output}" if output else "")
    )
    if "dedup.max-drop" in config.origins and against is None:
        found.check_drop(config.dedup.max_drop)
    return len(faults)


class _Seen:
    """The little that comparing takes of a page, so that its source and blocks need not stay in memory."""

    __slots__ = ("id", "meta", "text")

    def __init__(self, page: Page) -> None:
        self.id, self.text, self.meta = page.id, page.text, page.meta


def _records(sources: Sequence[str], config: Config, faults: list[Rejected]) -> Iterable[Record]:
    return read(
        sources,
        text_field=config.text_field,
        id_field=config.id_field,
        url_field=config.url_field,
        include=config.include,
        exclude=config.exclude,
        on_fault=faults.append,
    )


def _pages(records: Iterable[Record], pipeline: Pipeline) -> list[_Seen]:
    return [_Seen(page) for batch in pipeline.run(records) for page in batch]


def _find(pages: Sequence[_Seen], config: Config, *, known: int, evidence: bool) -> Any:
    from scrubkit.dedup import find_duplicates

    dedup = config.dedup

    def known_first(members: Sequence[int]) -> int:
        return min(members, key=lambda i: (i >= known, -len(pages[i].text), i))

    return find_duplicates(
        pages,
        jaccard=dedup.jaccard,
        keep=known_first if known else dedup.keep,
        preferred=dedup.preferred_source,
        min_coverage=dedup.min_coverage,
        evidence="full" if evidence else "none",
    )


def _evidence(found: Any, number: int) -> Mapping[str, Any]:
    cluster = found.clusters[found.cluster_of[number]]
    if cluster.keeper_at in (None, number):
        return {}
    pair = {number, cluster.keeper_at}
    edge = next((edge for edge in cluster.edges if set(edge.at) == pair), None)
    if edge is None:
        return {"coverage": found.coverage[number], "direction": None, "evidence": None}
    told = {"a": edge.a, "b": edge.b, **edge.evidence}
    return {"coverage": found.coverage[number], "direction": told.pop("direction", None), "evidence": told}
