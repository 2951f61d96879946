"""BYL: lines that say who wrote the text, when and where; metadata, kept unless asked otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from scrubkit.catalogue import Hit, Needs, Param, Rule
from scrubkit.ingest.datelines import read_dateline
from scrubkit.ingest.signatures import (
    Signature,
    is_credit,
    is_reading_time,
    read_signature,
)
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS, fold_open

__all__ = ["RULES"]

_DIGITS, _BRACKET = FLAGS["digits"], FLAGS["bracket"]

_NEAR = Param(
    "max_rows", 8, "rows", "rows from the title, or from the first paragraph, within which the line must stand"
)


# Of these one stands in any credit, whatever the language; tests hold them against the patterns of is_credit.
CREDIT_STEMS = tuple(
    map(
        fold_open,
        (
            "reporting", "additional research", "additional writing", "contributing research", "contributing writing",
            "writing by", "writing and", "editing by", "editing and", "mitarbeit", "collaborato", "в подготовке", "katkı",
            "*ساهم", "*شارك", "*أسهم", "取材協力", "参与", "with files", "with contribution", "with material",
            "with information", "with report", "with input", "with agenc", "mit material", "mit agenturmaterial",
            "mit informationen", "mit dpa", "mit afp", "mit reuters", "avec la contribution", "avec la collaboration",
            "avec la participation", "avec les a", "avec les reuters", "avec agence", "avec afp", "avec reuters", "avec ap",
            "con informaci", "con reporte", "con aporte", "con la colaboraci", "com informações", "com reportagem",
            "com a colaboração", "com as ag", "com ag", "com as reuters", "com as afp", "com reuters", "com afp",
            "con la collaborazione", "при участии", "contributed", "first appeared", "originally appeared",
            "first published", "originally published", "first ran", "originally ran", "first posted", "originally posted",
            "dieser artikel", "dieser text", "dieser beitrag", "cet article", "contribué à", "originalmente",
            "questo articolo", "本文", "zu diesem", "contribuyó", "contribuyeron", "colaboró", "colaboraron", "contribuiu",
            "contribuíram", "colaborou", "colaboraram", "contribuito a", "贡献", "貢獻", "が取材に協力",
        ),
    )
)  # fmt: skip


def _near_title(sheet: CueSheet, max_rows: float) -> Iterator[tuple[int, Signature]]:
    """Yield what the lines around the title and the first paragraph say of the article, by row."""
    title = sheet.title
    if title is not None and sheet.signature(title) is not None:
        title = None  # the line nearest above the text was taken for the title, and it is a byline
    first = sheet.body[0]
    low = first - int(max_rows) if title is None else title - 3
    high = first + 2 if title is None else title + int(max_rows)
    for row in sheet.scan.select(0, FLAGS["prose"], low, max(0, high + 1)):
        if row != title and (found := sheet.signature(row)) is not None:
            yield row, found


def _byline(sheet: CueSheet, *, max_rows: float) -> Iterator[Hit]:
    for row, found in _near_title(sheet, max_rows):
        if not found.author and not found.source:
            continue
        # The opener may stand in a row of its own, above the name.
        opener = row - 1 if found.author and row and read_signature(sheet.text[row]) is None else row
        yield Hit(opener, row, {"author": found.author} if found.author else {"source": found.source})


def _date(sheet: CueSheet, *, max_rows: float) -> Iterator[Hit]:
    for row, found in _near_title(sheet, max_rows):
        if found.date is not None and not found.author:
            yield Hit(row, row, {"date": found.date.value, "role": found.date.role})


def _reading_time(sheet: CueSheet) -> Iterator[Hit]:
    scan = sheet.scan
    for row in scan.select(FLAGS["minutes"], 0, 0, -1, 0, 10):
        if is_reading_time(text := scan.text(row)):
            yield Hit(row, row, {"line": text})


def _credit(sheet: CueSheet, *, min_words_before: float) -> Iterator[Hit]:
    for row in sheet.stem_rows("BYL004"):
        if sheet.prose_before[row] >= min_words_before and sheet.words[row] <= 60 and is_credit(sheet.text[row]):
            yield Hit(row, row, {"words_before": sheet.prose_before[row]})


def _dateline(sheet: CueSheet, *, max_rows: float) -> Iterator[Hit]:
    first, select = sheet.body[0], sheet.scan.select
    low = first - int(max_rows)
    # Others have neither a day nor an agency.
    for row in sorted({*select(_DIGITS, 0, low, first + 1, 1, 8), *select(_BRACKET, 0, low, first + 1, 1, 8)}):
        # The pattern wants text behind the dash that ends a dateline; here the line ends instead.
        line = sheet.scan.plain(row).rstrip(" —–-")
        found = read_dateline(f"{line} — x")
        if found is not None and found.end >= len(line) and (found.agency or any(map(str.isdigit, line))):
            yield Hit(row, row, {"place": found.place})


RULES: tuple[Rule, ...] = (
    Rule(
        "BYL001",
        "byline",
        summary="Line that names the author or the source, near the title",
        rationale="Who wrote a text is the text's metadata. Other rules take such lines for author boxes or menu "
        "entries, so the byline near the title is protected; those of teasers elsewhere are not.",
        example="  Ferry service ends after ninety years on the lake\n"
        "- By Mara Holt and Jon Vik\n"
        "  The last ferry crossed the lake on Monday with forty people on board, and nobody wanted to leave it.\n",
        scope="document",
        action="keep",
        test=_byline,
        needs=Needs(flags=("opened", "dated")),
        score=0.96,
        params=(_NEAR,),
        known_problems="A name without 'By' is not seen: nothing tells it from a section's name.",
    ),
    Rule(
        "BYL002",
        "reading-time",
        summary="Line that tells how long reading takes",
        rationale="The site's estimate, not the author's words; it changes with the site's design.",
        example="- 3 min read\n- Lesezeit: 4 Minuten\n  The match lasted 90 min\n",
        scope="document",
        test=_reading_time,
        needs=Needs(flags=("minutes",)),
        score=0.98,
    ),
    Rule(
        "BYL003",
        "date-line",
        summary="Line with the date of the text and nothing else, near the title",
        rationale="The date is metadata; rules for menus and tickers must not take it.",
        example="  Ferry service ends after ninety years on the lake\n"
        "- Published 7 January 2022, 23:41\n"
        "  The last ferry crossed the lake on Monday with forty people on board, and nobody wanted to leave it.\n",
        scope="document",
        action="keep",
        test=_date,
        needs=Needs(flags=("dated",)),
        score=0.96,
        params=(_NEAR,),
        known_problems="'2 hours ago' is no date.",
    ),
    Rule(
        "BYL004",
        "contributor-credit",
        summary="Line below the text that names other contributors",
        rationale="'… contributed to this report' belongs to the text, and tells of its origin where it was taken "
        "over from another outlet.",
        example="  The last ferry crossed the lake on Monday with forty people on board, and nobody wanted to leave "
        "it. The company said it would sell the ship before the end of the year.\n"
        "- Harbour News's Mara Holt and Jon Vik contributed to this report.\n",
        scope="document",
        action="keep",
        test=_credit,
        stems=CREDIT_STEMS,
        score=0.97,
        params=(Param("min_words_before", 25, "words", "words of running text that must stand before it"),),
    ),
    Rule(
        "BYL005",
        "dateline",
        summary="Line of its own that says where a report was filed",
        rationale="Noted so that reports can be grouped by place; a dateline inside the first paragraph is in the "
        "metadata and stays where it is.",
        example="  Ferry service ends after ninety years on the lake\n"
        "- OSLO, Jan 7 (Reuters) -\n"
        "  The last ferry crossed the lake on Monday with forty people on board, and nobody wanted to leave it.\n",
        scope="document",
        action="note",
        test=_dateline,
        needs=Needs(flags=("digits", "bracket")),
        score=0.9,
        params=(_NEAR,),
    ),
)
