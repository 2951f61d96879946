"""Which row is the page's title."""

from __future__ import annotations

import re
from collections.abc import Collection

from scrubkit.ingest.signatures import read_signature_at
from scrubkit.rules.sheet import Sheet

__all__ = ["title_row"]

_WORD = re.compile(r"\w+")
_SEARCH_ROWS = 400


def title_row(sheet: Sheet, chrome: Collection[int] = ()) -> int | None:
    """Return the row of the title, or ``None`` where none can be told.

    The row that shares most words with the title the page declares; for flattened text without one the last
    free-standing line of 3 to 30 words before the running text begins. ``chrome`` are rows known to be labels of the page's frame, which are no titles.
    """
    named = sheet.document.meta.title
    found = _best_overlap(sheet, named) if named else None
    if found is not None and (sheet.is_html or read_signature_at(sheet.text, found) is None):
        return found
    return None if sheet.is_html else _before_prose(sheet, chrome)


def _best_overlap(sheet: Sheet, named: str) -> int | None:
    wanted = set(_WORD.findall(named.casefold()))
    best, best_share = None, 0.6
    for row in range(min(len(sheet), _SEARCH_ROWS)):
        words = set(_WORD.findall(sheet.fold[row]))
        if not words or sheet.words[row] > 40:
            continue
        share = len(words & wanted) / len(words | wanted)
        share += 0.2 * (sheet.kind[row] == "heading")
        if share > best_share:
            best, best_share = row, share
    return best


def _before_prose(sheet: Sheet, chrome: Collection[int]) -> int | None:
    first = next((r for r in range(len(sheet)) if sheet.prose[r]), None)
    if first is None or first == 0:
        return None
    top = max(0, first - 30)
    signed = next((row for row in range(top, first) if read_signature_at(sheet.text, row) is not None), None)
    # The line above the byline is the title; what stands between byline and text may be a caption.
    for start in (first,) if signed is None else (signed, first):
        for row in range(start - 1, max(-1, start - 12), -1):
            free = not sheet.marked[row] and not _is_date_or_label(sheet, row)
            if row not in chrome and 3 <= sheet.words[row] <= 30 and free and row != signed:
                return sheet.copies[sheet.fold[row]][0]
    return None


_MOSTLY_DIGITS = re.compile(r"\d")


def _is_date_or_label(sheet: Sheet, row: int) -> bool:
    text = sheet.plain[row]
    digits = len(_MOSTLY_DIGITS.findall(text))
    return digits * 3 >= len(text) or text.endswith(":")
