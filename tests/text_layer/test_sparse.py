"""Long lines with little beyond ASCII are repaired by their damaged places, to the same result and the same steps."""

from __future__ import annotations

import random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.ingest import repair_recode, repair_sparse
from scrubkit.ingest.repair import repair, replay
from scrubkit.ingest.repair_lost import closed_quotes
from scrubkit.ingest.repair_recode import ENCODINGS, badness, plausible, sequences

WORDS = (
    "café",
    "naïve",
    "“So,” he said",
    "l’été",
    "Прага",
    "über",
    "it’s – no",
    "100 €",
    "…",
    "ção",
    "東京",
    "š ž",
    "½",
)
SETS = ("latin-1", "cp1252", "cp1251", "cp1250", "mac_roman", "cp437", "koi8-r")
FILLER = "the rain fell on the town, and nobody said a word; à quelle heure? <a href='#'>"


def damaged(word: str, name: str, lose: str) -> str:
    """Return a word as UTF-8 read wrongly shows it, sometimes with its no-break spaces or open bytes lost."""
    read = word.encode().decode(name, "replace")
    return {"": read, "nbsp": read.replace("\xa0", " "), "open": read.replace("\ufffd", ""), "?": read[:-1] + "?"}[lose]


PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.builds(damaged, st.sampled_from(WORDS), st.sampled_from(SETS), st.sampled_from(("", "nbsp", "open", "?"))),
    st.sampled_from(["Ã ", "Â ", "â€", "â€œ", "\x85", "\x1a", "\n", "&eacute;", "Â", "ÃƒÂ©", "× ", "\ufffd"]),
)
TEXTS = st.lists(st.tuples(PIECES, st.integers(0, 40) | st.integers(600, 2_000)), max_size=12)


def joined(pieces: list[tuple[str, int]]) -> str:
    rows = random.Random(len(pieces))
    filler = FILLER * 40
    out = [filler[:4_000]]
    for piece, size in pieces:
        at = rows.randrange(900)
        out += (piece, filler[at : at + size])
    return "".join(out)


@given(TEXTS)
@settings(deadline=None)
def test_a_sparse_text_is_repaired_as_any_other(pieces: list[tuple[str, int]]) -> None:
    """With and without the short cut repair says the same, and its steps lead there."""
    text = joined(pieces)
    found = repair(text)
    with patch.object(repair_sparse, "_LONG", 10**9):
        assert repair(text) == found
    assert replay(text, found.steps) == found.text


@given(TEXTS)
@settings(deadline=None)
def test_each_part_says_the_same_of_a_sparse_text(pieces: list[tuple[str, int]]) -> None:
    """Badness, sequences, lost quotes and implausible characters are those of the whole text."""
    text = joined(pieces)

    def told() -> list[object]:
        fixed = [sequences(text, encoding) for encoding in ENCODINGS]
        return [badness(text), closed_quotes(text), *fixed, *(plausible(some, text) for some in fixed)]

    found = told()
    with patch.object(repair_sparse, "_LONG", 10**9):
        assert told() == found


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_sequences_hold_no_ascii(encoding: str) -> None:
    """No set shows a byte above 127 as a character of ASCII: that is why only the others are looked at."""
    pattern = repair_recode._pattern(encoding)
    assert not any(pattern.search(chr(a) + chr(b)) for a in range(128) for b in (*range(128), 0xA9, 0x80, 0xC3))
