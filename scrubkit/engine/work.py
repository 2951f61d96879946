"""The first stage: clean every document of a piece of work. Runs in worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from scrubkit import entrypoints
from scrubkit.config import Config
from scrubkit.engine.rows import Row, fault_row, row_of, write_rows
from scrubkit.io.faults import Rejected
from scrubkit.io.pages import is_html
from scrubkit.io.records import Fields, fields_of
from scrubkit.io.tasks import Found, PageTask, Task
from scrubkit.page import Page, Record
from scrubkit.processes.limits import NO_LIMITS, Limits
from scrubkit.processes.samples import DOUBTFUL

__all__ = ["Cleaner", "Done", "Job", "code_version", "done"]

_TOGETHER = 32  # enough that no step pays for starting, few enough that a page that hangs is noticed soon

_SAMPLE = """Skip to main content
The river rose by two metres on 3 March 2020, and the town council met early on Tuesday to decide what to do.
By Anna Miller, staff writer
Nobody was hurt, but most of the road by the harbour was under water for the whole of the following week. Shops stayed
closed until the pumps had arrived from the coast, and the school opened its hall to people who could not go home.
"We have seen worse," said the woman who keeps the gauge at the old mill, "though never so soon after the harvest."
The council wants to raise the wall along the market by half a metre before the winter, which would cost more than the
town earns in two years. It has asked the county for help and expects an answer when the assembly meets again in May.
Share this article
"""
"""What any page makes the steps load is loaded for this: cues, dates, models, the quick telling of languages."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work, its number in the order of the input, and the shard it makes."""

    number: int
    task: Task
    shard: Path

    def size(self) -> int:
        """Return how many records the piece has, broken ones included."""
        return sum(1 for _ in self.task.records(Fields()))

    def of_html(self) -> bool:
        """Return whether the piece is of pages that are HTML by their names."""
        files = self.task.files if isinstance(self.task, PageTask) else ()
        return bool(files) and all(is_html(file.rel) for file in files)

    def part(self, start: int, stop: int) -> Job:
        """Return the job of some of the records, with a shard of its own."""
        name = f"{self.shard.stem}.{start}-{stop}.part"
        return Job(self.number, _Part(self.task, start, stop), self.shard.with_name(name))


@dataclass(frozen=True, slots=True)
class _Part:
    """The records ``start`` to ``stop`` of another piece of work."""

    task: Task
    start: int
    stop: int

    def weight(self) -> int:
        return 0

    def key(self) -> str:
        return f"{self.task.key()}:{self.start}-{self.stop}"

    def records(self, fields: Fields) -> Iterator[Found]:
        return islice(self.task.records(fields), self.start, self.stop)


@dataclass(frozen=True, slots=True)
class Done:
    """What a finished shard holds, in numbers: for progress and for the account at the end."""

    number: int
    shard: Path
    documents: int
    size: int = 0


_warmed: set[bool] = set()  # of the process: what was loaded stays, and a forked one inherits it


_doubted: set[bool] = set()


class Cleaner:
    """Cleans pieces of work as settings say; made once in each process that does."""

    def __init__(self, config: Config, limits: Limits = NO_LIMITS) -> None:
        """Take the settings, and the limits that this process may be ended by: none where it is not a worker."""
        self._fields = fields_of(config)
        self._pipeline = config.pipeline()
        self._limits = limits

    def warm(self, *, html: bool) -> None:
        """Load what is loaded at the first page of a kind: no document's time is spent on it."""
        if html not in _warmed:
            _warmed.add(html)
            text = _SAMPLE.replace("\n", "<p>\n") if html else _SAMPLE
            page = Page(Record("-", text.encode(), media_type="text/html" if html else "text/plain"))
            for cleaned in self._pipeline.guarded([page]):
                row_of(cleaned, "", 0)

    def _warm_doubt(self) -> None:
        """Load what doubtful pages need: who is tried by itself is set aside for what it does itself."""
        if not _doubted:
            _doubted.add(True)
            self._pipeline.guarded([Page(Record("-", DOUBTFUL, media_type="text/plain"))])

    def run(self, job: Job) -> Done:
        """Clean a piece of work and write its shard."""
        rows = self.rows(job.task)
        write_rows(job.shard, rows, packed=not job.of_html())
        return done(job.number, job.shard, rows, job.task.weight())

    def rows(self, task: Task) -> list[Row]:
        """Return the rows of a piece of work in its order, broken records among them.

        Some documents are cleaned together, for each step runs faster over several. They share the time of one, so a
        process that is ended here says no more than that one of the piece may be at fault; :meth:`singly` tells which.
        """
        self._limits.arm()
        found = list(task.records(self._fields))
        size = _TOGETHER if self._limits else max(1, len(found))
        rows = [row for at in range(0, len(found), size) for row in self._cleaned(found[at : at + size])]
        self._limits.disarm()
        return rows

    def singly(self, task: Task, start: int = 0) -> Iterator[Row]:
        """Yield the rows of a piece of work from the document ``start`` on, each with all the time there is."""
        if self._limits:
            self._warm_doubt()
        found = islice(task.records(self._fields), start, None)
        while True:
            self._limits.arm()
            item = next(found, None)
            if item is None:
                break
            (row,) = self._cleaned([item], again=False)
            self._limits.disarm()
            yield row
        self._limits.disarm()

    def _cleaned(self, found: list[Found], *, again: bool = True) -> list[Row]:
        pages = [Page(item) for _, _, item in found if not isinstance(item, Rejected)]
        if self._limits and len(_warmed) < 2:
            self._limits.disarm()
            for html in {_seems_html(page.record) for page in pages}:
                self.warm(html=html)
            again = True
        if again:
            self._limits.arm()
        cleaned = self._pipeline.guarded(pages) if pages else ()
        self._limits.check(cleaned)
        left = iter(cleaned)
        return [
            fault_row(item) if isinstance(item, Rejected) else row_of(next(left), rel, line)
            for rel, line, item in found
        ]


def _seems_html(record: Record) -> bool:
    data = record.data
    return record.media_type == "text/html" or ("<" in data if isinstance(data, str) else b"<" in data)


def done(number: int, shard: Path, rows: list[Row], size: int = 0) -> Done:
    """Return the numbers of a shard."""
    return Done(number, shard, len(rows), size)


def code_version() -> str:
    """Return a hash of the program itself and its plug-ins: shards of another version are not taken over."""
    return _program() + entrypoints.stamp()


@cache
def _program() -> str:
    root = str(Path(__file__).resolve().parent.parent)
    kinds = (".py", ".toml", ".bin", ".json")
    found: list[tuple[str, ...]] = []
    for folder, _, names in os.walk(root):  # a path of pathlib's for each costs more than what is done with them
        parts = folder[len(root) :].split(os.sep)[1:]  # noqa: PTH206
        found += [(*parts, name) for name in names if name.endswith(kinds)]
    state = blake2b(digest_size=12)
    for place in sorted(found):
        state.update("/".join(place).encode())
        with open(os.path.join(root, *place), "rb", buffering=0) as file:  # noqa: PTH118, PTH123
            state.update(file.read())
    return state.hexdigest()
