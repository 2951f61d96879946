"""Findings made from hits, many at a time: the checks that a :class:`Finding` makes of itself hold by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from scrubkit.core.finding import ACTIONS, Action, Finding

try:
    _findings: Any = import_module("scrubkit.kernels._findings")
except ImportError:  # no compiler at installation: the plain reference serves
    _findings = None

__all__ = ["Made", "Plain", "in_order", "made_of"]

_PLAIN = frozenset(ACTIONS) - {"replace"}


class Made(Protocol):
    """The findings of a page as they are made, in ``found``."""

    @property
    def found(self) -> list[Finding]:
        """The findings so far, to be cut or added to."""

    def add(self, code: str, action: Action, score: float, hits: Iterable[Sequence[Any]]) -> None:
        """Append the findings of a rule: one for each hit ``(first row, last row, because, score, action)``.

        ``None`` for score or action stands for the rule's own. A hit that is no finding raises what ``Finding`` raises.
        """

    def order(self) -> bool:
        """Sort by place, code, action and score; return whether that tells all of them apart."""


class Plain:
    """The reference of :class:`Made`, in plain Python."""

    def __init__(self, starts: Sequence[int], ends: Sequence[int], rows: list[int]) -> None:
        self._starts, self._ends, self._rows = starts, ends, rows
        self.found: list[Finding] = []

    def add(self, code: str, action: Action, score: float, hits: Iterable[Sequence[Any]]) -> None:
        """Append the findings of a rule."""
        for first, last, because, own, acting in hits:
            start, end = self._starts[self._rows[first]], self._ends[self._rows[last]]
            does = action if acting is None else acting
            value = score if own is None else own
            self.found.append(Finding(code, start, end, does, value, because or {}))

    def order(self) -> bool:
        """Leave the findings as they are: that tells none of them apart."""
        return False


@cache
def _maker() -> Any:
    return _findings.Maker(Finding, _PLAIN)


def made_of(starts: Any, ends: Any, rows: list[int]) -> Made:
    """Return what takes the hits of a page: its blocks' starts and ends, and the block of each row."""
    if _findings is None:
        return Plain(starts, ends, rows)
    out: Made = _maker().page(starts, ends, rows)
    return out


def in_order(made: Made) -> tuple[Finding, ...]:
    """Return the findings sorted as :meth:`Finding.sort_key` sorts them, which is asked only where it must be."""
    return tuple(made.found if made.order() else sorted(made.found, key=Finding.sort_key))
