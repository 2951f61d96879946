"""The verdict over candidate pairs, by the verifier of :func:`~scrubkit.dedup.find_duplicates`: one text at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.index.batch import Batch, corpus_with
from scrubkit.dedup.index.view import View
from scrubkit.dedup.model import NO_COPY, shipped_model
from scrubkit.dedup.near import shared, threshold
from scrubkit.dedup.rewrite import FEATURES, Stems, measure
from scrubkit.dedup.search import SAME_EVENT, SAME_MATTER
from scrubkit.dedup.templates import filled_alike, may_be_filled, reads_alike
from scrubkit.dedup.verdict import Measures, duplicate_verdict
from scrubkit.kernels.postings import copy_slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scrubkit.kernels.sketch import Corpus

__all__ = ["Judged", "jaccard_of", "judge"]

_LENGTH, _CONTAINED = FEATURES.index("length"), FEATURES.index("contained")
_ALIGNED, _ALIGNED_LONG = FEATURES.index("aligned"), FEATURES.index("aligned_long")
_RAW = FEATURES.index("raw")
_PART_RAW, _PART_ALIGNED, _PART_SHINGLES, _PART_LENGTH = 0.75, 0.9, 0.75, float(np.log(12))
# Stems that are held at once: 64 MB with all that is computed of them.
_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Pairs with what was found of each: *duplicate* or else of the same event; others are left out.

    ``score`` is how sure it is that the pair are duplicates, ``coverage`` how much of the text asked about the
    document holds, ``within`` how much of the document that text holds.
    """

    asked: NDArray[np.int64]
    at: NDArray[np.int64]
    duplicate: NDArray[np.bool_]
    score: NDArray[np.float64]
    coverage: NDArray[np.float64]
    within: NDArray[np.float64]
    verdict: tuple[str, ...]


def judge(
    view: View,
    batch: Batch,
    texts: Sequence[str],
    dates: Sequence[str | None],
    asked: NDArray[np.int64],
    at: NDArray[np.int64],
    *,
    words: int,
    jaccard: float,
    inside: bool = False,
) -> Judged:
    """Return the verdicts over pairs that are not equal word for word; ``asked`` must ascend.

    With ``inside`` a document that stands within a longer text is a duplicate too, however small a part of it: the
    trained verifier takes that for a quotation. Three quarters of its shingles must be there, or its stems in their
    order and together (nine in ten aligned, three in four shared).
    """
    features = _measured(view, batch, asked, at)
    model = shipped_model()
    margins = model.margins(features)
    likely = features[:, -1] >= threshold(jaccard, batch.made.signatures.shape[1])
    rewrite = margins > 0
    shorter = np.diff(batch.made.stem_offsets)[asked] < view.sizes[at]
    part = (features[:, _RAW] >= _PART_RAW) & ~shorter & (features[:, _LENGTH] >= _PART_LENGTH) & inside
    look = np.flatnonzero(rewrite | likely | part)
    shares = np.full((len(asked), 3), -1, np.float32)
    shares[look] = jaccard_of(view, texts, asked[look], at[look], words=words)
    near = shares[:, 0] >= jaccard
    _hold_down(view, batch, texts, (asked, at), features, shares, margins, near)
    rewrite, probability = margins > 0, model.probability(margins)
    whole = part & ((shares[:, 1] >= _PART_SHINGLES) | (features[:, _ALIGNED] >= _PART_ALIGNED))
    duplicate = rewrite | near | whole
    bare = np.flatnonzero(duplicate & (features[:, _LENGTH] < 0))
    if len(bare):
        features[bare] = _measured(view, batch, asked[bare], at[bare], least=0.0)
    matter = (margins > SAME_EVENT) | (features[:, _CONTAINED] >= SAME_MATTER)
    told = np.flatnonzero(duplicate | (matter & (margins <= 0)))
    score = np.where(near, shares[:, 0], probability)
    verdicts = _verdicts(view, batch, dates, asked, at, shares, features[:, _ALIGNED], duplicate, told)
    small, large = features[:, _ALIGNED], features[:, _ALIGNED_LONG]
    coverage = np.maximum(shares[:, 2], np.where(shorter, small, large)).astype(np.float64)
    within = np.maximum(shares[:, 1], np.where(shorter, large, small)).astype(np.float64)
    score = np.where(whole, np.maximum(score, within), score)
    return Judged(asked[told], at[told], duplicate[told], score[told], coverage[told], within[told], verdicts)


def _measured(
    view: View, batch: Batch, asked: NDArray[np.int64], at: NDArray[np.int64], *, least: float | None = None
) -> NDArray[np.float32]:
    """Return the features of pairs, in portions of bounded size that end between two texts."""
    out = np.zeros((len(asked), len(FEATURES)), np.float32)
    own = np.diff(batch.made.stem_offsets)
    cost = np.cumsum(own[asked] + 400)
    begin = 0
    while begin < len(asked):
        end = int(np.searchsorted(cost, _CHUNK + (cost[begin - 1] if begin else 0), "right"))
        end = max(end, begin + 1)
        end = int(np.searchsorted(asked, asked[end - 1], "right"))
        part = slice(begin, end)
        out[part] = _portion(view, batch, asked[part], at[part], least)
        begin = end
    return out


