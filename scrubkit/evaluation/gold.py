"""What should become of the sources in a folder, as its gold files say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from scrubkit.core.errors import InputError

__all__ = [
    "META_FIELDS",
    "Gold",
    "GoldCopy",
    "GoldEncoding",
    "GoldLine",
    "GoldPage",
    "Source",
    "load_gold",
    "read_sources",
]

META_FIELDS: tuple[str, ...] = ("title", "author", "date", "credit", "language")
"""The fields of :class:`~scrubkit.core.Meta` that gold can name."""

_MEDIA_TYPES = {".html": "text/html", ".htm": "text/html", ".txt": "text/plain"}


@dataclass(frozen=True, slots=True)
class GoldLine:
    """One line of a flattened text: ``label`` is its kind, ``keep`` whether it belongs to the clean text."""

    source: str
    line_no: int
    text: str
    label: str
    keep: bool


@dataclass(frozen=True, slots=True)
class GoldPage:
    """What a clean page must hold (``main``), must not hold (``gone``), and what is known of it (``meta``)."""

    source: str
    main: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GoldCopy:
    """Where a document stands among the others.

    ``relation`` is how it came from its cluster's original; documents of one ``event`` in different clusters are
    independent reports, which must not be merged.
    """

    source: str
    cluster: str
    relation: str = "single"
    event: str | None = None


@dataclass(frozen=True, slots=True)
class GoldEncoding:
    """The encoding of a file's bytes, and a phrase of the text once it is decoded and repaired."""

    source: str
    encoding: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Gold:
    """All that a folder's gold files say; empty where a file is absent."""

    lines: Mapping[str, Sequence[GoldLine]] = field(default_factory=dict)
    pages: Sequence[GoldPage] = ()
    copies: Sequence[GoldCopy] = ()
    encodings: Sequence[GoldEncoding] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Every file or record that is named, once, in the order of first mention."""
        named = [copy.source for copy in self.copies] + [page.source for page in self.pages] + list(self.lines)
        return tuple(dict.fromkeys(named + [row.source for row in self.encodings]))


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file, or the text of a record, with what its place says of it."""

    name: str
    data: bytes | str
    url: str | None = None
    media_type: str | None = None


def load_gold(folder: Path) -> Gold:
    """Return what the gold of a folder says.

    ``folder/gold/`` holds ``lines.jsonl``, ``pages.jsonl``, ``clusters.jsonl`` and ``encoding.jsonl``, each optional;
    without that folder ``folder/gold.jsonl`` holds lines alone. Raises :class:`~scrubkit.core.InputError` where there
    is no gold or a row is not what it should be, naming file and line.
    """
    kept = folder / "gold"
    if kept.is_dir():
        pages = [_page(row) for row in _rows(kept / "pages.jsonl", ())]
        copies = _rows(kept / "clusters.jsonl", ("cluster",))
        pages, members = _with_language(pages, copies)
        gold = Gold(
            lines=_lines(kept / "lines.jsonl"),
            pages=pages,
            copies=members,
            encodings=[
                GoldEncoding(_name(row), row["encoding"], row["phrase"])
                for row in _rows(kept / "encoding.jsonl", ("encoding", "phrase"))
            ],
        )
    else:
        gold = Gold(lines=_lines(folder / "gold.jsonl"))
    if not gold.sources:
        raise InputError(
            "no gold found", place=str(folder), remedy="expected a folder gold/ or a file gold.jsonl in it"
        )
    return gold


def read_sources(folder: Path, names: Sequence[str]) -> dict[str, Source]:
    """Return the named sources of a folder: files by their path in it, records by their id in its ``*.jsonl`` files.

    Raises :class:`~scrubkit.core.InputError` for a name that is neither.
    """
    found: dict[str, Source] = {}
    records: dict[str, dict[str, Any]] | None = None
    for name in names:
        path = folder / name
        if path.is_file():
            found[name] = Source(name, path.read_bytes(), media_type=_MEDIA_TYPES.get(path.suffix.lower()))
            continue
        if records is None:
            files = [path for path in sorted(folder.glob("*.jsonl")) if path.name != "gold.jsonl"]
            records = {str(row["id"]): row for path in files for _, row in _json(path) if "id" in row and "text" in row}
        if name not in records:
            raise InputError("the gold names a source that is not there", place=f"{folder}: {name}")
        found[name] = Source(name, records[name]["text"], url=records[name].get("url"))
    return found


def _lines(path: Path) -> dict[str, list[GoldLine]]:
    lines: dict[str, list[GoldLine]] = {}
    for row in _rows(path, ("line_no", "text", "label", "keep")):
        line = GoldLine(_name(row), row["line_no"], row["text"], row["label"], row["keep"])
        lines.setdefault(line.source, []).append(line)
    return lines


def _page(row: Mapping[str, Any]) -> GoldPage:
    meta = {name: str(row[name]) for name in META_FIELDS if row.get(name)}
    return GoldPage(_name(row), tuple(row.get("main", ())), tuple(row.get("gone", ())), meta)


def _with_language(pages: list[GoldPage], rows: list[dict[str, Any]]) -> tuple[list[GoldPage], list[GoldCopy]]:
    """Return the pages, with one that only states the language for each document that has none, and the copies."""
    known = {page.source for page in pages}
    copies = [GoldCopy(_name(row), row["cluster"], row.get("relation", "single"), row.get("event")) for row in rows]
    more = [
        GoldPage(copy.source, meta={"language": row["language"]})
        for copy, row in zip(copies, rows, strict=True)
        if row.get("language") and copy.source not in known
    ]
    return pages + more, copies


def _name(row: Mapping[str, Any]) -> str:
    return str(row["file"] if "file" in row else row["id"])


def _rows(path: Path, needed: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a gold file, ``[]`` where it is absent."""
    if not path.is_file():
        return []
    rows = []
    for number, row in _json(path):
        lacking = [name for name in needed if name not in row]
        if "file" not in row and "id" not in row:
            lacking.insert(0, "file or id")
        if lacking:
            _refuse(path, number, f"row without {', '.join(lacking)}")
        rows.append(row)
    return rows


def _json(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a JSON Lines file with their line numbers; empty lines are skipped."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start}", place=str(path)) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            _refuse(path, number, f"not JSON: {error}")
        if not isinstance(row, dict):
            _refuse(path, number, "not a JSON object")
        yield number, row


def _refuse(path: Path, number: int, message: str) -> NoReturn:
    raise InputError(message, place=f"{path}:{number}")
