"""A page as templates see it: its visible blocks, each with the form in which blocks of two pages are compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from scrubkit.core.document import KINDS
from scrubkit.rules.sheet import count_words

if TYPE_CHECKING:
    from scrubkit.core.document import Document, Elements

__all__ = ["EDGE", "LONG_WORDS", "PROSE_WORDS", "PageRow", "key_of", "page_keys", "page_rows", "source_name"]

EDGE = ""
"""What stands beside the first and the last row of a page."""

LONG_WORDS = 8
"""A row of so many words may be a sentence of an article, and is believed later than a label."""

PROSE_WORDS = 2 * LONG_WORDS
"""A row of so many words is taken for its own sake only, never because of where it stands."""

_BLANK = KINDS.index("blank")
_SHOWN = 300  # characters of a long line that stand in a file of templates; a hash stands for the rest
_CUT = re.compile(r" …#[0-9a-f]{16}$")
_DIGITS = re.compile(r"\d+")
_STEPS = 3  # elements of a path: enough to tell a sidebar from the text, few enough to be the same on all pages


@dataclass(frozen=True, slots=True)
class PageRow:
    """A visible block: its span, its comparison form, its words, its element's signature."""

    start: int
    end: int
    key: str
    words: int
    path: str | None = None


def key_of(text: str) -> str:
    """Return the form in which lines are compared: white space levelled, caseless; a long one with its end hashed.

    Digits are kept as they are: lines that differ in a number alone may be rows of a table.

    >>> key_of("  Sign in\\tor  REGISTER ")
    'sign in or register'
    >>> len(key_of("word " * 1000)), key_of(key_of("word " * 1000)) == key_of("word " * 1000)
    (318, True)
    """
    folded = " ".join(text.split()).casefold()
    if len(folded) <= _SHOWN or (_CUT.search(folded) and len(folded) <= _SHOWN + 19):
        return folded
    return f"{folded[:_SHOWN].rstrip()} …#{blake2b(folded.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"


def page_rows(document: Document) -> list[PageRow]:
    """Return the visible blocks of a page in order."""
    blocks, text = document.blocks, document.text
    tree, owner = blocks.elements, blocks.element
    paths: dict[int, str] = {}
    out = []
    for i, kind in enumerate(blocks.kinds):
        if kind == _BLANK:
            continue
        start, end = blocks.starts[i], blocks.ends[i]
        part = text[start:end]
        key = key_of(part)
        path = None
        if tree is not None and owner is not None:
            at = owner[i]
            path = paths.get(at) or paths.setdefault(at, _signature(tree, at))
        out.append(PageRow(start, end, key, key.count(" ") + 1 if key.isascii() else count_words(key), path))
    return out


def page_keys(document: Document) -> list[str]:
    """Return the different comparison forms of the visible blocks of a page, in order of first sight."""
    return list(dict.fromkeys(row.key for row in page_rows(document)))


def _signature(tree: Elements, at: int) -> str:
    """Return the last elements of a path with their first class tokens, numbers levelled (``post-17``, ``post-0``)."""
    parts: list[str] = []
    while at >= 0 and len(parts) < _STEPS:
        parts.append(".".join((tree.tags[at], *_DIGITS.sub("0", tree.attrs[at]).split()[:2])))
        at = tree.parent[at]
    return "/".join(reversed(parts))


def source_name(*, host: str | None, id: str, place: str | None) -> str:
    """Return what source a page is of: its host, else the folder of its file, else the name of its record file.

    Shards of one set (``part-00003.jsonl.gz``) are one source.

    >>> source_name(host="www.example.org", id="7", place=None)
    'example.org'
    >>> source_name(host=None, id="herald/2024/a.txt", place="scrapes/herald/2024/a.txt")
    'herald/2024'
    >>> source_name(host=None, id="7", place="crawl/part-00003.jsonl.gz:12")
    'part'
    """
    if host:
        return host.lower().removeprefix("www.")
    head, _, tail = (place or "").rpartition(":")
    if head and tail.isdigit():
        name = head.replace("\\", "/").rpartition("/")[2]
        return name.partition(".")[0].rstrip("0123456789-_") or name
    return id.rpartition("/")[0] or "."
