"""Who copied whom: what dates, credit lines and coverage say of a pair of duplicates, and silence where they do not.

No policy that chooses a keeper looks at this; it is told to the reader, with its reasons.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

__all__ = ["Side", "credits_of", "direction_of", "named"]

_HEAD, _TAIL, _WIDTH = 5, 6, 300
# A credit that names the other's source outweighs a date, a date or a bare credit outweighs coverage.
_NAMED, _CREDIT, _DATE, _COVERAGE = 4, 2, 2, 1
_WHOLE, _PART = 0.9, 0.75
_LEAST_NAME = 4
_LEAST_CLOSED = 6
# Scripts from here on have no spaces between words, or put what belongs to a word behind it.
_SPACED = "\u0e00"


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of one document of a pair: its text, date (ISO 8601), source (name or host), and the share of it
    that the other document holds (0 to 1, ``None`` where it was not measured).
    """

    text: str
    date: str | None = None
    source: str | None = None
    held: float | None = None


def direction_of(a: Side, b: Side) -> dict[str, Any] | None:
    """Return ``{"from": "a", "to": "b", "reasons": […], "against": […]}``, or the other way round, or ``None``.

    Reasons, the strongest first: *credit*: a line of one text says that it comes from elsewhere; it counts most where
    it names the other's source, and nothing where it names its own. *date*: one is earlier, as far as both dates
    are given. *coverage*: one holds nearly all of the other and that one a part of it only, as with an abridgement.
    What speaks the other way stands in ``against``; where both weigh the same, or nothing speaks, nothing is said. An
    agency's name in both is no reason: both may have it from the agency.

    >>> told = direction_of(Side("Rain fell.", "2026-01-02"), Side("Rain fell.\\nThis story first appeared in The Gull."))
    >>> told["from"], told["reasons"]
    ('a', [{'by': 'credit', 'in': 'b', 'line': 'This story first appeared in The Gull.', 'names': None}])
    """
    spoken = [*_credits(a, b), *_dates(a, b), *_coverage(a, b)]
    balance = sum(weight if origin == "a" else -weight for weight, origin, _ in spoken)
    if balance == 0:
        return None
    first = "a" if balance > 0 else "b"
    spoken.sort(key=lambda reason: -reason[0])
    return {
        "from": first,
        "to": "b" if first == "a" else "a",
        "reasons": [dict(reason) for _, origin, reason in spoken if origin == first],
        "against": [dict(reason) for _, origin, reason in spoken if origin != first],
    }


def named(told: dict[str, Any] | None, a: str, b: str) -> dict[str, Any] | None:
    """Return what was told of a pair with the documents' ids for ``from`` and ``to``."""
    if told is None:
        return None
    ids = {"a": a, "b": b}
    return {**told, "from": ids[told["from"]], "to": ids[told["to"]]}


_Reason = tuple[int, str, Mapping[str, Any]]


def _dates(a: Side, b: Side) -> list[_Reason]:
    if not a.date or not b.date:
        return []
    x, y = _moments(a.date, b.date)
    if x == y:
        return []
    reason = {"by": "date", "a": a.date, "b": b.date}
    return [(_DATE, "a" if x < y else "b", reason)]


def _moments(a: str, b: str) -> tuple[str, str]:
    """Return two dates as text that sorts by time, as exactly as the less exact one is."""
    try:
        x, y = datetime.fromisoformat(a), datetime.fromisoformat(b)
    except ValueError:
        pass
    else:
        if min(len(a), len(b)) > len("2026-01-01") and x.tzinfo is not None and y.tzinfo is not None:
            return f"{x.timestamp():020.3f}", f"{y.timestamp():020.3f}"
    size = min(len(a), len(b), len("2026-01-01"))
    return a[:size], b[:size]


def _coverage(a: Side, b: Side) -> list[_Reason]:
    if a.held is None or b.held is None:
        return []
    reason = {"by": "coverage", "a_in_b": round(a.held, 3), "b_in_a": round(b.held, 3)}
    if a.held >= _WHOLE and b.held <= _PART:
        return [(_COVERAGE, "b", reason)]
    return [(_COVERAGE, "a", reason)] if b.held >= _WHOLE and a.held <= _PART else []


def _credits(a: Side, b: Side) -> list[_Reason]:
    out: list[_Reason] = []
    told = {"a": credits_of(a.text), "b": credits_of(b.text)}
    for name, own, other in (("a", a, b), ("b", b, a)):
        best: tuple[int, dict[str, Any]] | None = None
        mine, theirs = _names(own.source), _names(other.source)
        shared = {line for _, line in told["b" if name == "a" else "a"]}
        for kind, line in told[name]:
            named = next((alias for alias in theirs if _says(line, alias)), None)
            if any(_says(line, alias) for alias in mine) or line in shared:
                continue
            weight = _NAMED if named else _CREDIT if kind == "phrase" else 0
            if weight and (best is None or weight > best[0]):
                best = weight, {"by": "credit", "in": name, "line": line, "names": other.source if named else None}
        if best is not None:
            out.append((best[0], "b" if name == "a" else "a", best[1]))
    return out


