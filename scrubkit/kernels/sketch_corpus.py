"""Texts as the sketch reads them, and what it makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.kernels.buffers import Joiner, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Corpus", "Rules", "Sketch", "Texts"]


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

    ``drop`` has one byte a line (1: leave out) and ``line_offsets`` says where each text's lines begin; a text may have
    none there, and nothing of it is left out. Both are empty where nothing is left out at all. ``data`` is never empty:
    kernels take its address.
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

    def raw(self, i: int) -> bytes:
        """Return the bytes of text ``i``."""
        return bytes(self.data[self.offsets[i] : self.offsets[i + 1]])

    def text(self, i: int) -> str:
        """Return text ``i``, decoded."""
        return self.raw(i).decode("utf-8", "replace")

    def part(self, begin: int, end: int) -> Corpus:
        """Return the texts of a range as a corpus of their own, which shares the bytes."""
        at = int(self.offsets[begin])
        data = self.data[at : int(self.offsets[end])]
        own = data if len(data) else np.zeros(1, np.uint8)
        return Corpus(own, self.offsets[begin : end + 1] - at, self.table, self.rules, *_dropped(self, begin, end))


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A corpus whose texts stay the strings they are: their bytes are made when they are wanted, a few at a time.

    A copy of all of them would be the largest array of a search, and memory that is touched for the first time costs
    more than joining twice. ``offsets`` say where texts would begin, end to end; the rest is as in :class:`Corpus`.
    """

    texts: list[str]
    offsets: NDArray[np.int64]
    table: NDArray[np.uint32]
    rules: Rules
    drop: NDArray[np.uint8]
    line_offsets: NDArray[np.int64]

    def __len__(self) -> int:
        """How many texts."""
        return len(self.texts)

    def raw(self, i: int) -> bytes:
        """Return the bytes of text ``i``."""
        return self.texts[i].encode("utf-8", "replace")

    def text(self, i: int) -> str:
        """Return text ``i`` as it is read from its bytes."""
        return self.raw(i).decode("utf-8")

    def part(self, begin: int, end: int, joiner: Joiner | None = None) -> Corpus:
        """Return the texts of a range as a corpus; its bytes last until the joiner is used again."""
        data, offsets = (joiner or Joiner()).joined(self.texts[begin:end])
        return Corpus(data, offsets, self.table, self.rules, *_dropped(self, begin, end))

    def chosen(self, which: NDArray[np.int64]) -> Corpus:
        """Return these texts, in this order, as a corpus."""
        data, offsets = joined([self.texts[i] for i in which.tolist()])
        drop, lines = self.drop, self.line_offsets
        if len(lines) > 1:
            begin, sizes = lines[which], lines[which + 1] - lines[which]
            lines = np.zeros(len(which) + 1, np.int64)
            np.cumsum(sizes, out=lines[1:])
            drop = drop[np.repeat(begin - lines[:-1], sizes) + np.arange(lines[-1])]
        return Corpus(data, offsets, self.table, self.rules, drop, lines)


def _dropped(corpus: Corpus | Texts, begin: int, end: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    lines = corpus.line_offsets
    if len(lines) <= 1:
        return corpus.drop, lines
    return corpus.drop[int(lines[begin]) : int(lines[end])], lines[begin : end + 1] - lines[begin]


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
