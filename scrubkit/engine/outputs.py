"""Where the kept documents go: each in the form it came in, or all in one form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from scrubkit.core.errors import InputError
from scrubkit.engine.rows import Row, as_json, from_json
from scrubkit.io.atomic import atomic_write, write_within
from scrubkit.io.csvs import csv_header, dialect
from scrubkit.io.pages import page_name
from scrubkit.io.records import Fields
from scrubkit.io.sources import CSV_SUFFIXES, RECORD_SUFFIXES, SourceFile, fit_name, is_archive
from scrubkit.io.streams import COMPRESSED, READ_ERRORS, base_suffix, explain
from scrubkit.io.tables import TableWriter, is_table, table_batches
from scrubkit.io.writers import LineWriter, open_lines

__all__ = ["RESERVED", "Outputs", "record_row", "scrubkit_fields"]

RESERVED = (
    "ledger.jsonl.zst", "clusters.jsonl", "rejected", "stats.json", "manifest.json", "report.html", "templates.toml",
)  # fmt: skip
"""Names directly under the output folder that are the run's own; input of such a name gets a ``_`` in front."""

_ENDING = {"jsonl": "jsonl.zst", "parquet": "parquet"}
_GROUP = 1000
_TOLD = ("language", "language_score", "title", "author", "date", "site", "credit", "media_type")


