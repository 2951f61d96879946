"""Pages in UTF-8 that need no repair: read as bytes, they say what they say when decoded, repaired and normalised."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrubkit.core.document import Document
from scrubkit.ingest import IngestPlan, ingest, mended
from scrubkit.ingest.sound import sound
from scrubkit.ingest.text_scan import scan_bytes, scan_text, tidy_bytes, tidy_text
from scrubkit.kernels.textscan import compiled
from scrubkit.kernels.visible import visible, visible_reference, visible_utf8

needs_kernel = pytest.mark.skipif(not compiled(), reason="nothing is compiled here")

MARKUP = [
    "<p>",
    "</p>\n",
    "<a href='x'>",
    "</a>",
    "<title>Tea</title>",
    "<meta charset=koi8-r>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
]
PLAIN = ["tea ", "na\u00efve ", "\u8336", "\U0001f375", "&amp;", "&#13;", "\n", "\t", "a" * 40, "~{", "\U0001d5cd"]
ODD = [
    "\r\n", "\r", "\u00a0", "\u2009", "\x07", "\x0c", "\u00ad", "\u200b", "\u200d", "\u200c", "\u200f", "\u202a", "e\u0301",
    "\u0643", "\u0e01", "\u05d0", "\u0915\u093c", "\U000e0067", "\U0001f3f4", "\ufeff", "\ufdd0", "\x1b[1m", "caf\u00c3\u00a9", "\x00", "\x85",
]  # fmt: skip
PIECES = st.lists(st.sampled_from([*MARKUP, *PLAIN, *ODD]), max_size=30).map("".join)
TEXTS = st.lists(st.sampled_from([*PLAIN, *ODD]), max_size=30).map("".join)


def told(document: Document) -> tuple[object, ...]:
    """Return all that a document says."""
    return document.text, list(document.blocks), document.meta


@needs_kernel
@settings(max_examples=600, deadline=None)
@given(
    PIECES, st.sampled_from(["text/html", None]), st.sampled_from(["mojibake", "none"]), st.sampled_from(["NFC", None])
)
@example("<p>a\r\rb<p>c", "text/html", "mojibake", "NFC")
def test_a_sound_page_is_laid_out_as_any_other(text: str, kind: str | None, repair: str, form: str | None) -> None:
    """Text, blocks and metadata, with encoding and steps, are those of the page that went the long way."""
    data, plan = text.encode(), IngestPlan(repair, form)  # type: ignore[arg-type]
    short = ingest(data, id="a", media_type=kind, declared="koi8-r", plan=plan)
    with patch("scrubkit.ingest.sound.sound", lambda data, *, form, repair: None):
        long = ingest(data, id="a", media_type=kind, declared="koi8-r", plan=plan)
    assert told(short) == told(long)


@needs_kernel
@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_a_sound_page_is_the_mended_text_in_utf8(text: str) -> None:
    """Bytes, length and steps are those of the repaired and normalised text."""
    found = sound(text.encode())
    if found is not None:
        clean, _, steps = mended(text)
        assert (found.data.decode(), found.characters, found.steps) == (clean, len(clean), steps)


@needs_kernel
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf<p>tea",
        b"<p>caf\xe9",
        "<p>cafÃ©".encode(),
        b"&amp;\n<p>",
        b"<p>\x1b[1mtea",
        b"<p>~{<:Ky2;S{#~}",
        b"\x89PNG<p>",
        b"<p>\x00",
        "Ïðèâåò, êàê äåëà, ñòàðèíà?".encode(),
    ],
)
def test_what_may_need_repair_goes_the_long_way(data: bytes) -> None:
    """Marks, other sets, damage, entities before the markup, escapes and binary data are not judged in passing."""
    assert sound(data) is None


@needs_kernel
def test_most_pages_go_the_short_way() -> None:
    """Letters of any script, emoji, line ends, spaces, marks and decomposed letters are no reason to decode a page."""
    page = "<p>naïve 茶 🍵 e\u0301 \u200b\r\n\u00a0&amp; می\u200cخواهم".encode()
    found = sound(page)
    assert found is not None
    assert found.data.decode() == "<p>naïve 茶 🍵 é \n &amp; می\u200cخواهم"


@settings(max_examples=600, deadline=None)
@given(TEXTS)
@example("\u0628\u200b\u200b\u200d\u0628")
@example("\u202a" + "a" * 40 + "\n\u05d0\u202a")
def test_the_compiled_pass_leaves_the_invisible_that_the_reference_leaves(text: str) -> None:
    """Kernel and regular expressions agree on every text, in every width and in UTF-8."""
    text = text.replace("\ud800", "")
    clean, gone = visible_reference(text)
    assert visible(text) == (clean, gone)
    assert visible_utf8(text.encode()) == (clean.encode(), gone)


def test_all_characters_count_as_the_reference_counts_them() -> None:
    """Each character of Unicode before and behind each kind of invisible one."""
    codes = [chr(code) for code in range(1, 0x20000) if not 0xD800 <= code < 0xE000]
    for mark in "\u061c\u200b\u200d\u200c\u200f\u202a\u2060\u2063\u2066\u180e\U000e0067":
        text = "\n".join(f"{char}{mark}{char}" for char in codes)
        assert visible(text) == visible_reference(text)
    every = "\n".join(map(chr, (*range(1, 0xD800), *range(0xE000, 0x110000))))
    assert visible(every) == visible_reference(every)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_the_passes_over_bytes_equal_those_over_text(text: str) -> None:
    """Scan, tidying and counting say of UTF-8 what they say of the string."""
    data = text.encode()
    assert scan_bytes(data) == (scan_text(text), len(text))
    done = tidy_text(text)
    counts = (done.returns, done.gone, done.spaces)
    assert tidy_bytes(data) == (done.text.encode(), counts, len(text) - len(done.text))


@pytest.mark.parametrize("data", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"a\xe2\x82"])
def test_what_is_not_utf8_has_no_length_in_it(data: bytes) -> None:
    """Stray bytes, cut characters, halves of pairs and code points beyond the last are told."""
    assert scan_bytes(data) is None
