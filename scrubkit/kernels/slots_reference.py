"""The plain statement of ``slots.h``: words with what they look like, their alignment, the kinds of differences."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels.sketch_reference import bytes_hash, ends_sentence, entry_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.kernels.sketch import Corpus

__all__ = ["COLUMNS", "differences", "is_capital", "tokens"]

NUMBER, NAME, OPENS, CASELESS, CHARACTER, SHORT = 1, 2, 4, 8, 16, 32
COLUMNS = (
    "names", "numbers", "unmarked", "leaks", "other", "variants", "same_numbers", "same_names", "same", "words", "repeated",
)  # fmt: skip
"""Kinds of differences; then equal numbers, names and words, words of the longer text, slots filled as another one."""

_SKIP, _TERMINAL = 1, 2
_POINT, _DIGIT, _DENSE = 0x1FFFFF, 1 << 24, 3 << 25
_GAP, _SLOTS, _WIDE, _WIDE_CHARACTERS, _ABSORBED = 24, 64, 4, 16, 2


def is_capital(c: int) -> bool:
    """Return whether a code point is a capital of a script that is in use.

    >>> [is_capital(ord(c)) for c in "AaÉéŁłЖжΩω"]
    [True, False, True, False, True, False, True, False, True, False]
    """
    if c < 0x100:
        return 0x41 <= c <= 0x5A or (0xC0 <= c <= 0xDE and c != 0xD7)
    if c < 0x180:
        odd = 0x139 <= c <= 0x148 or 0x179 <= c <= 0x17E
        return bool(c & 1) if odd else c == 0x178 or (c not in {0x138, 0x149} and not c & 1)
    if 0x386 <= c <= 0x3AB:
        return c not in {0x387, 0x390}
    if 0x4C1 <= c <= 0x4CE:
        return bool(c & 1)
    if 0x460 <= c <= 0x52F:
        return c == 0x4C0 or (not 0x481 < c < 0x48A and not c & 1)
    latin = 0x1E00 <= c <= 0x1EFF and not 0x1E96 <= c <= 0x1E9D and not c & 1
    return latin or 0x400 <= c <= 0x42F or 0x531 <= c <= 0x556


def _has_case(c: int) -> bool:
    return c < 0x590 or 0x1E00 <= c < 0x2000 or 0xFF21 <= c <= 0xFF5A


@dataclass(slots=True)
class _Line:
    """The words of a line in the making: ``(folded word, flags)``."""

    done: list[tuple[str, int]] = field(default_factory=list)
    word: str = ""
    flag: int = 0
    number: bool = False
    opens: bool = True

    def close(self) -> None:
        if self.word:
            self.done.append((self.word, self.flag | SHORT * (len(self.word) <= 3)))
        self.word, self.flag, self.number = "", 0, False

    def separator(self, char: str, after: str, *, terminal: bool) -> None:
        if self.number and char in ",." and after.isascii() and after.isdigit():
            return
        title = char == "." and 0 < len(self.word) <= 3 and self.flag & (NAME | OPENS)
        self.close()
        if (terminal or char in ':"«' or 0x2018 <= ord(char) <= 0x201F) and not title:
            self.opens = True

    def letter(self, entry: int, point: int) -> None:
        if not self.word:
            self.number = bool(entry & _DIGIT)
            if not self.number and not _has_case(point):
                self.flag |= CASELESS
            elif is_capital(point):
                self.flag |= OPENS if self.opens else NAME
            self.opens = False
        self.flag |= NUMBER * bool(entry & _DIGIT)
        self.word += chr(entry & _POINT)

    def read(self, table: NDArray[np.uint32], line: str) -> list[tuple[str, int]]:
        for at, char in enumerate(line):
            entry = entry_of(table, ord(char))
            if entry == _SKIP:
                continue
            if entry <= _TERMINAL:
                self.separator(char, line[at + 1 : at + 2], terminal=entry == _TERMINAL)
            elif entry & _DENSE:
                self.close()
                self.word, self.flag, self.opens = chr(entry & _POINT), CASELESS | CHARACTER, False
                self.close()
            else:
                self.letter(entry, ord(char))
        self.close()
        return self.done


def _document(corpus: Corpus, i: int) -> list[tuple[str, int]]:
    lines = corpus.text(i).split("\n")
    if lines[-1] == "":
        lines.pop()
    first, last = corpus.line_offsets[i : i + 2].tolist() if len(corpus.line_offsets) > 1 else (0, 0)
    dropping = last > first
    rules = corpus.rules
    kept: list[tuple[str, int]] = []
    for prose_only, drop in ((rules.prose_only, dropping), (False, dropping), (False, False)):
        kept = []
        for k, line in enumerate(lines):
            words = _Line().read(corpus.table, line)
            prose = len(words) > rules.long_line or (
                len(words) > rules.short_line and ends_sentence(corpus.table, line)
            )
            if not (drop and corpus.drop[first + k]) and (prose or not prose_only):
                kept += words
        if (not prose_only and not drop) or len(kept) >= rules.least:
            break
    return kept


def tokens(corpus: Corpus, which: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """Return ``(words, letters, flags, offsets)`` of the chosen documents."""
    every = [_document(corpus, i) for i in which.tolist()]
    flat = [token for document in every for token in document]
    offsets = np.zeros(len(every) + 1, np.int64)
    np.cumsum([len(document) for document in every], out=offsets[1:])
    hashes = np.array([bytes_hash(word.encode()) for word, _ in flat], np.uint64)
    letters = np.array([sum({1 << (ord(c) & 63) for c in word}) for word, _ in flat], np.uint64)
    return hashes, letters, np.array([flag for _, flag in flat], np.uint8), offsets


@dataclass(slots=True)
class _Text:
    words: list[int]
    letters: list[int]
    flags: list[int]
    partner: list[int] = field(default_factory=list)


def differences(parts: tuple[NDArray[Any], ...], left: list[int], right: list[int]) -> NDArray[np.int32]:
    """Return int32 (pairs, kinds)."""
    columns, offsets = [part.tolist() for part in parts[:3]], parts[3].tolist()

    def text(d: int) -> _Text:
        return _Text(*(column[offsets[d] : offsets[d + 1]] for column in columns))

    out = np.zeros((len(left), len(COLUMNS)), np.int32)
    for p, (a, b) in enumerate(zip(left, right, strict=True)):
        found = _compare(text(a), text(b))
        out[p] = [found[name] for name in COLUMNS]
    return out


def _compare(a: _Text, b: _Text) -> Counter[str]:
    dense = 2 * sum(bool(flag & CHARACTER) for flag in b.flags) > len(b.words)
    _align(a, b, 4 if dense else 2)
    if dense:
        _absorb(a, b)
    same = [flag for flag, k in zip(a.flags, a.partner, strict=True) if k >= 0]
    out = Counter(
        same=len(same),
        same_numbers=sum(flag & NUMBER for flag in same),
        same_names=sum(bool(flag & NAME) for flag in same),
        words=max(len(a.words), len(b.words)),
    )
    filled: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    i = j = 0
    while i < len(a.words) or j < len(b.words):
        i_end, j_end = _next(a.partner, i), _next(b.partner, j)
        if i_end > i or j_end > j:
            kind = _kind(a, b, (i, i_end), (j, j_end), full=len(filled) >= _SLOTS)
            out[kind] += 1 + (max(i_end - i, j_end - j) // 8 if kind == "passage" else 0)
            if kind in {"names", "unmarked"} and len(filled) < _SLOTS:
                filled.append((tuple(a.words[i:i_end]), tuple(b.words[j:j_end])))
        i, j = i_end + 1, j_end + 1
    out["other"] += out.pop("passage", 0)
    out["repeated"] = sum(n for n in Counter(filled).values() if n > 1)
    return out


def _next(partner: list[int], i: int) -> int:
    while i < len(partner) and partner[i] < 0:
        i += 1
    return i


def _grams(words: list[int], n: int) -> list[tuple[int, ...]]:
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def _align(a: _Text, b: _Text, n: int) -> None:
    """Write the partner of each word, -1 without one: runs of n words that stand once in each text, and between them."""
    a.partner, b.partner = [-1] * len(a.words), [-1] * len(b.words)
    x, y = _grams(a.words, n), _grams(b.words, n)
    in_a, in_b, at_b = Counter(x), Counter(y), {gram: j for j, gram in enumerate(y)}
    links = [(i, at_b[gram]) for i, gram in enumerate(x) if in_a[gram] == 1 and in_b[gram] == 1]
    done_a = done_b = -1
    for i, j in _rising(links):
        if i > done_a and j > done_b:
            _gap(a, b, (done_a + 1, i), (done_b + 1, j))
        for k in range(n):
            if i + k > done_a and j + k > done_b:
                done_a, done_b = i + k, j + k
                a.partner[done_a], b.partner[done_b] = done_b, done_a
    _gap(a, b, (done_a + 1, len(a.words)), (done_b + 1, len(b.words)))


def _rising(links: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest chain of links that rises in both; links ascend in the first."""
    tails: list[int] = []
    lowest: list[int] = []
    parent: list[int] = []
    for t, (_, j) in enumerate(links):
        at = bisect_left(lowest, j)
        parent.append(tails[at - 1] if at else -1)
        tails[at : at + 1], lowest[at : at + 1] = [t], [j]
    out = []
    t = tails[-1] if tails else -1
    while t >= 0:
        out.append(links[t])
        t = parent[t]
    return out[::-1]


