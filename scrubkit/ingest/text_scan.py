"""What a text may need, told by one pass over its characters.

The table is bound to ftfy's heuristic: with another ftfy than the one it was made from, every text that is not plain
ASCII counts as suspect, which is slower and just as right.
"""

from __future__ import annotations

import json
import zlib
from array import array
from functools import cache
from importlib.resources import files
from typing import Any

from scrubkit.kernels.textscan import Scan, Table, scan

__all__ = ["Scan", "scan_text", "table_is_current"]

_KNOWN_FTFY = frozenset({"6.3.0", "6.3.1"})


def scan_text(text: str) -> Scan:
    """Return what one pass over ``text`` finds.

    >>> scan_text("cafÃ©").pairs, scan_text("café").pairs
    (1, 0)
    """
    found = scan(_table(), text)
    if found.western + found.foreign and not table_is_current():
        return found._replace(pairs=max(1, found.pairs))
    return found


@cache
def _table() -> Table:
    stored = _stored()
    flags = memoryview(array("H", stored["flags"]))
    return Table(bytes.fromhex(stored["classes"]), flags, bytes.fromhex(stored["pairs"]))


@cache
def table_is_current() -> bool:
    """Return whether the installed ftfy has the heuristic that the table was made from."""
    from importlib.metadata import version

    if version("ftfy") in _KNOWN_FTFY:
        return True
    from hashlib import sha256

    from ftfy.badness import BADNESS_RE

    return sha256(BADNESS_RE.pattern.encode()).hexdigest() == str(_stored()["pattern"])


def _stored() -> dict[str, Any]:
    data = files("scrubkit.ingest").joinpath("data/text_classes.json.z").read_bytes()
    stored: dict[str, Any] = json.loads(zlib.decompress(data))
    return stored
