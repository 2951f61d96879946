"""Normalisation: the table of what goes, what becomes a space and what stays, as cases."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.ingest.normalise import GONE, INVISIBLE, SPACES, normalise, normalise_step
from scrubkit.ingest.repair import replay
from scrubkit.ingest.text_scan import _table, scan_text, seek_text, tidy_text
from scrubkit.kernels.textscan import (
    FLAGS,
    doubts,
    doubts_reference,
    neighbourhoods,
    neighbourhoods_reference,
    scan_reference,
    tidy_reference,
    utf8,
)

STAYS = [
    "“curly” ‘quotes’ – — …",
    "ＷＩＤＥ　ｔｅｘｔ",  # U+3000 between them
    "ﬁne ﬂow",
    "می‌خواهم",  # ZWNJ between letters that join
    "क्‍ष",  # ZWJ in a conjunct
    "👩‍👩‍👧 👍🏽 ❤️",
    "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "ภาษา\u200bไทย",  # zero-width space between words
    "שלום\u200f!",  # right-to-left mark in a right-to-left line
    "tab\tand line\nend",
    "\ue000 private use",
]

CHANGES = [
    ("a\r\nb\r\n", "a\nb\n"),
    ("a\rb\rc", "a\nb\nc"),
    ("a\rb\nc", "a b\nc"),
    ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a b c d e f"),
    ("a\u00a0b\u2009c\u202fd", "a b c d"),
    ("\ufeffbom", "bom"),
    ("so\u00adft", "soft"),
    ("zero\u200bwidth\u2060joiner", "zerowidthjoiner"),
    ("lat\u200din, lat\u200cin", "latin, latin"),
    ("left\u200e right\u202a\u202c", "left right"),
    ("\x1b[31mred\x1b[0m \x00\x07bell", "red bell"),
    ("e\u0301", "é"),
    ("\ud83d\ude00 \ud800", "😀 \ufffd"),
    ("nonchar\ufdd0\ufffe", "nonchar"),
]


@pytest.mark.parametrize("text", STAYS)
def test_what_carries_meaning_stays(text: str) -> None:
    """Punctuation, width, ligatures, joiners that join and marks that turn are left alone."""
    assert normalise(text).text == text
    assert normalise(text).steps == ()


@pytest.mark.parametrize(("text", "wanted"), CHANGES)
def test_what_changes(text: str, wanted: str) -> None:
    """Each line of the table of changes, with its step recorded and replayable."""
    found = normalise(text)
    assert found.text == wanted
    assert found.steps
    assert replay(text, found.steps) == wanted


def test_the_form_is_a_switch() -> None:
    """Without a form decomposed letters stay; everything else is done all the same."""
    assert normalise("e\u0301\u00a0x", form=None).text == "e\u0301 x"


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("\u200b\u200c\u200d\u200e\r\n\x1b[m\xad\u0301กא👩")),
        max_size=40,
    )
)
def test_any_text_is_stable_and_keeps_its_lines(text: str) -> None:
    """For any string: normalising twice changes nothing more, no line feed comes or goes, no surrogate is left."""
    found = normalise(text)
    assert normalise(found.text).text == found.text
    feeds = text.count("\n") if "\n" in text else text.count("\r")
    assert found.text.count("\n") == feeds
    assert unicodedata.is_normalized("NFC", found.text)
    found.text.encode()
    assert replay(text, found.steps) == found.text


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60))
def test_the_compiled_scan_equals_its_reference(text: str) -> None:
    """Kernel and NumPy reference find the same in any string, surrogates and characters above U+FFFF included."""
    from scrubkit.ingest.text_scan import _table

    assert scan_reference(_table(), text) == scan_text(text)


@pytest.mark.slow
def test_the_scan_flags_every_character_that_normalisation_changes() -> None:
    """No character that a step looks for, and none outside NFC, lacks its flag."""
    for code in range(0x110000):
        char = chr(code)
        flags = scan_text(char).flags
        assert not GONE.match(char) or flags & FLAGS["gone"], hex(code)
        assert not SPACES.match(char) or flags & FLAGS["space"], hex(code)
        assert not INVISIBLE.match(char) or flags & FLAGS["invisible"], hex(code)
        if not 0xD800 <= code <= 0xDFFF and (not unicodedata.is_normalized("NFC", char) or unicodedata.combining(char)):
            assert flags & FLAGS["form"] or GONE.match(char), hex(code)


@given(
    st.text(
        st.sampled_from("ab \t\n\r\x00\x1b&\x7f\x85\xa0\xad\u2009\u200b\ufeff\uffff\U0001f600\U0001fffe語é"),
        max_size=90,
    )
)
def test_the_compiled_pass_tidies_as_its_reference(text: str) -> None:
    """One pass changes and counts what the three steps do one after the other, for characters of any width."""
    assert tidy_text(text) == tidy_reference(_table(), text)
    steps = [{"step": name, "line": None} for name in ("line-ends", "controls", "spaces")]
    stepped = text
    for step in steps:
        stepped = normalise_step(stepped, step)
    assert tidy_text(text).text == stepped


@given(st.text(st.sampled_from("ab\n\u200b\u2060é語\U0001f600\U000e0041"), max_size=90), st.integers(0, 90))
def test_seeking_finds_the_next_flagged_character(text: str, start: int) -> None:
    """What the seek passes over has none of the flags asked for."""
    at = seek_text(text, start, FLAGS["invisible"])
    assert INVISIBLE.search(text[start:at]) is None
    assert at >= len(text) or INVISIBLE.match(text[at]) or text[at] > "\uffff"


def test_no_two_characters_of_ascii_are_improbable_together() -> None:
    """The scan skips runs of ASCII, so no pair inside one may count."""
    table = _table()
    classes = set(table.classes[:128])
    width = len(table.flags)
    assert not any(table.pairs[a * width + b] for a in classes for b in classes)


@given(st.text(st.one_of(st.characters(codec=None), st.sampled_from("aé’😀\ud800")), max_size=60), st.integers(0, 40))
def test_utf8_is_what_python_encodes(text: str, padding: int) -> None:
    """UTF-8 of any string at any offset is what Python writes, lone surrogates left out."""
    padded = "x" * padding + text + "y" * padding
    assert utf8(padded) == padded.encode("utf-8", "ignore")


@given(
    st.lists(st.text("aé\u2020\U0001f600", max_size=3) | st.sampled_from(["x" * 31, "x" * 70]), max_size=12),
    st.integers(0, 40),
)
def test_the_compiled_neighbourhoods_equal_their_reference(pieces: list[str], reach: int) -> None:
    """Kernel and pattern name the same stretches around characters beyond ASCII, at the ends of the text too."""
    text = "".join(pieces)
    assert neighbourhoods(text, reach) == neighbourhoods_reference(text, reach)


@given(
    st.lists(
        st.text("aé \n\x80â€œÃ©\u2020\U0001f600", max_size=6) | st.sampled_from(["x" * 31, "x" * 70]), max_size=12
    ),
    st.integers(0, 40),
)
def test_the_compiled_doubts_equal_their_reference(pieces: list[str], reach: int) -> None:
    """Kernel and reference name the same stretches around improbable pairs and controls."""
    text = "".join(pieces)
    assert doubts(_table(), text, reach) == doubts_reference(_table(), text, reach)
