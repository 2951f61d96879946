"""Findings made from hits, many at a time: the checks that a :class:`Finding` makes of itself hold by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from scrubkit.core.finding import ACTIONS, Action, Finding

try:
    _findings: Any = import_module("scrubkit.kernels._findings")
except ImportError:  # no compiler at installation: the plain reference serves
    _findings = None

__all__ = ["add", "add_reference", "in_order"]

_PLAIN = frozenset(ACTIONS) - {"replace"}


@cache
def _maker() -> Any:
    return _findings.Maker(Finding, _PLAIN)


def add(
    made: list[Finding],
    code: str,
    action: Action,
    score: float,
    hits: Iterable[Sequence[Any]],
    starts: Any,
    ends: Any,
    rows: list[int],
) -> None:
    """Append the findings of a rule: one for each hit ``(first row, last row, because, score, action)``.

    ``None`` for score or action stands for the rule's own. A hit that is no finding raises what ``Finding`` raises.
    """
    if _findings is None:
        add_reference(made, code, action, score, hits, starts, ends, rows)
    else:
        _maker().add(made, code, action, score, hits, starts, ends, rows)


def add_reference(
    made: list[Finding],
    code: str,
    action: Action,
    score: float,
    hits: Iterable[Sequence[Any]],
    starts: Any,
    ends: Any,
    rows: list[int],
) -> None:
    """Do what :func:`add` does, in plain Python."""
    for first, last, because, own, acting in hits:
        start, end = starts[rows[first]], ends[rows[last]]
        does = action if acting is None else acting
        value = score if own is None else own
        made.append(Finding(code, start, end, does, value, because or {}))


def in_order(made: list[Finding]) -> tuple[Finding, ...]:
    """Return the findings sorted as :meth:`Finding.sort_key` sorts them, which is asked only where it must be."""
    told = _findings is not None and _maker().order(made)
    return tuple(made if told else sorted(made, key=Finding.sort_key))
