"""An input cut into pieces of work of about equal size, each read where it is worked on.

A piece holds file names (pages), lines of a record file, or rows of a table. It is small, picklable, and names its
own content, so that a piece that was done before is recognised.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from zlib import crc32

import msgspec

from scrubkit.core.errors import InputError
from scrubkit.io.csvs import csv_rows
from scrubkit.io.faults import HEAD, Overlong, Rejected, text_fault
from scrubkit.io.pages import read_page
from scrubkit.io.records import Fields, json_records, record_of
from scrubkit.io.sources import CSV_SUFFIXES, TABLE_SUFFIXES, SourceFile, is_archive
from scrubkit.io.streams import READ_ERRORS, TornError, base_suffix, explain, lines, open_bytes
from scrubkit.page import Record

if TYPE_CHECKING:
    from scrubkit.io.warcs import Archived

__all__ = ["Task", "cut", "place_of"]

Item = TypeVar("Item")

Found = tuple[str, int, Record | Rejected]
"""``(rel, line, record)``: the file it comes from, its 1-based line or row there (0 for a page)."""

TASK_BYTES = 4_000_000
TASK_ITEMS = 256


class Task(Protocol):
    """A piece of work: what it is made of, and its records."""

    def key(self) -> str:
        """Return a hash of what the piece is made of."""

    def weight(self) -> int:
        """Return its size in bytes of the source, for progress; 0 where that is not known."""

    def records(self, fields: Fields) -> Iterator[Found]:
        """Yield its records and faults in their order."""


@dataclass(frozen=True, slots=True)
class PageTask:
    """Some files of one page each."""

    files: tuple[SourceFile, ...]

    def weight(self) -> int:
        """Return the bytes of the files."""
        return sum(file.size for file in self.files)

    def key(self) -> str:
        """Return a hash of the files' names, sizes and times."""
        told = [(os.fsencode(f.path), f.rel, f.size, f.mtime_ns) for f in self.files]
        return blake2b(msgspec.msgpack.encode(told), digest_size=16).hexdigest()

    def records(self, fields: Fields) -> Iterator[Found]:
        """Yield the page of each file."""
        for file in self.files:
            yield file.rel, 0, read_page(file, limit=fields.limit)


@dataclass(frozen=True, slots=True)
class LineTask:
    """Some lines of a record file."""

    place: str
    rel: str
    chunk: tuple[tuple[int, bytes], ...]

    def weight(self) -> int:
        """Return the bytes of the lines."""
        return sum(len(line) + 1 for _, line in self.chunk)

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
    rows: tuple[dict[str, Any] | Rejected, ...]

    def weight(self) -> int:
        """Return 0: the bytes of some rows in a table are not known."""
        return 0

    def key(self) -> str:
        """Return a hash of the rows and where they stand."""
        told = msgspec.msgpack.encode((self.place, self.rel, self.first, self.rows), enc_hook=repr)
        return blake2b(told, digest_size=16).hexdigest()

    def records(self, fields: Fields) -> Iterator[Found]:
        """Yield the record of each row."""
        for number, row in enumerate(self.rows, self.first):
            if isinstance(row, Rejected):
                yield self.rel, number, row
                continue
            place = f"{self.place}:{number}"
            found = record_of(row, place=place, default_id=f"{self.rel}:{number}", fields=fields)
            if isinstance(found, tuple):
                data = msgspec.json.encode(row, enc_hook=repr)
                data = data[:HEAD] if found[0] == "too-long" else data
                yield self.rel, number, Rejected(place, *found, data, self.rel, number)
            else:
                yield self.rel, number, found


