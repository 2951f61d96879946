"""Record files of columns (Parquet), read batch by batch; the only readers that load Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrubkit.core.errors import InputError
from scrubkit.io.records import Fields
from scrubkit.io.sources import SourceFile
from scrubkit.io.streams import explain

__all__ = ["table_rows"]


def table_rows(file: SourceFile, fields: Fields, *, rows: int = 256) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield ``(number of the first row, rows)``, numbered from 1, with the columns that cleaning reads.

    Other columns stay in the file; the writer takes them from there with their types. Raises :class:`InputError`
    where the file is torn or has no column of text.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(file.path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"is not a readable Parquet file: {explain(error)}", place=file.place) from error
    with table:
        names = table.schema_arrow.names
        if fields.text not in names:
            raise InputError(
                f"has no column {fields.text!r}",
                place=file.place,
                remedy=f"name the column with --text-field; it has {', '.join(names[:8])}",
            )
        wanted = [name for name in dict.fromkeys((fields.text, fields.id, fields.url)) if name in names]
        number = 1
        try:
            for batch in table.iter_batches(batch_size=rows, columns=wanted):
                yield number, batch.to_pylist()
                number += batch.num_rows
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise InputError(f"breaks off: {explain(error)}", place=f"{file.place}:{number}") from error


def read_row(path: Path, numbers: list[int]) -> Any:
    """Return the rows of a table at 1-based numbers, all columns, as an Arrow table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.read_table(path).take(pa.array([number - 1 for number in numbers]))
