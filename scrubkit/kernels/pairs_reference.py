"""The kernels over stems in plain Python: what the compiled ones are tested against, and the way without a compiler."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FEATURES", "features", "frequencies", "local_keys", "rarity_table", "totals"]

FEATURES: tuple[str, ...] = (
    "contained",  # weight of the shared distinct stems over that of the document with less
    "jaccard",  # the same over the weight of both
    "chain",  # rarity of the longest chain of shared stems in order, over the rarity of the smaller document
    "covered",  # share of the shorter's stems that lie between close links of the chain
    "covered_long",  # the same of the longer's
    "order",  # chain length beyond chance, 0 to 1
    "gap",  # longest run of the shorter's stems outside the chain, share
    "length",  # ln of the shorter's stems; -1 where the rest was not computed
    "ratio",  # ln of longer over shorter
    "numbers",  # share of the numbers that agree; 0.5 where one has none
    "number_count",  # numbers of the poorer, of twenty at most, 0 to 1
    "adjacent",  # shared neighbours over the shorter's stems
    "raw",  # shared distinct stems over those of the document with fewer
    "chain_length",  # ln
    "kept_next",  # of the neighbours in the shorter that are both shared, how many are neighbours in the longer
    "aligned",  # as covered, and between links further apart where both documents agree on the distance
    "aligned_long",  # the same of the longer's
    "shared",  # ln(1 + weight of the shared distinct stems)
)

_M64 = (1 << 64) - 1
_UNIT = math.log(2) / 8
_STEM_BITS = 17
_PLACES = 3
_WIDE = 40
_SHORT, _COMMON = 2, 16
_INDEX = {name: at for at, name in enumerate(FEATURES)}


def _mix(h: int) -> int:
    h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & _M64
    h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & _M64
    return h ^ (h >> 31)


def frequencies(stems: NDArray[np.uint32], offsets: NDArray[np.int64], bits: int) -> NDArray[np.uint32]:
    """Return in how many documents each stem stands, by the first bits of its hash."""
    slot = stems >> np.uint32(32 - bits)
    document = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)).astype(np.uint64)
    once = np.unique((document << np.uint64(32)) | slot) & np.uint64(0xFFFFFFFF)
    return np.bincount(once.astype(np.int64), minlength=1 << bits).astype(np.uint32)


def rarity_table(counts: NDArray[np.uint32], documents: float, prior: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the rarity byte of each slot."""
    own = np.clip(np.rint(8 * np.log2(documents / np.maximum(counts, 1))), 0, 255).astype(np.uint8)
    out: NDArray[np.uint8] = np.minimum(own, prior)
    return out


def local_keys(
    stems: NDArray[np.uint32],
    rarities: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    limits: tuple[int, int],
    window: int,
    most: int,
    document_bits: int,
) -> NDArray[np.uint64]:
    """Return the packed keys of all documents."""
    out: list[int] = []
    mask = (1 << document_bits) - 1
    for d in range(len(offsets) - 1):
        part = slice(int(offsets[d]), int(offsets[d + 1]))
        keys = _pairs_within(stems[part], rarities[part], limits, window)
        own = _sampled(keys, most)
        if _SHORT * len(keys) <= most and limits[0] > 0:
            common = _pairs_within(stems[part], rarities[part], (max(0, limits[0] - _COMMON), limits[1]), window)
            own += _sampled(common, most - len(keys))
        out += [(key & ~mask) | d for key in own]
    return np.array(out, np.uint64)


def _pairs_within(
    stems: NDArray[np.uint32], rarities: NDArray[np.uint8], limits: tuple[int, int], window: int
) -> list[int]:
    chosen = (rarities >= limits[0]) & (rarities <= limits[1])
    rare = [_mix(stem + 1) for stem in stems[chosen].tolist()]
    keys = []
    for at, x in enumerate(rare):
        for y in rare[max(0, at - window) : at]:
            if x != y:
                h = ((x + y) * 0x9E3779B97F4A7C15) & _M64
                keys.append(h ^ (h >> 29))
    return keys


def _sampled(keys: list[int], most: int) -> list[int]:
    if len(keys) <= most:
        return keys
    cells = [((key * 0xD6E8FEB86659FD93) & _M64) >> 52 for key in keys]
    full, taken = 0, 0
    counts = Counter(cells)
    while full < 4096 and taken + counts[full] <= most:
        taken += counts[full]
        full += 1
    return [key for key, cell in zip(keys, cells, strict=True) if cell < full]


def totals(
    stems: NDArray[np.uint32],
    rarities: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    which: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]:
    """Return the squared weight of distinct stems, the weight of all stems, and the number of distinct stems."""
    docs = len(offsets) - 1
    square, weight, distinct = np.zeros(docs), np.zeros(docs), np.zeros(docs, np.int32)
    for d in range(docs) if which is None else which.tolist():
        seen: set[int] = set()
        for at in range(int(offsets[d]), int(offsets[d + 1])):
            q = int(rarities[at]) * _UNIT
            weight[d] += q
            h = int(stems[at]) >> (32 - _STEM_BITS)
            if h not in seen:
                seen.add(h)
                square[d] += q * q
        distinct[d] = len(seen)
    return square, weight, distinct


