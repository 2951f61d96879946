"""Which rules a check asks, file by file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from scrubkit.check.inspect import Settings
from scrubkit.io.records import fields_of

if TYPE_CHECKING:
    from scrubkit.config import Config

__all__ = ["OFF", "cleaning_settings", "codes_for", "settings_for"]

OFF = ("BPL", "DUP", "LNG", "QLT")
"""Families that are silent in a check unless they are asked for: a linter says nothing about prose."""

_GUARDS = ("QLT001", "QLT002", "QLT003")


def codes_for(select: Sequence[str] | None, ignore: Sequence[str], extend: Sequence[str]) -> frozenset[str]:
    """Return the codes that are on.

    Without ``select`` these are the stable rules, less the block model, duplicates, language and all of quality
    but its guards (nothing left, too much gone, a consent prompt alone).
    """
    from scrubkit.rulebook import select_rules

    if select is not None:
        return frozenset(rule.code for rule in select_rules(select, ignore, extend))
    quiet = {rule.code for rule in select_rules(None, ignore) if not rule.code.startswith(OFF)}
    return frozenset(quiet | {rule.code for rule in select_rules((), ignore, (*_GUARDS, *extend))})


def cleaning_settings(config: Config) -> Settings:
    """Return what ``scrubkit clean`` would look for in a document: the block model too, duplicates not."""
    codes = frozenset(code for code in config.boilerplate_codes() if not code.startswith(("QLT", "DUP", "FMT")))
    return _settings(config, codes | frozenset(config.quality_codes()))


def settings_for(config: Config, ignored: Iterable[str] = ()) -> Settings:
    """Return what a configuration looks for, less the codes that do not count at a place.

    The table ``[check]`` goes over the keys of the same name outside it.
    """
    check = config.check
    select = check.select if check.select is not None else config.select
    codes = codes_for(select, (*config.ignore, *check.ignore), (*config.extend_select, *check.extend_select))
    gone = tuple(ignored)
    return _settings(config, frozenset(code for code in codes if not code.startswith(gone)) if gone else codes)


def _settings(config: Config, codes: frozenset[str]) -> Settings:
    return Settings(
        codes=codes,
        params=config.rules,
        fields=fields_of(config),
        languages=tuple(config.language),
        keep=config.keep,
        scorer=config.scorer,
        learned=config.learned,
    )
