"""Decoding: the order of judgement, and a result for any bytes in bounded time."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.ingest.decode import decode
from scrubkit.ingest.decode_detect import detect, telling_part
from scrubkit.ingest.decode_labels import codec_of, decode_counting
from scrubkit.kernels import textscan

RUSSIAN = "Старый мост через реку закрыли на ремонт, и жители ждут его открытия осенью. " * 3
JAPANESE = "昨日の夜、駅の前で友達に会いました。とても寒かったので、すぐに家に帰りました。" * 3
FRENCH = "Le maître d'hôtel a servi un café crème très sucré à l'évêque, déjà âgé mais élégant. " * 3


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_decides(codec: str) -> None:
    """A byte order mark names the set and is no part of the text."""
    found = decode(FRENCH.encode(codec))
    assert found.text == FRENCH
    assert found.source == "bom"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_sets_without_a_mark(codec: str) -> None:
    """Where the zero bytes stand tells UTF-16 and UTF-32 apart without a mark."""
    found = decode(FRENCH.encode(codec))
    assert found.text == FRENCH
    assert found.source == "nul-pattern"


@pytest.mark.parametrize(
    ("codec", "text"), [("iso2022_jp", JAPANESE), ("hz", "他们昨天到了北京。"), ("iso2022_kr", "어제 왔다")]
)
def test_escapes(codec: str, text: str) -> None:
    """Seven-bit sets are told by their escapes."""
    assert decode(text.encode(codec)).text == text


def test_valid_utf8_beats_any_declaration() -> None:
    """Bytes that are valid UTF-8 are read so, and the declaration is kept for the report."""
    found = decode(FRENCH.encode(), declared="iso-8859-1")
    assert (found.text, found.source, found.declared) == (FRENCH, "utf-8", "windows-1252")


def test_one_stray_byte_does_not_flip_utf8() -> None:
    """A stray byte becomes U+FFFD and the rest is kept."""
    data = FRENCH.encode()
    found = decode(data[:20] + b"\xff" + data[20:])
    assert found.source == "near-utf-8"
    assert found.replaced == 1
    assert found.text.replace("\ufffd", "") == FRENCH


@pytest.mark.parametrize("cut", [1, 2])
def test_a_character_cut_at_the_end(cut: int) -> None:
    """Text that breaks off inside a character is still UTF-8."""
    found = decode("Il coûte 20 €".encode()[:-cut])
    assert found.text == "Il coûte 20 \ufffd"
    assert found.replaced == 1


def test_a_last_accented_letter_is_no_cut_character() -> None:
    """A lone lead byte at the end of ASCII is a letter of windows-1252."""
    assert decode(b"un caf\xe9").text == "un café"


@pytest.mark.parametrize(
    ("codec", "text"),
    [("koi8-r", RUSSIAN), ("cp1251", RUSSIAN), ("shift_jis", JAPANESE), ("euc-jp", JAPANESE), ("cp1252", FRENCH)],
)
def test_legacy_sets_are_detected(codec: str, text: str) -> None:
    """Without any declaration the detector reads the letters."""
    pytest.importorskip("chardetng_py")
    assert decode(text.encode(codec)).text == text


def test_a_lying_declaration_is_not_believed() -> None:
    """A page that says ISO-8859-1 and is in a Cyrillic set is read as Cyrillic."""
    pytest.importorskip("chardetng_py")
    page = b"<html><meta charset=iso-8859-1><p>" + RUSSIAN.encode("cp1251")
    assert decode(page, html=True).text.endswith(RUSSIAN)


def test_a_plausible_declaration_is_believed() -> None:
    """Where the detector has nothing against it the declared set stands, also for few letters."""
    found = decode("Ещё".encode("koi8-r"), declared="koi8-r")
    assert found.text == "Ещё"
    assert found.source == "declared"


def test_lines_of_two_sets() -> None:
    """A file of UTF-8 lines and legacy lines is read line by line, with as many lines as before."""
    lines = [FRENCH.strip()] * 8
    data = b"\n".join(line.encode("utf-8" if i % 2 else "cp1252") for i, line in enumerate(lines))
    found = decode(data)
    assert found.text.split("\n") == lines
    assert found.source == "mixed"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"%PDF-1.7\n\xe2\xe3",
        bytes(range(256)) * 20,
        b"\x00" * 5000,
        b"\x1f\x8b\x08\x00junk",
    ],
)
def test_binary_is_called_binary(data: bytes) -> None:
    """Images, archives and noise come back with the source that lets a caller reject them."""
    assert decode(data).source == "binary"


def test_a_few_zeros_in_text() -> None:
    """Stray zero bytes do not make a text binary."""
    assert decode(FRENCH.encode() + b"\x00" + FRENCH.encode()).text == FRENCH * 2


@pytest.mark.parametrize("data", [b"a" * 20_000_000, b"\xe9" * 5_000_000, "é".encode() * 3_000_000, b"\n" * 5_000_000])
def test_great_uniform_input(data: bytes) -> None:
    """Millions of one letter are read without trouble and no line is lost."""
    assert decode(data).text.count("\n") == data.count(b"\n")


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([None, "utf-8", "shift_jis", "no-such-set", "utf-16", "base64", "\x00"])
)
def test_any_bytes_have_a_reading(data: bytes, declared: str | None) -> None:
    """Any bytes with any declaration give text without lone surrogates."""
    found = decode(data, declared=declared, html=True)
    found.text.encode()
    assert 0 <= found.confidence <= 1
    codecs.lookup(found.encoding)
    if (
        found.source in ("utf-8", "near-utf-8", "declared", "detected", "mixed")
        and b"\x1b" not in data
        and b"~" not in data
    ):
        assert found.text.count("\n") == data.count(b"\n")


def test_the_telling_part_is_small_and_whole() -> None:
    """What the detector sees holds the letters, not the markup, however long the page."""
    page = b"<div class=x>menu</div>" * 10_000 + "<p>Привет, мир</p>".encode("cp1251")
    assert telling_part(page).decode("cp1251") == "Привет, мир"
    assert len(telling_part(b"\xe9" * 1_000_000)) <= 16_384
    assert detect(b"plain") == (None, 0.0)


@pytest.mark.parametrize("label", ["base64", "rot13", "utf-7", "cp037", "cp500", "", "x" * 100, "no such"])
def test_labels_that_name_no_character_set(label: str) -> None:
    """Codecs that are no character sets, EBCDIC and UTF-7 are never used."""
    assert codec_of(label) is None


def test_open_bytes_pass_as_controls() -> None:
    """As in browsers, a byte that windows-1252 leaves open becomes the control of its number."""
    assert decode_counting(b"\x81\x93", "windows-1252") == ("\x81“", 0)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\x00b", "ab"),
        (b"Menu\x00", "Menu"),
        (b"caf\xc3\xa9 \x00 menu", "café  menu"),
        (b"caf\xe9 \x00 menu du jour", "café  menu du jour"),
        (b"one\x00two\x00three\x00", "onetwothree"),
        (b"x" * 5000 + b"\x00" * 49, "x" * 5000),
    ],
)
def test_zeros_in_short_texts(data: bytes, text: str) -> None:
    """A stray zero or a terminator is taken out also of a text of a few bytes, and makes nothing of it binary."""
    assert decode(data).text == text


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x00\x00", b"\x00" * 100 + b"abc", b"\x01\x00\x02\x00\x07\x08\xff"])
def test_short_binary(data: bytes) -> None:
    """Zeros alone, or zeros beside other controls, are no text."""
    assert decode(data).source == "binary"


@pytest.mark.parametrize("text", ["Привет мир", "Γεια σου", "żółw", "ab", "日本 a", "שלום עולם", "Hello, мир"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_short_utf16_without_a_mark(text: str, codec: str) -> None:
    """A few letters in UTF-16 without a mark are read, in whatever script the upper bytes agree."""
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("cut", range(1, 4))
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-32-be", "shift_jis", "euc-jp", "gb18030", "big5"])
def test_cut_inside_the_last_character(codec: str, cut: int) -> None:
    """Whatever the set, a text that breaks off inside a character keeps all characters before it."""
    chinese = "昨天下午我們在車站前面等了很久, 天氣很冷, 所以馬上回家了。" * 3
    text = chinese if codec in ("big5", "gb18030") else RUSSIAN if codec.startswith("utf") else JAPANESE
    found = decode(text.encode(codec)[:-cut])
    assert found.text[: len(text) - 3] == text[: len(text) - 3]
    assert len(found.text) <= len(text) + 1


@pytest.mark.parametrize(
    "data",
    ["\ud83d\ude00 only \ud83d".encode("utf-8", "surrogatepass"), "\ud800".encode("utf-16-le", "surrogatepass") * 3],
)
def test_surrogates_in_the_bytes(data: bytes) -> None:
    """Bytes that encode half a character give text without lone surrogates."""
    decode(data).text.encode()


def test_digits_and_pictures_only() -> None:
    """A file of digits, or of emoji, is text."""
    assert decode(b"0123456789\n" * 3).source == "utf-8"
    assert decode("😀🎉🇩🇪👩‍👩‍👧".encode()).text == "😀🎉🇩🇪👩‍👩‍👧"


@pytest.mark.slow
def test_a_hundred_megabytes_of_one_letter() -> None:
    """A hundred million of one letter, plain, above ASCII or in a legacy set, come back in bounded time."""
    for letter in (b"a", "é".encode(), b"\xe9"):
        found = decode(letter * (100_000_000 // len(letter)))
        assert set(found.text) <= {"a", "é", "\u6b9a"}  # two bytes of one kind may as well be an ideograph
        assert len(found.text) >= 50_000_000


PIECES = st.sampled_from(
    ["a", "é", "ÿ", "\u0100", "€", "\ud7ff", "\uffff", "\U0001f600", "\U0010ffff", "x" * 31, "y" * 64, "\x00"]
)
BYTES = st.sampled_from(
    [bytes([b]) for b in (0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xA0, 0x9F, 0xF0, 0x8F, 0x90, 0xF4, 0xF5, 0xFF)]
)


@pytest.mark.skipif(textscan._textscan is None, reason="the kernel is not compiled here")
@settings(max_examples=500)
@given(st.lists(PIECES.map(str.encode) | BYTES, max_size=12).map(b"".join))
def test_the_compiled_decoder_reads_what_python_reads(data: bytes) -> None:
    """Too long forms, halves of pairs, cut and stray bytes are refused; all else is the same text."""
    try:
        expected = data.decode()
    except UnicodeDecodeError:
        expected = None
    assert textscan._textscan.decode(data) == expected
