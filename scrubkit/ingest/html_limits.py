"""What a page's markup may ask of the parser: bounded nesting, bounded reopening, bounded attributes and names.

Browsers stop nesting at 512 elements (Blink's ``kMaximumHTMLParserDOMTreeDepth``) and so do we, though later: a tag
or attribute beyond a limit is left out, the text stays. Nothing is changed in a page within the limits. How the tags
are followed and why each limit is needed stands in :mod:`scrubkit.kernels.markup`.
"""

from __future__ import annotations

from collections.abc import Mapping

from scrubkit.kernels.markup import KINDS, Limits, follow

__all__ = ["ATTRIBUTES", "DEPTH", "NAMES", "REOPENED", "bounded"]

DEPTH = 2_000
"""Elements that may stand open inside each other."""

ATTRIBUTES = 2_000
"""Attributes of one tag."""

NAMES = 20_000
"""Different names of tags and attributes on a page, those of the standard not counted."""

REOPENED = (20_000, 2)
"""Formatting elements that may be opened again because they were not closed, and so many more for each tag: beyond it
formatting tags are left out altogether."""

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
    least, each = REOPENED
    strip, narrow = read.reopened > least + each * read.tags, read.tags + read.attributes > limits.names
    if strip or narrow:
        read = follow(data, limits, strip=strip, narrow=narrow)
    if not read.cuts:
        return data, {}
    pieces: list[bytes] = []
    done = 0
    for start, end, kind in read.cuts:
        pieces += (data[done:start], b" " if KINDS[kind] == "attributes" else _gap(data, start))
        done = end
    left_out = {kind: count for kind, count in zip(KINDS, read.left_out, strict=True) if count}
    return b"".join([*pieces, data[done:]]), left_out


def _gap(data: bytes, start: int) -> bytes:
    """Return what stands for a tag: nothing, unless a bracket in front would make a tag of the text behind."""
    return b"<!---->" if data[start - 1 : start] == b"<" else b""
