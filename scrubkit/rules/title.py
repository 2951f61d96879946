"""Which row is the page's title."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from scrubkit.core.document import KINDS
from scrubkit.ingest.signatures import Signature
from scrubkit.rules.sheet import Sheet

__all__ = ["title_row"]

_WORD = re.compile(r"\w+")
_SEARCH_ROWS = 400
_HEADING = KINDS.index("heading")

Reader = Callable[[int], Signature | None]


def title_row(sheet: Sheet, signature: Reader, chrome: Callable[[], Collection[int]]) -> int | None:
    """Return the row of the title, or ``None`` where none can be told.

    The row that shares most words with the title the page declares; for flattened text without one the last
    free-standing line of 3 to 30 words before the running text begins. ``signature`` reads a row as a byline,
    ``chrome`` gives the rows known to be labels of the page's frame, which are no titles.
    """
    named = sheet.document.meta.title
    found = _best_overlap(sheet, named) if named else None
    if found is not None and (sheet.is_html or signature(found) is None):
        return found
    return None if sheet.is_html else _before_prose(sheet, signature, chrome)


def _best_overlap(sheet: Sheet, named: str) -> int | None:
    wanted = set(_WORD.findall(named.casefold()))
    best, best_share = None, 0.6
    kinds, blocks = sheet.document.blocks.kinds, sheet.rows
    # At least two in five words of the title must be there, whatever the row is; see the share below.
    for row, shared in sheet.scan.sharing(list(wanted), 0.4, _SEARCH_ROWS, 40):
        heading = 0.2 * (kinds[blocks[row]] == _HEADING)
        if shared / len(wanted) + heading <= best_share:
            continue  # its own words can only lower the share
        words = set(_WORD.findall(sheet.scan.fold(row)))
        if not words:
            continue
        share = len(words & wanted) / len(words | wanted) + heading
        if share > best_share:
            best, best_share = row, share
    return best


def _before_prose(sheet: Sheet, signature: Reader, chrome: Callable[[], Collection[int]]) -> int | None:
    first = sheet.body[0]
    if first in (0, len(sheet)):
        return None
    top = max(0, first - 30)
    signed = next((row for row in range(top, first) if signature(row) is not None), None)
    labels = chrome()
    # The line above the byline is the title; what stands between byline and text may be a caption.
    for start in (first,) if signed is None else (signed, first):
        for row in range(start - 1, max(-1, start - 12), -1):
            free = not sheet.marked[row] and not _is_date_or_label(sheet, row)
            if row not in labels and 3 <= sheet.words[row] <= 30 and free and row != signed:
                return sheet.scan.first_copy(row)
    return None


_MOSTLY_DIGITS = re.compile(r"\d")


def _is_date_or_label(sheet: Sheet, row: int) -> bool:
    text = sheet.plain[row]
    digits = len(_MOSTLY_DIGITS.findall(text))
    return digits * 3 >= len(text) or text.endswith(":")
