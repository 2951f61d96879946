"""DON: donation appeals and counters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrubkit.catalogue import Hit, Param, Rule
from scrubkit.rules.block import MAX_WORDS, framed_line
from scrubkit.rules.run import CueSheet

_MONEY = re.compile(
    r"(?:[$€£¥₽₺₴]|usd|eur|gbp|rub|руб\.?)?\s*\d[\d.,\u00a0 ]*\s*(?:[$€£¥₽₺₴%]|usd|eur|gbp|rub|руб\.?|dollars?|euros?)?",
    re.I,
)
_SIGN = re.compile(r"[$€£¥₽₺₴]|usd|eur|gbp|rub|руб", re.I)
_SUPPORT = re.compile(r"(?:support|donate to|help) (?:the )?\w[\w.&'’-]*(?: \w[\w.&'’-]*){0,2}", re.I)


def _counter(sheet: CueSheet, *, min_run: float) -> Iterator[Hit]:
    row = 0
    while row < len(sheet):
        end = row
        while (
            end < len(sheet)
            and len(sheet.plain[end]) <= 16
            and _MONEY.fullmatch(sheet.plain[end])
            and _SIGN.search(sheet.plain[end])
            and sheet.kind[end] not in ("cell", "pre")
        ):
            end += 1
        amounts = [re.sub(r"\D", "", sheet.plain[r]) for r in range(row, end)]
        if end - row >= min_run and amounts[0].strip("0") == "":
            yield Hit(row, end - 1, {"amounts": end - row})
        row = max(end, row + 1)


def _support_lines(sheet: CueSheet) -> Iterator[Hit]:
    counters = {r for hit in _counter(sheet, min_run=3) for r in range(hit.first, hit.last + 1)}
    for row, text in enumerate(sheet.plain):
        if sheet.words[row] <= 4 and not sheet.terminal[row] and _SUPPORT.fullmatch(text) and row != sheet.title:
            copies = len(sheet.copies[sheet.fold[row]])
            beside = any(r in counters for r in range(row - 3, row + 4))
            if copies >= 2 or beside:
                yield Hit(row, row, {"copies": copies, "beside_counter": beside})


RULES = (
    Rule(
        "DON001",
        "donation-appeal",
        summary="Appeal for donations",
        rationale="Appeals are prose and recur under every article.",
        example="- If you value our work, please consider donating.\n  The donors met in the town hall.\n",
        test=framed_line,
        cues=True,
        score=0.93,
        params=(MAX_WORDS(90),),
        known_problems="Pages of charities, where the appeal is the content.",
    ),
    Rule(
        "DON002",
        "donation-counter",
        summary="Scale of a donation counter: amounts alone on their lines, from zero up",
        rationale="A flattened progress bar.",
        example="- 0 €\n- 500 €\n- 1,000 €\n  The bridge cost 1,000 € a day.\n",
        scope="document",
        test=_counter,
        score=0.95,
        params=(Param("min_run", 3, "lines", "fewer may be prices"),),
    ),
    Rule(
        "DON003",
        "support-button",
        summary="'Support X' as a button: repeated on the page, or beside a counter",
        rationale="Donation buttons name the outlet and stand above and below the article.",
        example="- Support the Courier\n  The bridge reopened on Monday.\n- Support the Courier\n",
        scope="document",
        test=_support_lines,
        score=0.92,
    ),
)
