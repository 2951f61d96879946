"""Bylines, credits, sources, datelines and reading times, line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.ingest.datelines import read_dateline
from scrubkit.ingest.signatures import (
    is_credit,
    is_reading_time,
    may_be_credits,
    read_byline,
    read_signature,
    read_signature_at,
    read_source,
)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Mara Holt", "Mara Holt"),
        ("BY MARA HOLT AND JON VIK", "MARA HOLT AND JON VIK"),
        ("  • By Harbour News Desk", "Harbour News Desk"),
        ("By Mara Holt, HNN", "Mara Holt"),
        ("By Mara Holt January 7, 2022", "Mara Holt"),
        ("By Dr. M. B. Holt-Vik", "Dr. M. B. Holt-Vik"),
        ("By Reuters", "Reuters"),
        ("Written by Mara Holt", "Mara Holt"),
        ("Von Mara Holt und Jon Vik", "Mara Holt und Jon Vik"),
        ("Par Jeanne de la Tour", "Jeanne de la Tour"),
        ("Por María Ruiz", "María Ruiz"),
        ("Di Anna Conti", "Anna Conti"),
        ("Автор: Иван Лесков", "Иван Лесков"),
        ("Yazan: Ayşe Demir", "Ayşe Demir"),
        ("بقلم سامي حداد", "سامي حداد"),
        ("作者：李明", "李明"),
        ("文/张三", "张三"),
        ("執筆：山田太郎", "山田太郎"),
    ],
)
def test_a_byline_names_its_author(line: str, name: str) -> None:
    """The forms of a dozen languages, with what else stands in the line cut off."""
    assert read_byline(line) == name


@pytest.mark.parametrize(
    "line",
    [
        "By the way", "By Monday", "By 2030", "By default", "By Train", "Von Berlin nach München", "Por favor",
        "By the time the ferry came, it was dark.", "Di Corsa", "", "By", "Author", "Par avion",
    ],
)  # fmt: skip
def test_a_line_that_opens_like_a_byline_is_not_one(line: str) -> None:
    """Prepositions, days, phrases, sentences."""
    assert read_byline(line) is None


def test_the_opener_may_stand_in_a_line_of_its_own() -> None:
    """HTML that was flattened block by block leaves 'By' and the name in two lines."""
    found = read_signature_at(["By", "Mara Holt"], 1)
    assert found is not None
    assert found.author == "Mara Holt"
    assert read_signature_at(["Buy", "Mara Holt"], 1) is None
    assert read_signature_at(["Mara Holt"], 0) is None


def test_one_line_may_say_several_things() -> None:
    """Author, date and reading time behind bars."""
    found = read_signature("By Mara Holt | Published 7 Jan 2022 10:30 | 4 min read")
    assert found is not None
    assert found.date is not None
    assert (found.author, found.date.value, found.reading_time) == ("Mara Holt", "2022-01-07T10:30", True)


def test_a_source_line_names_the_source() -> None:
    """Source lines in several languages; sentences about sources are none."""
    lines = ["Source: Agencies", "Quelle: dpa", "Источник: ТАСС", "Kaynak: AA", "المصدر: وكالات", "来源：新华社"]
    assert [read_source(line) for line in lines] == ["Agencies", "dpa", "ТАСС", "AA", "وكالات", "新华社"]
    assert read_source("Sources close to the mayor said nothing.") is None


@pytest.mark.parametrize(
    ("line", "place", "agency"),
    [
        ("OSLO -- The harbour froze.", "OSLO", None),
        ("OSLO (AP) — The harbour froze.", "OSLO", "AP"),
        ("LONDON, Jan 7 (Reuters) - The bank said", "LONDON", "Reuters"),
        ("Berlin (dpa) - Die Bank", "Berlin", "dpa"),
        ("PARIS, 7 janvier (AFP) - La banque", "PARIS", "AFP"),
        ("Madrid, 7 ene (EFE).- El banco", "Madrid", "EFE"),
        ("МОСКВА, 7 января. /ТАСС/. Банк", "МОСКВА", "ТАСС"),
        ("新华社北京1月7日电（记者李明）", "北京", "新华社"),
    ],
)
def test_a_dateline_gives_place_and_agency(line: str, place: str, agency: str | None) -> None:
    """House styles of agencies in several languages."""
    found = read_dateline(line)
    assert found is not None
    assert (found.place, found.agency) == (place, agency)
    assert 0 < found.end < len(line)


@pytest.mark.parametrize(
    "line", ["The mill - an old one - burnt.", "The Union (EU) - a club - met.", "He was late (as ever) - and wet."]
)
def test_an_aside_is_no_dateline(line: str) -> None:
    """Dashes and brackets stand in ordinary sentences too."""
    assert read_dateline(line) is None


def test_short_credit_openings_need_a_short_line() -> None:
    """'With material from' opens a credit of four words and a sentence of twenty."""
    assert is_credit("With material from Harbour Press")
    assert not is_credit(
        "With material from the old pier the villagers built a hut, a wall and, in the end, a whole new chapel."
    )


@given(st.text(max_size=300))
def test_any_line_can_be_asked(line: str) -> None:
    """No line makes a reader fail, and a credit or reading time is told by the line alone."""
    read_signature(line)
    read_dateline(line)
    assert is_credit(line) == is_credit(line)
    assert is_reading_time(line) == is_reading_time(line)


@given(
    st.lists(
        st.sampled_from(
            [
                "A. Berg contributed to this report.",
                "(mit Material von dpa)",
                "Avec AFP",
                "ساهم في إعداد التقرير سامي حداد",
                "本文首发于新华网",
                "Katkıda bulunanlar: Ayşe Demir",
                "ΚΑΙΡΟΣ",
                "İstanbul",
                "Rain fell.",
                "",
            ]
        ),
        max_size=8,
    )
)
def test_no_credit_line_is_passed_over(lines: list[str]) -> None:
    """The search for all stems at once names every line that is a credit, where it stands."""
    found = may_be_credits(lines)
    assert {number for number, line in enumerate(lines) if is_credit(line)} <= found
    assert all(may_be_credits([lines[number]]) for number in found)
