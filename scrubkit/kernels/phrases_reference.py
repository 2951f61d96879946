"""The plain Python reference of the search for phrases, and what serves without a compiler."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from scrubkit.kernels.rows_classes import APART, COUNT_CHARS, WHERE
from scrubkit.kernels.rows_reference import Rows

__all__ = ["Found", "Phrases"]

_LINE, _START, _END, _ANY, _STEM, _PIECE, _COUNTED = range(len(WHERE))
_HEAD = 3


_LETTER = r"[^\W_" + "".join(f"{chr(low)}-{chr(high)}" for low, high in APART) + "]"
# Where a phrase may begin: anywhere but within a word; none begins with white space.
_BEGIN = re.compile(rf"(?<!{_LETTER})\S|(?<={_LETTER})(?!{_LETTER})\S")


def _is_word(char: str) -> bool:
    return char.isalnum() and not any(low <= ord(char) <= high for low, high in APART)


class Phrases:
    """Phrases ready to be looked for; see :class:`scrubkit.kernels.rows.Phrases`."""

    def __init__(
        self, names: list[str], cue: list[int], family: list[int], texts: list[str], code: list[int], where: list[int]
    ) -> None:
        self.names, self.cue, self.family = names, cue, family
        self.texts, self.code, self.where = texts, code, where
        self._lines: defaultdict[str, list[int]] = defaultdict(list)
        self._counted: defaultdict[str, list[int]] = defaultdict(list)
        self._inside: defaultdict[str, list[int]] = defaultdict(list)
        self._pieces: defaultdict[str, list[int]] = defaultdict(list)
        for entry, (text, place) in enumerate(zip(texts, where, strict=True)):
            assert not text[:1].isspace(), text
            if place == _LINE:
                self._lines[text].append(entry)
            elif place == _PIECE:
                self._pieces[text].append(entry)
            elif place == _COUNTED and text.strip(COUNT_CHARS):
                self._counted[text.strip(COUNT_CHARS)].append(entry)
            else:
                self._inside[text[:_HEAD]].append(entry)

    def find(self, rows: Rows, every: bool = False) -> Found:  # noqa: FBT001, FBT002  as the kernel takes it
        """Return what is found in the rows: of each code the first hit a row, or every one."""
        hits: list[tuple[int, int, int, int]] = []
        for row in range(len(rows)):
            found = [(row, *hit) for hit in self._in_row(rows.fold(row))]
            if not every:
                best: dict[int, tuple[int, int, int, int]] = {}
                for hit in sorted(found, key=lambda hit: (hit[2], -hit[3], hit[1])):
                    best.setdefault(self.code[hit[1]], hit)
                found = list(best.values())
            hits += found
        return Found(self, rows, hits)

    def _in_row(self, text: str) -> Iterator[tuple[int, int, int]]:
        yield from ((entry, 0, len(text)) for entry in self._lines.get(text, ()))
        core = text.strip(COUNT_CHARS)
        for entry in self._counted.get(core, ()) if core else ():
            phrase = self.texts[entry]
            start = text.index(core) - phrase.index(core)
            if start >= 0 and text.startswith(phrase, start) and _apart(text, start, start + len(phrase)):
                yield entry, start, start + len(phrase)
        for piece, entries in self._pieces.items():
            for start in _places(text, piece):
                yield from ((entry, start, start + len(piece)) for entry in entries)
        for begin in _BEGIN.finditer(text):
            start = begin.start()
            for size in range(1, _HEAD + 1):
                for entry in self._inside.get(text[start : start + size], ()) if start + size <= len(text) else ():
                    end = start + len(self.texts[entry])
                    if text.startswith(self.texts[entry], start) and self._stands(entry, text, start, end):
                        yield entry, start, end

    def _stands(self, entry: int, text: str, start: int, end: int) -> bool:
        where = self.where[entry]
        if where == _STEM:  # the caller has seen that a word begins here
            return True
        if not _apart(text, start, end):
            return False
        if where == _START:
            return start == 0
        if where == _END:
            return end == len(text)
        return where == _ANY or not (text[:start] + text[end:]).strip(COUNT_CHARS)

    def within(self, text: str) -> int:
        """Return, as bits, the codes of which a piece stands in a text in any case; -1 where it is not told."""
        if not text.isascii():
            return -1
        small = text.lower()
        return sum(1 << code for code in {self.code[e] for s, es in self._pieces.items() if s in small for e in es})


def _apart(text: str, start: int, end: int) -> bool:
    if start and _is_word(text[start - 1]) and _is_word(text[start]):
        return False
    return not (end < len(text) and _is_word(text[end]) and _is_word(text[end - 1]))


def _places(text: str, piece: str) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + 1)


class Found:
    """The phrases found in a page; see :class:`scrubkit.kernels.rows.Found`."""

    def __init__(self, phrases: Phrases, rows: Rows, hits: list[tuple[int, int, int, int]]) -> None:
        self._phrases, self._hits = phrases, hits
        self.present = frozenset(phrases.names[phrases.code[hit[1]]] for hit in hits)
        self._by_row: defaultdict[int, list[int]] = defaultdict(list)
        for row, entry, _, _ in hits:
            if phrases.cue[phrases.code[entry]]:
                self._by_row[row].append(entry)
        for row in list(self._by_row):
            if self._claims(row):
                rows.claim(row)

    def _families(self, row: int) -> set[int]:
        codes = [self._phrases.code[entry] for entry in self._by_row.get(row, ())]
        return {self._phrases.family[code] for code in codes if self._phrases.cue[code] & 2}

    def _claims(self, row: int) -> bool:
        families = self._families(row)
        if not families:
            return False
        if any(" " in text for text in self._texts(row)):
            return True
        return any(families & self._families(near) for near in (row - 1, row + 1))

    def _texts(self, row: int) -> set[str]:
        return {self._phrases.texts[entry] for entry in self._by_row.get(row, ())}

    def among(self, row: int) -> int:
        """Return how many of the two rows before and after a row have a cue that the row itself has not."""
        own = self._texts(row)
        return sum(bool(self._texts(near) - own) for near in range(row - 2, row + 3) if near != row)

    def hits(self, code: int = -1) -> list[tuple[int, int, int, int]]:
        """Return ``(row, entry, start, end)`` of each hit, or of those of one code, by row."""
        return [hit for hit in self._hits if code in (-1, self._phrases.code[hit[1]])]

    def rows_of(self, code: int) -> list[int]:
        """Return the rows in which a code was found."""
        return [hit[0] for hit in self._hits if self._phrases.code[hit[1]] == code]

    def cued(self) -> list[int]:
        """Return the rows that have a cue of any code."""
        return sorted(self._by_row)
