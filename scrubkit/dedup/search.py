"""From a sketch to verified edges and clusters, all as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from scrubkit.dedup.bands import BUCKET_CAP, bands_for, miss_probability, split_codes
from scrubkit.dedup.cluster import Likeness, average_link, collapse, without_contradicted
from scrubkit.dedup.local_pairs import Candidates, candidates
from scrubkit.dedup.model import Model, shipped_model
from scrubkit.dedup.near import Near, exact_leaders, near_edges, shared, stands_in
from scrubkit.dedup.rewrite import FEATURES, Stems, Totals, measure, measured, stems_of, totals
from scrubkit.dedup.room import Room
from scrubkit.dedup.scheme import Scheme
from scrubkit.dedup.templates import held_down, without_templates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.kernels.sketch import Corpus, Sketch, Texts

__all__ = [
    "LAYERS",
    "SAME_EVENT",
    "SAME_MATTER",
    "Copies",
    "Found",
    "Layer",
    "Rewrites",
    "copies",
    "link",
    "rewrites",
    "search",
]

Layer = Literal["exact", "near", "rewrite"]
LAYERS: tuple[Layer, ...] = ("exact", "near", "rewrite")

SAME_EVENT = -6.0
"""Pairs with a margin between this and 0 share matter, but not as copies do."""

SAME_MATTER = 0.35
"""So do candidates of any margin that have this much of their rare words in common."""


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """What the exact and the near layer found.

    ``leader[i]`` is the first document with the same words as ``i``, ``stand_in[i]`` the document that is compared for
    it in the rewrite layer, ``rows`` those documents in order, ``row[i]`` the index of ``stand_in[i]`` in ``rows``.
    """

    leader: NDArray[np.int64]
    stand_in: NDArray[np.int64]
    rows: NDArray[np.int64]
    row: NDArray[np.int64]
    near: Near


@dataclass(frozen=True, slots=True, eq=False)
class Rewrites:
    """Candidate pairs of the rewrite layer (rows, not positions); their features where they were all asked for.

    ``sums`` are the totals of all rows, ``known`` the accepted pairs, ``right << 32 | left``, ascending, with their
    features, ``apart`` the pairs that are pages of one template.
    """

    stems: Stems
    pairs: Candidates
    features: NDArray[np.float32] | None = None
    sums: Totals | None = None
    known: tuple[NDArray[np.uint64], NDArray[np.float32]] | None = None
    apart: NDArray[np.uint64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Clusters and what made them.

    ``label[i]`` is the first document of ``i``'s cluster. ``left``, ``right``, ``score`` are the verified edges
    (positions); ``related`` holds the same for pairs that are no duplicates but tell of the same event.
    """

    corpus: Corpus | Texts
    sketch: Sketch
    scheme: Scheme
    copies: Copies
    rewrites: Rewrites | None
    label: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    score: NDArray[np.float64]
    related: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    stats: Mapping[str, Any] = field(default_factory=dict)
    room: Room = field(default_factory=Room)


def copies(
    corpus: Corpus | Texts,
    sketch: Sketch,
    scheme: Scheme,
    *,
    jaccard: float,
    layers: tuple[Layer, ...] = LAYERS,
    room: Room | None = None,
) -> Copies:
    """Return what the exact and the near layer find, and which documents stand in for near-exact copies."""
    size = len(corpus)
    room = room or Room()
    leader = exact_leaders(corpus, sketch) if "exact" in layers or "rewrite" in layers else np.arange(size)
    leader = room.keep(leader)
    room.release()
    which = np.flatnonzero(leader == np.arange(size))
    near = _no_pairs()
    if "near" in layers:
        bands = bands_for(jaccard, scheme.perms)
        near = near_edges(corpus, sketch, which, n=scheme.words, jaccard=jaccard, bands=bands, room=room)
        near = without_templates(corpus, near, sketch.words, room)
    same = stands_in(near, sketch.words)
    del which
    stand_in = room.keep(collapse(size, near.left[same], near.right[same])[leader])
    taking = np.zeros(size, np.bool_)
    taking[stand_in] = True
    rows, row = room.keep(np.flatnonzero(taking)), room.keep((np.cumsum(taking) - 1)[stand_in])
    room.release()
    return Copies(leader, stand_in, rows, row, near)


def rewrites(sketch: Sketch, found: Copies, *, room: Room | None = None, features: bool = True) -> Rewrites:
    """Return the candidate pairs of the rewrite layer; with ``features`` measured."""
    stems = stems_of(sketch, found.rows, room=room)
    pairs = candidates(stems, room=room)
    return Rewrites(stems, pairs, measure(stems, pairs.left, pairs.right) if features else None)


Scored = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float64]"]
"""Pairs of rows, left and right, and the margin or the score of each."""


