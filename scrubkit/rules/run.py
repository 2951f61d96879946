"""Run rules over a page: those that could find anything on it; a rule that crashes becomes ERR001."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scrubkit.catalogue import Hit, Rule, each_row
from scrubkit.core.document import Document
from scrubkit.core.finding import Finding
from scrubkit.ingest.signatures import Signature, read_signature_at
from scrubkit.kernels.findings import Made, in_order, made_of
from scrubkit.kernels.owners import Owners
from scrubkit.kernels.rows import Found
from scrubkit.rules.cues import Cue, CueHit, Matcher, all_cues, stem_name
from scrubkit.rules.elements import bits, field, read_elements, words
from scrubkit.rules.sheet import FLAGS, Sheet, column
from scrubkit.rules.title import title_row

__all__ = ["CueSheet", "find", "find_each"]

_OPENED, _TEXT_DIGITS = FLAGS["opened"], FLAGS["text_digits"]
# No date is without a year, no reading time without its unit, and no name without a word before it or behind.
_MAY_SIGN = _OPENED | FLAGS["dated"] | FLAGS["minutes"]


@dataclass(frozen=True)
class CueSheet(Sheet):
    """A sheet that also knows which cues were found where, for rules that look at neighbours' cues."""

    matcher: Matcher

    @column
    def _rows_by_code(self) -> dict[str, Mapping[int, CueHit]]:
        return {}

    @column
    def _signatures(self) -> dict[int, Signature | None]:
        return {}

    @column
    def _found(self) -> Found:
        return self.matcher.phrases.find(self.scan)

    @property
    def present(self) -> frozenset[str]:
        """The codes whose cues or stems stand on the page (stems: see :func:`scrubkit.rules.cues.stem_name`)."""
        return self._found.present

    @column
    def owners(self) -> Owners | None:
        """What the elements of the page say of its rows, ``None`` for flattened text."""
        return read_elements(self.document.blocks, self.rows)

    def named(self, vocabulary: str) -> dict[int, str]:
        """Return the rows of which the name of an element says something in a vocabulary, each with the word."""
        if self.owners is None:
            return {}
        said = words(vocabulary)
        return {row: said[number] for row, number in self.owners.select(field(vocabulary))}

    @column
    def title(self) -> int | None:
        """The row that is the page's title, if one can be told; rows that a cue takes for a label are passed over."""
        return title_row(self, self.signature, lambda: set(self._found.cued()))

    def signature(self, row: int) -> Signature | None:
        """Return what a row says of who wrote the text and when (:func:`scrubkit.ingest.signatures.read_signature_at`)."""
        known = self._signatures
        if row not in known:
            known[row] = read_signature_at(self.text, row) if self._may_sign(row) else None
        return known[row]

    def _may_sign(self, row: int) -> bool:
        if self.scan.flags(row) & _MAY_SIGN:
            return True
        above = self.scan.flags(row - 1) if row else 0
        # The row above may be the opener ("By") of this one.
        return bool(above & _OPENED) and not above & _TEXT_DIGITS and self.words[row - 1] <= 2

    def framed(self, row: int) -> bool:
        """Return whether a row stands in the frame of the page: outside the running text, or among other cues.

        One-word labels need this: "Support" under a heading of a price list is content.
        """
        first, last = self.body
        return not first <= row <= last or self._found.among(row) >= 2

    def cue_rows(self, code: str) -> Mapping[int, CueHit]:
        """Return the first hit of a rule's cues in each row that has one, by row."""
        known = self._rows_by_code
        if code not in known:
            found = self._found.hits(self.matcher.number[code]) if code in self.present else []
            known[code] = self.matcher.by_row(found)
        return known[code]

    def stem_rows(self, code: str) -> list[int]:
        """Return the rows in which a stem of a rule stands."""
        name = stem_name(code)
        return self._found.rows_of(self.matcher.number[name]) if name in self.present else []


class _Step(NamedTuple):
    """A rule as it is run: its settings, and what a page must have (see :class:`scrubkit.catalogue.Needs`).

    One of the ``names``, ``flags`` or ``bits`` must be there; ``flags`` of ``_ANY`` are, on every page.
    """

    rule: Rule
    settings: dict[str, float]
    names: frozenset[str]
    flags: int
    bits: int
    html: bool | None


_ANY = 1 << 62  # a flag that no row has: it stands for the page itself


class _Plan(NamedTuple):
    rules: tuple[Rule, ...]
    cues: Sequence[Cue]
    params: dict[str, dict[str, float]]
    steps: tuple[_Step, ...]
    fitting: tuple[tuple[_Step, ...], tuple[_Step, ...]]  # those for flattened text, and those for HTML
    matcher: Matcher


_plans: list[_Plan] = []  # the last few: a run has one or two, and making one takes as long as hundreds of pages
_KEPT = 8


