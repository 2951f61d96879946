"""Cue phrases: data files a language, and one pass over a page that finds all of them.

A cue stands in ``cues/<language>.toml`` under the code of its rule, in a list that says where it must stand:
``line`` (the whole line), ``start``, ``end`` or ``any`` (anywhere, at word boundaries). Matching is on the
comparison form of each row (see :func:`scrubkit.rules.sheet.fold`), in one pass (see :mod:`scrubkit.kernels.rows`),
so the cost does not grow with the number of rules.
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from importlib import resources
from itertools import repeat
from types import MappingProxyType
from typing import Any, NamedTuple

from scrubkit.core.errors import ConfigError
from scrubkit.entrypoints import Plugged, active, load, refusal
from scrubkit.kernels.rows import Phrase, compile_phrases
from scrubkit.rules.sheet import Sheet, fold, fold_open

__all__ = [
    "WHERE",
    "Cue",
    "CueHit",
    "Matcher",
    "all_cues",
    "compile_cues",
    "every_hit",
    "load_cues",
    "plugged_cues",
    "read_sources",
    "shipped_cues",
    "shipped_languages",
    "stem_name",
]

WHERE = ("line", "start", "end", "any")


class Cue(NamedTuple):
    """A phrase in comparison form, the rule it speaks for, where in a line it must stand, and its language."""

    code: str
    phrase: str
    where: str
    language: str


class CueHit(NamedTuple):
    """A cue found in a row, at ``start:end`` of the row's comparison form."""

    row: int
    cue: Cue
    start: int
    end: int


# The constructors of named tuples are functions of Python; there are 14,000 cues, and a page has hundreds of hits.
_hit: Callable[[Iterable[Any]], CueHit] = partial(tuple.__new__, CueHit)
_cue: Callable[[Iterable[Any]], Cue] = partial(tuple.__new__, Cue)
_phrase: Callable[[Iterable[Any]], Phrase] = partial(tuple.__new__, Phrase)


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
    out: list[Cue] = []
    for code, where, language, phrases in json.loads(raw):
        out += map(_cue, zip(repeat(code), phrases, repeat(where), repeat(language), strict=False))
    return tuple(out)


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


class Matcher:
    """Cues, and the stems of rules, ready to be looked for in a page."""

    def __init__(self, cues: Iterable[Cue], stems: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> None:
        self.cues = sorted(cues)
        place = {(code, where): _place(code, where) for code, _, where, _ in self.cues}
        phrases = [_phrase((text, code, place[code, where])) for code, text, where, _ in self.cues]
        for code, own in stems.items():
            phrases += [Phrase(s.removeprefix("*"), stem_name(code), "piece" if s[0] == "*" else "stem") for s in own]
        self.phrases, order = compile_phrases(phrases, stems=map(stem_name, stems), menus=_MENUS)
        self._cues = [self.cues[i] if i < len(self.cues) else None for i in order]  # by entry; None: a stem
        self.number = {name: i for i, name in enumerate(self.phrases.names)}

    def hit(self, found: tuple[int, int, int, int]) -> CueHit:
        """Return a cue's hit as rules see it."""
        return self.by_row([found])[found[0]]

    def by_row(self, found: Iterable[tuple[int, int, int, int]]) -> dict[int, CueHit]:
        """Return the hits of a cue by row; all at once, for the constructor of a hit is a function of Python."""
        cues = self._cues
        return {row: _hit((row, cues[entry], start, end)) for row, entry, start, end in found}


def stem_name(code: str) -> str:
    """Return the name under which the stems of a rule are looked for, apart from its cues."""
    return f"{code}~"


# Labels of these families come with a count: "Comments (12)", "34 shares".
_COUNTED = ("CMT", "SHR", "REL")
# Labels of these are entries of menus too.
_MENUS = ("NAV", "FTR", "PRM", "TCK")


def _place(code: str, where: str) -> str:
    return "counted" if where == "line" and code[:3] in _COUNTED else where


def every_hit(sheet: Sheet, matcher: Matcher) -> list[CueHit]:
    """Return every cue in the page, by row, then by place in it."""
    out = [matcher.hit(found) for found in matcher.phrases.find(sheet.scan, True).hits()]
    out.sort(key=lambda hit: (hit.row, hit.start, -hit.end, hit.cue))
    return out
