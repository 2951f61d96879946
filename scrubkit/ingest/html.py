"""HTML layout: the text of a page, its blocks, its block-level elements, what it says of itself."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from scrubkit.core.document import KINDS, BlockTable, Elements
from scrubkit.ingest.html_limits import bounded, slim
from scrubkit.ingest.html_meta import ASKED, ATTRIBUTES, Head, Mark, plain, read_meta
from scrubkit.ingest.html_tags import CELL, CELLS, KIND_OF, PRE_LINES, ROW, tag_table
from scrubkit.ingest.html_walk import Walk, walk
from scrubkit.ingest.layout import Layout
from scrubkit.kernels.dom import Tables, Walker, bind
from scrubkit.kernels.textscan import utf8

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

__all__ = ["Laid", "Source", "lay_out", "lay_out_plainly", "layout_html", "parse", "parse_for_text"]

_PARAGRAPH = KINDS.index("paragraph")
_WIDE = bytes(kind in ("paragraph", "heading", "pre", "quote", "caption") for kind in KINDS)
_FRAME = re.compile(r"</(iframe|noscript)\b|<iframe\b[^>]*>", re.IGNORECASE)


class Source(NamedTuple):
    """A page in UTF-8 and its length in characters: it is read as a string only where the layout asks for one."""

    data: bytes
    characters: int

    @classmethod
    def of(cls, html: str) -> Source:
        """Return the source of a page given as text; lone surrogates are left out."""
        return cls(utf8(html), len(html))

    @property
    def text(self) -> str:
        """The page as a string."""
        return self.data.decode()


def layout_html(html: str | Source) -> Layout:
    r"""Return the text of a page tiled by blocks, its elements as columns, and its metadata.

    Nothing is judged: menus, hidden panels and forms are laid out like the article (see
    :mod:`scrubkit.ingest.html_walk` for what makes a block). A block owns the separator after it: an empty line
    around paragraphs, headings, quotations, captions and preformatted text, a tab between the cells of a row, a
    line break otherwise; the last block ends in ``"\n"``.

    ``meta`` holds ``title``, ``author``, ``date``, ``site``, ``canonical_url`` and ``language`` where the page
    gives them, and ``extra`` (see :mod:`scrubkit.ingest.html_meta`). A page without any text of its own (frames
    only, an empty shell filled by scripts) yields the article text or description that its metadata carries as
    one block; ``extra["text_from"]`` then says where it came from.

    Any string has a layout: broken markup is mended as browsers do, lone surrogates are dropped. Time and
    memory are linear in the page: markup beyond the limits of :mod:`scrubkit.ingest.html_limits` is left out, and
    ``extra["left_out"]`` says how much.

    >>> page = layout_html("<title>Tea</title><nav><a href=/>Home</a></nav><p>Green <b>tea</b>.<p>Black tea.")
    >>> page.text
    'Home\n\nGreen tea.\n\nBlack tea.\n'
    >>> [(block.kind, block.path, block.link_chars) for block in page.blocks]
    [('other', 'body/nav', 4), ('paragraph', 'body/p', 0), ('paragraph', 'body/p', 0)]
    >>> page.meta["title"]
    'Tea'
    """
    tree, page, left_out = _parse_slim(html if isinstance(html, Source) else Source.of(html))
    found = lay_out(tree)
    source = page
    if found.swallowed:
        source = Source.of(_without_open_frames(page.text))
        tree, *_ = _parse_slim(source)
        found = lay_out(tree)
    meta = read_meta(
        tree,
        page.characters,
        anchors=found.anchors,
        metas=found.metas,
        marks=found.marks,
        head=_head(tree),
        whole=lambda: _parse_whole(source)[0],
    )
    if left_out:
        meta["extra"]["left_out"] = dict(left_out)
    if not found.text:
        found = _fall_back(tree, found, meta)
    return Layout(found.text, found.blocks, meta)


def parse(html: str) -> tuple[LexborHTMLParser, str, Mapping[str, int]]:
    """Return the tree of a page within :mod:`scrubkit.ingest.html_limits`, the page so, and what was left out of it."""
    tree, page, left_out = _parse_whole(Source.of(html))
    return tree, page.text if left_out else html, left_out


def _parse_whole(page: Source) -> tuple[LexborHTMLParser, Source, Mapping[str, int]]:
    from selectolax.lexbor import LexborHTMLParser

    data, left_out = bounded(page.data)
    return LexborHTMLParser(data), Source(data, len(data.decode())) if left_out else page, left_out


def _parse_slim(page: Source) -> tuple[LexborHTMLParser, Source, Mapping[str, int]]:
    """Return what :func:`_parse_whole` returns, of a page without what neither layout nor metadata read where it can.

    Its scripts are empty but for JSON-LD, so an element with one in it has another text.
    """
    from selectolax.lexbor import LexborHTMLParser

    less = slim(page.data, metadata=True)
    return _parse_whole(page) if less is None else (LexborHTMLParser(less), page, {})


def parse_for_text(html: str) -> tuple[LexborHTMLParser, str]:
    """Return a tree that is laid out as the page's and has its title but no other metadata, and the page within limits.

    It takes half the time of :func:`parse`.
    """
    from selectolax.lexbor import LexborHTMLParser

    less = slim(utf8(html))
    if less is None:
        tree, html, _ = parse(html)
        return tree, html
    return LexborHTMLParser(less), html


class Laid(NamedTuple):
    """The text and blocks of one tree, and what was counted on the way.

    ``metas`` counts ``meta`` elements in the body, ``swallowed`` says that a frame holds the rest of the
    page, ``marks`` what the metadata need not be searched for (:class:`scrubkit.ingest.html_meta.Mark`).
    """

    text: str
    blocks: BlockTable
    anchors: int = 0
    metas: int = 0
    swallowed: bool = False
    marks: int = Mark.ANY


def lay_out(tree: LexborHTMLParser) -> Laid:
    """Return the text and blocks of a parsed page, by the compiled walk where it may be used."""
    walker = _walker()
    if walker is None or tree.body is None:
        return lay_out_plainly(tree)
    text, starts, ends, kinds, links, owner, parent, tags, attrs, hidden, *counts = walker.walk(tree.body, _WIDE)
    return Laid(text, BlockTable(starts, ends, kinds, links, owner, Elements(parent, tags, attrs, hidden)), *counts)


def lay_out_plainly(tree: LexborHTMLParser) -> Laid:
    """Return what :func:`lay_out` returns, through selectolax's public interface alone: the reference."""
    found = Walk() if tree.body is None else walk(tree.body)
    return Laid(*_tile(found), found.anchors, found.metas, found.swallowed)


