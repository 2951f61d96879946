"""Which of the lines that were counted are template lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scrubkit.templates.match import BlockTemplate, LineTemplate, SourceTemplates
from scrubkit.templates.rows import EDGE, LONG_WORDS, PageRow

if TYPE_CHECKING:
    from scrubkit.templates.learn import FitSettings

__all__ = ["LineCount", "PathCount", "SourceCount", "chosen_corpus", "chosen_source"]

_NEIGHBOURS = 12  # remembered on either side of a line
_TOLD = 6  # written to the file
_TOLD_SHARE = 0.1
_BOUND = 0.5  # a neighbour that stands beside a line so often frames it
_RUN = 3
_LONE_WORDS = 4
_LONE_ARTICLES = 8
_BLOCK_SHARE, _BLOCK_TEMPLATE, _BLOCK_LONG = 0.5, 0.8, 0.02


@dataclass(slots=True)
class LineCount:
    """What was seen of a line: articles, neighbours, elements."""

    text: str
    words: int
    example: str
    articles: int = 0
    times: int = 0
    above: dict[str, int] = field(default_factory=dict)
    below: dict[str, int] = field(default_factory=dict)
    paths: dict[str, int] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)

    def beside(self, above: str, below: str) -> None:
        """Count the lines on either side."""
        self.times += 1
        _count(self.above, above)
        _count(self.below, below)


@dataclass(slots=True)
class PathCount:
    """What was seen of an element: articles, rows, long rows."""

    articles: int = 0
    rows: int = 0
    long: int = 0

    def add(self, row: PageRow, *, fresh: bool) -> None:
        """Count a row."""
        self.articles += fresh
        self.rows += 1
        self.long += row.words >= LONG_WORDS


@dataclass(slots=True)
class SourceCount:
    """What was seen of a source."""

    pages: int = 0
    articles: int = 0
    anchors: set[int] = field(default_factory=set)
    lines: dict[str, LineCount] = field(default_factory=dict)
    paths: dict[str, PathCount] = field(default_factory=dict)


def _count(table: dict[str, int], key: str) -> None:
    """Count a neighbour among the few that are remembered (Misra and Gries 1982): one in thirteen is never missed."""
    if key in table or len(table) < _NEIGHBOURS:
        table[key] = table.get(key, 0) + 1
        return
    for other in list(table):
        table[other] -= 1
        if not table[other]:
            del table[other]


def chosen_source(name: str, count: SourceCount, settings: FitSettings) -> SourceTemplates:
    """Return the templates of a source."""
    if not count.articles:
        return SourceTemplates(name, count.pages, 0)
    least = max(settings.min_articles, settings.min_share * count.articles)
    often = {key: line for key, line in count.lines.items() if line.articles >= least}
    group_of = _groups(often)
    members: dict[str, list[str]] = {}
    for key, root in group_of.items():
        members.setdefault(root, []).append(key)
    taken: dict[str, LineTemplate] = {}
    for keys in members.values():
        group = [often[key] for key in keys]
        for key in keys:
            made = _line(often[key], group, count.articles, settings)
            if made is not None:
                taken[key] = made
    blocks = _blocks(count, taken.keys())
    return SourceTemplates(name, count.pages, count.articles, tuple(taken.values()), tuple(blocks))


def _groups(lines: Mapping[str, LineCount]) -> dict[str, str]:
    """Return for each line the first of the lines it stands in one frame with: neighbours more often than not."""
    root = {key: key for key in lines}

    def find(key: str) -> str:
        while root[key] != key:
            root[key] = root[root[key]]
            key = root[key]
        return key

    for key, line in lines.items():
        for table in (line.above, line.below):
            for other, times in table.items():
                if other in root and times >= _BOUND * line.times:
                    a, b = sorted((find(key), find(other)))
                    root[b] = a
    return {key: find(key) for key in lines}


def _line(line: LineCount, group: list[LineCount], articles: int, settings: FitSettings) -> LineTemplate | None:
    share = line.articles / articles
    long = line.words >= LONG_WORDS
    at_edge = any(_at_edge(other) for other in group)
    if len(group) > 1 or at_edge:
        known = share >= settings.long_share
        if not known and not long:
            # Short lines beside long ones may be the ends of a paragraph that is quoted now and then.
            whole = [other for other in group if other.words >= LONG_WORDS]
            sure = any(other.articles >= settings.long_share * articles for other in whole)
            known = sure or (not whole and (len(group) >= _RUN or at_edge))
        if known:
            return _template(line, framed=True)
    lone = line.words >= _LONE_WORDS and share >= settings.lone_share and line.articles >= _LONE_ARTICLES
    return _template(line, framed=False) if lone else None


def _at_edge(line: LineCount) -> bool:
    return max(line.above.get(EDGE, 0), line.below.get(EDGE, 0)) >= _BOUND * line.times


def _template(line: LineCount, *, framed: bool) -> LineTemplate:
    after = _told(line.above, line.times) if framed else ()
    before = _told(line.below, line.times) if framed else ()
    sources = len(line.sources) or None
    return LineTemplate(line.text, line.articles, after, before, line.example, sources)


def _told(table: Mapping[str, int], times: int) -> tuple[str, ...]:
    ranked = sorted(table.items(), key=lambda item: (-item[1], item[0]))
    return tuple(key for key, count in ranked[:_TOLD] if count >= _TOLD_SHARE * times)


def _blocks(count: SourceCount, taken: Iterable[str]) -> Iterator[BlockTemplate]:
    """Yield the elements that hold template lines and next to nothing else, on most pages."""
    rows: dict[str, int] = {}
    long: dict[str, int] = {}
    for key in taken:
        line = count.lines[key]
        for path, times in line.paths.items():
            rows[path] = rows.get(path, 0) + times
            long[path] = long.get(path, 0) + times * (line.words >= LONG_WORDS)
    for path, seen in count.paths.items():
        share = rows.get(path, 0) / seen.rows
        other = seen.long - long.get(path, 0)
        if (
            seen.articles >= _BLOCK_SHARE * count.articles
            and _BLOCK_TEMPLATE <= share < 1
            and other <= _BLOCK_LONG * seen.articles
        ):
            yield BlockTemplate(path, seen.articles, seen.rows, round(share, 3))


def chosen_corpus(count: SourceCount, settings: FitSettings, *, pages: int, sources: int) -> SourceTemplates:
    """Return the lines that stand in many sources with different articles, in a frame; long ones are only told."""
    least = max(settings.min_sources, settings.min_share * sources)
    often = {
        key: line
        for key, line in count.lines.items()
        if len(line.sources) >= least and line.articles >= settings.min_articles and line.words >= 2
    }
    lines = []
    for line in often.values():
        framed = _at_edge(line) or any(
            other in count.lines and times >= _BOUND * line.times
            for table in (line.above, line.below)
            for other, times in table.items()
        )
        if framed:
            lines.append(_template(line, framed=True))
        elif line.words >= LONG_WORDS:
            lines.append(_template(line, framed=False))
    return SourceTemplates("", pages, count.articles, tuple(lines))
