"""Passes over a text that tell what may need repair or normalisation, and do the part that needs no context.

Every character has a class; a class has flags (it is a control, a space to be folded, …), and a pair of neighbouring
classes may be improbable in intact text. The tables are made by ``training/text_classes.py``. What the scan does not
flag no later step changes: that is what lets intact texts, nearly all of them, pass at memory speed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

try:
    _textscan: Any = import_module("scrubkit.kernels._textscan")
except ImportError:  # no compiler at installation: the NumPy reference serves
    _textscan = None

__all__ = [
    "ASTRAL",
    "FLAGS",
    "Scan",
    "Table",
    "Tidy",
    "compiled",
    "decode",
    "doubts",
    "doubts_reference",
    "neighbourhoods",
    "neighbourhoods_reference",
    "scan",
    "scan_reference",
    "scan_utf8",
    "seek",
    "tidy",
    "tidy_reference",
    "tidy_utf8",
    "utf8",
]

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
    (native order); ``pairs``: classes × classes bytes, 1 where the pair is improbable. Two characters of ASCII never
    are: runs of them are skipped."""

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


class Tidy(NamedTuple):
    """``text`` after :func:`tidy`, and how many returns, characters that go and spaces it had."""

    text: str
    returns: int
    gone: int
    spaces: int


@lru_cache(maxsize=4)
def _bound(table: Table) -> Any:
    return _textscan.Scanner(
        table.classes,
        table.flags,
        table.pairs,
        western=FLAGS["western"],
        astral=_ODD,
        gone=FLAGS["gone"],
        space=FLAGS["space"],
    )


def scan(table: Table, text: str) -> Scan:
    """Return what a pass over ``text`` finds."""
    if _textscan is None:
        from scrubkit.kernels import warn_once

        warn_once("textscan")
        return scan_reference(table, text)
    return Scan(*_bound(table).scan(text))


def tidy(table: Table, text: str) -> Tidy:
    r"""Return ``text`` with line ends in one form, without the characters flagged ``gone``, ``space`` ones as spaces.

    ``\r\n`` is ``\n``; a lone ``\r`` is a space, or ``\n`` where the text has no ``\n`` at all.
    """
    if _textscan is None:
        return tidy_reference(table, text)
    return Tidy(*_bound(table).tidy(text, "\n" in text))


def seek(table: Table, text: str, start: int, flags: int) -> int:
    """Return where from ``start`` on the next character with one of ``flags`` stands, ``len(text)`` where none does.

    Flags of ASCII characters are not looked for.
    """
    if _textscan is None:
        own = memoryview(table.flags)
        found = (i for i in range(start, len(text)) if _flags(table, own, text[i]) & flags and text[i] > "\x7f")
        return next(found, len(text))
    at: int = _bound(table).seek(text, start, flags)
    return at


def compiled() -> bool:
    """Return whether the compiled passes serve, which alone read texts in UTF-8 without decoding them."""
    return _textscan is not None


def scan_utf8(table: Table, data: bytes) -> tuple[Scan, int] | None:
    """Return what :func:`scan` finds in a text given in UTF-8, and its length; ``None`` where the bytes are not UTF-8."""
    if not compiled():
        text = decode(data)
        return None if text is None else (scan_reference(table, text), len(text))
    found = _bound(table).scan_utf8(data)
    return None if found is None else (Scan(*found[:4]), found[4])


def tidy_utf8(table: Table, data: bytes) -> tuple[bytes, tuple[int, int, int], int]:
    """Return what :func:`tidy` makes of a text given in UTF-8, in UTF-8, its counts, and how many characters are gone."""
    if not compiled():
        text, *counts = tidy_reference(table, before := data.decode())
        return text.encode(), (counts[0], counts[1], counts[2]), len(before) - len(text)
    clean, numbers, shorter = _bound(table).tidy_utf8(data, b"\n" in data)
    return clean, numbers, shorter


