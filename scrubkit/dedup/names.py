"""Strings of many documents in little memory: ids, dates, sources."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.dedup.room import Room

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Names", "Numbers", "Repeated"]


# Names that are put together before they are handed to a column.
_TOGETHER = 4096


class Names(Sequence[str]):
    """Strings end to end as UTF-8: a dozen bytes each besides their own, where a list of ``str`` takes sixty.

    With a ``room`` they go to a file once that is full. The first look at one ends the adding.

    >>> names = Names()
    >>> names.add("a/1"); names.add("b/2")
    >>> names[1], len(names)
    ('b/2', 2)
    """

    def __init__(self, room: Room | None = None) -> None:
        room = room or Room()
        self._data, self._sizes = room.column(np.uint8), room.column(np.int32)
        self._room = room
        self._bytes, self._ends = bytearray(), array("i")
        self._size = 0

    def add(self, name: str) -> None:
        """Append a string."""
        data = name.encode("utf-8", "surrogatepass")
        self._bytes += data
        self._ends.append(len(data))
        self._size += 1
        if len(self._ends) == _TOGETHER:
            self._put()

    def _put(self) -> None:
        self._data.add(np.frombuffer(bytes(self._bytes), np.uint8))
        self._sizes.add(np.frombuffer(self._ends.tobytes(), np.int32))
        self._bytes, self._ends = bytearray(), array("i")

    @cached_property
    def _whole(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        self._put()
        ends = np.zeros(self._size + 1, np.int64)
        np.cumsum(self._sizes.array(), out=ends[1:])
        return self._data.array(), self._room.keep(ends)

    def __len__(self) -> int:
        """How many strings."""
        return self._size

    def __getitem__(self, index: Any) -> Any:
        """Return a string, or a tuple of them for a slice."""
        if isinstance(index, slice):
            return tuple(self[at] for at in range(len(self))[index])
        at = range(len(self))[index]
        data, ends = self._whole
        return data[ends[at] : ends[at + 1]].tobytes().decode("utf-8", "surrogatepass")


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
    """Strings of which many are equal, or ``None``: a byte each, or as many as their number takes.

    To begin with there is ``None``, ``nothing`` times.
    """

    def __init__(self, *, nothing: int = 0) -> None:
        self._known: dict[str | None, int] = {None: 0}
        self._values: list[str | None] = [None]
        self._which = array("B", [0]) * nothing

    def add(self, value: str | None) -> None:
        """Append a value."""
        at = self._known.setdefault(value, len(self._values))
        if at == len(self._values):
            self._values.append(value)
            if at == 1 << 8 * self._which.itemsize:
                self._which = array({1: "H", 2: "I", 4: "Q"}[self._which.itemsize], self._which)
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
