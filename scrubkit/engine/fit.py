"""Learning templates from a corpus on disk: the pages read twice, in worker processes, in the order of the input."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

from scrubkit.config import Config
from scrubkit.core.errors import InputError
from scrubkit.core.processes import safe_path
from scrubkit.engine.pool import default_jobs
from scrubkit.engine.workers import METHOD
from scrubkit.filters import repair_encoding
from scrubkit.io.faults import Rejected
from scrubkit.io.records import Fields, fields_of
from scrubkit.io.sources import find_sources
from scrubkit.io.tasks import Task, cut, place_of
from scrubkit.page import Page
from scrubkit.pipeline import Pipeline
from scrubkit.templates import FitSettings, Templates
from scrubkit.templates.learn import Learner
from scrubkit.templates.rows import PageRow, page_keys, page_rows, source_name

__all__ = ["Fitted", "fit_corpus"]

_AHEAD = 3

_DIED = "a worker process died over this piece of the input: out of memory, or killed"
_LEAVE_OUT = "leave it out with --exclude, or run with -j 1 to see why"

Counted = tuple[list[tuple[str, list[str]]], list[Rejected]]
"""``(source, keys of its lines)`` of each page of a piece of work, and what of it was broken."""

Learned = list[tuple[str, str, str, list[PageRow]]]
"""``(source, id, text, rows)`` of each page of a piece of work."""

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came of learning: templates, pages read, broken records, lines there was no room for, remarks on the input."""

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
    record file), or ``auto`` (the host where it is known). The result does not depend on ``jobs``.
    """
    config = config or Config()
    fields = fields_of(config)
    found = find_sources(sources, include=config.include, exclude=config.exclude)
    learner = Learner(settings or FitSettings())
    faults = list(found.faults)

    def tasks(*, note: bool) -> Iterator[Task]:
        for piece in cut(found.files, fields):
            if not isinstance(piece, Rejected):
                yield piece
            elif note:
                faults.append(piece)

    done = 0
    workers = jobs or default_jobs()
    for counted, broken in _mapped(partial(_counted, fields=fields, by=by), tasks(note=True), workers):
        faults += broken
        for source, keys in counted:
            learner.count(source, keys)
        done += len(counted)
        progress("count lines", done, 0.0)
    seen = 0
    for rows in _mapped(partial(_learned, fields=fields, by=by), tasks(note=False), workers):
        for source, name, text, page in rows:
            learner.learn(source, page, text, name)
        seen += len(rows)
        progress("learn templates", seen, min(1.0, seen / max(1, done)))
    return Fitted(learner.templates(), done, tuple(faults), learner.crowded, found.notes)


def _mapped(work: Callable[[Task], Told], tasks: Iterator[Task], workers: int) -> Iterator[Told]:
    """Yield what ``work`` makes of each piece, in order; few pieces are under way at a time.

    When a worker process dies, the pieces that were under way are worked on again, each alone, which tells the one
    that does it: learning needs every page twice, so there is no going on without it.
    """
    if workers <= 1:
        yield from map(work, tasks)
        return
    flying: deque[Task] = deque()
    while True:
        try:
            yield from _pooled(work, tasks, workers, flying)
        except BrokenProcessPool:
            while flying:
                yield _alone(work, flying.popleft())
        else:
            return


def _pooled(work: Callable[[Task], Told], tasks: Iterator[Task], workers: int, flying: deque[Task]) -> Iterator[Told]:
    """Yield what is made, in order; on a death ``flying`` holds the pieces that were under way."""
    pending: deque[Future[Told]] = deque()
    with safe_path(), ProcessPoolExecutor(workers, get_context(METHOD)) as pool:
        for task in tasks:
            flying.append(task)
            pending.append(pool.submit(work, task))
            if len(pending) > _AHEAD * workers:
                made = pending.popleft().result()
                flying.popleft()
                yield made
        while pending:
            made = pending.popleft().result()
            flying.popleft()
            yield made


def _alone(work: Callable[[Task], Told], task: Task) -> Told:
    with safe_path(), ProcessPoolExecutor(1, get_context(METHOD)) as pool:
        try:
            return pool.submit(work, task).result()
        except BrokenProcessPool as error:
            raise InputError(_DIED, place=place_of(task), remedy=_LEAVE_OUT) from error


def _counted(task: Task, fields: Fields, by: str) -> Counted:
    broken: list[Rejected] = []
    return [(source_of(page, by), page_keys(page.document)) for page in _pages(task, fields, broken)], broken


def _learned(task: Task, fields: Fields, by: str) -> Learned:
    return [
        (source_of(page, by), page.id, page.document.text, page_rows(page.document))
        for page in _pages(task, fields, [])
    ]


def _pages(task: Task, fields: Fields, broken: list[Rejected]) -> Sequence[Page]:
    pages: list[Page] = []
    for _, _, item in task.records(fields):
        if isinstance(item, Rejected):
            broken.append(item)
        else:
            pages.append(Page(item))
    return Pipeline([repair_encoding()]).guarded(pages) if pages else ()


def source_of(page: Any, by: str = "auto") -> str:
    """Return what source a page is of."""
    host = page.document.meta.host
    if by == "host":
        return source_name(host=host, id="", place=None)
    return source_name(host=host if by == "auto" else None, id=page.id, place=page.record.place)