def doubts(table: Table, text: str, reach: int) -> list[tuple[int, int]]:
    """Return the stretches within ``reach`` characters of an improbable pair or of a character flagged ``bad``.

    As ``(start, end)`` in order; both characters of a pair count as the place.
    """
    if _textscan is None:
        return doubts_reference(table, text, reach)
    found: list[tuple[int, int]] = _bound(table).doubts(text, reach, FLAGS["bad"])
    return found


def doubts_reference(table: Table, text: str, reach: int) -> list[tuple[int, int]]:
    """Return what :func:`doubts` returns."""
    classes = [table.classes[min(ord(char), 0xFFFF)] for char in text]
    width = len(table.flags)
    doubtful = (
        at
        for at, (last, own) in enumerate(zip([0, *classes], classes, strict=False))
        if table.pairs[last * width + own] or table.flags[own] & FLAGS["bad"]
    )
    return _joined((max(0, at - 1 - reach), min(len(text), at + 1 + reach)) for at in doubtful)


def utf8(text: str) -> bytes:
    """Return a text in UTF-8, lone surrogates left out; runs of ASCII pass many at a time.

    Python's own encoder goes character by character where a string holds any beyond Latin-1, and the source of a page
    mostly holds one among a quarter of a million: it then takes a sixth as long as parsing.

    >>> utf8("né \\ud800✓").decode()
    'né ✓'
    """
    if _textscan is not None and not text.isascii():
        data: bytes | None = _textscan.utf8(text)
        if data is not None:
            return data
    return text.encode("utf-8", "ignore")


def decode(data: bytes) -> str | None:
    """Return the text of bytes in UTF-8, ``None`` where they are not; runs of ASCII pass many at a time.

    As ``bytes.decode`` does strictly, which makes room anew at the first character beyond ASCII, and beyond Latin-1.

    >>> decode("né ✓".encode()), decode(b"n\\xe9")
    ('né ✓', None)
    """
    if _textscan is not None and not data.isascii():
        text: str | None = _textscan.decode(data)
        return text
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def neighbourhoods(text: str, reach: int) -> list[tuple[int, int]]:
    """Return the stretches of a text within ``reach`` characters of one beyond ASCII, as ``(start, end)`` in order.

    >>> neighbourhoods("a long walk to the café", 3), neighbourhoods("tea", 3)
    ([(19, 23)], [])
    """
    if _textscan is None:
        return neighbourhoods_reference(text, reach)
    found: list[tuple[int, int]] = _textscan.neighbourhoods(text, reach)
    return found


def neighbourhoods_reference(text: str, reach: int) -> list[tuple[int, int]]:
    """Return what :func:`neighbourhoods` returns."""
    runs = re.finditer("[^\0-\x7f]+", text)
    return _joined((max(0, run.start() - reach), min(len(text), run.end() + reach)) for run in runs)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in ascending order, those that touch joined."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        found.append((found.pop()[0] if found and start <= found[-1][1] else start, end))
    return found


def _flags(table: Table, own: memoryview, char: str) -> int:
    code = ord(char)
    if code < 0xFFFF:
        return int(own[table.classes[code]])
    return 0 if _PICTURES[0] <= code < _PICTURES[1] else _ODD


def tidy_reference(table: Table, text: str) -> Tidy:
    """Return what :func:`tidy` returns."""
    returns = text.count("\r")
    if returns:
        text = re.sub("\r+\n", "\n", text).replace("\r", " ") if "\n" in text else text.replace("\r", "\n")
    change: dict[int, str | None] = {}
    gone = spaces = 0
    for char in set(text):
        own = _flags(table, table.flags, char)
        if ord(char) >= 0xFFFF:  # of the flags of all astral characters only this is exact
            own = FLAGS["gone"] if ord(char) & 0xFFFE == 0xFFFE else 0
        if own & FLAGS["gone"]:
            change[ord(char)] = None
            gone += text.count(char)
        elif own & FLAGS["space"]:
            change[ord(char)] = " "
            spaces += text.count(char)
    return Tidy(text.translate(change) if change else text, returns, gone, spaces)


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
