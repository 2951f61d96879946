"""Run pieces of work on a pool of processes, with back-pressure, and go on when a worker dies."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain, islice
from multiprocessing.connection import Connection, wait

import msgspec

from scrubkit.config import Config
from scrubkit.core.errors import ScrubkitError
from scrubkit.engine.limits import Death, Limits
from scrubkit.engine.rows import Row, pack_rows, unpack_rows, write_rows
from scrubkit.engine.work import Cleaner, Done, Job, done
from scrubkit.engine.workers import Worker

__all__ = ["Aside", "Pool", "default_jobs", "run_jobs"]

_STILLBORN = 20
"""So many workers in a row may end before they are ready; then something is wrong with them all."""

Aside = Callable[[Job, Death], list[Row]]
"""Returns the rows of a piece whose one record ended its worker, given how."""


def default_jobs() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_jobs(jobs: Iterator[Job], config: Config, *, workers: int, aside: Aside) -> Iterator[Done]:
    """Yield what each job made, as it finishes.

    One job alone has one worker, and none where no limits are set: it runs in this process then. When a worker dies,
    its job is run again after all others, record by record; a record that ends its worker again is given to ``aside``:
    at once where it met a limit, else (somebody may be killing workers) when it does so twice.
    """
    first = list(islice(jobs, 2))
    rest = chain(first, jobs)
    if workers <= 1 or len(first) < 2:
        if not Limits.of(config):
            cleaner = Cleaner(config)
            yield from map(cleaner.run, rest)
            return
        workers = 1
    pool = Pool(config, workers, aside)
    try:
        yield from pool.run(rest)
    finally:
        pool.stop()


class Pool:
    """Workers that stay from one use to the next."""

    def __init__(self, config: Config, workers: int, aside: Aside) -> None:
        """Take how many there may be; they are started when there is work."""
        self._told = msgspec.msgpack.encode(config)
        self._most = workers
        self._aside = aside
        self._idle: list[Worker] = []
        self._busy: dict[Connection, Worker] = {}
        self._suspects: list[tuple[Job, Death]] = []
        self._stillborn = 0

    def run(self, jobs: Iterator[Job]) -> Iterator[Done]:
        """Yield what each job made, as it finishes.

        Suspects come last, when all processors are free for them: first those whose time ran out, several at a time,
        then, one at a time with the memory for itself, the others.
        """
        yield from self._each(jobs, self._most, singly=False)
        suspects, self._suspects = self._suspects, []
        late = [job for job, death in suspects if death.limit == "seconds"]
        yield from self._each(iter(late), self._most, singly=True)
        others = [job for job, death in suspects if death.limit != "seconds"]
        for worker in self._idle[1:] if others else ():
            worker.stop()
        del self._idle[1:]
        yield from self._each(iter(others), 1, singly=True)

    def stop(self) -> None:
        """End all workers now."""
        for worker in [*self._idle, *self._busy.values()]:
            worker.stop()
        self._idle.clear()
        self._busy.clear()

    def _each(self, jobs: Iterator[Job], most: int, *, singly: bool) -> Iterator[Done]:
        """Yield finished jobs. As many are read ahead as there are workers: enough to keep them at it."""
        ahead: deque[Job] = deque()
        more = True
        while True:
            if more and len(ahead) < most:
                job = next(jobs, None)
                more = job is not None
                ahead += [job] if job is not None else []
            while ahead and (self._idle or len(self._busy) < most):
                self._give(ahead.popleft(), singly=singly)
            if not self._busy and not ahead and not more:
                return
            for line in wait(list(self._busy), timeout=0 if more and len(ahead) < most else None):
                assert isinstance(line, Connection)
                made = self._heard(self._busy[line], singly=singly)
                if made is not None:
                    yield made

    def _give(self, job: Job, *, singly: bool) -> None:
        worker = self._idle.pop() if self._idle else Worker(self._told)
        worker.rows, worker.tried = [], -1
        self._busy[worker.line] = worker
        worker.give(job, singly=singly)

    def _heard(self, worker: Worker, *, singly: bool) -> Done | None:
        """Return the job that a worker finished, if that is what it says."""
        answer, job = worker.hear(), worker.job
        assert job is not None
        if answer is None:
            del self._busy[worker.line]
            self._died(worker, job, singly=singly)
            return None
        if answer.error is not None:
            raise answer.error
        worker.ready, self._stillborn = True, 0
        if answer.row is not None:
            worker.rows.append(answer.row)
        if answer.done is None:
            return None
        del self._busy[worker.line]
        self._idle.append(worker)
        return self._written(job, worker.rows) if singly else answer.done

    def _died(self, worker: Worker, job: Job, *, singly: bool) -> None:
        """Note the job for another try; in that one set the record aside and go on behind it."""
        death, rows, tried = worker.death(), worker.rows, worker.tried
        at = len(rows)
        if not worker.ready:
            self._not_born(death)
        elif not singly:
            self._suspects.append((job, death))
            return
        elif death.certain or tried == at:
            rows = [*rows, self._packed(job.part(at, at + 1), death)]
        else:
            tried = at
        after = Worker(self._told)
        after.rows, after.tried = rows, tried
        self._busy[after.line] = after
        after.give(job, singly=singly)

    def _not_born(self, death: Death) -> None:
        """Count a worker that ended before it had anything to do; raise where none comes to work."""
        self._stillborn += 1
        if self._stillborn >= _STILLBORN:
            raise ScrubkitError(
                f"{_STILLBORN} workers in a row ended before they had begun ({death.how})",
                remedy="see whether the machine has memory and processes left, or use -j 1 and no limits",
            )

    def _packed(self, culprit: Job, death: Death) -> bytes:
        return pack_rows(self._aside(culprit, death))

    def _written(self, job: Job, packed: list[bytes]) -> Done:
        rows = [row for data in packed for row in unpack_rows(data)]
        write_rows(job.shard, rows)
        return done(job.number, job.shard, rows, job.task.weight())
