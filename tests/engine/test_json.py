"""Lines of JSON that hold what JSON cannot."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scrubkit.engine.rows import as_json

NUMBERS = st.floats() | st.integers(-(2**80), 2**80)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def like(one: Any, other: Any) -> bool:
    if isinstance(one, list):
        return len(one) == len(other) and all(map(like, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(like(one[key], other[key]) for key in one)
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    return bool(one == other)


@given(VALUES)
def test_a_line_says_what_the_value_holds(value: Any) -> None:
    """Numbers that are none and infinities come back as they were, beside nulls that are meant."""
    assert like(value, json.loads(as_json({"value": value, "none": None}))["value"])
