"""Where in the file a span of a document's text stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from scrubkit.core.offsets import line_starts, place_of

__all__ = ["HtmlPlaces", "Places", "RecordPlaces", "TextPlaces"]

Span = tuple[int, int, int, int]


class Places(Protocol):
    """Turns a span of the document's text into ``(line, column, end line, end column)`` of the file."""

    def __call__(self, start: int, end: int) -> Span:
        """Return the place of ``document.text[start:end]``, white space at its ends left out."""
        ...


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    shown = part.strip()
    if not shown:
        return start, end
    first = start + part.index(shown[0])
    return first, first + len(shown)


class TextPlaces:
    """Flattened text: line *n* of the document is line *n* of the file."""

    def __init__(self, text: str) -> None:
        """Take the document's text."""
        self._text = text
        self._starts = line_starts(text)

    def __call__(self, start: int, end: int) -> Span:
        """Return the place of a span."""
        start, end = _trim(self._text, start, end)
        return (*place_of(self._starts, start), *place_of(self._starts, end))


@dataclass(frozen=True, slots=True)
class RecordPlaces:
    """A record: the line is that of the record in its file, columns count within the record's text."""

    text: str
    line: int

    def __call__(self, start: int, end: int) -> Span:
        """Return the place of a span."""
        start, end = _trim(self.text, start, end)
        return self.line, start + 1, self.line, end + 1


class HtmlPlaces:
    """A page: the place where the first words of the span stand in the source.

    The text of a page does not know its place in the source. It is looked for from the place of the span before
    it on, tags and character references between the words allowed; where it is not found, that place is given.
    """

    def __init__(self, text: str, source: str) -> None:
        """Take the document's text and the decoded source."""
        self._text = text
        self._source = source
        self._starts = line_starts(source)
        body = re.search(r"<body\b", source, re.IGNORECASE)
        self._at = body.start() if body else 0
        self._asked = 0

    def __call__(self, start: int, end: int) -> Span:
        """Return the place of a span; spans are asked for in order."""
        start, end = _trim(self._text, start, end)
        if start < self._asked:
            self._at = 0
        self._asked = start
        found = self._find(" ".join(self._text[start : min(end, start + 120)].split("\n")))
        if found is not None:
            self._at = found[0]
        first, last = found or (self._at, self._at)
        return (*place_of(self._starts, first), *place_of(self._starts, last))

    def _find(self, wanted: str) -> tuple[int, int] | None:
        words = wanted.split()[:8]
        if not words:
            return None
        pattern = r"(?:\s|&nbsp;|&#160;|<[^>]{0,400}>)+".join("".join(_char(c) for c in word) for word in words)
        for at in (self._at, 0):
            if match := re.compile(pattern).search(self._source, at):
                return match.span()
        return None


def _char(char: str) -> str:
    """Return a pattern for a character as a source may write it."""
    return re.escape(char) if char.isalnum() and char.isascii() else f"(?:{re.escape(char)}|&#?\\w{{1,31}};)"
