"""The benchmark's pages as programs of many kinds flatten them, with labels of their own.

``read_other_renderer`` yields them as resiliparse shows them, which no training text comes from. ``read_rendered``
yields them in styles of our own: what a browser copies, Markdown with its marks and addresses, text browsers with
numbered links and wrapped lines, cells joined by bars. They are training texts: a model that knows one program's
lines takes its habits for the page's.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from training.text_align import align
from training.text_data import Sample, wrapped

__all__ = ["STYLES", "Style", "read_other_renderer", "read_rendered", "render"]

_LEAST = 0.85
"""Share of the reference a rendering must hold, and of its kept words that must be in the reference."""

_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var",
})  # fmt: skip
_HEADINGS = {f"h{i}": i for i in range(1, 7)}
_NEVER = frozenset({
    "script", "style", "template", "svg", "iframe", "head", "canvas", "object", "video", "audio", "map",
    "select", "option",
})  # fmt: skip
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Style:
    """How a program writes a page down."""

    name: str
    bullet: str = ""
    heading: str = ""
    """Repeated as often as the heading is deep."""
    link: str = ""
    """``markdown``: text and address, ``number``: a number before the text."""
    image: str = ""
    """``markdown``: alternative text and address, ``alt``: the text, ``file``: the file's name in brackets."""
    bold: str = ""
    quote: str = ""
    cell: str = ""
    """What parts the cells of a row; each is a line of its own where it is empty."""
    width: int = 0
    """Lines are broken before they grow longer; 0: never."""
    left_out: frozenset[str] = frozenset()


STYLES: tuple[Style, ...] = (
    Style("copied", cell="\t", left_out=frozenset({"noscript"})),
    Style("blocks", image="alt", left_out=frozenset({"noscript", "form", "button"})),
    Style("markdown", "- ", "#", "markdown", "markdown", "**", "> ", " | "),
    Style("markdown-wrapped", "  * ", "#", "markdown", "markdown", "**", "> ", " | ", 78),
    Style("markdown-text", "* ", "#", "", "", "**", "> ", " | ", left_out=frozenset({"noscript", "button"})),
    Style("text-browser", "   * ", "", "number", "file", "", "   ", " ", 76, frozenset({"noscript"})),
    Style("rows", "• ", "", "", "alt", "", "", " | "),
)
"""One of these is drawn for each page, by its id."""


@dataclass
class _Page:
    """Lines as they are written, and the words of the page alone in each, which are aligned with the reference."""

    style: Style
    shown: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    line: list[tuple[str, str]] = field(default_factory=list)
    mark: str = ""
    links: int = 0

    def put(self, shown: str, plain: str) -> None:
        self.line.append((shown, plain))

    def end(self) -> None:
        """End the line, if it holds anything."""
        shown, plain = (_SPACE.sub(" ", "".join(part[i] for part in self.line)).strip() for i in (0, 1))
        self.line.clear()
        if shown:
            self.shown.append(self.mark + shown)
            self.plain.append(plain)
            self.mark = ""


def render(html: str, style: Style) -> tuple[list[str], list[str]]:
    """Return the lines of a page in a style, and the page's own words in each."""
    body = LexborHTMLParser(html).body
    page = _Page(style)
    if body is None:
        return [], []
    node: Any = body.first_child
    open_: list[Any] = []
    while node is not None or open_:
        if node is None:
            node = open_.pop()
            _close(page, node)
            node = node.next
        elif node.is_text_node:
            text = _SPACE.sub(" ", node.text_content or "")
            page.put(text, text)
            node = node.next
        elif node.is_element_node and node.tag not in _NEVER and node.tag not in style.left_out:
            _open(page, node)
            open_.append(node)
            node = node.first_child
        else:
            node = node.next
    page.end()
    return page.shown, page.plain


