"""CSV and TSV with a header row, read row by row; a row that does not fit the header is told."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from scrubkit.core.errors import InputError
from scrubkit.io.faults import HEAD, LIMIT, Rejected, length_fault
from scrubkit.io.sources import SourceFile
from scrubkit.io.streams import READ_ERRORS, base_suffix, explain, open_bytes

__all__ = ["csv_header", "csv_rows", "dialect"]

_LONGEST = 2**31 - 1  # the most the csv module can be told


def dialect(name: str) -> dict[str, Any]:
    """Return the reading options for a file's name: tabs for ``.tsv``."""
    return {"delimiter": "\t" if base_suffix(name) == ".tsv" else ",", "strict": True}


def csv_rows(file: SourceFile, *, limit: int = _LONGEST) -> Iterator[tuple[int, dict[str, Any] | Rejected]]:
    """Yield ``(number, row)`` with rows numbered from 1 below the header.

    A row of more than ``limit`` bytes comes as its fault, with its beginning. Raises :class:`InputError` where the
    file breaks off; rows before that were yielded. That goes for a field of more characters than the limit and than
    any default, for what follows the quote that opened it cannot be told from it (one that is never closed).
    """
    number = 0
    # A page in one field passes the csv module's own limit of 131,072 characters.
    csv.field_size_limit(min(max(limit, LIMIT), _LONGEST))
    try:
        with open_bytes(file.path) as raw, _text(raw) as stream:
            reader = csv.reader(stream, **dialect(file.rel))
            header = _names(next(reader, []))
            for number, values in enumerate(reader, 1):
                if values:
                    yield number, _row(file, number, header, values, limit)
    except csv.Error as error:
        remedy = "close its quote, or raise max-record-bytes in the settings" if "field limit" in str(error) else None
        raise InputError(f"is not CSV after row {number}: {error}", place=file.place, remedy=remedy) from error
    except READ_ERRORS as error:
        raise InputError(f"breaks off after row {number}: {explain(error)}", place=file.place) from error


def csv_header(file: SourceFile) -> list[str]:
    """Return the names of the columns."""
    with open_bytes(file.path) as raw, _text(raw) as stream:
        return _names(next(csv.reader(stream, **dialect(file.rel)), []))


def _names(header: list[str]) -> list[str]:
    """Return column names that can be written again: bytes that are not UTF-8 stand as U+FFFD."""
    return [name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for name in header]


def _text(raw: Any) -> io.TextIOWrapper:
    # Bytes that are not UTF-8 become lone surrogates here, so that only their own row is set aside.
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _row(file: SourceFile, number: int, header: list[str], values: list[str], limit: int) -> dict[str, Any] | Rejected:
    place = f"{file.place}:{number}"
    data = "\t".join(values).encode("utf-8", "surrogateescape")
    size = len(data) - max(0, len(values) - 1)
    if size > limit:
        return Rejected(place, *length_fault(size, limit), data[:HEAD], file.rel, number)
    if len(values) != len(header):
        why = f"has {len(values)} fields, the header has {len(header)}"
        return Rejected(place, "bad-row", why, "quote fields that hold the delimiter", data, file.rel, number)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        why = f"is not UTF-8: {error.reason}"
        return Rejected(place, "bad-row", why, "save the file as UTF-8", data, file.rel, number)
    return dict(zip(header, values, strict=True))
