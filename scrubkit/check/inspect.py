"""What there is to say of one file: its format, then every text in it. A pure function of bytes and settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any

from scrubkit.catalogue import Rule, family_of
from scrubkit.catalogue.located import Located
from scrubkit.catalogue.render import excerpt_of, message_of
from scrubkit.check.format import FATAL, FormatHit, file_hits, record_hits
from scrubkit.check.places import HtmlPlaces, Places, RecordPlaces, TextPlaces
from scrubkit.check.records import RecordLine, read_records, text_of
from scrubkit.check.sources import Content
from scrubkit.core.choices import Keep, Scorer
from scrubkit.core.finding import Finding
from scrubkit.core.ledger import Entry
from scrubkit.io.records import Fields
from scrubkit.page import Page, Record
from scrubkit.pipeline import Filter, Pipeline
from scrubkit.processes.limits import NO_LIMITS, Limits

__all__ = ["Inspector", "Settings", "record_of", "rule_of", "stretches", "text_hash"]

# Families whose notes are metadata, not something wrong with a text.
_SILENT = ("KEP", "BYL", "TTL", "CAP")


@dataclass(frozen=True, slots=True)
class Settings:
    """What to look for: codes that are on, parameters by code, the names of a record's fields, the languages kept.

    ``keep`` and ``scorer`` are those of the block model, which speaks only where ``BPL001`` is in ``codes``;
    ``learned`` is the text of a file of templates.
    """

    codes: frozenset[str]
    params: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    fields: Fields = field(default_factory=Fields)
    languages: tuple[str, ...] = ()
    keep: Keep = "balanced"
    scorer: Scorer = "trained"
    learned: str = ""

    def fingerprint(self) -> str:
        """Return a hash of everything that may change a finding."""
        params = sorted((code, sorted(values.items())) for code, values in self.params.items())
        whole = repr(
            (sorted(self.codes), params, self.fields, sorted(self.languages), self.keep, self.scorer, self.learned)
        )
        return blake2b(whole.encode(), digest_size=16).hexdigest()


def text_hash(text: str) -> str:
    r"""Return the hash by which a baseline knows a finding: of its text with white space and case levelled.

    >>> text_hash("  Skip to\nContent") == text_hash("skip to content")
    True
    """
    return blake2b(" ".join(text.split()).casefold().encode("utf-8", "replace"), digest_size=8).hexdigest()


def rule_of(code: str) -> Rule:
    """Return the catalogue entry of a code that a finding carries."""
    from scrubkit.rulebook import all_rules

    rules = all_rules()
    return rules[code] if code in rules else _unlisted(code)


def _unlisted(code: str) -> Rule:
    """Return an entry for a code that no rule has: a crash, or a plug-in that is gone."""
    if code == "ERR001":
        return Rule(code, "rule-crashed", "A rule crashed on this text.", "", action="quarantine", score=1.0)
    return Rule(code, code.lower(), f"{family_of(code).title}.", "", score=1.0)


@dataclass(frozen=True)
class Inspector:
    """Checks files one by one with the same settings; the filters are made once.

    ``limits`` are those that this process may be ended by: none where it is not a worker.

    >>> inspector = Inspector(Settings(frozenset({"FMT002"})))
    >>> [(f.line, f.column, f.code) for f in inspector.file(b"Rain fell.", "a.txt", "text")]
    [(1, 11, 'FMT002')]
    """

    settings: Settings
    limits: Limits = NO_LIMITS

    def file(self, data: bytes, path: str, content: Content) -> tuple[Located, ...]:
        """Return the findings of a file, in order of place.

        The same bytes, name and settings give the same findings, whatever was checked before.
        """
        found = [finding for part in self.parts(data, path, content) for finding in part]
        return tuple(sorted(found, key=Located.sort_key))

    def parts(self, data: bytes, path: str, content: Content, start: int = 0) -> Iterator[list[Located]]:
        """Yield what :meth:`file` finds part by part: of the file as such, then of each document in it.

        Part *n* of a file of records is its line *n*, and a page is part 1. ``start`` is the first that is wanted.
        """
        self.limits.arm()
        hits = file_hits(data, content, self.settings.codes)
        documents: Iterator[list[Located]] = iter(())
        if not any(hit.code in FATAL for hit in hits):
            documents = (
                self._records(data, path, start) if content == "records" else self._page(data, path, content, start)
            )
        if start == 0:
            self.limits.disarm()
            yield [_format_finding(hit, path) for hit in hits]
            self.limits.arm()
        for found in documents:
            self.limits.disarm()
            yield found
            self.limits.arm()
        self.limits.disarm()

    def page(self, record: Record) -> Page:
        """Return the page with all findings that the settings ask for; a crash becomes ``ERR001`` on it."""
        self.limits.arm()
        pages = self._pipeline.guarded([Page(record)])
        self.limits.check(pages)
        return pages[0]

    @cached_property
    def fixable(self) -> frozenset[str]:
        """The codes whose removals ``--fix`` carries out: stable typed rules, never the block model."""
        return frozenset(
            rule.code
            for rule in map(rule_of, self.settings.codes)
            if rule.status == "stable" and rule.action == "remove" and rule.scope in ("block", "document")
            and rule.family.prefix != "BPL"
        )  # fmt: skip

    @cached_property
    def _pipeline(self) -> Pipeline:
        from scrubkit import filters

        settings = self.settings
        texts = sorted(code for code in settings.codes if rule_of(code).test is not None or code == "BPL001")
        steps: list[Filter] = [
            filters.repair_encoding(),
            filters.strip_boilerplate(select=texts, keep=settings.keep, scorer=settings.scorer, params=settings.params),
        ]
        if settings.learned:
            from scrubkit.templates import loads

            steps.append(filters.strip_templates(loads(settings.learned), select=sorted(settings.codes)))
        if settings.languages and "LNG001" in settings.codes:
            steps.append(filters.language(keep=settings.languages))
        quality = sorted(code for code in settings.codes if code.startswith("QLT"))
        if quality:
            given = [v for code, values in settings.params.items() if code[:3] == "QLT" for v in values.items()]
            params: dict[str, Any] = dict(given)
            steps.append(filters.quality(select=quality, **params))
        return Pipeline(steps)

    def _page(self, data: bytes, path: str, content: Content, start: int) -> Iterator[list[Located]]:
        if start > 1:
            return
        media_type = "text/html" if content == "html" else "text/plain"
        page = self.page(Record(path, data, media_type=media_type, place=path))
        text = page.document.text
        places: Places = HtmlPlaces(text, _source(data)) if page.document.is_html else TextPlaces(text)
        yield list(self._place(page, path, places))

    def _records(self, data: bytes, path: str, start: int) -> Iterator[list[Located]]:
        seen: dict[str, int] = {}
        ended = data.count(b"\n")
        for line in read_records(data):
            last = line.number > ended
            hits = record_hits(line, self.settings.fields, seen, self.settings.codes, last=last)
            found = [_format_finding(hit, path) for hit in hits]
            if line.number < start:
                continue
            record = record_of(line, path, self.settings.fields)
            if record is not None:
                page = self.page(record)
                # A record without an id is not named by its path: results are kept apart from file names.
                name = f"line {line.number}" if record.id == record.place else record.id
                found += self._place(page, path, RecordPlaces(page.document.text, line.number), name)
            yield found

    def _place(self, page: Page, path: str, places: Places, record: str | None = None) -> Iterator[Located]:
        text = page.document.text
        for entry in stretches(page.ledger.entries):
            finding = Finding(entry.code, entry.start, entry.end, "remove", entry.score, entry.because)
            fixable = entry.code in self.fixable and not page.document.is_html and not entry.replacement
            yield _text_finding(path, places, text, finding, record, fixable=fixable)
        for finding in self._notes(page.findings):
            yield _text_finding(path, places, text, finding, record)

    def _notes(self, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Yield what concerns the whole document, and notes that tell of something wrong."""
        for finding in findings:
            wrong = finding.action == "note" and not finding.code.startswith(_SILENT)
            asked = finding.code in self.settings.codes or finding.code.startswith("ERR")
            if asked and (wrong or finding.action in ("reject", "quarantine")):
                yield finding


