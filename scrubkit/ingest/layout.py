"""What laying out a source yields: the text that rules see, the blocks that tile it, what the page says of itself."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from scrubkit.core.document import KINDS, BlockTable

__all__ = ["Layout", "layout_text"]

_BLANK, _LINE = KINDS.index("blank"), KINDS.index("line")


@dataclass(frozen=True, slots=True)
class Layout:
    """A text, its blocks, and the metadata found on the way (keys are those of ``core.Meta`` or go to ``extra``)."""

    text: str
    blocks: BlockTable
    meta: Mapping[str, Any] = field(default_factory=dict)


def layout_text(text: str) -> Layout:
    r"""Return flattened text as it is, one block a line; the line's ``\n`` belongs to its block.

    >>> [block.kind for block in layout_text("a\n\nb").blocks]
    ['line', 'blank', 'line']
    """
    lines = text.split("\n")  # str.splitlines splits on eight more characters
    ends = array("l", accumulate(len(line) + 1 for line in lines))
    if lines[-1]:
        ends[-1] -= 1
    else:
        del lines[-1], ends[-1]
    kinds = bytes([_BLANK if not line or line.isspace() else _LINE for line in lines])
    return Layout(text, BlockTable(array("l", (0, *ends[:-1])) if ends else array("l"), ends, kinds))
