"""What cleaning takes out of a page, as lines for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scrubkit.core.ledger import Entry
from scrubkit.page import Page

__all__ = ["Change", "Style", "changes", "shown"]

_RED, _GREEN, _DIM, _BOLD, _OFF = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Style:
    """How to show: columns, kept lines around a change (``None``: all), two columns, colours."""

    width: int = 100
    context: int | None = 3
    beside: bool = False
    color: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A line before and after cleaning; ``after`` is ``None`` where it went. ``codes`` say which rules acted."""

    number: int
    before: str
    after: str | None
    codes: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the line is as it was."""
        return self.after == self.before and not self.codes


def changes(page: Page) -> Iterator[Change]:
    """Yield every line of the page's text with what cleaning makes of it."""
    text = page.document.text
    entries = page.ledger.entries
    at = first = 0
    for number, line in enumerate(text.split("\n"), 1):
        end = at + len(line)
        while first < len(entries) and entries[first].end <= at:
            first += 1
        touching = []
        i = first
        while i < len(entries) and entries[i].start < max(end, at + 1):
            touching.append(entries[i])
            i += 1
        yield Change(number, line, *_after(line, at, touching))
        at = end + 1


def _after(line: str, start: int, entries: Sequence[Entry]) -> tuple[str | None, tuple[str, ...]]:
    """Return what is left of a line and the codes that acted on it; line ends alone do not count."""
    out: list[str] = []
    codes: list[str] = []
    at = 0
    for entry in entries:
        a, b = max(0, entry.start - start), min(len(line), entry.end - start)
        if a >= b and line:
            continue
        out.append(line[at:a])
        if entry.start >= start:
            out.append(entry.replacement)
        at = b
        codes.append(entry.code)
    out.append(line[at:])
    left = "".join(out)
    gone = bool(codes) and not left.strip()
    return None if gone else left, tuple(dict.fromkeys(codes))


def shown(page: Page, style: Style) -> Iterator[str]:
    """Yield the lines to print for a page: a head, then what goes, what stays around it, and what was left out."""
    every = list(changes(page))
    gone = sum(change.after is None and bool(change.before.strip()) for change in every)
    taken = len(page.document.text) - len(page.text)
    verdict = page.verdict
    told = verdict.status + (f" by {', '.join(verdict.codes)}" if verdict.codes else "")
    head = f"{_safe(page.record.place or page.id)}: {told}; {gone} of {len(every)} lines and {taken} characters go"
    yield _paint(head, _BOLD, style)
    wanted = _wanted(every, style.context)
    last = 0
    for change in every:
        if change.number not in wanted:
            continue
        if change.number > last + 1:
            yield _paint(f"@@ {change.number - last - 1} kept lines @@", _DIM, style)
        last = change.number
        yield from _beside(change, style) if style.beside else _below(change, style)
    if last < len(every):
        yield _paint(f"@@ {len(every) - last} kept lines @@", _DIM, style)


def _wanted(every: Sequence[Change], context: int | None) -> set[int]:
    if context is None:
        return {change.number for change in every}
    near = range(-context, context + 1)
    return {change.number + d for change in every if not change.kept for d in near} & set(range(1, len(every) + 1))


def _below(change: Change, style: Style) -> Iterator[str]:
    number = f"{change.number:>5} "
    if change.kept:
        yield f"{number}  {_safe(change.before)}"
        return
    codes = f"  [{' '.join(change.codes)}]" if change.before.strip() else ""
    room = max(20, style.width - len(number) - 2 - len(codes))
    yield _paint(f"{number}- {_cut(_safe(change.before), room)}{codes}", _RED, style)
    if change.after is not None:
        yield _paint(f"{number}+ {_safe(change.after)}", _GREEN, style)


def _beside(change: Change, style: Style) -> Iterator[str]:
    half = max(10, (style.width - 12) // 2)
    left = _fit(_safe(change.before), half)
    if change.kept:
        yield f"{change.number:>5} {left}   {_fit(_safe(change.before), half).rstrip()}"
    elif change.after is None:
        codes = " ".join(change.codes) if change.before.strip() else ""
        yield f"{change.number:>5} {_paint(left, _RED, style)} < {_paint(codes, _DIM, style)}"
    else:
        right = _fit(_safe(change.after), half).rstrip()
        yield f"{change.number:>5} {_paint(left, _RED, style)} | {_paint(right, _GREEN, style)}"


def _paint(text: str, color: str, style: Style) -> str:
    return f"{color}{text}{_OFF}" if style.color else text


def _safe(text: str) -> str:
    """Return a text in which no character can steer the terminal: controls and bidi overrides are shown as such."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cs") and c not in _BIDI else "\N{REPLACEMENT CHARACTER}"
                   for c in text.replace("\t", "    "))  # fmt: skip


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cut(text: str, room: int) -> str:
    """Return as much of a text as fits, with an ellipsis where it does not."""
    if len(text) * 2 <= room or sum(map(_columns, text)) <= room:
        return text
    used = 0
    for i, char in enumerate(text):
        used += _columns(char)
        if used > room - 1:
            return text[:i] + "…"
    return text


def _fit(text: str, room: int) -> str:
    text = _cut(text, room)
    return text + " " * (room - sum(map(_columns, text)))
