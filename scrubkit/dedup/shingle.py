"""Texts to one buffer, the furniture lines that are left out of comparison, and the sketch of all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.scheme import SCHEME, Scheme, fold_table
from scrubkit.kernels.buffers import distinct, joined
from scrubkit.kernels.sketch import Corpus, Rules, Sketch, line_table, sketch
from scrubkit.kernels.sketch import anchors as anchors_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FURNITURE_ANCHORS",
    "Known",
    "among",
    "corpus_of",
    "furniture_lines",
    "learned",
    "meetings",
    "often_met",
    "signatures",
]

FURNITURE_ANCHORS = 4
"""A line that stands beside this many different longest lines is page furniture."""

_FIRST = 16


def corpus_of(texts: Sequence[str], *, rules: Rules | None = None, anchors: int | None = FURNITURE_ANCHORS) -> Corpus:
    """Return the texts as one buffer of UTF-8 bytes with the lines that recur as furniture marked.

    ``anchors=None`` learns no furniture. Lone surrogates become ``?``: they have no UTF-8.
    """
    data, offsets = joined(texts)
    drop, line_offsets = np.zeros(0, np.uint8), np.zeros(1, np.int64)
    if anchors is not None and len(texts) > anchors:
        drop, line_offsets = furniture_lines(data, offsets, anchors)
        if not drop.any():
            drop, line_offsets = np.zeros(0, np.uint8), np.zeros(1, np.int64)
    return Corpus(data, offsets, fold_table(), rules or Rules(), drop, line_offsets)


def furniture_lines(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], anchors: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ``(drop, line_offsets)``: 1 for each line that is page furniture by :func:`learned`."""
    hashes, sizes, line_offsets = line_table(data, offsets)
    often = often_met([hashes[sizes > 0]], anchors)
    frequent = Known(often)

    def met(known: NDArray[np.uint64] | None) -> list[NDArray[np.uint64]]:
        return [meetings(frequent, None if known is None else Known(known), hashes, sizes, line_offsets)]

    return among(learned(often, met, anchors), hashes), line_offsets


def learned(
    often: NDArray[np.uint64], met: Callable[[NDArray[np.uint64] | None], Iterable[NDArray[np.uint64]]], anchors: int
) -> NDArray[np.uint64]:
    """Return the hashes, ascending, of those lines ``often`` that stand in documents with many different anchors.

    A document's anchor is the line that tells what it is: its longest one. Furniture meets many anchors; the lines of
    a much copied article meet one, so a count of the line alone would leave out the article with it. But the longest
    line of a short article is furniture, and so is that of its copies elsewhere. So there are two rounds
    (``met(None)``, then ``met(known)``): first only documents speak that consist for the most part of lines seen
    seldom, and their anchor is one of these; then all speak, and known furniture is no anchor.
    """
    if not len(often):
        return often
    first = furniture_of(often, met(None), anchors)
    return distinct(np.concatenate((first, furniture_of(often, met(first), anchors))))


def often_met(parts: Iterable[NDArray[np.uint64]], anchors: int) -> NDArray[np.uint64]:
    """Return the hashes, ascending, that stand at least so often; equal ones stand in one part, parts ascend.

    The parts are sorted in their place.
    """
    found = [np.zeros(0, np.uint64)]
    for part in parts:
        part.sort()
        begin = np.flatnonzero(np.append(True, part[1:] != part[:-1])) if len(part) else np.zeros(0, np.int64)
        found.append(part[begin[np.diff(np.append(begin, len(part))) >= anchors]])
    return np.concatenate(found)


def meetings(
    often: Known,
    known: Known | None,
    hashes: NDArray[np.uint64],
    sizes: NDArray[np.int32],
    line_offsets: NDArray[np.int64],
) -> NDArray[np.uint64]:
    """Return which of the lines ``often`` stands beside which anchor: number << 32 | upper half of the anchor.

    ``known`` is the furniture known so far, ``None`` in the first round of :func:`learned`.
    """
    met, at = often.found(hashes)
    filled = sizes[met] > 0
    met, at = met[filled], at[filled]
    document = np.searchsorted(line_offsets, met, side="right") - 1
    aside = met if known is None else known.found(hashes)[0]
    rest, bare = sizes.copy(), hashes.copy()
    rest[aside], bare[aside] = 0, 0
    anchor = anchors_of(bare, rest, line_offsets)
    speaks = anchor != 0
    if known is None:
        size = len(line_offsets) - 1
        common = np.bincount(document, sizes[met], size)
        every = np.diff(np.append(0, np.cumsum(sizes, dtype=np.int64))[line_offsets])
        speaks &= 2 * common < every
    heard = speaks[document]
    out: NDArray[np.uint64] = (at[heard].astype(np.uint64) << np.uint64(32)) | (
        anchor[document[heard]] >> np.uint64(32)
    )
    return out


def furniture_of(often: NDArray[np.uint64], met: Iterable[NDArray[np.uint64]], anchors: int) -> NDArray[np.uint64]:
    """Return those of the lines ``often``, ascending, that meet at least so many different anchors."""
    count = np.zeros(len(often), np.int64)
    for part in met:
        count += np.bincount((distinct(part) >> np.uint64(32)).astype(np.int64), minlength=len(often))
    return often[count >= anchors]


def among(furniture: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return 1 for each hash that is one of ``furniture``."""
    return Known(furniture).among(hashes)


class Known:
    """Hashes of lines, ascending, to be looked up many times.

    Most lines are in no other text: their first bits tell that before anything is searched.
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        self._hashes = hashes
        self._seen = np.zeros(1 << _FIRST, np.bool_)
        self._seen[hashes >> np.uint64(64 - _FIRST)] = True

    def __len__(self) -> int:
        """How many hashes."""
        return len(self._hashes)

    def found(self, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return ``(which, at)``: which of these are known, and where each stands among the known ones."""
        which = np.flatnonzero(self._seen[hashes >> np.uint64(64 - _FIRST)])
        at = np.searchsorted(self._hashes, hashes[which])
        at[at == len(self._hashes)] = 0
        same = self._hashes[at] == hashes[which]
        return which[same], at[same]

    def among(self, hashes: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Return 1 for each of these that is known."""
        out = np.zeros(len(hashes), np.uint8)
        out[self.found(hashes)[0]] = 1
        return out


def signatures(corpus: Corpus, scheme: Scheme = SCHEME, *, stems: bool = True) -> Sketch:
    """Return the sketch of every document in the scheme.

    >>> made = signatures(corpus_of(["one two three four five six", ""]))
    >>> made.signatures.shape, made.words.tolist()
    ((2, 128), [6, 0])
    """
    a, b = scheme.permutations()
    return sketch(corpus, scheme.words, a, b, stems=stems)
