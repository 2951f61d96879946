"""Which part of a text its language is told by: stretches spread over it, never a prefix, and no addresses."""

from __future__ import annotations

import re

__all__ = ["WINDOW", "WINDOWS", "spread", "without_addresses"]

WINDOWS = 6
WINDOW = 340
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+")


def spread(text: str, *, windows: int = WINDOWS, width: int = WINDOW) -> str:
    """Return ``windows`` stretches of ``width`` characters at equal distances, or all of a shorter text.

    >>> spread("abcdefghij", windows=2, width=2)
    'ab ij'
    """
    if len(text) <= windows * width:
        return text
    step = (len(text) - width) / (windows - 1)
    return " ".join([text[int(i * step) : int(i * step) + width] for i in range(windows)])


def without_addresses(text: str) -> str:
    """Return the text without web and mail addresses: they are in no language.

    >>> without_addresses("siehe https://example.org/page oder a@example.org")
    'siehe   oder  '
    """
    return _ADDRESS.sub(" ", text) if "://" in text or "www." in text or "@" in text else text
