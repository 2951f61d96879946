"""Run pieces of work on a pool of processes, with back-pressure, and go on when a worker dies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context

import msgspec

from scrubkit.config import Config
from scrubkit.engine.rows import read_rows, write_rows
from scrubkit.engine.work import Done, Job, done, prepare, run_job, use

__all__ = ["default_jobs", "run_jobs"]

OnDeath = Callable[[Job], Done]

_AHEAD = 2  # pieces waiting for each worker: enough to keep it busy, few enough to bound memory


def default_jobs() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_jobs(jobs: Iterator[Job], config: Config, *, workers: int, on_death: OnDeath | None = None) -> Iterator[Done]:
    """Yield what each job made, as it finishes.

    One job alone runs in this process. When a worker process dies, the jobs in flight are run again one at a time;
    a job that kills its worker even so is halved until each record that does it is alone, and that goes to
    ``on_death``.
    """
    first = list(islice(jobs, 2))
    rest = chain(first, jobs)
    if workers <= 1 or len(first) < 2:
        use(config)
        for job in rest:
            yield run_job(job)
        return
    told = msgspec.msgpack.encode(config)
    suspects: list[Job] = []
    while True:
        try:
            yield from _pool(rest, told, workers, suspects)
        except BrokenProcessPool:
            yield from _alone(suspects, told, on_death)
            suspects.clear()
        else:
            return


def _pool(jobs: Iterator[Job], told: bytes, workers: int, flying: list[Job]) -> Iterator[Done]:
    """Yield finished jobs; on a death ``flying`` holds the jobs that were under way."""
    pending: dict[Future[Done], Job] = {}
    with _executor(told, workers) as pool:
        try:
            while True:
                for job in islice(jobs, workers * _AHEAD - len(pending)):
                    flying.append(job)
                    pending[pool.submit(run_job, job)] = job
                if not pending:
                    return
                ready, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in sorted(ready, key=lambda f: pending[f].number):
                    made = future.result()
                    flying.remove(pending.pop(future))
                    yield made
        except BaseException:
            _stop(pool)
            raise


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers now: what they have not finished is done again by the next run."""
    workers = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.terminate()


def _alone(jobs: list[Job], told: bytes, on_death: OnDeath | None) -> Iterator[Done]:
    for job in jobs:
        try:
            with _executor(told, 1) as pool:
                made = pool.submit(run_job, job).result()
        except BrokenProcessPool:
            if on_death is None:
                raise
            yield _halved(job, told, on_death)
        else:
            yield made


def _halved(job: Job, told: bytes, on_death: OnDeath) -> Done:
    """Return what a job made whose records kill their worker: it is halved until each culprit is alone."""
    size = job.size()
    if size <= 1:
        return on_death(job)
    halves = [job.part(0, size // 2), job.part(size // 2, size)]
    rows = [row for half in _alone(halves, told, on_death) for row in read_rows(half.shard)]
    write_rows(job.shard, rows)
    for half in halves:
        half.shard.unlink(missing_ok=True)
    return done(job.number, job.shard, rows)


def _executor(told: bytes, workers: int) -> ProcessPoolExecutor:
    context = get_context("forkserver" if os.name == "posix" else "spawn")
    if os.name == "posix":
        context.set_forkserver_preload(["scrubkit.engine.work"])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=prepare, initargs=(told,))
