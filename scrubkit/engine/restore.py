"""The texts before cleaning, rebuilt from a cleaned corpus: the kept documents and the ledger are enough."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from msgspec import Struct

from scrubkit.core.errors import InputError
from scrubkit.core.ledger import Entry, restore
from scrubkit.engine.rows import Before, from_json
from scrubkit.io.csvs import csv_rows
from scrubkit.io.faults import Rejected
from scrubkit.io.pages import page_name
from scrubkit.io.results import result_file, result_lines
from scrubkit.io.sources import CSV_SUFFIXES, TABLE_SUFFIXES, SourceFile
from scrubkit.io.streams import base_suffix, lines, open_bytes

__all__ = ["Restored", "inside", "restored"]


@dataclass(frozen=True, slots=True)
class Restored:
    """A document's text before cleaning. ``source`` and ``line`` say where it came from.

    ``seen`` is the text that rules saw (decoded, repaired, laid out); ``text`` the source's own, the same as
    ``seen`` for HTML, which cannot be taken back further.
    """

    id: str
    source: str
    line: int
    seen: str
    text: str

    @property
    def name(self) -> str:
        """The relative name of the file to write it to: a page's own, or the record file's with JSONL in it."""
        return page_name(self.source) if not self.line else f"{self.source}.jsonl"


class _Line(Struct):
    id: str
    source: str
    line: int
    clean_length: int
    original_length: int
    entries: list[Entry]
    text: str | None = None
    out: str | None = None
    row: int | None = None
    before: Before | None = None


class _Settings(Struct, rename="kebab"):
    text_field: str


class _Manifest(Struct):
    config: _Settings


def restored(folder: Path, *, ids: Collection[str] = ()) -> Iterator[Restored]:
    """Yield the documents of a run, all or those with one of the ``ids``, in the order of the input.

    Raises :class:`InputError` where the folder holds no run, or where a clean text was changed since.
    """
    ledger = folder / "ledger.jsonl.zst"
    if not ledger.is_file():
        raise InputError(
            "holds no ledger.jsonl.zst", place=str(folder), remedy="name the folder that scrubkit clean wrote with -o"
        )
    texts = _Texts(folder)
    for told in result_lines(ledger, _Line):
        if not ids or told.id in ids:
            seen, text = _rebuild(told, texts)
            yield Restored(told.id, told.source, told.line, seen, text)


def _rebuild(told: _Line, texts: _Texts) -> tuple[str, str]:
    """Return the text that rules saw, and the source's own."""
    clean = texts.of(told) if told.text is None else told.text
    try:
        if len(clean) != told.clean_length:
            raise ValueError(f"has {len(clean)} characters, not {told.clean_length}")
        seen = restore(clean, told.entries)
        text = seen if told.before is None else told.before.undo(seen)
        text.encode()  # a run writes no lone surrogates
        return seen, text
    except (ValueError, IndexError) as error:
        raise InputError(
            f"the text of {told.id!r} was changed since it was cleaned: {error}", place=told.out, remedy="clean again"
        ) from error


def inside(folder: Path, name: str) -> Path:
    """Return the path of a relative name; :class:`InputError` for one that leads out of the folder."""
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in name:
        raise InputError(f"{name!r} leads out of the folder", place=str(folder))
    return folder / pure


class _Texts:
    """Clean texts by file and row; record files are read forward once, since the ledger is in their order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name: str | None = None
        self._rows: Iterator[tuple[int, object]] = iter(())

    def of(self, told: _Line) -> str:
        if told.out is None:
            raise InputError(f"says nowhere what the clean text of {told.id!r} is", place=str(self._folder))
        path = inside(self._folder, told.out)
        try:
            if told.row is None:
                return path.read_bytes().decode()
            if told.out != self._name:
                self._name, self._rows = told.out, _column(path, self._field())
            text = next(text for number, text in self._rows if number == told.row)
        except (OSError, ValueError) as error:  # Arrow's errors and names that cannot be are of both kinds
            raise InputError(f"cannot be read: {error}", place=str(path)) from error
        except StopIteration:
            raise InputError(f"has no row {told.row}", place=str(path), remedy="clean again") from None
        if not isinstance(text, str):
            raise InputError("holds no clean text", place=f"{path}, row {told.row}", remedy="clean again")
        return text

    def _field(self) -> str:
        """Return the field that holds a row's text, by the settings of the run."""
        return result_file(self._folder / "manifest.json", _Manifest).config.text_field


def _column(path: Path, field: str) -> Iterator[tuple[int, object]]:
    """Yield each row's number and what stands in the field; ``None`` where there is no such field."""
    suffix = base_suffix(path.name)
    if suffix in TABLE_SUFFIXES:
        from scrubkit.io.tables import table_batches

        batches = table_batches(path, columns=sorted({field, "text"}))
        yield from enumerate(text for batch in batches for text in _texts_of(batch, field))
    elif suffix in CSV_SUFFIXES:
        stat = path.stat()
        file = SourceFile(path, path.name, stat.st_size, stat.st_mtime_ns, records=True)
        yield from ((number - 1, row.get(field)) for number, row in csv_rows(file) if not isinstance(row, Rejected))
    else:
        with open_bytes(path) as stream:
            for number, line in lines(stream, str(path)):
                yield number - 1, _value(line, field)


def _value(line: bytes, field: str) -> object:
    try:
        row = from_json(line)
    except (ValueError, RecursionError):
        return None
    return row.get(field) if isinstance(row, dict) else None


def _texts_of(batch: Any, field: str) -> list[object]:
    name = field if field in batch.schema.names else "text"
    return batch.column(name).to_pylist() if name in batch.schema.names else [None] * batch.num_rows
