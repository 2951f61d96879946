"""Work on pairs of documents in plain Python and NumPy, and the choice of the compiled kernels."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels import pairs_reference as reference
from scrubkit.kernels.pairs_reference import FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "COMPILED",
    "FEATURES",
    "bucket_pairs",
    "features",
    "local_keys",
    "overlap",
    "rarity",
    "run_pairs",
    "totals",
]


def _load() -> Any:
    """Return the compiled kernels, ``None`` where they were not built."""
    try:
        return import_module("scrubkit.kernels._pairs")
    except ImportError:
        return None


_compiled = _load()
COMPILED = _compiled is not None


def overlap(
    values: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    *,
    backend: str = "auto",
) -> NDArray[np.float32]:
    """Return float32 (pairs, 3): Jaccard of the sets, share of left's values in right, share of right's in left.

    Row ``d`` is ``values[offsets[d]:offsets[d + 1]]``, in any order, with repeats; shares count the repeats.
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.float32] = _compiled.overlap(values, offsets, left, right)
        return found
    out = np.zeros((len(left), 3), np.float32)
    rows = [Counter(values[offsets[d] : offsets[d + 1]].tolist()) for d in range(len(offsets) - 1)]
    for p, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        x, y = rows[a], rows[b]
        both = x.keys() & y.keys()
        if x and y:
            out[p] = (
                len(both) / (len(x) + len(y) - len(both)),
                sum(x[k] for k in both) / x.total(),
                sum(y[k] for k in both) / y.total(),
            )
    return out


def bucket_pairs(
    keys: NDArray[np.uint64], order: NDArray[np.int64], cap: int, window: int, *, backend: str = "auto"
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return ``(left, right, oversized)``: the pairs of documents with equal keys.

    ``keys[order]`` must ascend. In a bucket of more than ``cap`` documents each is paired with the first ``window``
    and with the ``window`` before it, not with all: a million alike cost a million times ``2 * window`` pairs.
    """
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.int64], NDArray[np.int64], int] = _compiled.bucket_pairs(keys, order, cap, window)
        return found
    pairs: list[tuple[int, int]] = []
    oversized = 0
    ordered = keys[order]
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) + 1 if len(order) else np.empty(0, np.int64)
    begin = 0
    for end in ends.tolist():
        bucket = order[begin:end].tolist()
        oversized += len(bucket) > cap
        for x in range(1, len(bucket)):
            near = range(x)
            if len(bucket) > cap:
                near = [*range(min(window, x)), *range(max(min(window, x), x - window), x)]  # type: ignore[assignment]
            pairs += [(bucket[y], bucket[x]) for y in near]
        begin = end
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy(), oversized


def rarity(
    stems: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    bits: int,
    documents: float,
    prior: NDArray[np.uint8],
    *,
    backend: str = "auto",
) -> NDArray[np.uint8]:
    """Return ``8 log2(documents / documents with the stem)`` of each stem as a byte, at most what the prior says.

    Document ``d`` holds ``stems[offsets[d]:offsets[d + 1]]``; stems are told apart by their first ``bits`` bits;
    ``prior`` has ``2 ** bits`` entries.
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.uint8] = _compiled.rarity(stems, offsets, bits, documents, prior)
        return found
    return reference.rarity(stems, offsets, bits, documents, prior)


def local_keys(
    stems: NDArray[np.uint32],
    rarities: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    low: int,
    high: int,
    window: int,
    most: int,
    document_bits: int,
    *,
    backend: str = "auto",
) -> NDArray[np.uint64]:
    """Return hashes of unordered pairs of stems with ``low <= rarity <= high`` at most ``window`` such stems apart.

    The document stands in the low ``document_bits`` of each key. Of a document with more than ``most`` pairs those
    with the smallest second hash stay (in steps of a 4096th, so somewhat fewer).
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.uint64] = _compiled.local_keys(
            stems, rarities, offsets, low, high, window, most, document_bits
        )
        return found
    return reference.local_keys(stems, rarities, offsets, (low, high), window, most, document_bits)


def run_pairs(
    keys: NDArray[np.uint64], document_bits: int, cap: int, docs: int, *, backend: str = "auto"
) -> tuple[NDArray[np.uint64], NDArray[np.int64], int]:
    """Return ``(codes, live, oversized)`` of ascending packed keys.

    ``codes`` are ``left << 32 | right`` for each two documents in a run of equal keys, once a run; ``live`` counts
    the runs of two to ``cap`` entries a document stands in; runs of more than ``cap`` are only counted.
    """
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.uint64], NDArray[np.int64], int] = _compiled.run_pairs(keys, document_bits, cap, docs)
        return found
    return reference.run_pairs(keys, document_bits, cap, docs)


def totals(
    stems: NDArray[np.uint32], rarities: NDArray[np.uint8], offsets: NDArray[np.int64], *, backend: str = "auto"
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]:
    """Return a document's squared weight of distinct stems, weight of all stems, number of distinct stems."""
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]] = _compiled.totals(
            stems, rarities, offsets
        )
        return found
    return reference.totals(stems, rarities, offsets)


def features(
    stems: NDArray[np.uint32],
    numbers: NDArray[np.uint8],
    rarities: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    sums: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    rare: int,
    near: int,
    least: float,
    *,
    backend: str = "auto",
) -> NDArray[np.float32]:
    """Return float32 (pairs, features), columns :data:`FEATURES`; ``left`` has no more stems than ``right``.

    ``sums`` are :func:`totals`. Stems rarer than ``rare`` that stand at most three times in the longer document may
    link; links at most ``near`` stems apart in both documents cover what lies between; links up to forty apart
    align what lies between where the two distances agree within a fifth. Where the weighted
    containment is below ``least`` only it and ``raw`` are given.
    """
    if _compiled is not None and backend != "python":
        found: NDArray[np.float32] = _compiled.features(
            stems, numbers, rarities, offsets, sums, left, right, rare, near, least
        )
        return found
    return reference.features(stems, numbers, rarities, offsets, sums, (left, right), (rare, near, least))
