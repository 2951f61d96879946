"""Pages of one template, filled in with other names and numbers: alike by every count of words, and no copies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.model import NO_COPY
from scrubkit.dedup.rewrite import FEATURES
from scrubkit.dedup.room import Room
from scrubkit.kernels.sketch import Texts
from scrubkit.kernels.slots import COLUMNS, differences, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.dedup.near import Near
    from scrubkit.dedup.rewrite import Stems
    from scrubkit.kernels.sketch import Corpus

__all__ = ["filled_alike", "held_down", "may_be_filled", "one_template", "reads_alike", "without_templates"]

_AT = {name: at for at, name in enumerate(COLUMNS)}
_FEATURE = {name: at for at, name in enumerate(FEATURES)}
# Three names that differ and nothing else: in a copy other words would have been touched too.
_NAMES, _SLOTS, _NUMBERS = 2, 3, 3
# Where common nouns have capitals, as in German, or headings all words, three edited nouns may be chance.
_CAPITALS, _SLOTS_THERE = 0.15, 4
_ELSE, _LEAKS, _OF_OTHERS = 4, 4, 3
# Without capitals: numbers differ as well, or the same two names stand against each other again and again.
_UNMARKED, _UNMARKED_ELSE, _UNMARKED_LEAKS, _REPEATED = 5, 8, 10, 3
_SPARSE = 100  # words to a slot: the few names that differ in a long text were corrected
# What a pair must have to be looked at: as many shingles that differ as three slots touch, at least; about the same
# length; stems in the same order throughout.
_TOUCHED, _TOUCHED_SHARE, _LONGER = 7, 0.02, 1.3
_ALIGNED, _KEPT = 0.6, 0.5
_BYTES = 1 << 21


def one_template(counts: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which pairs of texts differ as two fillings of one template do, by the columns of ``differences``.

    Edited copies differ in words of every kind, and in what was put in or left out. Fillings differ in names and
    numbers and in hardly anything else, and a name that is filled in stands nowhere in the other text. So:

    * *names*: three places and more have other names or numbers, two at least names (four of both where capitals say little),
      and of other differences, and of names that also stand elsewhere, there are at most a quarter as many (of the
      latter as many where nothing else differs);
    * *nobody in common*: two places and more have other names, at least three times as many as names are the same, and
      at most twice as many other differences: a filling that was edited as well (not where capitals say little);
    * *numbers*: three places and more have other numbers, at least twice as many as have the same, and half as much
      else differs at most;
    * scripts without capitals, where any word may be a name: five places and more have other words or numbers, more
      numbers differ than agree, next to nothing else does; or at least three places, and half of all, show the same
      two words against each other.

    In all of them a hundred words have a place at least.

    >>> counts = np.zeros((2, len(COLUMNS)), np.int32)
    >>> counts[:, [0, 7, 8, 9]] = 4, 6, 70, 80  # four names differ, six are the same
    >>> counts[1, 4] = 3  # three other words differ too
    >>> one_template(counts).tolist()
    [True, False]
    """
    n = {name: counts[:, at].astype(np.int64) for name, at in _AT.items()}
    names, numbers, unmarked, leaks, other = (n[name] for name in ("names", "numbers", "unmarked", "leaks", "other"))
    told = n["same_names"] <= _CAPITALS * n["same"]
    filled = names + numbers
    by_name = (names >= _NAMES) & (filled + leaks >= np.where(told, _SLOTS, _SLOTS_THERE))
    by_name &= (_ELSE * other <= filled) & (np.where(other > 0, _LEAKS, 1) * leaks <= filled)
    of_others = told & (names >= np.maximum(_NAMES, _OF_OTHERS * n["same_names"])) & (other <= 2 * names)
    of_others &= 2 * leaks <= filled
    by_number = (numbers >= _NUMBERS) & (numbers >= 2 * n["same_numbers"]) & (2 * other <= filled + unmarked)
    bare = (_UNMARKED_LEAKS * leaks <= unmarked) & (_UNMARKED_ELSE * other <= unmarked) & (numbers >= n["same_numbers"])
    with_numbers = (numbers > 0) & (unmarked >= _NAMES) & (unmarked + numbers >= _UNMARKED)
    again = (n["repeated"] >= _REPEATED) & (2 * n["repeated"] >= unmarked)
    found = by_name | of_others | by_number | (bare & (with_numbers | again))
    return np.asarray(found & (_SPARSE * (filled + unmarked) >= n["words"]), np.bool_)