class _Long:
    """The longer document of a pair: where its stems stand."""

    def __init__(self, stems: list[int], numbers: list[int]) -> None:
        self.places: dict[int, list[int]] = {}
        self.count: Counter[int] = Counter(stems)
        for at, stem in enumerate(stems):
            if len(self.places.setdefault(stem, [])) < _PLACES:
                self.places[stem].append(at)
        self.numbers = sum(numbers)


def _chain(links: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest chain whose places rise in both documents."""
    ends: list[int] = []
    tail: list[int] = []
    parent: list[int] = []
    for t, (_, b) in enumerate(links):
        at = bisect_left(ends, b)
        parent.append(tail[at - 1] if at else -1)
        if at == len(ends):
            ends.append(b)
            tail.append(t)
        else:
            ends[at] = b
            tail[at] = t
    out: list[tuple[int, int]] = []
    t = tail[-1] if tail else -1
    while t >= 0:
        out.append(links[t])
        t = parent[t]
    return out[::-1]


def _chain_features(
    chain: list[tuple[int, int]], q: list[int], sizes: tuple[int, int], least: float, matched: int, near: int
) -> dict[str, float]:
    cover_a = cover_b = align_a = align_b = 1
    gap, before = 0, -1
    for at, (i, j) in enumerate(chain):
        if at:
            da, db = i - chain[at - 1][0], j - chain[at - 1][1]
            wide = max(da, db)
            close = wide <= near
            even = close or (wide <= _WIDE and 5 * abs(da - db) <= wide)
            cover_a += da if close else 1
            cover_b += db if close else 1
            align_a += da if even else 1
            align_b += db if even else 1
        gap = max(gap, i - before - 1)
        before = i
    gap = max(gap, sizes[0] - 1 - before)
    root = 2 * math.sqrt(matched)
    order = (
        max(0.0, (len(chain) - root) / max(1.0, matched - root)) if matched > 6 else 0.5 * len(chain) / max(1, matched)
    )
    return {
        "chain": sum(q[i] * _UNIT for i, _ in chain) / least,
        "covered": cover_a / sizes[0],
        "covered_long": cover_b / sizes[1],
        "aligned": align_a / sizes[0],
        "aligned_long": align_b / sizes[1],
        "gap": gap / sizes[0],
        "order": order,
        "chain_length": math.log(len(chain)),
    }


def _pair(
    a: tuple[list[int], list[int], list[int]],
    b: _Long,
    size_b: int,
    sums: tuple[list[float], ...],
    near: int,
    rare: int,
    least: float,
) -> dict[str, float]:
    stems, numbers, q = a
    hits = [stem in b.places for stem in stems]
    shared = {stem: (q[at] * _UNIT) ** 2 for at, stem in reversed(list(enumerate(stems))) if hits[at]}
    square = sum(shared.values())
    out = {"gap": 1.0, "length": -1.0}
    out["contained"] = square / max(1e-6, min(sums[0]))
    out["raw"] = len(shared) / max(1, *[int(min(sums[2]))])
    if np.float32(out["contained"]) < least:
        return out
    follow = kept = 0
    for at in range(1, len(stems)):
        if hits[at] and hits[at - 1]:
            follow += 1
            before = {p + 1 for p in b.places[stems[at - 1]]}
            kept += any(p in before for p in b.places[stems[at]])
    linking = [at for at in range(len(stems)) if hits[at] and b.count[stems[at]] <= _PLACES and q[at] > rare]
    chain = _chain([(at, p) for at in linking for p in reversed(b.places[stems[at]])])
    if chain:
        weight = max(1e-6, min(sums[1]))
        out |= _chain_features(chain, q, (len(stems), size_b), weight, len(linking), near)
    some, agree = min(sum(numbers), b.numbers), sum(n for n, hit in zip(numbers, hits, strict=True) if hit)
    return out | {
        "shared": math.log(1 + square),
        "jaccard": square / max(1e-6, sums[0][0] + sums[0][1] - square),
        "length": math.log(len(stems)),
        "ratio": math.log(size_b / len(stems)),
        "numbers": min(agree, some) / some if some else 0.5,
        "number_count": min(some, 20) / 20,
        "adjacent": kept / max(1, len(stems) - 1),
        "kept_next": kept / max(1, follow),
    }


def features(
    stems: NDArray[np.uint32],
    numbers: NDArray[np.uint8],
    rarities: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    sums: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    limits: tuple[int, int, float],
) -> NDArray[np.float32]:
    """Return the features of pairs, left the document with fewer stems."""
    rare, near, least = limits
    out = np.zeros((len(pairs[0]), len(FEATURES)), np.float32)
    short = (stems >> np.uint32(32 - _STEM_BITS)).tolist()
    flags, q = (numbers & 1).tolist(), rarities.tolist()
    for row, (a, b) in enumerate(zip(pairs[0].tolist(), pairs[1].tolist(), strict=True)):
        pa, pb = slice(offsets[a], offsets[a + 1]), slice(offsets[b], offsets[b + 1])
        values = {"gap": 1.0, "length": -1.0}
        if short[pa] and short[pb]:
            both = tuple([float(column[a]), float(column[b])] for column in sums)
            longer = _Long(short[pb], flags[pb])
            values = _pair((short[pa], flags[pa], q[pa]), longer, len(short[pb]), both, near, rare, least)
        for name, value in values.items():
            out[row, _INDEX[name]] = value
    return out
