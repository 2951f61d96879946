"""Pages in UTF-8 that need no repair: mended and normalised as the bytes that the parser takes.

The source of a page is some hundred kilobytes, of which a tenth is text, and as a string it has the width of its widest
character: one emoji makes four bytes of each. Most pages are UTF-8 already and hold nothing that repair acts on, so
they need never be a string as a whole. What comes out is what decoding, :mod:`scrubkit.ingest.repair` and
:mod:`scrubkit.ingest.normalise` make of the same page, to the last byte and step; every other page goes that way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from scrubkit.core.choices import Form
from scrubkit.ingest.decode import is_signed
from scrubkit.ingest.normalise import TIDIED, composed
from scrubkit.ingest.repair import has_entities
from scrubkit.ingest.repair_legacy import is_dense
from scrubkit.ingest.repair_recode import suspect
from scrubkit.ingest.text_scan import scan_bytes, tidy_bytes
from scrubkit.kernels.textscan import FLAGS, compiled
from scrubkit.kernels.visible import visible_utf8

__all__ = ["Sound", "sound"]

_TIDY = FLAGS["return"] | FLAGS["gone"] | FLAGS["space"]


class Sound(NamedTuple):
    """A page in UTF-8 as it is to be parsed, its length in characters, and the steps that normalised it."""

    data: bytes
    characters: int
    steps: tuple[Mapping[str, Any], ...]


def sound(data: bytes, *, form: Form = "NFC", repair: bool = True) -> Sound | None:
    r"""Return a page given as bytes in UTF-8 and normalised, ``None`` where it must be decoded and looked at closely.

    ``repair=False`` takes damaged text too: it stays. ``None`` always where nothing is compiled.

    >>> page = sound("<p>two\u00a0cups\r\n".encode())
    >>> page.data, page.characters, [step["step"] for step in page.steps]
    (b'<p>two cups\n', 12, ['line-ends', 'spaces'])
    >>> sound("<p>cafÃ©".encode()) is sound(b"\xff\xfe<\x00") is None
    True
    """
    read = None if not compiled() or is_signed(data) else scan_bytes(data)
    if read is None or not data:
        return None
    found, size = read
    if found.flags & FLAGS["escape"] or (found.flags & FLAGS["gone"] and b"\x00" in data):
        return None
    if not found.western + found.foreign and b"~{" in data:
        return None  # all ASCII, it may be HZ
    if repair and (suspect(found) or is_dense(found, size) or _has_entities(data)):
        return None
    steps: list[Mapping[str, Any]] = []
    if found.flags & _TIDY:
        data, counts, shorter = tidy_bytes(data)
        size -= shorter
        steps += [
            {"step": name, "line": None, "count": count} for name, count in zip(TIDIED, counts, strict=True) if count
        ]
    if found.flags & FLAGS["invisible"]:
        data, gone = visible_utf8(data)
        size -= gone
        steps += [{"step": "invisible", "line": None, "count": gone}] if gone else []
    if form is not None and found.flags & FLAGS["form"]:
        before, text = data, composed(data.decode())
        data, size = text.encode(), len(text)
        steps += [{"step": form.lower(), "line": None}] if data != before else []
    return Sound(data, size, tuple(steps))


def _has_entities(data: bytes) -> bool:
    """Return whether a line before the first with markup holds a reference to a character."""
    markup = data.find(b"<")
    until = len(data) if markup < 0 else data.rfind(b"\n", 0, markup) + 1
    return has_entities(data[:until].decode())
