"""Texts that stay the strings they are: the same bytes, the same lines left out, no copy of everything."""

from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.dedup import find_duplicates
from scrubkit.dedup.collect import collect
from scrubkit.dedup.near import shared
from scrubkit.dedup.room import Room
from scrubkit.dedup.scheme import Scheme
from scrubkit.dedup.shingle import corpus_of
from scrubkit.kernels.buffers import Joiner, joined
from scrubkit.kernels.sketch import Texts, grams, sketch

NOTICE = "Read all of our newest stories in the app today, and write to us."
THINGS = ["bridge", "school", "harbour", "market", "museum", "stadium", "library", "hospital", "airport", "théâtre"]
PAGES = [
    f"{NOTICE}\nThe {thing} was opened by the council on a Monday, at noon.\nMany people came to see the {thing} that day."
    for thing in THINGS
]
PLAIN = ["Nothing of the kind stands on this page, which is of another site.", "", "\ud800 half", "One\n\n\nline."]


@given(st.lists(st.lists(st.text(max_size=30), max_size=5), max_size=5))
def test_texts_joined_in_one_buffer_are_those_joined_in_their_own(blocks):
    """Whatever stood in the buffer before, each block reads as if it were the first."""
    joiner = Joiner()
    for block in blocks:
        for made, told in zip(joiner.joined(block), joined(block), strict=True):
            assert made.tolist() == told.tolist()


def test_strings_compare_like_their_bytes():
    """Shingles and shares of chosen texts are those of the corpus that holds all bytes, left out lines among them."""
    texts = [*PAGES, *PLAIN, PAGES[3] + "\nAnd more of it."]
    made, told = collect(texts, Room()).corpus, corpus_of(texts)
    assert isinstance(made, Texts)
    assert told.drop.sum() == 11
    which = np.array([14, 3, 10, 9, 11, 12, 0])
    for x, y in zip(grams(made, 3, which), grams(told, 3, which), strict=True):
        assert x.tolist() == y.tolist()
    left, right = np.array([3, 0, 3, 11]), np.array([14, 14, 9, 13])
    assert shared(made, left, right, n=3).tolist() == shared(told, left, right, n=3).tolist()
    assert [made.text(i) for i in range(len(texts))] == [told.text(i) for i in range(len(texts))]


@pytest.mark.parametrize("backend", ["auto", "portable", "python"])
def test_texts_without_lines_to_leave_out_need_no_entries(backend):
    """A corpus that names lines of some texts only is sketched like one that names those of all."""
    told = corpus_of([*PLAIN, *PAGES])
    counts = np.diff(told.line_offsets)
    own = np.array([of.any() for of in np.split(told.drop, told.line_offsets[1:-1])])
    assert own.tolist() == [False] * len(PLAIN) + [True] * len(PAGES)
    some = replace(
        told,
        drop=told.drop[np.repeat(own, counts)],
        line_offsets=np.append(0, np.cumsum(np.where(own, counts, 0))),
    )
    a, b = Scheme(perms=32).permutations()
    of_all, of_some = (sketch(corpus, 5, a, b, backend=backend) for corpus in (told, some))
    for name in ("signatures", "words", "every", "text", "stems", "numbers"):
        assert np.array_equal(getattr(of_all, name), getattr(of_some, name)), name


def test_held_texts_are_not_copied_as_a_whole():
    """The greatest memory of a search over strings that are there already is a part of what they take themselves."""
    rng = random.Random(2)
    words = ["".join(rng.choices("abdegiklmnoprstu", k=6)) for _ in range(3000)]
    texts = ["\n".join(" ".join(rng.choices(words, k=60)) + "." for _ in range(10)) for _ in range(6000)]
    find_duplicates(texts[:9], layers=("exact", "near"))  # loads what is loaded once
    tracemalloc.start(1)
    found = find_duplicates(texts, layers=("exact", "near"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.cluster_of) == len(texts)
    assert peak < 0.6 * sum(map(len, texts))


def test_a_list_that_changes_later_changes_nothing():
    """Edges are made when they are asked for, of the texts as they were given."""
    texts = [*PAGES[:3], PAGES[0] + "\nMore of it was said at the end of the day by all."]
    found = find_duplicates(texts, evidence="full")
    other = find_duplicates(list(texts), evidence="full")
    assert len(found) == 1
    texts[:] = ["gone"] * len(texts)
    assert [edge for cluster in found for edge in cluster.edges] == [
        edge for cluster in other for edge in cluster.edges
    ]
