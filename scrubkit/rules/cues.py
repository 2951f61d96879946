"""Cue phrases: data files a language, and one pass over a page that finds all of them.

A cue stands in ``cues/<language>.toml`` under the code of its rule, in a list that says where it must stand:
``line`` (the whole line), ``start``, ``end`` or ``any`` (anywhere, at word boundaries). Matching is on the
comparison form of each row (see :func:`scrubkit.rules.sheet.fold`), by one Aho-Corasick automaton, so the cost
does not grow with the number of rules.
"""

from __future__ import annotations

import json
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from scrubkit.core.errors import ConfigError
from scrubkit.entrypoints import Plugged, active, load, refusal
from scrubkit.rules.sheet import Sheet, fold, fold_open

__all__ = [
    "WHERE",
    "Cue",
    "CueHit",
    "all_cues",
    "compile_cues",
    "find_cues",
    "load_cues",
    "plugged_cues",
    "read_sources",
    "shipped_cues",
    "shipped_languages",
]

WHERE = ("line", "start", "end", "any")


class Cue(NamedTuple):
    """A phrase in comparison form, the rule it speaks for, where in a line it must stand, and its language."""

    code: str
    phrase: str
    where: str
    language: str


@dataclass(frozen=True, slots=True)
class CueHit:
    """A cue found in a row, at ``start:end`` of the row's comparison form."""

    row: int
    cue: Cue
    start: int
    end: int


def shipped_languages() -> tuple[str, ...]:
    """Return the languages that have a cue file."""
    folder = resources.files("scrubkit.rules") / "cues"
    return tuple(sorted(f.name[: -len(".toml")] for f in folder.iterdir() if f.name.endswith(".toml")))


def load_cues(raw: Mapping[str, Any], language: str, place: str) -> tuple[Cue, ...]:
    """Return the cues of one parsed file; errors name the place and the remedy."""
    out: set[Cue] = set()
    for code, lists in raw.items():
        for where, phrases in lists.items():
            if where not in WHERE:
                raise ConfigError(
                    f"unknown list {where!r} under [{code}]", place=place, remedy=f"use one of {', '.join(WHERE)}"
                )
            for phrase in phrases:
                key = fold(phrase) if where in ("line", "end") else fold_open(phrase)
                if not key:
                    raise ConfigError(f"empty cue under [{code}]", place=place, remedy="remove it")
                out.add(Cue(code, key, where, language))
    return tuple(sorted(out))


def read_sources() -> tuple[Cue, ...]:
    """Return all cues of the package from their TOML sources: slow, for :func:`compile_cues` and tests."""
    folder = resources.files("scrubkit.rules") / "cues"
    out: list[Cue] = []
    for language in shipped_languages():
        name = f"{language}.toml"
        out += load_cues(tomllib.loads((folder / name).read_text("utf-8")), language, name)
    return tuple(sorted(out))


def compile_cues() -> str:
    """Return the text of ``cues/compiled.json``: the cues in comparison form, grouped, one group a line.

    Reading eleven TOML files costs a start-up more than everything else; a test keeps the two in step.
    """
    groups: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for cue in read_sources():
        groups[cue.code, cue.where, cue.language].append(cue.phrase)
    rows = [json.dumps([*key, phrases], ensure_ascii=False) for key, phrases in sorted(groups.items())]
    return "[\n" + ",\n".join(rows) + "\n]\n"


@cache
def shipped_cues() -> tuple[Cue, ...]:
    """Return all cues of the package; read once a process."""
    raw = (resources.files("scrubkit.rules") / "cues" / "compiled.json").read_text("utf-8")
    return tuple(
        Cue(code, phrase, where, language) for code, where, language, phrases in json.loads(raw) for phrase in phrases
    )


def all_cues() -> tuple[Cue, ...]:
    """Return the cues of the package and of the plug-ins that are switched on."""
    plugged = active("scrubkit.cues")
    return _with_plugged(plugged) if plugged else shipped_cues()


