"""Run rules over a page: dispatch by cue, then the document rules; a rule that crashes becomes ERR001."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from scrubkit.catalogue import Hit, Rule
from scrubkit.core.document import Document
from scrubkit.core.finding import Finding
from scrubkit.rules.cues import Cue, CueHit, all_cues, find_cues
from scrubkit.rules.sheet import Sheet
from scrubkit.rules.title import title_row

__all__ = ["CueSheet", "find", "run_rules"]


class CueSheet(Sheet):
    """A sheet that also knows which cues were found where, for rules that look at neighbours' cues."""

    def __init__(self, document: Document, cues: Sequence[Cue]) -> None:
        super().__init__(document)
        found: dict[str, dict[int, CueHit]] = {}
        for hit in find_cues(self, tuple(cues)):
            found.setdefault(hit.cue.code, {}).setdefault(hit.row, hit)
        object.__setattr__(self, "_found", found)

    @cached_property
    def title(self) -> int | None:
        """The row that is the page's title, if one can be told; rows that a cue takes for a label are passed over."""
        found: dict[str, dict[int, CueHit]] = self._found  # type: ignore[attr-defined]
        return title_row(self, {row for rows in found.values() for row in rows})

    @cached_property
    def cued(self) -> Mapping[int, frozenset[str]]:
        """The cue phrases of each row that has any, whatever rule they speak for."""
        found: dict[str, dict[int, CueHit]] = self._found  # type: ignore[attr-defined]
        out: dict[int, set[str]] = {}
        for rows in found.values():
            for row, hit in rows.items():
                out.setdefault(row, set()).add(hit.cue.phrase)
        return {row: frozenset(phrases) for row, phrases in out.items()}

    @cached_property
    def body(self) -> tuple[int, int]:
        """First and last prose row; ``(len, -1)`` where there is none."""
        rows = [row for row, prose in enumerate(self.prose) if prose]
        return (rows[0], rows[-1]) if rows else (len(self), -1)

    @cached_property
    def _families(self) -> Mapping[int, frozenset[str]]:
        """The families whose cues each row holds, those apart whose labels are entries of menus too."""
        found: dict[str, dict[int, CueHit]] = self._found  # type: ignore[attr-defined]
        out: dict[int, set[str]] = {}
        for code, rows in found.items():
            for row in rows if code[:3] not in ("NAV", "FTR", "PRM", "TCK") else ():
                out.setdefault(row, set()).add(code[:3])
        return {row: frozenset(families) for row, families in out.items()}

    def claimed(self, row: int) -> bool:
        """Return whether a cue names the row beyond doubt: by several words, or beside another of its family.

        "Videos" may be an entry of any menu; "Share on Facebook", or "Facebook" under it, is a share bar.
        """
        families = self._families.get(row)
        if not families:
            return False
        if any(" " in phrase for phrase in self.cued[row]):
            return True
        return any(families & self._families.get(near, frozenset()) for near in (row - 1, row + 1))

    def framed(self, row: int) -> bool:
        """Return whether a row stands in the frame of the page: outside the running text, or among other cues.

        One-word labels need this: "Support" under a heading of a price list is content.
        """
        first, last = self.body
        if not first <= row <= last:
            return True
        own = self.cued.get(row, frozenset())
        near = (self.cued.get(r, frozenset()) for r in range(row - 2, row + 3) if r != row)
        return sum(bool(phrases - own) for phrases in near) >= 2

    def cue_rows(self, code: str) -> Mapping[int, CueHit]:
        """Return the first hit of a rule's cues in each row that has one, by row."""
        found: dict[str, dict[int, CueHit]] = self._found  # type: ignore[attr-defined]
        return found.get(code, {})


def find(
    document: Document,
    rules: Iterable[Rule],
    *,
    cues: Sequence[Cue] | None = None,
    params: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[Finding, ...]:
    """Return the findings of block- and document-scope rules over a document, sorted.

    ``params`` overrides parameters by rule code. The same document gives the same findings whatever ran before.
    """
    active = [rule for rule in rules if rule.test is not None and rule.scope in ("block", "document")]
    if not active or not document.text or document.text.isspace():
        return ()
    sheet = CueSheet(document, all_cues() if cues is None else cues)
    return tuple(sorted(run_rules(sheet, active, params or {}), key=Finding.sort_key))


def run_rules(sheet: CueSheet, rules: Iterable[Rule], params: Mapping[str, Mapping[str, float]]) -> Iterator[Finding]:
    """Yield the findings of each rule in turn."""
    for rule in rules:
        settings = {**rule.defaults(), **params.get(rule.code, {})}
        try:
            yield from (_finding(sheet, rule, hit) for hit in list(_hits(sheet, rule, settings)))
        except Exception as error:  # noqa: BLE001  a crash is a finding: the document is set aside, the run goes on
            yield _crash(sheet.document, rule, error)


def _hits(sheet: CueSheet, rule: Rule, settings: Mapping[str, float]) -> Iterator[Hit]:
    assert rule.test is not None
    if rule.scope == "document":
        yield from rule.test(sheet, **settings)  # type: ignore[misc]
        return
    for row, hit in sheet.cue_rows(rule.code).items():
        because = rule.test(sheet, row, hit, **settings)
        if because is not None:
            yield Hit(row, row, {"cue": hit.cue.phrase, **because})  # type: ignore[dict-item]


def _finding(sheet: Sheet, rule: Rule, hit: Hit) -> Finding:
    start, end = sheet.span(hit.first, hit.last)
    action = hit.action or rule.action
    return Finding(rule.code, start, end, action, rule.score if hit.score is None else hit.score, hit.because)


def _crash(document: Document, rule: Rule, error: Exception) -> Finding:
    because: dict[str, Any] = {
        "rule": rule.code,
        **({"plug-in": rule.origin} if rule.origin else {}),
        "error": f"{type(error).__name__}: {error}",
        "traceback": traceback.format_exc(limit=-4),
    }
    return Finding("ERR001", 0, len(document.text), "quarantine", 1.0, because)
