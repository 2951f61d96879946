"""Hugging Face datasets in and out, as objects; folders of ``save_to_disk`` are read and written by the command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scrubkit.config import Config
from scrubkit.core.errors import InputError
from scrubkit.engine.batches import CleanBatch
from scrubkit.io.records import fields_of, record_of
from scrubkit.page import Record

__all__ = ["clean_dataset", "records_of"]


def records_of(dataset: Iterable[Mapping[str, Any]], config: Config | None = None) -> Iterator[Record]:
    """Yield the records of a ``Dataset`` or ``IterableDataset`` (any iterable of mappings).

    A row without an id gets its number. Raises :class:`~scrubkit.core.InputError` for a row without text, or
    with more bytes than ``max-record-bytes``.

    >>> [record.id for record in records_of([{"text": "Rain fell."}, {"text": "Snow fell.", "id": "b"}])]
    ['0', 'b']
    """
    config = config or Config()
    fields = fields_of(config)
    for number, row in enumerate(dataset):
        found = record_of(row, place=f"row {number}", default_id=str(number), fields=fields)
        if not isinstance(found, Record):
            raise InputError(found[1], place=f"row {number}", remedy=found[2])
        yield found


def clean_dataset(
    dataset: Any, config: Config | None = None, *, batch_size: int = 256, num_proc: int | None = None
) -> Any:
    """Return a ``Dataset`` or ``DatasetDict`` (streaming ones too) with its text cleaned and columns added.

    Rows are not dropped: keep those whose ``scrubkit_verdict`` is ``kept``, with ``filter``. The columns are those of
    :class:`~scrubkit.interop.CleanBatch`.
    """
    step = CleanBatch(config or Config())
    more = {} if num_proc is None else {"num_proc": num_proc}
    return dataset.map(step, batched=True, batch_size=batch_size, **more)
