"""Names of character sets, and decoding with one of them as browsers do.

The names are the labels of the WHATWG Encoding Standard and of Python's codec registry. A label stands for the
superset that was in practice meant by it: pages that declare ``gb2312`` hold GBK and GB18030, ``shift_jis`` means
code page 932, ``iso-8859-1`` and ``ascii`` mean windows-1252.
"""

from __future__ import annotations

import codecs
from functools import cache

from scrubkit.kernels import textscan

__all__ = ["MULTIBYTE", "UNICODE", "WESTERN", "codec_of", "decode_counting", "decode_strictly"]

_SUPERSETS = {
    "ascii": "windows-1252",
    "iso8859-1": "windows-1252",
    "cp1252": "windows-1252",
    "cp819": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "shift_jisx0213": "cp932",
    "shift_jis_2004": "cp932",
    "euc_jis_2004": "euc-jp",
    "euc_jisx0213": "euc-jp",
    "euc_jp": "euc-jp",
    "euc_kr": "cp949",
    "iso2022_jp": "iso2022_jp_ext",
    "iso2022_jp_1": "iso2022_jp_ext",
    "iso2022_jp_2": "iso2022_jp_2",
    "iso8859-9": "windows-1254",
    "cp1254": "windows-1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "cp1250": "windows-1250",
    "cp1251": "windows-1251",
    "cp1253": "windows-1253",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "cp1257": "windows-1257",
    "cp1258": "windows-1258",
    "cp866": "ibm866",
    "cp855": "ibm855",
    "utf-16": "utf-16-le",
}

# Labels of the Encoding Standard that Python's registry does not know or reads otherwise.
_LABELS = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "windows-949": "cp949",
    "uhc": "cp949",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "chinese": "gb18030",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-euc-jp": "euc-jp",
    "dos-874": "cp874",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "maccyrillic": "mac-cyrillic",
    "macintosh": "mac-roman",
    "mac": "mac-roman",
    "macroman": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-cp1250": "windows-1250",
    "x-cp1251": "windows-1251",
    "x-cp1252": "windows-1252",
    "x-cp1253": "windows-1253",
    "x-cp1254": "windows-1254",
    "x-cp1255": "windows-1255",
    "x-cp1256": "windows-1256",
    "x-cp1257": "windows-1257",
    "x-cp1258": "windows-1258",
    "iso-8859-8-i": "iso8859-8",
    "logical": "iso8859-8",
    "visual": "iso8859-8",
    "koi8": "koi8-r",
    "koi": "koi8-r",
    "koi8-ru": "koi8-u",
    "unicode-1-1-utf-8": "utf-8",
    "unicode": "utf-16-le",
    "ucs-2": "utf-16-le",
    "unicodefffe": "utf-16-be",
    "x-user-defined": "windows-1252",
}

# Python's own, and UTF-7, which no browser reads because it smuggles markup.
_NEVER = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "undefined", "utf-7"})

MULTIBYTE = frozenset(
    {"gb18030", "big5hkscs", "cp932", "euc-jp", "cp949", "johab", "hz", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr"}
)
"""Sets in which a byte sequence can be wrong: that such a declaration decodes at all is evidence for it."""

WESTERN = frozenset({"windows-1252", "iso8859-15", "mac-roman", "cp850", "cp437", "cp858"})
"""Sets of Western Europe, the usual false declaration of a server that does not know."""

UNICODE = frozenset({"utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})


@cache
def codec_of(label: str) -> str | None:
    """Return the name of the codec that a declared label means, or ``None`` where it means none.

    >>> codec_of("ISO-8859-1"), codec_of("gb2312"), codec_of("x-sjis"), codec_of("no-such-set")
    ('windows-1252', 'gb18030', 'cp932', None)
    """
    name = label.strip(" \t\r\n\f\"'").lower()
    if name in _LABELS:
        return _LABELS[name]
    if not name.isascii() or "\0" in name or len(name) > 40:
        return None
    try:
        found = codecs.lookup(name).name
        probe = b"a\n<0".decode(found)  # base64 and its like are in the registry too
    except UnicodeDecodeError:
        probe = ""  # a text encoding of more than one byte
    except (LookupError, ValueError):
        return None
    codec = _SUPERSETS.get(found, found)
    if probe != "a\n<0" and codec not in UNICODE:
        return None  # EBCDIC: its line ends and markup are other bytes
    return None if found in _NEVER else codec


@cache
def _charmap(codec: str) -> str | None:
    """Return the 256 characters of a single-byte set, ``None`` for others.

    As in the Encoding Standard a byte between 0x80 and 0x9F that the set leaves open becomes the C1 control of
    that number (the repair step knows what to do with it); other open bytes become U+FFFD.
    """
    if codec in MULTIBYTE or codec in UNICODE:
        return None
    table = []
    for byte in range(256):
        try:
            char = bytes([byte]).decode(codec)
        except UnicodeDecodeError:
            char = chr(byte) if 0x80 <= byte <= 0x9F else "\ufffd"
        if len(char) != 1:
            return None
        table.append(char)
    return "".join(table)


def decode_strictly(data: bytes, codec: str) -> str | None:
    """Return the text, or ``None`` where a byte has no meaning in the set.

    >>> decode_strictly(b"caf\\xe9", "windows-1252"), decode_strictly(b"caf\\xe9", "utf-8")
    ('café', None)
    """
    table = _charmap(codec)
    if table is not None:
        text = codecs.charmap_decode(data, "strict", table)[0]
        return None if "\ufffd" in text else text
    if codec == "utf-8":
        return textscan.decode(data)
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def decode_counting(data: bytes, codec: str) -> tuple[str, int]:
    """Return the text with U+FFFD for what could not be read, and how many of those were put in.

    >>> decode_counting(b"na\\xefve \\xe2\\x82\\xac", "utf-8")
    ('na�ve €', 1)
    """
    text = decode_strictly(data, codec)
    if text is not None:
        return text, 0
    table = _charmap(codec)
    if table is not None:
        text = codecs.charmap_decode(data, "strict", table)[0]
        return text, text.count("\ufffd")
    text = data.decode(codec, "replace")
    genuine = data.count(b"\xef\xbf\xbd") if codec == "utf-8" else 0
    return text, max(0, text.count("\ufffd") - genuine)
