"""Duplicates of a corpus as it stands, or of one corpus in another; nothing is removed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from scrubkit.config import Config, size_of
from scrubkit.core import Meta
from scrubkit.engine.rows import as_json
from scrubkit.filters import repair_encoding
from scrubkit.io import read_as
from scrubkit.io.faults import Rejected
from scrubkit.io.writers import open_lines
from scrubkit.page import Page, Record
from scrubkit.pipeline import Pipeline

if TYPE_CHECKING:
    from scrubkit.dedup.index import Index
    from scrubkit.dedup.result import Clusters

__all__ = ["Seen", "compare"]

_AT_ONCE = 256

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
    inside: bool = False,
) -> int:
    """Write one row a document to ``output/clusters.jsonl`` (or ``stdout``); return how many records were broken.

    With ``against`` the documents of that corpus are compared too but not told, and the first of them in a cluster is
    its keeper. Documents are read one after the other, and no more than ``dedup.memory`` of them stays in memory.
    Nothing is dropped here, so ``dedup.max_drop`` counts only where it was set:
    :class:`~scrubkit.core.ScrubkitError` is raised then, after the rows were written, where more would go.
    With ``inside`` a row tells in ``contains`` which documents of ``against`` stand within its document, however long.
    """
    pipeline = config.pipeline() if cleaned else Pipeline([repair_encoding()])
    faults: list[Rejected] = []
    of_known: list[Rejected] = []
    pages = _pages(read_as(config, sources, on_fault=faults.append), pipeline)
    known: Iterable[Seen | _Known] = ()
    held: dict[int, list[dict[str, Any]]] = {}
    with ExitStack() as stack:
        if against is not None:
            known = reference = _pages(read_as(config, against, on_fault=of_known.append), pipeline)
            if inside:
                pages, known = _looked_up(pages, reference, config, held, stack)
        found = _find(pages, known, config, output, evidence=evidence)
    faults += of_known
    for fault in faults:
        say(str(fault))
    with ExitStack() as stack:
        sink = stdout if output is None else stack.enter_context(open_lines(output / "clusters.jsonl"))
        for number, row in enumerate(found.rows(evidence=evidence)):
            sink.write(as_json({**row, "contains": held[number]} if number in held else row) + b"\n")
    told = found.own
    say(
        f"{told} document{'s' * (told != 1)}: {len(found.duplicates)} clusters of two and more, "
        f"{found.stats['dropped']} documents are covered by the one that stays"
        + (f"; results in {output}" if output else "")
    )
    for what, size in (("oversized_buckets", "largest_bucket"), ("oversized_keys", "largest_key")):
        if found.stats.get(what):
            say(_uneven(what, found.stats[what], found.stats[size]))
    if "dedup.max-drop" in config.origins and against is None:
        found.check_drop(config.dedup.max_drop)
    return len(faults)


class _Numbered(NamedTuple):
    """A known document under its number."""

    id: str
    text: str


class _Known(NamedTuple):
    """A known document as it was put down: what comparing takes of it."""

    id: str
    text: str
    meta: Meta


def _looked_up(
    pages: Iterable[Seen],
    known: Iterable[Seen],
    config: Config,
    held: dict[int, list[dict[str, Any]]],
    stack: ExitStack,
) -> tuple[Iterator[Seen], Iterator[_Known]]:
    """Return the pages and the known documents; ``held`` gets by a page's number the known ones that stand within it.

    They are looked up in an index that is made for the purpose, on the way: pages are read once, and known documents
    are read and cleaned once, put down in a file and taken from there when pages are compared with them.
    """
    from scrubkit.dedup.index import open_index

    folder = Path(stack.enter_context(TemporaryDirectory()))
    kept = stack.enter_context((folder / "known").open("w+", encoding="ascii"))
    index = stack.enter_context(open_index(folder / "index", create=True, jaccard=config.dedup.jaccard))
    names: list[str] = []

    def numbered() -> Iterator[_Numbered]:
        # ids need not be unique here, numbers are
        for number, page in enumerate(known):
            names.append(page.id)
            json.dump((page.id, page.text, page.meta.date, page.meta.host), kept)
            kept.write("\n")
            yield _Numbered(str(number), page.text)

    index.add(numbered())
    kept.seek(0)
    again = (_Known(name, text, Meta(date=date, host=host)) for name, text, date, host in map(json.loads, kept))
    return _watched(pages, index, names, config.dedup.min_coverage, held), again


def _watched(
    pages: Iterable[Seen], index: Index, names: Sequence[str], least: float, held: dict[int, list[dict[str, Any]]]
) -> Iterator[Seen]:
    rest, number = iter(pages), 0
    while chunk := list(itertools.islice(rest, _AT_ONCE)):
        for matches in index.query([page.text for page in chunk], limit=None, inside=True):
            found = [
                {"id": names[int(match.id)], "within": match.within, "verdict": match.verdict, "score": match.score}
                for match in matches
                if match.duplicate and match.within >= least
            ]
            if found:
                held[number] = found
            number += 1
        yield from chunk


def _uneven(what: str, count: int, most: int) -> str:
    """Return what is to be said of buckets that held too many documents to pair all of them."""
    if what == "oversized_buckets":
        return f"{count} buckets of alike texts were too large to compare all pairs (the largest: {most} documents)"
    return f"{count} pairs of words stand in too many documents to tell them apart (the commonest: in {most})"


class Seen:
    """The little that comparing takes of a page, so that its source and blocks need not stay in memory."""

    __slots__ = ("id", "meta", "text")

    def __init__(self, page: Page) -> None:
        self.id, self.text, self.meta = page.id, page.text, page.meta


def _pages(records: Iterable[Record], pipeline: Pipeline) -> Iterator[Seen]:
    return (Seen(page) for batch in pipeline.run(records) for page in batch)


def _find(
    pages: Iterable[Seen], known: Iterable[Seen | _Known], config: Config, output: Path | None, *, evidence: bool
) -> Clusters:
    from scrubkit.dedup import find_duplicates

    dedup = config.dedup
    return find_duplicates(
        pages,
        jaccard=dedup.jaccard,
        keep=dedup.keep,
        preferred=dedup.preferred_source,
        min_coverage=dedup.min_coverage,
        evidence="full" if evidence else "none",
        against=known,
        memory=size_of(dedup.memory),
        folder=output,
    )
