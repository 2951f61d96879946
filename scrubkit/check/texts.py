"""The clean texts of files, made in processes of their own: what documents of a corpus are compared by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scrubkit.catalogue.located import Located
from scrubkit.check.apart import over_limit
from scrubkit.check.inspect import Inspector, Settings, record_of
from scrubkit.check.records import read_records
from scrubkit.check.run import Look, unpacked
from scrubkit.check.sources import content_of
from scrubkit.core.errors import ScrubkitError
from scrubkit.page import Record
from scrubkit.processes.limits import NO_LIMITS, Death, Limits
from scrubkit.processes.pool import Pool

__all__ = ["Cleaned", "Row", "clean_texts"]

Row = tuple[int, str, str | None, str | None, str | None]
"""``(line, clean text, record id, date, host)`` of a document that is kept."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The documents of a file, findings on those that met a limit, and why it could not be read."""

    path: str
    rows: list[Row] = field(default_factory=list)
    aside: list[Located] = field(default_factory=list)
    failure: ScrubkitError | None = None


def clean_texts(files: Iterable[Look], settings: Settings, limits: Limits) -> Iterator[Cleaned]:
    """Yield the clean texts of files, in any order. Without limits they are made in this process."""
    if not limits:
        yield from map(_Cleans(Inspector(settings)).whole, files)
        return
    pool = Pool(_Cleaning(settings, limits), 1)
    try:
        yield from pool.run(iter(files))
    finally:
        pool.stop()


@dataclass(frozen=True, slots=True)
class _Cleaning:
    """The craft."""

    settings: Settings
    limits: Limits

    @property
    def preload(self) -> str:
        return "scrubkit.check.inspect"

    def warm(self) -> None:
        """Load nothing: there is one worker."""

    def hand(self) -> _Cleans:
        inspector = Inspector(self.settings, self.limits)
        Inspector(self.settings).page(Record("-", "Rain fell.\n"))  # what is loaded is no document's time
        return _Cleans(inspector)

    def aside(self, piece: Look, at: int, death: Death) -> tuple[Cleaned, bool]:
        told = over_limit(piece.path, at, death, self.limits)
        return Cleaned(piece.path, [], list(told.findings), told.failure), at > 0

    def joined(self, piece: Look, parts: list[Cleaned]) -> Cleaned:
        return _joined(piece.path, parts)


@dataclass(frozen=True, slots=True)
class _Cleans:
    inspector: Inspector

    def whole(self, piece: Look) -> Cleaned:
        return _joined(piece.path, list(self.singly(piece, 0)))

    def singly(self, piece: Look, start: int) -> Iterator[Cleaned]:
        """Yield the file as such, then each document: the line of a record, or the page, which is 1."""
        limits, path = self.inspector.limits or NO_LIMITS, piece.path
        limits.arm()
        try:
            data = unpacked(piece.data or b"", path)
        except ScrubkitError as error:
            limits.disarm()
            yield Cleaned(path, failure=error)
            return
        if start == 0:
            limits.disarm()
            yield Cleaned(path)
            limits.arm()
        for row in self._rows(data, path, start):
            limits.disarm()
            yield Cleaned(path, [] if row is None else [row])
            limits.arm()
        limits.disarm()

    def _rows(self, data: bytes, path: str, start: int) -> Iterator[Row | None]:
        content = content_of(path) or "text"
        if content != "records":
            if start <= 1:
                media_type = "text/html" if content == "html" else "text/plain"
                yield self._kept(Record(path, data, media_type=media_type, place=path), 1, None)
            return
        for line in read_records(data):
            if line.number >= start:
                record = record_of(line, path, self.inspector.settings.fields)
                name = "" if record is None else f"line {line.number}" if record.id == record.place else record.id
                yield None if record is None else self._kept(record, line.number, name)

    def _kept(self, record: Record, line: int, name: str | None) -> Row | None:
        page = self.inspector.page(record)
        if page.verdict and page.text.strip():
            return line, page.text, name, page.meta.date, page.meta.host
        return None


def _joined(path: str, parts: Sequence[Cleaned]) -> Cleaned:
    return Cleaned(
        path,
        [row for part in parts for row in part.rows],
        [finding for part in parts for finding in part.aside],
        next((part.failure for part in parts if part.failure is not None), None),
    )
