"""What was taken out of a text, by which rule and why; every view of a cleaned page comes from here.

:func:`resolve` turns findings, in any order, into a :class:`Ledger`: disjoint, sorted entries over the text.
Cleaning is exactly invertible: ``ledger.restore() == document.text`` whatever the findings were.
"""

from __future__ import annotations

import heapq
import itertools
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrubkit.core import show
from scrubkit.core.document import KINDS, BlockTable, Document
from scrubkit.core.finding import Finding

__all__ = ["Entry", "Ledger", "resolve", "restore"]

_BLANK = KINDS.index("blank")
_MODEL_FAMILY = "BPL"

_Segment = tuple[int, int, Finding, tuple[str, ...]]
"""A run of text to remove: start, end, the finding that names it, all codes that spoke for it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One removal or replacement: ``document.text[start:end]`` was ``text`` and became ``replacement``.

    ``code`` is the rule that won the span, ``codes`` all that spoke for the removal. ``replacement`` is ``""``
    for a removal.
    """

    start: int
    end: int
    code: str
    text: str
    score: float
    because: Mapping[str, Any]
    codes: tuple[str, ...] = ()
    replacement: str = ""


def restore(clean: str, entries: Iterable[Entry]) -> str:
    """Return the text that ``clean`` was made from, given the entries that made it; nothing else is needed.

    Raises ``ValueError`` where the entries do not fit the text, which means they belong to another one.
    """
    out: list[str] = []
    at = shift = 0  # at: position in clean; shift: original minus clean position
    for entry in entries:
        kept_until = entry.start - shift
        stop = kept_until + len(entry.replacement)
        if not at <= kept_until <= len(clean) or clean[kept_until:stop] != entry.replacement:
            raise ValueError(f"{entry.code} at {entry.start}:{entry.end} does not belong to this text")
        out += (clean[at:kept_until], entry.text)
        at = stop
        shift += len(entry.text) - len(entry.replacement)
    out.append(clean[at:])
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Disjoint, sorted entries over one text, and the text without them.

    >>> ledger = Ledger.of("Home\\nThe news.\\n", [Entry(0, 5, "NAV001", "Home\\n", 0.9, {})])
    >>> ledger.text
    'The news.\\n'
    >>> ledger.restore()
    'Home\\nThe news.\\n'
    """

    text: str
    entries: tuple[Entry, ...] = ()

    def _repr_html_(self) -> str:
        """Show the removals in a notebook."""
        rows = ((e.code, f"{e.score:.2f}", e.text.strip("\n"), show.evidence(e.because)) for e in self.entries)
        head = show.heading("Ledger", f"{len(self.entries):,} removals", f"{len(self.text):,} characters left")
        return f"<div>{head}{show.table(('rule', 'score', 'text', 'evidence'), rows, len(self.entries))}</div>"

    @classmethod
    def of(cls, text: str, entries: Sequence[Entry]) -> Ledger:
        """Return the ledger of sorted, disjoint entries over ``text``."""
        out: list[str] = []
        at = 0
        for entry in entries:
            if entry.start < at or text[entry.start : entry.end] != entry.text:
                raise ValueError(f"{entry.code} at {entry.start}:{entry.end} overlaps or is of another text")
            out += (text[at : entry.start], entry.replacement)
            at = entry.end
        out.append(text[at:])
        return cls("".join(out), tuple(entries))

    def removed(self) -> tuple[Entry, ...]:
        """Return what was taken away: code, span, text and the numbers behind each removal."""
        return tuple(entry for entry in self.entries if not entry.replacement)

    def restore(self) -> str:
        """Return the text before cleaning, rebuilt from the cleaned text and the entries alone."""
        return restore(self.text, self.entries)

    def counts(self) -> Counter[str]:
        """Return how many characters each code took away (replacements count what they replaced)."""
        return Counter(dict(self._counts()))

    def _counts(self) -> Iterator[tuple[str, int]]:
        total: Counter[str] = Counter()
        for entry in self.entries:
            total[entry.code] += len(entry.text)
        yield from sorted(total.items())


def _rank(finding: Finding) -> tuple[bool, float, tuple[Any, ...]]:
    """Order in which removals claim a span: typed rules before the model, the surer first, then by value."""
    return (finding.code.startswith(_MODEL_FAMILY), -finding.score, finding.sort_key())


def _segments(findings: Iterable[Finding]) -> Iterator[_Segment]:
    """Yield ``(start, end, winner, codes)`` of the maximal runs in which removals outweigh keeps.

    A sweep over the span ends with three heaps (surest keep, surest removal, first in rank); finished spans are
    dropped from the heaps when they come to the top, so the cost is n log n for any overlaps.
    """
    acting = [f for f in findings if f.end > f.start and f.action in ("remove", "keep")]
    acting.sort(key=Finding.sort_key)
    edges = sorted({f.start for f in acting} | {f.end for f in acting})
    keeps: list[tuple[float, int]] = []  # (-score, end)
    removals: list[tuple[float, int]] = []
    ranked: list[tuple[Any, int, int]] = []  # (rank, end, index)
    closing: list[tuple[int, str]] = []
    codes: Counter[str] = Counter()
    upcoming = 0
    for start, end in itertools.pairwise(edges):
        while closing and closing[0][0] <= start:
            codes[heapq.heappop(closing)[1]] -= 1
        while upcoming < len(acting) and acting[upcoming].start == start:
            finding = acting[upcoming]
            if finding.action == "keep":
                heapq.heappush(keeps, (-finding.score, finding.end))
            else:
                heapq.heappush(removals, (-finding.score, finding.end))
                heapq.heappush(ranked, (_rank(finding), finding.end, upcoming))
                heapq.heappush(closing, (finding.end, finding.code))
                codes[finding.code] += 1
            upcoming += 1
        _close(keeps, start)
        _close(removals, start)
        _close(ranked, start)
        if removals and (not keeps or removals[0][0] < keeps[0][0]):
            yield start, end, acting[ranked[0][2]], tuple(sorted(c for c, n in codes.items() if n > 0))


def _close(heap: list[Any], start: int) -> None:
    """Drop the entries at the top of a heap whose span, the second field, ended by ``start``."""
    while heap and heap[0][1] <= start:
        heapq.heappop(heap)


def _merge(
    segments: Iterable[_Segment],
) -> list[_Segment]:
    out: list[_Segment] = []
    for start, end, winner, codes in segments:
        if out and out[-1][1] == start and out[-1][2] is winner:
            out[-1] = (out[-1][0], end, winner, tuple(sorted({*out[-1][3], *codes})))
        else:
            out.append((start, end, winner, codes))
    return out


def _absorb_blanks(segments: list[_Segment], blocks: BlockTable) -> list[_Segment]:
    """Add blank blocks to the removals beside them, so that no hole stays where text went.

    Of the blank runs around removed blocks one stays where kept blocks stood apart, so that paragraphs do not
    grow together; at the head and the end of the text all go.
    """
    if not segments or _BLANK not in blocks.kinds:
        return segments
    owner = _owners(segments, blocks)
    extra: list[_Segment] = []
    for first, stop, beside in _spare_blanks(blocks.kinds, owner):
        winner, codes = segments[beside][2:]
        span = blocks.starts[first], blocks.ends[stop - 1]
        extra += ((a, b, winner, codes) for a, b in _uncovered(*span, segments))
    return _merge(sorted([*segments, *extra], key=lambda s: s[0])) if extra else segments


def _spare_blanks(kinds: bytes, owner: list[int | None]) -> Iterator[tuple[int, int, int]]:
    """Yield ``(first, stop, segment)`` of each run of blank blocks that goes, and the removal it goes with."""
    n = len(kinds)
    before: int | None = None  # the segment of the visible block above, None while it is kept
    seen = stays = False  # whether a kept block stands above, and a blank run since the last one stays
    at = 0
    while at < n:
        if kinds[at] != _BLANK:
            before = owner[at]
            if before is None:
                seen, stays = True, False
            at += 1
            continue
        stop = at
        while stop < n and kinds[stop] == _BLANK:
            stop += 1
        after = owner[stop] if stop < n else None
        above_kept = before is None and at > 0
        below_kept = stop < n and after is None
        inner = above_kept and (below_kept or not _all_gone(owner, kinds, stop))
        if inner or (before is not None and below_kept and seen and not stays):
            stays = True
        elif (beside := before if before is not None else after) is not None:
            yield at, stop, beside
        at = stop


def _all_gone(owner: list[int | None], kinds: bytes, start: int) -> bool:
    """Whether no visible block from ``start`` on is kept. Asked once a kept block at most, so linear in all."""
    return all(owner[i] is not None for i in range(start, len(kinds)) if kinds[i] != _BLANK)


def _uncovered(start: int, end: int, segments: list[_Segment]) -> Iterator[tuple[int, int]]:
    """Yield the parts of a span that no segment covers."""
    at = bisect_right(segments, start, key=lambda segment: segment[1])
    while start < end:
        if at == len(segments) or segments[at][0] >= end:
            yield start, end
            return
        if segments[at][0] > start:
            yield start, segments[at][0]
        start = segments[at][1]
        at += 1


def _owners(segments: list[_Segment], blocks: BlockTable) -> list[int | None]:
    """Return for each block the segment that covers its last character if all of it is covered, else None."""
    owner: list[int | None] = [None] * len(blocks)
    s = 0
    for i in range(len(blocks)):
        start, end = blocks.starts[i], blocks.ends[i]
        while s < len(segments) and segments[s][1] <= start:
            s += 1
        at, t = start, s
        while t < len(segments) and segments[t][0] <= at < end:
            at = segments[t][1]
            t += 1
        if at >= end > start:
            owner[i] = t - 1
    return owner


def _replacements(findings: Iterable[Finding], segments: list[_Segment]) -> list[Finding]:
    """Return the replacements that stand: clear of every removal, keep and better-ranked replacement."""
    asked = sorted((f for f in findings if f.action == "replace" and f.end > f.start), key=_rank)
    if not asked:
        return []
    taken = [(s[0], s[1]) for s in segments]
    taken += [(f.start, f.end) for f in findings if f.action == "keep" and f.end > f.start]
    out: list[Finding] = []
    for finding in asked:
        if not any(a < finding.end and finding.start < b for a, b in taken):
            taken.append((finding.start, finding.end))
            out.append(finding)
    return out


def resolve(document: Document, findings: Iterable[Finding]) -> Ledger:
    """Return the ledger that findings amount to; the order in which they come does not matter.

    At each place the surest removal stands against the surest ``keep``; the keep wins a tie. The entry carries
    the code of the best-ranked removal there: typed rules before the block model, then the higher score. A
    ``replace`` stands only where nothing is removed. ``note``, ``reject`` and ``quarantine`` leave the text alone.
    """
    found = list(findings)
    size = len(document.text)
    for finding in found:
        if finding.end > size:
            raise ValueError(f"{finding.code}: span {finding.start}:{finding.end} ends outside the text ({size})")
    segments = _absorb_blanks(_merge(_segments(found)), document.blocks)
    entries = [
        Entry(start, end, winner.code, document.text[start:end], winner.score, winner.because, codes)
        for start, end, winner, codes in segments
    ]
    entries += [
        Entry(
            f.start, f.end, f.code, document.text[f.start : f.end], f.score, f.because, (f.code,), f.replacement or ""
        )
        for f in _replacements(found, segments)
    ]
    entries.sort(key=lambda entry: entry.start)
    return Ledger.of(document.text, entries)
