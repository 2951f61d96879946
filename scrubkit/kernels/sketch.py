"""Fold, tokenise, hash and sign documents: plain Python and NumPy, and the choice of the compiled kernel.

The scheme
    A text is split into lines at ``\\n``. Characters fold by a table (case, width, diacritics; digits of all scripts
    to ASCII; Hangul syllables and Brahmic vowel signs stay). A word is a run of folded letters, digits and ``_``;
    ``,`` and ``.`` between the digits of a number do not end it. In scripts written without spaces each character
    is a word. A word's hash is taken over its folded UTF-8 bytes, eight at a time. A *stem* is a number, the first
    five letters of a word of more than two (two syllables of Hangul), two ideographs or four unspaced letters.
    A shingle's hash is a polynomial over the hashes of ``n`` words; its 32 bits go through the permutations of
    datasketch's scheme ``affine32``, so a signature equals that of ``datasketch.MinHash(hashfunc=gram_hash)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Corpus", "Rules", "Sketch", "anchors", "fold_words", "gram_hash", "grams", "line_table", "sketch"]


def _load() -> Any:
    """Return the compiled kernels, ``None`` where they were not built."""
    try:
        return import_module("scrubkit.kernels._sketch")
    except ImportError:
        return None


_compiled = _load()
COMPILED = _compiled is not None
TABLE_SIZE = 0x20000
_SEPARATOR, _SKIP, _TERMINAL = 0, 1, 2
_POINT, _DIGIT, _IDEOGRAM, _UNSPACED, _SYLLABLE = 0x1FFFFF, 1 << 24, 1 << 25, 1 << 26, 1 << 28
_K1, _SEED, _M64 = 0x9E3779B97F4A7C15, 0xCBF29CE484222325, (1 << 64) - 1
_STEM_LETTERS = 5
# The zeros of decimal digits, nine more follow each; sketch_lines.h has the same list.
_ZEROS = "0\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040\u17e0\uff10"
_NUMBER = re.compile(b"(?:%s)+" % b"|".join(chr(ord(zero) + k).encode() for zero in _ZEROS for k in range(10)))


@dataclass(frozen=True, slots=True)
class Rules:
    """Which lines of a text take part in comparison.

    With ``prose_only`` a line stays when it has more than ``long_line`` words, or more than ``short_line`` and ends a
    sentence; where fewer than ``least`` words would be left all lines stay.
    """

    prose_only: bool = True
    long_line: int = 25
    short_line: int = 4
    least: int = 30


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Texts as one buffer of UTF-8 bytes, ``offsets`` (int64, one more than texts), and the lines to leave out.

    ``drop`` has one byte a line of the whole corpus (1: leave out) and ``line_offsets`` says where each text's lines
    begin; both are empty where nothing is left out. ``data`` is never empty: kernels take its address.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    table: NDArray[np.uint32]
    rules: Rules
    drop: NDArray[np.uint8]
    line_offsets: NDArray[np.int64]

    def __len__(self) -> int:
        """How many texts."""
        return len(self.offsets) - 1

    def text(self, i: int) -> str:
        """Return text ``i``, decoded."""
        return bytes(self.data[self.offsets[i] : self.offsets[i + 1]]).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What one pass over a corpus yields.

    ``signatures`` uint32 (documents, permutations); ``words`` int32, words compared, and ``every`` int32, all words;
    ``text`` uint64 (documents, 2), a 128-bit hash of all folded words; ``stems`` uint32 and ``numbers`` uint8 of all documents end to end, document
    ``d`` at ``stem_offsets[d]:stem_offsets[d + 1]``.
    """

    signatures: NDArray[np.uint32]
    words: NDArray[np.int32]
    every: NDArray[np.int32]
    text: NDArray[np.uint64]
    stems: NDArray[np.uint32]
    numbers: NDArray[np.uint8]
    stem_offsets: NDArray[np.int64]

    @property
    def prose(self) -> NDArray[np.float64]:
        """The share of each document's words that is compared, 0 to 1; 1 for a document without words."""
        return np.where(self.every > 0, self.words / np.maximum(self.every, 1), 1.0)


def _mix(h: int) -> int:
    h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & _M64
    h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & _M64
    return h ^ (h >> 31)


def bytes_hash(data: bytes) -> int:
    """Return the 64-bit hash of a word's folded bytes."""
    h = _SEED
    for at in range(0, max(len(data), 1), 8):
        h = ((h ^ int.from_bytes(data[at : at + 8], "little")) * _K1) & _M64
        h ^= h >> 32
    return _mix(h)


def gram_hash(gram: str) -> int:
    """Return the 32-bit hash of a shingle written as folded words with spaces between: datasketch's ``hashfunc``.

    >>> gram_hash("the cat") == gram_hash("cat the")
    False
    """
    h = 0
    for word in gram.split(" "):
        h = (h * _K1 + bytes_hash(word.encode())) & _M64
    return _mix(h) >> 32


