"""DSC: disclaimers, legal and copyright notices."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from scrubkit.catalogue import Hit, Needs, Param, Rule
from scrubkit.rules.block import MAX_WORDS, at_most
from scrubkit.rules.run import CueSheet
from scrubkit.rules.zone import last_prose


def _disclaimer_zone(sheet: CueSheet, *, max_rows: float, max_after: float) -> Iterator[Hit]:
    for row in sheet.cue_rows("DSC001"):
        if row == sheet.title or (row + 1 < len(sheet) and sheet.label[row + 1]):
            # A footer link called "Disclaimer" among other links, or a page about disclaimers.
            continue
        after = sheet.prose_before[-1] - sheet.prose_before[row]
        if after > max_after:
            continue
        end = row
        while end + 1 < len(sheet) and end - row < max_rows and (sheet.prose[end + 1] or sheet.terminal[end + 1]):
            end += 1
        yield Hit(row, end, {"anchor": sheet.fold[row], "rows": end - row, "words_after": after})


def _after_disclaimer(sheet: CueSheet) -> Iterator[Hit]:
    legal = set(sheet.cue_rows("DSC002")) | set(sheet.cue_rows("DSC001"))
    calls = sheet.cue_rows("DSC004")
    first: dict[int, int] = {}  # of each run of such links, so that a page of nothing else is read once
    for row in calls:
        first[row] = first.get(row - 1, row)
        above = row - 1
        while above >= 0 and (above in calls or (sheet.prose[above] and above not in legal and row - above < 3)):
            above = first[above] - 1 if above in calls else above - 1
        if above in legal:
            yield Hit(row, row, {"cue": calls[row].cue.phrase, "rows_below_notice": row - above})


def _legal_tail(sheet: CueSheet, *, max_rows: float) -> Iterator[Hit]:
    """Rows between two legal notices at the end of a page belong to them."""
    rows = sorted(set(sheet.cue_rows("DSC002")))
    last = last_prose(sheet)
    for first, second in itertools.pairwise(rows):
        if 1 < second - first <= max_rows and second >= last - 2:
            yield Hit(first + 1, second - 1, {"rows": second - first - 1})


RULES = (
    Rule(
        "DSC001",
        "disclaimer-zone",
        summary="Disclaimer: its heading and the paragraphs under it",
        rationale="'Disclaimer' alone on a line opens a few paragraphs of legal prose near the end of a page.",
        example="  The bridge reopened on Monday.\n- Disclaimer\n"
        "- The texts on this page are offered in good faith, and nobody vouches for their being complete.\n",
        scope="document",
        test=_disclaimer_zone,
        needs=Needs(cues=("DSC001",)),
        cues=True,
        score=0.9,
        params=(
            Param("max_rows", 3, "paragraphs", "taken under the heading at most"),
            Param("max_after", 400, "words", "more running text below: the heading is part of an article"),
        ),
    ),
    Rule(
        "DSC002",
        "legal-notice",
        summary="Paragraph that limits liability, credits no one, or forbids copying",
        rationale="Fixed legal phrases ('for informational purposes only', 'may not be published, broadcast, "
        "rewritten') do not occur in reporting.",
        example="- The information on this site is for general information purposes only.\n"
        "  The board informed the public about the purpose of the works.\n",
        test=at_most,
        cues=True,
        score=0.9,
        params=(MAX_WORDS(160),),
        known_problems="An article about disclaimers that quotes one.",
    ),
    Rule(
        "DSC003",
        "notice-tail",
        summary="Line between two legal notices at the end of a page",
        rationale="Legal warnings come in several paragraphs of which only some hold a fixed phrase.",
        example="  The bridge reopened on Monday.\n"
        "  This text is for informational purposes only.\n- Ask your own adviser before you act on any of it.\n"
        "  Past performance is not indicative of future results.\n",
        scope="document",
        test=_legal_tail,
        needs=Needs(cues=("DSC002",)),
        score=0.85,
        params=(Param("max_rows", 4, "lines", "apart at most"),),
    ),
    Rule(
        "DSC004",
        "notice-link",
        summary="'To find out more, click here' under a legal notice",
        rationale="The link that ends a notice is a short line of its own.",
        example="  The bridge reopened on Monday.\n"
        "  This text is for informational purposes only.\n- To find out more, click here.\n",
        scope="document",
        test=_after_disclaimer,
        needs=Needs(cues=("DSC004",)),
        cues=True,
        score=0.93,
    ),
)
