"""What no reader likes to be given: each has a result, a finding that names it, and takes bounded time."""

from __future__ import annotations

import pytest

import scrubkit as sk
from scrubkit.ingest.decode import decode

FRENCH = "Le maître d'hôtel a servi un café crème très sucré à l'évêque, déjà âgé mais élégant."
JAPANESE = "昨日の夜、駅の前で友達に会いました。とても寒かったので、すぐに家に帰りました。"

BAD = {
    "UTF-8 cut in a character": (f"{FRENCH} €".encode()[:-1], "ENC001"),
    "Shift JIS cut in a character": ((JAPANESE * 3).encode("shift_jis")[:-1], "ENC001"),
    "two sets in one file": (b"\n".join(FRENCH.encode("cp1252" if i % 2 else "utf-8") for i in range(8)), "ENC009"),
    "UTF-16 without a mark": (FRENCH.encode("utf-16-le"), "ENC010"),
    "UTF-32 without a mark": (FRENCH.encode("utf-32-be"), "ENC010"),
    "half a character in bytes": (FRENCH.encode() + b"\xed\xa0\x80 x", "ENC001"),
    "half a character in a string": (FRENCH + "\ud800 x", "ENC006"),
    "nothing": (b"", "LNG002"),
    "an empty string": ("", "LNG002"),
    "white space": (" \n\t\n", "LNG002"),
    "digits only": (b"0123456789 " * 20, "LNG002"),
    "emoji only": ("😀🎉🇩🇪👩‍👩‍👧 " * 20, "LNG002"),
    "one letter": (b"a" * 10_000, "LNG002"),
    "zeros in text": (b"Menu\x00 du jour: " + FRENCH.encode(), "ENC005"),
    "an image": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9, "ENC007"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_each_has_a_result_and_a_finding(name: str) -> None:
    """No crash, valid text, and a finding that says what is wrong."""
    data, code = BAD[name]
    page = sk.clean(data, media_type="text/plain")
    page.text.encode()
    codes = {finding.code for finding in page.findings}
    assert code in codes
    assert "ERR001" not in codes


@pytest.mark.parametrize("name", sorted(BAD))
def test_filters_take_them_too(name: str) -> None:
    """The filters that stand alone mend and tag each of them without an error."""
    data, _ = BAD[name]
    sk.filters.repair_encoding()(data).encode()
    assert 0 <= sk.filters.language()(data).score <= 1


def test_characters_written_as_two_halves() -> None:
    """Emoji that a database wrote as two surrogates of three bytes each come back whole; a lone half is counted."""
    halves = "Très bien 😀!".encode("utf-16-le").decode("utf-16-le")
    data = "".join(chr(0xD83D) + chr(0xDE00) if char == "😀" else char for char in halves).encode(
        "utf-8", "surrogatepass"
    )
    assert (decode(data).text, decode(data).replaced) == ("Très bien 😀!", 0)
    assert (decode(b"ok \xed\xa0\x80 ok").text, decode(b"ok \xed\xa0\x80 ok").replaced) == ("ok \ufffd ok", 1)


@pytest.mark.slow
@pytest.mark.parametrize("data", [b"a" * 100_000_000, "é".encode() * 50_000_000, b"\n" * 100_000_000])
def test_a_hundred_megabytes_of_one_letter(data: bytes) -> None:
    """A hundred megabytes of one letter, or of line ends, are decoded, repaired and told to be in no language."""
    text = sk.filters.repair_encoding()(data)
    assert len(set(text)) == 1
    assert sk.filters.language()(text).code == "und"
