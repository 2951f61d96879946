"""JSON-LD of a page: headline, author, dates, publisher, article text. Malformed scripts are counted, not fatal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

__all__ = ["Linked", "read_jsonld"]

_MOST_CHARS = 2_000_000  # of JSON read per page
_MOST_OBJECTS = 20_000
_MOST_TYPES = 50
_LONGEST = 2_000  # characters kept of any value but the article text
_ARTICLE = ("article", "posting", "report", "review", "recipe", "howto", "webpage", "product")
_SITE = frozenset({"website", "organization", "newsmediaorganization"})
_OPENING = ("<!--", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA[")
_CLOSING = ("-->", "//]]>", "/*]]>*/", "]]>", "//", ";")


@dataclass(slots=True)
class Linked:
    """What the JSON-LD of one page says; ``None`` where it says nothing, ``errors`` counts unreadable scripts."""

    headline: str | None = None
    name: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    site: str | None = None
    description: str | None = None
    language: str | None = None
    body: str | None = None
    types: tuple[str, ...] = ()
    errors: int = 0


def read_jsonld(scripts: Iterable[str]) -> Linked:
    """Return what all ``application/ld+json`` scripts of a page say together; the first to say a thing wins.

    At most 2 million characters are read. A script that is no JSON counts as an error and is passed over.
    """
    linked = Linked()
    types: dict[str, None] = {}
    room = _MOST_CHARS
    for written in scripts:
        room -= len(written)
        if room < 0:
            linked.errors += 1
            break
        try:
            data = _parse(written)
        except (ValueError, RecursionError):
            linked.errors += 1
            continue
        for item in _objects(data):
            _read(item, linked, types)
    linked.types = tuple(types)[:_MOST_TYPES]
    return linked


def _parse(written: str) -> Any:
    """Return the value of a script; strict and fast first, then as browsers' readers forgive."""
    if not written.strip():
        return None
    try:
        return msgspec.json.decode(written)
    except (msgspec.DecodeError, UnicodeError):
        return json.loads(_bare(written), strict=False)


def _bare(written: str) -> str:
    """Return a script without the comment marks that old advice wraps around it."""
    written = written.strip()
    for mark in _OPENING:
        written = written.removeprefix(mark).lstrip()
    for mark in _CLOSING:
        written = written.removesuffix(mark).rstrip()
    return written


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """Yield every object, outer before inner, in the order written."""
    stack, seen = [data], 0
    while stack and seen < _MOST_OBJECTS:
        item = stack.pop()
        if isinstance(item, dict):
            seen += 1
            yield item
            inner = [value for value in item.values() if isinstance(value, (dict, list))]
            if inner:
                stack += reversed(inner)
        elif isinstance(item, list):
            stack.extend(reversed(item))


@lru_cache(maxsize=256)
def _kind(named: str) -> tuple[str, bool, bool]:
    """Return a type without its address, whether it names a site, and whether an article."""
    lower = named.lower()
    return named.rsplit("/", 1)[-1], lower in _SITE, any(word in lower for word in _ARTICLE)


def _read(item: dict[str, Any], linked: Linked, types: dict[str, None]) -> None:
    named = item.get("@type")
    site = article = False
    for kind in named if isinstance(named, list) else (named,):
        if isinstance(kind, str):
            short, is_site, is_article = _kind(kind)
            types[short] = None
            site |= is_site
            article |= is_article
    if site:
        linked.site = linked.site or _text(item.get("name"))
    body = item.get("articleBody")
    if isinstance(body, str) and len(body) > len(linked.body or ""):
        linked.body = body
    if not article:
        return
    linked.headline = linked.headline or _text(item.get("headline"))
    linked.name = linked.name or _text(item.get("name"))
    linked.published = linked.published or _text(item.get("datePublished"))
    linked.modified = linked.modified or _text(item.get("dateModified"))
    linked.description = linked.description or _text(item.get("description"))
    linked.language = linked.language or _text(item.get("inLanguage"))
    linked.author = linked.author or _names(item.get("author"))
    linked.site = linked.site or _names(item.get("publisher"))


def _names(value: Any) -> str | None:
    people = value if isinstance(value, list) else [value]
    names = [_text(one.get("name")) if isinstance(one, dict) else _text(one) for one in people[:20]]
    known = dict.fromkeys(name for name in names if name and "://" not in name)
    return ", ".join(known) or None


def _text(value: Any) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    return (" ".join(value[:_LONGEST].split()) or None) if isinstance(value, str) else None
