"""Every rule scrubkit knows, looked up by code, family or name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from scrubkit.catalogue import Rule, families
from scrubkit.core.errors import ConfigError
from scrubkit.entrypoints import Plugged, active, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["all_rules", "lookup", "select_rules"]


def all_rules() -> Mapping[str, Rule]:
    """Return the catalogue: every rule by code, in the order of families, then codes; plug-ins after the rest."""
    return _all_rules(active("scrubkit.rules"), active("scrubkit.cues"))


@cache
def _all_rules(plugged: tuple[Plugged, ...], cues: tuple[Plugged, ...]) -> Mapping[str, Rule]:
    from scrubkit.dedup.rules import RULES as DUP
    from scrubkit.ingest.text_rules import RULES as TEXT
    from scrubkit.model import BPL, KEP
    from scrubkit.rules import RULES
    from scrubkit.templates.rules import RULES as TEMPLATES

    rules = [*RULES, BPL, KEP, *TEXT, *DUP, *TEMPLATES]
    if plugged:
        from scrubkit.catalogue.plugged import plugged_rules

        rules += plugged_rules({rule.code: rule for rule in rules})
    if cues:
        _check_cues({rule.code for rule in rules if rule.cues})
    order = {prefix: i for i, prefix in enumerate(families())}
    rules.sort(key=lambda rule: (order[rule.code[:3]], rule.code))
    return MappingProxyType({rule.code: rule for rule in rules})


def _check_cues(codes: set[str]) -> None:
    """Refuse a plug-in's cues that no rule would ever ask for."""
    from scrubkit.rules.cues import plugged_cues

    for entry, cues in plugged_cues():
        unknown = sorted({cue.code for cue in cues} - codes)
        if unknown:
            raise refusal(entry, f"cues for {', '.join(unknown)}: there is no rule of that code that reads cues")


def lookup(name: str) -> Rule:
    """Return the rule of a code or kebab-case name; :class:`ConfigError` names the nearest where there is none."""
    rules = all_rules()
    if name.upper() in rules:
        return rules[name.upper()]
    for rule in rules.values():
        if rule.name == name:
            return rule
    raise ConfigError(f"no rule {name!r}", remedy=_nearest(name))


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    known = [*all_rules(), *(rule.name for rule in all_rules().values()), *families()]
    close = get_close_matches(name, known, n=1, cutoff=0.5) or get_close_matches(name.upper(), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else "see 'scrubkit rules'"


def select_rules(
    select: Iterable[str] | None = None, ignore: Iterable[str] = (), extend: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """Return the rules that ``select`` asks for, with ``extend`` added and ``ignore`` taken away.

    Each entry is a code (``NAV003``), a family (``NAV``), a name (``menu-run``) or ``ALL``. Without ``select``
    all stable rules are on. A family brings its stable rules; a preview rule comes only by its code or name.
    """
    for name, given in (("select", select), ("ignore", ignore), ("extend", extend)):
        if isinstance(given, str):
            raise ConfigError(f"{name}={given!r} is one string", remedy=f"write {name}=[{given!r}]")
    rules = all_rules()
    chosen = set(_expand(["ALL"] if select is None else select)) | set(_expand(extend))
    gone = {rule.code for name in ignore for rule in _group(name)}
    return tuple(rule for code, rule in rules.items() if code in chosen and code not in gone)


def _expand(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        group = _group(name)
        whole = name.upper() == "ALL" or name.upper() in families()
        yield from (rule.code for rule in group if rule.status == "stable" or not whole)


def _group(name: str) -> list[Rule]:
    rules = all_rules()
    key = name.upper()
    if key == "ALL":
        return list(rules.values())
    if key in families():
        found = [rule for rule in rules.values() if rule.code.startswith(key)]
        if found or not key.startswith("X"):  # a plug-in may have been switched off since
            return found
    return [lookup(name)]
