"""What a page's markup would ask of a tree builder, told before one builds the tree.

The tree builder of the HTML standard looks upward at each tag, so a page that opens a million elements inside each
other costs the square of their number; formatting elements that were never closed are opened again in every later
paragraph, so seventy kilobytes can ask for gigabytes; each attribute is compared with those before it; and names
nobody knows fill a table of fixed size. This pass follows the tags as the standard's tokeniser reads them and keeps
what its tree builder would keep, roughly and from above: the stack of open elements (an end tag closes nothing beyond
an element of the standard's *special* category), whether it is within ``svg`` or ``math``, and the list of active
formatting elements. Linear in the page for given limits.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any, Literal, NamedTuple

from scrubkit.kernels.markup_names import BITS

try:
    _markup: Any = import_module("scrubkit.kernels._markup")
except ImportError:  # no compiler at installation: the plain version serves
    _markup = None

__all__ = ["KINDS", "Limits", "Read", "compiled", "follow"]

KINDS = ("deep_tags", "strange_tags", "attributes", "formatting_tags")
"""What a cut leaves out, by its number."""


class Limits(NamedTuple):
    """``depth``: elements open inside each other; ``attributes`` of one tag; ``names``: different ones of tags and
    attributes on a page."""

    depth: int
    attributes: int
    names: int


class Read(NamedTuple):
    """What was read: the ``cuts`` to make in order, ``(start, end, kind)`` in bytes; how much each kind leaves out;
    ``tags`` and ``attributes`` seen; ``reopened``: formatting elements that would be opened again, from above;
    ``slim``: the page in less bytes, where it was asked for and nothing is to be cut."""

    cuts: list[tuple[int, int, int]]
    left_out: list[int]
    tags: int
    attributes: int
    reopened: int
    framesets: int
    slim: bytes | None = None


def compiled() -> bool:
    """Return whether the compiled pass serves, which alone gives slim pages."""
    return _markup is not None


@lru_cache(maxsize=4)
def _reader(limits: Limits) -> Any:
    return _markup.Reader(dict(BITS), *limits)


def follow(
    data: bytes,
    limits: Limits,
    *,
    strip: bool = False,
    narrow: bool = False,
    slim: Literal["", "text", "page"] = "",
) -> Read:
    """Return what the markup of a page in UTF-8 asks for, and what to cut so that it stays within the limits.

    ``strip`` cuts all formatting tags; ``narrow`` holds names against their limit, which takes longer. ``slim`` asks for
    a page that parses in half the time: without what stands in scripts, styles and comments and without the attributes
    that the layout does not read; its tree has the same elements and texts in the same places. ``None`` stands for
    it where nothing is compiled and where the page has cuts or frames. Of ``"text"`` the metadata are gone, in ``"page"``
    they stay: JSON-LD, ``meta`` and ``link``, and the attributes that name author and date.

    >>> follow(b"<div>" * 5 + b"tea" + b"</div>" * 5, Limits(3, 9, 9)).left_out
    [4, 0, 0, 0]
    """
    if _markup is None:
        from scrubkit.kernels import warn_once

        warn_once("markup")
        from scrubkit.kernels.markup_plain import follow_reference

        return follow_reference(data, limits, strip=strip, narrow=narrow)
    return Read(*_reader(limits).follow(data, strip, narrow, slim != "", slim == "page"))