def judged(corpus: Corpus | Texts, layer: Rewrites, model: Model, room: Room) -> tuple[Rewrites, Scored, Scored]:
    """Return the layer with what it accepts, the accepted pairs with their margins, and those of the same event.

    Candidates are measured in blocks; of the others nothing stays.
    """
    sums = totals(layer.stems, np.arange(len(layer.stems)), room)
    none = np.zeros((0, len(FEATURES)), np.float32)
    codes, known, sure = [np.zeros(0, np.uint64)], [none], [np.zeros(0)]
    some, almost = [np.zeros(0, np.uint64)], [np.zeros(0)]
    apart = [np.zeros(0, np.uint64)]
    for block in layer.pairs.blocks(room):
        left, right = split_codes(block)
        margins, contained = np.empty(len(block)), np.empty(len(block), np.float32)
        places, kept = [np.zeros(0, np.int64)], [none]
        for which, features in measured(layer.stems, left, right, sums=sums, room=room):
            margin = model.margins(features)
            margins[which], filled = held_down(corpus, layer.stems, left[which], right[which], features, margin, room)
            apart.append(block[which[filled]])
            contained[which] = features[:, FEATURES.index("contained")]
            yes = margins[which] > 0
            places.append(which[yes])
            kept.append(features[yes])
        place = np.concatenate(places)
        order = np.argsort(place)
        place = place[order]
        codes.append(block[place])
        known.append(np.concatenate(kept)[order])
        sure.append(margins[place])
        told = (margins <= 0) & ((margins > SAME_EVENT) | (contained >= SAME_MATTER))
        some.append(block[told])
        almost.append(margins[told])
    accepted = np.concatenate(codes)
    layer = replace(layer, sums=sums, known=(accepted, np.concatenate(known)), apart=np.concatenate(apart))
    return (
        layer,
        (*split_codes(accepted), np.concatenate(sure)),
        (*split_codes(np.concatenate(some)), np.concatenate(almost)),
    )


def link(
    found: Copies,
    accepted: Scored | None,
    different: NDArray[np.uint64] | None = None,
    likeness: Likeness | None = None,
) -> tuple[NDArray[np.int64], Scored]:
    """Return ``(label, edges)``: a label a document, and the edges of all layers between rows with their scores.

    ``accepted`` are the pairs of rows that the rewrite layer found, with their probability, ``different`` those that are
    known to be no copies (``right << 32 | left``); ``likeness`` says which of two edges ties what is more alike.
    """
    left, right = found.row[found.near.left], found.row[found.near.right]
    apart = left != right
    left, right, score = left[apart], right[apart], found.near.jaccard[apart].astype(np.float64)
    if accepted is not None:
        left, right, score = (np.concatenate(both) for both in zip((left, right, score), accepted, strict=True))
    low, high = np.minimum(left, right), np.maximum(left, right)
    order = np.lexsort((-score, high, low))
    low, high, score = low[order], high[order], score[order]
    first = np.append(True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])) if len(low) else np.zeros(0, np.bool_)
    edges = without_contradicted((low[first], high[first], score[first]), different, likeness)
    label = average_link(len(found.rows), *edges)
    return _first_of_cluster(label, found.row), edges


def _first_of_cluster(label: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Name each document's cluster by its first document, given the label of each row and the row of each document."""
    of = label[row]
    first = np.full(len(label), len(row))
    np.minimum.at(first, of, np.arange(len(row)))
    return np.asarray(first[of], np.int64)


def search(
    corpus: Corpus | Texts,
    sketch: Sketch,
    scheme: Scheme,
    *,
    jaccard: float,
    layers: tuple[Layer, ...] = LAYERS,
    model: Model | None = None,
    room: Room | None = None,
) -> Found:
    """Return the clusters of a corpus.

    Equal documents are looked at once. Near-exact copies (Jaccard 0.9 and about the same length) stand for one
    another in the rewrite layer. Clusters form by average link over the verified edges of all layers. The result is
    the same whatever memory the ``room`` has.
    """
    room = room or Room()
    first = copies(corpus, sketch, scheme, jaccard=jaccard, layers=layers, room=room)
    near = first.near
    stats: dict[str, Any] = {"documents": len(corpus), "scheme": scheme.name, "layers": layers}
    if "near" in layers:
        bands = bands_for(jaccard, scheme.perms)
        stats |= {
            "jaccard": jaccard,
            "bands": (bands.count, bands.rows),
            "miss_probability": miss_probability(jaccard, bands),
            "near_candidates": near.candidates,
            "near_edges": len(near.left),
            "oversized_buckets": near.buckets.oversized,
            "largest_bucket": near.buckets.largest,
            "bucket_cap": BUCKET_CAP,
        }
    layer = accepted = None
    related = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    if "rewrite" in layers:
        model = model or shipped_model()
        layer = rewrites(sketch, first, room=room, features=False)
        layer, sure, almost = judged(corpus, layer, model, room)
        accepted = (*sure[:2], model.probability(sure[2]))
        related = first.rows[almost[0]], first.rows[almost[1]], model.probability(almost[2])
        stats |= {
            "rewrite_candidates": len(layer.pairs),
            "rewrite_edges": len(accepted[0]),
            "oversized_keys": layer.pairs.keys.oversized,
            "largest_key": layer.pairs.keys.largest,
        }

    def likeness(left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        return shared(corpus, first.rows[left], first.rows[right], n=scheme.words, room=room)[:, 0]

    label, edges = link(first, accepted, None if layer is None else layer.apart, likeness)
    label = room.keep(label)
    room.release()
    left, right = first.rows[edges[0]], first.rows[edges[1]]
    return Found(corpus, sketch, scheme, first, layer, label, left, right, edges[2], related, stats, room)


def _no_pairs() -> Near:
    none, zero = np.zeros(0, np.int64), np.zeros(0, np.float32)
    return Near(none, none, zero, zero, zero)
