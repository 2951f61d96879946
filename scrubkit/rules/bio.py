"""BIO: boxes about the author or the outlet."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from scrubkit.catalogue import Hit, Param, Rule
from scrubkit.rules.block import MAX_WORDS, at_most, whole_line
from scrubkit.rules.cues import CueHit
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import fold, whole

_OUTLET = re.compile(
    r"^.{2,60}?\b(?:is|are) (?:an?|the) [^.]{0,80}\b(?:news|media|magazine|newspaper|broadcaster|channel|website|blog|publication|journal|portal|"
    r"news agency|outlet|platform|newsroom)\b",
    re.I,
)


def _near_end(sheet: CueSheet, row: int, hit: CueHit, *, max_words: float, max_after: float) -> dict[str, float] | None:
    after = sheet.prose_before[-1] - sheet.prose_before[row]
    if sheet.words[row] > max_words or after > max_after or sheet.prose_before[row] == 0:
        return None
    if hit.cue.where == "any" and hit.start > 90:
        return None  # a box says who somebody is in its first words
    return {"words": sheet.words[row], "words_after": after}


def _outlet(sheet: CueSheet, *, max_after: float) -> Iterator[Hit]:
    total = sheet.prose_before[-1]
    if total <= 90:
        return
    for row in sheet.stem_rows("BIO004"):
        after = total - sheet.prose_before[row + 1]
        if sheet.words[row] <= 60 and after <= max_after and _OUTLET.match(sheet.scan.plain(row)):
            yield Hit(row, row, {"words_after": after})


def _named_author(sheet: CueSheet, *, max_words: float, max_after: float) -> Iterator[Hit]:
    """The byline's name again, opening a line below the text: the box about the author."""
    author = sheet.document.meta.author
    if not author or not 2 <= len(author.split()) <= 5:
        return
    name = fold(author)
    total = sheet.prose_before[-1]
    before = sheet.prose_before
    # Both bounds ascend with the rows: what is left is a stretch at the end of the page.
    first = max(bisect_left(before, 60), bisect_left(before, total - max_after) - 1)
    folded = sheet.scan.fold
    for row in sheet.scan.select(0, 0, first, -1, 0, whole(max_words)):
        at = folded(row).find(name)
        after = total - before[row + 1]
        if 0 <= at <= 20 and before[row] >= 60 and after <= max_after:
            yield Hit(row, row, {"author": author, "words_after": after})


RULES = (
    Rule(
        "BIO001",
        "author-box-heading",
        summary="Heading or link of an author box",
        rationale="'About the author', 'View all posts by' frame a box that every article of the author has.",
        example="- About the author\n  She wrote about the author of the plan.\n",
        test=at_most,
        cues=True,
        score=0.92,
        params=(MAX_WORDS(14),),
    ),
    Rule(
        "BIO002",
        "author-box",
        summary="Sentence about the author at the end of an article",
        rationale="'… is a freelance writer', 'can be reached at' open the box under the last paragraph.",
        example="  The bridge reopened on Monday, two years after the flood that took its middle span away at night.\n"
        "- Mara Holt is a freelance writer and covers rivers and roads.\n",
        test=_near_end,
        cues=True,
        score=0.92,
        params=(
            MAX_WORDS(120),
            Param("max_after", 150, "words", "of running text that may follow"),
        ),
        known_problems="Profiles whose last paragraph introduces another writer.",
    ),
    Rule(
        "BIO003",
        "portrait-label",
        summary="Alternative text of a portrait",
        rationale="'Avatar', 'Profile photo' stand where the picture was.",
        example="- Avatar\n  The avatar of the god stood in the hall.\n",
        test=whole_line,
        cues=True,
        score=0.9,
    ),
    Rule(
        "BIO004",
        "outlet-description",
        summary="Sentence in which an outlet describes itself, at the end of a page",
        rationale="'X is an independent news magazine' stands under every article of X.",
        example="  The bridge over the river reopened on Monday, two years after the flood that took its middle span. "
        "The mayor walked across first, followed by the school band and several hundred people from both banks. "
        "Engineers had found cracks in the piers last autumn, and the repair took longer than anybody had planned for, "
        "said the head of the works department, who has seen three mayors come and go since the project began. "
        "The council will vote on a second bridge in spring, and nobody expects that vote to be a quiet one, because "
        "the ferry company and the farmers on the far bank want very different things, and both have friends in it. "
        "A decision about the old quay, where the barges used to land, has been put off until the summer.\n"
        "- The Harbour Courier is an independent weekly newspaper.\n",
        scope="document",
        test=_outlet,
        stems=("is a", "is the", "are a", "are the"),
        score=0.8,
        params=(Param("max_after", 60, "words", "of running text that may follow"),),
    ),
    Rule(
        "BIO005",
        "named-author-box",
        summary="Line below the text that opens with the author's name",
        rationale="Under the last paragraph the name of the byline comes back in a box about its bearer.",
        example="  Bridge reopens after two years of repairs\n\n  By Mara Holt\n\n"
        "  The old bridge over the river reopened on Monday, two years after the flood that took its middle span. "
        "The mayor walked across first, followed by the school band and several hundred people from both banks of "
        "the river, some of whom had come by boat. Engineers had found cracks in the piers last autumn, and the "
        "repair took longer than anybody had planned for, said the head of the works department.\n"
        "- About Mara Holt\n- Mara Holt writes about rivers, roads and the people between them.\n",
        scope="document",
        test=_named_author,
        score=0.92,
        params=(
            MAX_WORDS(90),
            Param("max_after", 90, "words", "of running text that may follow"),
        ),
        known_problems="Interviews in which each answer opens with the speaker's name, where the speaker signs the text.",
    ),
)
