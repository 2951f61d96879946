"""REL: related and most-read blocks, inline headlines of other stories, tags."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from scrubkit.catalogue import Hit, Needs, Param, Rule
from scrubkit.rules.block import MAX_WORDS, at_most, framed_line
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS, whole
from scrubkit.rules.zone import article_resumes, last_prose, parts_of_zone, zone_end

_NO_HEADLINE = FLAGS["terminal"] | FLAGS["marked"] | FLAGS["titled"]
_WORDS = re.compile(r"\w{3,}")


def _related_zone(
    sheet: CueSheet, *, resume_words: float, inner_resume: float, inner_rows: float, min_before: float
) -> Iterator[Hit]:
    anchors = sheet.cue_rows("REL001")
    uses = Counter(hit.cue.phrase for hit in anchors.values())
    article = _article_end(sheet, resume_words)
    covered = -1
    for row in sorted(anchors):
        if row <= covered or sheet.words[row] > 12 or row == sheet.title:
            continue
        phrase = anchors[row].cue.phrase
        below = row > article
        place = "below" if below else "inside"
        if sheet.prose_before[row] < min_before or uses[phrase] > 2:
            # A menu entry above the article, or the button of each card in a list: only the label is sure.
            yield Hit(row, row, {"anchor": sheet.fold[row], "place": "label"}, score=0.85)
            continue
        if below:
            end = zone_end(sheet, row, resume_words=resume_words)
        else:
            end = zone_end(sheet, row, resume_words=inner_resume, limit=int(inner_rows))
            if end - row >= inner_rows and not article_resumes(sheet, min(end + 1, len(sheet) - 1), inner_resume):
                end = row  # no end in sight: too long for a teaser between paragraphs
        covered = end
        because = {"anchor": sheet.fold[row], "rows": end - row, "place": place}
        certain, rest = parts_of_zone(sheet, row, end, "REL")
        yield Hit(row, certain, because)
        if rest:
            yield Hit(*rest, because, score=0.8)


def _article_end(sheet: CueSheet, resume_words: float) -> int:
    """Return the last row that reads like a paragraph of an article, not like a teaser; -1 where there is none."""
    rows = reversed(sheet.scan.select(FLAGS["prose"]))
    return next((row for row in rows if article_resumes(sheet, row, resume_words)), -1)


def _inline_headline(sheet: CueSheet, *, min_words: float, max_words: float) -> Iterator[Hit]:
    """A headline between two paragraphs set in other type than the article around it."""
    curly, straight = sheet.scan.curly, sheet.scan.straight
    house_is_curly = curly >= 8 and curly >= 4 * straight
    least, most = whole(min_words, up=True), whole(max_words)
    for row in sheet.scan.select(FLAGS["between"], _NO_HEADLINE, 0, -1, least, most):
        flags = sheet.scan.flags(row)
        foreign = house_is_curly and bool(flags & FLAGS["straight"]) and not flags & FLAGS["curly"]
        doubled = bool(flags & FLAGS["double_space"])
        if (foreign or doubled) and _stands_between(sheet, row):
            yield Hit(row, row, {"straight_quotes": foreign, "double_space": doubled, "words": sheet.words[row]})


def _stands_between(sheet: CueSheet, row: int) -> bool:
    """Whether a row between two paragraphs may be a headline; in HTML it must be a link."""
    text, link = sheet.text[row], sheet.links[row]
    if row == sheet.title or (link is not None and link < 0.5):
        return False
    return text[-1] not in ":;,—-" and not text[:1].islower()


def _tag_run(sheet: CueSheet, *, min_run: float, topical: float) -> Iterator[Hit]:
    """Short lines right under the article whose words the article is made of: its tags."""
    last = _article_last(sheet)
    if last < 0 or not sheet.scan.select(0, FLAGS["terminal"], last + 1, last + 2, 1, 4):
        return
    row = last + 1
    end = row
    while (
        end < len(sheet)
        and 0 < sheet.words[end] <= 4
        and not sheet.terminal[end]
        and (sheet.marked[end] or (sheet.links[end] or 0) > 0.5)
    ):
        end += 1
    if end - row < min_run:
        return
    labels = [_WORDS.findall(sheet.scan.fold(r)) for r in range(row, end)]
    body = sheet.scan.standing(list({word for label in labels for word in label}), FLAGS["prose"], last + 1)
    known = sum(not body.isdisjoint(label) for label in labels) / len(labels)
    if known >= topical:
        yield Hit(row, end - 1, {"labels": end - row, "topical_share": round(known, 2)})


def _article_last(sheet: CueSheet) -> int:
    """Return the last prose row before the first related, comment or footer anchor below running text."""
    codes = (code for code in ("REL001", "CMT001", "FTR001") if code in sheet.present)
    stops = [row for code in codes for row in sheet.cue_rows(code) if sheet.prose_before[row] >= 60]
    return last_prose(sheet, min(stops) if stops else None)


def _related_elements(sheet: CueSheet) -> Iterator[Hit]:
    marked = sheet.named("related")
    inside = sum(sheet.words[row] for row in marked if sheet.prose[row])
    if sheet.prose_before[-1] - inside < 60:
        return
    for row, found in marked.items():
        if not (sheet.prose[row] and sheet.words[row] > 60):
            yield Hit(row, row, {"hint": found})


RULES = (
    Rule(
        "REL001",
        "related-zone",
        summary="Block of links to other stories: its heading and the teasers under it",
        rationale="'Most Read', 'Related stories', 'You may also like' open a list of headlines, dates and section "
        "names. The zone ends where running text resumes.",
        example="  The old bridge over the river reopened on Monday, two years after the flood that took its middle span. "
        "The mayor walked across first, followed by the school band and several hundred people from both banks of "
        "the river, some of whom had come by boat. Engineers had found cracks in the piers last autumn, and the "
        "repair took longer than anybody had planned for, said the head of the works department.\n"
        "- Most Read\n- Storm closes three northern airports\n- 12 Oct 2025\n",
        scope="document",
        test=_related_zone,
        needs=Needs(cues=("REL001",)),
        cues=True,
        score=0.92,
        params=(
            Param("resume_words", 35, "words", "a paragraph this long, of two sentences, is the article again"),
            Param("inner_resume", 20, "words", "the same, where the article goes on below"),
            Param("inner_rows", 8, "lines", "taken at most where the article goes on below"),
            Param("min_before", 60, "words", "of running text above; with less only the label goes"),
        ),
        known_problems="Lists that an article announces with a heading such as 'Recommended'.",
    ),
    Rule(
        "REL002",
        "inline-related",
        summary="Line that points to another story: 'Read also: …'",
        rationale="Inline teasers stand between paragraphs and open with a fixed call.",
        example="- Read also: Storm closes three northern airports\n  Read also his early letters, she advised.\n",
        test=at_most,
        cues=True,
        score=0.9,
        params=(MAX_WORDS(30),),
    ),
    Rule(
        "REL003",
        "inline-headline",
        summary="Headline of another story between two paragraphs, set in other type than the article",
        rationale="Inline links keep the typography of the system that made them: straight quotes where the article "
        "has curly ones, or double spaces; and they end without a full stop.",
        example="  The “old bridge” reopened on Monday, and the “new one”, the mayor said, will be “ready by spring”, not “soon”.\n"
        "- The mayor's bridge was long overdue, and it won't be the last one built\n"
        "  The repair took “two winters”, said the engineer, who had seen the flood and everything that came after it.\n",
        scope="document",
        test=_inline_headline,
        needs=Needs(flags=("between",)),
        score=0.9,
        params=(
            Param("min_words", 8, "words", "shorter lines are sub-headings"),
            Param("max_words", 30, "words", "longer ones are paragraphs"),
        ),
    ),
    Rule(
        "REL004",
        "tag-line",
        summary="Tags, topics, categories",
        rationale="Key words of the story, as links.",
        example="- Tags: bridges, flood, council\n  Topics were chosen by the readers themselves this year.\n",
        test=framed_line,
        cues=True,
        score=0.95,
        params=(MAX_WORDS(40),),
    ),
    Rule(
        "REL005",
        "tag-run",
        summary="Run of short lines under the article made of its own words: tags",
        rationale="Tags follow the last paragraph as a list of one to four words each, most of which occur in the text.",
        example="  The bridge over the river reopened on Monday, two years after the flood that took its middle span.\n"
        "- • Bridge\n- • Flood\n- • River\n",
        scope="document",
        test=_tag_run,
        needs=Needs(flags=("prose",)),
        score=0.9,
        params=(
            Param("min_run", 3, "lines", "fewer may be a list"),
            Param("topical", 0.6, "share of the labels", "that hold a word of the article"),
        ),
    ),
    Rule(
        "REL006",
        "related-element",
        summary="Block inside an element that says it holds related stories",
        rationale="Class names such as related, most-read, trending mark teaser blocks in HTML.",
        scope="document",
        test=_related_elements,
        needs=Needs(elements=("related",), structure="html"),
        score=0.86,
    ),
)
