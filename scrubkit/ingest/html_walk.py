"""One walk over a parsed page: text, blocks and block-level elements, through selectolax's public interface.

Segmentation. Inline elements do not end a block, every other element does, before and after; so do ``hr`` and two
``br`` in a row. One ``br`` is a line break inside the block. ``noscript``, hidden elements, forms and buttons are
walked like the rest: they hold content on one page in twenty, and leaving them out is a matter for rules and
models, which can give a reason. Scripts, styles, drawings, frames, option lists and templates hold no text to
show. ``pre`` keeps its lines. White space is collapsed otherwise, and where ``</span><span>`` or another boundary
of that sort parts two words without a space, one is put between them.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scrubkit.core.document import KINDS
from scrubkit.ingest.html_tags import GAP, KIND_OF, LINK, PRE_LINES, Role, TagTable, role_of, tag_table

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["Walk", "walk", "wants_gap"]

_BREAK = "\x00"  # cannot stand in parsed text: HTML drops U+0000
_OTHER, _PRE = KINDS.index("other"), KINDS.index("pre")


@dataclass(slots=True)
class Walk:
    """What one walk found, as columns; ``metas`` counts the ``meta`` elements met in the body.

    ``swallowed`` says that a frame inside ``noscript`` was never closed and holds the rest of the page as its text.
    """

    texts: list[str] = field(default_factory=list)
    kinds: bytearray = field(default_factory=bytearray)
    links: array[int] = field(default_factory=lambda: array("l"))
    owner: array[int] = field(default_factory=lambda: array("l"))
    parent: array[int] = field(default_factory=lambda: array("l"))
    tags: list[str] = field(default_factory=list)
    attrs: list[str] = field(default_factory=list)
    hidden: bytearray = field(default_factory=bytearray)
    anchors: int = 0
    metas: int = 0
    swallowed: bool = False


def walk(body: LexborNode) -> Walk:  # noqa: C901 - the loop runs once a node; every call it saves is a tenth of it
    """Return the blocks and elements below ``body`` in document order.

    One iterative pass, time and memory linear in the page, whatever its depth.
    """
    table = tag_table()
    roles, names, size, page = table.roles, table.names, TagTable.size, _Builder(table)
    parts, found, put = page.parts, page.found, page.text
    block, inline, text_node, skipped = Role.BLOCK, Role.INLINE, Role.TEXT, Role.SKIP
    page.open(body, "body")
    stack: list[LexborNode] = []
    above: list[int] = []
    node = body.first_child
    while True:
        if node is None:
            if not stack:
                break
            node, role = stack.pop(), above.pop()
            if role == block:
                page.close()
            elif role & GAP:
                page.gap += 1
                if role & LINK:
                    page.in_link -= 1
            node = node.next
            continue
        tag = node.tag_id
        role = roles[tag] if tag < size else role_of(node.tag)
        if role < 0:
            role = page.learn(node)
        if role == text_node:
            text = node.text_content
            if text and (parts or page.depth_pre or not text.isspace()):
                put(text)
        elif role != skipped:
            if role == block:
                page.open(node, names[tag] if tag < size else node.tag or "")
            elif role & 7 != inline:
                page.mark(node, role)
                node = node.next
                continue
            elif role & GAP:
                page.gap += 1
                if role & LINK:
                    page.in_link += 1
                    found.anchors += 1
            stack.append(node)
            above.append(role)
            node = node.first_child
            continue
        node = node.next
    page.flush()
    return found


class _Builder:
    """The block being filled and the columns filled so far."""

    __slots__ = ("breaks", "chars", "depth_pre", "element", "found", "gap", "in_link", "last", "parts", "table")

    def __init__(self, table: TagTable) -> None:
        self.table = table
        self.found = Walk()
        self.parts: list[str] = []
        self.last = ""  # the last character put, "" after a break
        self.chars = 0  # of them inside links
        self.in_link = self.gap = self.breaks = self.depth_pre = 0
        self.element = -1

    def text(self, text: str) -> None:
        if self.gap and not self.depth_pre:
            if self.last and wants_gap(self.last, text[0], self.gap):
                self.parts.append(" ")
            self.gap = 0
        self.parts.append(text)
        self.last = text[-1]
        if self.in_link:
            self.chars += len(" ".join(text.split()))
        if self.breaks and not text.isspace():
            self.breaks = 0

    def learn(self, node: LexborNode) -> int:
        tag = node.tag
        self.table.roles[node.tag_id] = role = role_of(tag)
        self.table.names[node.tag_id] = tag or ""
        return role

    def mark(self, node: LexborNode, kind: int) -> None:
        """Note an element whose content is not walked but which is not nothing."""
        if kind == Role.BREAK:
            self.line_break()
        elif kind == Role.RULE:
            self.flush()
        elif kind == Role.META:
            self.found.metas += 1
        elif kind == Role.FRAME:
            inside = node.first_child
            if inside is not None and "</noscript" in (inside.text_content or ""):
                self.found.swallowed = True

    def line_break(self) -> None:
        self.breaks += 1
        if self.depth_pre:
            self.parts.append("\n")
        elif self.breaks > 1:
            self.flush()
        elif self.parts:
            self.parts.append(_BREAK)
            self.last = ""

    def open(self, node: LexborNode, tag: str) -> None:
        """Start an element: end the block before it and put it into the columns."""
        found, above = self.found, self.element
        if self.depth_pre:
            self.edge(tag)
        elif self.parts:
            self.flush()
        else:
            self.gap = 0
            self.last = ""
        concealed, words = _attributes(node)
        self.element = len(found.tags)
        found.parent.append(above)
        found.tags.append(tag)
        found.attrs.append(words)
        found.hidden.append(1 if concealed or (above >= 0 and found.hidden[above]) else 0)
        if self.depth_pre or KIND_OF.get(tag) == _PRE:
            self.depth_pre += 1

    def close(self) -> None:
        """End the element that is open."""
        if self.depth_pre:
            self.edge(self.found.tags[self.element] if self.depth_pre > 1 else "")
            self.depth_pre -= 1
        elif self.parts:
            self.flush()
        else:
            self.gap = 0
            self.last = ""
        self.element = self.found.parent[self.element]

    def edge(self, tag: str) -> None:
        """Inside preformatted text: end the line where a line wrapper starts or ends, the block elsewhere."""
        if tag not in PRE_LINES:
            self.flush()
        elif self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")

    def flush(self) -> None:
        """End the block, if there is one."""
        self.gap = 0
        self.last = ""
        if not self.parts:
            self.chars = 0
            return
        raw = self.parts[0] if len(self.parts) == 1 else "".join(self.parts)
        self.parts.clear()
        text = _lines(raw) if self.depth_pre else _collapse(raw)
        if text:
            found = self.found
            found.texts.append(text)
            found.kinds.append(_PRE if self.depth_pre else KIND_OF.get(found.tags[self.element], _OTHER))
            found.links.append(min(self.chars, len(text)))
            found.owner.append(self.element)
        self.chars = 0


def wants_gap(before: str, after: str, edges: int) -> bool:
    """Say whether two characters that meet at inline boundaries belong to two words.

    Both are word characters of scripts that write spaces. One boundary between a capital and a small letter is a
    drop cap (``<span>T</span>he``), not two words.

    >>> wants_gap("e", "5", 1), wants_gap("T", "h", 1), wants_gap("日", "本", 2)
    (True, False, False)
    """
    if not (before.isalnum() and after.isalnum()) or (edges == 1 and before.isupper() and after.islower()):
        return False
    return not (_unspaced(before) or _unspaced(after))


def _unspaced(char: str) -> bool:
    code = ord(char)
    return code >= 0x0E00 and (code > 0xF8FF or any(first <= code <= last for first, last in _UNSPACED))


# Thai and Lao, Myanmar, Khmer, kana and Han; Hangul writes spaces.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x9FFF))


def _collapse(raw: str) -> str:
    if _BREAK not in raw:
        return " ".join(raw.split())
    lines = (" ".join(line.split()) for line in raw.split(_BREAK))
    return "\n".join(line for line in lines if line)


def _lines(raw: str) -> str:
    return "\n".join(line.rstrip() for line in raw.split("\n")).strip("\n")


def _attributes(node: LexborNode) -> tuple[bool, str]:
    """Return whether the element is marked as not shown, and ``class id role itemprop`` as one string.

    The class is ended by two spaces where anything follows, so that it can be told from the rest.
    """
    found = node.attributes
    if not found:
        return False, ""
    if len(found) == 1 and (only := found.get("class")):
        return False, " ".join(only.split())
    words = " ".join((found.get("class") or "").split())
    rest = [value for name in ("id", "role", "itemprop") if (value := found.get(name))]
    if rest and (others := " ".join(" ".join(rest).split())):
        words = f"{words}  {others}"
    style = found.get("style")
    concealed = "hidden" in found or found.get("aria-hidden") == "true"
    return concealed or bool(style and "none" in style and "display" in style), words
