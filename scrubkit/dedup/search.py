"""From a sketch to verified edges and clusters, all as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from scrubkit.dedup.bands import BUCKET_CAP, bands_for, miss_probability
from scrubkit.dedup.cluster import average_link, collapse
from scrubkit.dedup.near import Near, exact_leaders, near_edges
from scrubkit.dedup.scheme import Scheme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.kernels.sketch import Corpus, Sketch

__all__ = ["LAYERS", "Found", "Layer", "search"]

Layer = Literal["exact", "near", "rewrite"]
LAYERS: tuple[Layer, ...] = ("exact", "near", "rewrite")

# From this Jaccard on, with lengths within 15 %, copies are looked at once for rewrites.
_SAME, _SAME_LENGTH = 0.9, 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Clusters and what made them.

    ``leader[i]`` is the first document with the same words as ``i``; ``label[i]`` the first document of its cluster.
    ``left``, ``right``, ``score`` are the verified edges between leaders, ``left < right``; ``related`` holds the
    same for pairs that are no duplicates but tell of the same event.
    """

    corpus: Corpus
    sketch: Sketch
    scheme: Scheme
    leader: NDArray[np.int64]
    label: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    score: NDArray[np.float64]
    related: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    stats: Mapping[str, Any] = field(default_factory=dict)


def search(
    corpus: Corpus, sketch: Sketch, scheme: Scheme, *, jaccard: float, layers: tuple[Layer, ...] = LAYERS
) -> Found:
    """Return the clusters of a corpus.

    Equal documents are looked at once. Near-exact copies (Jaccard 0.9 and about the same length) stand for one
    another in the rewrite layer. Clusters form by average link over the verified edges of all layers.
    """
    size = len(corpus)
    leader = exact_leaders(corpus, sketch) if "exact" in layers else np.arange(size)
    which = np.flatnonzero(leader == np.arange(size))
    stats: dict[str, Any] = {"documents": size, "scheme": scheme.name, "layers": layers}
    near = _no_pairs()
    if "near" in layers:
        bands = bands_for(jaccard, scheme.perms)
        near = near_edges(corpus, sketch, which, n=scheme.words, jaccard=jaccard, bands=bands)
        stats |= {
            "jaccard": jaccard,
            "bands": (bands.count, bands.rows),
            "miss_probability": miss_probability(jaccard, bands),
            "near_candidates": near.candidates,
            "near_edges": len(near.left),
            "oversized_buckets": near.oversized,
            "bucket_cap": BUCKET_CAP,
        }
    left, right, score = near.left, near.right, near.jaccard.astype(np.float64)
    nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    label = average_link(size, left, right, score)[leader]
    return Found(corpus, sketch, scheme, leader, label, left, right, score, nothing, stats)


def _no_pairs() -> Near:
    none, zero = np.zeros(0, np.int64), np.zeros(0, np.float32)
    return Near(none, none, zero, zero, zero)
