"""Rules of plug-ins: taken from entry points, checked, and marked with where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scrubkit.catalogue.rule import FAMILIES, Family, Rule, plug_in
from scrubkit.entrypoints import Plugged, active, load, refusal

__all__ = ["plugged_rules"]

_PREFIX = re.compile(r"X[A-Z]{2}")
_CODE = re.compile(r"X[A-Z]{2}\d{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_SCOPES = ("block", "document")


def plugged_rules(shipped: Mapping[str, Rule]) -> tuple[Rule, ...]:
    """Return the rules of all active plug-ins, each with its ``origin``; their families are known from then on.

    An entry point of the group ``scrubkit.rules`` names a sequence of :class:`Family` and :class:`Rule`. Raises
    :class:`~scrubkit.core.errors.ConfigError`, with package, entry point and remedy, for one that cannot be loaded
    or holds something else, and for a code or name that is taken.
    """
    taken = {name: "scrubkit" for rule in shipped.values() for name in (rule.code, rule.name)}
    owners: dict[str, str] = {}
    out: list[Rule] = []
    for entry in active("scrubkit.rules"):
        for item in _items(entry):
            if isinstance(item, Family):
                _add_family(entry, item, owners)
                continue
            _check_rule(entry, item, owners, taken)
            taken |= {item.code: entry.package, item.name: entry.package}
            out.append(replace(item, origin=entry.origin))
    return tuple(out)


def _items(entry: Plugged) -> Iterator[Family | Rule]:
    found: Any = load(entry)
    if isinstance(found, (str, bytes)) or not hasattr(found, "__iter__"):
        raise refusal(entry, f"is a {type(found).__name__}, not a sequence of Family and Rule")
    # Families first: a plug-in may list them in any order.
    for item in sorted(found, key=lambda item: not isinstance(item, Family)):
        if not isinstance(item, (Family, Rule)):
            raise refusal(entry, f"holds a {type(item).__name__}; it may hold Family and Rule")
        yield item


def _add_family(entry: Plugged, family: Family, owners: dict[str, str]) -> None:
    if not _PREFIX.fullmatch(family.prefix):
        what = f"family prefix {family.prefix!r} is not one of a plug-in: X and two capital letters, such as XFO"
        raise refusal(entry, what)
    if owners.get(family.prefix, entry.package) != entry.package:
        raise refusal(entry, f"family prefix {family.prefix} is taken by {owners[family.prefix]}")
    owners[family.prefix] = entry.package
    plug_in(family)


def _check_rule(entry: Plugged, rule: Rule, owners: Mapping[str, str], taken: Mapping[str, str]) -> None:
    wrong = _wrong(rule)
    if wrong is None and rule.code[:3] not in owners:
        wrong = f"has no family: put Family({rule.code[:3]!r}, kind, title) into the sequence"
    if wrong is None and owners[rule.code[:3]] != entry.package:
        wrong = f"is of the family of {owners[rule.code[:3]]}"
    for name in (rule.code, rule.name):
        if wrong is None and name in taken:
            wrong = f"{name} is taken by {taken[name]}"
    if wrong is not None:
        raise refusal(entry, f"rule {rule.code}: {wrong}")


def _wrong(rule: Rule) -> str | None:
    """Return what a plug-in's rule may not be, ``None`` where nothing is wrong."""
    tests = (
        (not _CODE.fullmatch(rule.code), "a code of a plug-in is X, two capital letters and three digits: XFO001"),
        (not _NAME.fullmatch(rule.name), f"name {rule.name!r} is not words in small letters joined by hyphens"),
        (rule.name.upper()[:3] in FAMILIES and "-" not in rule.name, "its name reads like a family"),
        (rule.scope not in _SCOPES, f"scope {rule.scope!r} is not one of {', '.join(_SCOPES)}"),
        (not callable(rule.test), "test is not callable"),
        (rule.scope == "block" and not rule.cues, "a rule of scope 'block' is called where a cue stands: cues=True"),
        (not 0 <= rule.score <= 1, f"score {rule.score} is not between 0 and 1"),
        (not rule.summary or not rule.rationale, "summary and rationale are what users read: neither may be empty"),
    )
    return next((what for wrong, what in tests if wrong), None)
