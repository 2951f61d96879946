"""Strings of many documents in little memory: ids, dates, sources."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

__all__ = ["Names", "Numbers", "Repeated"]


class Names(Sequence[str]):
    """Strings end to end as UTF-8: a dozen bytes each besides their own, where a list of ``str`` takes sixty.

    >>> names = Names()
    >>> names.add("a/1"); names.add("b/2")
    >>> names[1], len(names)
    ('b/2', 2)
    """

    def __init__(self) -> None:
        self._bytes, self._ends = bytearray(), array("q", [0])

    def add(self, name: str) -> None:
        """Append a string."""
        self._bytes += name.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        """How many strings."""
        return len(self._ends) - 1

    def __getitem__(self, index: Any) -> Any:
        """Return a string, or a tuple of them for a slice."""
        if isinstance(index, slice):
            return tuple(self[at] for at in range(len(self))[index])
        at = range(len(self))[index]
        return self._bytes[self._ends[at] : self._ends[at + 1]].decode("utf-8", "surrogatepass")


class Numbers(Sequence[str]):
    """The numbers from 0 as strings: ids of texts that have none."""

    def __init__(self, size: int) -> None:
        self._range = range(size)

    def __len__(self) -> int:
        """How many."""
        return len(self._range)

    def __getitem__(self, index: Any) -> Any:
        """Return a number, or a tuple of them for a slice."""
        found = self._range[index]
        return str(found) if isinstance(found, int) else tuple(map(str, found))


class Repeated(Sequence[str | None]):
    """Strings of which many are equal, or ``None``: a few bytes each; to begin with, ``nothing`` times ``None``."""

    def __init__(self, *, nothing: int = 0) -> None:
        self._known: dict[str | None, int] = {None: 0}
        self._values: list[str | None] = [None]
        self._which = array("l", [0]) * nothing

    def add(self, value: str | None) -> None:
        """Append a value."""
        at = self._known.setdefault(value, len(self._values))
        if at == len(self._values):
            self._values.append(value)
        self._which.append(at)

    def __len__(self) -> int:
        """How many values."""
        return len(self._which)

    def __getitem__(self, index: Any) -> Any:
        """Return a value, or a tuple of them for a slice."""
        if isinstance(index, slice):
            return tuple(self._values[at] for at in self._which[index])
        return self._values[self._which[index]]

    @property
    def distinct(self) -> Sequence[str | None]:
        """Return the values without repeats."""
        return self._values
