"""Documents as Arrow: tables of columns in, the same tables with columns added or replaced out.

Only these functions know of Arrow's types; whoever calls them sees lists of Python values. A mapping of lists (the
batches of Hugging Face ``datasets``) is taken and returned as well, without loading Arrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["column", "names", "with_columns"]


def names(batch: Any) -> tuple[str, ...]:
    """Return the names of a batch's columns.

    >>> names({"text": ["a"], "id": [1]})
    ('text', 'id')
    """
    return tuple(batch) if isinstance(batch, Mapping) else tuple(batch.schema.names)


def column(batch: Any, name: str) -> list[Any] | None:
    """Return a column as a list of Python values, ``None`` where the batch has none of that name."""
    if name not in names(batch):
        return None
    return list(batch[name]) if isinstance(batch, Mapping) else batch.column(name).to_pylist()


def with_columns(batch: Any, columns: Mapping[str, Sequence[Any]], types: Mapping[str, Any] | None = None) -> Any:
    """Return the batch with columns replaced (in their place, in their type) or added at the end.

    ``types`` gives Arrow types by name: of columns that are added, and of those that hold no text yet.

    >>> with_columns({"text": ["a"], "id": [1]}, {"text": ["b"], "n": [2]})
    {'text': ['b'], 'id': [1], 'n': [2]}
    """
    if isinstance(batch, Mapping):
        return {**batch, **{name: list(values) for name, values in columns.items()}}
    import pyarrow as pa

    table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
    for name, values in columns.items():
        wanted = (types or {}).get(name)
        where = table.schema.get_field_index(name)
        if where < 0:
            table = table.append_column(name, pa.array(values, wanted))
            continue
        field = table.schema.field(where)
        if wanted is not None and not (pa.types.is_string(field.type) or pa.types.is_large_string(field.type)):
            field = pa.field(name, wanted)
        table = table.set_column(where, field, pa.array(values, field.type))
    if not isinstance(batch, pa.RecordBatch):
        return table
    arrays = [chunks.combine_chunks() for chunks in table.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)
