"""The first stage: clean every document of a piece of work. Runs in worker processes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import msgspec

from scrubkit import entrypoints
from scrubkit.config import Config
from scrubkit.engine.rows import Row, fault_row, pack_rows, row_of, write_rows
from scrubkit.io.faults import Rejected
from scrubkit.io.records import Fields, fields_of
from scrubkit.io.tasks import Found, Task
from scrubkit.page import Page
from scrubkit.pipeline import Pipeline

__all__ = ["Done", "Job", "clean_task", "code_version", "pack_job", "prepare", "run_job"]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work, its number in the order of the input, and the shard it makes."""

    number: int
    task: Task
    shard: Path

    def size(self) -> int:
        """Return how many records the piece has, broken ones included."""
        return sum(1 for _ in self.task.records(Fields()))

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


_state: dict[str, object] = {}


def prepare(config: bytes) -> None:
    """Make a worker process ready: the settings, once; an interrupt is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use(msgspec.msgpack.decode(config, type=Config))


def use(config: Config) -> None:
    _state["fields"] = fields_of(config)
    _state["pipeline"] = config.pipeline()


def run_job(job: Job) -> Done:
    """Clean a piece of work and write its shard."""
    pipeline, fields = _state["pipeline"], _state["fields"]
    assert isinstance(pipeline, Pipeline)
    assert isinstance(fields, Fields)
    rows = clean_task(job.task, pipeline, fields)
    write_rows(job.shard, rows)
    return done(job.number, job.shard, rows, job.task.weight())


def pack_job(job: Job, told: bytes) -> tuple[bytes, Done]:
    """Clean a piece of work on another machine and return its shard's bytes; settings are made ready once."""
    if _state.get("told") != told:
        use(msgspec.msgpack.decode(told, type=Config))
        _state["told"] = told
    pipeline, fields = _state["pipeline"], _state["fields"]
    assert isinstance(pipeline, Pipeline)
    assert isinstance(fields, Fields)
    rows = clean_task(job.task, pipeline, fields)
    return pack_rows(rows), done(job.number, job.shard, rows, job.task.weight())


def done(number: int, shard: Path, rows: list[Row], size: int = 0) -> Done:
    """Return the numbers of a shard."""
    return Done(number, shard, len(rows), size)


def clean_task(task: Task, pipeline: Pipeline, fields: Fields) -> list[Row]:
    """Return the rows of a piece of work in its order, broken records among them."""
    found = list(task.records(fields))
    pages = [Page(item) for _, _, item in found if not isinstance(item, Rejected)]
    cleaned = iter(pipeline.guarded(pages) if pages else ())
    return [
        fault_row(item) if isinstance(item, Rejected) else row_of(next(cleaned), rel, line) for rel, line, item in found
    ]


def code_version() -> str:
    """Return a hash of the program itself and its plug-ins: shards of another version are not taken over."""
    return _program() + entrypoints.stamp()


@cache
def _program() -> str:
    root = Path(__file__).resolve().parent.parent
    state = blake2b(digest_size=12)
    kinds = (".py", ".toml", ".bin", ".json")
    for path in sorted(p for p in root.rglob("*") if p.suffix in kinds):
        state.update(path.relative_to(root).as_posix().encode())
        state.update(path.read_bytes())
    return state.hexdigest()
