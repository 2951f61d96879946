"""The first stage on a Ray cluster (``scrubkit[ray]``): the same pieces of work, the same shards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from scrubkit.config import Config
from scrubkit.core.errors import ConfigError
from scrubkit.engine.aside import aside_by
from scrubkit.engine.pool import Cleaning
from scrubkit.engine.rows import write_rows
from scrubkit.engine.work import Done, Job, done
from scrubkit.io.atomic import write_atomic
from scrubkit.processes.limits import Death
from scrubkit.processes.pool import Pool

__all__ = ["run_jobs_on_ray"]

_AHEAD = 2
_RETRIES = 3


def run_jobs_on_ray(jobs: Iterator[Job], config: Config, *, address: str | None, workers: int) -> Iterator[Done]:
    """Yield what each job made, as it finishes, on the cluster at ``address`` (``None``: one of this machine's own).

    Each of Ray's workers has a process of its own that cleans, so that limits on a document hold there too. Ray runs a
    piece again whose worker or node died; shards are written here. Pages are read where they are cleaned,
    so their folder must be seen under the same path by every node; records travel with their piece. The same
    version of scrubkit must be installed on the nodes.
    """
    try:
        ray: Any = import_module("ray")  # an extra: the type checker need not have it
        failure: type[Exception] = import_module("ray.exceptions").RayError
    except ImportError as error:
        raise ConfigError("ray is not installed", remedy="pip install 'scrubkit[ray]'") from error
    settings: dict[str, Any] = {"address": address} if address else {"address": "local", "num_cpus": max(1, workers)}
    ray.init(**settings, include_dashboard=None if address else False, log_to_driver=False, configure_logging=False)
    try:
        work = ray.remote(max_retries=_RETRIES)(pack_job)
        told = ray.put(msgspec.msgpack.encode(config))
        ahead = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        pending: dict[Any, Job] = {}
        while True:
            pending |= {work.remote(job, told): job for job in islice(jobs, ahead - len(pending))}
            if not pending:
                return
            (ready,), _ = ray.wait(list(pending), num_returns=1)
            job = pending.pop(ready)
            try:
                data, made = ray.get(ready)
            except failure as error:
                cause = getattr(error, "cause", None)
                if cause is not None:  # an error of ours, not a death
                    raise cause from error
                rows = aside_by(config)(job, Death(None))
                write_rows(job.shard, rows)
                yield done(job.number, job.shard, rows)
            else:
                write_atomic(job.shard, data)
                yield made
    finally:
        ray.shutdown()


_pools: dict[bytes, Pool[Job, bytes, Done]] = {}


def pack_job(job: Job, told: bytes) -> tuple[bytes, Done]:
    """Clean a piece of work in a process beside this one and return its shard's bytes; the process stays for the next."""
    if told not in _pools:
        _pools[told] = Pool(Cleaning(told), 1)
    try:
        with TemporaryDirectory() as folder:
            here = replace(job, shard=Path(folder) / job.shard.name)
            (made,) = _pools[told].run(iter([here]))
            return made.shard.read_bytes(), replace(made, shard=job.shard)
    except BaseException:
        _pools.pop(told).stop()
        raise
