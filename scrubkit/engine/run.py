"""A whole run: clean every document, find duplicates among the clean texts, write what is kept and what is not."""

from __future__ import annotations

import os
import shutil
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

import scrubkit
from scrubkit.config import Config
from scrubkit.engine.account import OVER_LIMIT, Account
from scrubkit.engine.duplicates import fates
from scrubkit.engine.part import part
from scrubkit.engine.place import claim, publish, refuse_overlap
from scrubkit.engine.pool import default_jobs, run_jobs
from scrubkit.engine.rows import Row, as_json, fault_row, finished_rows, read_rows, write_rows
from scrubkit.engine.version import OUTPUT_VERSION
from scrubkit.engine.work import Done, Job, code_version, done
from scrubkit.io.atomic import write_atomic
from scrubkit.io.faults import Rejected
from scrubkit.io.records import fields_of
from scrubkit.io.saved_datasets import seal
from scrubkit.io.sources import LINE_SUFFIXES, Sources, find_sources
from scrubkit.io.tasks import cut

__all__ = ["Plan", "Progress", "Result", "clean_corpus"]

Progress = Callable[[str, int, float], None]
"""Called with the name of a stage, the documents done, and the share of the input that is (0 where not known)."""


@dataclass(frozen=True)
class Plan:
    """What a run is asked to do."""

    sources: tuple[str, ...]
    out: Path
    config: Config
    jobs: int = 0
    engine: str = "embedded"
    address: str | None = None
    form: str = "same"
    overwrite: bool = False
    dry_run: bool = False
    keep_work: bool = False


@dataclass(frozen=True)
class Result:
    """What came of a run: the account, what could not be read, ids that are not unique, remarks."""

    account: Account
    faults: tuple[Row, ...] = ()
    twice: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    clusters: int = 0
    reused: int = 0


@dataclass
class _Seen:
    """What the pass over all rows gathers: faults, ids that stand twice, the fingerprint of the input."""

    faults: list[Row] = field(default_factory=list)
    ids: array[int] = field(default_factory=lambda: array("Q"))
    state: Any = field(default_factory=sha256)

    def note(self, row: Row) -> None:
        self.state.update(f"{row.rel}\0{row.line}\0{row.sha256}\n".encode("utf-8", "surrogateescape"))
        if row.fault is not None:
            self.faults.append(Row(row.rel, row.line, row.place, row.id, row.status, fault=row.fault))
            return
        self.ids.append(_id_key(row))

    def twice(self) -> frozenset[int]:
        """Return the keys of ids that stand more than once."""
        import numpy as np

        keys = np.frombuffer(self.ids, np.uint64)
        if not len(keys):
            return frozenset()
        ordered = np.sort(keys)
        return frozenset(ordered[1:][ordered[1:] == ordered[:-1]].tolist())


