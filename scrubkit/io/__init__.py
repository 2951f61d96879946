"""Readers: folders of pages, record files, standard input; what cannot be read is told and never stops the rest."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from scrubkit.io.faults import LIMIT, Rejected
from scrubkit.page import Record

if TYPE_CHECKING:
    from scrubkit.config import Config
    from scrubkit.io.records import Fields

__all__ = ["Rejected", "read", "read_as"]


def read(
    source: str | Path | Iterable[str | Path],
    *,
    text_field: str = "text",
    id_field: str = "id",
    url_field: str = "url",
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    max_record_bytes: int = LIMIT,
    on_fault: Callable[[Rejected], None] | None = None,
) -> Iterator[Record]:
    """Yield the records of a folder, a file, standard input (``"-"``), or several of these, one at a time.

    A folder gives its pages (``.txt``, ``.html``, ``.htm``, recursively, sorted by name) or, where it holds none,
    the records of its ``.jsonl`` (``.gz``, ``.zst``, ``.bz2``) and ``.parquet`` files; ``include`` takes in other
    files by glob, ``exclude`` leaves files out. A record without an id gets its file's name, with ``:line`` in a
    record file. ``metadata`` and other columns pass through. A page or record of more than ``max_record_bytes`` is told
    as broken.

    A record that is broken goes to ``on_fault`` and the rest is read; without ``on_fault`` it is logged as a
    warning. Raises :class:`~scrubkit.core.InputError` for a source that does not exist or holds nothing to read.
    """
    from scrubkit.io.records import Fields

    yield from _read(
        source, Fields(text_field, id_field, url_field, max_record_bytes), include, exclude, on_fault or _log
    )


def read_as(
    config: Config,
    source: str | Path | Iterable[str | Path],
    *,
    on_fault: Callable[[Rejected], None] | None = None,
) -> Iterator[Record]:
    """Yield what :func:`read` yields, with the fields, the globs and the limit on a record that settings name."""
    from scrubkit.io.records import fields_of

    yield from _read(source, fields_of(config), config.include, config.exclude, on_fault or _log)


def _read(
    source: str | Path | Iterable[str | Path],
    fields: Fields,
    include: Sequence[str],
    exclude: Sequence[str],
    report: Callable[[Rejected], None],
) -> Iterator[Record]:
    from scrubkit.io.sources import find_sources
    from scrubkit.io.tasks import cut

    sources = [source] if isinstance(source, (str, Path)) else list(source)
    if "-" in map(str, sources):
        yield from _from_stream(sys.stdin.buffer, fields, report)
        sources = [s for s in sources if str(s) != "-"]
        if not sources:
            return
    found = find_sources(sources, include=include, exclude=exclude)
    for note in found.notes:
        logging.getLogger(__name__).info(note)
    for fault in found.faults:
        report(fault)
    for piece in cut(found.files, fields):
        if isinstance(piece, Rejected):
            report(piece)
            continue
        for _, _, item in piece.records(fields):
            if isinstance(item, Rejected):
                report(item)
            else:
                yield item


def _from_stream(stream: IO[bytes], fields: Fields, report: Callable[[Rejected], None]) -> Iterator[Record]:
    from scrubkit.io.standard import stream_records

    for item in stream_records(stream, fields):
        if isinstance(item, Rejected):
            report(item)
        else:
            yield item


def _log(fault: Rejected) -> None:
    logging.getLogger(__name__).warning("%s", fault)
