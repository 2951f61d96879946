"""The pass of :mod:`scrubkit.kernels.markup` in plain Python: the reference, which serves where no kernel is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from scrubkit.kernels.markup import KINDS, Limits, Read
from scrubkit.kernels.markup_names import (
    ALONE,
    BARRIER,
    BITS,
    BREAKOUT,
    BUTTON,
    CELL,
    ENDS_OPTION,
    ENDS_P,
    FONT,
    FORM,
    FORMAT,
    HEADING,
    HTML_IN_MATH,
    HTML_IN_SVG,
    IMPLIED,
    ITEM,
    LIST,
    MATH,
    MAYBE,
    MOST_ACTIVE,
    OPTION,
    OUT,
    PART,
    PASSED,
    PLAIN,
    QUIET,
    RAW,
    RUBY,
    SAME,
    SHALLOW,
    SPECIAL,
    STOPPED,
    SVG,
    TABLE,
    TERM,
    P,
)

__all__ = ["follow_reference"]

_TAG = re.compile(rb"<(/?)([a-zA-Z][^ \n\t\r\f/>]*)")
_SPACES = re.compile(rb"[ \n\t\r\f/]*")
_ATTRIBUTE = re.compile(
    rb"""([^ \n\t\r\f/>][^ \n\t\r\f/>=]*+)(?:[ \n\t\r\f]*+=[ \n\t\r\f]*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^ \n\t\r\f>]*+))?"""
)
_COMMENT_END = re.compile(rb"--!?>")


class _Tag(NamedTuple):
    start: int
    end: int
    name: bytes
    bits: int
    closing: bool
    alone: bool
    font: bool
    html: bool


@dataclass(eq=False)
class _Open:
    name: bytes
    bits: int
    foreign: int  # what stands in it is svg's, math's or (0) HTML
    native: bool = False  # it is svg's or math's itself


@dataclass(eq=False)
class _Active:
    name: bytes
    bits: int
    written: bytes
    place: _Open | None  # on the stack, None where it was closed with what it stood in


@dataclass
class _Page:
    limits: Limits
    strip: bool
    narrow: bool
    stack: list[_Open] = field(default_factory=list)
    over: int = 0
    active: list[_Active] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    cuts: list[tuple[int, int, int]] = field(default_factory=list)
    left_out: list[int] = field(default_factory=lambda: [0] * len(KINDS))
    tags: int = 0
    attributes: int = 0
    reopened: int = 0
    framesets: int = 0

    @property
    def foreign(self) -> int:
        return self.stack[-1].foreign if self.stack else 0

    @property
    def native(self) -> bool:
        return bool(self.stack) and self.stack[-1].native

    def strange(self, name: bytes) -> bool:
        if not self.narrow or name in self.seen:
            return False
        if len(self.seen) >= self.limits.names:
            return True
        self.seen.add(name)
        return False

    def cut(self, start: int, end: int, kind: int, count: int = 1) -> None:
        self.cuts.append((start, end, kind))
        self.left_out[kind] += count


def follow_reference(data: bytes, limits: Limits, *, strip: bool = False, narrow: bool = False) -> Read:
    """Return what :func:`follow` returns."""
    page = _Page(limits, strip, narrow)
    end, at = 0, data.find(b"<")
    while at >= 0:
        if at > end and not page.foreign:
            _reopen(page)
        end = _step(page, data, at)
        at = data.find(b"<", end)
    return Read(page.cuts, page.left_out, page.tags, page.attributes, page.reopened, page.framesets)


def _after(data: bytes, what: bytes, at: int) -> int:
    found = data.find(what, at)
    return len(data) if found < 0 else found + len(what)


def _step(page: _Page, data: bytes, at: int) -> int:
    """Read what begins with the angle bracket at ``at``; return where to go on."""
    follows = data[at + 1 : at + 2]
    if follows == b"!":
        return _declaration(page, data, at)
    if follows == b"?":
        return _after(data, b">", at + 1)
    match = _TAG.match(data, at)
    if match is None:
        return _after(data, b">", at + 2) if follows == b"/" and at + 2 < len(data) else at + 1
    name = match[2].lower()
    tag, extra = _attributes(page, data, match, name)
    page.tags += 1
    page.framesets += name == b"frameset" and not tag.closing
    raw = False
    if page.strip and tag.bits & FORMAT and not tag.bits & ALONE:
        kind: int | None = 3
    elif not tag.bits and page.strange(name):
        kind = 1
    elif tag.closing:
        kind = _end(page, tag)
    else:
        kind, raw = _start(page, data, tag)
    if kind is not None:
        page.cut(tag.start, tag.end, kind)
    elif extra is not None:
        page.cut(extra[0], extra[1], 2, extra[2])
    if not raw:
        return tag.end
    return len(data) if tag.bits & PLAIN else _raw_end(data, tag.end, name)


def _declaration(page: _Page, data: bytes, at: int) -> int:
    if data.startswith(b"<!--", at):
        if data.startswith(b">", at + 4):
            return at + 5
        if data.startswith(b"->", at + 4):
            return at + 6
        end = _COMMENT_END.search(data, at + 4)
        return len(data) if end is None else end.end()
    if page.foreign and data.startswith(b"<![CDATA[", at):
        return _after(data, b"]]>", at + 9)
    return _after(data, b">", at + 1)


def _attributes(
    page: _Page, data: bytes, match: re.Match[bytes], name: bytes
) -> tuple[_Tag, tuple[int, int, int] | None]:
    """Return the tag, and the stretch and number of the attributes that are too many."""
    bits = BITS.get(name, 0)
    at, count, extra, first, last = match.end(), 0, 0, 0, 0
    font = html = False
    while True:
        gap = _SPACES.match(data, at)
        assert gap is not None
        found = _ATTRIBUTE.match(data, gap.end())
        if found is None:
            break
        count += 1
        own = found[1].lower()
        font = font or (bool(bits & FONT) and own in (b"color", b"face", b"size"))
        html = html or (bool(bits & MAYBE) and b"html" in found[0][len(own) :].lower())
        if count > page.limits.attributes or page.strange(own):
            first = first if extra else at
            last = found.end()
            extra += 1
        at = found.end()
    page.attributes += count
    end = gap.end()
    alone = end < len(data) and data[end - 1 : end] == b"/"
    tag = _Tag(match.start(), min(end + 1, len(data)), name, bits, bool(match[1]), alone, font, html)
    return tag, (first, last, extra) if extra else None


def _start(page: _Page, data: bytes, tag: _Tag) -> tuple[int | None, bool]:
    """Return the kind of cut that a start tag needs, and whether its text is no markup."""
    bits, within = tag.bits, page.foreign
    if within:
        if not bits & BREAKOUT and not tag.font:
            return (None if tag.alone else _push_foreign(page, tag, within)), False
        while page.foreign:
            page.stack.pop()
    _imply(page, bits)
    if not bits & QUIET:
        _reopen(page)
    if bits & RAW:
        return None, True
    if bits & SHALLOW:
        return None, False
    if bits & ALONE:
        _unformat(page, tag)
        _reopen(page)
    if bits & (SVG | MATH):
        return (
            None if tag.alone else _push(page, tag, 0, foreign=_IN_SVG if bits & SVG else _IN_MATH, native=True)
        ), False
    cut = _push(page, tag, bits)
    if bits & FORMAT and cut is None:
        _activate(page, tag, data[tag.start : tag.end])
    return cut, False


_IN_SVG, _IN_MATH = 1, 2


def _push_foreign(page: _Page, tag: _Tag, within: int) -> int | None:
    bits = tag.bits
    if bits & HTML_IN_SVG if within == _IN_SVG else bits & HTML_IN_MATH or tag.html:
        return _push(page, tag, SPECIAL | BARRIER, native=True)
    return _push(page, tag, 0, foreign=_IN_SVG if bits & SVG else within, native=True)


def _push(page: _Page, tag: _Tag, bits: int, *, foreign: int = 0, native: bool = False) -> int | None:
    # a paragraph ends the one before it, so it nests no deeper: the text at the bottom keeps its paragraphs
    if len(page.stack) >= page.limits.depth + bool(bits & P):
        page.over += 1
        return 0
    page.stack.append(_Open(tag.name, bits, foreign, native))
    return None


def _reopen(page: _Page) -> None:
    """Open the active formatting elements again that were closed with what they stood in."""
    for one in page.active:
        if one.place is None and len(page.stack) < page.limits.depth + MOST_ACTIVE:
            one.place = _Open(one.name, one.bits, 0)
            page.stack.append(one.place)
            page.reopened += 1


def _close(page: _Page, at: int) -> None:
    """Close all from a place on the stack on."""
    for top in page.stack[at:]:
        for one in page.active:
            if one.place is top:
                one.place = None
    del page.stack[at:]


def _activate(page: _Page, tag: _Tag, written: bytes) -> None:
    same = [one for one in page.active if one.written == written]
    if len(same) >= SAME:
        page.active.remove(same[0])
    elif len(page.active) == MOST_ACTIVE:
        del page.active[0]
    page.active.append(_Active(tag.name, tag.bits, written, page.stack[-1]))


def _unformat(page: _Page, tag: _Tag) -> None:
    """End a formatting element; beyond a special element it stays on the stack, where the tree has a copy of it."""
    one = next((one for one in reversed(page.active) if one.name == tag.name), None)
    if one is None:
        _close(page, _closed(page, tag))
        return
    page.active.remove(one)
    if one.place is None:
        return
    for at in reversed(range(len(page.stack))):
        if page.stack[at] is one.place:
            _close(page, at)
            return
        if page.stack[at].bits & SPECIAL:
            return


def _imply(page: _Page, bits: int) -> None:
    """End what a start tag ends: an item, a term, a paragraph, a heading, a button, a cell, parts of a ruby."""
    if own := bits & (ITEM | TERM):
        _close(page, _above(page, own, SPECIAL, but=PASSED))
    if bits & BUTTON:
        _close(page, _above(page, BUTTON, BARRIER))
    if bits & ENDS_P:
        _close(page, _above(page, P, BARRIER | BUTTON))
    if bits & HEADING and page.stack and page.stack[-1].bits & HEADING:
        _close(page, len(page.stack) - 1)
    if bits & CELL:
        _close(page, _above(page, TABLE, BARRIER) + 1)
    if bits & ENDS_OPTION and page.stack and page.stack[-1].bits & OPTION:
        _close(page, len(page.stack) - 1)
    if bits & PART and _above(page, RUBY, BARRIER) < len(page.stack):
        while page.stack and page.stack[-1].bits & IMPLIED:
            _close(page, len(page.stack) - 1)


def _above(page: _Page, wanted: int, stop: int, *, but: int = 0) -> int:
    """Return the highest place on the stack with a wanted element, the stack's size where another stops the way."""
    for at in reversed(range(len(page.stack))):
        bits = page.stack[at].bits
        if bits & wanted:
            return at
        if bits & stop and not bits & but:
            break
    return len(page.stack)


