"""Patterns that are compiled when they are first asked, not when their module is loaded."""

from __future__ import annotations

import re
from typing import Any, cast

__all__ = ["lazily"]


class _Pattern:
    """Stands for a compiled pattern; what was asked once is an attribute from then on."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._told = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(re.compile(*self._told), name)
        setattr(self, name, found)
        return found


def lazily(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return what serves as ``re.compile(pattern, flags)``, compiled at first use.

    For patterns that most runs never ask: a class of characters of many scripts takes ten milliseconds to compile. It
    must be asked by its methods (``found.search(text)``), which after the first time cost what they cost of a pattern.

    >>> lazily("[0-9]+").findall("7 of 12")
    ['7', '12']
    """
    return cast("re.Pattern[str]", _Pattern(pattern, flags))
