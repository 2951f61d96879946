"""Links as Markdown writes them: what a reader sees of a line, without addresses and brackets.

Programs that flatten pages to Markdown write the address beside every link. Addresses are no words of the page: with
them a menu of three words is as long as a paragraph, and the paragraph that holds a link is no prose any more.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Plain", "without_links"]

_ADDRESS = re.compile(r"""\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"\n]*"|\s+'[^'\n]*')?\)""")
_OPENING = re.compile(r"!?\[(?![0-9]{1,3}\])")
_LINKED = re.compile(r"\[([^\[\]\n]*)\]\(")
_FEWEST = 3
"""Fewer links than this make no Markdown text: what looks like one may be meant to be read."""


class Plain(NamedTuple):
    """Lines without links: their text, where each begins and ends in it, the linked share of each line's characters."""

    text: str
    starts: array[int]
    ends: array[int]
    linked: array[float]


def without_links(text: str, starts: Sequence[int], ends: Sequence[int]) -> Plain | None:
    """Return the lines of a Markdown text as a reader sees them, ``None`` where the text is no Markdown.

    A line of nothing but an address stays as it is, so that no line is blank. Time is linear in the text.

    >>> menu = "[Home](/) [Tea](/tea)\\n![A cup](cup.png) Leaves of [green tea](/green)."
    >>> plain = without_links(menu, [0, 22], [21, 71])
    >>> plain.text
    'Home Tea\\nA cup Leaves of green tea.\\n'
    >>> [round(share, 2) for share in plain.linked]
    [0.88, 0.54]
    """
    if text.count("](") < _FEWEST:
        return None
    pieces: list[str] = []
    first, last, linked = array("l"), array("l"), array("f")
    at = 0
    for start, end in zip(starts, ends, strict=True):
        line = text[start:end]
        share = 0.0
        if "[" in line:
            shown = _OPENING.sub("", _ADDRESS.sub("", line))
            if any(map(str.isalnum, shown)):
                share = min(1.0, sum(len(match[1]) for match in _LINKED.finditer(line)) / len(shown))
                line = shown
        first.append(at)
        at += len(line)
        last.append(at)
        at += 1
        pieces.append(line)
        linked.append(share)
    return Plain("\n".join([*pieces, ""]), first, last, linked)
