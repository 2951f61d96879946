"""Learning templates from a corpus on disk: the pages read twice, in worker processes, in the order of the input."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from scrubkit.config import Config
from scrubkit.engine.pool import default_jobs
from scrubkit.filters import repair_encoding
from scrubkit.io.faults import Rejected
from scrubkit.io.records import Fields, fields_of
from scrubkit.io.sources import find_sources
from scrubkit.io.tasks import Task, cut
from scrubkit.page import Page
from scrubkit.pipeline import Pipeline
from scrubkit.templates import FitSettings, Templates
from scrubkit.templates.learn import Learner
from scrubkit.templates.rows import PageRow, page_rows, source_name

__all__ = ["Fitted", "fit_corpus"]

_AHEAD = 3

Rows = tuple[list[tuple[str, str, str, list[PageRow]]], list[Rejected]]
"""``(source, id, text, rows)`` of each page of a piece of work, and what of it was broken."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came of learning: the templates, pages read, records that were broken, lines there was no room for."""

    templates: Templates
    pages: int
    faults: tuple[Rejected, ...] = ()
    crowded: int = 0


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
    for rows, broken in _mapped(tasks(note=True), fields, by, jobs):
        faults += broken
        for source, _, _, page in rows:
            learner.count(source, page)
        done += len(rows)
        progress("count lines", done, 0.0)
    seen = 0
    for rows, _ in _mapped(tasks(note=False), fields, by, jobs):
        for source, name, text, page in rows:
            learner.learn(source, page, text, name)
        seen += len(rows)
        progress("learn templates", seen, min(1.0, seen / max(1, done)))
    return Fitted(learner.templates(), done, tuple(faults), learner.crowded)


def _mapped(tasks: Iterable[Task], fields: Fields, by: str, jobs: int) -> Iterator[Rows]:
    """Yield the rows of each piece of work in order; few pieces are under way at a time."""
    workers = jobs or default_jobs()
    pieces = iter(tasks)
    if workers <= 1:
        yield from (_rows(task, fields, by) for task in pieces)
        return
    flying: deque[Future[Rows]] = deque()
    with ProcessPoolExecutor(workers, get_context("forkserver")) as pool:
        for task in pieces:
            flying.append(pool.submit(_rows, task, fields, by))
            if len(flying) > _AHEAD * workers:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()


def _rows(task: Task, fields: Fields, by: str) -> Rows:
    pipeline = Pipeline([repair_encoding()])
    found = [item for _, _, item in task.records(fields)]
    pages = [Page(item) for item in found if not isinstance(item, Rejected)]
    out = [
        (source_of(page, by), page.id, page.document.text, page_rows(page.document))
        for page in (pipeline.guarded(pages) if pages else ())
    ]
    return out, [item for item in found if isinstance(item, Rejected)]


def source_of(page: Any, by: str = "auto") -> str:
    """Return what source a page is of."""
    host = page.document.meta.host
    if by == "host":
        return source_name(host=host, id="", place=None)
    return source_name(host=host if by == "auto" else None, id=page.id, place=page.record.place)
