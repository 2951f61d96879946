"""Many pages from Python, in processes of their own, each page held to limits of time and memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import msgspec

from scrubkit.config import Config
from scrubkit.core import Finding
from scrubkit.core.document import BlockTable, Document, Meta
from scrubkit.ingest import source_id
from scrubkit.page import Page, Record
from scrubkit.pipeline import Pipeline
from scrubkit.processes.limits import Death, Limits
from scrubkit.processes.pool import Pool, default_jobs
from scrubkit.processes.samples import DOUBTFUL

__all__ = ["clean_many"]

_TOGETHER = 32  # pages that share the time of one: no step pays for starting, and one that hangs is noticed soon
_AHEAD = 4
"""So many pieces a worker are cleaned before they are handed on, in order."""

_Piece = tuple[int, tuple[Record, ...]]
_Made = tuple[int, list[Page]]


def clean_many(
    sources: Iterable[bytes | str | Record], config: Config | None = None, *, jobs: int = 0
) -> Iterator[Page]:
    """Yield the cleaned page of each source in order, as :func:`scrubkit.clean` returns it.

    Pages are cleaned in ``jobs`` worker processes (0: one a processor), which the system holds to the limits of
    ``config`` (or of the defaults) on the time and memory of one document. A page that meets one is quarantined by ``ERR002``, one that
    ends its process otherwise by ``ERR001``; its text is then the source, read as UTF-8. With both limits 0 and one job all is
    done in this process. Few sources are read ahead, and workers end with the iterator. As with all of Python's
    processes, a script calls it below ``if __name__ == "__main__":``.

    >>> off = Config(max_seconds_per_document=0, max_memory_per_document="0")
    >>> [page.text for page in clean_many(["Rain fell all week.\\n\\nShare this article\\n"], off, jobs=1)]
    ['Rain fell all week.\\n']
    """
    craft = _Many(msgspec.msgpack.encode(config or Config()))
    workers = jobs or default_jobs()
    pieces = _pieces(one if isinstance(one, Record) else Record(source_id(one), one) for one in sources)
    if workers == 1 and not craft.limits:
        for _, pages in map(craft.hand().whole, pieces):
            yield from pages
        return
    pool = Pool(craft, workers)
    try:
        while some := list(islice(pieces, _AHEAD * workers)):
            for _, pages in sorted(pool.run(iter(some)), key=lambda made: made[0]):
                yield from pages
    finally:
        pool.stop()


def _pieces(records: Iterator[Record]) -> Iterator[_Piece]:
    number = 0
    while some := tuple(islice(records, _TOGETHER)):
        yield number, some
        number += 1


@dataclass(frozen=True)
class _Many:
    """The craft; ``told`` are the settings."""

    told: bytes
    preload = "scrubkit.model.main_content"

    def __reduce__(self) -> tuple[type[_Many], tuple[bytes]]:
        return _Many, (self.told,)

    @cached_property
    def config(self) -> Config:
        return msgspec.msgpack.decode(self.told, type=Config)

    @property
    def limits(self) -> Limits:
        return Limits.of(self.config)

    def warm(self) -> None:
        for sample in ("Skip to main content\n\nRain fell.\n", "<p>Rain fell.</p>"):
            _made(self.config.pipeline(), (Record("-", sample),))

    def hand(self) -> _Makes:
        self.warm()  # before the first page, whose time is not spent on it
        return _Makes(self.config.pipeline(), self.limits)

    def aside(self, piece: _Piece, at: int, death: Death) -> tuple[Page | None, bool]:
        return (_aside(piece[1][at], death, self.limits), True) if at < len(piece[1]) else (None, False)

    def joined(self, piece: _Piece, parts: list[Page]) -> _Made:
        return piece[0], parts


@dataclass(frozen=True, slots=True)
class _Makes:
    pipeline: Pipeline
    limits: Limits

    def whole(self, piece: _Piece) -> _Made:
        self.limits.arm()
        pages = _made(self.pipeline, piece[1])
        self.limits.check(pages)
        self.limits.disarm()
        return piece[0], pages

    def singly(self, piece: _Piece, start: int) -> Iterator[Page]:
        _made(self.pipeline, (Record("-", DOUBTFUL),))
        for record in piece[1][start:]:
            _, (page,) = self.whole((0, (record,)))
            yield page


def _made(pipeline: Pipeline, records: tuple[Record, ...]) -> list[Page]:
    """Return the pages with all that is worked out at first use: it travels with them."""
    pages = list(pipeline.guarded([Page(record) for record in records]))
    for page in pages:
        _ = page.ledger, page.meta, page.verdict
    return pages


def _aside(record: Record, death: Death, limits: Limits) -> Page:
    """Return the page of a record that ended its process: its text is the source, and nothing is taken out."""
    text = record.data if isinstance(record.data, str) else bytes(record.data).decode("utf-8", "replace")
    text = text.encode("utf-8", "replace").decode()
    whole = [(0, len(text))] if text else []
    blocks = BlockTable(array("l", [a for a, _ in whole]), array("l", [b for _, b in whole]), bytes([1] * len(whole)))
    if death.limit is None:
        finding = Finding("ERR001", 0, len(text), "quarantine", 1.0, {"error": f"it ended its process ({death.how})"})
    else:
        because = {"limit": death.limit, "allowed": limits.allowed(death.limit)}
        finding = Finding("ERR002", 0, len(text), "quarantine", 1.0, because)
    page = Page(record)
    page.__dict__["document"] = Document(record.id, text, blocks, Meta(url=record.url))
    return page.add([finding])