@lru_cache(maxsize=4096)
def credits_of(text: str) -> tuple[tuple[str, str], ...]:
    """Return ``(kind, line)`` of the credit lines at the head and the end of a text.

    ``phrase``: the line says that the text comes from elsewhere; ``agency``: it carries an agency's mark.

    >>> credits_of("LONDON (Reuters) - Rain fell.\\nIt will go on.\\nQuelle: Möwenblatt")
    (('agency', 'LONDON (Reuters) - Rain fell.'), ('phrase', 'Quelle: Möwenblatt'))
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    looked = lines if len(lines) <= _HEAD + _TAIL else [*lines[:_HEAD], *lines[-_TAIL:]]
    anywhere, opening, agencies = _patterns()
    out = []
    for line in looked:
        shown = line if len(line) <= 2 * _WIDTH else f"{line[:_WIDTH]} … {line[-_WIDTH:]}"
        folded = unicodedata.normalize("NFKC", shown).casefold()
        if anywhere.search(folded) or opening.search(folded):
            out.append(("phrase", shown))
        elif agencies.search(unicodedata.normalize("NFKC", shown)):
            out.append(("agency", shown))
    return tuple(out)


@cache
def _cues() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(files("scrubkit.dedup").joinpath("credits.json").read_text(encoding="utf-8"))
    return told


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    cues = _cues()
    anywhere, opening = (
        sorted({_fold(phrase) for phrases in cues[key].values() for phrase in phrases}, key=len, reverse=True)
        for key in ("anywhere", "opening")
    )
    names = sorted({alias for aliases in cues["agencies"].values() for alias in aliases}, key=len, reverse=True)
    either = "|".join(map(re.escape, names))
    marks = (
        rf"[(\[【/]\s*(?:[^()\[\]【】/]{{0,30}}\W)?(?:{either})(?:\W[^()\[\]【】/]{{0,30}})?\s*[)\]】/]"
        rf"|^(?:{either})\s*[-–—:,/]"
        rf"|[-–—/]\s*(?:{either})\.?$"
        r"|^(?:新华社|新華社|中新社|共同社|韩联社|法新社|路透社).{0,16}[电電讯訊]"
    )
    return (
        re.compile("|".join(map(_bounded, anywhere))),
        re.compile(rf"^\W{{0,3}}(?:{'|'.join(map(_bounded, opening))})\s*\S|[(\[]\s*(?:via|vía|h/t)\s"),
        re.compile(marks),
    )


def _bounded(phrase: str) -> str:
    """Return the pattern of a phrase that begins with a word, where words have spaces between them.

    It may end within one, for the sake of endings, unless it is one word.
    """
    begins = phrase[0].isalnum() and phrase[0] < _SPACED
    ends = phrase[-1].isalnum() and phrase[-1] < _SPACED and " " not in phrase
    return ("(?<![^\\W_])" if begins else "") + re.escape(phrase) + ("(?![^\\W_])" if ends else "")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=4096)
def _names(source: str | None) -> tuple[str, ...]:
    """Return how a source may be called in a line: its name, the middle of its host, an agency's other names."""
    if not source:
        return ()
    folded = _fold(source).removeprefix("www.")
    names = {folded}
    parts = folded.split(".")
    if len(parts) > 1 and " " not in folded:
        middle = [
            part for part in parts[:-1] if part not in ("co", "com", "org", "net", "gov", "ac", "news", "edition")
        ]
        names |= set(middle[-1:])
    for key, aliases in _cues()["agencies"].items():
        if key in names or any(_fold(alias) in names for alias in aliases):
            names |= {_fold(alias) for alias in aliases}
    return tuple(sorted(name for name in names if len(name) >= _LEAST_NAME or not name.isascii() or _is_agency(name)))


@cache
def _is_agency(name: str) -> bool:
    return any(name == _fold(alias) for aliases in _cues()["agencies"].values() for alias in aliases)


def _says(line: str, name: str) -> bool:
    folded = _fold(line)
    if name in ("", "-"):
        return False
    if not name.isascii():
        return name in folded
    close = re.sub(r"[\s'’.-]+", "", folded)
    whole = re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", folded) is not None
    return whole or (len(name) >= _LEAST_CLOSED and re.sub(r"[\s'’.-]+", "", name) in close)
