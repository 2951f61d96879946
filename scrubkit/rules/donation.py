"""DON: donation appeals and counters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrubkit.catalogue import Hit, Needs, Param, Rule
from scrubkit.rules.block import MAX_WORDS, framed_line
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS

_MONEY = re.compile(
    r"(?:[$€£¥₽₺₴]|usd|eur|gbp|rub|руб\.?)?\s*\d[\d.,\u00a0 ]*\s*(?:[$€£¥₽₺₴%]|usd|eur|gbp|rub|руб\.?|dollars?|euros?)?",
    re.I,
)
_SIGN = re.compile(r"[$€£¥₽₺₴]|usd|eur|gbp|rub|руб", re.I)
_SUPPORT = re.compile(r"(?:support|donate to|help) (?:the )?\w[\w.&'’-]*(?: \w[\w.&'’-]*){0,2}", re.I)


def _counter(sheet: CueSheet, *, min_run: float) -> Iterator[Hit]:
    for row in sheet.scan.select(FLAGS["zero"], FLAGS["table"]):
        if not _is_amount(sheet, row) or (row and _is_amount(sheet, row - 1)):
            continue
        end = row + 1
        while end < len(sheet) and _is_amount(sheet, end):
            end += 1
        if end - row >= min_run:
            yield Hit(row, end - 1, {"amounts": end - row})


def _is_amount(sheet: CueSheet, row: int) -> bool:
    text = sheet.scan.plain(row)
    if len(text) > 16 or sheet.scan.flags(row) & FLAGS["table"]:
        return False
    return _MONEY.fullmatch(text) is not None and _SIGN.search(text) is not None


def _support_lines(sheet: CueSheet) -> Iterator[Hit]:
    scan, words = sheet.scan, sheet.words
    rows = [row for row in sheet.stem_rows("DON003") if words[row] <= 4 and not scan.flags(row) & FLAGS["terminal"]]
    if not rows:
        return
    counters = {r for hit in _counter(sheet, min_run=3) for r in range(hit.first, hit.last + 1)}
    for row in rows:
        if not counters and not scan.flags(row) & FLAGS["copied"]:
            continue
        if _SUPPORT.fullmatch(scan.plain(row)) and row != sheet.title:
            copies = len(sheet.scan.copies(row))
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
        needs=Needs(flags=("zero",)),
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
        stems=("support ", "donate to ", "help "),
        score=0.92,
    ),
)
