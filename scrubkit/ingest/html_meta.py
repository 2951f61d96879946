"""What a page says of itself: meta tags, JSON-LD, microdata.

Precedence, first found wins:

* title: JSON-LD headline of an article, ``og:title``, ``twitter:title``, JSON-LD name, ``<title>``
* author: JSON-LD author, ``author`` and its like, ``itemprop="author"``, ``rel="author"``
* date: JSON-LD ``datePublished``, ``article:published_time`` and its like, ``itemprop="datePublished"``, the first
  ``<time datetime>``, ``dateModified``
* site: ``og:site_name``, JSON-LD publisher or WebSite, ``application-name``
* canonical_url: ``rel="canonical"``, ``og:url``
* language: ``<html lang>``, ``content-language``, ``og:locale``, JSON-LD ``inLanguage``

``extra`` holds ``page_title`` (the ``<title>`` as it stands), ``headline``, ``description``, ``article_body``,
``og_type``, ``jsonld_types`` (in order of appearance, without repeats), ``jsonld_errors`` (scripts that could not be
read), ``html_chars`` (length of the source) and ``anchors`` (links in the body); absent where the page has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from scrubkit.ingest.html_jsonld import Linked, read_jsonld
from scrubkit.kernels.dom import Asked

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["ASKED", "ATTRIBUTES", "Head", "iso_date", "plain", "read_meta"]

_LONGEST = 2_000  # characters kept of any one value
_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "citation_title")
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author",
            "citation_author", "byl")  # fmt: skip
_DATES = ("article:published_time", "og:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
          "dcterms.date", "dcterms.created", "pubdate", "publishdate", "publish-date", "parsely-pub-date",
          "sailthru.date", "citation_publication_date", "cxenseparse:recs:publishtime")  # fmt: skip
_CHANGED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_SITES = ("og:site_name", "application-name", "dc.publisher")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description")
_NAMING = ("property", "name", "itemprop", "http-equiv")
_NAMES = frozenset((*_TITLES, *_AUTHORS, *_DATES, *_CHANGED, *_SITES, *_DESCRIPTIONS, "og:url", "og:type", "og:locale",
                    "content-language"))  # fmt: skip


class Mark:
    """What a walk saw in the body, bit by bit, so that the tree is searched only for what it holds."""

    AUTHOR = 1  # itemprop or rel "author"
    PUBLISHED = 2  # itemprop "datePublished"
    MOMENT = 4  # an inline element with a datetime
    LINKED = 8  # a JSON-LD script
    ANY = 15


Head = tuple[str, Mapping[str, str | None], str]
"""A child of the head that may say something: its tag, those of its attributes that are asked for, its text."""

ASKED: Mapping[str, Asked] = {
    "meta": Asked(text=False),
    "link": Asked(text=False, attribute="rel", part="canonical"),
    "title": Asked(text=True),
    "script": Asked(text=True, attribute="type", part="ld+json"),
}
"""What is read of the elements in a head."""

ATTRIBUTES = ("content", "property", "name", "itemprop", "http-equiv", "rel", "href", "type")
"""The attributes of these that are read."""

Whole = Callable[[], "LexborHTMLParser"] | None
"""Gives the tree of the whole page where the one at hand lacks what stands in scripts and styles."""


def read_meta(
    tree: LexborHTMLParser,
    characters: int,
    *,
    anchors: int = 0,
    metas: int = 0,
    marks: int = Mark.ANY,
    head: Iterable[Head] | None = None,
    whole: Whole = None,
) -> dict[str, Any]:
    """Return the metadata of a parsed page as the keys of ``core.Meta`` that are known, and ``extra``.

    ``characters`` is the length of the page, ``anchors`` is passed on, ``metas`` counts the ``meta`` elements in the
    body, which is where broken heads and microdata put them, ``marks`` are those of :class:`Mark`. ``head`` holds
    the children of the head where they were read already. ``whole`` gives the tree of the whole page where scripts other
    than JSON-LD, and styles, are empty in ``tree``.
    """
    nodes = () if head is not None or tree.head is None else tree.head.iter()
    more = tree.css("body meta, body link") if metas else []
    named, links, page_title, scripts = _head((*(head or ()), *map(_read_node, nodes), *map(_read_node, more)))
    if marks & Mark.LINKED:
        scripts += [node.text() for node in tree.css("body script") if _is_jsonld(node.attributes)]
    linked = read_jsonld(scripts)
    values = {
        "title": linked.headline or _first(named, _TITLES) or linked.name or page_title,
        "author": linked.author or _author(tree, named, marks, whole),
        "date": _date(tree, named, linked, marks, whole),
        "site": _first(named, _SITES) or linked.site,
        "canonical_url": links.get("canonical") or named.get("og:url"),
        "language": _language(tree, named) or linked.language,
    }
    extra = {
        "page_title": page_title,
        "headline": linked.headline,
        "description": _first(named, _DESCRIPTIONS) or linked.description,
        "article_body": plain(linked.body) if linked.body else None,
        "og_type": named.get("og:type"),
        "jsonld_types": list(linked.types),
        "jsonld_errors": linked.errors,
        "html_chars": characters,
        "anchors": anchors,
    }
    meta: dict[str, Any] = {key: value for key, value in values.items() if value}
    meta["extra"] = {key: value for key, value in extra.items() if value}
    return meta


def plain(markup: str) -> str:
    """Return text without tags and character references; text that has neither comes back as it is.

    >>> plain("fish &amp; <b>chips</b>"), plain("2 < 3")
    ('fish & chips', '2 < 3')
    """
    if "<" not in markup and "&" not in markup:
        return markup
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(_BREAKING.sub("\n", markup)).body
    return body.text() if body is not None else ""


_BREAKING = re.compile(r"<(?:br|/p|/div|/h[1-6]|/li)\b[^>]*>", re.IGNORECASE)


def _read_node(node: LexborNode) -> Head:
    tag = node.tag or ""
    given = node.attributes if tag in ASKED else {}
    wanted = tag == "title" or (tag == "script" and _is_jsonld(given))
    return tag, given, node.text() if wanted else ""


def _head(items: Iterable[Head]) -> tuple[dict[str, str], dict[str, str], str, list[str]]:
    """Return named meta values (first wins), links by relation, the page's title, JSON-LD scripts."""
    named: dict[str, str] = {}
    links: dict[str, str] = {}
    title = ""
    scripts: list[str] = []
    for tag, given, text in items:
        if tag == "meta":
            _read_named(given, named)
        elif tag == "link":
            relation, target = given.get("rel"), given.get("href")
            if relation and target and "canonical" in relation.lower():
                links.setdefault("canonical", target.strip()[:_LONGEST])
        elif tag == "title":
            title = title or _tidy(text)
        elif tag == "script" and _is_jsonld(given):
            scripts.append(text)
    return named, links, title, scripts


