"""Cleaning pieces of work on a pool of processes, or in this one where there is nothing to be held to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

import msgspec

from scrubkit.config import Config
from scrubkit.engine.aside import aside_by
from scrubkit.engine.rows import Row, pack_rows, unpack_rows, write_rows
from scrubkit.engine.work import Cleaner, Done, Job, done
from scrubkit.processes.limits import Death, Limits
from scrubkit.processes.pool import Pool, default_jobs

__all__ = ["Aside", "Cleaning", "default_jobs", "run_jobs"]

Aside = Callable[[Job, Death], list[Row]]
"""Returns the rows of a piece whose one record ended its worker, given how."""


def run_jobs(jobs: Iterator[Job], config: Config, *, workers: int) -> Iterator[Done]:
    """Yield what each job made, as it finishes.

    One job alone has one worker, and none where no limits are set: it runs in this process then.
    """
    first = list(islice(jobs, 2))
    rest = chain(first, jobs)
    if workers <= 1 or len(first) < 2:
        if not Limits.of(config):
            cleaner = Cleaner(config)
            yield from map(cleaner.run, rest)
            return
        workers = 1
    pool = Pool(Cleaning.of(config, html=all(job.of_html() for job in first)), workers)
    try:
        yield from pool.run(rest)
    finally:
        pool.stop()


@dataclass(frozen=True)
class Cleaning:
    """The craft of the first stage: pieces of work become shards; ``told`` are the settings.

    ``html`` says of what kind the first pages are: what the other kind needs is loaded where one comes.
    """

    told: bytes
    html: bool = False
    preload = "scrubkit.engine.warm"

    @classmethod
    def of(cls, config: Config, *, html: bool = False) -> Cleaning:
        """Return the craft of a configuration."""
        return cls(msgspec.msgpack.encode(config), html)

    @cached_property
    def _config(self) -> Config:
        return msgspec.msgpack.decode(self.told, type=Config)

    @cached_property
    def _aside(self) -> Aside:
        return aside_by(self._config)

    def __reduce__(self) -> tuple[type[Cleaning], tuple[bytes, bool]]:
        """Let only the settings and the kind of pages travel."""
        return Cleaning, (self.told, self.html)

    @property
    def limits(self) -> Limits:
        """What a document may take."""
        return Limits.of(self._config)

    def warm(self) -> None:
        """Load what every page needs."""
        import numpy as np  # for the search for duplicates here, and for doubtful pages in each worker

        del np
        Cleaner(self._config).warm(html=self.html)

    def hand(self) -> _Cleans:
        """Return what cleans."""
        return _Cleans(Cleaner(self._config, self.limits))

    def aside(self, piece: Job, at: int, death: Death) -> tuple[bytes | None, bool]:
        """Return the row of a document that ended its worker."""
        rows = self._aside(piece.part(at, at + 1), death)
        return (pack_rows(rows), True) if rows else (None, False)

    def joined(self, piece: Job, parts: list[bytes]) -> Done:
        """Write the shard of rows that were made one by one."""
        rows = [row for data in parts for row in unpack_rows(data)]
        write_rows(piece.shard, rows)
        return done(piece.number, piece.shard, rows, piece.task.weight())


@dataclass(frozen=True, slots=True)
class _Cleans:
    cleaner: Cleaner

    def whole(self, piece: Job) -> Done:
        return self.cleaner.run(piece)

    def singly(self, piece: Job, start: int) -> Iterator[bytes]:
        for row in self.cleaner.singly(piece.task, start):
            yield pack_rows([row])
