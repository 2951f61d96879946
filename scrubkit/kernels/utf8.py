"""UTF-8 of a page's source, as the parser takes it.

Python's own encoder goes character by character where a string holds any beyond Latin-1, and the source of a page
mostly holds one (a quotation mark, a dash, an emoji) among a quarter of a million: encoding then takes a sixth as long
as parsing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

try:
    _utf8: Any = import_module("scrubkit.kernels._utf8")
except ImportError:  # no compiler at installation: Python's own encoder serves
    _utf8 = None

__all__ = ["encode"]


def encode(text: str) -> bytes:
    """Return the UTF-8 of a string, lone surrogates left out.

    >>> encode("naïve \\ud800✓").decode()
    'naïve ✓'
    """
    if _utf8 is not None and not text.isascii():
        made: bytes | None = _utf8.encode(text)
        if made is not None:
            return made
    return text.encode("utf-8", "ignore")