@cache
def _with_plugged(plugged: tuple[Plugged, ...]) -> tuple[Cue, ...]:
    del plugged  # the key of the cache
    return tuple(sorted({*shipped_cues(), *(cue for _, cues in plugged_cues() for cue in cues)}))


def plugged_cues() -> list[tuple[Plugged, tuple[Cue, ...]]]:
    """Return the cues of each plug-in that has any.

    An entry point of the group ``scrubkit.cues`` has the language for its name and a mapping like that of a cue file
    for its value, or the path of such a file.
    """
    out = []
    for entry in active("scrubkit.cues"):
        found: Any = load(entry)
        try:
            raw = found if isinstance(found, Mapping) else tomllib.loads(found.read_text("utf-8"))
            out.append((entry, load_cues(raw, entry.name, str(entry))))
        except ConfigError:
            raise
        except (AttributeError, TypeError, OSError, ValueError) as error:
            raise refusal(entry, f"is not the cues of a language: {error}") from error
    return out


class _Matcher:
    """The automaton over distinct phrases; ``find`` yields ``(phrase number, start, end)`` on the joined rows."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        from ahocorasick_rs import AhoCorasick, Implementation

        by_phrase: defaultdict[str, list[Cue]] = defaultdict(list)
        for cue in cues:
            by_phrase[cue.phrase].append(cue)
        self.phrases = sorted(by_phrase)
        self.cues = [tuple(by_phrase[phrase]) for phrase in self.phrases]
        # The contiguous NFA is built in half the time of the default and scans as fast.
        self.automaton = (
            AhoCorasick(self.phrases, implementation=Implementation.ContiguousNFA) if self.phrases else None
        )

    def find(self, joined: str) -> list[tuple[int, int, int]]:
        if self.automaton is None:
            return []
        found: list[tuple[int, int, int]] = self.automaton.find_matches_as_indexes(joined, overlapping=True)
        return found


@cache
def _matcher(cues: tuple[Cue, ...]) -> _Matcher:
    return _Matcher(cues)


def _is_word(char: str) -> bool:
    # Scripts without spaces have no word boundaries to respect; Korean particles attach to their word.
    apart = "\u0e00" <= char <= "\u0eff" or "\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3"
    return char.isalnum() and not apart


def find_cues(sheet: Sheet, cues: tuple[Cue, ...]) -> list[CueHit]:
    """Return every cue in the page, by row, then by place in it."""
    rows = sheet.fold
    joined = "\n".join(rows)
    starts: list[int] = []
    at = 0
    for text in rows:
        starts.append(at)
        at += len(text) + 1
    matcher = _matcher(cues)
    out: list[CueHit] = []
    for number, start, end in matcher.find(joined):
        row = bisect_right(starts, start) - 1
        low, high = start - starts[row], end - starts[row]
        size = len(rows[row])
        if high > size:
            continue
        if low and _is_word(joined[start - 1]) and _is_word(joined[start]):
            continue
        if high < size and _is_word(joined[end]) and _is_word(joined[end - 1]):
            continue
        out += (CueHit(row, cue, low, high) for cue in matcher.cues[number] if _stands(cue, rows[row], low, high))
    out.sort(key=lambda hit: (hit.row, hit.start, -hit.end, hit.cue))
    return out


# Labels of these families come with a count: "Comments (12)", "34 shares".
_COUNTED = ("CMT", "SHR", "REL")
_COUNT_CHARS = " 0123456789.,()[]"


def _stands(cue: Cue, row: str, low: int, high: int) -> bool:
    if cue.where == "start":
        return low == 0
    if cue.where == "end":
        return high == len(row)
    if cue.where == "line":
        if low == 0 and high == len(row):
            return True
        return cue.code[:3] in _COUNTED and not (row[:low] + row[high:]).strip(_COUNT_CHARS)
    return True
