"""Long texts with few characters beyond ASCII, as the source of a page is: only the places near those are looked at.

What repair looks for holds a character beyond ASCII and is a few characters long. A page's source may be one line of a
million characters, and ftfy's patterns cost about 100 ns for each of them, a dozen times over.
"""

from __future__ import annotations

from scrubkit.ingest.text_scan import scan_text, table_is_current
from scrubkit.kernels.textscan import neighbourhoods

__all__ = ["REACH", "gist", "is_sparse", "stretches"]

REACH = 8
"""No match of ftfy's patterns, and none of ours, is longer."""

_LONG = 4_000  # characters from which it pays
_RARE = 50  # and so many to one beyond ASCII


def is_sparse(text: str) -> bool:
    """Return whether a text is so long and holds so little beyond ASCII that it pays to look near that only.

    >>> is_sparse("tea " * 2_000 + "café"), is_sparse("café")
    (True, False)
    """
    if len(text) < _LONG:
        return False
    found = scan_text(text)
    return _RARE * (found.western + found.foreign) <= len(text)


def stretches(text: str, reach: int = REACH) -> list[tuple[int, int]]:
    """Return the spans of a text within ``reach`` characters of one beyond ASCII; of a text that is not sparse, all.

    >>> stretches("x" * 5_000 + "é" + "x" * 5_000), stretches("née")
    ([(4992, 5009)], [(0, 3)])
    """
    return neighbourhoods(text, reach) if is_sparse(text) else [(0, len(text))]


def gist(line: str) -> str:
    """Return of a sparse line the neighbourhoods of characters beyond ASCII, joined; any other line as it is.

    ftfy plans the same for both: its steps go character by character or by patterns of at most ``REACH`` characters, one
    of them beyond ASCII, and where two neighbourhoods meet ``2 * REACH`` characters of ASCII part those on either side.
    Exceptions are a character that it takes for a lost one (SUB), and versions of ftfy that are not known.

    >>> len(gist("x" * 5_000 + "é" + "x" * 5_000)), gist("née")
    (33, 'née')
    """
    if not is_sparse(line) or "\x1a" in line or not table_is_current():
        return line
    return "".join(line[start:end] for start, end in neighbourhoods(line, 2 * REACH))
