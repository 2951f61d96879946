"""What a page's markup may ask of the parser: bounded nesting, bounded reopening, bounded attributes and names.

Browsers stop nesting at 512 elements (Blink's ``kMaximumHTMLParserDOMTreeDepth``) and so do we, though later: a tag
or attribute beyond a limit is left out, the text stays. Nothing is changed in a page within the limits. How the tags
are followed and why each limit is needed stands in :mod:`scrubkit.kernels.markup`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from scrubkit.kernels.markup import KINDS, Limits, Read, compiled, follow

__all__ = ["ATTRIBUTES", "DEPTH", "NAMES", "REOPENED", "bounded", "slim"]

DEPTH = 2_000
"""Elements that may stand open inside each other."""

ATTRIBUTES = 2_000
"""Attributes of one tag."""

NAMES = 20_000
"""Different names of tags and attributes on a page, those of the standard not counted."""

REOPENED = (20_000, 2)
"""Formatting elements that may be opened again because they were not closed, and so many more for each tag: beyond it
formatting tags are left out altogether."""

_FRAMESET = re.compile(rb"<frameset(?=[ \n\t\r\f/>])", re.IGNORECASE)

_LIMITS = Limits(DEPTH, ATTRIBUTES, NAMES)


def bounded(data: bytes, limits: Limits = _LIMITS) -> tuple[bytes, Mapping[str, int]]:
    """Return a page in UTF-8 within the limits, and what was left out for it.

    Depth and reopening are estimates from above of the tree's. The mapping is empty, and the page the very same, for a
    page within the limits; otherwise it counts the ``deep_tags``, ``strange_tags``, ``attributes`` and
    ``formatting_tags`` left out. Linear in the page.

    >>> bounded(b"<div>" * 3 + b"tea")
    (b'<div><div><div>tea', {})
    >>> page, left_out = bounded(b"<div>" * 30_000 + b"tea")
    >>> len(page), left_out
    (10003, {'deep_tags': 28000})
    """
    read = follow(data, limits)
    strip, narrow = _beyond(read, limits)
    if strip or narrow:
        read = follow(data, limits, strip=strip, narrow=narrow)
    if not read.cuts:
        return _few_framesets(data, limits.depth) if read.framesets else (data, {})
    pieces: list[bytes] = []
    done = 0
    for start, end, kind in read.cuts:
        pieces += (data[done:start], b" " if KINDS[kind] == "attributes" else _gap(data, start))
        done = end
    left_out = {kind: count for kind, count in zip(KINDS, read.left_out, strict=True) if count}
    whole = b"".join([*pieces, data[done:]])
    if not read.framesets:
        return whole, left_out
    whole, more = _few_framesets(whole, limits.depth)
    return whole, {
        kind: left_out.get(kind, 0) + more.get(kind, 0) for kind in KINDS if kind in left_out or kind in more
    }


def _few_framesets(data: bytes, most: int) -> tuple[bytes, Mapping[str, int]]:
    """Return a page that opens a ``frameset`` with no more of them than may nest, wherever they stand.

    Within one the tree builder passes over the start tags of ``script``, ``title`` and their like, so what stands
    behind them is markup, though nowhere else; no reading of the page without a tree tells where it is in one. So all
    that look like such tags are counted, in texts and attributes too, and those beyond become ``frame``, which holds
    nothing.
    """
    found = [match.end() for match in _FRAMESET.finditer(data)][most:]
    if not found:
        return data, {}
    places = zip([0, *found], [*(end - len(b"set") for end in found), len(data)], strict=True)
    return b"".join(data[start:end] for start, end in places), {"deep_tags": len(found)}


def slim(data: bytes, *, metadata: bool = False) -> bytes | None:
    """Return a page in UTF-8 with less in it that parses in half the time, ``None`` where there is none to be had.

    Its tree has the same elements below the body, with the same attributes as far as the layout reads them, and the same
    texts in the same places. Scripts, styles and comments are empty, so it has no metadata but the title;
    with ``metadata`` JSON-LD, ``meta`` and ``link`` stay, and the attributes that name author and date. ``None`` stands
    for pages beyond the limits, with frames or MathML, and for all where nothing is compiled.

    >>> slim(b"<p class=a onclick='f()'>Tea<!-- green --><script>f()</script>") or b"<p class=a>Tea<!----><script></script>"
    b'<p class=a>Tea<!----><script></script>'
    """
    if not compiled():
        return None
    read = follow(data, _LIMITS, slim="page" if metadata else "text")
    strip, narrow = _beyond(read, _LIMITS)
    if narrow and not strip and read.slim is not None:
        read = follow(data, _LIMITS, narrow=True, slim="page" if metadata else "text")  # names are counted, not guessed
    return None if strip else read.slim


def _beyond(read: Read, limits: Limits) -> tuple[bool, bool]:
    """Return whether formatting tags must go, and whether names must be counted."""
    least, each = REOPENED
    return read.reopened > least + each * read.tags, read.tags + read.attributes > limits.names


def _gap(data: bytes, start: int) -> bytes:
    """Return what stands for a tag: nothing, unless a bracket in front would make a tag of the text behind."""
    return b"<!---->" if data[start - 1 : start] == b"<" else b""