def _portion(
    view: View, batch: Batch, asked: NDArray[np.int64], at: NDArray[np.int64], least: float | None
) -> NDArray[np.float32]:
    """Measure pairs: rows are the documents of each text and behind them the text, in a collection with it added."""
    rows_of, group = np.unique(asked, return_inverse=True)
    group = group.reshape(-1)
    many = np.bincount(group)
    added = np.cumsum(many + 1) - 1
    place = np.arange(len(asked)) + group
    held, held_offsets = view.stems(at)
    own_sizes = np.diff(batch.made.stem_offsets)
    sizes = np.zeros(len(asked) + len(rows_of), np.int64)
    sizes[place], sizes[added] = np.diff(held_offsets), own_sizes[rows_of]
    offsets = np.append(np.zeros(1, np.int64), np.cumsum(sizes))
    stems = np.zeros(int(offsets[-1]), np.uint32)
    copy_slices(held, held_offsets[:-1], sizes[place], stems, offsets[place])
    copy_slices(batch.stems, batch.made.stem_offsets[rows_of], sizes[added], stems, offsets[added])
    asked_row = np.zeros(len(sizes), np.int64)
    asked_row[place], asked_row[added] = added[group], added
    perms = batch.made.signatures.shape[1]
    signatures = np.zeros((len(sizes), perms), np.uint32)
    signatures[place], signatures[added] = view.signatures(at, perms), batch.made.signatures[rows_of]
    rarity = view.rarity.asked(stems, offsets, asked_row)
    table = Stems(stems, (stems & np.uint32(1)).astype(np.uint8), rarity, offsets, signatures, view.rarity.documents)
    return measure(table, place, added[group], least=least)


def jaccard_of(
    view: View, texts: Sequence[str], asked: NDArray[np.int64], at: NDArray[np.int64], *, words: int
) -> NDArray[np.float32]:
    """Return float32 (pairs, 3): Jaccard, share of the document's shingles in the text, the other way round."""
    if not len(asked):
        return np.zeros((0, 3), np.float32)
    return shared(*_both(view, texts, asked, at), n=words)


def _both(
    view: View, texts: Sequence[str], asked: NDArray[np.int64], at: NDArray[np.int64]
) -> tuple[Corpus, NDArray[np.int64], NDArray[np.int64]]:
    """Return the texts of both sides of the pairs as one corpus, and where each side's stand in it."""
    held, left = np.unique(at, return_inverse=True)
    own, right = np.unique(asked, return_inverse=True)
    corpus = corpus_with([*view.texts(held), *(texts[row] for row in own.tolist())], view.furniture)
    return corpus, left.reshape(-1), right.reshape(-1) + len(held)


def _hold_down(
    view: View,
    batch: Batch,
    texts: Sequence[str],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    features: NDArray[np.float32],
    shares: NDArray[np.float32],
    margins: NDArray[np.float64],
    near: NDArray[np.bool_],
) -> None:
    """Take pages of one template out of ``near``, and hold their margins down."""
    asked, at = pairs
    look = (margins > 0) & reads_alike(features)
    look |= near & may_be_filled(shares[:, 1], shares[:, 2], view.words[at], batch.made.words[asked])
    which = np.flatnonzero(look)
    if len(which):
        filled = which[filled_alike(*_both(view, texts, asked[which], at[which]))]
        margins[filled] = np.minimum(margins[filled], NO_COPY)
        near[filled] = False


def _verdicts(
    view: View,
    batch: Batch,
    dates: Sequence[str | None],
    asked: NDArray[np.int64],
    at: NDArray[np.int64],
    shares: NDArray[np.float32],
    covered: NDArray[np.float32],
    duplicate: NDArray[np.bool_],
    told: NDArray[np.int64],
) -> tuple[str, ...]:
    out = ["same event"] * len(told)
    which = np.flatnonzero(duplicate[told])
    rows = told[which]
    held, own = np.maximum(1, view.words[at[rows]]), np.maximum(1, batch.made.words[asked[rows]])
    before = view.dates(at[rows]) if any(dates) else [None] * len(rows)
    columns = (which, held, own, asked[rows], shares[rows], covered[rows])
    for (to, x, y, row, (jaccard, in_own, in_held), chain), then in zip(
        zip(*(column.tolist() for column in columns), strict=True), before, strict=True
    ):
        now = dates[row]
        later = None if then is None or now is None or then == now else (now > then) == (x <= y)
        in_longer, in_shorter = (in_own, in_held) if x <= y else (in_held, in_own)
        measures = Measures(jaccard, in_longer, in_shorter, max(x, y) / min(x, y), min(x, y), chain, later)
        out[to] = duplicate_verdict(measures)
    return tuple(out)
