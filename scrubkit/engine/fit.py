"""Learning templates from a corpus on disk: the pages read twice, in worker processes, in the order of the input."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any, Literal

from scrubkit.config import Config
from scrubkit.engine.pool import default_jobs
from scrubkit.filters import repair_encoding
from scrubkit.io.faults import Rejected
from scrubkit.io.records import Fields, fields_of
from scrubkit.io.sources import find_sources
from scrubkit.io.tasks import Found, Task, cut
from scrubkit.page import Page, Record
from scrubkit.pipeline import Pipeline
from scrubkit.processes.limits import Death, Limits
from scrubkit.processes.pool import Pool
from scrubkit.templates import FitSettings, Templates
from scrubkit.templates.learn import Learner
from scrubkit.templates.rows import page_keys, page_rows, source_name

__all__ = ["Fitted", "fit_corpus"]

_AHEAD = 8
"""So many pieces a worker are worked on before they are handed on in order: what was set aside is known then."""

_TOGETHER = 32  # pages that share the time of one: few enough that one that hangs is noticed soon


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came of learning: templates, pages read, broken records and documents that met a limit (``faults``), lines
    there was no room for, remarks on the input."""

    templates: Templates
    pages: int
    faults: tuple[Rejected, ...] = ()
    crowded: int = 0
    notes: tuple[str, ...] = ()


