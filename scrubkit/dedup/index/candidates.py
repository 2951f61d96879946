"""Which documents of an index may say the same as a text: by equal words, by bands, by local pairs of rare stems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.bands import BUCKET_CAP, Bands
from scrubkit.dedup.index.batch import BITS, Batch, band_postings, exact_postings, local_postings
from scrubkit.dedup.index.view import View
from scrubkit.dedup.rewrite import SETTINGS
from scrubkit.kernels.postings import affordable, tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Pairs", "by_bands", "by_local_pairs", "by_words"]

_EVERY = 1 << 40
# Documents that the keys of a text lead to are looked at up to this many; in an index of a million the commoner keys
# would lead to a thousand strangers.
_HITS = 256

_PLACE = np.uint64((1 << BITS) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Candidates: row of the text asked about and position in the index, ascending, each once."""

    asked: NDArray[np.int64]
    at: NDArray[np.int64]


def _distinct(asked: NDArray[np.int64], at: NDArray[np.int64]) -> Pairs:
    """Return each pair once, ascending."""
    codes = np.unique((asked << 40) | at)
    return Pairs(codes >> 40, codes & ((1 << 40) - 1))


def by_words(view: View, batch: Batch) -> Pairs:
    """Return the documents with the same folded words; of more than sixty-four the first."""
    rows = np.flatnonzero(batch.filled)
    which, at, _ = view.find(exact_postings(batch.hashes[rows], rows), most=BUCKET_CAP)
    asked = rows[which]
    same = (view.hashes(at) == batch.hashes[asked]).all(axis=1)
    return _distinct(asked[same], at[same])


def by_bands(view: View, batch: Batch, bands: Bands, rows: NDArray[np.int64]) -> Pairs:
    """Return the documents that agree with these texts in a band; of an oversized bucket the first."""
    rows = rows[batch.made.words[rows] > 0]
    wanted = band_postings(batch.made.signatures[rows], rows, bands)
    wanted.sort()
    which, at, _ = view.find(wanted, most=BUCKET_CAP)
    return _distinct((wanted[which] & _PLACE).astype(np.int64), at)


def by_local_pairs(view: View, batch: Batch, *, every: bool = False) -> Pairs:
    """Return the documents that share enough local pairs of rare stems; see :func:`scrubkit.dedup.rewrite.candidates`.

    Of a text a sample of its pairs is looked up, as one was stored of each document; with ``every`` all of them are,
    so that a short document that stands somewhere in a long text is found, whatever the length and however many do.

    A stem that no document of the index holds makes no key: nothing could be found by it.
    """
    offsets = batch.made.stem_offsets
    rarity = view.rarity.asked(batch.stems, offsets, np.arange(len(batch)))
    most = _EVERY if every else SETTINGS.keys
    wanted = local_postings(batch.stems, offsets, rarity, view.rarity, highest=view.rarity.shared, most=most)
    asked = (wanted & _PLACE).astype(np.int64)
    places = view.located(wanted, most=SETTINGS.cap)
    count = sum((found for _, found in places), np.zeros(len(wanted), np.int64))
    used, live = affordable(asked, count, len(batch), SETTINGS.cap, _EVERY if every else _HITS)
    codes, shared = tally(view.gathered(places, used, asked), live, view.local, SETTINGS.fraction, SETTINGS.least)
    rows, at = codes >> 40, codes & ((1 << 40) - 1)
    if not every and len(rows) and int(np.bincount(rows).max()) > SETTINGS.most:
        order = np.lexsort((at, -shared, rows))
        rank = np.arange(len(rows)) - np.searchsorted(rows[order], rows[order])
        best = np.sort(order[rank < SETTINGS.most])
        rows, at = rows[best], at[best]
    return Pairs(rows, at)
