"""The bytes a document had in its source, read again for those that are set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scrubkit.core.errors import InputError
from scrubkit.engine.rows import Row, as_json
from scrubkit.io.sources import SourceFile
from scrubkit.io.streams import READ_ERRORS, base_suffix, lines, open_bytes

__all__ = ["Originals"]


class Originals:
    """Looks up sources; record files are read forward once, since rows come in their order."""

    def __init__(self, files: Mapping[str, SourceFile]) -> None:
        """Take the files of the input by their relative names."""
        self._files = files
        self._open: tuple[str, Iterator[tuple[int, bytes]]] | None = None

    def of(self, row: Row) -> bytes | None:
        """Return the bytes of a page's file, the line of a record, the JSON of a table's row.

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
            self._open = (row.rel, _rows(file) if base_suffix(file.rel) == ".parquet" else _lines(file))
        for number, data in self._open[1]:
            if number == row.line:
                return data
            if number > row.line:
                break
        return None


def _lines(file: SourceFile) -> Iterator[tuple[int, bytes]]:
    try:
        with open_bytes(file.path) as stream:
            yield from lines(stream, file.place)
    except InputError:
        return
    except READ_ERRORS:
        return


def _rows(file: SourceFile) -> Iterator[tuple[int, bytes]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(file.path) as table:
            for batch in table.iter_batches(batch_size=256):
                row: dict[str, Any]
                for row in batch.to_pylist():
                    number += 1
                    yield number, as_json(row)
    except (pa.ArrowException, OSError):
        return
