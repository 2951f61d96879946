"""One page, or a stream of records, from standard input or a file to a stream: nothing is kept beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from scrubkit.config import Config
from scrubkit.engine.account import Account
from scrubkit.engine.outputs import record_row
from scrubkit.engine.pool import Cleaning
from scrubkit.engine.rows import Row, as_json, read_rows
from scrubkit.engine.work import Cleaner, Job
from scrubkit.io.faults import Rejected
from scrubkit.io.records import Fields, fields_of
from scrubkit.io.sources import find_sources
from scrubkit.io.standard import stream_records
from scrubkit.io.tasks import Found, cut
from scrubkit.page import Record
from scrubkit.processes.limits import Limits
from scrubkit.processes.pool import Pool

__all__ = ["clean_stream"]

_BATCH = 64


def clean_stream(source: str, out: IO[bytes], config: Config, say: Callable[[str], None]) -> int:
    """Clean what ``source`` (a file, or ``-``) holds to ``out``; return how many records were broken or met a limit.

    A page becomes its clean text, records become JSONL. Duplicates are not looked for: a stream has no end to wait
    for. Documents that a rule rejects, or that meet a limit, are left out and named through ``say``. Raises
    :class:`~scrubkit.engine.account.AccountError` where at the end the numbers do not add up.
    """
    fields = fields_of(config)
    read = 0
    account = Account()
    found = _records(source, fields)
    with ExitStack() as stack:
        cleaned = _by_worker(config, stack) if Limits.of(config) else Cleaner(config).rows
        while batch := tuple(islice(found, _BATCH)):
            read += len(batch)
            for row in cleaned(_Batch(batch)):
                account.add(row, row.status, row.codes)
                _write(row, fields, out, say)
            out.flush()
    account.check(read)
    return account.documents["broken"] + account.over_limit


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some records of a stream as a piece of work; line 0 is a page of its own."""

    items: tuple[Record | Rejected, ...]

    def weight(self) -> int:
        return 0

    def key(self) -> str:
        return "-"

    def records(self, fields: Fields) -> Iterator[Found]:
        del fields
        for item in self.items:
            if isinstance(item, Rejected):
                yield item.rel, item.line, item
            else:
                yield item.id, int(item.id != "-" and _is_record(item)), item


def _by_worker(config: Config, stack: ExitStack) -> Callable[[_Batch], list[Row]]:
    """Return what cleans a piece of work in a process beside this one, which the limits may end."""
    pool = Pool(Cleaning.of(config), 1)
    stack.callback(pool.stop)
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="scrubkit-")))

    def rows(batch: _Batch) -> list[Row]:
        (made,) = pool.run(iter([Job(0, batch, folder / "batch.rows")]))
        return list(read_rows(made.shard))

    return rows


def _write(row: Row, fields: Fields, out: IO[bytes], say: Callable[[str], None]) -> None:
    if row.fault is not None:
        say(f"{row.place}: {row.fault.reason}" + (f" ({row.fault.remedy})" if row.fault.remedy else ""))
    elif row.status != "kept":
        say(f"{row.place}: {row.status} by {', '.join(row.codes)}")
    elif not row.line:
        out.write(row.text.encode())
    else:
        out.write(as_json(record_row(row, {}, fields)) + b"\n")


def _is_record(record: Record) -> bool:
    """Return whether a record stood on a numbered line of a record file."""
    return (record.place or "").rpartition(":")[2].isdigit()


def _records(source: str, fields: Fields) -> Iterator[Record | Rejected]:
    if source == "-":
        yield from stream_records(sys.stdin.buffer, fields)
        return
    files = find_sources([source]).files
    pieces: Iterable[object] = cut(files, fields)
    for piece in pieces:
        if isinstance(piece, Rejected):
            yield piece
        else:
            yield from (item for _, _, item in piece.records(fields))  # type: ignore[attr-defined]
