"""The plain Python reference of the rows of a page: what each column and flag means, and what serves without a compiler."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise, takewhile

from scrubkit.kernels.rows_classes import (
    BEHIND,
    CLOSING,
    COUNTED,
    FLAGS,
    LONG,
    MARKS,
    MINUTES,
    OPENERS,
    OPENINGS,
    PAGING,
    QUOTES,
    TERMINAL,
    WIDE,
)

__all__ = ["Rows", "count_words", "fold", "fold_open", "strip_marks"]

_MARKS = re.compile(rf"^(?:\s*(?:[{re.escape(MARKS)}]+(?=\s|$)|\[\d{{1,3}}\](?=\s)|o(?=\s\s)))*\s*")
_SPACE = re.compile(r"\s+")
_QUOTES = str.maketrans(dict(QUOTES))
_WORD = re.compile(r"\w+")
_WIDE = re.compile("[{}]".format("".join(f"{chr(low)}-{chr(high)}" for low, high in WIDE)))
_TERMINAL = re.compile(rf"[{re.escape(TERMINAL)}](?:[{re.escape(CLOSING)}\d]|\[\w+\])*$")
_STRONG_TERMINAL = re.compile(f"[{re.escape(TERMINAL)}]")
_STRAIGHT = re.compile(r"(?<!\d)[\"']")  # after a digit it is a sign for inches or minutes
_CURLY = re.compile(r"[“”‘’]")
_DOUBLE_SPACE = re.compile(r"\S {2,}\S")
_CRUMB = re.compile(r"[›»→▸]|\s(?:>|/|::|\|)\s")
_FORUM = re.compile(r"(?:[pjmrtl]|#).*[\d,]|[ro].*[ey]", re.IGNORECASE | re.DOTALL)
_COUNTS = re.compile(r"\(?\d{1,5}(?!\d)\)?\s+[crt]|comment", re.IGNORECASE)
_NUMBER = re.compile(r"[\d.,]+")
_NO_WORD = re.compile(r"[\W_]*")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|(?![0-9])\d")


def strip_marks(text: str) -> str:
    """Return a line without the bullet or heading mark a renderer put before it.

    >>> strip_marks("  • * Politics "), strip_marks("-5 degrees")
    ('Politics', '-5 degrees')
    """
    return text[_MARKS.match(text).end() :].strip()  # type: ignore[union-attr]


def fold(text: str) -> str:
    """Return the form in which lines and cues are compared: no marks, one space, straight quotes, caseless.

    Of a line of more than 4,000 characters only its two ends and its length are compared: no cue is that long,
    and a scrape that is one line of 50 MB must not be copied five times.

    >>> fold("  • READER’S   Choice:")
    "reader's choice"
    """
    if len(text) > LONG:
        return f"{fold_open(text[: LONG // 2])} \x00{len(text)}\x00 {fold(text[-LONG // 4 :])}"
    plain = fold_open(text)
    return plain.strip(" :.…>|\u200e\u200f").strip() or plain


def fold_open(text: str) -> str:
    """Return :func:`fold` without the cut at the end: ``"Read also:"`` keeps its colon, which is half the cue."""
    plain = _SPACE.sub(" ", strip_marks(text)).translate(_QUOTES).casefold()
    # Turkish capitals fold to i with a dot above; without it "İmza" and "imza" are one word.
    return plain.replace("i\u0307", "i").replace("ı", "i").strip()


def count_words(text: str) -> int:
    r"""Return the number of words: runs of ``\w``, and one word for two characters in scripts without spaces.

    >>> count_words("three short words"), count_words("今日は良い天気です")
    (3, 4)
    """
    if len(text) > COUNTED:  # enough to know that it is long
        return count_words(text[:COUNTED]) * len(text) // COUNTED
    if text.isascii():
        return len(_WORD.findall(text))
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text) if wide else text)) + wide // 2


class Rows:
    """The rows of a page in plain Python; see :class:`scrubkit.kernels.rows.Rows`."""

    def __init__(
        self,
        text: str,
        starts: Sequence[int],
        ends: Sequence[int],
        kinds: bytes,
        link_chars: Sequence[int] | None,
        roles: bytes,
        structured: bool,  # noqa: FBT001  as the kernel takes it
    ) -> None:
        self.linked = link_chars is not None
        self._structured = structured
        self._blocks = [i for i in range(len(kinds)) if not roles[kinds[i]] & 1]
        self._roles = [roles[kinds[i]] for i in self._blocks]
        self._text = [text[starts[i] : ends[i]].strip() for i in self._blocks]
        self._plain = [strip_marks(line) for line in self._text]
        self._fold = [fold(line) for line in self._text]
        self._words = [count_words(line) for line in self._plain]
        self._links: list[float | None] = [None] * len(self._text)
        if link_chars is not None:
            pairs = zip(self._blocks, self._text, strict=True)
            self._links = [min(1.0, link_chars[i] / max(1, len(line))) for i, line in pairs]
        self._copies: defaultdict[str, list[int]] = defaultdict(list)
        for row, key in enumerate(self._fold):
            self._copies[key].append(row)
        self._flags = [self._own_flags(row) for row in range(len(self._text))]
        for row in range(1, len(self._text) - 1):
            if self._flags[row - 1] & self._flags[row + 1] & FLAGS["prose"]:
                self._flags[row] |= FLAGS["between"]
        self.seen = 0
        for flags in self._flags:
            self.seen |= flags

    def __len__(self) -> int:
        return len(self._text)

    @cached_property
    def curly(self) -> int:
        """Curly quotation marks of the page."""
        return sum(len(_CURLY.findall(line)) for line in self._text)

    @cached_property
    def straight(self) -> int:
        """Straight quotation marks that stand behind no digit."""
        return sum(len(_STRAIGHT.findall(line)) for line in self._text)

    def _own_flags(self, row: int) -> int:
        text, plain, words, link = self._text[row], self._plain[row], self._words[row], self._links[row]
        role = self._roles[row]
        ends = _TERMINAL.search(text[-12:]) is not None
        true = {
            "terminal": ends,
            "marked": bool(role & 8) if self._structured else plain != text,
            "prose": words >= 12 and (ends or words >= 30) and (link is None or link < 0.5),
            "label": 0 < words <= 4 and len(plain) <= 40 and not ends and (link is None or link >= 0.5),
            "table": bool(role & 2),
            "titled": bool(role & 4),
            "minutes": len(text) <= 60 and any(map(str.isdigit, text)) and any(m in self._fold[row] for m in MINUTES),
            "copied": len(self._copies[self._fold[row]]) > 1,
            "letters": any(map(str.isalpha, self._fold[row])),
            **_text_flags(text),
            **_plain_flags(plain),
        }
        return sum(FLAGS[name] for name, holds in true.items() if holds)

    def text(self, row: int) -> str:
        """Return a row's text without white space at its ends."""
        return self._text[row]

    def plain(self, row: int) -> str:
        """Return a row's text without bullet marks."""
        return self._plain[row]

    def fold(self, row: int) -> str:
        """Return a row's text in comparison form."""
        return self._fold[row]

    def flags(self, row: int) -> int:
        """Return the flags of a row."""
        return self._flags[row]

    def claim(self, row: int) -> None:
        """Say of a row that a cue names it beyond doubt."""
        self._flags[row] |= FLAGS["claimed"]

    def blocks(self) -> list[int]:
        """Return the block of each row."""
        return self._blocks

    def words(self) -> list[int]:
        """Return the words of each row."""
        return self._words

    def sentences(self) -> list[int]:
        """Return the sentence marks of each row."""
        return [len(_STRONG_TERMINAL.findall(line[:COUNTED])) for line in self._text]

    def links(self) -> list[float | None]:
        """Return the share of each row's characters inside links, ``None`` where unknown."""
        return self._links

    def prose_before(self) -> list[int]:
        """Return the words in prose rows before each row, and of the page."""
        out = [0]
        for words, flags in zip(self._words, self._flags, strict=True):
            out.append(out[-1] + (words if flags & FLAGS["prose"] else 0))
        return out

    def flagged(self, flags: int) -> list[bool]:
        """Return for each row whether it has one of some flags."""
        return [own & flags != 0 for own in self._flags]

    def select(
        self, have: int, lack: int = 0, first: int = 0, stop: int = -1, least: int = 0, most: int = 0x7FFFFFFF
    ) -> list[int]:
        """Return the rows with all of some flags and none of others, of ``least`` to ``most`` words."""
        rows = range(max(0, first), len(self) if stop < 0 else min(stop, len(self)))
        flags, words = self._flags, self._words
        return [i for i in rows if flags[i] & have == have and not flags[i] & lack and least <= words[i] <= most]

    def runs(self, have: int, lack: int, but: int, least: int) -> list[tuple[int, int]]:
        """Return first and last row of each longest run of rows with some flags and without others, ``but`` aside."""
        out = []
        start = 0
        for end in range(len(self) + 1):
            if end < len(self) and end != but and self._flags[end] & have == have and not self._flags[end] & lack:
                continue
            if end - start >= max(1, least):
                out.append((start, end - 1))
            start = end + 1
        return out

    def body(self) -> tuple[int, int]:
        """Return the first and the last row of prose, ``(len, -1)`` where there is none."""
        rows = self.select(FLAGS["prose"])
        return (rows[0], rows[-1]) if rows else (len(self), -1)

    def copies(self, row: int) -> list[int]:
        """Return the rows with the same comparison form, in order."""
        return self._copies[self._fold[row]]

    def first_copy(self, row: int) -> int:
        """Return the first row with the same comparison form."""
        return self._copies[self._fold[row]][0]

    def sharing(self, words: list[str], least: float, first: int, most: int) -> list[tuple[int, int]]:
        """Return ``(row, how many)`` of the ``first`` rows of at most ``most`` words that have a share of some words."""
        wanted = frozenset(words)
        out = []
        for row in range(min(first, len(self))):
            if self._words[row] <= most:
                shared = wanted.intersection(_WORD.findall(self._fold[row]))
                if shared and len(shared) >= least * len(wanted) - 1e-9:
                    out.append((row, len(shared)))
        return out

    def standing(self, words: list[str], have: int, stop: int) -> set[str]:
        """Return those of some words that stand in one of the first rows with all of some flags."""
        rows = (row for row in range(min(stop, len(self))) if self._flags[row] & have == have)
        return {word for row in rows for word in _WORD.findall(self._fold[row])}.intersection(words)

    def last(self, have: int, stop: int = -1) -> int:
        """Return the last row (before a row, if given) with all of some flags, -1 where there is none."""
        rows = self.select(have, 0, 0, stop)
        return rows[-1] if rows else -1

    def copied(self, have: int, lack: int, least: int) -> list[tuple[int, int, int, int]]:
        """Return ``(row, first, copies, number)`` of each row of a form that stands more than once."""
        fitting = frozenset(self.select(have, lack))
        return [
            (row, rows[0], len(rows), number)
            for form, rows in self._copies.items()
            if len(rows) > 1 and len(form) >= least and rows[0] in fitting
            for number, row in enumerate(rows)
        ]

    def close_copies(self, lack: int, most: int, least: int) -> list[tuple[int, int]]:
        """Return ``(row, the copy before it)`` where the two stand close together."""
        pairs = ((two, one) for rows in self._copies.values() for one, two in pairwise(rows))
        fitting = [p for p in pairs if p[0] - p[1] <= most and len(self._fold[p[0]]) >= least]
        return sorted((p for p in fitting if not self._flags[p[0]] & lack), key=lambda pair: pair[1])

    def groups(self) -> list[list[int]]:
        """Return the rows of each comparison form that stands more than once, in the order of their first rows."""
        return [rows for rows in self._copies.values() if len(rows) > 1]