def fit_corpus(
    sources: Sequence[str],
    config: Config | None = None,
    settings: FitSettings | None = None,
    *,
    by: str = "auto",
    jobs: int = 0,
    progress: Callable[[str, int, float], None] = lambda *_: None,
) -> Fitted:
    """Return the templates of what ``sources`` (folders, files) hold, laid out as cleaning would see it.

    ``by`` says what a source is: ``host`` (pages without an address are one source), ``directory`` (the folder or
    record file), or ``auto`` (the host where it is known). The result does not depend on ``jobs``. A document that
    takes more time or memory than the settings allow, or crashes its worker, is set aside: it is among the faults, and
    what it holds is learned from the others.
    """
    config = config or Config()
    fields, limits = fields_of(config), Limits.of(config)
    found = find_sources(sources, include=config.include, exclude=config.exclude)
    learner = Learner(settings or FitSettings())
    faults = list(found.faults)
    lost: dict[int, tuple[int, ...]] = {}

    def pieces(*, again: bool) -> Iterator[_Piece]:
        numbers = count()
        for task in cut(found.files, fields):
            if not isinstance(task, Rejected):
                number = next(numbers)
                yield _Piece(number, task, lost.get(number, ()))
            elif not again:
                faults.append(task)

    done = seen = 0
    workers = jobs or default_jobs()
    for read in _mapped(_Reading(fields, by, limits, "count"), pieces(again=False), workers):
        faults += read.broken
        if read.lost:
            lost[read.number] = tuple(read.lost)
        for source, keys in read.pages:
            learner.count(source, keys)
        done += len(read.pages)
        progress("count lines", done, 0.0)
    for read in _mapped(_Reading(fields, by, limits, "learn"), pieces(again=True), workers):
        faults += [fault for fault in read.broken if fault.fault in _SET_ASIDE]
        for source, name, text, page in read.pages:
            learner.learn(source, page, text, name)
        seen += len(read.pages)
        progress("learn templates", seen, min(1.0, seen / max(1, done)))
    return Fitted(learner.templates(), done, tuple(faults), learner.crowded, found.notes)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the input, less the documents that were set aside already."""

    number: int
    task: Task
    lost: tuple[int, ...] = ()

    def records(self, fields: Fields) -> Iterator[Found]:
        return (found for at, found in enumerate(self.task.records(fields)) if at not in self.lost)


@dataclass(frozen=True, slots=True)
class _Read:
    """What a piece held: of each page what the step asks for, what was broken, which documents were set aside."""

    number: int = -1
    pages: list[Any] = field(default_factory=list)
    broken: list[Rejected] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Reading:
    """The craft: each page as ``(source, keys of its lines)`` to count, or ``(source, id, text, rows)`` to learn."""

    fields: Fields
    by: str
    limits: Limits
    step: Literal["count", "learn"]
    preload = "scrubkit.engine.warm"

    def warm(self) -> None:
        self.told([Page(Record("-", b"<p>Rain fell.</p>", media_type="text/html"))])

    def hand(self) -> _Reads:
        return _Reads(self)

    def told(self, pages: Sequence[Page]) -> list[Any]:
        """Return what the step asks for of each page."""
        read = Pipeline([repair_encoding()]).guarded(pages) if pages else ()
        self.limits.check(read)
        if self.step == "count":
            return [(source_of(page, self.by), page_keys(page.document)) for page in read]
        return [(source_of(page, self.by), page.id, page.document.text, page_rows(page.document)) for page in read]

    def aside(self, piece: _Piece, at: int, death: Death) -> tuple[_Read | None, bool]:
        found = next(islice(piece.records(self.fields), at, None), None)
        if found is None:
            return None, False
        rel, line, item = found
        place = item.place or rel
        if isinstance(item, Rejected):
            fault = item
        elif death.limit is None:
            why = f"ended the worker that read it ({death.how})"
            fault = Rejected(
                place, "crash", why, "please report it, or leave it out with --exclude", rel=rel, line=line
            )
        else:
            why = f"took more than {self.limits.allowed(death.limit)} and was set aside"
            key = f"max-{death.limit}-per-document"
            fault = Rejected(
                place, "over-limit", why, f"leave it out with --exclude, or raise {key}", rel=rel, line=line
            )
        return _Read(broken=[fault], lost=[at]), True

    def joined(self, piece: _Piece, parts: list[_Read]) -> _Read:
        made = _Read(piece.number)
        for part in parts:
            made.pages.extend(part.pages)
            made.broken.extend(part.broken)
            made.lost.extend(part.lost)
        return made


_SET_ASIDE = ("crash", "over-limit")  # of the second reading: what is broken was told by the first


@dataclass(frozen=True, slots=True)
class _Reads:
    craft: _Reading

    def whole(self, piece: _Piece) -> _Read:
        limits, made = self.craft.limits, _Read(piece.number)
        limits.arm()
        found = piece.records(self.craft.fields)
        while some := list(islice(found, _TOGETHER)):
            made.broken.extend(item for _, _, item in some if isinstance(item, Rejected))
            made.pages.extend(self.craft.told([Page(item) for _, _, item in some if not isinstance(item, Rejected)]))
            limits.arm()
        limits.disarm()
        return made

    def singly(self, piece: _Piece, start: int) -> Iterator[_Read]:
        limits = self.craft.limits
        found = islice(piece.records(self.craft.fields), start, None)
        limits.arm()
        for _, _, item in found:
            made = _Read(broken=[item]) if isinstance(item, Rejected) else _Read(pages=self.craft.told([Page(item)]))
            limits.disarm()
            yield made
            limits.arm()
        limits.disarm()


def _mapped(craft: _Reading, pieces: Iterator[_Piece], workers: int) -> Iterator[_Read]:
    """Yield what is read of each piece, in order; few pieces are under way at a time."""
    if workers <= 1 and not craft.limits:
        yield from map(craft.hand().whole, pieces)
        return
    pool = Pool(craft, workers)
    try:
        while some := list(islice(pieces, _AHEAD * workers)):
            yield from sorted(pool.run(iter(some)), key=lambda read: read.number)
    finally:
        pool.stop()


def source_of(page: Any, by: str = "auto") -> str:
    """Return what source a page is of."""
    host = page.document.meta.host
    if by == "host":
        return source_name(host=host, id="", place=None)
    return source_name(host=host if by == "auto" else None, id=page.id, place=page.record.place)
