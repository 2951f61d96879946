"""NAV: menus, breadcrumbs, skip links, paging, and what stands above the title."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from scrubkit.catalogue import Hit, Needs, Param, Rule, each_row
from scrubkit.rules.block import MAX_WORDS, at_most, framed_line
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS, count_words, whole

_NO_ENTRY = FLAGS["claimed"] | FLAGS["digits"] | FLAGS["table"]
_CRUMB = re.compile(r"\s*[›»→▸]\s*|\s+(?:>|/|::|\|)\s+")
_CODE = re.compile(r"[{}=;\[\]<]|\(\)|->")
_NUMBERS = re.compile(
    r"(?:\w+\s+)?(?:[«‹<]\s*)?\d{1,4}(?:[\s|·…]+(?:\.{2,3}\s*)?\d{1,4}){2,}(?:\s*(?:…|\.{2,3}))?(?:\s*\w*\s*[»›>]?)?"
)

_BY_SHAPE = 0.89
"""Below the veto of the block model (KEP001), which knows what a page is about better than a guessed title does."""
_NEAR_TITLE = 3
"""Rows above the title within which the model does not overrule: of what it is sure of there half the words are content,
further up seven in ten (flat-dev, out of fold)."""


def _breadcrumbs(sheet: CueSheet, *, min_labels: float, max_words: float) -> Iterator[Hit]:
    first, last = sheet.body
    for row in sheet.scan.select(FLAGS["crumbs"], FLAGS["terminal"]):
        if first < row <= last or len(text := sheet.scan.plain(row)) > 200:
            continue
        labels = [part for part in _CRUMB.split(text) if part]
        if len(labels) < min_labels or not _CRUMB.search(text) or _CODE.search(text):
            continue
        link = sheet.links[row]
        longest = max((count_words(label) for label in labels[:-1]), default=0)
        digits = any(c.isdigit() for label in labels[:-1] for c in label)
        if longest <= max_words and not digits and (link is None or link >= 0.3):
            yield Hit(row, row, {"labels": len(labels), "link_density": link})


def _label_runs(sheet: CueSheet, *, min_run: float, inner_run: float) -> Iterator[Hit]:
    first_prose, last = sheet.body
    if first_prose == len(sheet):
        return
    title = -1 if sheet.title is None else sheet.title
    inner = min_run if sheet.scan.linked else inner_run
    for row, end in sheet.scan.runs(FLAGS["label"], _NO_ENTRY, title, whole(min(min_run, inner), up=True)):
        length = end - row + 1
        outside = end < first_prose or row > last
        if length >= (min_run if outside else inner):
            yield Hit(row, end, {"lines": length, "outside_prose": outside}, score=0.9 if outside else 0.7)


_ARROW = re.compile(r"[←⟵]\s*\S.*|.*\S\s*[→⟶]|(?:[«‹]|<<)\s*[^»]*|[^«]*\S\s*(?:[»›]|>>)")


def _arrow_links(sheet: CueSheet, *, max_words: float, min_before: float) -> Iterator[Hit]:
    for row in sheet.scan.select(FLAGS["arrows"], FLAGS["terminal"], 0, -1, 2, whole(max_words)):
        if sheet.prose_before[row] >= min_before and _ARROW.fullmatch(sheet.scan.text(row)[:200]):
            yield Hit(row, row, {"words": sheet.words[row]})


def _above_title(sheet: CueSheet, *, max_words: float) -> Iterable[Hit]:
    title = sheet.title
    if not title:
        return ()
    words = sheet.words
    rows = sheet.scan.select(0, FLAGS["terminal"] | FLAGS["prose"], 0, title, 0, whole(max_words))
    because = [{"rows_to_title": title - row, "words": words[row]} for row in rows]
    near = bisect_left(rows, title - _NEAR_TITLE)
    return itertools.chain(each_row(rows[:near], because, _BY_SHAPE), each_row(rows[near:], because[near:], 0.9))


def _paging(sheet: CueSheet) -> Iterator[Hit]:
    for row in sheet.scan.select(FLAGS["numbers"], FLAGS["table"]):
        text = sheet.scan.plain(row)
        if not _NUMBERS.fullmatch(text):
            continue
        numbers = [int(n) for n in re.findall(r"\d+", text)]
        ascending = all(a < b for a, b in itertools.pairwise(numbers))
        steps = sum(b - a == 1 for a, b in itertools.pairwise(numbers))
        if ascending and steps >= 2 and not sheet.terminal[row]:
            yield Hit(row, row, {"numbers": len(numbers)})


RULES = (
    Rule(
        "NAV001",
        "skip-link",
        summary="Accessibility skip link flattened into the text",
        rationale="Skip links are the first focusable thing of a page and so the first line of a scrape.",
        example="- Skip to main content\n  The council met on Monday to vote on the bridge.\n",
        test=at_most,
        cues=True,
        score=0.99,
        params=(MAX_WORDS(8),),
    ),
    Rule(
        "NAV002",
        "breadcrumb",
        summary="Chain of short labels that says where in the site a page stands",
        rationale="Breadcrumbs repeat section names and the title before the article begins.",
        example="- Home › Business › Energy\n  The price rose > 5 percent, traders said on Friday.\n",
        scope="document",
        test=_breadcrumbs,
        needs=Needs(flags=("crumbs",)),
        score=0.9,
        params=(
            Param("min_labels", 3, "labels", "fewer are not a chain"),
            Param("max_words", 5, "words", "a longer label makes it a sentence"),
        ),
        known_problems="Paths of menus that a manual quotes; they stand between paragraphs and are left there.",
    ),
    Rule(
        "NAV003",
        "menu-run",
        summary="Run of short lines without sentence marks: a menu",
        rationale="Flattened menus are long runs of one to four words. Above the first and below the last running "
        "text a short run suffices; between paragraphs it must be long, because lists live there.",
        example="- News\n- Politics\n- Economy\n- Sport\n- Culture\n"
        "  The council met on Monday to vote on the bridge, and nobody from the harbour board came.\n",
        scope="document",
        test=_label_runs,
        needs=Needs(flags=("label",)),
        score=0.9,
        params=(
            Param("min_run", 4, "lines", "above or below the running text, or where links are known"),
            Param("inner_run", 12, "lines", "between paragraphs of flattened text"),
        ),
        known_problems="Ingredients, line-ups and other lists of single words below the last paragraph.",
    ),
    Rule(
        "NAV004",
        "site-chrome",
        summary="Label of a page's frame: menu, search, home, back to top",
        rationale="These labels belong to the site, not to the article, wherever they stand alone on a line.",
        example="- Toggle navigation\n- Back to top\n  He went back to the top of the hill.\n",
        test=framed_line,
        cues=True,
        score=0.93,
    ),
    Rule(
        "NAV005",
        "paging-label",
        summary="Previous, next, older, newer",
        rationale="Paging labels, often with the title of a neighbouring post behind them.",
        example="- Older posts\n- Next: How the tide mill was saved\n  Next to the mill stands a new house.\n",
        test=framed_line,
        cues=True,
        score=0.9,
        params=(MAX_WORDS(25),),
    ),
    Rule(
        "NAV008",
        "arrow-link",
        summary="Title of a neighbouring page with an arrow before or behind it",
        rationale="Below the text '← Older title' and 'Newer title →' lead to the posts before and after.",
        example="  The old bridge over the river reopened on Monday, two years after the flood that took its middle span.\n"
        "- ← Snow gates to be painted\n- Parish pump: what we talked about →\n",
        scope="document",
        test=_arrow_links,
        needs=Needs(flags=("arrows",)),
        score=0.88,
        params=(
            Param("max_words", 25, "words", "a longer line is text"),
            Param("min_before", 12, "words", "of running text above"),
        ),
    ),
    Rule(
        "NAV006",
        "page-numbers",
        summary="Line of page numbers",
        rationale="The numbers under a list or a split article.",
        example="- 1 2 3 … 14\n  1, 2 and 3 were the winning numbers.\n",
        scope="document",
        test=_paging,
        needs=Needs(flags=("numbers",)),
        score=0.9,
    ),
    Rule(
        "NAV007",
        "above-title",
        summary="Short line above the title",
        rationale="Site name, slogan, section and edition labels stand above the title; an article does not begin "
        "before its title.",
        example="- The Harbour Courier\n- Morning edition\n\n  Bridge reopens after two years of repairs\n\n"
        "  The old bridge over the river reopened on Monday, two years after the flood that took its middle span.\n",
        scope="document",
        test=_above_title,
        score=0.9,
        params=(Param("max_words", 10, "words", "a longer line may be a standfirst"),),
        known_problems="A kicker above the headline goes too. More than three rows above the title it is scored below the "
        "block model's veto: where the title is guessed wrongly, much of the page stands above it.",
    ),
)