def filled_alike(
    corpus: Corpus | Texts, left: NDArray[np.int64], right: NDArray[np.int64], room: Room | None = None
) -> NDArray[np.bool_]:
    """Return which pairs of documents, by position, are pages of one template; memory is bounded by the room."""
    room = room or Room()
    out = np.zeros(len(left), np.bool_)
    order = np.lexsort((left, right))
    size = np.diff(corpus.offsets)
    cost = np.cumsum(size[left[order]] + size[right[order]])
    most = max(1, min(_BYTES, room.chunk // 16))
    at = 0
    while at < len(order):
        done = int(cost[at - 1]) if at else 0
        end = max(at + 1, int(np.searchsorted(cost, done + most, "right")))
        part = order[at:end]
        which, index = np.unique(np.concatenate([left[part], right[part]]), return_inverse=True)
        held, rows = (corpus.chosen(which), np.arange(len(which))) if isinstance(corpus, Texts) else (corpus, which)
        out[part] = one_template(differences(tokens(held, rows), index[: len(part)], index[len(part) :]))
        room.release()
        at = end
    return out


def without_templates(corpus: Corpus | Texts, near: Near, words: NDArray[np.int32], room: Room | None = None) -> Near:
    """Return the pairs of the near layer without those of one template; ``words``: compared words a document."""
    look = np.flatnonzero(may_be_filled(near.in_left, near.in_right, words[near.left], words[near.right]))
    if not len(look):
        return near
    kept = np.ones(len(near.left), np.bool_)
    kept[look] = ~filled_alike(corpus, near.left[look], near.right[look], room)
    left, right = near.left[kept], near.right[kept]
    jaccard, in_right, in_left = near.jaccard[kept], near.in_right[kept], near.in_left[kept]
    return replace(near, left=left, right=right, jaccard=jaccard, in_right=in_right, in_left=in_left)


def may_be_filled(
    in_left: NDArray[np.float32], in_right: NDArray[np.float32], x: NDArray[np.int32], y: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Return which pairs of texts of ``x`` and ``y`` words may be pages of one template by the shingles they share:
    so many differ as three slots touch, and the texts are about equally long.
    """
    short, long = np.minimum(x, y), np.maximum(x, y)
    touched = 1 - np.maximum(in_left, in_right).astype(np.float64)
    enough = (touched * short >= _TOUCHED) & (touched >= _TOUCHED_SHARE)
    return np.asarray(enough & (long <= _LONGER * short), np.bool_)


def held_down(
    corpus: Corpus | Texts,
    stems: Stems,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    features: NDArray[np.float32],
    margins: NDArray[np.float64],
    room: Room | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the margins of pairs of rows, at most ``NO_COPY`` for two pages of one template, and which these are."""
    look = np.flatnonzero((margins > 0) & reads_alike(features))
    a, b = left[look], right[look]
    if stems.positions is not None:
        a, b = stems.positions[a], stems.positions[b]
    filled = look[filled_alike(corpus, a, b, room)]
    out = margins.copy()
    out[filled] = np.minimum(out[filled], NO_COPY)
    return out, filled


def reads_alike(features: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which pairs may be pages of one template by the features of the rewrite layer: most stems stand in order,
    beside the same neighbours, in texts of about one length.
    """
    aligned, kept, ratio = (features[:, _FEATURE[name]] for name in ("aligned", "kept_next", "ratio"))
    return np.asarray((aligned >= _ALIGNED) & (kept >= _KEPT) & (ratio <= np.log(_LONGER)), np.bool_)
