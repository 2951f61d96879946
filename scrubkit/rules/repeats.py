"""TTL, CAP, RPT: what a page says twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scrubkit.catalogue import Hit, Needs, Param, Rule, each_row
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS, whole

_TABLE, _LETTERS, _TERMINAL = FLAGS["table"], FLAGS["letters"], FLAGS["terminal"]


def _title_copies(sheet: CueSheet) -> Iterator[Hit]:
    title = sheet.title
    if title is None:
        return
    for row in sheet.scan.copies(title):
        if row > title:
            yield Hit(row, row, {"copy_of_row": title + 1})


def _own_title(sheet: CueSheet) -> Iterator[Hit]:
    title = sheet.title
    if title is not None and not sheet.is_html:
        yield Hit(title, title, {"words": sheet.words[title]}, action="keep")


def _caption_copies(sheet: CueSheet, *, max_apart: float) -> Iterator[Hit]:
    words, title, first = sheet.words, sheet.title, sheet.scan.first_copy
    for row, before in sheet.scan.close_copies(_TABLE, whole(max_apart), 8):
        if first(row) != title and words[first(row)] >= 2:
            yield Hit(row, row, {"rows_apart": row - before})


def _line_copies(sheet: CueSheet, *, min_chars: float, all_from: float, inner_words: float) -> Iterable[Hit]:
    first_prose, last = sheet.body
    flags, title, words = sheet.scan.flags, sheet.title, sheet.words
    found = {}
    for row, first, copies, copy in sheet.scan.copied(_LETTERS, _TABLE, whole(min_chars, up=True)):
        if first == title:
            continue
        if first_prose <= row <= last:
            # Between paragraphs short fragments recur by right: names in a thread, terms in a reference.
            taken = copy > 0 and words[row] >= inner_words
        else:
            taken = copy > 0 or (copies >= all_from and words[first] <= 6 and not flags(first) & _TERMINAL)
        if taken:
            found[row] = {"copies": copies, "copy": copy + 1}
    # Laid-out HTML says the same thing twice for its own reasons (a slide, a hidden menu), never for the reader's; lines
    # of flattened text do come back in threads and references.
    return each_row(found, found.values(), 0.91 if sheet.is_html else None)


RULES = (
    Rule(
        "TTL001",
        "title-copy",
        summary="Second copy of the page's title",
        rationale="Titles come back as image texts, in players and in share widgets; the first copy stays.",
        example="  Bridge reopens after two years\n\n"
        "  The old bridge over the river reopened on Monday, two years after the flood that took its middle span.\n\n"
        "- Bridge reopens after two years\n",
        scope="document",
        test=_title_copies,
        needs=Needs(flags=("copied",)),
        score=0.97,
    ),
    Rule(
        "TTL002",
        "own-title",
        summary="The page's own title: stays",
        rationale="A title is short, has no full stop, and would fall to rules about short lines.",
        example="- Bridge reopens after two years\n\n"
        "  The old bridge over the river reopened on Monday, two years after the flood that took its middle span.\n",
        scope="document",
        action="keep",
        test=_own_title,
        needs=Needs(structure="text"),
        score=0.96,
    ),
    Rule(
        "CAP001",
        "caption-copy",
        summary="Second copy of a caption, close to the first",
        rationale="A picture's alternative text and its caption are often the same; the first copy stays.",
        example="  Anglers on the quay below the old bridge\n- Anglers on the quay below the old bridge\n",
        scope="document",
        test=_caption_copies,
        needs=Needs(flags=("copied",)),
        score=0.95,
        params=(Param("max_apart", 3, "lines", "further apart it is a repeated line (RPT001)"),),
    ),
    Rule(
        "RPT001",
        "repeated-line",
        summary="Line that stands on the page more than once",
        rationale="Pages repeat frames, not text. Later copies go; of short labels that recur, all go.",
        example="  The bridge reopened on Monday.\n- The bridge reopened on Monday.\n",
        scope="document",
        test=_line_copies,
        needs=Needs(flags=("copied",)),
        score=0.85,
        params=(
            Param("min_chars", 4, "characters", "shorter lines repeat by chance"),
            Param("all_from", 3, "copies", "from here on the first copy of a short label outside the text goes too"),
            Param("inner_words", 5, "words", "shorter lines between paragraphs may recur"),
        ),
        known_problems="Refrains of songs and poems.",
    ),
)