def entry_of(table: NDArray[np.uint32], point: int) -> int:
    """Return how a code point folds: 0 separator, 1 skipped, 2 sentence end, else folded code point and flags."""
    if point < TABLE_SIZE:
        entry = int(table[point])
        return (entry ^ point) & 0x7FFFFFFF if entry >> 31 else entry
    return point | _IDEOGRAM if 0x20000 <= point < 0x32000 else _SEPARATOR


@dataclass(slots=True)
class _Word:
    text: str = ""
    letters: int = 0
    stem: int = 0
    number: bool = False


class _Tokens:
    """Words and stems of a document in the making; stems are ``(folded text, is a number)``."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.stems: list[tuple[str, bool]] = []
        self.word = _Word()
        self.run = ""

    def close(self) -> None:
        word = self.word
        if word.text:
            self.words.append(word.text)
            if word.number:
                self.stems.append((word.text, word.letters >= 2))
            elif word.letters > 2:
                self.stems.append((word.text[: word.stem] if word.stem else word.text, False))
        self.word = _Word()

    def character(self, char: str, window: int) -> None:
        self.words.append(char)
        self.run += char
        if len(self.run) >= window:
            self.stems.append((self.run[-window:], False))

    def letter(self, entry: int) -> None:
        word = self.word
        if not word.text:
            word.number = bool(entry & _DIGIT)
        word.text += chr(entry & _POINT)
        word.letters += 3 if entry & _SYLLABLE else 1
        if word.letters >= _STEM_LETTERS and not word.stem:
            word.stem = len(word.text)

    def line(self, table: NDArray[np.uint32], line: str) -> None:
        for i, char in enumerate(line):
            entry = entry_of(table, ord(char))
            if entry == _SKIP:
                continue
            if entry <= _TERMINAL:
                after = line[i + 1 : i + 2]
                if self.word.number and char in ",." and after.isascii() and after.isdigit():
                    continue
                self.close()
                self.run = ""
            elif entry & (_IDEOGRAM | _UNSPACED):
                self.close()
                self.character(chr(entry & _POINT), 2 if entry & _IDEOGRAM else 4)
            else:
                self.run = ""
                self.letter(entry)
        self.close()
        self.run = ""


def _ends_sentence(table: NDArray[np.uint32], line: str) -> bool:
    for char in reversed(line):
        entry = entry_of(table, ord(char))
        if char > " " and char not in "\x7f\xa0\u3000" and entry != _SKIP:
            return entry == _TERMINAL
    return False


def _is_prose(table: NDArray[np.uint32], rules: Rules, line: str, words: int) -> bool:
    return words > rules.long_line or (words > rules.short_line and _ends_sentence(table, line))


def fold_words(corpus: Corpus, i: int) -> tuple[list[str], list[tuple[str, bool]], list[str]]:
    """Return the compared words, the compared stems (text, is a number) and all words of text ``i``.

    The plain statement of the tokeniser: slow, and what the compiled one is tested against.
    """
    lines = corpus.text(i).split("\n")
    first = int(corpus.line_offsets[i]) if len(corpus.line_offsets) > 1 else 0
    dropping = len(corpus.line_offsets) > 1
    every: list[str] = []
    for attempt in ((corpus.rules.prose_only, dropping), (False, dropping), (False, False)):
        prose_only, drop = attempt
        kept, every = _Tokens(), []
        for k, line in enumerate(lines):
            tokens = _Tokens()
            tokens.line(corpus.table, line)
            every += tokens.words
            if line == "" and k == len(lines) - 1:
                break
            if drop and corpus.drop[first + k]:
                continue
            if prose_only and not _is_prose(corpus.table, corpus.rules, line, len(tokens.words)):
                continue
            kept.words += tokens.words
            kept.stems += tokens.stems
        if (not prose_only and not drop) or len(kept.words) >= corpus.rules.least:
            break
    return kept.words, kept.stems, every


def _text_hash(words: list[int]) -> tuple[int, int]:
    x, y = _SEED, _K1
    for word in words:
        x = ((x ^ word) * _K1) & _M64
        x ^= x >> 29
        y = ((y << 27 | y >> 37) + x) & _M64
    return x, y


def _gram_hashes(words: list[int], n: int) -> Iterator[int]:
    width = min(n, len(words))
    for at in range(len(words) - width + 1 if words else 0):
        h = 0
        for word in words[at : at + width]:
            h = (h * _K1 + word) & _M64
        yield _mix(h)


def _minima(hashes: list[int], a: NDArray[np.uint32], b: NDArray[np.uint32]) -> NDArray[np.uint32]:
    least = np.full(len(a), 0xFFFFFFFF, np.uint32)
    x = np.array(hashes, np.uint64).astype(np.uint32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    for at in range(0, len(x), 512):
        least = np.minimum(least, (x[at : at + 512, None] * a + b).min(axis=0))
    return least


def _reference(
    corpus: Corpus, n: int, a: NDArray[np.uint32], b: NDArray[np.uint32], stems: Any
) -> tuple[NDArray[Any], ...]:
    size = len(corpus)
    signatures, counts = np.empty((size, len(a)), np.uint32), np.empty((2, size), np.int32)
    texts, offsets = np.empty((size, 2), np.uint64), np.zeros(size + 1, np.int64)
    hashes: list[int] = []
    flags: list[bool] = []
    cache: dict[str, int] = {}

    def hashed(word: str) -> int:
        if word not in cache:
            cache[word] = bytes_hash(word.encode())
        return cache[word]

    for i in range(size):
        words, stem_words, every = fold_words(corpus, i)
        ids = [hashed(word) for word in words]
        counts[:, i] = len(words), len(every)
        texts[i] = _text_hash([hashed(word) for word in every])
        signatures[i] = _minima([h >> 32 for h in _gram_hashes(ids, n)], a, b)
        if stems:
            hashes += [hashed(stem) >> 32 for stem, _ in stem_words]
            flags += [number for _, number in stem_words]
        offsets[i + 1] = len(hashes)
    return signatures, counts[0], counts[1], texts, np.array(hashes, np.uint32), np.array(flags, np.uint8), offsets


def sketch(
    corpus: Corpus,
    n: int,
    a: NDArray[np.uint32],
    b: NDArray[np.uint32],
    *,
    stems: bool = True,
    backend: str = "auto",
) -> Sketch:
    """Return signatures over word ``n``-grams, text hashes and stems of every document in one pass.

    ``a`` and ``b`` are the permutations (uint32, one each). A text of fewer than ``n`` words has one shingle of all
    its words; one without words has none and the signature 2**32 - 1 throughout. ``backend`` is ``auto``,
    ``python``, or the instruction set to stay below: ``portable``, ``avx2``, ``avx512``.
    """
    most = {"portable": 0, "avx2": 3}.get(backend, 4)
    a, b = np.ascontiguousarray(a, np.uint32), np.ascontiguousarray(b, np.uint32)
    if _compiled is None or backend == "python":
        if backend != "python":
            from scrubkit.kernels import warn_once

            warn_once("sketch")
        with np.errstate(over="ignore"):
            return Sketch(*_reference(corpus, n, a, b, stems))
    return Sketch(*_compiled.sketch(*_arguments(corpus), n, a, b, stems, most))


def grams(
    corpus: Corpus, n: int, which: NDArray[np.int64], *, backend: str = "auto"
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return ``(values, offsets)``: the 64-bit shingle hashes of the chosen documents, in text order."""
    which = np.ascontiguousarray(which, np.int64)
    if _compiled is not None and backend != "python":
        values, offsets = _compiled.grams(*_arguments(corpus), n, which)
        return values, offsets
    out: list[int] = []
    ends = [0]
    for i in which.tolist():
        out += _gram_hashes([bytes_hash(word.encode()) for word in fold_words(corpus, i)[0]], n)
        ends.append(len(out))
    return np.array(out, np.uint64), np.array(ends, np.int64)