def scrubkit_fields(row: Row, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a kept record says under ``metadata.scrubkit``: what is known of the page, what was taken."""
    told = {key: row.meta[key] for key in _TOLD if key in row.meta}
    return {**told, "chars_in": row.chars, "removed": dict(sorted(row.removed().items())), **extra}


def record_row(row: Row, extra: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Return the JSON record of a kept document, fields named as in the input, other columns untouched."""
    own = from_json(row.extra)
    out: dict[str, Any] = {fields.id: row.id, fields.text: row.text, fields.url: row.url}
    ours = scrubkit_fields(row, extra)
    if "metadata" in own:  # no mapping: nothing can be put into it
        out["metadata"] = None
        own["scrubkit"] = ours
    else:
        out["metadata"] = {**from_json(row.metadata), "scrubkit": ours}
    return {**out, **own}


class Outputs:
    """Writes kept rows, which come in the order of the input, below a folder."""

    def __init__(self, folder: Path, files: Mapping[str, SourceFile], form: str, fields: Fields) -> None:
        """Take the folder, the files of the input by relative name, ``same``, ``jsonl`` or ``parquet``."""
        self._folder = folder
        self._files = files
        self._form = form
        self._fields = fields
        self._name: str | None = None
        self._sink: _Sink | None = None
        self._pages: _Sink | None = None
        self._records = _record_names(files, form)

    def add(self, row: Row, extra: Mapping[str, Any]) -> tuple[str, int | None]:
        """Write a row; return the name of the file it went to and its 0-based number in it (``None``: all of it).

        Raises :class:`InputError` where a source that must be read again for it (a table, for the user's columns) is
        gone or changed; other rows can be added after that.
        """
        name = self.name(row.rel)
        if not row.line and self._form == "same":
            write_within(self._folder / name, row.text.encode())
            return name, None
        if not row.line:
            # One file takes all pages, though record files may stand between them.
            self._pages = self._pages or self._open(name, row.rel)
            return name, self._pages.add(row, extra)
        if name != self._name:
            self._finish()
            self._sink = self._open(name, row.rel)
            self._name = name
        assert self._sink is not None
        return name, self._sink.add(row, extra)

    def name(self, rel: str) -> str:
        """Return where a file's documents go, relative to the folder; two files never share a place."""
        if rel in self._records:
            name = self._records[rel]
        else:
            name = self._page(rel) if self._form == "same" else f"pages.{_ENDING[self._form]}"
        head, slash, tail = name.partition("/")
        return f"_{head}{slash}{tail}" if head.lstrip("_") in RESERVED or head.startswith(".") else name

    def _page(self, rel: str) -> str:
        name = page_name(rel)
        ending = rel[rel.rfind(".") :]
        bare = rel.removesuffix(ending) if ending.lower() in COMPRESSED else rel
        if bare != rel and sum(f"{bare}{ending}" in self._files for ending in ("", *COMPRESSED)) > 1:
            name = f"{rel}.txt"  # a.txt.gz beside a.txt
        while name != rel and name in self._files:  # a.html beside a.html.txt
            name = f"{name.removesuffix('.txt')}_.txt"
        return fit_name(name)

    def _open(self, name: str, rel: str) -> _Sink:
        path = self._folder / name
        if base_suffix(name) in CSV_SUFFIXES:
            return _Csv(path, self._fields, self._files[rel])
        if not is_table(name):
            return _Lines(path, self._fields)
        if self._form == "same":
            return _SameTable(path, self._fields, self._files[rel])
        return _Table(path, self._fields)

    def _finish(self) -> None:
        if self._sink is not None:
            self._sink.close()
        self._sink = self._name = None

    def close(self) -> None:
        """Finish all files."""
        self._finish()
        if self._pages is not None:
            self._pages.close()
            self._pages = None


def _record_names(files: Mapping[str, SourceFile], form: str) -> dict[str, str]:
    """Return the name each record file's documents go to: its own where the form stays, else one that is free."""
    names: dict[str, str] = {}
    taken = {rel for rel, file in files.items() if not file.records} | {f"pages.{_ENDING.get(form, '')}"}
    for rel, file in sorted(files.items()):
        stays = form == "same" and not is_archive(base_suffix(rel))
        if file.records and stays:
            names[rel] = rel
    taken |= set(names.values())
    for rel, file in sorted(files.items()):
        if file.records and rel not in names:
            name, ending = _bare(rel), _ENDING.get(form, _ENDING["jsonl"])
            while f"{name}.{ending}" in taken:
                name += "_"
            names[rel] = f"{name}.{ending}"
            taken.add(names[rel])
    return names


class _Sink:
    def __init__(self, path: Path, fields: Fields) -> None:
        self.stack = ExitStack()
        self.fields = fields
        self.path = path
        self.count = 0

    def add(self, row: Row, extra: Mapping[str, Any]) -> int:
        self.put(row, extra)
        self.count += 1
        return self.count - 1

    def put(self, row: Row, extra: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.stack.close()


class _Lines(_Sink):
    def __init__(self, path: Path, fields: Fields) -> None:
        super().__init__(path, fields)
        self._stream: LineWriter = self.stack.enter_context(open_lines(path))

    def put(self, row: Row, extra: Mapping[str, Any]) -> None:
        self._stream.write(as_json(record_row(row, extra, self.fields)) + b"\n")


class _Csv(_Sink):
    """The user's own columns in their order; scrubkit's fields added as a last column of JSON."""

    def __init__(self, path: Path, fields: Fields, file: SourceFile) -> None:
        super().__init__(path, fields)
        _refuse_changed(file)
        try:
            header = csv_header(file)
        except READ_ERRORS as error:
            raise InputError(f"cannot be read again: {explain(error)}", place=file.place) from error
        self._columns = header if fields.id in header else [fields.id, *header]
        self._own = "metadata" if "metadata" not in header else "scrubkit"
        self._stream = self.stack.enter_context(open_lines(path))
        self._dialect = {"delimiter": dialect(path.name)["delimiter"], "lineterminator": "\n"}
        self._write([*self._columns, self._own])

    def _write(self, values: list[Any]) -> None:
        line = io.StringIO()
        csv.writer(line, **self._dialect).writerow(values)
        self._stream.write(line.getvalue().encode())

    def put(self, row: Row, extra: Mapping[str, Any]) -> None:
        told = record_row(row, extra, self.fields)
        ours = as_json(told["metadata"] if self._own == "metadata" else told["scrubkit"]).decode()
        self._write([*(told.get(name, "") for name in self._columns), ours])


class _Table(_Sink):
    """Records as columns; metadata and the user's other columns are a column of JSON each: no type is guessed."""

    def __init__(self, path: Path, fields: Fields) -> None:
        super().__init__(path, fields)
        self._writer = TableWriter(self.stack.enter_context(atomic_write(path)), path.name)
        self._rows: list[tuple[Row, Mapping[str, Any]]] = []

    def put(self, row: Row, extra: Mapping[str, Any]) -> None:
        self._rows.append((row, extra))
        if len(self._rows) >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        columns: dict[str, list[Any]] = {"id": [], "text": [], "url": [], "metadata": [], "extra": []}
        for row, extra in self._rows:
            told = record_row(row, extra, self.fields)
            for key, name in (("id", self.fields.id), ("text", self.fields.text), ("url", self.fields.url)):
                value = told.pop(name)
                columns[key].append(value if value is None or isinstance(value, str) else str(value))
            columns["metadata"].append(as_json(told.pop("metadata")).decode())
            columns["extra"].append(as_json(told).decode() if told else None)
        self._writer.write(pa.table(columns, schema=pa.schema([(key, pa.string()) for key in columns])))
        self._rows.clear()

    def close(self) -> None:
        self._flush()
        self._writer.close()
        super().close()


class _SameTable(_Sink):
    """The user's own columns and types; the text replaced, scrubkit's fields added as a column of JSON."""

    def __init__(self, path: Path, fields: Fields, file: SourceFile) -> None:
        super().__init__(path, fields)
        self._file = file
        _refuse_changed(file)
        self._batches = self._read()
        self._at = 0  # rows of the input consumed
        self._left: Any = next(self._batches, None)
        self._rows: list[tuple[Row, Mapping[str, Any]]] = []
        self._writer = TableWriter(self.stack.enter_context(atomic_write(path)), path.name)

    def _read(self) -> Iterator[Any]:
        import pyarrow as pa

        try:
            yield from table_batches(self._file.path, rows=_GROUP)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"cannot be read again: {explain(error)}", place=self._file.place) from error

    def put(self, row: Row, extra: Mapping[str, Any]) -> None:
        if self._left is None or row.line > self._at + self._left.num_rows:
            self._flush()
            while self._left is None or row.line > self._at + self._left.num_rows:
                self._at += 0 if self._left is None else self._left.num_rows
                self._left = next(self._batches, None)
                if self._left is None:
                    raise InputError(f"has no row {row.line} any more", place=self._file.place)
        self._rows.append((row, extra))

    def _flush(self) -> None:
        if not self._rows:
            return
        import pyarrow as pa

        taken = self._left.take(pa.array([row.line - 1 - self._at for row, _ in self._rows]))
        table = pa.Table.from_batches([taken])
        where = table.schema.get_field_index(self.fields.text)
        kind = table.schema.field(where).type
        texts = pa.array([row.text for row, _ in self._rows], pa.string()).cast(kind)
        table = table.set_column(where, self.fields.text, texts)
        if self.fields.id not in table.schema.names:
            table = table.add_column(0, self.fields.id, pa.array([row.id for row, _ in self._rows]))
        ours = [as_json(scrubkit_fields(row, extra)).decode() for row, extra in self._rows]
        name = "metadata" if "metadata" not in table.schema.names else "scrubkit"
        told = [f'{{"scrubkit":{value}}}' if name == "metadata" else value for value in ours]
        self._writer.write(table.append_column(name, pa.array(told, pa.string())))
        self._rows.clear()

    def close(self) -> None:
        self._flush()
        self._batches = iter(())
        self._writer.close()
        super().close()


def _refuse_changed(file: SourceFile) -> None:
    """Raise where a file is not the one that was cleaned: its other columns would come to stand by wrong texts."""
    if not isinstance(file.path, Path):
        return
    try:
        now = file.path.stat()
    except OSError as error:
        raise InputError(f"cannot be read again: {explain(error)}", place=file.place) from error
    if (now.st_size, now.st_mtime_ns) != (file.size, file.mtime_ns):
        raise InputError("was changed while the run was under way", place=file.place)


def _bare(rel: str) -> str:
    """Return a record file's name without the endings that say how it is stored."""
    for ending in (*COMPRESSED, *RECORD_SUFFIXES):
        rel = rel.removesuffix(ending)
    return rel
