"""Datelines: where a report was filed, and by which agency."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scrubkit.core.patterns import lazily
from scrubkit.ingest.date_words import AGENCIES

__all__ = ["Dateline", "read_dateline"]

_AGENCIES = frozenset(AGENCIES.split())
_CASED = lazily(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f]")


@dataclass(frozen=True, slots=True)
class Dateline:
    """The place a report was filed from, the agency where it is named, and where the dateline ends in its line."""

    place: str
    agency: str | None
    end: int


_PLACE = r"(?P<place>[^\W\d_a-zа-яё][^\d\n()（）—–,.:;!?]{1,38}?(?:\s?[,/]\s?[^\W\d_a-z][^\d\n,()（）—–:;!?]{1,24}?)?)"
_AGENCY = r"\s*[(（]\s*(?P<agency>[^()（）]{2,40}?)\s*[)）]"
_DASH = r"\s*(?:—|–|--+|\.?-(?=\s))\s*"
_WHEN = r"(?:,?\s*(?:[A-Z][a-z]{2,8}\.?\s\d{1,2}|\d{1,2}\.?\s[^\W\d_]{3,12}\.?)(?:,?\s\d{4})?)"
_DATELINES = (
    # CITY (Agency) — , CITY, Jan 7 (Agency) - , City (agency) -
    lazily(rf"^{_PLACE}{_WHEN}?{_AGENCY}\s*(?:{_DASH}|[.:]\s)"),
    # CITY, 7 января. /АГЕНТСТВО/.  CITY, 7 янв — Агентство.
    lazily(rf"^{_PLACE}{_WHEN}(?:\.?\s*/(?P<agency>[^/]{{2,20}})/\.?|{_DASH}(?P<named>[\w ]{{2,24}}\.)|{_DASH})"),
    # CITY -- or CITY — in capitals: nothing else tells it from an aside
    lazily(
        rf"^(?P<place>[^\W\d_]{{2,}}(?:[\s'’.-]{{1,2}}[^\W\d_]+){{0,4}}(?:,\s[^\W\d_][\w. ]{{1,20}})?){_DASH}(?=\S)"
    ),
    # 新华社北京1月7日电
    lazily(
        r"^(?P<agency>[\u4e00-\u9fff]{2,6}(?:社|网|報|报))?(?P<place>[\u4e00-\u9fff]{2,6})\d{1,2}月\d{1,2}日(?:电|電|讯|訊)"
    ),
)


def read_dateline(line: str) -> Dateline | None:
    """Return the dateline a paragraph opens with, ``None`` where it has none.

    >>> read_dateline("OSLO, Jan 7 (Reuters) - The harbour froze.")
    Dateline(place='OSLO', agency='Reuters', end=24)
    >>> read_dateline("NEW YORK -- The harbour froze.").place, read_dateline("The mill - an old one - burnt.")
    ('NEW YORK', None)
    """
    for number, pattern in enumerate(_DATELINES):
        found = pattern.match(line[:120])
        if found is None:
            continue
        place = found["place"].strip(" ,")
        if (number == 2 or (number == 1 and not found["agency"])) and not _all_capitals(place):
            continue
        groups = found.groupdict()
        agency = groups.get("agency") or (groups.get("named") or "").rstrip(".") or None
        if agency is not None and any(map(str.isdigit, agency)):
            agency = None
        if len(place.split()) > 5 or (number == 0 and not _is_filed(place, agency or "")):
            continue
        return Dateline(place, agency, found.end())
    return None


def _is_filed(place: str, agency: str) -> bool:
    """Whether a place and a name in brackets are a dateline: a city in capitals, or an agency known as one."""
    names = re.split(r"[\s/,]+", agency.lower())
    return _all_capitals(place) or not _AGENCIES.isdisjoint(names) or not _CASED.search(place)


def _all_capitals(place: str) -> bool:
    city = place.split(",")[0]
    return city.isupper() and sum(map(str.isalpha, city)) >= 3
