"""A page on its way through a pipeline: the document, what was found in it, and the views of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from scrubkit.catalogue import kind_of
from scrubkit.core import show
from scrubkit.core.document import Document, Meta
from scrubkit.core.errors import ConfigError
from scrubkit.core.finding import Finding, Verdict, verdict_of
from scrubkit.core.ledger import Entry, Ledger
from scrubkit.ingest import IngestPlan, ingest
from scrubkit.kernels.resolve import resolve

__all__ = ["Line", "Page", "Record", "page_of"]


@dataclass(frozen=True, slots=True)
class Record:
    """One source as a reader found it; ``metadata`` and ``extra`` columns are the user's and pass through.

    ``place`` says where it stands (``a.jsonl:7``), for messages.
    """

    id: str
    data: bytes | str
    url: str | None = None
    media_type: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    place: str | None = None


class Line(NamedTuple):
    """One line of ``document.text``: what it is and whether it stays; ``code`` is the rule that took it."""

    line_no: int
    text: str
    keep: bool
    kind: str
    code: str | None


@dataclass(frozen=True)
class Page:
    """A record with its findings. Frozen: filters return new pages, the views below are computed once.

    >>> from scrubkit.core import Finding
    >>> page = Page(Record("a", "Home\\nRain fell on Monday.\\n")).add([Finding("NAV004", 0, 5)])
    >>> page.text, page.verdict.status
    ('Rain fell on Monday.\\n', 'kept')
    """

    record: Record
    plan: IngestPlan = field(default_factory=IngestPlan)
    findings: tuple[Finding, ...] = ()
    annotations: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def document(self) -> Document:
        """The decoded, repaired, laid-out text; made at first use."""
        record = self.record
        return ingest(record.data, id=record.id, url=record.url, media_type=record.media_type, plan=self.plan)

    @cached_property
    def ledger(self) -> Ledger:
        """What was taken out and why."""
        return resolve(self.document, self.findings)

    @property
    def id(self) -> str:
        """The user's id."""
        return self.record.id

    @property
    def text(self) -> str:
        """The clean text."""
        return self.ledger.text

    @cached_property
    def meta(self) -> Meta:
        """What is known of the page, the annotations of filters (language) included."""
        known = {key: value for key, value in self.annotations.items() if key in Meta.__dataclass_fields__}
        return replace(self.document.meta, **known)

    @cached_property
    def verdict(self) -> Verdict:
        """Kept, rejected or quarantined, with the codes that decided it."""
        return verdict_of(self.findings)

    def add(self, findings: Iterable[Finding], annotations: Mapping[str, Any] | None = None) -> Page:
        """Return this page with more findings; what was already laid out is not laid out again."""
        new = tuple(findings)
        told = {**self.annotations, **annotations} if annotations else self.annotations
        page = Page(self.record, self.plan, (*self.findings, *new) if new else self.findings, told)
        # What is known already stays known; the ledger only where nothing new acts on the text.
        acting = any(finding.action in ("remove", "replace", "keep") for finding in new)
        for view in ("document",) if acting else ("document", "ledger"):
            if view in self.__dict__:
                page.__dict__[view] = self.__dict__[view]
        return page

    def lines(self) -> Iterator[Line]:
        r"""Yield every line of ``document.text`` (split on ``\n`` only) with what became of it.

        A line is kept while any of its visible characters is. ``kind`` is ``content`` for kept lines unless a
        note or veto says more (``title``, ``byline``), ``blank`` for empty ones.
        """
        return (line for line, _ in self._lines())

    def _lines(self) -> Iterator[tuple[Line, Entry | None]]:
        """Yield each line with the entry that took most of it, where it went."""
        text = self.document.text
        notes = _note_kinds(self.findings)
        entries = self.ledger.entries
        at = first = 0
        for number, line in enumerate(text.split("\n"), 1):
            end = at + len(line)
            while first < len(entries) and entries[first].end <= at:
                first += 1
            visible = len("".join(line.split()))
            gone, most, i = 0, 0, first
            taker: Entry | None = None
            while i < len(entries) and entries[i].start < end:
                entry = entries[i]
                part = len("".join(text[max(at, entry.start) : min(end, entry.end)].split()))
                part = 0 if entry.replacement else part
                gone += part
                if part > most:
                    most, taker = part, entry
                i += 1
            keep = visible > gone
            if not visible:
                yield Line(number, line, False, "blank", None), None
            elif keep:
                yield Line(number, line, True, notes.get(at, "content"), None), None
            elif taker is None:
                yield Line(number, line, False, "blank", None), None
            else:
                yield Line(number, line, False, kind_of(taker.code), taker.code), taker
            at = end + 1

    def _repr_html_(self) -> str:
        """Show the page in a notebook: what went is struck out, with its rule and evidence."""
        rows = (
            (line.text, line.kind if taker else None, f"{taker.code}: {show.evidence(taker.because)}" if taker else "")
            for line, taker in self._lines()
        )
        size = f"{len(self.document.text):,} → {len(self.text):,} characters"
        told = (self.meta.title or "", self.verdict.status, *self.verdict.codes, size, self.meta.language or "")
        return f"<div>{show.heading(self.id, *told)}{show.lines(rows, self.document.text.count(chr(10)) + 1)}</div>"


def page_of(number: int, item: Page | Record | bytes | str) -> Page:
    """Return the page of what a filter or a pipeline was given; the id of a bare text is its number.

    Raises :class:`~scrubkit.core.ConfigError` for what is none of these.
    """
    given: Any = item
    if isinstance(given, Page):
        return given
    if isinstance(given, Record):
        return Page(given)
    if isinstance(given, (str, bytes, bytearray, memoryview)):
        return Page(Record(str(number), given if isinstance(given, str) else bytes(given)))
    what = f"record {number} is of type {type(given).__name__}"
    raise ConfigError(what, remedy="give records, pages, bytes or strings; scrubkit.read reads files")


def _note_kinds(findings: Iterable[Finding]) -> dict[int, str]:
    """Return the kind that a note or veto gives the line it starts on."""
    return {
        f.start: kind_of(f.code)
        for f in sorted(findings, key=Finding.sort_key)
        if f.action in ("note", "keep") and f.code[:3] in ("TTL", "BYL", "CAP")
    }
