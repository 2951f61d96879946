"""Bytes of another script's legacy set that were read as latin-1 or windows-1252: ``Ïðèâåò`` for ``Привет``.

This is not UTF-8 read wrongly, so ftfy has no eye for it, and its mapping of C1 controls would destroy the evidence:
it must be tried first. No text in a Latin script has every fourth character above ASCII in windows-1252.
"""

from __future__ import annotations

from scrubkit.ingest.decode_detect import detect
from scrubkit.ingest.decode_labels import WESTERN, decode_counting, decode_strictly
from scrubkit.ingest.repair_codecs import register
from scrubkit.ingest.repair_recode import likelier, turns
from scrubkit.ingest.text_scan import Scan

__all__ = ["is_dense", "read_legacy", "undo_legacy"]

_DENSE = 0.25
_MIN_CHARACTERS = 20
_LETTERS = 0.8
_TURNS = 25
_SAMPLE = 4_000
_LATIN = WESTERN | {
    "windows-1250",
    "windows-1254",
    "windows-1257",
    "windows-1258",
    "iso8859-2",
    "iso8859-4",
    "iso8859-16",
}


def is_dense(scan: Scan, characters: int) -> bool:
    """Return whether so much of a text is above ASCII and in windows-1252 that :func:`read_legacy` looks at it."""
    return not scan.foreign and scan.western >= max(_MIN_CHARACTERS, _DENSE * characters)


def read_legacy(text: str, scan: Scan) -> tuple[str, str, str] | None:
    """Return ``(read as, meant, text)`` where bytes of a non-Latin legacy set were read as a Western one."""
    if not is_dense(scan, len(text)):
        return None
    for read_as in ("latin-1", "sloppy-windows-1252"):
        data = _bytes(text, read_as)
        if data is None:
            continue
        if _mostly_utf8(data):
            return None  # UTF-8 read wrongly, some of it lost on the way: another step's case
        codec, _ = detect(data)
        fixed = None if codec is None or codec in _LATIN else decode_strictly(data, codec)
        if codec is None or fixed is None or fixed.count("\n") != text.count("\n"):
            return None
        return (read_as, codec, fixed) if _in_letters(fixed) and likelier(fixed, text) else None
    return None


def undo_legacy(text: str, read_as: str, meant: str) -> str:
    """Return what a recorded step makes of ``text``; ``text`` itself where it does not apply.

    >>> undo_legacy("Ïðèâåò", "latin-1", "windows-1251")
    'Привет'
    """
    data = _bytes(text, read_as)
    fixed = None if data is None else decode_strictly(data, meant)
    return text if fixed is None else fixed


def _bytes(text: str, read_as: str) -> bytes | None:
    register()
    try:
        return text.encode(read_as)
    except UnicodeError:
        return None


def _mostly_utf8(data: bytes) -> bool:
    text, bad = decode_counting(data[:_SAMPLE], "utf-8")
    return len(text) - len(text.encode("ascii", "ignore")) > 2 * bad


def _in_letters(fixed: str) -> bool:
    """Whether what is above ASCII is letters, and capitals do not follow small letters as they do in garble."""
    sample = fixed[:_SAMPLE]
    high = [char for char in sample if char > "\x7f"]
    return sum(char.isalpha() for char in high) >= _LETTERS * len(high) and turns(sample) * _TURNS <= len(high)