def _head(tree: LexborHTMLParser) -> Iterable[Head] | None:
    """Return what the head holds, ``None`` where its nodes must be asked."""
    walker, head = _walker(), tree.head
    return None if walker is None or head is None else walker.children(head, ATTRIBUTES, ASKED)


@lru_cache(maxsize=1)
def _walker() -> Walker | None:
    return bind(_tables())


def _tables() -> Tables:
    table = tag_table()
    return Tables(tuple(table.roles), tuple(table.names), KIND_OF, PRE_LINES, CELLS, table.named)


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


def _fall_back(tree: LexborHTMLParser, found: Laid, meta: dict[str, Any]) -> Laid:
    """Give a page without text the one its metadata carries, as one block, and say so in ``extra``."""
    extra = meta["extra"]
    for source, written in (
        ("noframes", plain("".join(node.text() for node in tree.css("noframes")))),
        ("article_body", extra.get("article_body")),
        ("description", extra.get("description")),
    ):
        lines = (" ".join(line.split()) for line in (written or "").splitlines())
        text = "\n".join(line for line in lines if line)
        if text:
            extra["text_from"] = source
            break
    else:
        return found
    elements = found.blocks.elements
    if not elements:
        elements = Elements(array("l", [-1]), ("body",), ("",), b"\0")
    size = len(text) + 1
    one = BlockTable(
        array("l", [0]), array("l", [size]), bytes([_PARAGRAPH]), array("l", [0]), array("l", [0]), elements
    )
    return Laid(text + "\n", one)


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
    gaps = ["\n\n" if _WIDE[kind] else "\n" for kind in kinds]
    for i in range(len(gaps) - 1):
        if _WIDE[kinds[i + 1]]:
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
        mark = CELLS.get(tag)
        cell.append(i if mark == CELL else cell[above] if above >= 0 else -1)
        row.append(i if mark == ROW else row[above] if above >= 0 else -1)
    held = Counter(cell[owner] for owner in found.owner)
    for i in range(len(gaps) - 1):
        a, b = found.owner[i], found.owner[i + 1]
        if cell[a] >= 0 <= cell[b] and cell[a] != cell[b] and row[a] == row[b] and held[cell[a]] == held[cell[b]] == 1:
            gaps[i] = "\t"