@dataclass(frozen=True, slots=True)
class ArchiveTask:
    """Some pages of an archive."""

    place: str
    rel: str
    pages: tuple[Archived, ...]

    def weight(self) -> int:
        """Return 0: the bytes of some pages in a compressed archive are not known."""
        return 0

    def key(self) -> str:
        """Return a hash of the pages and where they stand."""
        state = blake2b(f"{self.place}\0{self.rel}\0".encode("utf-8", "surrogateescape"), digest_size=16)
        for page in self.pages:
            state.update(f"{page.number}\0{page.id}\0{page.url}\0{page.media_type}\0{len(page.data)}\0".encode())
            state.update(page.data)
            if page.metadata:
                state.update(msgspec.msgpack.encode(page.metadata, enc_hook=repr))
        return state.hexdigest()

    def records(self, fields: Fields) -> Iterator[Found]:
        """Yield the record of each page; its id is that of the archive's record."""
        for page in self.pages:
            place, name = f"{self.place}:{page.number}", page.id or f"{self.rel}:{page.number}"
            data = page.data
            if not isinstance(data, Overlong) and len(data) > fields.limit:  # unpacked, or from a plug-in's reader
                data = Overlong.of(data, len(data), fields.limit)
            if isinstance(data, Overlong):
                yield self.rel, page.number, data.rejected(place, self.rel, page.number)
                continue
            fault = text_fault(page.data)
            if fault is not None:
                yield self.rel, page.number, Rejected(place, *fault, page.data, self.rel, page.number, name)
                continue
            told = page.metadata or ({"warc": {"date": page.date}} if page.date else {})
            record = Record(name, page.data, url=page.url, media_type=page.media_type, metadata=told, place=place)
            yield self.rel, page.number, record


def place_of(task: Task) -> str:
    """Return where the records of a piece stand, for messages: its files, or the lines of one, the first to the last.

    >>> place_of(LineTask("in/a.jsonl", "a.jsonl", ((3, b"{}"), (4, b"{}"))))
    'in/a.jsonl:3 to 4'
    """
    if isinstance(task, PageTask):
        first, last = task.files[0].place, task.files[-1].place
        return first if first == last else f"{first} to {last}"
    if isinstance(task, LineTask):
        place, lines_of = task.place, (task.chunk[0][0], task.chunk[-1][0])
    elif isinstance(task, RowTask):
        place, lines_of = task.place, (task.first, task.first + len(task.rows) - 1)
    elif isinstance(task, ArchiveTask):
        place, lines_of = task.place, (task.pages[0].number, task.pages[-1].number)
    else:
        return task.key()
    begin, end = lines_of
    return f"{place}:{begin}" if begin == end else f"{place}:{begin} to {end}"


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
        yield from _pieces(file, fields)
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


def _pieces(file: SourceFile, fields: Fields) -> Iterator[Task]:
    suffix = base_suffix(file.rel)
    if suffix in TABLE_SUFFIXES:
        return _cut_table(file, fields)
    if suffix in CSV_SUFFIXES:
        return _cut_csv(file, fields)
    return _cut_archive(file, fields) if is_archive(suffix) else _cut_lines(file, fields)


def _cut_csv(file: SourceFile, fields: Fields) -> Iterator[Task]:
    for numbered in _groups(csv_rows(file, limit=fields.limit), _weight):
        # Blank lines have numbers too: a piece is cut where they leave a gap.
        start = 0
        for i in range(1, len(numbered) + 1):
            if i == len(numbered) or numbered[i][0] != numbered[i - 1][0] + 1:
                yield RowTask(file.place, file.rel, numbered[start][0], tuple(row for _, row in numbered[start:i]))
                start = i


def _weight(numbered: tuple[int, dict[str, Any] | Rejected]) -> int:
    row = numbered[1]
    return sum(map(len, row.values())) if isinstance(row, dict) else len(row.data or b"")


def _cut_archive(file: SourceFile, fields: Fields) -> Iterator[Task]:
    from scrubkit.io.warcs import archived_pages

    for pages in _groups(archived_pages(file, limit=fields.limit), lambda page: len(page.data)):
        yield ArchiveTask(file.place, file.rel, tuple(pages))


def _groups(items: Iterator[Item], weight: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Yield items in groups of about one piece of work; what was read before an error is yielded before it."""
    group: list[Item] = []
    size = 0
    error: InputError | None = None
    while True:
        try:
            item = next(items)
        except StopIteration:
            break
        except InputError as broken:
            error = broken
            break
        group.append(item)
        size += weight(item)
        if size >= TASK_BYTES or len(group) >= TASK_ITEMS:
            yield group
            group, size = [], 0
    if group:
        yield group
    if error is not None:
        raise error


def _cut_lines(file: SourceFile, fields: Fields) -> Iterator[Task]:
    with open_bytes(file.path) as stream:
        for chunk in _groups(lines(stream, file.place, limit=fields.limit), lambda item: len(item[1])):
            yield LineTask(file.place, file.rel, tuple(chunk))


def _cut_table(file: SourceFile, fields: Fields) -> Iterator[Task]:
    from scrubkit.io.tables import table_rows

    for first, rows in table_rows(file, fields):
        yield RowTask(file.place, file.rel, first, tuple(rows))
