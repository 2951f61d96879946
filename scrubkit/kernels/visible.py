"""Which invisible characters of a text mean something where they stand, and the text without the others."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

try:
    _textscan: Any = import_module("scrubkit.kernels._textscan")
except ImportError:  # no compiler at installation: the plain version serves
    _textscan = None

__all__ = ["INVISIBLE", "visible", "visible_reference", "visible_utf8"]

INVISIBLE = re.compile("[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\U000e0001-\U000e007f]")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Scripts written without spaces between words, where a zero-width space marks the break.
_UNSPACED = re.compile("[\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf]")
# Scripts whose letters join or form conjuncts, and emoji: there a joiner changes what is read.
_JOINING = re.compile(
    "[\u0600-\u07ff\u0840-\u0dff\u0f00-\u109f\u1780-\u18af\u1b00-\u1bff\ua840-\ua87f\ua8e0-\ua8ff\uabc0-\uabff"
    "\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00010fff\U00011000-\U00011fff"
    "\u2190-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]"
)
_EMOJI_TAG = re.compile("[\U0001f3f4\U000e0020-\U000e007e]")


def visible(text: str) -> tuple[str, int]:
    """Return a text without the invisible characters that join, break or turn nothing, and how many went.

    Neighbours are those on the same line that stay. Marks of direction mean something in lines with right-to-left
    letters, joiners beside letters that join and in emoji, zero-width spaces in scripts without spaces.

    >>> visible("wo\\u200brd")
    ('word', 1)
    """
    if _textscan is None:
        return visible_reference(text)
    clean, gone = _textscan.visible(text)
    return clean, gone


def visible_utf8(data: bytes) -> tuple[bytes, int]:
    """Return what :func:`visible` does of a text in UTF-8, in UTF-8.

    >>> visible_utf8("wo\\u200brd".encode())
    (b'word', 1)
    """
    if _textscan is None:
        text, gone = visible_reference(data.decode())
        return text.encode(), gone
    clean, gone = _textscan.visible_utf8(data)
    return clean, gone


def visible_reference(text: str) -> tuple[str, int]:
    """Return what :func:`visible` returns."""
    clean = "\n".join(_in_line(line) if INVISIBLE.search(line) else line for line in text.split("\n"))
    return clean, len(text) - len(clean)


def _in_line(line: str) -> str:
    turns = _RIGHT_TO_LEFT.search(line) is not None
    kept: list[str] = []
    before = ""
    at = 0
    for match in INVISIBLE.finditer(line):
        start, end = match.span()
        kept.append(line[at:start])
        before = line[at:start][-1:] or before
        if _means(match.group(), before, line[end : end + 1], turns=turns):
            before = match.group()
            kept.append(before)
        at = end
    kept.append(line[at:])
    return "".join(kept)


def _means(char: str, before: str, after: str, *, turns: bool) -> bool:
    if char in _BIDI:
        return turns
    if char in "\u200c\u200d":
        return bool(_JOINING.match(before)) and (char == "\u200d" or bool(_JOINING.match(after)))
    if char in "\u200b\u2060":
        return bool(_UNSPACED.match(before)) or bool(_UNSPACED.match(after))
    if char == "\u180e":
        return "\u1800" <= before <= "\u18af"
    return "\U000e0020" <= char <= "\U000e007f" and bool(_EMOJI_TAG.match(before))
