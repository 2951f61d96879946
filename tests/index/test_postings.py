"""The compiled look-up and rarity say what the plain versions say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.kernels import postings
from scrubkit.kernels.pairs import Frequencies

pytestmark = pytest.mark.skipif(not postings.COMPILED, reason="no compiled kernels here")
BITS = 20
HIGH = st.integers(0, 2**64 - 1) | st.sampled_from([0, 1 << 20, 2**64 - 1, 1 << 63, (1 << 63) + (1 << 20)])


@given(st.lists(HIGH, max_size=80), st.lists(HIGH, max_size=30), st.integers(1, 70))
def test_locate(stored: list[int], asked: list[int], most: int) -> None:
    """Every wanted hash is found where it stands, however many share it, and none where it does not."""
    keys = np.sort(np.array(stored, np.uint64))
    wanted = np.array([*asked, *stored[:5]], np.uint64)
    directory = postings.directory_of(keys)
    compiled = postings.locate(keys, directory, wanted, BITS, most=most)
    plain = postings.locate(keys, directory, wanted, BITS, most=most, backend="python")
    assert compiled[1].tolist() == plain[1].tolist()
    found = np.flatnonzero(plain[1])
    assert compiled[0][found].tolist() == plain[0][found].tolist()


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=60),
    st.integers(1, 9),
    st.integers(1, 40),
)
def test_affordable(keys: list[tuple[int, int]], cap: int, most: int) -> None:
    """The keys used are the same, compiled and plain, and none of a row's rarer ones is left out for a commoner."""
    asked, count = (np.array([key[k] for key in keys], np.int64) for k in (0, 1))
    used, live = postings.affordable(asked, count, 5, cap, most)
    plain = postings.affordable(asked, count, 5, cap, most, backend="python")
    assert used.tolist() == plain[0].tolist()
    assert live.tolist() == plain[1].tolist()
    for row in range(5):
        mine = (asked == row) & (used == 1)
        left = (asked == row) & (used == 0) & (count > 0) & (count < cap)
        assert count[mine].sum() <= most
        assert not mine.any() or not left.any() or count[mine].max() <= count[left].min()


@given(
    st.lists(st.integers(0, 6), max_size=60),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3), st.integers(0, 1)), max_size=20),
    st.integers(1, 6),
)
def test_hits_gathered_and_told(stored: list[int], asked: list[tuple[int, int, int]], most: int) -> None:
    """Hits of the keys that are used, and the pairs that share enough of them, are the same compiled and plain."""
    keys = np.sort((np.array(stored, np.uint64) << np.uint64(61)) + np.arange(len(stored), dtype=np.uint64))
    wanted = np.array([key << 61 for key, _, _ in asked if key < 8], np.uint64)
    rows, used = (np.array([one[k] for one in asked if one[0] < 8], kind) for k, kind in ((1, np.int64), (2, np.uint8)))
    place = postings.locate(keys, postings.directory_of(keys), wanted, BITS, most=most)
    found = [postings.gather(keys, place, used, rows, BITS, 100, backend=b) for b in ("auto", "python")]
    assert found[0].tolist() == found[1].tolist()
    codes = np.sort(found[0])
    live, held = np.bincount(rows[used == 1], minlength=4), np.full(200, 30, np.uint8)
    for fraction, least in ((0.0, 1), (0.5, 2)):
        told = [postings.tally(codes, live, held, fraction, least, backend=b) for b in ("auto", "python")]
        assert told[0][0].tolist() == told[1][0].tolist()
        assert told[0][1].tolist() == told[1][1].tolist()


@settings(max_examples=12)
@given(st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=20), max_size=8), st.sampled_from([12, 20]))
def test_frequencies_and_rarity(documents: list[list[int]], bits: int) -> None:
    """Counts of documents, ranks and the rarity in company of an added document are the same."""
    stems = np.array([stem for document in documents for stem in document], np.uint32)
    offsets = np.append(0, np.cumsum([len(document) for document in documents])).astype(np.int64)
    made = [Frequencies(bits, backend=backend) for backend in ("auto", "python")]
    for counted in made:
        counted.add(stems, offsets)
    table = made[0].counts
    assert (table == made[1].counts).all()
    by_count = np.array([90, 70, 50, 30, 20], np.uint8)
    prior = np.full(1 << bits, 60, np.uint8)
    ranks = postings.ranked(table, by_count, prior)
    assert (ranks == postings.ranked(table, by_count, prior, backend="python")).all()
    rows = len(documents)
    for asked in (np.arange(rows), np.full(rows, rows - 1), np.arange(rows) // 2 * 2):
        compiled = postings.paired_rarity(stems, offsets, asked, ranks)
        assert (compiled == postings.paired_rarity(stems, offsets, asked, ranks, backend="python")).all()


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9)), max_size=9))
def test_copy_slices(slices: list[tuple[int, int]]) -> None:
    """Slices end to end are the source's."""
    source = np.arange(30, dtype=np.uint32)
    starts, sizes = np.array(slices, np.int64).reshape(-1, 2).T
    places = np.cumsum(sizes) - sizes
    made = [np.zeros(int(sizes.sum()), np.uint32) for _ in range(2)]
    postings.copy_slices(source, starts, sizes, made[0], places)
    postings.copy_slices(source, starts, sizes, made[1], places, backend="python")
    assert made[0].tolist() == made[1].tolist() == [x for at, size in slices for x in range(at, at + size)]


def test_slices_outside_are_refused() -> None:
    """A slice that does not lie in source and target is an error, not a read of other memory."""
    source, target = np.zeros(4, np.uint32), np.zeros(4, np.uint32)
    for start, size, place in ((3, 2, 0), (0, 2, 3), (-1, 1, 0)):
        with pytest.raises(IndexError):
            postings.copy_slices(source, np.array([start]), np.array([size]), target, np.array([place]))
