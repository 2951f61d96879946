"""Dates as pages write them, read to ISO 8601 where that can be done without guessing.

A date is read only with its year. Dots mean day first (``07.01.2022``), as in every country that writes so;
slashes are read only where a number above 12 or two equal numbers leave one meaning, else the date stays as written.
No time zone is invented: ``UTC``, ``GMT``, ``Z`` and numeric offsets are kept, names such as ``EST`` are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from scrubkit.ingest.date_words import MONTHS, PUBLISHED, SMALL, UPDATED, WEEKDAYS

__all__ = ["DateFound", "DateLine", "find_dates", "has_year", "read_date_line"]


_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９", "0123456789" * 4)

_ISO = r"(?P<y{0}>(?:19|20)\d\d)[-/.](?P<m{0}>\d\d?)[-/.](?P<d{0}>\d\d?)(?!\d)"
_DAY = r"(?P<d{0}>\d\d?)(?:st|nd|rd|th|er|[ºª°.])?"
_YEAR = r"(?P<y{0}>(?:19|20)\d\d)(?!\d)"
_CJK = r"(?P<y{0}>(?:19|20)\d\d)\s?[年년]\s?(?P<m{0}>\d\d?)\s?[月월]\s?(?P<d{0}>\d\d?)\s?[日號号일]"
_NUMERIC = r"(?P<a>\d\d?)(?P<sep>[./-])(?P<b>\d\d?)(?P=sep)(?P<yn>(?:19|20)\d\d)(?!\d)"

_HAS_YEAR = re.compile(r"(?:19|20)\d\d")

_TIME = re.compile(
    r"(?<![\d:])(?P<h>[01]?\d|2[0-3])(?:[:h時时点點](?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.\d+)?)?分?|\.(?P<u>[0-5]\d)(?=\s*Uhr))"
    r"(?:\s?(?P<half>[ap]\.?m\.?)(?![a-z]))?(?:\s?(?P<zone>Z\b|UTC\b|GMT\b)?(?P<offset>[+-]\d\d:?\d\d)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in a line: ``value`` is ISO 8601, or the date as written where it has two meanings (``exact`` False)."""

    value: str
    start: int
    end: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that holds a date and little else; ``role`` is ``"updated"`` where it says so, else ``"published"``."""

    value: str
    role: str
    exact: bool


@cache
def _months() -> Mapping[str, int]:
    found: dict[str, int] = {}
    for names in MONTHS.strip().split("\n"):
        for number, name in enumerate(names.split(), 1):
            if found.setdefault(name.replace("_", " "), number) != number:
                raise ValueError(f"month name {name!r} has two meanings")
    return found


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of a date; most places are told by a look at one character, the first words by what follows."""
    names = "|".join(sorted((re.escape(name) for name in _months()), key=len, reverse=True))
    month = rf"(?P<n{{0}}>{names})(?:/(?:{names}))?\.?"
    day_first = rf"{_DAY}[\s-]*(?:de\s|of\s)?{month}[\s,-]*(?:del?\s|of\s)?{_YEAR}"
    year_first = rf"(?P<y{{0}}>(?:19|20)\d\d)\.?\s+{month}\s+(?P<d{{0}}>\d\d?)(?!\d)"
    # Some names are two words; then comes the day.
    month_first = rf"(?<!\w)(?=[^\W\d]\S*(?:\s\S+)?\s+\d){month}\s+{_DAY},?\s+(?:of\s)?{_YEAR}"
    forms = (_ISO, _CJK, day_first, year_first, month_first)
    *digits, letters = (form.replace("{0}", str(i)) for i, form in enumerate(forms))
    digit_first = rf"(?=\d)(?:(?<!\d)(?:{'|'.join(digits)})|(?<![\d./-]){_NUMERIC})"
    return re.compile(f"{digit_first}|{letters}", re.IGNORECASE)


def has_year(text: str) -> bool:
    """Whether a text may hold a date that is read: it holds a year.

    >>> has_year("7 Jan 2022"), has_year("7 Jan")
    (True, False)
    """
    return _HAS_YEAR.search(text if text.isascii() else text.translate(_DIGITS)) is not None


