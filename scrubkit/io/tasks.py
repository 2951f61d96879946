"""An input cut into pieces of work of about equal size, each read where it is worked on.

A piece holds file names (pages), lines of a record file, or rows of a table. It is small, picklable, and names its
own content, so that a piece that was done before is recognised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol
from zlib import crc32

import msgspec

from scrubkit.core.errors import InputError
from scrubkit.io.faults import Rejected
from scrubkit.io.pages import read_page
from scrubkit.io.records import Fields, json_records, record_of
from scrubkit.io.sources import SourceFile
from scrubkit.io.streams import READ_ERRORS, TornError, base_suffix, explain, lines, open_bytes
from scrubkit.page import Record

__all__ = ["Task", "cut"]

Found = tuple[str, int, Record | Rejected]
"""``(rel, line, record)``: the file it comes from, its 1-based line or row there (0 for a page)."""

TASK_BYTES = 4_000_000
TASK_ITEMS = 256


class Task(Protocol):
    """A piece of work: what it is made of, and its records."""

    def key(self) -> str:
        """Return a hash of what the piece is made of."""

    def records(self, fields: Fields) -> Iterator[Found]:
        """Yield its records and faults in their order."""


@dataclass(frozen=True, slots=True)
class PageTask:
    """Some files of one page each."""

    files: tuple[SourceFile, ...]

    def key(self) -> str:
        """Return a hash of the files' names, sizes and times."""
        told = [(str(f.path), f.rel, f.size, f.mtime_ns) for f in self.files]
        return blake2b(msgspec.msgpack.encode(told), digest_size=16).hexdigest()

    def records(self, fields: Fields) -> Iterator[Found]:
        """Yield the page of each file."""
        del fields  # a page has none
        for file in self.files:
            yield file.rel, 0, read_page(file)


@dataclass(frozen=True, slots=True)
class LineTask:
    """Some lines of a record file."""

    place: str
    rel: str
    chunk: tuple[tuple[int, bytes], ...]

    def key(self) -> str:
        """Return a hash of the lines and where they stand."""
        state = blake2b(f"{self.place}\0{self.rel}\0{self.chunk[0][0]}\0".encode(), digest_size=16)
        for _, line in self.chunk:
            state.update(line)
            state.update(b"\n")
        return state.hexdigest()

    def records(self, fields: Fields) -> Iterator[Found]:
        """Yield the record of each line that is not blank."""
        for number, line in self.chunk:
            for found in json_records([(number, line)], place=self.place, rel=self.rel, fields=fields):
                yield self.rel, number, found


@dataclass(frozen=True, slots=True)
class RowTask:
    """Some rows of a table."""

    place: str
    rel: str
    first: int
    rows: tuple[dict[str, Any], ...]

    def key(self) -> str:
        """Return a hash of the rows and where they stand."""
        told = msgspec.msgpack.encode((self.place, self.rel, self.first, self.rows), enc_hook=repr)
        return blake2b(told, digest_size=16).hexdigest()

    def records(self, fields: Fields) -> Iterator[Found]:
        """Yield the record of each row."""
        for number, row in enumerate(self.rows, self.first):
            place = f"{self.place}:{number}"
            found = record_of(row, place=place, default_id=f"{self.rel}:{number}", fields=fields)
            if isinstance(found, tuple):
                data = msgspec.json.encode(row, enc_hook=repr)
                yield self.rel, number, Rejected(place, *found, data, self.rel, number)
            else:
                yield self.rel, number, found


def cut(files: Iterable[SourceFile], fields: Fields) -> Iterator[Task | Rejected]:
    """Yield the pieces of an input in its order, and what of it could not be read at all.

    Files are opened one after the other and read once, so memory does not grow with the input. A file that breaks
    off gives what it held up to there.
    """
    pages: list[SourceFile] = []
    size = 0
    for file in files:
        if not file.records:
            pages.append(file)
            size += file.size
            # The last test depends on the name alone: a file more or less moves only the pieces near it.
            if (
                size >= TASK_BYTES
                or len(pages) >= TASK_ITEMS
                or not crc32(file.rel.encode("utf-8", "surrogateescape")) % 128
            ):
                yield PageTask(tuple(pages))
                pages, size = [], 0
            continue
        if pages:
            yield PageTask(tuple(pages))
            pages, size = [], 0
        yield from _cut_records(file, fields)
    if pages:
        yield PageTask(tuple(pages))


def _cut_records(file: SourceFile, fields: Fields) -> Iterator[Task | Rejected]:
    if not file.size:
        yield Rejected(file.place, "empty", "is empty", "take it out of the folder", b"", file.rel)
        return
    try:
        yield from _cut_table(file, fields) if base_suffix(file.rel) == ".parquet" else _cut_lines(file)
    except TornError as error:
        what = error.message
        yield Rejected(
            error.place or file.place, "torn", what, "copy the file again", error.rest or None, file.rel, error.line
        )
    except InputError as error:
        yield Rejected(error.place or file.place, "unreadable", error.message, error.remedy, None, file.rel)
    except READ_ERRORS as error:
        why = f"cannot be read: {explain(error)}"
        yield Rejected(file.place, "unreadable", why, "mend its permissions", None, file.rel)


def _cut_lines(file: SourceFile) -> Iterator[Task]:
    chunk: list[tuple[int, bytes]] = []
    size = 0
    torn: TornError | None = None
    with open_bytes(file.path) as stream:
        numbered = lines(stream, file.place)
        while True:
            try:
                number, line = next(numbered)
            except StopIteration:
                break
            except TornError as error:
                torn = error
                break
            chunk.append((number, line))
            size += len(line)
            if size >= TASK_BYTES or len(chunk) >= TASK_ITEMS:
                yield LineTask(file.place, file.rel, tuple(chunk))
                chunk, size = [], 0
    if chunk:
        yield LineTask(file.place, file.rel, tuple(chunk))
    if torn is not None:
        raise torn


def _cut_table(file: SourceFile, fields: Fields) -> Iterator[Task]:
    from scrubkit.io.tables import table_rows

    for first, rows in table_rows(file, fields):
        yield RowTask(file.place, file.rel, first, tuple(rows))
