"""Filters of the text layer that stand alone: on one text, on records and pages, or on an Arrow batch.

==========================================  ===========================================================================
given                                       comes back
==========================================  ===========================================================================
``str`` or ``bytes``                        the mended text; of ``language`` a ``Language(code, score)``
a sequence of pages, records, texts         as many pages with findings, as of any filter
Arrow ``RecordBatch`` or ``Table``, or      the same with the text column mended and columns added; no row is dropped:
a mapping of columns to lists               ``verdict`` and ``findings`` say which should be, and why
==========================================  ===========================================================================
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from scrubkit.core.document import Meta
from scrubkit.core.errors import ConfigError, InputError
from scrubkit.core.finding import Finding, verdict_of
from scrubkit.frames import column, names, with_columns
from scrubkit.ingest import IngestPlan
from scrubkit.page import Page, Record, page_of

if TYPE_CHECKING:
    from scrubkit.ingest.language import Backend, Language

__all__ = ["LanguageFilter", "MendFilter", "TextFilter", "Told"]

Result = TypeVar("Result")

_WORST: tuple[Literal["quarantined", "rejected", "kept"], ...] = ("quarantined", "rejected", "kept")


@dataclass(frozen=True)
class Told(Generic[Result]):
    """What a filter says of one text: the result, the columns it makes of it, and its findings."""

    result: Result
    columns: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class TextFilter(ABC, Generic[Result]):
    """A filter that judges or mends a text by itself; picklable, holds its settings only."""

    column: str = "text"

    @abstractmethod
    def on_text(self, data: str | bytes) -> Told[Result]:
        """Return what is to be said of one text."""

    @abstractmethod
    def makes(self) -> tuple[str, ...]:
        """Return the names of the columns that are made of a text."""

    @abstractmethod
    def on_pages(self, pages: Sequence[Page]) -> Sequence[Page]:
        """Return the pages with findings added."""

    @overload
    def __call__(self, given: str | bytes, /) -> Result: ...

    @overload
    def __call__(self, given: Sequence[Page | Record], /) -> Sequence[Page]: ...

    @overload
    def __call__(self, given: Any, /) -> Any: ...

    def __call__(self, given: Any, /) -> Any:
        """Return what the filter makes of one text, of pages or records, or of an Arrow batch."""
        if isinstance(given, (str, bytes, bytearray, memoryview)):
            return self.on_text(given if isinstance(given, str) else bytes(given)).result
        if isinstance(given, Mapping) or hasattr(given, "schema"):
            return self._on_batch(given)
        if not isinstance(given, Sequence):
            remedy = "give a text, a list of pages or records, or an Arrow table"
            raise InputError(f"a filter cannot work on {type(given).__name__}", remedy=remedy)
        return self.on_pages([page_of(number, item) for number, item in enumerate(given)])

    def _on_batch(self, batch: Any) -> Any:
        cells = column(batch, self.column)
        if cells is None:
            remedy = f"name it with column=; there are {', '.join(names(batch))}"
            raise ConfigError(f"the batch has no column {self.column!r}", remedy=remedy)
        told = [None if cell is None else self._cell(cell, row) for row, cell in enumerate(cells)]
        columns = {name: [None if some is None else some.columns[name] for some in told] for name in self.makes()}
        return _with_findings(batch, columns, [() if some is None else some.findings for some in told])

    def _cell(self, cell: Any, row: int) -> Told[Result]:
        if not isinstance(cell, (str, bytes)):
            raise InputError(f"{self.column} holds a {type(cell).__name__}, not a text", place=f"row {row}")
        return self.on_text(cell)


@dataclass(frozen=True)
class MendFilter(TextFilter[str]):
    """Decodes, mends mojibake and normalises, as far as the plan says."""

    plan: IngestPlan = field(default_factory=IngestPlan)

    def makes(self) -> tuple[str, ...]:
        """Return the text column and ``repairs``."""
        return (self.column, "repairs")

    def on_text(self, data: str | bytes) -> Told[str]:
        """Return the mended text; the column ``repairs`` holds the steps as JSON, ``null`` where nothing was done."""
        from scrubkit.ingest import mended
        from scrubkit.ingest.text_rules import text_findings

        text, decoding, steps = mended(data, plan=self.plan)
        findings = text_findings(Meta(decoding=decoding, repairs=steps), text)
        repairs = json.dumps([dict(step) for step in steps], ensure_ascii=False) if steps else None
        return Told(text, {self.column: text, "repairs": repairs}, findings)

    def on_pages(self, pages: Sequence[Page]) -> Sequence[Page]:
        """Return the pages laid out anew from their mended sources."""
        from scrubkit.ingest.text_rules import text_findings

        out = []
        for page in pages:
            fresh = page if "document" not in page.__dict__ else Page(page.record)
            if fresh is not page and (page.findings or page.annotations):
                raise ConfigError("repair_encoding comes after a filter that read the text", remedy="put it first")
            fresh = replace(fresh, plan=self.plan)
            document = fresh.document
            out.append(fresh.add(text_findings(document.meta, document.text)))
        return out


@dataclass(frozen=True)
class LanguageFilter(TextFilter["Language"]):
    """Tells the language, and rejects where it is none of those to keep."""

    keep: frozenset[str] | None = None
    backend: Backend = "auto"

    def makes(self) -> tuple[str, ...]:
        """Return ``language`` and ``language_score``."""
        return ("language", "language_score")

    def on_text(self, data: str | bytes) -> Told[Language]:
        """Return the language of a text; columns ``language`` and ``language_score``."""
        from scrubkit.ingest import mended
        from scrubkit.ingest.text_rules import language_findings

        text = data if isinstance(data, str) else mended(data, plan=IngestPlan("none", None))[0]
        found, findings = language_findings(text, keep=self.keep, backend=self.backend)
        return Told(found, {"language": found.code, "language_score": round(found.score, 4)}, findings)

    def on_pages(self, pages: Sequence[Page]) -> Sequence[Page]:
        """Return the pages tagged with the language of what is left of them."""
        out = []
        for page in pages:
            told = self.on_text(page.text)
            out.append(page.add(told.findings, told.columns))
        return out


def _with_findings(batch: Any, columns: Mapping[str, list[Any]], findings: Sequence[tuple[Finding, ...]]) -> Any:
    """Return the batch with the columns and with ``verdict`` and ``findings``, added to those it has already."""
    rows = [[_row(finding) for finding in some] for some in findings]
    verdicts = [verdict_of(some).status for some in findings]
    before, said = column(batch, "findings"), column(batch, "verdict")
    if before is not None:
        rows = [[*(old or ()), *new] for old, new in zip(before, rows, strict=True)]
    if said is not None:
        verdicts = [_worse(old, new) for old, new in zip(said, verdicts, strict=True)]
    wanted = {**columns, "verdict": verdicts, "findings": rows}
    return with_columns(batch, wanted, {} if isinstance(batch, Mapping) else _types(wanted))


def _row(finding: Finding) -> dict[str, Any]:
    because = json.dumps(dict(finding.because), ensure_ascii=False, sort_keys=True)
    return {"code": finding.code, "start": finding.start, "end": finding.end, "action": finding.action,
            "score": finding.score, "because": because}  # fmt: skip


def _worse(old: str | None, new: str) -> Literal["rejected", "quarantined", "kept"]:
    for status in _WORST:
        if status in (old, new):
            return status
    return "kept"


def _types(names: Iterable[str]) -> dict[str, Any]:
    """Return the Arrow types of the columns that filters make."""
    import pyarrow as pa

    place = [("code", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("action", pa.string())]
    finding = pa.struct([*place, ("score", pa.float64()), ("because", pa.string())])
    known = {"language_score": pa.float64(), "findings": pa.list_(finding)}
    return {name: known.get(name, pa.string()) for name in names}
