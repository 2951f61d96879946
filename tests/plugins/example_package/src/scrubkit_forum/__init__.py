"""Rules for what forum software puts around a post."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scrubkit.plugins import CueHit, Family, Hit, Param, Rule, Sheet

_COUNT = re.compile(r"(?:posts|joined|location|reputation):\s*\S.*", re.IGNORECASE)


def short_line(sheet: Sheet, row: int, cue: CueHit, *, max_words: float) -> Mapping[str, Any] | None:
    """Say yes to a short line with the cue in it; what it returns is the evidence."""
    del cue
    words = sheet.words[row]
    return {"words": words} if words <= max_words else None


def member_box(sheet: Sheet, *, min_lines: float) -> Iterator[Hit]:
    """Find runs of lines such as "Posts: 1,204" and "Joined: May 2011" beside a post."""
    first = None
    for row in range(len(sheet) + 1):
        if row < len(sheet) and _COUNT.fullmatch(sheet.plain[row]):
            first = row if first is None else first
            continue
        if first is not None and row - first >= min_lines:
            yield Hit(first, row - 1, {"lines": row - first})
        first = None


RULES = (
    Family("XFO", "comments", "Forum threads"),
    Rule(
        "XFO001",
        "phone-signature",
        summary="Signature that a phone puts under a post",
        rationale="It names a device, not the writer, and stands under thousands of posts.",
        example="  I shall bring the ladder on Sunday.\n- Sent from my phone\n",
        scope="block",
        test=short_line,
        cues=True,
        params=(Param("max_words", 8, "words", "longest line that is a signature"),),
    ),
    Rule(
        "XFO002",
        "member-box",
        summary="Numbers of a member beside a post",
        rationale="They count the writer's posts; the post says nothing about them.",
        example="- Posts: 1,204\n- Joined: May 2011\n  Does anybody know this pump?\n",
        scope="document",
        test=member_box,
        params=(Param("min_lines", 2, "lines", "shortest run of such lines"),),
        status="preview",
    ),
)
