"""Work on pairs of documents in plain Python and NumPy, and the choice of the compiled kernels."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

try:
    from scrubkit.kernels import _pairs as _compiled
except ImportError:
    _compiled = None

__all__ = ["COMPILED", "bucket_pairs", "overlap"]

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
