"""Code points, UTF-8 bytes and lines of one text.

Everything public counts code points; kernels count UTF-8 bytes. This module is the only place that converts.
The conversions take sorted offsets and walk the text once, slice by slice, so their cost is that of encoding
the text and no Python object is made per character.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

__all__ = ["line_starts", "place_of", "to_bytes", "to_codepoints"]


def to_bytes(text: str, offsets: Iterable[int]) -> list[int]:
    """Return the UTF-8 byte offset of each code point offset; ``offsets`` ascend, 0 to ``len(text)``.

    >>> to_bytes("né!", [0, 1, 2, 3])
    [0, 1, 3, 4]
    """
    if text.isascii():
        return list(offsets)
    out: list[int] = []
    at = done = 0
    for offset in offsets:
        if offset < at:
            raise ValueError(f"offsets must ascend: {offset} after {at}")
        done += len(text[at:offset].encode())
        at = offset
        out.append(done)
    return out


def to_codepoints(data: bytes, offsets: Iterable[int]) -> list[int]:
    """Return the code point offset of each UTF-8 byte offset; ``offsets`` ascend, 0 to ``len(data)``.

    Raises ``UnicodeDecodeError`` where an offset lies inside a character: such an offset is a kernel's bug.

    >>> to_codepoints("né!".encode(), [0, 1, 3, 4])
    [0, 1, 2, 3]
    """
    if data.isascii():
        return list(offsets)
    out: list[int] = []
    at = done = 0
    for offset in offsets:
        if offset < at:
            raise ValueError(f"offsets must ascend: {offset} after {at}")
        done += len(data[at:offset].decode())
        at = offset
        out.append(done)
    return out


def line_starts(text: str) -> list[int]:
    r"""Return where each line begins, in code points; only ``\n`` ends a line, as in editors and git.

    >>> line_starts("a\n\nb")
    [0, 2, 3]
    """
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def place_of(starts: list[int], offset: int) -> tuple[int, int]:
    r"""Return the 1-based ``(line, column)`` of a code point offset, given :func:`line_starts` of its text.

    >>> place_of(line_starts("a\n\nbc"), 4)
    (3, 2)
    """
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1
