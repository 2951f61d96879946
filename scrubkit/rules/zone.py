"""Where a zone that an anchor opened ends: conservatively, at the first sign that the article goes on."""

from __future__ import annotations

from collections.abc import Collection

from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS, Sheet

__all__ = ["article_resumes", "last_prose", "parts_of_zone", "run_to_gap", "zone_end"]


def article_resumes(sheet: Sheet, row: int, words: float) -> bool:
    """Return whether running text goes on at a row: one long prose row, or two neighbouring ones.

    One sentence may be the caption of a teaser picture; a paragraph of several sentences, or two in a row, is not.
    """
    if not sheet.prose[row]:
        return False
    if sheet.words[row] >= words and sheet.sentences[row] >= 2:
        return True
    following = row + 1
    return following < len(sheet) and sheet.prose[following] and sheet.words[row] + sheet.words[following] >= words


def zone_end(sheet: Sheet, first: int, *, resume_words: float, stops: Collection[int] = (), limit: int = 10**9) -> int:
    """Return the last row of the zone that opens at ``first``: before the article resumes or a stop row.

    The heading under which the article resumes is the article's: a short line directly above it is left out.
    """
    row = first
    while row + 1 < len(sheet) and row - first < limit:
        following = row + 1
        if following in stops:
            return row
        if sheet.prose[following] and article_resumes(sheet, following, resume_words):
            heading = row > first and not sheet.terminal[row] and not sheet.marked[row] and sheet.words[row] <= 5
            return row - 1 if heading else row
        row = following
    return row


def run_to_gap(sheet: Sheet, first: int, limit: int) -> int:
    """Return the last row of the run without blank lines that starts at ``first``, at most ``limit`` rows on.

    Returns ``first`` itself when no blank line ends the run within the limit: the text may have none at all.
    """
    row = first
    while row + 1 < len(sheet) and not sheet.gap[row + 1]:
        row += 1
        if row - first > limit:
            return first
    return row if row + 1 < len(sheet) or row == first else first


def parts_of_zone(sheet: CueSheet, first: int, last: int, own: str) -> tuple[int, tuple[int, int] | None]:
    """Return where a zone's certain part ends, and the span behind it, if any.

    Behind the next anchor of another family (a newsletter box under the comments, comments under the related
    stories) the zone still goes, but what stands there is better named by that family's own rules.
    """
    others = (sheet.cue_rows(code) for code in _ANCHORS if code[:3] != own and code in sheet.present)
    rows = [row for hits in others for row, hit in hits.items() if first < row <= last and " " in hit.cue.phrase]
    return (min(rows) - 1, (min(rows), last)) if rows else (last, None)


_ANCHORS = ("CMT001", "REL001", "DSC001", "DON001", "PRM001", "PRM003", "FTR001", "BIO001")


def last_prose(sheet: Sheet, before: int | None = None) -> int:
    """Return the last prose row (before a row, if given), -1 where there is none."""
    return sheet.scan.last(FLAGS["prose"], -1 if before is None else before)
