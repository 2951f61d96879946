"""dolma attributes from a cleaned corpus: which spans went and why, for dolma's mixer.

dolma keeps documents in ``documents/**.jsonl.gz`` and what taggers say in ``attributes/<name>/**.jsonl.gz``: the same
file names, the same rows in the same order, each ``{"id", "attributes": {"<name>__<tagger>__<type>": [[start, end,
score], …]}}`` with offsets in code points of the document's text.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Set
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from scrubkit.catalogue import kind_of
from scrubkit.core.errors import InputError
from scrubkit.core.ledger import Entry
from scrubkit.core.offsets import line_starts
from scrubkit.engine.rows import Before, as_json
from scrubkit.ingest import ingest
from scrubkit.io.results import result_lines
from scrubkit.io.sources import LINE_SUFFIXES, SourceFile, find_sources
from scrubkit.io.streams import base_suffix, lines, open_bytes
from scrubkit.io.writers import open_lines

__all__ = ["export_attributes"]

Spans = list[list[float]]

_REMEDY = "give the folder that was cleaned, and the output of that run"


def export_attributes(corpus: str | Path, documents: str | Path, out: str | Path, *, name: str = "scrubkit") -> int:
    """Write ``out/<name>/…`` for the record files of ``documents`` from the ledger of a run over them; return rows.

    Types are the kinds of rules (``nav``, ``comments``, …) with the spans that went, and ``rejected``,
    ``quarantined``, ``duplicate`` with one span over the whole text where the document was not kept. The tagger is
    ``scrubkit``. Spans are of the user's text: where repair changed a line, they end at the ends of that line. HTML
    in a record has no such spans (its text was laid out); only verdicts are written for it. Records that were broken
    have no attributes. Raises :class:`~scrubkit.core.InputError` where ledger and documents do not belong together: no
    file of the documents is one the ledger has rows of (nothing is written then), a text is another than the one that
    was cleaned, or rows are left over.
    """
    folder = Path(corpus)
    files = [file for file in find_sources([documents]).files if base_suffix(file.rel) in LINE_SUFFIXES]
    if not files:
        raise InputError("holds no .jsonl files", place=str(documents))
    told = _Ledger(folder, {file.rel for file in files}, str(documents))
    rows = 0
    for file in files:
        with open_lines(Path(out, name, file.rel)) as sink, open_bytes(file.path) as stream:
            for number, line in lines(stream, file.place):
                if line.strip():
                    sink.write(as_json(_attributes(file, number, line, told.of(file.rel, number), name)) + b"\n")
                    rows += 1
    told.end()
    return rows


class _Row(Struct):
    """What is read of a line of the ledger."""

    source: str
    line: int
    verdict: str
    sha256: str
    original_length: int
    entries: list[Entry]
    before: Before | None = None


class _Ledger:
    """The rows of a ledger, asked for in the order of the input."""

    def __init__(self, corpus: Path, names: Set[str], documents: str) -> None:
        """Take the output of a run, the names of the files that will be asked for, and where they lie."""
        path = corpus / "ledger.jsonl.zst"
        if not path.is_file():
            raise InputError("holds no ledger", place=str(corpus), remedy="name the output of scrubkit clean")
        self._documents = documents
        # Rows of other files (of pages, of tables) have no attributes of dolma's.
        self._rows = (row for row in result_lines(path, _Row) if row.source in names)
        self._next: _Row | None = next(self._rows, None)
        if self._next is None:
            other = next((row.source for row in result_lines(path, _Row)), None)
            like = " at all" if other is None else f"; it has rows of {other}, the documents hold {min(names)}"
            raise InputError(f"has no row of these documents{like}", place=str(path), remedy=_REMEDY)

    def of(self, rel: str, number: int) -> _Row | None:
        """Return the row of a record, ``None`` for one that was broken."""
        row = self._next
        if row is None or row.source != rel or row.line != number:
            return None
        self._next = next(self._rows, None)
        return row

    def end(self) -> None:
        """Raise :class:`InputError` where a row was not asked for: the document it tells of is not there."""
        if self._next is not None:
            where = f"{self._next.source}:{self._next.line}"
            raise InputError(f"has no record {where}, but the ledger has", place=self._documents, remedy=_REMEDY)


def _attributes(file: SourceFile, number: int, line: bytes, row: _Row | None, name: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = {}
    own = record.get("id") if isinstance(record, dict) else None
    found: dict[str, Spans] = {}
    where = f"{file.place}:{number}"
    if row is not None:
        text = record.get("text") if isinstance(record, dict) else None
        if not isinstance(text, str):
            raise InputError("has no text, but the ledger has a row for it", place=where, remedy=_REMEDY)
        if sha256(text.encode("utf-8", "replace")).hexdigest() != row.sha256:
            raise InputError("is not the text that was cleaned", place=where, remedy=_REMEDY)
        found = _spans(text, row, name)
    return {"id": own if own is not None else f"{file.rel}:{number}", "attributes": found}


def _spans(text: str, row: _Row, name: str) -> dict[str, Spans]:
    out: dict[str, Spans] = {}
    if row.verdict != "kept":
        out[f"{name}__scrubkit__{row.verdict}"] = [[0, len(text), 1.0]]
    if row.before is not None:
        place = _placer(text, row, row.before)
        for entry in row.entries:
            if not entry.replacement:
                span = [place(entry.start), place(entry.end, end=True), entry.score]
                out.setdefault(f"{name}__scrubkit__{kind_of(entry.code)}", []).append(span)
    return out


def _placer(text: str, row: _Row, before: Before) -> Callable[..., int]:
    """Return a function from an offset in the cleaned document's text to one in the user's."""
    if not before.crlf and not before.lines and len(text) == row.original_length:
        return lambda offset, end=False: offset  # noqa: ARG005  nothing was changed
    seen = ingest(text, id="", media_type="text/plain").text
    theirs, ours = line_starts(text), line_starts(seen)
    changed = {number for number, _ in before.lines}
    return lambda offset, end=False: _map(offset, text, theirs, ours, changed, end=end)


def _map(offset: int, text: str, theirs: list[int], ours: list[int], changed: set[int], *, end: bool) -> int:
    at = bisect_right(ours, offset) - 1
    column = offset - ours[at]
    start = theirs[at]
    length = (theirs[at + 1] if at + 1 < len(theirs) else len(text)) - start
    if at + 1 in changed and column:
        return start + (length if end else 0)
    return min(start + min(column, length), len(text))
