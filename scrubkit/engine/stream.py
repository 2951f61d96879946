"""One page, or a stream of records, from standard input or a file to a stream: nothing is kept beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import IO

from scrubkit.config import Config
from scrubkit.engine.account import Account
from scrubkit.engine.outputs import record_row
from scrubkit.engine.rows import Row, as_json, fault_row, row_of
from scrubkit.io.faults import Rejected
from scrubkit.io.records import Fields, fields_of
from scrubkit.io.sources import find_sources
from scrubkit.io.standard import stream_records
from scrubkit.io.tasks import cut
from scrubkit.page import Page, Record

__all__ = ["clean_stream"]

_BATCH = 64


def clean_stream(source: str, out: IO[bytes], config: Config, say: Callable[[str], None]) -> int:
    """Clean what ``source`` (a file, or ``-``) holds to ``out``; return how many records were broken.

    A page becomes its clean text, records become JSONL. Duplicates are not looked for: a stream has no end to wait
    for. Documents that a rule rejects are left out and named through ``say``. Raises
    :class:`~scrubkit.engine.account.AccountError` where at the end the numbers do not add up.
    """
    fields = fields_of(config)
    pipeline = config.pipeline()
    faults = read = 0
    account = Account()
    found = _records(source, fields)
    good: list[Record] = []
    while batch := list(islice(found, _BATCH)):
        good.clear()
        read += len(batch)
        for item in batch:
            if isinstance(item, Rejected):
                say(str(item))
                account.add(fault_row(item), "broken", ())
                faults += 1
            else:
                good.append(item)
        for page in pipeline.guarded([Page(record) for record in good]) if good else ():
            row = _write(page, fields, out, say)
            account.add(row, row.status, row.codes)
        out.flush()
    account.check(read)
    return faults


def _write(page: Page, fields: Fields, out: IO[bytes], say: Callable[[str], None]) -> Row:
    alone = page.record.id == "-" or not _is_record(page.record)
    row = row_of(page, page.record.id, 0 if alone else 1)
    if row.status != "kept":
        say(f"{row.place}: {row.status} by {', '.join(row.codes)}")
    elif alone:
        out.write(row.text.encode())
    else:
        out.write(as_json(record_row(row, {}, fields)) + b"\n")
    return row


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
