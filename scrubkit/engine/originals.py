"""The bytes a document had in its source, read again for those that are set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scrubkit.core.errors import InputError
from scrubkit.engine.rows import Row, as_json
from scrubkit.io.csvs import csv_rows
from scrubkit.io.faults import Rejected
from scrubkit.io.sources import CSV_SUFFIXES, TABLE_SUFFIXES, SourceFile, is_archive
from scrubkit.io.streams import READ_ERRORS, base_suffix, lines, open_bytes
from scrubkit.io.tables import table_batches

__all__ = ["Originals"]


class Originals:
    """Looks up sources; record files are read forward once, since rows come in their order."""

    def __init__(self, files: Mapping[str, SourceFile]) -> None:
        """Take the files of the input by their relative names."""
        self._files = files
        self._open: tuple[str, Iterator[tuple[int, bytes]]] | None = None

    def of(self, row: Row) -> bytes | None:
        """Return the bytes of a page's file or of an archived page, the line of a record, the JSON of a table's row.

        ``None`` where the source is not what it was any more.
        """
        file = self._files.get(row.rel)
        if file is None:
            return None
        if not row.line:
            try:
                return file.path.read_bytes()
            except OSError:
                return None
        if self._open is None or self._open[0] != row.rel:
            self._open = (row.rel, _numbered(file))
        for number, data in self._open[1]:
            if number == row.line:
                return data
            if number > row.line:
                break
        return None


def _numbered(file: SourceFile) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a file with their numbers; where it cannot be read any more there are none."""
    suffix = base_suffix(file.rel)
    rows = _table if suffix in TABLE_SUFFIXES else _csv if suffix in CSV_SUFFIXES else _lines
    try:
        yield from _archive(file) if is_archive(suffix) else rows(file)
    except InputError:
        return
    except READ_ERRORS:
        return


def _lines(file: SourceFile) -> Iterator[tuple[int, bytes]]:
    with open_bytes(file.path) as stream:
        yield from lines(stream, file.place)


def _csv(file: SourceFile) -> Iterator[tuple[int, bytes]]:
    for number, row in csv_rows(file):
        if not isinstance(row, Rejected):
            yield number, as_json(row)


def _archive(file: SourceFile) -> Iterator[tuple[int, bytes]]:
    from scrubkit.io.warcs import archived_pages

    for page in archived_pages(file):
        yield page.number, page.data


def _table(file: SourceFile) -> Iterator[tuple[int, bytes]]:
    import pyarrow as pa

    number = 0
    try:
        for batch in table_batches(file.path):
            row: dict[str, Any]
            for row in batch.to_pylist():
                number += 1
                yield number, as_json(row)
    except pa.ArrowException as error:
        raise InputError(f"cannot be read again: {error}", place=file.place) from error