def _is_jsonld(given: Mapping[str, str | None]) -> bool:
    return "ld+json" in (given.get("type") or "").lower()


def _read_named(given: Mapping[str, str | None], named: dict[str, str]) -> None:
    content = given.get("content")
    if content:
        for key in _NAMING:
            name = given.get(key)
            if name and (name in _NAMES or (name := name.strip().lower()) in _NAMES) and name not in named:
                named[name] = _tidy(content)


def _tidy(value: str | None) -> str:
    return " ".join((value or "")[:_LONGEST].split())


def _first(named: dict[str, str], keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = named.get(key)
        if value:
            return value
    return None


def _node(tree: LexborHTMLParser, query: str, whole: Whole) -> LexborNode | None:
    """Return the first element that a query names, with all the text that it has on the page."""
    node = tree.css_first(query)
    if node is None or whole is None:
        return node
    scripts = node.tag in ("script", "style") or node.css_first("script, style") is not None
    return whole().css_first(query) if scripts else node


def _author(tree: LexborHTMLParser, named: dict[str, str], marks: int, whole: Whole) -> str | None:
    for key in _AUTHORS:
        value = named.get(key)
        if value and "://" not in value:
            return value
    if marks & Mark.AUTHOR:
        for query in ('[itemprop~="author"]', '[rel~="author"]'):
            node = _node(tree, query, whole)
            value = _tidy(node.text()) if node is not None else ""
            if 0 < len(value) <= 100:
                return value
    return None


def _date(tree: LexborHTMLParser, named: dict[str, str], linked: Linked, marks: int, whole: Whole) -> str | None:
    """Return the day of publication, of change where only that is known, as ISO 8601 where it can be read."""
    written = linked.published or _first(named, _DATES)
    if not written:
        for mark, query in ((Mark.PUBLISHED, '[itemprop~="datePublished"]'), (Mark.MOMENT, "time[datetime]")):
            node = _node(tree, query, whole) if marks & mark else None
            if node is not None:
                given = node.attributes
                written = _tidy(given.get("datetime") or given.get("content") or node.text())
                break
    written = written or linked.modified or _first(named, _CHANGED)
    return (iso_date(written) or written) if written else None


_DAY = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")


def iso_date(written: str) -> str | None:
    """Return a date or moment as ISO 8601, or ``None`` where it is not surely one.

    Day and month as figures in an order that countries differ on are not guessed.

    >>> iso_date("2024-03-01T10:00:00Z"), iso_date("2024/3/1 10 Uhr"), iso_date("01/03/2024")
    ('2024-03-01T10:00:00+00:00', '2024-03-01', None)
    >>> iso_date("March 1st, 2024"), iso_date("1 Mar 2024")
    ('2024-03-01', '2024-03-01')
    """
    written = written.strip()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        pass
    else:
        return moment.date().isoformat() if len(written) <= 10 else moment.isoformat()
    moment_of_mail = _mail_date(written)
    if moment_of_mail is not None:
        return moment_of_mail
    numbers = _DAY.search(written)
    parts = numbers.groups() if numbers is not None else _named_day(written)
    if parts is None:
        return None
    try:
        return date(*(int(part) for part in parts)).isoformat()
    except ValueError:
        return None


def _named_day(written: str) -> tuple[str, str, str] | None:
    """Return year, month and day of a date with an English month name, which is unmistakable in any order."""
    match = _MONTH_DAY.search(written) or _DAY_MONTH.search(written)
    if match is None:
        return None
    month = _MONTHS.find(match["month"].lower()[:3])
    return (match["year"], str(month // 3 + 1), match["day"]) if month % 3 == 0 else None


_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b", re.IGNORECASE)
_DAY_MONTH = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?P<year>\d{{4}})\b", re.IGNORECASE)


def _mail_date(written: str) -> str | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(written).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _language(tree: LexborHTMLParser, named: dict[str, str]) -> str | None:
    root = tree.root
    given = root.attributes if root is not None else {}
    for value in (given.get("lang"), given.get("xml:lang"), named.get("content-language"), named.get("og:locale")):
        if value and value.strip():
            return value.split(",")[0].strip().replace("_", "-")[:35]
    return None
