"""Strings to one buffer of UTF-8 bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.kernels.buffers import PAD, joined, lengths

EDGES = [0, 0x41, 0x7F, 0x80, 0xFF, 0x7FF, 0x800, 0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xFFFF, 0x10FFFF]
TEXT = st.lists(st.one_of(st.sampled_from(EDGES), st.integers(0, 0x10FFFF)).map(chr), max_size=20).map("".join)


@given(st.lists(st.one_of(TEXT, st.text(st.characters(max_codepoint=0x7F)), st.text()), max_size=6))
def test_joined_bytes_are_pythons_own_encoding(texts):
    """Any texts, lone surrogates among them, are joined as Python encodes them, compiled or not."""
    for backend in ("auto", "python"):
        data, offsets = joined(texts, backend=backend)
        assert len(data) == offsets[-1] + PAD
        assert not data[offsets[-1] :].any()
        parts = [bytes(data[a:b]) for a, b in pairwise(offsets.tolist())]
        assert parts == [text.encode("utf-8", "replace") for text in texts]


@pytest.mark.parametrize("backend", ["auto", "python"])
def test_what_is_no_string_is_named(backend):
    """Bytes among the texts are refused with their place."""
    with pytest.raises(TypeError, match="text 1 is bytes"):
        joined(["a", b"b"], backend=backend)


@pytest.mark.parametrize("backend", ["auto", "python"])
def test_lengths_are_characters_of_plain_strings(backend):
    """Lengths count characters, not bytes; where anything is no plain string nothing is said."""

    class Other(str):
        """A string of another class."""

    assert lengths(["né", "", "\U0001f600a"], backend=backend).tolist() == [2, 0, 2]
    assert lengths([], backend=backend).tolist() == []
    assert lengths(["a", b"a"], backend=backend) is None
    assert lengths(["a", Other("a")], backend=backend) is None
