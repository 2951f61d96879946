"""Fold, tokenise, hash and sign documents in plain Python and NumPy: what the compiled kernel is tested against.

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
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.kernels.sketch_corpus import Corpus, Rules

__all__ = ["TABLE_SIZE", "ascii_table", "bytes_hash", "ends_sentence", "entry_of", "fold_words", "gram_hash"]

TABLE_SIZE = 0x20000
_SEPARATOR, _SKIP, _TERMINAL = 0, 1, 2
_POINT, _DIGIT, _IDEOGRAM, _UNSPACED, _SYLLABLE = 0x1FFFFF, 1 << 24, 1 << 25, 1 << 26, 1 << 28
_K1, _SEED, _M64 = 0x9E3779B97F4A7C15, 0xCBF29CE484222325, (1 << 64) - 1
_STEM_LETTERS = 5
# The zeros of decimal digits, nine more follow each; sketch_lines.h has the same list.
_ZEROS = "0\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040\u17e0\uff10"
_NUMBER = re.compile(b"(?:%s)+" % b"|".join(chr(ord(zero) + k).encode() for zero in _ZEROS for k in range(10)))


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


def ascii_table(table: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return the folded byte of each ASCII word character, 0 for all other bytes."""
    out = np.zeros(256, np.uint8)
    for point in range(128):
        entry = entry_of(table, point)
        out[point] = entry & 0x7F if entry > _TERMINAL else 0
    return out


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


def ends_sentence(table: NDArray[np.uint32], line: str) -> bool:
    """Return whether the last character that is no blank ends or closes a sentence."""
    for char in reversed(line):
        entry = entry_of(table, ord(char))
        if char > " " and char not in "\x7f\xa0\u3000" and entry != _SKIP:
            return entry == _TERMINAL
    return False


def _is_prose(table: NDArray[np.uint32], rules: Rules, line: str, words: int) -> bool:
    return words > rules.long_line or (words > rules.short_line and ends_sentence(table, line))


def fold_words(corpus: Corpus, i: int) -> tuple[list[str], list[tuple[str, bool]], list[str]]:
    """Return the compared words, the compared stems (text, is a number) and all words of text ``i``.

    The plain statement of the tokeniser: slow, and what the compiled one is tested against.
    """
    lines = corpus.text(i).split("\n")
    first, last = corpus.line_offsets[i : i + 2].tolist() if len(corpus.line_offsets) > 1 else (0, 0)
    dropping = last > first
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


def sketch(
    corpus: Corpus, n: int, a: NDArray[np.uint32], b: NDArray[np.uint32], *, stems: bool
) -> tuple[NDArray[Any], ...]:
    """Return the fields of a sketch."""
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


def grams(corpus: Corpus, n: int, which: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the shingle hashes of the chosen documents and where each document's begin."""
    out: list[int] = []
    ends = [0]
    for i in which.tolist():
        out += _gram_hashes([bytes_hash(word.encode()) for word in fold_words(corpus, i)[0]], n)
        ends.append(len(out))
    return np.array(out, np.uint64), np.array(ends, np.int64)


def line_table(
    data: NDArray[np.uint8], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64]]:
    """Return hashes and sizes of all lines and where each text's begin."""
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
    hashes: NDArray[np.uint64], sizes: NDArray[np.int32], line_offsets: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Return the hash of each text's longest line."""
    document = np.repeat(np.arange(len(line_offsets) - 1), np.diff(line_offsets))
    order = np.lexsort((hashes, sizes, document))
    out = np.zeros(len(line_offsets) - 1, np.uint64)
    out[document[order]] = hashes[order]
    return out
