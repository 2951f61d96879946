"""SHR: share bars, follow links, app badges."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrubkit.catalogue import Hit, Needs, Rule
from scrubkit.rules.block import MAX_WORDS, at_most, framed_line
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS

_COUNT = re.compile(
    r"[\d.,]+\s*[kKmM]?\s*(?:shares?|likes?|tweets?|followers|claps?|retweets?|pins?)\b\W*",
    re.I,
)


def _counts(sheet: CueSheet) -> Iterator[Hit]:
    for row in sheet.scan.select(FLAGS["shares"]):
        text = sheet.scan.plain(row)
        if _COUNT.fullmatch(text):
            yield Hit(row, row, {"text": text})


def _share_elements(sheet: CueSheet) -> Iterator[Hit]:
    for row, found in sheet.named("share").items():
        if not sheet.prose[row] and sheet.words[row] <= 12:
            yield Hit(row, row, {"hint": found})


RULES = (
    Rule(
        "SHR001",
        "share-label",
        summary="Label of a share bar: share, tweet, copy link, the name of a network",
        rationale="Alone on a line these are buttons.",
        example="- Share this article\n- Copy link\n  They share the boat with two other families.\n",
        test=framed_line,
        cues=True,
        score=0.93,
    ),
    Rule(
        "SHR002",
        "follow-line",
        summary="Line that asks to follow, join or download an app",
        rationale="Calls to follow an outlet elsewhere recur under every article.",
        example="- Follow us on Telegram for the morning briefing\n  The dog began to follow us on the way home.\n",
        test=at_most,
        cues=True,
        score=0.93,
        params=(MAX_WORDS(30),),
        known_problems="A sentence that opens with 'Follow us on' inside an interview.",
    ),
    Rule(
        "SHR003",
        "share-count",
        summary="Count of shares, likes or views",
        rationale="'12 shares' stands beside the share bar.",
        example="- 1.2K Shares\n  The bank sold 12 shares.\n",
        scope="document",
        test=_counts,
        needs=Needs(flags=("shares",)),
        score=0.9,
    ),
    Rule(
        "SHR004",
        "share-element",
        summary="Short block inside an element that says it is a share bar",
        rationale="Class names of share bars are alike across sites.",
        scope="document",
        test=_share_elements,
        needs=Needs(elements=("share",), structure="html"),
        score=0.89,
    ),
)
