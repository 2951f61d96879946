"""UTF-8 read as something else: undoing it for a whole text, for a line, or for the sequences that show it."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["ENCODINGS", "badness", "best_whole", "recode", "sequences"]

ENCODINGS: tuple[str, ...] = (
    "latin-1",
    "sloppy-windows-1252",
    "sloppy-windows-1251",
    "sloppy-windows-1250",
    "sloppy-windows-1253",
    "sloppy-windows-1254",
    "sloppy-windows-1257",
    "iso-8859-2",
    "macroman",
    "cp437",
    "iso-8859-15",
    "cp850",
    "cp1256",
    "koi8-r",
    "cp866",
)
"""ftfy's sets in ftfy's order, then five it does not try; ``sloppy-`` sets let open bytes pass."""

_ENOUGH = 8


def badness(text: str) -> int:
    """Return how many improbable character pairs ftfy's heuristic counts in ``text``."""
    from ftfy.badness import badness as count

    return int(count(text))


def recode(text: str, encoding: str) -> str | None:
    """Return the text whose UTF-8 bytes were read as ``encoding``, ``None`` where that cannot be.

    >>> recode("cafÃ©", "latin-1"), recode("café", "latin-1")
    ('café', None)
    """
    _register()
    try:
        return text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return None


def best_whole(text: str) -> tuple[str, str] | None:
    """Return ``(encoding, repaired)`` for the set that explains all of a text best, or ``None``."""
    before = badness(text)
    best: tuple[int, str, str] | None = None
    for encoding in ENCODINGS:
        fixed = recode(text, encoding)
        if fixed is None or fixed == text:
            continue
        after = badness(fixed)
        if (after < before or (after == before and len(text) - len(fixed) >= _ENOUGH)) and (
            best is None or after < best[0]
        ):
            best = (after, encoding, fixed)
    return None if best is None else (best[1], best[2])


def sequences(text: str, encoding: str) -> str:
    """Return ``text`` with each stretch that is UTF-8 read as ``encoding`` put right, the rest as it is.

    >>> sequences("cafÃ© — thé", "latin-1")
    'café — thé'
    """
    _register()

    def put_right(match: re.Match[str]) -> str:
        try:
            return match.group().encode(encoding).decode("utf-8")
        except UnicodeError:
            return match.group()

    return _pattern(encoding).sub(put_right, text)


@cache
def _pattern(encoding: str) -> re.Pattern[str]:
    """Match the characters of one UTF-8 sequence of two to four bytes as ``encoding`` reads them."""
    _register()
    chars = {b: bytes([b]).decode(encoding, "ignore") for b in range(0x80, 0x100)}

    def those(first: int, last: int) -> str:
        return "[" + re.escape("".join(chars[b] for b in range(first, last + 1))) + "]"

    tail = those(0x80, 0xBF)
    return re.compile(f"{those(0xC2, 0xDF)}{tail}|{those(0xE0, 0xEF)}{tail}{{2}}|{those(0xF0, 0xF4)}{tail}{{3}}")


@cache
def _register() -> None:
    import ftfy.bad_codecs  # noqa: F401  registers the sloppy- codecs
