"""What a rule is: a frozen catalogue entry and a pure function.

The entry drives everything that speaks of a rule: dispatch, ``scrubkit rules`` and ``explain``, lint messages,
SARIF, the report and the docs. The function reads a page and says where the bad pattern stands; it never edits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from scrubkit.core.finding import Action

__all__ = [
    "FAMILIES",
    "BlockTest",
    "DocumentTest",
    "Family",
    "Hit",
    "Needs",
    "Param",
    "Rule",
    "each_row",
    "families",
    "family_of",
    "kind_of",
    "plug_in",
]

Scope = Literal["block", "document", "corpus", "file"]
RuleStatus = Literal["preview", "stable", "deprecated"]


@dataclass(frozen=True, slots=True)
class Family:
    """A group of rules that report one kind of thing; ``kind`` is the word users read beside a line."""

    prefix: str
    kind: str
    title: str


FAMILIES: Mapping[str, Family] = {
    family.prefix: family
    for family in (
        Family("NAV", "nav", "Navigation: menus, breadcrumbs, skip links, site names"),
        Family("TCK", "ticker", "Tickers: breaking-news lines, live banners"),
        Family("CMT", "comments", "Comment sections and reply forms"),
        Family("DSC", "disclaimer", "Disclaimers, legal and copyright notices"),
        Family("SHR", "share", "Share, follow and app links"),
        Family("REL", "related", "Related and most-read links, tags"),
        Family("PLY", "player", "Media players, lightboxes"),
        Family("CAP", "caption", "Repeated captions"),
        Family("BIO", "bio", "Author and agency boxes"),
        Family("PRM", "prompt", "Newsletter, paywall, consent and login prompts"),
        Family("DON", "donation", "Donation appeals and counters"),
        Family("FTR", "footer", "Page footers"),
        Family("TTL", "title", "Repeated titles"),
        Family("BYL", "byline", "Bylines, datelines, credits (metadata)"),
        Family("RPT", "repeated", "Lines repeated in a document, source or corpus"),
        Family("BPL", "boilerplate", "The block model"),
        Family("ENC", "encoding", "Encoding damage"),
        Family("LNG", "language", "Language"),
        Family("QLT", "quality", "Document quality"),
        Family("DUP", "duplicate", "Exact, near and rewritten duplicates"),
        Family("FMT", "format", "Corpus format"),
        Family("KEP", "keep", "Vetoes: what must stay"),
        Family("ERR", "error", "Faults while a document was processed"),
    )
}


_PLUGGED: dict[str, Family] = {}  # families of plug-ins, which are known once their rules are loaded


def families() -> Mapping[str, Family]:
    """Return every family by prefix: those of the package, then those of plug-ins whose rules are loaded."""
    return {**FAMILIES, **_PLUGGED}


def plug_in(family: Family) -> None:
    """Make a plug-in's family known to everything that reads a code."""
    _PLUGGED[family.prefix] = family


def family_of(code: str) -> Family:
    """Return the family of a rule code; ``KeyError`` where there is none.

    A code with an ``X`` in front is a plug-in's. Where the plug-in is not loaded, as in a process that only reads
    results, its family is known by its prefix alone.
    """
    found = FAMILIES.get(code[:3]) or _PLUGGED.get(code[:3])
    if found is None and code[:1] == "X":
        return Family(code[:3], "plug-in", f"Rules of a plug-in ({code[:3]})")
    return FAMILIES[code[:3]] if found is None else found


def kind_of(code: str) -> str:
    """Return the kind a code reports.

    >>> kind_of("NAV003")
    'nav'
    """
    return family_of(code).kind


@dataclass(frozen=True, slots=True)
class Param:
    """A number a rule reads: name, default, unit, meaning."""

    name: str
    default: float
    unit: str
    meaning: str


class Hit(NamedTuple):
    """Where a document-scope rule found its pattern: blocks ``first`` to ``last``, both included."""

    first: int
    last: int
    because: Mapping[str, Any] = MappingProxyType({})
    score: float | None = None
    action: Action | None = None


_hit: Callable[[Iterable[Any]], Hit] = partial(tuple.__new__, Hit)  # the constructor is a function of Python


def each_row(
    rows: Iterable[int],
    because: Iterable[Mapping[str, Any]],
    score: float | None = None,
    action: Action | None = None,
) -> Iterator[Hit]:
    """Return a hit for each of some rows with its evidence, at half the cost of making them one by one.

    >>> next(each_row([3, 4], [{"words": 1}, {"words": 2}], 0.8))
    Hit(first=3, last=3, because={'words': 1}, score=0.8, action=None)
    """
    taken = tuple(rows)
    return map(_hit, zip(taken, taken, because, repeat(score), repeat(action), strict=False))


@dataclass(frozen=True, slots=True)
class Needs:
    """What a page must have for a rule to be able to find anything on it; the runner asks before it calls the rule.

    A page must have one of the things named (any, where none is) and be of the ``structure``. This is a promise about
    the rule, not a setting: a page that lacks them all has no finding of it. A rule without needs is always called.

    cues
        Codes whose cues are looked for.
    flags
        What some row must be, by name (``scrubkit.kernels.rows.FLAGS``).
    elements
        What the name of some element must say (``scrubkit.rules.elements.VOCABULARIES``), or ``footer``.
    """

    cues: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    structure: Literal["html", "text"] | None = None


BlockTest = Callable[..., Mapping[str, Any] | None]
"""``(sheet, i, cue, **params) -> because or None`` for block ``i`` in which ``cue`` occurs."""

DocumentTest = Callable[..., Iterable[Hit]]
"""``(sheet, **params) -> hits``, called once a document."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A catalogue entry.

    code, name
        Stable for ever; the kebab-case name is the bad pattern, never the remedy.
    scope
        ``block``: called only where one of its cues occurs. ``document``: called once a page. ``corpus``: needs
        counts fitted over a source. ``file``: about the file, not its text (FMT).
    test
        The pure function, ``None`` for entries whose findings are made elsewhere (decoding, duplicates).
    score
        How sure the rule is by default, 0 to 1: its measured token precision, rounded down.
    cues
        Whether phrases for it stand in ``rules/cues/*.toml``.
    needs, stems
        What a page must have for the rule to find anything. ``stems`` are texts in comparison form of which one must
        stand in any row that it finds, where a word begins (with ``*`` before it anywhere); ``sheet.stem_rows(code)``
        are the rows.
    example
        Lines that start with ``-`` are found, lines that start with a space are not; run as a test.
    origin
        Package and version of the plug-in it comes from, empty for the rules of scrubkit itself; set on loading.
    """

    code: str
    name: str
    summary: str
    rationale: str
    example: str = ""
    scope: Scope = "block"
    action: Action = "remove"
    test: BlockTest | DocumentTest | None = None
    score: float = 0.9
    cues: bool = False
    needs: Needs | None = None
    stems: tuple[str, ...] = ()
    params: tuple[Param, ...] = ()
    known_problems: str = ""
    sources: tuple[str, ...] = ()
    status: RuleStatus = "stable"
    since: str = "0.1.0"
    origin: str = ""

    @property
    def family(self) -> Family:
        """The family its code belongs to."""
        return family_of(self.code)

    @property
    def kind(self) -> str:
        """The kind it reports: ``nav``, ``comments``, …"""
        return self.family.kind

    def defaults(self) -> dict[str, float]:
        """Return the default of each parameter by name."""
        return {param.name: param.default for param in self.params}
