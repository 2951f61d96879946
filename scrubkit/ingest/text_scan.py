"""What a text may need, told by one pass over its characters, and what such a pass can mend.

The table is bound to ftfy's heuristic: with another ftfy than the one it was made from, every text that is not plain
ASCII counts as suspect, which is slower and just as right.
"""

from __future__ import annotations

import json
import os
import zlib
from array import array
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from scrubkit.kernels.textscan import (
    Scan,
    Table,
    Tidy,
    doubts,
    scan,
    scan_utf8,
    seek,
    tidy,
    tidy_utf8,
)

__all__ = [
    "Scan",
    "doubtful",
    "scan_bytes",
    "scan_text",
    "seek_text",
    "table_is_current",
    "tidy_bytes",
    "tidy_text",
]

_KNOWN_FTFY = frozenset({"6.3.0", "6.3.1"})


def scan_text(text: str) -> Scan:
    """Return what one pass over ``text`` finds.

    >>> scan_text("cafÃ©").pairs, scan_text("café").pairs
    (1, 0)
    """
    if text is _last[0][0]:
        return _last[0][1]
    found = _doubted(scan(_table(), text))
    if len(text) >= _LONG:
        _last[0] = (text, found)
    return found


def scan_bytes(data: bytes) -> tuple[Scan, int] | None:
    """Return what :func:`scan_text` finds in a text given in UTF-8, and its length; ``None`` where it is not UTF-8.

    >>> scan_bytes("cafÃ©".encode())
    (Scan(flags=512, pairs=1, western=2, foreign=0), 5)
    """
    found = scan_utf8(_table(), data)
    return None if found is None else (_doubted(found[0]), found[1])


def _doubted(found: Scan) -> Scan:
    """Return what was found; with another ftfy than the table was made from, every text beyond ASCII is suspect."""
    if found.western + found.foreign and not table_is_current():
        return found._replace(pairs=max(1, found.pairs))
    return found


_LONG = 4096
_last: list[tuple[str, Scan]] = [("", Scan(0, 0, 0, 0))]
"""The last long text and what was found: repair and normalisation ask of the same one in turn."""


def doubtful(text: str, reach: int) -> list[tuple[int, int]]:
    """Return the stretches of a text within ``reach`` characters of what made :func:`scan_text` count or flag it.

    With another ftfy than the table was made from, all of it.

    >>> doubtful("café and cafÃ© and tea", 1)
    [(11, 15)]
    """
    return doubts(_table(), text, reach) if text.isascii() or table_is_current() else [(0, len(text))]


def tidy_text(text: str) -> Tidy:
    r"""Return ``text`` without controls, line ends and spaces in one form; see :func:`scrubkit.kernels.textscan.tidy`.

    >>> tidy_text("a\u00a0b\r\nc\x07")
    Tidy(text='a b\nc', returns=1, gone=1, spaces=1)
    """
    return tidy(_table(), text)


def tidy_bytes(data: bytes) -> tuple[bytes, tuple[int, int, int], int]:
    r"""Return what :func:`tidy_text` makes of a text given in UTF-8, its counts, and by how much it got shorter.

    >>> tidy_bytes("a\u00a0b\r\nc\x07".encode())
    (b'a b\nc', (1, 1, 1), 2)
    """
    return tidy_utf8(_table(), data)


def seek_text(text: str, start: int, flags: int) -> int:
    """Return where the next character with one of ``flags`` stands, the length of the text where none does.

    >>> from scrubkit.kernels.textscan import FLAGS
    >>> seek_text("ab\u200bc", 0, FLAGS["invisible"])
    2
    """
    return seek(_table(), text, start, flags)


@cache
def _table() -> Table:
    stored = _stored()
    flags = memoryview(array("H", stored["flags"]))
    return Table(bytes.fromhex(stored["classes"]), flags, bytes.fromhex(stored["pairs"]))


@cache
def table_is_current() -> bool:
    """Return whether the installed ftfy has the heuristic that the table was made from."""
    if _ftfy_version() in _KNOWN_FTFY:
        return True
    from hashlib import sha256

    from ftfy.badness import BADNESS_RE

    return sha256(BADNESS_RE.pattern.encode()).hexdigest() == str(_stored()["pattern"])


def _ftfy_version() -> str | None:
    """Return ftfy's version by the name of its metadata folder: ``importlib.metadata`` costs a start-up 30 ms."""
    spec = find_spec("ftfy")
    if spec is None or spec.origin is None:
        return None
    names = os.listdir(os.path.dirname(os.path.dirname(spec.origin)))  # noqa: PTH120, PTH208
    found = (name for name in names if name.startswith("ftfy-") and name.endswith(".dist-info"))
    return next((name.removeprefix("ftfy-").removesuffix(".dist-info") for name in found), None)


def _stored() -> dict[str, Any]:
    data = files("scrubkit.ingest").joinpath("data/text_classes.json.z").read_bytes()
    stored: dict[str, Any] = json.loads(zlib.decompress(data))
    return stored
