"""Texts to one buffer, the furniture lines that are left out of comparison, and the sketch of all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.scheme import SCHEME, Scheme, fold_table
from scrubkit.kernels.sketch import Corpus, Rules, Sketch, line_table, sketch

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FURNITURE_ANCHORS", "corpus_of", "furniture_lines", "signatures"]

FURNITURE_ANCHORS = 4
"""A line that stands beside this many different longest lines is page furniture."""

_PAD = 64


def corpus_of(texts: Sequence[str], *, rules: Rules | None = None, anchors: int | None = FURNITURE_ANCHORS) -> Corpus:
    """Return the texts as one buffer of UTF-8 bytes with the lines that recur as furniture marked.

    ``anchors=None`` learns no furniture. Lone surrogates become ``?``: they have no UTF-8.
    """
    parts = [text.encode("utf-8", "replace") for text in texts]
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    data = np.frombuffer(b"".join([*parts, bytes(_PAD)]), np.uint8)
    drop, line_offsets = np.zeros(0, np.uint8), np.zeros(1, np.int64)
    if anchors is not None and len(parts) > anchors:
        drop, line_offsets = furniture_lines(data, offsets, anchors)
        if not drop.any():
            drop, line_offsets = np.zeros(0, np.uint8), np.zeros(1, np.int64)
    return Corpus(data, offsets, fold_table(), rules or Rules(), drop, line_offsets)


def furniture_lines(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], anchors: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ``(drop, line_offsets)``: 1 for each line that stands in documents with many different anchors.

    A document's anchor is its longest line. Furniture meets many anchors; the lines of a much copied article meet
    one, so a count of the line alone would leave out the article with it.
    """
    hashes, sizes, line_offsets = line_table(data, offsets)
    drop = np.zeros(len(hashes), np.uint8)
    filled = np.flatnonzero(sizes > 0)
    if not len(filled):
        return drop, line_offsets
    document = np.repeat(np.arange(len(line_offsets) - 1), np.diff(line_offsets))
    # the last line of each document in order of size is its longest
    order = np.lexsort((hashes, sizes, document))
    anchor = np.zeros(len(line_offsets) - 1, np.uint64)
    anchor[document[order]] = hashes[order]
    _, line, count = np.unique(hashes[filled], return_inverse=True, return_counts=True)
    often = filled[count[line] >= anchors]
    if not len(often):
        return drop, line_offsets
    met = np.unique(np.stack([hashes[often], anchor[document[often]]], axis=1), axis=0)
    values, meetings = np.unique(met[:, 0], return_counts=True)
    furniture = values[meetings >= anchors]
    drop[often] = np.isin(hashes[often], furniture)
    return drop, line_offsets


def signatures(corpus: Corpus, scheme: Scheme = SCHEME, *, stems: bool = True) -> Sketch:
    """Return the sketch of every document in the scheme.

    >>> made = signatures(corpus_of(["one two three four five six", ""]))
    >>> made.signatures.shape, made.words.tolist()
    ((2, 128), [6, 0])
    """
    a, b = scheme.permutations()
    return sketch(corpus, scheme.words, a, b, stems=stems)
