"""What laying out a source yields: the text that rules see, the blocks that tile it, what the page says of itself."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    starts, ends, kinds = array("l"), array("l"), bytearray()
    at = 0
    for line in _lines(text):
        starts.append(at)
        at += len(line)
        ends.append(at)
        kinds.append(_LINE if line.strip() else _BLANK)
    return Layout(text, BlockTable(starts, ends, bytes(kinds)))


def _lines(text: str) -> list[str]:
    r"""Split on ``\n`` only and keep it: ``str.splitlines`` splits on eight more characters."""
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines
