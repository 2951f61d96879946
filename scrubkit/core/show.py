"""How values show themselves in a notebook: small pieces of HTML in which everything from outside is escaped.

Here, on the lowest floor, so that every class may use it and none imports upward for its looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

__all__ = ["MAX_LINES", "MAX_ROWS", "escape", "evidence", "heading", "lines", "table"]

MAX_ROWS = 100
MAX_LINES = 400
_LONGEST = 300

_CELL = "text-align:left;vertical-align:top;padding:.15em .8em .15em 0"


_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def escape(text: str) -> str:
    """Return a text as HTML shows it; ``html.escape`` would load a table of entities at every start.

    >>> escape("<b> & 'c'")
    '&lt;b&gt; &amp; &#x27;c&#x27;'
    """
    return text.translate(_ESCAPES)


def _cut(text: str, limit: int = _LONGEST) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _hue(kind: str) -> int:
    return sum(map(ord, kind)) * 47 % 360


def heading(title: str, *facts: str) -> str:
    """Return a line: a title and what is known of it.

    >>> heading("a<b", "kept")
    '<p><b>a&lt;b</b> · kept</p>'
    """
    return "<p>" + " · ".join([f"<b>{escape(_cut(title))}</b>", *(escape(fact) for fact in facts if fact)]) + "</p>"


def table(head: Sequence[str], rows: Iterable[Sequence[object]], total: int) -> str:
    """Return a table of at most ``MAX_ROWS`` rows; ``total`` is how many there are.

    >>> table(["code"], [["<b>"]], 1).count("&lt;b&gt;")
    1
    """
    told = [f'<th style="{_CELL}">{escape(name)}</th>' for name in head]
    out = [f"<table><thead><tr>{''.join(told)}</tr></thead><tbody>"]
    for row in islice(rows, MAX_ROWS):
        cells = "".join(
            f'<td style="{_CELL};white-space:pre-wrap">{escape(_cut("" if v is None else str(v)))}</td>' for v in row
        )
        out.append(f"<tr>{cells}</tr>")
    out.append("</tbody></table>")
    if total > MAX_ROWS:
        out.append(f"<p>… and {total - MAX_ROWS:,} more</p>")
    return "".join(out)


def lines(shown: Iterable[tuple[str, str | None, str]], total: int) -> str:
    """Return lines of a text, ``(text, kind, why)`` each; those with a kind went and are struck out.

    >>> "line-through" in lines([("Home", "nav", "NAV001")], 1), "line-through" in lines([("Rain.", None, "")], 1)
    (True, False)
    """
    out = []
    for text, kind, why in islice(shown, MAX_LINES):
        style, label = "", ""
        if kind is not None:
            style = f"border-left:.3em solid hsl({_hue(kind)} 60% 55%);padding-left:.5em;opacity:.7"
            label = f' <small style="font-family:monospace">{escape(why.partition(":")[0])}</small>'
            text_style = "text-decoration:line-through"
        else:
            style, text_style = "padding-left:.8em", ""
        shown_text = escape(_cut(text, 2_000)) or "&nbsp;"
        out.append(
            f'<div style="{style}" title="{escape(_cut(why))}"><span style="{text_style}">{shown_text}</span>{label}</div>'
        )
    if total > MAX_LINES:
        out.append(f"<p>… and {total - MAX_LINES:,} more lines</p>")
    return "".join(out)


def evidence(because: Mapping[str, Any]) -> str:
    """Return evidence as words, without tracebacks.

    >>> evidence({"words": 3, "share": 0.25, "traceback": "…"})
    'words 3, share 0.25'
    """
    parts = []
    for key, value in because.items():
        if value is not None and key != "traceback":
            told = f"{value:.3g}" if isinstance(value, float) else str(value)
            parts.append(f"{key.replace('_', ' ')} {_cut(told, 80)}")
    return ", ".join(parts)
