"""The filters a pipeline is made of: small frozen values that are called with pages and return pages.

Each is picklable and holds its settings only. None drops a document: a finding with the action ``reject`` or
``quarantine`` says what should become of it, and writers part them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from scrubkit.core.choices import Backend, Form, Keep, Scorer
from scrubkit.core.errors import ConfigError
from scrubkit.entrypoints import Plugged, active
from scrubkit.ingest import IngestPlan
from scrubkit.page import Page
from scrubkit.pipeline import Filter
from scrubkit.text_filters import LanguageFilter, MendFilter

if TYPE_CHECKING:
    from scrubkit.catalogue import Rule
    from scrubkit.core.finding import Finding
    from scrubkit.templates import Templates

__all__ = [
    "default_filters",
    "language",
    "near_duplicates",
    "normalise",
    "quality",
    "repair_encoding",
    "strip_boilerplate",
    "strip_comments",
    "strip_disclaimers",
    "strip_nav_bars",
    "strip_templates",
    "strip_tickers",
]


def repair_encoding(*, form: Form = "NFC", column: str = "text") -> MendFilter:
    r"""Return the filter that mends mojibake, normalises and reports what was damaged (``ENC``).

    In a pipeline it must come first. By itself it works on one text, or on the ``column`` of an Arrow batch, where it
    adds ``repairs`` (the steps as JSON), ``verdict`` and ``findings``; bytes are decoded.

    >>> repair_encoding()("na\u00c3\u00afve")
    'naïve'
    >>> repair_encoding()({"text": ["na\u00c3\u00afve"], "n": [7]})["text"]
    ['naïve']
    """
    _one_of("form", form, get_args(Form))
    return MendFilter(column, IngestPlan("mojibake", form))


def normalise(*, form: Form = "NFC", column: str = "text") -> MendFilter:
    r"""Return the filter that gives look-alike characters one form and leaves mojibake alone; see `repair_encoding`.

    >>> normalise()("20\u00a0km\r\n")
    '20 km\n'
    """
    _one_of("form", form, get_args(Form))
    return MendFilter(column, IngestPlan("none", form))


_TOGETHER = 32
"""Pages that a rule is asked about in a row: what is known of their rows is in memory at the same time."""


@dataclass(frozen=True)
class _StripBoilerplate:
    codes: frozenset[str]
    keep: Keep = "balanced"
    scorer: Scorer = "trained"
    params: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __call__(self, pages: Sequence[Page]) -> Sequence[Page]:
        from scrubkit.rules.cues import all_cues
        from scrubkit.rules.run import find_each

        rules, cues = _typed(self.codes, active("scrubkit.rules"), active("scrubkit.cues")), all_cues()
        found: list[tuple[Finding, ...]] = []
        for at in range(0, len(pages), _TOGETHER):
            some = [page.document for page in pages[at : at + _TOGETHER]]
            found += find_each(some, rules, cues=cues, params=self.params)
        if "BPL001" in self.codes:
            # Not page by page: the rules' code and the model's trees would push each other out of the cache.
            from scrubkit.model.rule import findings as said

            model = [said(page.document, keep=self.keep, scorer=self.scorer) for page in pages]
            found = [typed + own for typed, own in zip(found, model, strict=True)]
        return [page.add(findings) for page, findings in zip(pages, found, strict=True)]


@lru_cache(maxsize=16)
def _typed(codes: frozenset[str], plugged: tuple[Plugged, ...], cues: tuple[Plugged, ...]) -> tuple[Rule, ...]:
    """Return the rules of some codes; made anew where other plug-ins act."""
    from scrubkit.rulebook import all_rules

    del plugged, cues  # the key of the cache
    return tuple(rule for code, rule in all_rules().items() if code in codes and rule.code != "BPL001")


def strip_boilerplate(
    *,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    extend: Iterable[str] = (),
    keep: Keep = "balanced",
    scorer: Scorer = "trained",
    params: Mapping[str, Mapping[str, float]] | None = None,
) -> Filter:
    """Return the filter that takes out boilerplate: typed rules and the block model.

    ``select``, ``ignore`` and ``extend`` name codes, families or rule names; by default all stable rules act.
    ``keep`` is the block model's dial, ``scorer="simple"`` uses the untrained scorer in its place.
    """
    from scrubkit.rulebook import lookup, select_rules

    _one_of("keep", keep, get_args(Keep))
    _one_of("scorer", scorer, get_args(Scorer))
    for code, values in (params or {}).items():
        known = lookup(code).defaults()
        for name in values.keys() - known.keys():
            remedy = f"it has {', '.join(known) or 'no parameters'}"
            raise ConfigError(f"params: {code} has no parameter {name}", remedy=remedy)
    codes = frozenset(rule.code for rule in select_rules(select, ignore, extend))
    return _StripBoilerplate(codes, keep, scorer, params or {})


def _one_of(name: str, given: object, known: tuple[object, ...]) -> None:
    if given not in known:
        raise ConfigError(f"{name}={given!r} is not known", remedy=f"give {', '.join(map(repr, known))}")


@dataclass(frozen=True)
class _StripTemplates:
    text: str
    codes: frozenset[str]

    def __call__(self, pages: Sequence[Page]) -> Sequence[Page]:
        from scrubkit.templates.rows import source_name

        templates = _templates(self.text)
        out = []
        for page in pages:
            record = page.record
            source = source_name(host=page.document.meta.host, id=record.id, place=record.place)
            out.append(page.add(templates.findings(page.document, source, self.codes)))
        return out


@lru_cache(maxsize=4)
def _templates(text: str) -> Templates:
    from scrubkit.templates import loads

    return loads(text)


def strip_templates(
    templates: Templates | str | Path, *, select: Iterable[str] = ("RPT",), ignore: Iterable[str] = ()
) -> Filter:
    """Return the filter that takes out what was learned from a corpus (``RPT002`` to ``RPT006``).

    ``templates`` are those :func:`scrubkit.templates.fit` returns, or the file that ``scrubkit fit`` wrote.
    """
    from scrubkit.rulebook import select_rules
    from scrubkit.templates import Templates as Learned
    from scrubkit.templates import dump, load

    told = templates if isinstance(templates, Learned) else load(templates)
    codes = frozenset(rule.code for rule in select_rules(select, ignore) if rule.scope == "corpus")
    return _StripTemplates(dump(told), codes)


def strip_nav_bars() -> Filter:
    """Return ``strip_boilerplate(select=["NAV"])``."""
    return strip_boilerplate(select=["NAV"])


def strip_comments() -> Filter:
    """Return ``strip_boilerplate(select=["CMT"])``."""
    return strip_boilerplate(select=["CMT"])


def strip_tickers() -> Filter:
    """Return ``strip_boilerplate(select=["TCK"])``."""
    return strip_boilerplate(select=["TCK"])


def strip_disclaimers() -> Filter:
    """Return ``strip_boilerplate(select=["DSC"])``."""
    return strip_boilerplate(select=["DSC"])


def language(
    *,
    keep: Collection[str] | None = None,
    backend: Backend = "auto",
    column: str = "text",
) -> LanguageFilter:
    """Return the filter that tags each page with its language (ISO 639-1, ``und`` where there is too little text).

    With ``keep`` a page in any other language is rejected (``LNG001``). The cleaned text is judged, so menus in
    English do not decide what a page in Turkish is. By itself it works on one text, or on the ``column`` of an Arrow
    batch, where it adds ``language``, ``language_score``, ``verdict`` and ``findings``.

    >>> language()("Das Wetter war gestern besser als heute, sagte der Wirt.").code
    'de'
    >>> language(keep={"en"})({"text": ["Das Wetter war gestern besser als heute."]})["verdict"]
    ['rejected']
    """
    if isinstance(keep, str):
        raise ConfigError(f"keep={keep!r} is one string", remedy=f"write keep={{{keep!r}}}")
    if backend not in get_args(Backend):
        from scrubkit.ingest.language_plugged import plugged

        plugged(backend, get_args(Backend))
    return LanguageFilter(column, None if keep is None else frozenset(keep), backend)


@dataclass(frozen=True)
class _Quality:
    codes: frozenset[str]
    params: Mapping[str, float]

    def __call__(self, pages: Sequence[Page]) -> Sequence[Page]:
        from scrubkit.rules.quality import judge

        return [
            page.add(
                judge(page.document, page.ledger, codes=self.codes, params=self.params, language=page.meta.language)
            )
            for page in pages
        ]


def quality(
    *,
    select: Iterable[str] = ("QLT",),
    ignore: Iterable[str] = (),
    **params: float,
) -> Filter:
    """Return the filter that judges the *cleaned* text as a document (``QLT``).

    Parameters of the rules are given by name, e.g. ``min_words=50``; an unknown one is an error.
    """
    from scrubkit.rulebook import select_rules
    from scrubkit.rules.quality import check_params

    check_params(params)
    codes = frozenset(rule.code for rule in select_rules(select, ignore))
    strange = sorted(code for code in codes if not code.startswith("QLT"))
    if strange:
        remedy = "give codes of QLT; strip_boilerplate takes the others"
        raise ConfigError(f"select: {strange[0]} does not judge a document", remedy=remedy)
    return _Quality(codes, dict(params))


@dataclass(frozen=True)
class _NearDuplicates:
    settings: Mapping[str, Any]

    def __call__(self, pages: Sequence[Page]) -> Sequence[Page]:
        from scrubkit.dedup import find_duplicates, findings

        live = [at for at, page in enumerate(pages) if page.verdict.status == "kept"]
        clusters = find_duplicates([pages[at] for at in live], **self.settings)
        found = {live[at]: finding for at, finding in findings(clusters, max_drop=1.0).items()}
        return [page.add([found[at]] if at in found else []) for at, page in enumerate(pages)]


def near_duplicates(*, jaccard: float = 0.8, **settings: Any) -> Filter:
    """Return the filter that rejects all but one of each cluster of duplicates (``DUP``) within a batch.

    ``settings`` go to :func:`scrubkit.find_duplicates`.
    """
    if not 0 < jaccard <= 1:
        raise ConfigError(f"jaccard={jaccard} is no similarity", remedy="give a number between 0 and 1, e.g. 0.8")
    if settings:
        from inspect import signature

        from scrubkit.dedup import find_duplicates

        known = list(signature(find_duplicates).parameters)[1:]
        for name in settings.keys() - set(known):
            raise ConfigError(f"find_duplicates has no setting {name}", remedy=f"it has {', '.join(known)}")
    return _NearDuplicates({"jaccard": jaccard, **settings})


def default_filters() -> list[Filter]:
    """Return what :func:`scrubkit.clean` runs: repair, boilerplate, language tag, and the guards on what is left."""
    return [repair_encoding(), strip_boilerplate(), language(), quality(select=("QLT001", "QLT002", "QLT003"))]
