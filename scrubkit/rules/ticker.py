"""TCK: breaking-news tickers and live banners."""

from __future__ import annotations

from collections.abc import Iterator

from scrubkit.catalogue import Hit, Needs, Param, Rule
from scrubkit.rules.block import MAX_WORDS, at_most
from scrubkit.rules.run import CueSheet
from scrubkit.rules.zone import run_to_gap


def _ticker_zone(sheet: CueSheet, *, max_run: float) -> Iterator[Hit]:
    for row in sheet.cue_rows("TCK001"):
        end = run_to_gap(sheet, row, int(max_run)) if not sheet.is_html else row
        # Items of a ticker are headlines; a run that opens with paragraphs is an article under a live banner.
        items = range(row + 1, end + 1)
        long = sum(sheet.words[r] > 60 for r in items)
        labels = sum(sheet.words[r] <= 3 for r in items)
        if len(items) < 2 or long or 2 * labels > len(items):
            end = row
        title = sheet.title
        if title is not None and row < title <= end:
            end = title - 1
        # A lone label may as well be a menu entry ("Live"): then the menu names it.
        because = {"cue": sheet.fold[row], "items": end - row, "prose_items": sum(sheet.prose[r] for r in items)}
        yield Hit(row, end, because, score=None if end > row or " " in sheet.fold[row] else 0.85)


RULES = (
    Rule(
        "TCK001",
        "ticker-run",
        summary="Ticker: a BREAKING or LIVE label and the headlines run on under it",
        rationale="Ticker items are whole sentences about other stories. The label and the unbroken run of lines "
        "after it tell them; the first blank line ends the run. Without blank lines only the label goes.",
        example="- BREAKING\n- Minister resigns over harbour contract.\n- Storm closes three northern airports.\n\n"
        "  Bridge reopens after two years\n",
        scope="document",
        test=_ticker_zone,
        needs=Needs(cues=("TCK001",)),
        cues=True,
        score=0.96,
        params=(Param("max_run", 40, "lines", "a longer run has no end in sight: only the label goes"),),
    ),
    Rule(
        "TCK002",
        "ticker-line",
        summary="One-line banner that opens with BREAKING: or LIVE:",
        rationale="A banner above the article about another story.",
        example="- BREAKING: Storm closes three northern airports\n  Breaking the ice took the crew four hours.\n",
        test=at_most,
        cues=True,
        score=0.85,
        params=(MAX_WORDS(25),),
        known_problems="An article whose own headline opens with BREAKING: loses it where the title is not known.",
    ),
)
