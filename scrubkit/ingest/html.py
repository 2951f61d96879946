"""HTML layout: the text of a page, its blocks, its block-level elements, what it says of itself."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from typing import TYPE_CHECKING, Any

from scrubkit.core.document import KINDS, BlockTable, Elements
from scrubkit.ingest.html_meta import plain, read_meta
from scrubkit.ingest.html_walk import Walk, walk
from scrubkit.ingest.layout import Layout

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

__all__ = ["layout_html"]

_PARAGRAPH = KINDS.index("paragraph")
_WIDE = frozenset(KINDS.index(kind) for kind in ("paragraph", "heading", "pre", "quote", "caption"))
_FRAME = re.compile(r"</(iframe|noscript)\b|<iframe\b[^>]*>", re.IGNORECASE)


def layout_html(html: str) -> Layout:
    r"""Return the text of a page tiled by blocks, its elements as columns, and its metadata.

    Nothing is judged: menus, hidden panels and forms are laid out like the article (see
    :mod:`scrubkit.ingest.html_walk` for what makes a block). A block owns the separator after it: an empty line
    around paragraphs, headings, quotations, captions and preformatted text, a tab between the cells of a row, a
    line break otherwise; the last block ends in ``"\n"``.

    ``meta`` holds ``title``, ``author``, ``date``, ``site``, ``canonical_url`` and ``language`` where the page
    gives them, and ``extra`` (see :mod:`scrubkit.ingest.html_meta`). A page without any text of its own (frames
    only, an empty shell filled by scripts) yields the article text or description that its metadata carries as
    one block; ``extra["text_from"]`` then says where it came from.

    Any string has a layout: broken markup is mended as browsers do, lone surrogates become U+FFFD. Time and
    memory are linear in the page.

    >>> page = layout_html("<title>Tea</title><nav><a href=/>Home</a></nav><p>Green <b>tea</b>.<p>Black tea.")
    >>> page.text
    'Home\n\nGreen tea.\n\nBlack tea.\n'
    >>> [(block.kind, block.path, block.link_chars) for block in page.blocks]
    [('other', 'body/nav', 4), ('paragraph', 'body/p', 0), ('paragraph', 'body/p', 0)]
    >>> page.meta["title"]
    'Tea'
    """
    from selectolax.lexbor import LexborHTMLParser

    html = _encodable(html)
    tree = LexborHTMLParser(html)
    found = _walk(tree)
    if found.swallowed:
        tree = LexborHTMLParser(_without_open_frames(html))
        found = _walk(tree)
    meta = read_meta(tree, html, found)
    if not found.texts:
        _fall_back(tree, found, meta)
    return Layout(*_tile(found), meta)


def _walk(tree: LexborHTMLParser) -> Walk:
    return Walk() if tree.body is None else walk(tree.body)


def _encodable(html: str) -> str:
    try:
        html.encode()
    except UnicodeEncodeError:
        return html.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return html


def _without_open_frames(html: str) -> str:
    """Drop each ``<iframe>`` tag that ``</noscript>`` follows before ``</iframe>`` does."""
    marks = list(_FRAME.finditer(html))
    pieces, end, last = [], len(html), ""
    for mark in reversed(marks):
        closing = (mark.group(1) or "").lower()
        if closing:
            last = closing
        elif last == "noscript":
            pieces.append(html[mark.end() : end])
            end = mark.start()
    pieces.append(html[:end])
    return "".join(reversed(pieces))


def _fall_back(tree: LexborHTMLParser, found: Walk, meta: dict[str, Any]) -> None:
    """Give a page without text the one its metadata carries, as one block, and say so in ``extra``."""
    extra = meta["extra"]
    frames = "".join(node.text() for node in tree.css("noframes"))
    for source, text in (
        ("noframes", plain(frames)),
        ("article_body", extra.get("article_body")),
        ("description", extra.get("description")),
    ):
        if text and text.strip():
            extra["text_from"] = source
            break
    else:
        return
    if not found.tags:
        found.parent.append(-1)
        found.tags.append("body")
        found.attrs.append("")
        found.hidden.append(0)
    found.texts.append("\n".join(line for part in text.splitlines() if (line := " ".join(part.split()))))
    found.kinds.append(_PARAGRAPH)
    found.links.append(0)
    found.owner.append(0)


def _tile(found: Walk) -> tuple[str, BlockTable]:
    """Join the blocks with the separators they own."""
    starts, ends = array("l"), array("l")
    pieces: list[str] = []
    at = 0
    for text, gap in zip(found.texts, _separators(found), strict=True):
        starts.append(at)
        at += len(text) + len(gap)
        ends.append(at)
        pieces += (text, gap)
    tree = Elements(found.parent, tuple(found.tags), tuple(found.attrs), bytes(found.hidden))
    return "".join(pieces), BlockTable(starts, ends, bytes(found.kinds), found.links, found.owner, tree)


def _separators(found: Walk) -> list[str]:
    kinds = found.kinds
    gaps = ["\n\n" if kind in _WIDE else "\n" for kind in kinds]
    for i in range(len(gaps) - 1):
        if kinds[i + 1] in _WIDE:
            gaps[i] = "\n\n"
    if "td" in found.tags or "th" in found.tags:
        _part_cells(found, gaps)
    if gaps:
        gaps[-1] = "\n"
    return gaps


def _part_cells(found: Walk, gaps: list[str]) -> None:
    """Put a tab between neighbouring cells of one row where each is a single block, as in tables of data."""
    cell, row = array("l"), array("l")
    for i, tag in enumerate(found.tags):
        above = found.parent[i]
        cell.append(i if tag in ("td", "th") else cell[above] if above >= 0 else -1)
        row.append(i if tag == "tr" else row[above] if above >= 0 else -1)
    held = Counter(cell[owner] for owner in found.owner)
    for i in range(len(gaps) - 1):
        a, b = found.owner[i], found.owner[i + 1]
        if cell[a] >= 0 <= cell[b] and cell[a] != cell[b] and row[a] == row[b] and held[cell[a]] == held[cell[b]] == 1:
            gaps[i] = "\t"
