"""The kernels over pairs and stems against their plain statements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize("seed", range(6))
def test_stem_kernels_equal_their_statement(seed):
    """Rarity, keys, runs, totals and features agree on random documents."""
    rng = np.random.default_rng(seed)
    docs = int(rng.integers(2, 25))
    stems, numbers, offsets = rows(rng, docs, values=int(rng.integers(5, 200)))
    prior = np.full(1 << 16, 255, np.uint8)
    prior[rng.integers(0, 1 << 16, 20_000)] = 30
    rarity = kernel.rarity(stems, offsets, 16, docs + 30.0, prior)
    equal(rarity, kernel.rarity(stems, offsets, 16, docs + 30.0, prior, backend="python"))
    for most in (3, 20, 500):
        keys = kernel.local_keys(stems, rarity, offsets, 2, 200, 4, most, 5)
        equal(keys, kernel.local_keys(stems, rarity, offsets, 2, 200, 4, most, 5, backend="python"))
    keys.sort()
    for cap in (4, 64):
        fast, slow = (kernel.run_pairs(keys, 5, cap, docs, backend=b) for b in ("auto", "python"))
        equal((np.sort(fast[0]), fast[1], fast[2]), (np.sort(slow[0]), slow[1], slow[2]))
    sums = kernel.totals(stems, rarity, offsets)
    equal(sums, kernel.totals(stems, rarity, offsets, backend="python"))
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


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=40), st.integers(2, 12), st.integers(1, 3))
def test_bucket_pairs_equal_their_statement(keys, cap, window):
    """Buckets of any size yield the same pairs, capped or not."""
    array = np.array(keys, np.uint64)
    order = np.argsort(array, kind="stable").astype(np.int64)
    fast, slow = (kernel.bucket_pairs(array, order, cap, window, backend=b) for b in ("auto", "python"))
    assert {*zip(*map(np.ndarray.tolist, fast[:2]), strict=True)} == {
        *zip(*map(np.ndarray.tolist, slow[:2]), strict=True)
    }
    assert len(fast[0]) == len(slow[0])
    assert fast[2] == slow[2]


def test_one_bucket_with_everything_is_linear():
    """Fifty thousand equal keys cost pairs in proportion, not squared."""
    keys = np.zeros(50_000, np.uint64)
    left, _, oversized = kernel.bucket_pairs(keys, np.arange(50_000), 64, 16)
    assert oversized == 1
    assert len(left) <= 50_000 * 32