def _open(page: _Page, node: Any) -> None:
    tag, style = node.tag, page.style
    if tag == "img":
        _image(page, node)
    elif tag == "a" and style.link == "markdown" and node.attributes.get("href"):
        page.put("[", "")
    elif tag == "a" and style.link == "number":
        page.links += 1
        page.put(f"[{page.links}]", "")
    elif tag in ("b", "strong"):
        page.put(style.bold, "")
    elif tag in ("td", "th") and style.cell:
        pass
    elif tag not in _INLINE and not _in_cell(page, node):
        page.end()
        if tag == "li":
            page.mark = style.bullet
        elif tag in _HEADINGS and style.heading:
            page.mark = style.heading * _HEADINGS[tag] + " "
        elif tag == "blockquote":
            page.mark = style.quote


def _close(page: _Page, node: Any) -> None:
    tag, style = node.tag, page.style
    if tag == "a" and style.link == "markdown" and node.attributes.get("href"):
        page.put(f"]({node.attributes['href']})", "")
    elif tag in ("b", "strong"):
        page.put(style.bold, "")
    elif tag in ("td", "th") and style.cell:
        page.put(style.cell, " ")
    elif tag not in _INLINE and tag != "img":
        if _in_cell(page, node):
            page.put(" ", " ")
        else:
            page.end()
            page.mark = ""


def _in_cell(page: _Page, node: Any) -> bool:
    """Return whether an element stands right in a cell whose row is one line."""
    parent = node.parent
    return bool(page.style.cell) and parent is not None and parent.tag in ("td", "th")


def _image(page: _Page, node: Any) -> None:
    text, file = (_SPACE.sub(" ", node.attributes.get(name) or "") for name in ("alt", "src"))
    if page.style.image == "markdown":
        page.put(f"![{text}]({file[:200]})", "")
    elif page.style.image == "alt" and text:
        page.put(f" {text} ", f" {text} ")
    elif page.style.image == "file":
        page.put(f" [{file.rpartition('/')[2][:40]}] ", "")


def read_rendered(bench: Path) -> Iterator[Sample]:
    """Yield each page in two of our styles, drawn by its id, as far as they hold the reference."""
    for page, html, reference, facts in _pages(bench):
        for style in random.Random(page).sample(STYLES, 2):
            shown, plain = render(html, style)
            sample = _labelled(page, facts, style.name, shown, plain, reference)
            if sample is not None:
                yield wrapped(sample, style.width) if style.width else sample


def read_other_renderer(bench: Path) -> Iterator[Sample]:
    """Yield pages rendered by resiliparse whose alignment finds 85 % of the reference with 85 % precision."""
    from resiliparse.extract.html2text import extract_plain_text

    for page, html, reference, facts in _pages(bench):
        text = extract_plain_text(html, preserve_formatting=True, main_content=False, alt_texts=False)
        lines = [line for line in text.split("\n") if line.strip()]
        sample = _labelled(page, facts, "resiliparse", lines, lines, reference)
        if sample is not None:
            yield sample


def _pages(bench: Path) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield id, source, reference text and facts of each page."""
    root = bench / "wcxb-dev"
    pages = json.loads((root / "metadata.json").read_text(encoding="utf-8"))["files"]
    for page, facts in sorted(pages.items()):
        with gzip.open(root / "html" / f"{page}.html.gz") as handle:
            html = handle.read().decode("utf-8", "replace")
        truth = json.loads((root / "ground-truth" / f"{page}.json").read_text(encoding="utf-8"))
        yield page, html, (truth.get("ground_truth") or {}).get("main_content") or "", facts


def _labelled(
    page: str, facts: dict[str, str], renderer: str, shown: list[str], plain: list[str], reference: str
) -> Sample | None:
    aligned = align(plain, reference) if plain else None
    if aligned is None or aligned[1] < _LEAST or aligned[2] < _LEAST:
        return None
    kind = "collection" if facts["page_type"] == "category" else facts["page_type"]
    return Sample(page, facts["domain"], kind, renderer, tuple(shown), tuple(aligned[0]))
