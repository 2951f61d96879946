"""Findings made from hits, many at a time: the checks that a :class:`Finding` makes of itself hold by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

from scrubkit.core.finding import ACTIONS, Action, Finding

try:
    _findings: Any = import_module("scrubkit.kernels._findings")
except ImportError:  # no compiler at installation: the plain reference serves
    _findings = None

__all__ = ["Entry", "add", "add_reference", "in_order"]

Entry = tuple[int, int, str, str, float, int, Finding]
"""What sorts a finding (start, end, code, action, minus its score, when it was made), and the finding."""

_PLAIN = frozenset(ACTIONS) - {"replace"}


def add(
    made: list[Entry],
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
        _findings.add(made, Finding, _PLAIN, code, action, score, hits, starts, ends, rows)


def add_reference(
    made: list[Entry],
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
        finding = Finding(code, start, end, does, value, because or {})
        made.append((start, end, code, does, -value, len(made), finding))


def in_order(made: list[Entry]) -> tuple[Finding, ...]:
    """Return the findings sorted as :meth:`Finding.sort_key` sorts them, which is asked only where it must be."""
    if _findings is None:
        made.sort()
        tied = any(one[:5] == other[:5] for one, other in pairwise(made))
    else:
        tied = _findings.order(made)
    found = [entry[6] for entry in made]
    return tuple(sorted(found, key=Finding.sort_key) if tied else found)
