"""From bytes to text: which character set, how that is known, and what could not be read.

Ours is only the judgement; what a legacy set looks like is asked of detectors (``decode_detect``). The order, each
step only where the ones before it were silent:

1. a byte order mark;
2. zero bytes: UTF-16 or UTF-32 without a mark, else binary junk;
3. ISO-2022 and HZ escapes in bytes that are otherwise ASCII;
4. valid UTF-8, whatever a declaration says: text in another set is hardly ever valid UTF-8, and pages that are and
   declare something else were transcoded and kept their old declaration;
5. nearly UTF-8: at least ten good multibyte characters for each bad byte. The bad ones become U+FFFD;
6. lines in UTF-8 beside lines that are not: files put together of two sources, each line read by itself;
7. a declaration (HTTP header, then ``meta`` or the XML declaration) that decodes strictly and that the detector
   does not speak against;
8. the detector;
9. windows-1252, which reads anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from scrubkit.ingest.decode_detect import detect
from scrubkit.ingest.decode_labels import MULTIBYTE, UNICODE, WESTERN, codec_of, decode_counting, decode_strictly

__all__ = ["Decoded", "Source", "declaration", "decode", "is_signed"]

Source = Literal[
    "empty",
    "bom",
    "nul-pattern",
    "escapes",
    "utf-8",
    "near-utf-8",
    "mixed",
    "declared",
    "detected",
    "binary",
    "default",
]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how it was read.

    ``encoding`` is a name that ``bytes.decode`` knows, ``source`` what decided, ``confidence`` 0 to 1, ``replaced``
    the number of U+FFFD that stand for what could not be read, ``declared`` the set that a header or the page named (as
    a codec name, ``None`` where nobody named one that is known), ``zeros`` the stray zero bytes taken out. ``source`` is ``"binary"`` where the bytes are no
    text at all (an image, an archive): the text is then of no use.
    """

    text: str
    encoding: str
    source: Source
    confidence: float
    replaced: int = 0
    declared: str | None = None
    zeros: int = 0


_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_BINARY = (
    b"%PDF-", b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08",
    b"\x7fELF", b"BZh9", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"Rar!\x1a\x07", b"7z\xbc\xaf", b"OggS", b"ID3\x03",
    b"\x00\x00\x01\x00", b"wOFF", b"wOF2", b"SQLite format 3\x00",
)  # fmt: skip
_SIGNED = (*(mark for mark, _ in _BOMS), *_BINARY)
_HEAD = 4096
_GOOD_PER_BAD = 10
_PROBE = 1 << 20
_MIXED_LINES = 3
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:\-]{2,40})")
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_LEGACY_C1 = re.compile("[\x80-\x9f]")
_FEW = 4
_HIGH = bytes(range(128, 256))
_LOW = bytes([*range(9), 11, *range(14, 32)])
_CONTROLS = bytes([*range(1, 9), 11, *range(14, 27), *range(28, 32), 127])


def decode(data: bytes, *, declared: str | None = None, html: bool = False) -> Decoded:
    r"""Return the text of ``data`` and how it was read; never raises.

    ``declared`` is what the transport said (the charset of an HTTP header); with ``html`` (or where
    they look like markup) the first 4 KB are also searched for a ``meta`` or XML declaration. The text has no lone
    surrogates and no byte order mark, and as many line feeds as the bytes say.

    >>> decode("naïve".encode()).source
    'utf-8'
    >>> decode("Москва слезам не верит".encode("koi8-r"), declared="koi8-r").text
    'Москва слезам не верит'
    >>> decode(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR").source
    'binary'
    """
    if not data:
        return Decoded("", "utf-8", "empty", 1.0)
    if data.isascii() and b"\x00" not in data:
        return _seven_bit(data)
    named = declaration(data, declared, html=html)
    found = _judge(data, named)
    return replace(found, declared=named) if named is not None else found


