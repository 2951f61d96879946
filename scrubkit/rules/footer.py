"""FTR: copyright lines, footer links, and what stands around them at the end of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, repeat

from scrubkit.catalogue import Hit, Needs, Param, Rule, each_row
from scrubkit.rules.block import MAX_WORDS, at_most, framed_line
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS, whole

_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\W{0,3}(?:19|20)\d\d|(?:19|20)\d\d\W{0,3}(?:©|\(c\))", re.I)


_HEAD_ROWS = 12


def _copyright(sheet: CueSheet, *, max_words: float) -> Iterable[Hit]:
    rows = _dated(sheet, max_words)
    return each_row(rows, [{"words": sheet.words[row]} for row in rows])


def _dated(sheet: CueSheet, max_words: float) -> list[int]:
    """Return the rows with a copyright sign and a year."""
    rows = sheet.scan.select(FLAGS["copyright"], 0, 0, -1, 0, whole(max_words))
    return [row for row in rows if _COPYRIGHT.search(sheet.scan.plain(row))]


def _footer_zone(sheet: CueSheet, *, min_marks: float, max_back: float, max_share: float) -> Iterator[Hit]:
    total = sheet.prose_before[-1]
    if total < 40:
        return
    copyright_rows = {*sheet.cue_rows("FTR001"), *_dated(sheet, 60)}
    last = _last_own_prose(sheet, copyright_rows)
    tail = sorted(row for row in copyright_rows.union(sheet.cue_rows("FTR002")) if row > last)
    if len(tail) < min_marks and not any(row in copyright_rows for row in tail):
        return
    first = tail[0]
    for row in range(first - 1, max(last, first - int(max_back) - 1), -1):
        if sheet.scan.first_copy(row) < min(row, _HEAD_ROWS):  # the site's name, from the head of the page
            first = row
            break
    share = sum(sheet.words[first:]) / max(1, sum(sheet.words))
    if share <= max_share:
        because = {"marks": len(tail), "rows": len(sheet) - first, "share": round(share, 2)}
        # What another family's cue names keeps that name: a legal notice in the footer is a legal notice.
        named = sheet.scan.flagged(FLAGS["claimed"])
        for claimed, rows in groupby(range(first, len(sheet)), key=named.__getitem__):
            run = list(rows)
            yield Hit(run[0], run[-1], because, score=0.8 if claimed else None)


def _last_own_prose(sheet: CueSheet, copyright_rows: set[int]) -> int:
    """Return the last prose row that is not itself a copyright or self-description line."""
    row = sheet.scan.last(FLAGS["prose"])
    while row >= 0 and (row in copyright_rows or sheet.words[row] < 20):
        row = sheet.scan.last(FLAGS["prose"], row)
    return row


def _footer_elements(sheet: CueSheet) -> Iterable[Hit]:
    inside = sheet.owners.footer() if sheet.owners is not None else []
    return each_row(inside, repeat({"element": "footer"})) if len(inside) < len(sheet) else ()


RULES = (
    Rule(
        "FTR001",
        "copyright-line",
        summary="Copyright or maker's line",
        rationale="The last words of most pages.",
        example="- All rights reserved.\n  She reserved all the seats on the right.\n",
        test=at_most,
        cues=True,
        score=0.93,
        params=(MAX_WORDS(60),),
    ),
    Rule(
        "FTR002",
        "footer-link",
        summary="Link of a page's footer: privacy, terms, about, contact",
        rationale="Alone on a line these lead to pages about the site.",
        example="- Privacy Policy\n- Terms of Use\n  The privacy policy was read aloud in court.\n",
        test=framed_line,
        cues=True,
        score=0.92,
    ),
    Rule(
        "FTR003",
        "footer-zone",
        summary="End of a page from its first footer mark on",
        rationale="When nothing but footer follows the last paragraph, all of it goes, the site's name above included.",
        example="  The old bridge over the river reopened on Monday, two years after the flood that took its middle span. "
        "The mayor walked across first, followed by the school band and several hundred people from both banks of "
        "the river, some of whom had come by boat. Engineers had found cracks in the piers last autumn, and the "
        "repair took longer than anybody had planned for, said the head of the works department.\n"
        "- All rights reserved\n- Made in the north\n",
        scope="document",
        test=_footer_zone,
        needs=Needs(cues=("FTR001", "FTR002"), flags=("copyright",)),
        score=0.95,
        params=(
            Param("min_marks", 2, "lines", "footer links needed where there is no copyright line"),
            Param("max_back", 6, "lines", "looked back for the site's name"),
            Param("max_share", 0.3, "share of the page's words", "more is no footer"),
        ),
    ),
    Rule(
        "FTR004",
        "copyright-year",
        summary="Line with a copyright sign and a year",
        rationale="The sign and the year say it in every language.",
        example="- © 2024 Hafenbote\n  In 2024 the copyright of the song ran out.\n",
        scope="document",
        test=_copyright,
        needs=Needs(flags=("copyright",)),
        score=0.95,
        params=(MAX_WORDS(60),),
    ),
    Rule(
        "FTR005",
        "footer-element",
        summary="Block inside <footer>",
        rationale="HTML says it is the footer; footers of articles inside <article> are left to other rules.",
        scope="document",
        test=_footer_elements,
        needs=Needs(elements=("footer",), structure="html"),
        score=0.97,
    ),
)
