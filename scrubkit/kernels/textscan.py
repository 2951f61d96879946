"""One pass over a text that tells what may need repair or normalisation.

Every character has a class; a class has flags (it is a control, a space to be folded, …), and a pair of neighbouring
classes may be improbable in intact text. The tables are made by ``training/text_classes.py``. What the scan does not
flag no later step changes: that is what lets intact texts, nearly all of them, pass at memory speed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

try:
    _textscan: Any = import_module("scrubkit.kernels._textscan")
except ImportError:  # no compiler at installation: the NumPy reference serves
    _textscan = None

__all__ = ["ASTRAL", "FLAGS", "Scan", "Table", "scan", "scan_reference"]

FLAGS: Mapping[str, int] = MappingProxyType(
    {
        "surrogate": 1,
        "return": 2,
        "escape": 4,
        "ampersand": 8,
        "bad": 16,
        "gone": 32,
        "space": 64,
        "invisible": 128,
        "form": 256,
        "western": 512,
    }
)
"""``bad``: C1 controls; ``gone``: normalisation removes it; ``form``: may not be in NFC; ``western``: in windows-1252."""

ASTRAL = "\U0001f600"
"""Stands for all characters above U+FFFF, which share a class; those that are no pictures get every flag."""

_PICTURES = (0x1F000, 0x1FC00)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """``classes``: 65,536 bytes, a class for each code unit, the last for all above U+FFFF; ``flags``: uint16 a class
    (native order); ``pairs``: classes × classes bytes, 1 where the pair is improbable."""

    classes: bytes
    flags: memoryview
    pairs: bytes


class Scan(NamedTuple):
    """``flags``: those of all characters together; ``pairs``: improbable pairs; ``western`` and ``foreign``:
    characters above U+007F that windows-1252 has and has not."""

    flags: int
    pairs: int
    western: int
    foreign: int


_ODD = FLAGS["gone"] | FLAGS["invisible"] | FLAGS["form"]


def scan(table: Table, text: str) -> Scan:
    """Return what a pass over ``text`` finds."""
    if _textscan is None:
        from scrubkit.kernels import warn_once

        warn_once("textscan")
        return scan_reference(table, text)
    return Scan(*_textscan.scan(text, table.classes, table.flags, table.pairs, FLAGS["western"], _ODD))


def scan_reference(table: Table, text: str) -> Scan:
    """Return what :func:`scan` returns, in NumPy."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    flags = np.frombuffer(table.flags, np.uint16)
    classes = np.frombuffer(table.classes, np.uint8)[np.minimum(codes, 0xFFFF)].astype(np.int64)
    pairs = np.frombuffer(table.pairs, np.uint8).reshape(len(flags), len(flags))
    own = flags[classes]
    seen = int(np.bitwise_or.reduce(own)) if len(own) else 0
    high = codes >= 0xFFFF
    if (high & ((codes < _PICTURES[0]) | (codes >= _PICTURES[1]))).any():
        seen |= _ODD
    western = int(((codes >= 0x80) & ~high & ((own & FLAGS["western"]) != 0)).sum())
    foreign = int((codes >= 0x80).sum()) - western
    return Scan(seen, int(pairs[classes[:-1], classes[1:]].sum()), western, foreign)