def stretches(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries with those that touch and have one code joined: a footer of ten lines is one finding.

    The joined entry has the evidence of the first, the lowest score, and ``parts``, their number.
    """
    out: list[Entry] = []
    parts = 1
    for entry in entries:
        last = out[-1] if out else None
        if last is None or last.end != entry.start or last.code != entry.code or last.replacement or entry.replacement:
            out.append(entry)
            parts = 1
            continue
        parts += 1
        out[-1] = replace(
            last,
            end=entry.end,
            text=last.text + entry.text,
            score=min(last.score, entry.score),
            because={**last.because, "parts": parts},
        )
    return out


def record_of(line: RecordLine, path: str, fields: Fields) -> Record | None:
    """Return a line of a file of records as a record, ``None`` where it holds no text to check."""
    if not isinstance(line.value, dict):
        return None
    text = text_of(line.value, fields)
    if text is None:
        return None
    place = f"{path}:{line.number}"
    name, url = line.value.get(fields.id), line.value.get(fields.url)
    return Record(
        place if name is None else str(name),
        text.encode("utf-8", "replace").decode(),
        url=url if isinstance(url, str) else None,
        place=place,
    )


def _source(data: bytes) -> str:
    from scrubkit.ingest.decode import decode

    return decode(data, html=True).text


def _format_finding(hit: FormatHit, path: str) -> Located:
    rule = rule_of(hit.code)
    return Located(
        path, hit.line, hit.column, hit.line, hit.column, hit.code, message_of(rule, hit.because), rule.action,
        rule.score, hit.fixable, text_hash(hit.text), excerpt_of(hit.text), hit.record, dict(hit.because),
    )  # fmt: skip


def _text_finding(
    path: str, places: Places, text: str, finding: Finding, record: str | None, *, fixable: bool = False
) -> Located:
    whole = finding.end - finding.start == len(text) and finding.action != "remove"
    line, column, end_line, end_column = places(finding.start, finding.start if whole else finding.end)
    part = text[finding.start : finding.end]
    excerpt = "" if whole else excerpt_of(part)
    because: dict[str, Any] = {key: value for key, value in finding.because.items() if key != "traceback"}
    return Located(
        path, line, column, end_line, end_column, finding.code, message_of(rule_of(finding.code), because, excerpt),
        finding.action, finding.score, fixable, text_hash(part), excerpt, record, because,
    )  # fmt: skip