def _gap(a: _Text, b: _Text, in_a: tuple[int, int], in_b: tuple[int, int]) -> None:
    (i, i_end), (j, j_end) = in_a, in_b

    def join(p: int, q: int) -> None:
        a.partner[p], b.partner[q] = q, p

    while i < i_end and j < j_end and a.words[i] == b.words[j]:
        join(i, j)
        i, j = i + 1, j + 1
    while i < i_end and j < j_end and a.words[i_end - 1] == b.words[j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
        join(i_end, j_end)
    if i_end - i > _GAP or j_end - j > _GAP:
        return
    x, y = a.words[i:i_end], b.words[j:j_end]
    cost = _costs(x, y)
    p = q = 0
    while p < len(x) and q < len(y):
        if x[p] == y[q]:
            join(i + p, j + q)
        down, along = cost[p + 1][q] < cost[p][q], x[p] == y[q] or cost[p + 1][q + 1] < cost[p][q]
        p, q = p + (along or down), q + (along or not down)


def _costs(x: list[int], y: list[int]) -> list[list[int]]:
    """Return how many words are put in, left out or replaced from each place of two runs on."""
    cost = [[len(x) - p + len(y) - q for q in range(len(y) + 1)] for p in range(len(x) + 1)]
    for p in range(len(x) - 1, -1, -1):
        for q in range(len(y) - 1, -1, -1):
            equal = x[p] == y[q]
            cost[p][q] = cost[p + 1][q + 1] if equal else 1 + min(cost[p + 1][q + 1], cost[p + 1][q], cost[p][q + 1])
    return cost


def _absorb(a: _Text, b: _Text) -> None:
    """Take back the links of runs of a character or two between differences: two names share a vowel by chance."""
    i, to, back = 0, a.partner, b.partner
    while i < len(to):
        if to[i] < 0:
            i += 1
            continue
        end = i + 1
        while end < len(to) and to[end] == to[end - 1] + 1:
            end += 1
        after = to[end - 1] + 1
        inside = i > 0 and end < len(to) and to[i] > 0 and after < len(back)
        if end - i <= _ABSORBED and inside:
            before = to[i - 1] < 0 or back[to[i] - 1] < 0
            if before and (to[end] < 0 or back[after] < 0):
                for k in range(i, end):
                    back[to[k]] = to[k] = -1
        i = end


def _kind(a: _Text, b: _Text, in_a: tuple[int, int], in_b: tuple[int, int], *, full: bool) -> str:
    x, y = a.flags[slice(*in_a)], b.flags[slice(*in_b)]
    fa, fb = int(np.bitwise_or.reduce(x)) if x else 0, int(np.bitwise_or.reduce(y)) if y else 0
    if max(len(x), len(y)) > (_WIDE_CHARACTERS if (fa | fb) & CHARACTER else _WIDE):
        return "passage"
    if not x or not y:
        named = _filled(x or y) and (fa | fb) & (NAME | OPENS) and not (fa | fb) & NUMBER
        return "variants" if named else "other"
    marked = _filled(x) and _filled(y)
    if not marked and not all(flag & (NUMBER | CASELESS) for flag in (*x, *y)):
        return "other"
    if fa & fb & NUMBER:
        return "numbers"
    if marked and not (fa & NAME and fb & NAME):
        return "variants" if fa & fb & OPENS or (fa | fb) & NUMBER else "other"
    if _alike(a.letters[slice(*in_a)], b.letters[slice(*in_b)]):
        return "variants"
    if not marked and fa & CHARACTER and max(len(x), len(y)) < 2:
        return "variants"
    if not full and (_elsewhere(a, *in_a) or _elsewhere(b, *in_b)):
        return "leaks"
    return "names" if marked else "unmarked"


def _filled(flags: list[int]) -> bool:
    return all(flag & (NUMBER | NAME | OPENS) or flag & (SHORT | CASELESS) == SHORT for flag in flags)


def _alike(x: list[int], y: list[int]) -> bool:
    p, q = int(np.bitwise_or.reduce(np.array(x, np.uint64))), int(np.bitwise_or.reduce(np.array(y, np.uint64)))
    return 5 * (p & q).bit_count() >= 3 * (p | q).bit_count()


def _elsewhere(text: _Text, i: int, end: int) -> bool:
    """Return whether what fills a slot stands elsewhere too, where the other text has it as well."""
    width = 2 if text.flags[i] & CHARACTER else 1
    shared = {
        gram for at, gram in enumerate(_grams(text.words, width)) if all(k >= 0 for k in text.partner[at : at + width])
    }
    asked = [
        tuple(text.words[at : at + width]) for at in range(i, end - width + 1) if text.flags[at] & (NAME | CASELESS)
    ]
    return bool(asked) and all(gram in shared for gram in asked)
