"""Strings to one buffer of UTF-8 bytes: plain Python, and the choice of the compiled kernel."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels import warn_once

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COMPILED", "PAD", "Joiner", "distinct", "joined", "lengths"]


def _load() -> Any:
    """Return the compiled kernel, ``None`` where it was not built."""
    try:
        return import_module("scrubkit.kernels._buffers")
    except ImportError:
        return None


_compiled = _load()
COMPILED = _compiled is not None

PAD = 64
"""Zeros behind the last text: kernels read whole words."""


def joined(
    texts: Sequence[str], *, held: NDArray[np.uint8] | None = None, backend: str = "auto"
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ``(data, offsets)``: texts end to end in UTF-8, and where each begins, and the end.

    ``data`` (uint8) ends with :data:`PAD` zeros, ``offsets`` (int64) has one entry more than texts. Lone surrogates
    become ``?``: they have no UTF-8. :class:`TypeError` for what is no string. No bytes object is made of a text,
    which is most of what joining costs. The compiled kernel writes to ``held`` where that has room.

    >>> data, offsets = joined(["né", "", "a"])
    >>> bytes(data[: offsets[-1]]), offsets.tolist()
    (b'n\\xc3\\xa9a', [0, 3, 3, 4])
    """
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.uint8], NDArray[np.int64]] = _compiled.joined(
            texts if isinstance(texts, list) else list(texts), PAD, held
        )
        return found
    if backend != "python":
        warn_once("buffers")
    parts = [_encoded(at, text) for at, text in enumerate(texts)]
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return np.frombuffer(b"".join([*parts, bytes(PAD)]), np.uint8), offsets


class Joiner:
    """Joins texts again and again in one buffer: memory is touched for the first time once, and stays in the cache."""

    def __init__(self) -> None:
        self._held = np.empty(0, np.uint8)

    def joined(self, texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return what :func:`joined` does; ``data`` lasts until the next call."""
        data, offsets = joined(texts, held=self._held)
        if len(data) > len(self._held):
            self._held = data if data.base is None else data.base
        return data, offsets


def _encoded(at: int, text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"text {at} is {type(text).__name__}, no string")
    return text.encode("utf-8", "replace")


def lengths(texts: list[Any], *, backend: str = "auto") -> NDArray[np.int32] | None:
    """Return how many characters each text has, int32; ``None`` where one is no plain string.

    >>> lengths(["né", ""])
    array([2, 0], dtype=int32)
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.int32] | None = _compiled.lengths(texts)
        return found
    plain = not {*map(type, texts)} - {str}
    return np.fromiter(map(len, texts), np.int32, len(texts)) if plain else None


def distinct(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the values ascending and once each: ``np.unique``, which loads NumPy's masked arrays to see that it is none.

    >>> distinct(np.array([7, 2, 7], np.uint64)).tolist()
    [2, 7]
    """
    ordered = np.sort(values)
    once: NDArray[np.uint64] = ordered[
        np.concatenate((np.ones(min(1, len(ordered)), np.bool_), ordered[1:] != ordered[:-1]))
    ]
    return once
