"""Metadata of flattened text: what title, byline, date, source and credit lines say.

Flattened text has no markup to ask, so only lines in the right place are believed: bylines and dates between the
title and the first paragraphs, never those of teasers in menus or of related links further down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scrubkit.ingest.datelines import read_dateline
from scrubkit.ingest.dates import DateLine
from scrubkit.ingest.layout import Layout
from scrubkit.ingest.signatures import (
    Signature,
    is_credit,
    may_be_credits,
    read_byline,
    read_signature_at,
    read_source,
)
from scrubkit.ingest.text_title import bare, find_title, is_prose, is_title_like

__all__ = ["text_metadata"]

_LONG = 600  # a longer line is a paragraph or a page without line breaks: no title, byline or date


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the article begins: its first paragraph, its title, and the signatures around them, by row."""

    first: int
    title: int | None
    signatures: Mapping[int, Signature]


def text_metadata(layout: Layout) -> Mapping[str, Any]:
    r"""Return what a flattened text says of itself; keys are those of ``Meta``, only those found.

    ``title``, ``author``, ``date`` (ISO 8601, or as written where day and month cannot be told apart), ``site``
    (where a line repeats the title with the site's name), ``credit`` (the line that names other contributors);
    ``extra`` may hold ``source``, ``dateline``, ``agency`` and ``modified``.

    >>> from scrubkit.ingest.layout import layout_text
    >>> text = "Ice closes the harbour on Friday\nBy Anna Berg\n7 Jan 2022\n\nOSLO (AP) — Ice closed the harbour on "
    >>> text += "Friday morning, and no ferry left the town before noon.\n"
    >>> found = text_metadata(layout_text(text))
    >>> found["title"], found["author"], found["date"], found["extra"]
    ('Ice closes the harbour on Friday', 'Anna Berg', '2022-01-07', {'dateline': 'OSLO', 'agency': 'AP'})
    """
    rows = _rows(layout.text)
    prose = [row for row, line in enumerate(rows) if is_prose(line)]
    if not prose:
        return {}
    head = _head(rows, prose)
    found: dict[str, Any] = {}
    if head.title is not None:
        found["title"] = bare(rows[head.title])
        found["site"] = _site(rows[: head.first], found["title"])
    found["author"] = _author(rows, head)
    extra: dict[str, Any] = {"source": _source(rows, head)}
    found["date"], extra["modified"] = _dates(head)
    extra["dateline"], extra["agency"] = _dateline(rows, head.first)
    found["credit"] = _credit(rows, prose)
    known: dict[str, Any] = {key: value for key, value in found.items() if value is not None}
    extra = {key: value for key, value in extra.items() if value is not None}
    return {**known, "extra": extra} if extra else known


def _rows(text: str) -> list[str]:
    return [line[: 4 * _LONG].strip() for line in text.split("\n") if line and not line.isspace()]


def _head(rows: Sequence[str], prose: Sequence[int]) -> _Head:
    """Return where the article begins: below a group of signatures, else at its first paragraphs."""
    limit = prose[int(0.4 * (len(prose) - 1))] + 1
    group = _best_group(rows, prose, limit)
    title = find_title(rows, prose, limit, group)
    if group:
        return _Head(next((row for row in prose if row > max(group)), len(rows)), title, group)
    # A lone paragraph far from any other is a notice above the article, not its beginning.
    first = next((a for a, b in pairwise(prose) if b - a <= 4), prose[0])
    return _Head(first, title, {})


def _best_group(rows: Sequence[str], prose: Sequence[int], limit: int) -> Mapping[int, Signature]:
    """Return the signatures that stand together and say most, of those above the bulk of the text."""
    groups: list[dict[int, Signature]] = []
    for row in range(limit):
        found = read_signature_at(rows, row)
        if found is None:
            continue
        if groups and row - max(groups[-1]) <= 2:
            groups[-1][row] = found
        else:
            groups.append({row: found})
    best, most = {}, 2
    for group in groups:
        below = next((row for row in prose if row > max(group)), None)
        if below is None or below - max(group) > 10:
            continue
        weight = _weight(group.values()) + 2 * any(is_title_like(rows[row]) for row in _above(min(group)))
        if weight > most:
            best, most = group, weight
    return best


def _above(row: int) -> range:
    return range(max(0, row - 4), row)


def _weight(group: Iterable[Signature]) -> int:
    found = list(group)
    author, source, date = (any(getattr(s, name) for s in found) for name in ("author", "source", "date"))
    return 3 * author + 2 * source + date + any(s.reading_time for s in found)


def _site(rows: Sequence[str], title: str) -> str | None:
    for row in rows:
        if len(title) < len(row) <= len(title) + 60 and row.startswith(title):
            found = re.match(r"\s*[|–—:·•-]\s+([^|]{2,40})$", row[len(title) :])
            if found:
                return found[1].strip()
    return None


def _author(rows: Sequence[str], head: _Head) -> str | None:
    for row in sorted(head.signatures):
        if head.signatures[row].author:
            return head.signatures[row].author
    # Many sites sign below the text, with a label; one name there is the author, several are other articles'.
    labelled = {
        name for line in rows[head.first :] if len(line) < 120 and _is_labelled(line) and (name := read_byline(line))
    }
    return labelled.pop() if len(labelled) == 1 else None


def _is_labelled(line: str) -> bool:
    return (":" in line or "：" in line) and not line.lower().startswith(("by", "von", "par", "por", "di"))


def _dates(head: _Head) -> tuple[str | None, str | None]:
    """Return the day of publication and of the last change, from the date lines that belong to the title."""
    lines: list[DateLine] = []
    for row in sorted(head.signatures, key=lambda row: (row < (head.title or 0), row)):
        date = head.signatures[row].date
        if date is not None:
            lines.append(date)
    published = next((date.value for date in lines if date.role == "published"), None)
    modified = next((date.value for date in lines if date.role == "updated"), None)
    return (published or modified), (modified if published else None)


def _source(rows: Sequence[str], head: _Head) -> str | None:
    for row in sorted(head.signatures):
        if head.signatures[row].source:
            return head.signatures[row].source
    named = {name for line in rows[head.first :] if len(line) < 120 and (name := read_source(line))}
    return named.pop() if len(named) == 1 else None


def _dateline(rows: Sequence[str], first: int) -> tuple[str | None, str | None]:
    # Captions may stand before the first paragraph of the report itself.
    for row in range(max(0, first - 1), min(len(rows), first + 4)):
        found = read_dateline(rows[row])
        if found is not None:
            return found.place, found.agency
    return None, None


def _credit(rows: Sequence[str], prose: Sequence[int]) -> str | None:
    if len(prose) < 2:
        return None
    first = prose[1]
    for row in sorted(may_be_credits(rows[first:]), reverse=True):
        line = rows[first + row]
        if len(line) <= _LONG and is_credit(line):
            return line.strip("()[] ")
    return None