def _end(page: _Page, tag: _Tag) -> int | None:
    bits = tag.bits
    while bits & (OUT | P) and page.foreign:
        page.stack.pop()
    if bits & (SHALLOW | RAW) and not page.native:
        return None
    if page.over and not bits & P:
        page.over -= 1
        return 0
    if bits & FORMAT and not page.native:
        _unformat(page, tag)
        return None
    at = _closed(page, tag)
    if at < len(page.stack):
        if bits & FORM:
            del page.stack[at]
        else:
            _close(page, at)
    return None


def _closed(page: _Page, tag: _Tag) -> int:
    """Return the place on the stack of what an end tag closes, the stack's size where it closes nothing."""
    stop = SPECIAL
    if tag.bits & P:
        stop = BARRIER | BUTTON
    elif tag.bits & ITEM:
        stop = BARRIER | LIST
    elif tag.bits & SPECIAL and not tag.bits & STOPPED:
        stop = BARRIER
    # within svg and math their own elements are looked at first, and HTML's end tags close none of them
    for at in reversed(range(len(page.stack))):
        if not page.stack[at].native:
            break
        if page.stack[at].name == tag.name:
            return at
    for at in reversed(range(len(page.stack))):
        top = page.stack[at]
        if not top.native and (top.name == tag.name or top.bits & tag.bits & HEADING):
            return at
        if page.stack[at].bits & stop:
            break
    return len(page.stack)


_SCRIPT_MARK = re.compile(rb"<!--|-->|<(/?)script(?=[ \n\t\r\f/>])", re.IGNORECASE)


def _raw_end(data: bytes, at: int, name: bytes) -> int:
    """Return where the end tag of an element stands whose text is no markup, the page's end where there is none."""
    if name != b"script":
        found = re.compile(rb"</" + name + rb"(?=[ \n\t\r\f/>])", re.IGNORECASE).search(data, at)
        return len(data) if found is None else found.start()
    commented = nested = False
    while (mark := _SCRIPT_MARK.search(data, at)) is not None:
        at = mark.end()
        if mark[0] == b"<!--":
            commented = True
            at -= 2  # the dashes may be those of its end
        elif mark[0] == b"-->":
            commented = nested = False
        elif mark[1] and not nested:
            return mark.start()
        else:
            nested = commented and not mark[1]
    return len(data)