def _id_key(row: Row) -> int:
    """Return a hash of a row's id: eight bytes a document are held of a whole run."""
    return int.from_bytes(blake2b(row.id.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "little")


def clean_corpus(plan: Plan, progress: Progress = lambda *_: None) -> Result:
    """Run a plan and return what came of it.

    The result depends on the input, the settings and the program alone, not on the number of workers. Finished
    shards stay in the work folder until the results stand in their place, so a run that was stopped or killed goes
    on where it was. Raises :class:`~scrubkit.core.ScrubkitError` for what a user can mend and
    :class:`~scrubkit.engine.account.AccountError` where the numbers do not add up.
    """
    config = plan.config
    sources = find_sources(plan.sources, include=config.include, exclude=config.exclude)
    refuse_overlap(plan.out, sources.roots)
    config.pipeline()  # a setting that does not fit is told before anything is done
    with ExitStack() as stack:
        if plan.dry_run:
            work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scrubkit-")))
        else:
            work = stack.enter_context(claim(plan.out, overwrite=plan.overwrite))
        result = _run(plan, sources, work, progress)
        if not plan.dry_run:
            publish(plan.out, work / "new", overwrite=plan.overwrite)
            if not plan.keep_work:
                shutil.rmtree(work)
    return result


def _run(plan: Plan, sources: Sources, work: Path, progress: Progress) -> Result:
    config = plan.config
    shards, reused = _clean(plan, sources, work, progress)
    seen = _Seen()
    progress("find duplicates", 0, 0.0)
    found, clusters = fates(_kept(shards, seen), config.dedup, work / "clusters.jsonl")
    fresh = work / "new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    progress("write", 0, 0.0)
    files = {file.rel: file for file in sources.files}
    fields = fields_of(config)
    lost: list[Row] = []
    account = part(_rows(shards), found, fresh, files=files, form=plan.form, fields=fields, lost=lost)
    account.check(sum(shard.documents for shard in shards))
    if plan.form == "same":
        seal(fresh, sources.files)
    _write_numbers(plan, sources, fresh, account, seen.state.hexdigest())
    notes = (*sources.notes, *_limit_note(account.over_limit))
    return Result(account, (*seen.faults, *lost), tuple(_twice(shards, seen)), notes, len(clusters), reused)


def _limit_note(count: int) -> Iterator[str]:
    if count:
        one = count == 1
        what = f"{count} document{'s' * (not one)} met a limit of time or memory ({OVER_LIMIT}) and {'was' if one else 'were'}"
        yield f"{what} set aside: see rejected/records.jsonl, and max-…-per-document among the settings"


def _clean(plan: Plan, sources: Sources, work: Path, progress: Progress) -> tuple[list[Done], int]:
    """Return the finished shards in the order of the input, and how many were there already."""
    stage = work / f"clean-{plan.config.cleaning_hash}-{code_version()}"
    for other in work.glob("clean-*"):
        if other != stage:
            shutil.rmtree(other, ignore_errors=True)
    stage.mkdir(exist_ok=True)
    finished: list[Done] = []
    counter = iter(range(1 << 62))
    taken: Counter[str] = Counter()
    fields = fields_of(plan.config)

    def shard_of(key: str) -> Path:
        taken[key] += 1  # the same piece may stand twice in an input
        return stage / f"{key}-{taken[key]}.rows"

    def jobs() -> Iterator[Job]:
        finished.extend(_fault_shard(fault, next(counter), shard_of) for fault in sources.faults)
        for task in cut(sources.files, fields):
            number = next(counter)
            if isinstance(task, Rejected):
                finished.append(_fault_shard(task, number, shard_of))
                continue
            shard = shard_of(task.key())
            rows = finished_rows(shard)
            if rows is None:
                yield Job(number, task, shard)
            else:
                finished.append(done(number, shard, rows, task.weight()))

    count = documents = size = 0
    whole = _known_size(sources)
    for item in _executed(plan, jobs()):
        finished.append(item)
        count += 1
        documents += item.documents
        size += item.size
        progress("clean", documents, min(1.0, size / whole) if whole else 0.0)
    finished.sort(key=lambda item: item.number)
    return finished, len(finished) - count


def _known_size(sources: Sources) -> int:
    """Return the bytes of the input where every file's pieces tell theirs: no compressed records, no tables."""
    plain = all(not file.records or file.path.suffix.lower() in LINE_SUFFIXES for file in sources.files)
    return sum(file.size for file in sources.files) if plain else 0


def _executed(plan: Plan, jobs: Iterator[Job]) -> Iterator[Done]:
    workers = plan.jobs or default_jobs()
    if plan.engine == "ray":
        from scrubkit.engine.ray import run_jobs_on_ray

        return run_jobs_on_ray(jobs, plan.config, address=plan.address, workers=workers)
    return run_jobs(jobs, plan.config, workers=workers)


def _fault_shard(fault: Rejected, number: int, shard_of: Callable[[str], Path]) -> Done:
    rows = [fault_row(fault)]
    told = f"{fault.place}\0{fault.fault}\0{fault.reason}".encode("utf-8", "surrogateescape")
    shard = shard_of(blake2b(told + (fault.data or b""), digest_size=16).hexdigest())
    write_rows(shard, rows)
    return done(number, shard, rows)


def _rows(shards: Sequence[Done]) -> Iterator[Row]:
    for shard in shards:
        yield from read_rows(shard.shard)


def _kept(shards: Sequence[Done], seen: _Seen) -> Iterator[Row]:
    for row in _rows(shards):
        seen.note(row)
        if row.status == "kept":
            yield row


def _twice(shards: Sequence[Done], seen: _Seen) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the ids that stand more than once with all their places."""
    places: dict[str, list[str]] = {}
    twice = seen.twice()
    for row in _rows(shards) if twice else ():
        if row.fault is None and _id_key(row) in twice:
            places.setdefault(row.id, []).append(row.place)
    yield from ((name, tuple(found)) for name, found in places.items() if len(found) > 1)


def _write_numbers(plan: Plan, sources: Sources, fresh: Path, account: Account, fingerprint: str) -> None:
    write_atomic(fresh / "stats.json", _pretty(account.told()))
    if plan.config.learned:
        write_atomic(fresh / "templates.toml", plan.config.learned.encode())
    names = sorted({*os.listdir(fresh), "manifest.json"})  # noqa: PTH208  as many as there are pages
    manifest = {
        "scrubkit": scrubkit.__version__,
        "output_version": OUTPUT_VERSION,
        "code": code_version(),
        "config": plan.config.resolved(),
        "config_hash": plan.config.hash,
        "format_out": plan.form,
        "input": {
            "sources": list(plan.sources),
            "files": len(sources.files),
            "bytes": sum(file.size for file in sources.files),
            "fingerprint": f"sha256:{fingerprint}",
            "record_files": [{"name": f.rel, "bytes": f.size} for f in sources.files if f.records],
        },
        "outputs": names,
    }
    write_atomic(fresh / "manifest.json", _pretty(manifest))


def _pretty(value: Any) -> bytes:
    import msgspec

    return msgspec.json.format(as_json(value), indent=2) + b"\n"
