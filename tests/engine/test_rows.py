"""Rows: what the stages of a run hand to each other, and the account of them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.core.ledger import Entry
from scrubkit.engine.account import Account, AccountError
from scrubkit.engine.part import ledger_line
from scrubkit.engine.rows import (
    Row,
    Taken,
    as_json,
    finished_rows,
    from_json,
    pack_rows,
    read_rows,
    unpack_rows,
    write_rows,
)  # fmt: skip


def test_the_account_must_close() -> None:
    """A document or a character that is lost is an error with the numbers."""
    account = Account()
    row = Row("a", 0, "a", "a", text="ab", chars=5, entries=(Entry(2, 5, "NAV001", "xyz", 1.0, {}),))
    account.add(row, "kept", ())
    account.check(1)
    with pytest.raises(AccountError, match="2 documents came in, but 1 kept"):
        account.check(2)
    account.chars_in += 1
    with pytest.raises(AccountError, match=r"6 characters came in, but 2 kept .* \+ 3 removed = 5 went out"):
        account.check(1)


def test_accounts_merge() -> None:
    """Two parts together are the whole."""
    row = Row("a", 0, "a", "a", text="ab", chars=5, entries=(Entry(2, 5, "NAV001", "xyz", 1.0, {}),))
    whole, one, two = Account(), Account(), Account()
    for account, times in ((whole, 2), (one, 1), (two, 1)):
        for _ in range(times):
            account.add(row, "kept", ())
    one.merge(two)
    assert one == whole


def test_rows_survive_the_way_to_disk(tmp_path: Path) -> None:
    """NumPy scalars and sets in a finding's numbers become plain ones."""
    import numpy as np

    row = Row("a", 3, "p", "i", entries=(Entry(0, 1, "NAV001", "x", 0.5, {"n": np.float32(0.5)}, ("NAV001",)),))
    write_rows(tmp_path / "x.rows", [row, row])
    first, second = read_rows(tmp_path / "x.rows")
    assert first == second
    assert first.removed() == row.removed() == {"NAV001": 1}
    (told,) = from_json(first.ledger)
    assert told["because"] == {"n": 0.5}


def test_numbers_that_json_lacks_pass_as_they_came() -> None:
    """NaN among the evidence of an entry, in a row from a shard and in one from a page, is not told as null."""
    nan = float("nan")
    taken = Taken("NAV001", 0, 1, "x", "", 0.5, {"share": nan, "none": None}, ["NAV001"])
    entry = Entry(0, 1, "NAV001", "x", 0.5, {"share": nan, "none": None}, ("NAV001",))
    for row in ({"entries": (taken,)}, {"entries": [entry]}):
        (told,) = from_json(as_json(row))["entries"]
        assert math.isnan(told["because"]["share"])
        assert told["because"]["none"] is None
        assert (told["code"], told["start"], told["end"], told["text"]) == ("NAV001", 0, 1, "x")


VALUES = st.none() | st.floats() | st.integers(-9, 9) | st.text() | st.just("null") | st.lists(st.floats(), max_size=2)
ENTRIES = st.builds(
    Entry,
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from(["NAV001", "SHR001"]),
    st.text(max_size=5),
    st.sampled_from([0, 1, 0.25, 0.1 + 0.2]),
    st.dictionaries(st.text(max_size=3), VALUES, max_size=2),
    st.just(("NAV001",)),
    st.text(max_size=2),
)


@given(st.lists(ENTRIES, max_size=3), st.dictionaries(st.text(max_size=3), VALUES, max_size=2))
def test_a_line_of_the_ledger_is_the_same_however_its_entries_came(entries: list[Any], meta: dict[str, Any]) -> None:
    """Entries are written where a document is cleaned; the line is that of one encoder, over all the row holds."""
    row = Row("a", 1, "p", "i", meta=meta, entries=tuple(entries))
    (back,) = unpack_rows(pack_rows([row]))
    taken = [
        Taken(e.code, e.start, e.end, e.text, e.replacement, float(e.score), dict(e.because), list(e.codes))
        for e in entries
    ]
    line = ledger_line(back, "kept", (), ("a", 0))
    told = json.loads(line)
    told |= {"meta": meta, "entries": taken}
    assert line == as_json(told) + b"\n"
    one, other = Account(), Account()
    one.add(row, "kept", ())
    other.add(back, "kept", ())
    assert one == other
    assert not back.ledger or not back.entries


def test_a_row_that_came_from_a_file_goes_into_one_again_as_it_is() -> None:
    """Rows that were made one by one become a shard."""
    row = Row("a", 1, "p", "i", entries=(Entry(0, 1, "NAV001", "x", 1.0, {}, ("NAV001",)),))
    packed = pack_rows([row])
    assert pack_rows(unpack_rows(packed)) == packed
    assert pack_rows([msgspec.structs.replace(row, entries=())]) != packed


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("harm", ["empty", "zeros", "cut", "changed", "tail of zeros"])
def test_a_shard_that_did_not_reach_the_disk_is_made_again(tmp_path: Path, harm: str, packed: bool) -> None:
    """Whatever a loss of power leaves of a shard, packed or not, it is told from a whole one."""
    shard = tmp_path / "a.rows"
    write_rows(
        shard, [Row("a.txt", 0, "a.txt", "a.txt", text=f"Rain fell on day {n}.") for n in range(300)], packed=packed
    )
    assert finished_rows(shard) is not None
    whole = shard.read_bytes()
    half = len(whole) // 2
    shard.write_bytes(
        {
            "empty": b"",
            "zeros": bytes(len(whole)),
            "cut": whole[:half],
            "changed": whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :],
            "tail of zeros": whole[:half] + bytes(len(whole) - half),
        }[harm]
    )
    assert finished_rows(shard) is None