def _plan(rules: tuple[Rule, ...], cues: Sequence[Cue], params: Mapping[str, Mapping[str, float]]) -> _Plan:
    wanted = {code: dict(own) for code, own in params.items()}
    for plan in _plans:
        if plan.cues is cues and plan.rules == rules and plan.params == wanted:
            return plan
    active = [rule for rule in rules if rule.test is not None and rule.scope in ("block", "document")]
    stems = {rule.code: rule.stems for rule in active if rule.stems}
    same = (
        p.matcher
        for p in _plans
        if p.cues is cues and {s.rule.code: s.rule.stems for s in p.steps if s.rule.stems} == stems
    )
    matcher = next(same, None) or Matcher(cues, stems)
    steps = tuple(_step(rule, wanted) for rule in active)
    text, html = (tuple(step for step in steps if step.html in (None, form)) for form in (False, True))
    plan = _Plan(rules, cues, wanted, steps, (text, html), matcher)
    _plans[:] = [plan, *_plans[: _KEPT - 1]]
    return plan


def _step(rule: Rule, params: Mapping[str, Mapping[str, float]]) -> _Step:
    settings = {**rule.defaults(), **params.get(rule.code, {})}
    names: set[str] = {stem_name(rule.code)} if rule.stems else set()
    if rule.scope == "block":
        return _Step(rule, settings, frozenset((rule.code,)), 0, 0, None)
    if rule.needs is None:
        return _Step(rule, settings, frozenset(names), 0 if names else _ANY, 0, None)
    names |= set(rule.needs.cues)
    flags, said = (
        sum(map(value, asked)) for value, asked in ((FLAGS.__getitem__, rule.needs.flags), (bits, rule.needs.elements))
    )
    html = None if rule.needs.structure is None else rule.needs.structure == "html"
    return _Step(rule, settings, frozenset(names), flags if names or flags or said else _ANY, said, html)


def find(
    document: Document,
    rules: Iterable[Rule],
    *,
    cues: Sequence[Cue] | None = None,
    params: Mapping[str, Mapping[str, float]] | None = None,
    every: bool = False,
) -> tuple[Finding, ...]:
    """Return the findings of block- and document-scope rules over a document, sorted.

    ``params`` overrides parameters by rule code. ``every`` calls also the rules that need what the page has not:
    slower, and the same findings. The same document gives the same findings whatever ran before.
    """
    return find_each((document,), rules, cues=cues, params=params, every=every)[0]


def find_each(
    documents: Sequence[Document],
    rules: Iterable[Rule],
    *,
    cues: Sequence[Cue] | None = None,
    params: Mapping[str, Mapping[str, float]] | None = None,
    every: bool = False,
) -> list[tuple[Finding, ...]]:
    """Return what :func:`find` returns of each document, rule by rule: what a rule needs stays in the cache."""
    plan = _plan(tuple(rules), all_cues() if cues is None else cues, params or {})
    pages = [_page(document, plan) for document in documents]
    for form in (False, True):
        same = [page for page in pages if page is not None and page.sheet.is_html is form]
        for step in (plan.steps if every else plan.fitting[form]) if same else ():
            _, _, names, flags, bits, _ = step
            for sheet, made, present, seen, said in same:
                if every or flags & seen or bits & said or not names.isdisjoint(present):
                    _run(sheet, step, made)
    return [() if page is None else in_order(page.made) for page in pages]


class _Page(NamedTuple):
    """A page that rules run over: what was found, and what it has of what rules need."""

    sheet: CueSheet
    made: Made
    present: frozenset[str]
    seen: int
    said: int


def _page(document: Document, plan: _Plan) -> _Page | None:
    if not plan.steps or not document.text or document.text.isspace():
        return None
    sheet = CueSheet(document, plan.matcher)
    made = made_of(document.blocks.starts, document.blocks.ends, sheet.rows)
    said = sheet.owners.present if sheet.owners is not None else 0
    return _Page(sheet, made, sheet.present, sheet.scan.seen | _ANY, said)


def _run(sheet: CueSheet, step: _Step, made: Made) -> None:
    rule, found = step.rule, made.found
    size = len(found)
    try:
        made.add(rule.code, rule.action, rule.score, _hits(sheet, step))
    except Exception as error:  # noqa: BLE001  a crash is a finding: the document is set aside, the run goes on
        del found[size:]
        found.append(_crash(sheet.document, rule, error))


def _hits(sheet: CueSheet, step: _Step) -> Iterable[Hit]:
    test = step.rule.test
    assert test is not None
    return test(sheet, **step.settings) if step.rule.scope == "document" else _block_hits(sheet, step)  # type: ignore[return-value]


def _block_hits(sheet: CueSheet, step: _Step) -> Iterator[Hit]:
    test, settings = step.rule.test, step.settings
    found: dict[int, Mapping[str, Any]] = {}
    for row, hit in sheet.cue_rows(step.rule.code).items():
        because = test(sheet, row, hit, **settings)  # type: ignore[misc]
        if because is not None:
            found[row] = {"cue": hit.cue.phrase, **because}  # type: ignore[dict-item]
    return each_row(found, found.values())


def _crash(document: Document, rule: Rule, error: Exception) -> Finding:
    because: dict[str, Any] = {
        "rule": rule.code,
        **({"plug-in": rule.origin} if rule.origin else {}),
        "error": f"{type(error).__name__}: {error}",
        "traceback": traceback.format_exc(limit=-4),
    }
    return Finding("ERR001", 0, len(document.text), "quarantine", 1.0, because)
