"""The kernels over pairs and stems against their plain statements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.dedup.cluster import _merged, average_link
from scrubkit.kernels import groups
from scrubkit.kernels import pairs as kernel

pytestmark = pytest.mark.skipif(not kernel.COMPILED, reason="no compiled kernel")


def rows(rng, docs, most=60, values=40):
    """Documents of random stems; few values so that they share many."""
    sizes = rng.integers(0, most, docs)
    offsets = np.zeros(docs + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    vocabulary = rng.integers(0, 2**32, values, dtype=np.uint64).astype(np.uint32)
    stems = vocabulary[np.minimum(rng.zipf(1.3, offsets[-1]), values) - 1]
    return stems, (rng.random(offsets[-1]) < 0.2).astype(np.uint8), offsets


def equal(x, y):
    if isinstance(x, tuple):
        assert len(x) == len(y)
        for one, other in zip(x, y, strict=True):
            equal(one, other)
    else:
        np.testing.assert_allclose(x, y, rtol=1e-6, atol=1e-7)


def rarities(stems, offsets, prior, documents, backend="auto"):
    """Rarity counted in two parts."""
    counted = kernel.Frequencies(16, backend=backend)
    half = len(offsets) // 2
    counted.add(stems[: offsets[half]], offsets[: half + 1])
    counted.add(stems[offsets[half] :], offsets[half:] - offsets[half])
    pieces = [counted.table(documents, prior[at : at + 1 << 14], at) for at in range(0, 1 << 16, 1 << 14)]
    return kernel.rarity_of(stems, np.concatenate(pieces), backend=backend)


def runs(keys, bits, cap, docs, window=0, room=1 << 20, backend="auto"):
    """All pairs of all runs, ascending, live keys, oversized runs and the largest."""
    live = np.zeros(docs, np.int32)
    found = list(groups.run_pairs(keys, bits, cap, window=window, live=live, room=room, backend=backend))
    codes = np.sort(np.concatenate([np.zeros(0, np.uint64), *(pairs for pairs, _, _ in found)]))
    return codes, live, sum(over for _, over, _ in found), max((most for _, _, most in found), default=0)


@pytest.mark.parametrize("seed", range(6))
def test_stem_kernels_equal_their_statement(seed):
    """Rarity, keys, runs, totals and features agree on random documents."""
    rng = np.random.default_rng(seed)
    docs = int(rng.integers(2, 25))
    stems, numbers, offsets = rows(rng, docs, values=int(rng.integers(5, 200)))
    prior = np.full(1 << 16, 255, np.uint8)
    prior[rng.integers(0, 1 << 16, 20_000)] = 30
    rarity = rarities(stems, offsets, prior, docs + 30.0)
    equal(rarity, rarities(stems, offsets, prior, docs + 30.0, backend="python"))
    for most in (3, 20, 500):
        keys = kernel.local_keys(stems, rarity, offsets, 2, 200, 4, most, 5)
        equal(keys, kernel.local_keys(stems, rarity, offsets, 2, 200, 4, most, 5, backend="python"))
    keys.sort()
    for cap in (4, 64):
        fast, slow = (runs(keys, 5, cap, docs, backend=b) for b in ("auto", "python"))
        equal(fast, slow)
        equal(
            groups.count_pairs(fast[0], fast[1], 0.3, 3),
            groups.count_pairs(fast[0], fast[1], 0.3, 3, backend="python"),
        )
    sums = kernel.totals(stems, rarity, offsets)
    equal(sums, kernel.totals(stems, rarity, offsets, backend="python"))
    some = np.arange(0, docs, 2)
    equal(kernel.totals(stems, rarity, offsets, some)[0][some], sums[0][some])
    a, b = np.triu_indices(docs, 1)
    sizes = np.diff(offsets)
    left, right = np.where(sizes[a] <= sizes[b], a, b), np.where(sizes[a] <= sizes[b], b, a)
    order = np.argsort(right, kind="stable")
    for least in (0.0, 0.3):
        equal(
            *(
                kernel.features(
                    stems, numbers, rarity, offsets, sums, left[order], right[order], 5, 9, least, backend=b
                )
                for b in ("auto", "python")
            )
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), max_size=15), min_size=2, max_size=6))
def test_overlap_equals_its_statement(documents):
    """Shared shingles agree for any documents, with repeats and without any."""
    values = np.array([v * 0x9E3779B97F4A7C15 % 2**64 for d in documents for v in d], np.uint64)
    offsets = np.cumsum([0] + [len(d) for d in documents]).astype(np.int64)
    left, right = (x.astype(np.int64) for x in np.triu_indices(len(documents), 1))
    equal(kernel.overlap(values, offsets, left, right), kernel.overlap(values, offsets, left, right, backend="python"))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=40), st.integers(2, 12), st.integers(0, 3), st.integers(1, 9))
def test_buckets_of_any_size_equal_their_statement(keys, cap, window, room):
    """Runs of any length yield the same pairs, capped or not, however few pairs fit at once."""
    packed = np.sort(np.array([key << 8 | at for at, key in enumerate(keys)], np.uint64))
    window = min(window, cap // 2)
    equal(
        runs(packed, 8, cap, 40, window, room=room),
        runs(packed, 8, cap, 40, window, backend="python"),
    )


@given(st.integers(0, 9), st.integers(1, 5), st.integers(1, 4), st.integers(0, 1 << 30))
def test_band_keys_equal_their_statement(size, count, rows, seed):
    """Bands of any shape hash alike, compiled and plain, from whole signatures and from a slice of them."""
    made = np.random.default_rng(seed).integers(0, 1 << 32, (size, count * rows + 2), dtype=np.uint64).astype(np.uint32)
    made.flags.writeable = False
    for part in (made, made[::2]):
        assert (groups.band_keys(part, count, rows) == groups.band_keys(part, count, rows, backend="python")).all()


def test_one_bucket_with_everything_is_linear():
    """Fifty thousand equal keys cost pairs in proportion, not squared, and are told."""
    keys = np.arange(50_000, dtype=np.uint64)
    codes, _, oversized, largest = runs(keys, 16, 64, 50_000, window=16)
    assert (oversized, largest) == (1, 50_000)
    assert len(codes) <= 50_000 * 32


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2**40), max_size=60), st.integers(0, 6))
def test_scatter_equals_its_statement(values, bits):
    """Parts hold the same values in the same order."""
    array = np.array(values, np.uint64)
    equal(groups.scatter(array, 41 - bits, 1 << bits), groups.scatter(array, 41 - bits, 1 << bits, backend="python"))


EDGES = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24), st.integers(0, 5)), max_size=60)


@settings(max_examples=150, deadline=None)
@given(EDGES)
def test_average_link_equals_its_statement(edges):
    """Labels by component, in compiled code, are those of the plain merging of everything at once."""
    once = {(min(a, b), max(a, b)): score for a, b, score in edges if a != b}
    pairs = sorted(once)
    left, right = (np.array([pair[end] for pair in pairs], np.int64) for end in (0, 1))
    score = np.array([once[pair] / 5 for pair in pairs])
    order = np.lexsort((right, left, -score)) if pairs else np.zeros(0, np.int64)
    plain = _merged(25, left[order].tolist(), right[order].tolist(), 0.25)
    equal(average_link(25, left, right, score), plain)
    equal(groups.components(25, left, right), groups.components(25, left, right, backend="python"))


@settings(max_examples=100, deadline=None)
@given(EDGES)
def test_collapse_equals_its_statement(edges):
    """Followers join the earliest leader they have an edge with, compiled or not."""
    codes = np.unique(np.array([max(a, b) << 32 | min(a, b) for a, b, _ in edges if a != b], np.uint64))
    leaders = [np.arange(25), np.arange(25)]
    for leader, backend in zip(leaders, ("auto", "python"), strict=True):
        groups.collapse(leader, codes, backend=backend)
    equal(*leaders)
