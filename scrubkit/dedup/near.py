"""The exact and the near layer: equal folded words, and verified Jaccard over word shingles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.bands import Bands, band_pairs
from scrubkit.kernels.pairs import overlap
from scrubkit.kernels.sketch import Corpus, Sketch, grams

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Near", "exact_leaders", "near_edges", "shared"]

# Shingles held at once while pairs are verified: 32 MB.
_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Verified pairs: positions, Jaccard, share of each one's shingles found in the other; and what was uneven."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    jaccard: NDArray[np.float32]
    in_right: NDArray[np.float32]
    in_left: NDArray[np.float32]
    candidates: int = 0
    oversized: int = 0


def exact_leaders(corpus: Corpus, sketch: Sketch) -> NDArray[np.int64]:
    """Return for each document the first one with the same folded words.

    Documents without a word (marks, symbols) are equal when their bytes without blanks at the ends are; empty
    documents equal nothing, not even each other.
    """
    size = len(corpus)
    leader = np.arange(size)
    worded = np.flatnonzero(_has_words(corpus, sketch))
    if len(worded):
        _, first, group = np.unique(sketch.text[worded], axis=0, return_index=True, return_inverse=True)
        leader[worded] = worded[first[group.reshape(-1)]]
    seen: dict[bytes, int] = {}
    for i in np.setdiff1d(np.arange(size), worded, assume_unique=True).tolist():
        bare = corpus.data[corpus.offsets[i] : corpus.offsets[i + 1]].tobytes().strip()
        if bare:
            leader[i] = seen.setdefault(bare, i)
    return leader


def _has_words(corpus: Corpus, sketch: Sketch) -> NDArray[np.bool_]:
    """Whether a document has any word: a text without one has the start values as its hash."""
    empty = np.array([0xCBF29CE484222325, 0x9E3779B97F4A7C15], np.uint64)
    return np.asarray((sketch.text != empty).any(axis=1) & (np.diff(corpus.offsets) > 0))


def near_edges(
    corpus: Corpus, sketch: Sketch, which: NDArray[np.int64], *, n: int, jaccard: float, bands: Bands
) -> Near:
    """Return the pairs among the documents ``which`` whose shingle sets have at least this Jaccard similarity.

    Candidates come from the bands; each is verified on the shingles themselves, so no pair below the threshold is
    returned and one at it is missed with :func:`~scrubkit.dedup.bands.miss_probability`.
    """
    signatures = sketch.signatures[which]
    left, right, oversized = band_pairs(signatures, sketch.words[which] > 0, bands)
    if len(left):
        # agreement of signatures is unbiased with deviation sqrt(J(1-J)/perms): four deviations lose 1 in 30,000
        agreement = _agreement(signatures, left, right)
        slack = 4 * (jaccard * (1 - jaccard) / signatures.shape[1]) ** 0.5 if signatures.shape[1] else 1
        likely = agreement >= jaccard - slack
        candidates = len(left)
        left, right = which[left[likely]], which[right[likely]]
    else:
        candidates = 0
    measures = shared(corpus, left, right, n=n)
    ok = measures[:, 0] >= jaccard
    return Near(left[ok], right[ok], measures[ok, 0], measures[ok, 1], measures[ok, 2], candidates, oversized)


def _agreement(
    signatures: NDArray[np.uint32], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float32]:
    out = np.empty(len(left), np.float32)
    for at in range(0, len(left), 100_000):
        part = slice(at, at + 100_000)
        out[part] = (signatures[left[part]] == signatures[right[part]]).mean(axis=1)
    return out


def shared(corpus: Corpus, left: NDArray[np.int64], right: NDArray[np.int64], *, n: int) -> NDArray[np.float32]:
    """Return float32 (pairs, 3): Jaccard, share of left's shingles in right, share of right's in left.

    Memory is bounded by chunks of pairs, whatever the number of documents.
    """
    out = np.zeros((len(left), 3), np.float32)
    order = np.argsort(right, kind="stable")
    size = np.diff(corpus.offsets)
    at = 0
    while at < len(order):
        # a word is two bytes at least, six on average: an eighth of the chunk's documents are read twice at worst
        cost = np.cumsum(size[left[order[at:]]] + size[right[order[at:]]]) // 4
        end = at + max(1, int(np.searchsorted(cost, _CHUNK)))
        part = order[at:end]
        which, index = np.unique(np.concatenate([left[part], right[part]]), return_inverse=True)
        values, offsets = grams(corpus, n, which)
        out[part] = overlap(values, offsets, index[: len(part)], index[len(part) :])
        at = end
    return out
