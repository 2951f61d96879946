"""Every rule scrubkit knows, looked up by code, family or name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from scrubkit.catalogue import FAMILIES, Rule
from scrubkit.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["all_rules", "lookup", "select_rules"]


@cache
def all_rules() -> Mapping[str, Rule]:
    """Return the catalogue: every rule by code, in the order of families, then codes."""
    from scrubkit.dedup.rules import RULES as DUP
    from scrubkit.ingest.text_rules import RULES as TEXT
    from scrubkit.model import BPL, KEP
    from scrubkit.rules import RULES

    order = {prefix: i for i, prefix in enumerate(FAMILIES)}
    rules = [*RULES, BPL, KEP, *TEXT, *DUP]
    rules.sort(key=lambda rule: (order[rule.code[:3]], rule.code))
    return MappingProxyType({rule.code: rule for rule in rules})


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

    known = [*all_rules(), *(rule.name for rule in all_rules().values()), *FAMILIES]
    close = get_close_matches(name, known, n=1, cutoff=0.5) or get_close_matches(name.upper(), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else "see 'scrubkit rules'"


def select_rules(
    select: Iterable[str] | None = None, ignore: Iterable[str] = (), extend: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """Return the rules that ``select`` asks for, with ``extend`` added and ``ignore`` taken away.

    Each entry is a code (``NAV003``), a family (``NAV``), a name (``menu-run``) or ``ALL``. Without ``select``
    all stable rules are on. A family brings its stable rules; a preview rule comes only by its code or name.
    """
    rules = all_rules()
    chosen = set(_expand(["ALL"] if select is None else select)) | set(_expand(extend))
    gone = {rule.code for name in ignore for rule in _group(name)}
    return tuple(rule for code, rule in rules.items() if code in chosen and code not in gone)


def _expand(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        group = _group(name)
        whole = name.upper() == "ALL" or name.upper() in FAMILIES
        yield from (rule.code for rule in group if rule.status == "stable" or not whole)


def _group(name: str) -> list[Rule]:
    rules = all_rules()
    key = name.upper()
    if key == "ALL":
        return list(rules.values())
    if key in FAMILIES:
        return [rule for rule in rules.values() if rule.code.startswith(key)]
    return [lookup(name)]