def _text_flags(text: str) -> dict[str, bool]:
    return {
        "text_digits": any(map(str.isdigit, text)),
        "arrows": any(c in "←⟵→⟶«‹»›<>" for c in text),
        "double_space": _DOUBLE_SPACE.search(text) is not None,
        "straight": _STRAIGHT.search(text) is not None,
        "curly": _CURLY.search(text) is not None,
        "opened": _opens(text) or (len(text) <= 140 and any(c in BEHIND for c in text)),
        "dated": _YEAR.search(text) is not None,
        "bracket": "(" in text or "（" in text,
    }


def _opens(text: str) -> bool:
    """Whether a line begins with a word that opens bylines or lines of sources."""
    text = _NO_WORD.sub("", text, count=1)
    if text[:1] >= "\u0600":
        return text[0] in OPENINGS
    word = "".join(takewhile(str.isalpha, text))
    return "".join(c.casefold()[:1].replace("ı", "i") for c in word) in OPENERS


def _plain_flags(plain: str) -> dict[str, bool]:
    n, digits = len(plain), any(map(str.isdigit, plain))
    number = plain[:1].isdecimal()
    runs = re.findall(r"\d+", plain[:61])
    return {
        "digits": digits,
        "count": n <= 140 and digits and _COUNTS.match(plain) is not None,
        "shares": 0 < n <= 24 and (number or plain[0] in ".,") and _like_shares(plain),
        "times": n <= 40 and ":" in plain and (number or plain[0] == "-"),
        "crumbs": _CRUMB.search(plain) is not None,
        "numbers": n <= 60
        and len(runs) >= 3
        and all(c.isalnum() or c.isspace() or c in PAGING or c == "_" for c in plain),
        "single": n == 1,
        "zero": n <= 16 and bool(runs) and not "".join(runs).strip("0"),
        "forum": 0 < n <= 60 and _FORUM.fullmatch(plain) is not None,
        "copyright": "©" in plain or "(c)" in plain.lower() or "opyright" in plain,
    }


def _like_shares(plain: str) -> bool:
    """Whether what follows a number begins and ends like "shares", "k likes", "followers", "pin"."""
    word = _NUMBER.sub("", plain, count=1).lstrip()
    while word and not (word[-1].isalnum() or word[-1] == "_"):
        word = word[:-1]
    if len(word) < 2:
        return False
    return all(not c.isascii() or c.lower() in letters for c, letters in ((word[0], "cfklmprst"), (word[-1], "enpst")))
