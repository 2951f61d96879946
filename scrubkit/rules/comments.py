"""CMT: comment sections, reply forms and their controls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from scrubkit.catalogue import Hit, Needs, Param, Rule, each_row
from scrubkit.rules.block import MAX_WORDS, framed_line
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS
from scrubkit.rules.zone import parts_of_zone

_COUNT = re.compile(
    r"\(?\d{1,5}\)?\s+(?:comments?|responses?|replies|thoughts? on)\b.{0,120}|comments?\s*\(\d{1,5}\)", re.I
)
_DIGITS = re.compile(r"\d+")
_FORUM = re.compile(
    r"(?:posts|joined|messages|reputation|threads|registered|member since|location|topics)\s*:?\s*[\d,]+|#\d{1,4}|reply with quote|originally posted by",
    re.I,
)
_FORM = ("your email address will not be published", "notify of", "cancel reply", "required fields are marked")


def is_forum(sheet: CueSheet) -> bool:
    """Return whether a page is a forum thread: there comments are the content."""
    types = {str(t).lower() for t in sheet.document.meta.extra.get("jsonld_types", ())}
    if types & {"discussionforumposting", "qapage", "question"}:
        return True
    marks = sum(_FORUM.fullmatch(sheet.scan.plain(row)) is not None for row in sheet.scan.select(FLAGS["forum"]))
    return marks >= 4


def _comment_zone(sheet: CueSheet, *, min_before: float, max_share: float) -> Iterator[Hit]:
    anchors = _anchors(sheet)
    if not anchors or is_forum(sheet):
        return
    total = sheet.prose_before[-1]
    uses = Counter(_DIGITS.sub("", sheet.fold[row]).rstrip("s") for row in anchors)
    for row in anchors:
        if uses[_DIGITS.sub("", sheet.fold[row]).rstrip("s")] > 2:
            continue  # "5 comments" on every card of a list, "add a comment" under every answer
        before = sheet.prose_before[row]
        after = total - before
        form = any(mark in fold for fold in sheet.fold[row : row + 8] for mark in _FORM)
        # A link "3 comments" stands above the article, the section itself below it.
        if before >= min_before and (form or after <= max_share * total or before >= 8 * min_before):
            because = {"anchor": sheet.fold[row], "words_before": before, "words_after": after}
            end, rest = parts_of_zone(sheet, row, len(sheet) - 1, "CMT")
            yield Hit(row, end, because)
            if rest:
                yield Hit(*rest, because, score=0.8)
            return


def _anchors(sheet: CueSheet) -> list[int]:
    counted = (row for row in sheet.scan.select(FLAGS["count"]) if _COUNT.fullmatch(sheet.scan.plain(row)))
    return sorted(row for row in {*sheet.cue_rows("CMT001"), *counted} if sheet.words[row] <= 30)


def _comment_anchor_lines(sheet: CueSheet) -> Iterator[Hit]:
    anchors = _anchors(sheet)
    if anchors and not is_forum(sheet):
        for row in anchors:
            yield Hit(row, row, {"anchor": sheet.fold[row][:60]})


def _comment_elements(sheet: CueSheet, *, min_before: float) -> Iterable[Hit]:
    marked = sheet.named("comment")
    if not marked:
        return ()
    inside = sum(sheet.words[row] for row in marked if sheet.prose[row])
    if sheet.prose_before[-1] - inside < min_before or is_forum(sheet):
        return ()
    return each_row(marked, [{"hint": found} for found in marked.values()])


RULES = (
    Rule(
        "CMT001",
        "comment-zone",
        summary="Comment section: everything below its anchor",
        rationale="Comments are well-formed prose; only their place tells them from the article. The anchor "
        "('Leave a Reply', '12 Comments', 'Notify of') must stand below running text; on forum threads the rule "
        "is silent, because there the comments are the content.",
        example="  The old bridge over the river reopened on Monday, two years after the flood that took its middle "
        "span and a month before the council votes on the second one, which is to carry the new tram line. The mayor "
        "walked across first, followed by the school band and several hundred people from both banks of the river.\n"
        "  Engineers had found cracks in the piers last autumn, and the repair took longer than anybody had planned "
        "for, said the head of the works department, who has seen three mayors come and go since the project began.\n"
        "- Leave a Reply\n- Anna: I waited two years for this, and it was worth every single day of it.\n",
        scope="document",
        test=_comment_zone,
        needs=Needs(cues=("CMT001",), flags=("count",)),
        cues=True,
        score=0.93,
        params=(
            Param("min_before", 60, "words", "running text that must stand above the anchor"),
            Param("max_share", 0.6, "share of the page's running text", "more below the anchor looks like the article"),
        ),
    ),
    Rule(
        "CMT002",
        "comment-form",
        summary="Field or small print of a comment form",
        rationale="Form fields and their notes are never content.",
        example="- Email *\n  Her email address was published by mistake.\n"
        "- Save my name, email, and website in this browser for the next time I comment.\n",
        test=framed_line,
        cues=True,
        score=0.9,
        params=(MAX_WORDS(40),),
    ),
    Rule(
        "CMT003",
        "comment-control",
        summary="Button of a comment section: reply, report, newest, most voted",
        rationale="One-word controls around each comment.",
        example="- Reply\n- Newest Most Voted\n  The reply came the next morning.\n",
        test=framed_line,
        cues=True,
        score=0.9,
    ),
    Rule(
        "CMT004",
        "comment-anchor",
        summary="Heading or link of a comment section",
        rationale="'12 Comments' or 'Leave a comment' stands alone wherever a section does not follow.",
        example="- 12 Comments\n  He made twelve comments during the meeting.\n",
        scope="document",
        test=_comment_anchor_lines,
        needs=Needs(cues=("CMT001",), flags=("count",)),
        score=0.93,
    ),
    Rule(
        "CMT005",
        "comment-element",
        summary="Block inside an element that says it holds comments",
        rationale="Class and id names (comments, disqus, respond) mark comment sections in HTML; the page must have "
        "running text outside of it.",
        scope="document",
        test=_comment_elements,
        needs=Needs(elements=("comment",), structure="html"),
        score=0.86,
        params=(Param("min_before", 60, "words", "running text that must stand outside"),),
    ),
)
