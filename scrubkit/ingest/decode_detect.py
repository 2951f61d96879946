"""What set legacy bytes are in: detectors of others asked about the part of the bytes that can tell.

Detectors cost 40 µs per KB and markup tells them nothing, so they see only the stretches around bytes above
0x7F. Splitting at ``<``, ``>`` and line feed is safe in every multibyte set of the web: none uses those as trail
bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from scrubkit.ingest.decode_labels import MULTIBYTE, WESTERN, codec_of, decode_strictly

__all__ = ["detect", "telling_part"]

_HIGH = re.compile(rb"[\x80-\xff]")
_REST = re.compile(rb"[^<>\n]{0,4096}")
_LIMIT = 16_384
_LEAD = 64
_DENSE = 0.35
_CUT = 3  # bytes that a cut character may have left, and one
_MANY = 24
_SAMPLE = 2_000
_AHEAD = 1.01
_CYRILLIC = ("windows-1251", "koi8-r", "iso8859-5", "ibm866", "ibm855", "mac-cyrillic", "koi8-u")

Detector = Callable[[bytes], "tuple[str | None, float]"]


def telling_part(data: bytes) -> bytes:
    r"""Return the stretches of ``data`` that hold non-ASCII bytes, one a line, at most 16 KB.

    >>> telling_part(b"<p>one</p><p>caf\xe9</p>")
    b'caf\xe9'
    """
    parts: list[bytes] = []
    size = at = end = 0
    while size < _LIMIT and (high := _HIGH.search(data, at)):
        before = data[max(at, high.start() - _LEAD) : high.start()]
        start = high.start() - len(before) + max(before.rfind(mark) for mark in (b"<", b">", b"\n")) + 1
        match = _REST.match(data, high.start())
        at = match.end() if match else high.end()
        parts.append(data[start:at] if start == end and parts else b"\n" + data[start:at])
        size += len(parts[-1])
        end = at
    return b"".join(parts)[1:][:_LIMIT]


def detect(data: bytes) -> tuple[str | None, float]:
    """Return the set that legacy bytes are most likely in and how sure that is; ``(None, 0.0)`` for no answer."""
    part = telling_part(data)
    if not part:
        return None, 0.0
    codec, confidence = _first()(part)
    if codec not in MULTIBYTE and max(data[-_CUT:]) > 0x7F:
        codec, confidence = _without_end(part) or (codec, confidence)
    dense = sum(byte > 127 for byte in part) > _DENSE * len(part)
    if dense and codec in WESTERN:
        # No Western European text has every third letter accented: what is meant is a set the first does not know.
        second, sure = _second()(part)
        if second is not None and second not in WESTERN:
            codec, confidence = second, min(sure, 0.8)
    if codec in _CYRILLIC or (dense and codec in WESTERN):
        return _contest(part, codec or "windows-1252", confidence)
    return codec, confidence


def _without_end(part: bytes) -> tuple[str, float] | None:
    """Return the multibyte set of bytes that break off inside a character: with half of one they are in none."""
    if len(_HIGH.findall(part)) < _MANY:
        return None
    for cut in range(1, _CUT + 1):
        codec, confidence = _first()(part[:-cut])
        if codec in MULTIBYTE and decode_strictly(part[:-cut], codec) is not None:
            return codec, min(confidence, 0.8)
    return None


def _contest(part: bytes, codec: str, confidence: float) -> tuple[str, float]:
    """Return the Cyrillic set whose reading is most like a language; sets of one alphabet differ in its order."""
    from scrubkit.ingest.language_fast import likelihoods

    texts = {some: text for some in (codec, *_CYRILLIC) if (text := decode_strictly(part[:_SAMPLE], some)) is not None}
    gains = {some: likelihoods(text)[0][0][1] for some, text in texts.items()}
    best = max(gains, key=lambda some: gains[some], default=codec)
    if best == codec or gains[best] <= gains.get(codec, 0.0) * _AHEAD:
        return codec, confidence
    return best, min(confidence, 0.8)


@cache
def _first() -> Detector:
    try:
        from chardetng_py import EncodingDetector
    except ImportError:
        return _second()

    def ask(data: bytes) -> tuple[str | None, float]:
        detector = EncodingDetector()
        detector.feed(data, last=len(data) < _LIMIT)  # a longer one is cut, maybe inside a character
        label, sure = detector.guess_assess(tld=None, allow_utf8=False)
        return codec_of(label), 0.9 if sure else 0.5

    return ask


@cache
def _second() -> Detector:
    try:
        import charset_normalizer
    except ImportError:
        return _last_resort

    def ask(data: bytes) -> tuple[str | None, float]:
        best = charset_normalizer.from_bytes(data).best()
        if best is None:
            return None, 0.0
        codec = codec_of(best.encoding)
        if codec is not None and codec.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
            return None, 0.0  # their marks and patterns were looked for before: without one this is a guess
        return codec, max(0.0, 1.0 - best.chaos)

    return ask


def _last_resort(data: bytes) -> tuple[str | None, float]:
    """Answer without a detector: the first multibyte set that decodes, else windows-1252."""
    for codec in sorted(MULTIBYTE & {"cp932", "euc-jp", "gb18030"}):
        if decode_strictly(data, codec) is not None:
            return codec, 0.3
    return "windows-1252", 0.2
