"""The ``sloppy-`` sets: a Windows set in which a byte that stands for nothing is the control of its number.

They are ftfy's, under ftfy's names, and say what ftfy's say; but to load ftfy for them would cost every page that is
not pure ASCII's first process 60 ms, and few of those pages need anything else of it.
"""

from __future__ import annotations

import codecs
from functools import cache

__all__ = ["register"]

_PREFIX = "sloppy_windows_"


@cache
def register() -> None:
    """Make the sets known to ``str.encode`` and ``bytes.decode``; where ftfy was loaded before, its own answer.

    >>> register()
    >>> b"caf\\xe9 \\x81".decode("sloppy-windows-1252")
    'café \\x81'
    """
    codecs.register(_found)


def _found(name: str) -> codecs.CodecInfo | None:
    number = name.removeprefix(_PREFIX)
    if number == name or not number.isdigit():
        return None
    try:
        assigned = bytes(range(256)).decode(f"cp{number}", "replace")
    except LookupError:
        return None
    chars = [chr(byte) if char == "\ufffd" else char for byte, char in enumerate(assigned)]
    chars[0x1A] = "\ufffd"  # as in ftfy: a character that was lost comes back as the control that says so
    told = "".join(chars)
    places = codecs.charmap_build(told)

    def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
        return codecs.charmap_encode(text, errors, places)

    def decode(data: bytes, errors: str = "strict") -> tuple[str, int]:
        return codecs.charmap_decode(data, errors, told)

    return codecs.CodecInfo(encode, decode, name=name)  # type: ignore[arg-type]