def line_table(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], *, backend: str = "auto"
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64]]:
    """Return ``(hashes, sizes, line_offsets)`` of all lines: bytes without the blanks at both ends (0 where empty).

    Hashes are taken with every number (digits of any script) read as ``0``: page furniture varies by little else.
    """
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64]] = _compiled.line_table(data, offsets)
        return found
    hashes: list[int] = []
    sizes: list[int] = []
    ends = [0]
    blanks = bytes(range(33))
    for i in range(len(offsets) - 1):
        text = data[offsets[i] : offsets[i + 1]].tobytes()
        lines = text.split(b"\n")
        for line in lines if lines[-1] else lines[:-1]:
            bare = line.strip(blanks)
            sizes.append(len(bare))
            hashes.append(bytes_hash(_NUMBER.sub(b"0", bare)) if bare else 0)
        ends.append(len(hashes))
    return np.array(hashes, np.uint64), np.array(sizes, np.int32), np.array(ends, np.int64)


def anchors(
    hashes: NDArray[np.uint64], sizes: NDArray[np.int32], line_offsets: NDArray[np.int64], *, backend: str = "auto"
) -> NDArray[np.uint64]:
    """Return the hash of each text's longest line, the greatest hash among equals; 0 for a text without lines."""
    if _compiled is not None and backend != "python":
        found: NDArray[np.uint64] = _compiled.anchors(hashes, sizes, line_offsets)
        return found
    document = np.repeat(np.arange(len(line_offsets) - 1), np.diff(line_offsets))
    order = np.lexsort((hashes, sizes, document))
    out = np.zeros(len(line_offsets) - 1, np.uint64)
    out[document[order]] = hashes[order]
    return out


def ascii_table(table: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return the folded byte of each ASCII word character, 0 for all other bytes."""
    out = np.zeros(256, np.uint8)
    for point in range(128):
        entry = entry_of(table, point)
        out[point] = entry & 0x7F if entry > _TERMINAL else 0
    return out


def _arguments(corpus: Corpus) -> tuple[Any, ...]:
    r = corpus.rules
    rules = (int(r.prose_only), r.long_line, r.short_line, r.least)
    drop = corpus.drop if len(corpus.drop) else np.zeros(1, np.uint8)
    return corpus.data, corpus.offsets, corpus.table, ascii_table(corpus.table), rules, drop, corpus.line_offsets