def find_dates(text: str) -> Iterator[DateFound]:
    """Yield the dates of a text in order, with the time of day directly after or before them if there is one.

    >>> [d.value for d in find_dates("Published 7 Jan 2022 23:41, updated January 8th, 2022 at 9:05 pm UTC")]
    ['2022-01-07T23:41', '2022-01-08T21:05Z']
    >>> [d.value for d in find_dates("7 de enero de 2022; 07.01.2022; 2022年1月7日; ٧ يناير ٢٠٢٢; 3/4/2022")]
    ['2022-01-07', '2022-01-07', '2022-01-07', '2022-01-07', '3/4/2022']
    """
    plain = text if text.isascii() else text.translate(_DIGITS)
    if _HAS_YEAR.search(plain) is None:
        return
    for found in _pattern().finditer(plain):
        day = _day(found)
        if day is None:
            continue
        if day[4:5] != "-":
            yield DateFound(text[found.start() : found.end()], found.start(), found.end(), exact=False)
            continue
        clock, end = _clock(plain, found.end())
        yield DateFound(day + clock, found.start(), end)


def _day(found: re.Match[str]) -> str | None:
    """Return ``YYYY-MM-DD``, the text as it stands where it has two meanings, or ``None`` where it is no date."""
    parts = {key: value for key, value in found.groupdict().items() if value is not None}
    if "yn" in parts:
        return _numeric(found.group(), parts)
    form = next(key[1:] for key in parts if key[0] == "y")
    name = parts.get(f"n{form}")
    month = _months()[_unaccented(name)] if name else int(parts[f"m{form}"])
    return _valid(int(parts[f"y{form}"]), month, int(parts[f"d{form}"]))


def _unaccented(name: str) -> str:
    # Turkish capitals lose their dot in casefold's pair: İ becomes i and a mark, I stands for ı.
    key = name.lower().replace("i\u0307", "i")
    return (
        key
        if key in _months()
        else key.replace("ı", "i")
        if key.replace("ı", "i") in _months()
        else key.replace("i", "ı")
    )


def _numeric(written: str, parts: Mapping[str, str]) -> str | None:
    a, b, year = int(parts["a"]), int(parts["b"]), int(parts["yn"])
    if parts["sep"] == "." or a > 12 or a == b:
        return _valid(year, b, a)
    if b > 12:
        return _valid(year, a, b)
    return written if a and b else None


def _valid(year: int, month: int, day: int) -> str | None:
    from calendar import monthrange

    if not (1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


_BETWEEN = re.compile(
    r"(?:\s*[T,|•·–—-]\s*|\s+(?:at|um|à|a las|às|alle(?: ore)?|ore|в|saat|الساعة|às|klo|kl\.?)\s+|\s+|，)?"
)


def _clock(plain: str, at: int) -> tuple[str, int]:
    """Return the ISO time of day that stands directly after a date (``""`` if none), and where it ends."""
    gap = _BETWEEN.match(plain, at)
    found = _TIME.match(plain, gap.end() if gap else at)
    if found is None:
        return "", at
    hour = int(found["h"])
    half = (found["half"] or "")[:1].lower()
    if half:
        if not 1 <= hour <= 12:
            return "", at
        hour = hour % 12 + (12 if half == "p" else 0)
    offset = found["offset"] or ("Z" if found["zone"] else "")
    if offset not in ("", "Z") and ":" not in offset:
        offset = f"{offset[:3]}:{offset[3:]}"
    seconds = f":{found['s']}" if found["s"] else ""
    return f"T{hour:02d}:{found['m'] or found['u']}{seconds}{offset}", found.end()


_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")


@cache
def _vocabulary() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the words that say updated, those that say published, and all that a date line may hold."""
    updated, published = frozenset(UPDATED.split()), frozenset(PUBLISHED.split())
    return updated, published, updated | published | frozenset(SMALL.split()) | frozenset(WEEKDAYS.split())


def read_date_line(line: str) -> DateLine | None:
    """Return the date of a line that holds a date, its label, and nothing else; ``None`` for any other line.

    >>> read_date_line("Zuletzt aktualisiert am 7. Januar 2022 um 23.41 Uhr")
    DateLine(value='2022-01-07T23:41', role='updated', exact=True)
    >>> read_date_line("On January 7, 2022 the council met.") is None
    True
    """
    if len(line) > 120 or not any(map(str.isdigit, line)):
        return None
    dates = list(find_dates(line))
    if not dates:
        return None
    rest = line
    for date in reversed(dates):
        rest = f"{rest[: date.start]} {rest[date.end :]}"
    rest = _TIME.sub(" ", rest.translate(_DIGITS))
    updated, published, known = _vocabulary()
    words = [word.lower().replace("i\u0307", "i") for word in _WORD.findall(rest)]
    if any(word not in known for word in words) or len(re.findall(r"\d", rest)) > 2:
        return None
    first = dates[0]
    before = {word.lower() for word in _WORD.findall(line[: first.start])}
    says_updated = bool(before & updated) or (not before & published and bool(set(words) & updated) and len(dates) == 1)
    return DateLine(first.value, "updated" if says_updated and not before & published else "published", first.exact)
