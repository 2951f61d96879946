"""A line of a file: what it is, everything that was found on it, who won and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrubkit.catalogue.render import excerpt_of, reasons
from scrubkit.check.inspect import Inspector, record_of, rule_of
from scrubkit.check.places import HtmlPlaces
from scrubkit.check.records import read_records
from scrubkit.check.run import unpacked
from scrubkit.check.select import cleaning_settings
from scrubkit.check.sources import content_of
from scrubkit.core.errors import InputError
from scrubkit.core.finding import Finding
from scrubkit.core.offsets import line_starts
from scrubkit.ingest.decode import decode
from scrubkit.io.records import fields_of
from scrubkit.page import Line, Page, Record

if TYPE_CHECKING:
    from scrubkit.config import Config

__all__ = ["Explanation", "Spoken", "explain_line", "explanation_text"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One finding that touches the line: what it asked for and what became of it."""

    code: str
    name: str
    action: str
    score: float
    outcome: str
    because: Mapping[str, Any]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of a line: ``keep`` and ``kind`` after cleaning, all findings on it, the document's verdict."""

    path: str
    line: int
    text: str
    keep: bool
    kind: str
    verdict: str
    findings: tuple[Spoken, ...] = ()
    lines: tuple[Mapping[str, Any], ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return asdict(self)


def explain_line(path: str, line: int, config: Config) -> Explanation:
    """Return the explanation of line ``line`` of a file, by the rules that ``scrubkit clean`` would ask.

    In a file of records the line is a record, explained as a whole. In an HTML page it is a line of the source: the
    text that stands there. Raises :class:`~scrubkit.core.InputError` for a file or a line that does not exist.
    """
    try:
        data = unpacked(Path(path).read_bytes(), path)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=path) from error
    content = content_of(path) or "text"
    if content == "records":
        return _record(data, path, line, config)
    media_type = "text/html" if content == "html" else "text/plain"
    page = Inspector(cleaning_settings(config)).page(Record(path, data, media_type=media_type, place=path))
    if page.document.is_html:
        return _html(page, path, line, decode(data, html=True).text)
    found = next((entry for entry in page.lines() if entry.line_no == line), None)
    if found is None:
        count = page.document.text.count("\n") + 1
        raise InputError(f"there is no line {line}", place=path, remedy=f"the text has {count} lines")
    start = line_starts(page.document.text)[line - 1]
    spoken = _spoken(page, start, start + len(found.text))
    return Explanation(path, line, found.text, found.keep, found.kind, page.verdict.status, spoken)


def _html(page: Page, path: str, line: int, source: str) -> Explanation:
    """Return the explanation of the text that stands on a line of a page's source."""
    document = page.document
    places = HtmlPlaces(document.text, source)
    shown = [block for block in document.blocks if block.kind != "blank"]
    spans = [(block, places(block.start, block.end)) for block in shown]
    there = [block for block, (first, _, last, _) in spans if first <= line <= last]
    if not there:
        before = max((place[0] for _, place in spans if place[0] < line), default=None)
        remedy = f"the text before it is on line {before}" if before else "the page's text begins below it"
        raise InputError("no text of the page stands on the line", place=f"{path}:{line}", remedy=remedy)
    start, end = there[0].start, there[-1].end
    starts = line_starts(document.text)
    entries = [entry for entry in page.lines() if start <= starts[entry.line_no - 1] < end]
    lines = tuple(_told(entry) for entry in entries)
    visible = [entry for entry in entries if entry.kind != "blank"]
    kind = visible[0].kind if len({entry.kind for entry in visible}) == 1 else "several"
    return Explanation(
        path, line, excerpt_of(document.text[start:end]), any(entry.keep for entry in entries), kind,
        page.verdict.status, _spoken(page, start, end), lines=lines if len(visible) > 1 else (),
    )  # fmt: skip


def _record(data: bytes, path: str, line: int, config: Config) -> Explanation:
    fields = fields_of(config)
    found = next((entry for entry in read_records(data) if entry.number == line), None)
    if found is None:
        count = sum(1 for _ in read_records(data))
        raise InputError(f"there is no record on line {line}", place=path, remedy=f"the file has {count} lines")
    record = record_of(found, path, fields)
    if record is None:
        reason = found.detail or found.error or f"it has no field {fields.text!r} with text in it"
        raise InputError(f"the record cannot be read: {reason}", place=f"{path}:{line}")
    page = Inspector(cleaning_settings(config)).page(record)
    lines = tuple(_told(entry) for entry in page.lines())
    text = page.document.text
    kept = any(entry["keep"] for entry in lines)
    return Explanation(
        path, line, excerpt_of(text), kept, "record", page.verdict.status, _spoken(page, 0, len(text)), lines
    )


def _told(entry: Line) -> dict[str, Any]:
    return {"line": entry.line_no, "text": entry.text, "keep": entry.keep, "kind": entry.kind, "code": entry.code}


def _spoken(page: Page, start: int, end: int) -> tuple[Spoken, ...]:
    touching = [f for f in page.findings if f.start < max(end, start + 1) and f.end > start]
    touching.sort(key=lambda f: (-f.score, f.sort_key()))
    return tuple(
        Spoken(
            f.code, rule_of(f.code).name, f.action, f.score, _outcome(f, page, start, end), dict(f.because),
            rule_of(f.code).summary,
        )
        for f in touching
    )  # fmt: skip


def _outcome(finding: Finding, page: Page, start: int, end: int) -> str:
    low, high = max(start, finding.start), max(min(end, finding.end), max(start, finding.start) + 1)
    taken = [e for e in page.ledger.entries if e.start < high and e.end > low]
    if finding.action == "keep":
        return "stands: nothing was removed" if not taken else f"outweighed by {_names(taken)}"
    if finding.action == "remove":
        if any(entry.code == finding.code for entry in taken):
            return "removed it"
        if any(finding.code in entry.codes for entry in taken):
            return f"agrees; {_names(taken)} is reported"
        vetoes = sorted({f.code for f in page.findings if f.action == "keep" and f.start < high and f.end > low})
        return f"outweighed by {', '.join(vetoes)}" if vetoes else "did not stand"
    if finding.action == "replace":
        return "replaced it" if any(e.code == finding.code and e.replacement for e in taken) else "did not stand"
    if finding.action in ("reject", "quarantine"):
        return f"decides over the document: {page.verdict.status}"
    return "notes it"


def _names(entries: list[Any]) -> str:
    return ", ".join(sorted({entry.code for entry in entries}))


def explanation_text(told: Explanation) -> str:
    """Return the explanation for a terminal."""
    fate = "kept" if told.keep else "blank" if told.kind == "blank" else "removed"
    out = [f"{told.path}:{told.line}: {fate}, {told.kind}"]
    out.append(f"  {excerpt_of(told.text, 100)}")
    if told.verdict != "kept":
        out.append(f"  document: {told.verdict}")
    if not told.findings:
        out += ["", "No rule had anything to say about it."]
    for spoken in told.findings:
        out += ["", f"{spoken.code} {spoken.name}: {spoken.action}, score {spoken.score:.2f}: {spoken.outcome}"]
        out.append(f"  {spoken.summary}")
        why = reasons(spoken.because)
        if why:
            out.append(f"  because {why}")
    for line in told.lines:
        if line["kind"] != "blank":
            mark = " " if line["keep"] else "-"
            label = line["code"] or line["kind"]
            out.append(f"{mark} {line['line']:4} {label:9} {excerpt_of(line['text'], 90)}")
    return "\n".join(out) + "\n"
