"""Record files of columns (Parquet, Arrow IPC): the only readers and writers that load Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from scrubkit.core.errors import InputError
from scrubkit.io.records import Fields
from scrubkit.io.sources import ARROW_SUFFIXES, TABLE_SUFFIXES, SourceFile
from scrubkit.io.streams import base_suffix, explain

if TYPE_CHECKING:
    from scrubkit.io.remote import RemoteFile

__all__ = ["TableWriter", "is_table", "table_batches", "table_rows"]


def is_table(name: str) -> bool:
    """Return whether a file of this name holds columns of Arrow types."""
    return base_suffix(name) in TABLE_SUFFIXES


def table_batches(path: Path | RemoteFile, *, columns: Sequence[str] | None = None, rows: int = 256) -> Iterator[Any]:
    """Yield record batches of at most ``rows`` rows. Raises what Arrow raises (``OSError``, ``ArrowException``)."""
    if path.suffix.lower() in ARROW_SUFFIXES:
        yield from _ipc_batches(path, columns, rows)
        return
    import pyarrow.parquet as pq

    with pq.ParquetFile(path if isinstance(path, Path) else path.open("rb")) as table:
        wanted = None if columns is None else [name for name in columns if name in table.schema_arrow.names]
        yield from table.iter_batches(batch_size=rows, columns=wanted)


def _ipc_batches(path: Path | RemoteFile, columns: Sequence[str] | None, rows: int) -> Iterator[Any]:
    import pyarrow as pa

    with pa.memory_map(str(path)) if isinstance(path, Path) else pa.PythonFile(path.open("rb"), "r") as source:
        try:
            reader = pa.ipc.open_file(source)
            batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
        except pa.ArrowInvalid:
            source.seek(0)
            reader = batches = pa.ipc.open_stream(source)
        with reader:
            for batch in batches:
                names = batch.schema.names
                part = batch if columns is None else batch.select([name for name in columns if name in names])
                for start in range(0, part.num_rows, rows):
                    yield part.slice(start, rows)


def table_rows(file: SourceFile, fields: Fields, *, rows: int = 256) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield ``(number of the first row, rows)``, numbered from 1, with the columns that cleaning reads.

    Other columns stay in the file; the writer takes them from there with their types. Raises :class:`InputError`
    where the file is torn or has no column of text.
    """
    import pyarrow as pa

    number = 1
    wanted = list(dict.fromkeys((fields.text, fields.id, fields.url)))
    try:
        for batch in table_batches(file.path, columns=wanted, rows=rows):
            if fields.text not in batch.schema.names:
                break
            yield number, batch.to_pylist()
            number += batch.num_rows
        else:
            return
        names = next(table_batches(file.path)).schema.names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        what = "breaks off" if number > 1 else "is not a readable table"
        raise InputError(f"{what}: {explain(error)}", place=f"{file.place}:{number}") from error
    raise InputError(
        f"has no column {fields.text!r}",
        place=file.place,
        remedy=f"name the column with --text-field; it has {', '.join(names[:8])}",
    )


class TableWriter:
    """Writes Parquet or Arrow IPC, by the file's name, in groups of rows; the schema is that of the first group."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        """Take the file to write to, and its name."""
        self._stream = stream
        self._ipc = base_suffix(name) in ARROW_SUFFIXES
        self._writer: Any = None

    def write(self, table: Any) -> None:
        """Write an Arrow table as a row group."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._writer is None:
            self._schema = table.schema
            if self._ipc:
                self._writer = pa.ipc.new_file(self._stream, table.schema)
            else:
                self._writer = pq.ParquetWriter(self._stream, table.schema, compression="zstd")
        self._writer.write_table(table.cast(self._schema))

    def close(self) -> None:
        """End the file."""
        if self._writer is not None:
            self._writer.close()
