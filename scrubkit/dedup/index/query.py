"""A query: candidates, verdicts, the copies behind a leader, and the best of them a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.bands import Bands
from scrubkit.dedup.index.batch import Batch
from scrubkit.dedup.index.candidates import by_bands, by_local_pairs, by_words
from scrubkit.dedup.index.judge import Judged, judge
from scrubkit.dedup.index.match import Match
from scrubkit.dedup.index.runs import EXACT_COPY
from scrubkit.dedup.index.view import View, ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["answers"]

# Copies of one leader that are looked at for a text, per match that is asked for.
_COPIES = 4
_Row = tuple[bool, float, int, str, float, float]


def answers(
    view: View,
    batch: Batch,
    texts: Sequence[str],
    dates: Sequence[str | None],
    bands: Bands,
    *,
    words: int,
    jaccard: float,
    limit: int | None,
    inside: bool,
) -> list[list[tuple[int, Match]]]:
    """Return for each text its matches with their positions: duplicates first, the surest first."""
    same = by_words(view, batch)
    asked, at = _united(
        same.asked,
        same.at,
        by_local_pairs(view, batch, every=inside),
        by_bands(view, batch, bands, np.arange(len(batch))),
    )
    asked, at = _without(asked, at, same.asked, same.at)
    found = judge(view, batch, texts, dates, asked, at, words=words, jaccard=jaccard, inside=inside)
    rows: list[dict[int, _Row]] = [{} for _ in range(len(batch))]
    for row, place in zip(same.asked.tolist(), same.at.tolist(), strict=True):
        rows[row][place] = (True, 1.0, place, "exact", 1.0, 1.0)
    _take(rows, found)
    more = _copies(view, found, same.asked, same.at, rows, None if limit is None else limit * _COPIES)
    if len(more[0]):
        _take(rows, judge(view, batch, texts, dates, *more, words=words, jaccard=jaccard, inside=inside))
    return _best(view, rows, limit)


def _united(
    asked: NDArray[np.int64], at: NDArray[np.int64], *others: object
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    codes = [(asked << 40) | at] + [(pairs.asked << 40) | pairs.at for pairs in others]  # type: ignore[attr-defined]
    every = np.unique(np.concatenate(codes))
    return every >> 40, every & ((1 << 40) - 1)


def _without(
    asked: NDArray[np.int64], at: NDArray[np.int64], less_asked: NDArray[np.int64], less_at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    left = ~np.isin((asked << 40) | at, (less_asked << 40) | less_at)
    return asked[left], at[left]


def _take(rows: list[dict[int, _Row]], found: Judged) -> None:
    shares = (np.round(np.clip(share, 0, 1), 4) for share in (found.coverage, found.within))
    columns = (found.asked, found.at, found.duplicate, found.score, *shares)
    for (row, place, duplicate, score, coverage, within), verdict in zip(
        zip(*(column.tolist() for column in columns), strict=True), found.verdict, strict=True
    ):
        rows[row].setdefault(place, (duplicate, score, place, verdict, coverage, within))


def _copies(
    view: View,
    found: Judged,
    same_asked: NDArray[np.int64],
    same_at: NDArray[np.int64],
    rows: list[dict[int, _Row]],
    most: int | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs with copies of matched leaders that are not judged yet; copies word for word need no judge."""
    held, leaders = view.copies
    asked = np.concatenate([found.asked[found.duplicate], same_asked])
    at = np.concatenate([found.at[found.duplicate], same_at])
    begin, end = np.searchsorted(leaders, at, "left"), np.searchsorted(leaders, at, "right")
    some = np.flatnonzero(end > begin)
    sizes = end[some] - begin[some]
    if most is not None:
        sizes = np.minimum(sizes, most)
    left: list[tuple[int, int]] = []
    pairs = zip(np.repeat(some, sizes).tolist(), held[ranges(begin[some], sizes)].tolist(), strict=True)
    for which, place in pairs:
        told = rows[int(asked[which])]
        if place in told:
            continue
        if view.kind[place] == EXACT_COPY:
            duplicate, score, _, verdict, coverage, within = told[int(at[which])]
            told[place] = (duplicate, score, place, verdict, coverage, within)
        else:
            left.append((int(asked[which]), place))
    table = np.array(sorted(set(left)), np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _best(view: View, rows: list[dict[int, _Row]], limit: int | None) -> list[list[tuple[int, Match]]]:
    living = view.alive
    best = []
    for told in rows:
        left = [row for row in told.values() if living[row[2]]]
        left.sort(key=lambda row: (not row[0], -row[1], row[2]))
        best.append(left[:limit])
    names = iter(view.ids(np.array([row[2] for left in best for row in left], np.int64)))
    return [
        [
            (place, Match(next(names), verdict, round(score, 4), coverage, within))
            for _, score, place, verdict, coverage, within in left
        ]
        for left in best
    ]
