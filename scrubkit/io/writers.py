"""Writers of record files: JSONL, compressed by its name, and Parquet; each whole or not there."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol, cast

from scrubkit.io.atomic import atomic_write
from scrubkit.io.streams import base_suffix

__all__ = ["LineWriter", "open_lines"]


class LineWriter(Protocol):
    """Something lines are written to."""

    def write(self, data: bytes, /) -> object:
        """Write bytes."""


@contextmanager
def open_lines(path: Path) -> Iterator[LineWriter]:
    """Give a stream whose bytes are compressed by the ending of ``path``, the same bytes for the same content."""
    suffix = path.suffix.lower()
    with atomic_write(path) as raw:
        if suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream:
                yield cast(LineWriter, stream)
        elif suffix == ".bz2":
            with bz2.BZ2File(raw, "wb") as packed:
                yield packed
        elif suffix == ".zst":
            import zstandard

            with zstandard.ZstdCompressor(level=6, write_checksum=True).stream_writer(raw, closefd=False) as frame:
                yield cast(LineWriter, frame)
        else:
            yield raw


def is_table(name: str) -> bool:
    """Return whether a file of this name holds columns."""
    return base_suffix(name) == ".parquet"


class TableWriter:
    """Writes Parquet in groups of rows; the schema is that of the first group."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Take the file to write to."""
        self._stream = stream
        self._writer: Any = None

    def write(self, table: Any) -> None:
        """Write an Arrow table as a row group."""
        import pyarrow.parquet as pq

        if self._writer is None:
            self._writer = pq.ParquetWriter(self._stream, table.schema, compression="zstd")
        self._writer.write_table(table.cast(self._writer.schema))

    def close(self, empty: Any = None) -> None:
        """End the file; ``empty`` is an Arrow table that gives the schema where no rows were written."""
        if self._writer is None and empty is not None:
            self.write(empty)
        if self._writer is not None:
            self._writer.close()
