"""What one line of text looks like, in numbers: length, punctuation, digits, case, marks, copies, topic.

The block model reads these measures; nothing in them belongs to one language. Words are runs of letters, digits and
combining marks; in scripts written without spaces two characters count as one word and pairs of neighbouring
characters stand for the words themselves. No word list is used anywhere.

``measure`` runs compiled where a compiler was at hand and in plain Python otherwise, with equal results.
"""

from __future__ import annotations

from array import array
from importlib import import_module
from typing import Any

from scrubkit.kernels.lines_classes import CLASSES, MEASURES, PROSE_WORDS, SPECIAL, TITLE_LINES
from scrubkit.kernels.lines_reference import reference

try:
    _lines: Any = import_module("scrubkit.kernels._lines")
except ImportError:  # no compiler at installation: the plain reference serves
    _lines = None

__all__ = ["MEASURES", "PROSE_WORDS", "measure", "reference"]


def measure(text: str, starts: array[int], ends: array[int]) -> array[float]:
    r"""Return the measures of the lines ``text[starts[i]:ends[i]]``: one row-major float32 array, n × len(MEASURES).

    The lines must not be blank, must not overlap and must ascend. Cost is linear in the text.

    >>> rows = measure("Home\nA fair day, it was.\n", array("l", [0, 5]), array("l", [5, 25]))
    >>> [rows[i * len(MEASURES) + MEASURES.index("words")] for i in (0, 1)]
    [1.0, 5.0]
    """
    if _lines is None:
        return reference(text, starts, ends)
    out = array("f", bytes(4 * len(starts) * len(MEASURES)))
    _table().measure(text, starts, ends, out)
    return out


def _table() -> Any:
    global _kernel
    if _kernel is None:
        _kernel = _lines.Table(SPECIAL, CLASSES, len(MEASURES), PROSE_WORDS, TITLE_LINES)
    return _kernel


_kernel: Any = None
"""The character classes in the kernel's form: constant, made at first use because it takes some milliseconds."""
