"""What a page's markup may ask of the parser: bounded nesting, bounded numbers of attributes and of names.

The tree builder of the HTML standard looks upward at each tag, so a page that opens a million elements inside each
other costs the square of their number; each attribute is compared with those before it; and names nobody knows fill
a table of fixed size. Browsers stop nesting at 512 elements (Blink's ``kMaximumHTMLParserDOMTreeDepth``) and so do
we, though later: a tag or attribute beyond a limit is left out, the text stays. Nothing is changed in a page within
the limits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["ATTRIBUTES", "DEPTH", "NAMES", "within_limits"]

DEPTH = 2_000
"""Elements that may stand open inside each other."""

ATTRIBUTES = 2_000
"""Attributes of one tag."""

NAMES = 20_000
"""Different names of tags and attributes on a page."""

_MANY_TAGS = 20_000  # below it the square is a second at worst, and counting is not worth its time
_STEP = 10_000  # a tag of more than 2,000 attributes with names of their own is longer
_NEXT = re.compile(r"<(?:!--|(/?)([a-zA-Z][^\s/>]*))")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s=>/][^\s=>/]*+|=)(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?""")
_TAG_END = re.compile(r"[\s/]*>|\Z")
# What stands in these is no markup, up to their end tag.
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
# Elements that hold no others, or that a following one of their kind ends.
_VOID = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input", "keygen",
    "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
_SHALLOW = _VOID | {
    "p", "li", "dd", "dt", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup", "caption",
    "rb", "rp", "rt", "rtc", "html", "head", "body",
}  # fmt: skip


def within_limits(html: str) -> tuple[str, Mapping[str, int]]:
    """Return the page within :data:`DEPTH`, :data:`ATTRIBUTES` and :data:`NAMES`, and what was left out for it.

    The depth is that of the tags as they are written, an estimate from above of the tree's. The mapping is empty for
    a page within the limits; otherwise it counts the ``deep_tags``, ``strange_tags`` and ``attributes`` left out.
    Linear in the page.

    >>> within_limits("<div>" * 3 + "tea")
    ('<div><div><div>tea', {})
    >>> page, left_out = within_limits("<div>" * 30_000 + "tea")
    >>> len(page), left_out
    (10003, {'deep_tags': 28000})
    """
    if (len(html) <= 3 * _MANY_TAGS or html.count("<") <= _MANY_TAGS) and not _has_full_tag(html):
        return html, {}
    state = _State()
    pieces: list[str] = []
    done = 0
    for start, end, keep in _cuts(html, state):
        pieces += (html[done:start], keep)
        done = end
    return ("".join([*pieces, html[done:]]) if pieces else html), dict(state.left_out)


@dataclass
class _State:
    depth: int = 0
    names: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)

    def strange(self, name: str) -> bool:
        if name in self.names or len(self.names) < NAMES:
            self.names.add(name)
            return False
        return True


def _has_full_tag(html: str) -> bool:
    """Say whether a tag may hold too many attributes, looking at one place in ten thousand.

    What hides a flood between quoted angle brackets is not seen; the time limit of a run is there for it.
    """
    start = -1  # of the tag that is open at each place
    for at in range(_STEP, len(html), _STEP):
        less = html.rfind("<", at - _STEP, at)
        start = less if less >= 0 else start
        if start >= 0 and html.rfind(">", max(start, at - _STEP), at) >= 0:
            start = -1
        if start < 0 or not html[start + 1].isalpha():
            continue
        end = html.find(">", at)
        if end < 0:
            end = len(html)
        if end - start > _STEP and len(html[start:end].replace("/", " ").split(None, ATTRIBUTES)) > ATTRIBUTES:
            return True
    return False


def _cuts(html: str, state: _State) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches to leave out, each with what stands in its place."""
    at = 0
    while (tag := _NEXT.search(html, at)) is not None:
        closing, name = tag.groups()
        if name is None:  # a comment
            end = html.find("-->", tag.end() - 2)
            at = len(html) if end < 0 else end + 3
            continue
        at, cut = _attributes(html, tag.end(), state)
        name = name.lower()
        if not closing and name in _RAW:
            close = _RAW[name].search(html, at)
            at = len(html) if close is None else close.start()
        elif why := _too_much(name, closing, state):
            state.left_out[why] += 1
            yield tag.start(), at, ""
            continue
        if cut is not None:
            yield cut


def _too_much(name: str, closing: str, state: _State) -> str:
    if state.strange(name):
        return "strange_tags"
    if name in _SHALLOW:
        return ""
    if closing:
        state.depth = max(0, state.depth - 1)
        return "deep_tags" if state.depth >= DEPTH else ""
    state.depth += 1
    return "deep_tags" if state.depth > DEPTH else ""


def _attributes(html: str, at: int, state: _State) -> tuple[int, tuple[int, int, str] | None]:
    """Return where a tag ends, and the stretch of its attributes to leave out if it has too many."""
    count, first, last = 0, 0, 0
    while (found := _ATTRIBUTE.match(html, at)) is not None:
        count += 1
        if count > ATTRIBUTES or state.strange(found.group(1)):
            state.left_out["attributes"] += 1
            first = first or at
            last = found.end()
        at = found.end()
    end = _TAG_END.match(html, at)
    after = end.end() if end else at
    return after, (first, last, " ") if first else None