def _judge(data: bytes, named: str | None) -> Decoded:
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _read(data[len(mark) :], codec, "bom", 1.0)
    if data.startswith(_BINARY):
        return _binary(data)
    if b"\x00" in data:
        return _with_zeros(data, named)
    text = decode_strictly(data, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8", "utf-8", 1.0)
    near = _halved(data) or _near_utf8(data)
    if near is not None:
        return near
    if _is_junk(data):
        return _wide(data) or _binary(data)
    mixed = _mixed(data)
    return _legacy(data, None if named in UNICODE else named) if mixed is None else mixed


def _read(data: bytes, codec: str, source: Source, confidence: float) -> Decoded:
    text, replaced = decode_counting(data, codec)
    return Decoded(text, codec, source, confidence, replaced)


def _binary(data: bytes) -> Decoded:
    text, replaced = decode_counting(data[:1_000_000], "utf-8")
    return Decoded(text, "utf-8", "binary", 0.0, replaced)


def _is_junk(data: bytes) -> bool:
    """Whether control bytes are too many for any text."""
    head = data[:_HEAD]
    return len(head) - len(head.translate(None, _CONTROLS)) > len(head) // 20 + 2


def _with_zeros(data: bytes, named: str | None) -> Decoded:
    """Tell wide encodings without a mark from binary junk and from text with a few stray zeros."""
    rest = data.replace(b"\x00", b"")
    if not rest:
        return _binary(data)
    wide = _wide(data)
    if wide is not None:
        return wide
    # in a short text one stray zero is already more than one byte in a hundred
    most = max(_FEW, len(data) // 4) if len(data) <= _HEAD and _is_plain(rest) else len(data) // 100
    if data.count(0) > most or _is_junk(data):
        return _binary(data)
    found = _seven_bit(rest) if rest.isascii() else _judge(rest, named)
    return replace(found, confidence=found.confidence * 0.9, zeros=data.count(0))


def _wide(data: bytes) -> Decoded | None:
    """Read UTF-16 or UTF-32 without a mark, where zeros and controls stand as they do there."""
    head = data[: _HEAD * 4]
    quarters = [head[i::4].count(0) / max(1, len(head[i::4])) for i in range(4)]
    for codec, zeros in (("utf-32-le", quarters[2:]), ("utf-32-be", quarters[:2])):
        if min(zeros) > 0.9 and len(head) >= 8 and _is_text(head, codec, 4):
            return _read(data, codec, "nul-pattern", 0.95)
    halves = (head[::2], head[1::2])
    for codec, high, other in (("utf-16-le", halves[1], halves[0]), ("utf-16-be", halves[0], halves[1])):
        if _stands_apart(data, head, high, other) and _is_text(head, codec, 2):
            return _read(data, codec, "nul-pattern", 0.9)
    return None


def _stands_apart(data: bytes, head: bytes, high: bytes, other: bytes) -> bool:
    """Whether every other byte is low as the upper halves of UTF-16 are: 0 for Latin letters, 4 for Cyrillic ones."""
    units = len(head) // 2
    zeros, rest = high.count(0), head.replace(b"\x00", b"")
    if _is_plain(rest):  # sound text without its zeros: then most of its units must have one
        share = 0.75 if decode_strictly(rest, "utf-8") is not None else 0.5
        cut = len(data) % 2 and not zeros == units > 3
        return 0 < zeros >= share * units and not cut and zeros > 3 * other.count(0)
    low, lower = (len(half) - len(half.translate(None, _LOW)) for half in (high, other))
    if low * 10 >= units * 9 > 0 and low > 2 * lower:
        return True
    # text of ideographs has few zeros in UTF-16, but then it is not valid UTF-8
    telling = zeros * 8 > len(head) or decode_strictly(data, "utf-8") is None
    return telling and zeros > 3 * other.count(0)


def _is_plain(rest: bytes) -> bool:
    """Whether bytes have no controls and are UTF-8 (but for the end), or mostly ASCII."""
    if len(rest.translate(None, _CONTROLS)) != len(rest):
        return False
    text, bad = decode_counting(rest, "utf-8")
    return bad <= text.endswith("\ufffd") or len(rest.translate(None, _HIGH)) * 2 > len(rest)


def _is_text(head: bytes, codec: str, width: int) -> bool:
    """Whether ``head`` read as ``codec`` looks like text: hardly a control, an unassigned code or a stray half."""
    text = head[: len(head) // width * width].decode(codec, "replace")
    odd = sum(
        (char < " " and char not in "\t\n\r\f") or char == "\ufffd" or "\ue000" <= char <= "\uf8ff" for char in text
    )
    common = sum(" " <= char <= "~" or char in "\n\r\t\u3000\u3002\u3001" or char.isalpha() for char in text)
    return odd * 50 <= len(text) and common * 2 >= len(text)


def _seven_bit(data: bytes) -> Decoded:
    if b"\x1b$" in data or b"\x1b(" in data or b"~{" in data:
        order = (
            ("iso2022_kr", "iso2022_jp_ext", "iso2022_jp_2")
            if b"\x1b$)C" in data
            else ("iso2022_jp_ext", "iso2022_jp_2")
        )
        for codec in (*order, "hz") if b"\x1b" in data else ("hz",):
            text = decode_strictly(data, codec)
            if text is not None and not text.isascii():
                return Decoded(text, codec, "escapes", 0.95)
    return Decoded(data.decode("ascii"), "utf-8", "utf-8", 1.0)


def _halved(data: bytes) -> Decoded | None:
    """Read UTF-8 in which characters above U+FFFF stand as two surrogates, as databases and Java write them (CESU-8)."""
    if not _SURROGATE.search(data):
        return None
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    lost = whole.count("\ufffd") - text.count("\ufffd")
    return Decoded(whole, "utf-8", "near-utf-8", 0.95, lost)


def _near_utf8(data: bytes) -> Decoded | None:
    """Return the text where UTF-8 was plainly meant and a few bytes are wrong, or it breaks off in a character."""
    probe, bad = decode_counting(data[:_PROBE], "utf-8")
    if bad > 200 + len(probe) // 200:
        return None
    text, bad = (probe, bad) if len(data) <= _PROBE else decode_counting(data, "utf-8")
    if bad > 200 + len(text) // 200:
        return None
    if bad == 1 and text.endswith("\ufffd") and _breaks_off(data, text):
        return Decoded(text, "utf-8", "near-utf-8", 0.9, 1)
    good = _multibyte_characters(text) - bad
    if good < _GOOD_PER_BAD * bad:
        return None
    return Decoded(text, "utf-8", "near-utf-8", 1.0 - bad / (good + bad), bad)


def _breaks_off(data: bytes, text: str) -> bool:
    """Whether the last character is cut: a lone lead byte tells nothing unless other characters show UTF-8."""
    return _multibyte_characters(text) > 1 or data[-2:-1] >= b"\x80"


def _mixed(data: bytes) -> Decoded | None:
    """Read a file of lines in UTF-8 and lines in one legacy set, as concatenation makes them."""
    lines = data.split(b"\n")
    texts = [None if line.isascii() else decode_strictly(line, "utf-8") for line in lines]
    good = [text for text in texts if text is not None]
    odd = [i for i, text in enumerate(texts) if text is None and not lines[i].isascii()]
    if len(good) < _MIXED_LINES or len(good) * 4 < len(odd) or sum(map(_multibyte_characters, good)) < _GOOD_PER_BAD:
        return None
    codec = detect(b"\n".join(lines[i] for i in odd))[0] or "windows-1252"
    replaced = 0
    for i in odd:
        texts[i], count = decode_counting(lines[i], codec)
        replaced += count
    text = "\n".join(lines[i].decode("ascii") if text is None else text for i, text in enumerate(texts))
    return Decoded(text, "utf-8", "mixed", 0.6, replaced)


def _multibyte_characters(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def is_signed(data: bytes) -> bool:
    r"""Return whether the bytes begin as a byte order mark or as a file that is no text.

    >>> is_signed(b"tea"), is_signed(b"%PDF-1.7"), is_signed(b"\xef\xbb\xbftea")
    (False, True, True)
    """
    return data.startswith(_SIGNED)


def declaration(data: bytes, declared: str | None, *, html: bool) -> str | None:
    """Return the codec that header, ``meta`` or XML declaration names, the first that names a known one."""
    codec = codec_of(declared) if declared else None
    head = data[:_HEAD]
    if codec is None and (html or b"<?xml" in head or b"<meta" in head):
        for pattern in (_XML, _META):
            match = pattern.search(head)
            codec = codec_of(match.group(1).decode("ascii")) if match and codec is None else codec
    return codec


def _legacy(data: bytes, declared: str | None) -> Decoded:
    found, confidence = detect(data)
    if declared is not None:
        text = decode_strictly(data, declared)
        if text is not None and _stands(declared, text, found):
            return Decoded(text, declared, "declared", 0.95 if declared == found else 0.8)
        if text is None and declared in MULTIBYTE and declared == found:
            return _read(data, declared, "declared", 0.9)
    if found is not None:
        return _read(data, found, "detected", confidence)
    return _read(data, "windows-1252", "default", 0.2)


def _stands(declared: str, text: str, found: str | None) -> bool:
    """Whether a declaration that decodes is believed beside what the detector found."""
    if found is None or declared == found:
        return True
    if _LEGACY_C1.search(text):
        return False
    if declared in MULTIBYTE:
        return found not in MULTIBYTE  # two sets that both decode: the detector has read the letters
    return declared not in WESTERN and found not in MULTIBYTE
