"""Document quality, judged on the cleaned text: the guards that are always on, and who calls which check.

A document is judged after cleaning, never before: menus and comment threads around a good article make it look
like spam to every published document filter. Thresholds are parameters of the rules; what each stands for and
where it comes from is told in :mod:`scrubkit.rules.quality_catalogue`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

from scrubkit.catalogue import Rule
from scrubkit.core.document import Document
from scrubkit.core.errors import ConfigError
from scrubkit.core.finding import Finding
from scrubkit.core.ledger import Ledger
from scrubkit.ingest.layout import layout_text
from scrubkit.rules.cues import CueHit, Matcher, every_hit, shipped_cues
from scrubkit.rules.quality_catalogue import RULES
from scrubkit.rules.quality_checks import CHECKS, few_stop_words, is_javascript_notice
from scrubkit.rules.quality_stats import TextStats, count_words, prose_words, shown
from scrubkit.rules.sheet import Sheet

__all__ = ["RULES", "check_params", "judge"]

Settings = Mapping[str, float]
Because = Mapping[str, Any] | None

_PROMPT_DENSITY = 0.15
"""Share of a line's characters in prompt phrases from which on the line is a prompt: real ones have 0.2 to 0.9."""


def judge(
    document: Document,
    ledger: Ledger,
    *,
    codes: Collection[str],
    params: Settings,
    language: str | None = None,
) -> tuple[Finding, ...]:
    """Return the quality findings on a cleaned document, each over the whole of its text.

    ``codes`` are the rules asked for; other families' codes among them are passed over. ``params`` overrides
    defaults by parameter name. ``language`` is that of the cleaned text where it is known (else the document's
    own); rules that need it say nothing without. Where nothing is left (``QLT001``) no other reject is given:
    it would only say the same again.

    >>> from scrubkit.core import resolve
    >>> from scrubkit.ingest.layout import layout_text
    >>> layout = layout_text(" \\n")
    >>> doc = Document("a", layout.text, layout.blocks)
    >>> [(f.code, f.action, dict(f.because)) for f in judge(doc, resolve(doc, []), codes={"QLT001"}, params={})]
    [('QLT001', 'reject', {'source': 'empty'})]
    """
    stats = TextStats(ledger.text)
    nothing = _is_blank(ledger.text)
    found: list[Finding] = []
    for rule in RULES:
        if rule.code not in codes:
            continue
        if nothing and rule.code not in _GUARDS:
            continue
        settings = {name: params.get(name, default) for name, default in rule.defaults().items()}
        because = _judge_one(rule, document, ledger, stats, settings, language or document.meta.language)
        if because is not None:
            found.append(Finding(rule.code, 0, len(document.text), rule.action, rule.score, because))
    return tuple(found)


def _judge_one(
    rule: Rule, document: Document, ledger: Ledger, stats: TextStats, settings: Settings, language: str | None
) -> Because:
    guard = _GUARDS.get(rule.code)
    if guard is not None:
        return guard(document, ledger, stats, settings)
    if rule.code == "QLT017":
        return few_stop_words(stats, settings, language)
    return CHECKS[rule.code](stats, settings)


def check_params(params: Mapping[str, Any]) -> None:
    """Raise :class:`ConfigError` for a parameter no quality rule has, naming the nearest, or that is no number.

    >>> check_params({"min_words": 50})
    >>> check_params({"minimum_words": 50})
    Traceback (most recent call last):
    ...
    scrubkit.core.errors.ConfigError: no quality parameter 'minimum_words' (did you mean min_words?)
    """
    known = {param.name for rule in RULES for param in rule.params}
    for name, value in params.items():
        if name not in known:
            from difflib import get_close_matches

            close = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
            remedy = f"did you mean {close[0]}?" if close else f"one of {', '.join(sorted(known))}"
            raise ConfigError(f"no quality parameter {name!r}", remedy=remedy)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            raise ConfigError(f"quality parameter {name}={value!r} is not a number", remedy=f"write {name}=0.5")


def _empty(document: Document, ledger: Ledger, stats: TextStats, settings: Settings) -> Because:  # noqa: ARG001
    if _is_blank(document.text):
        return {"source": "empty"}
    if not _is_blank(ledger.text):
        return None
    return {"source": "boilerplate", "removed_words": count_words(document.text)}


def _is_blank(text: str) -> bool:
    # A byte order mark or a zero-width space is nothing a reader can see, but str.isspace says it is.
    return not text or text.isspace() or not text.strip(" \t\n\r\f\v\u00a0\ufeff\u200b\u200c\u200d\u2060\u00ad\x00")


def _nearly_all_removed(document: Document, ledger: Ledger, stats: TextStats, settings: Settings) -> Because:
    before, after = len(document.text), len(ledger.text)
    # Lengths first: they cost nothing, and nearly every document is done with here.
    if 1 - after / max(1, before) < settings["max_removed_ratio"] / 2:
        return None
    left = shown(ledger.text)
    most = before - document.text.count(" ") - document.text.count("\n")  # it shows no more characters than these
    if 1 - left / max(1, most) < settings["max_removed_ratio"]:
        return None
    ratio = 1 - left / max(1, shown(document.text))
    if ratio < settings["max_removed_ratio"] or stats.words >= settings["min_left_words"]:
        return None
    prose = prose_words(document.text)
    if prose < settings["min_prose_words"]:
        return None
    return {"removed_ratio": round(ratio, 4), "left_words": stats.words, "prose_words": prose}


def _prompt_only(document: Document, ledger: Ledger, stats: TextStats, settings: Settings) -> Because:  # noqa: ARG001
    if len(stats.text) > 4096 or not stats.lines or stats.words > settings["max_prompt_words"]:
        return None
    layout = layout_text(stats.text)
    sheet = Sheet(Document(document.id, layout.text, layout.blocks))
    hits: dict[int, list[CueHit]] = {}
    for hit in every_hit(sheet, _prompts()):
        hits.setdefault(hit.row, []).append(hit)
    words = [count_words(text) for text in sheet.text]
    prompts = [row for row in range(len(sheet)) if _is_prompt(sheet, row, hits.get(row, []))]
    share = sum(words[row] for row in prompts) / max(1, sum(words))
    if not prompts or share < settings["max_prompt_share"]:
        return None
    phrases = {hit.cue.phrase for row in prompts for hit in hits.get(row, [])}
    return {"prompt_share": round(share, 3), "words": sum(words), "cues": sorted(phrases)[:5]}


@cache
def _prompts() -> Matcher:
    return Matcher(cue for cue in shipped_cues() if cue.code.startswith("PRM"))


def _is_prompt(sheet: Sheet, row: int, hits: Sequence[CueHit]) -> bool:
    """Whether prompt phrases make up a line; one phrase in a long sentence is news about cookies, not a prompt."""
    if is_javascript_notice(sheet.text[row]) or any(hit.cue.where == "line" for hit in hits):
        return True
    covered = at = 0
    for hit in hits:  # sorted by start
        covered += max(0, hit.end - max(hit.start, at))
        at = max(at, hit.end)
    return covered >= _PROMPT_DENSITY * len(sheet.fold[row]) > 0


_GUARDS: Mapping[str, Callable[[Document, Ledger, TextStats, Settings], Because]] = {
    "QLT001": _empty,
    "QLT002": _nearly_all_removed,
    "QLT003": _prompt_only,
}
