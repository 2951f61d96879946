"""Dates as pages write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.ingest.date_words import MONTHS
from scrubkit.ingest.dates import find_dates, read_date_line

SEVENTH = "2022-01-07"


@pytest.mark.parametrize(
    "written",
    [
        "7 Jan 2022", "7 January 2022", "January 7, 2022", "Jan. 7th, 2022", "7-Jan-2022", "Friday, 7 January 2022",
        "2022-01-07", "2022/1/7", "2022.01.07", "07.01.2022", "7. Januar 2022", "7. Jänner 2022", "7 janvier 2022",
        "7 de enero de 2022", "7 de janeiro de 2022", "7 gennaio 2022", "7 januari 2022", "7 stycznia 2022",
        "7 января 2022 г.", "7 січня 2022", "7 Ocak 2022", "7 ianuarie 2022", "2022. január 7.", "7 Ιανουαρίου 2022",
        "7 يناير 2022", "٧ يناير ٢٠٢٢", "7 كانون الثاني 2022", "كانون الثاني 7, 2022", "7 كانون الثاني/يناير 2022", "7 ינואר 2022", "7 जनवरी 2022",
        "2022年1月7日", "2022年01月07日", "2022년 1월 7일",
    ],
)  # fmt: skip
def test_a_date_is_read_in_any_language(written: str) -> None:
    """Thirty ways to write one day give one ISO date."""
    assert [date.value for date in find_dates(written)] == [SEVENTH]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("7 Jan 2022 23:41", f"{SEVENTH}T23:41"),
        ("2022-01-07T23:41:05+01:00", f"{SEVENTH}T23:41:05+01:00"),
        ("2022-01-07 23:41:05 UTC", f"{SEVENTH}T23:41:05Z"),
        ("Fri, 07 Jan 2022 09:30:00 +0300", f"{SEVENTH}T09:30:00+03:00"),
        ("January 7, 2022 at 11:41 PM EST", f"{SEVENTH}T23:41"),
        ("January 7, 2022, 12:05 a.m.", f"{SEVENTH}T00:05"),
        ("7. Januar 2022 um 23.41 Uhr", f"{SEVENTH}T23:41"),
        ("7 janvier 2022 à 18h30", f"{SEVENTH}T18:30"),
        ("2022年1月7日 10时30分", f"{SEVENTH}T10:30"),
    ],
)
def test_the_time_of_day_is_read_and_no_zone_invented(written: str, value: str) -> None:
    """Offsets and UTC are kept; a zone's abbreviation is not guessed at."""
    assert next(find_dates(written)).value == value


def test_a_date_with_two_meanings_stays_as_written() -> None:
    """3/4/2022 is March in one country and April in another."""
    (found,) = find_dates("on 3/4/2022")
    assert (found.value, found.exact) == ("3/4/2022", False)
    assert [d.value for d in find_dates("13/4/2022 4/13/2022 5/5/2022")] == ["2022-04-13", "2022-04-13", "2022-05-05"]


@pytest.mark.parametrize(
    "written", ["30 February 2022", "2022-13-01", "1.2.3", "12345-01-07", "7 Jan", "May", "0/1/2022"]
)
def test_what_is_no_date_is_not_read(written: str) -> None:
    """Impossible days, versions, dates without a year."""
    assert list(find_dates(written)) == []


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("Published 7 January 2022", "published"),
        ("Updated: 7 Jan 2022", "updated"),
        ("Zuletzt aktualisiert am 7. Januar 2022", "updated"),
        ("Publié le 7 janvier 2022 - Mis à jour le 8 janvier 2022", "published"),
        ("Опубликовано 7 января 2022", "published"),
        ("Güncelleme: 07.01.2022", "updated"),
        ("发布时间：2022-01-07", "published"),
    ],
)
def test_a_date_line_says_what_its_date_is_of(line: str, role: str) -> None:
    """The label beside the date tells publication from change."""
    found = read_date_line(line)
    assert found is not None
    assert (found.value, found.role) == (SEVENTH, role)


@pytest.mark.parametrize(
    "line",
    [
        "On January 7, 2022 the council met.",
        "January 7, 2022 - a day of mourning",
        "Flood of 7 January 2022",
        "Version 1.2.2022",
    ],
)
def test_a_line_with_other_words_is_no_date_line(line: str) -> None:
    """Only labels, weekdays and zones may stand beside the date."""
    assert read_date_line(line) is None


def test_every_language_has_twelve_months() -> None:
    """The table is complete: twelve names a line."""
    assert {len(line.split()) for line in MONTHS.strip().split("\n")} == {12}


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(MONTHS.strip().split("\n")))
def test_every_day_of_every_month_name_is_read(day: dt.date, names: str) -> None:
    """Writing a date in a language and reading it gives the date."""
    month = names.split()[day.month - 1].replace("_", " ")
    assert [found.value for found in find_dates(f"{day.day} {month} {day.year}")] == [day.isoformat()]


@given(st.text(max_size=120))
def test_spans_lie_in_the_text(text: str) -> None:
    """Any text can be searched, and what is found lies in it, in order."""
    at = 0
    for found in find_dates(text):
        assert at <= found.start < found.end <= len(text)
        at = found.end
