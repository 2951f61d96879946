"""Which of the lines that were counted are template lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from scrubkit.templates.match import BlockTemplate, LineTemplate, SourceTemplates
from scrubkit.templates.rows import EDGE, LONG_WORDS, PROSE_WORDS, PageRow

if TYPE_CHECKING:
    from scrubkit.templates.learn import FitSettings

__all__ = ["LineCount", "PathCount", "SourceCount", "chosen_corpus", "chosen_source"]

Key = TypeVar("Key", str, tuple[str, str])

_NEIGHBOURS = 12  # remembered on either side of a line
_PLACES = 24  # pairs of neighbours remembered of a source's line; too much for the lines of a corpus
_TOLD = 6  # written to the file
_TOLD_SHARE = 0.1
_MANY = 10  # from so many on a neighbour must be seen three times: twice may be chance
_SURE_SIDE = 0.8
_PAIR_SHARE = 0.5  # two lines that follow each other, and nothing else around them, may be a byline and a credit
_ENDED = re.compile(r"[.!?…。！？؟۔।።][\"'”’»)\]]*$")
_BOUND = 0.5  # a neighbour that stands beside a line so often frames it
_RUN = 3
_LONE_WORDS = 4
_LONE_ARTICLES = 8
_LIST_RECUR, _LIST_ROWS = 0.8, 2
_DATA_TAGS = ("td", "th", "dt", "dd", "pre", "code")
_BLOCK_SHARE, _BLOCK_TEMPLATE, _BLOCK_LONG = 0.5, 0.5, 0.02


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
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    paths: dict[str, int] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)

    def beside(self, above: str, below: str, *, places: bool = True) -> None:
        """Count the lines on either side, with ``places`` also which stood there together."""
        self.times += 1
        _count(self.above, above, _NEIGHBOURS)
        _count(self.below, below, _NEIGHBOURS)
        if places:
            _count(self.places, (above, below), _PLACES)


@dataclass(slots=True)
class PathCount:
    """What was seen of an element: articles, rows, rows that are prose by their length."""

    articles: int = 0
    rows: int = 0
    long: int = 0

    def add(self, row: PageRow, *, fresh: bool) -> None:
        """Count a row."""
        self.articles += fresh
        self.rows += 1
        self.long += row.words >= PROSE_WORDS


@dataclass(slots=True)
class SourceCount:
    """What was seen of a source."""

    pages: int = 0
    articles: int = 0
    anchors: set[int] = field(default_factory=set)
    lines: dict[str, LineCount] = field(default_factory=dict)
    paths: dict[str, PathCount] = field(default_factory=dict)


def _count(table: dict[Key, int], key: Key, most: int) -> None:
    """Count a key among the few that are remembered (Misra and Gries 1982): one in ``most`` + 1 is never missed."""
    if key in table or len(table) < most:
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
    framed: set[str] = set()
    lone: set[str] = set()
    for keys in members.values():
        group = [often[key] for key in keys]
        for key in keys:
            line = often[key]
            if _is_bound(line, often) and _is_framed(line, group, count.articles, settings):
                framed.add(key)
            elif _is_lone(line, count.articles, settings):
                lone.add(key)
    taken = _templates(often, framed, lone)
    blocks = sorted(_blocks(count, often, taken), key=lambda block: (-block.rows, block.path))
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


def _is_bound(line: LineCount, often: Container[str]) -> bool:
    """Return whether a line stands beside one other frequent line, or at the edge of the page, more often than not.

    It must be the line's own neighbour: a credit that follows one of many bylines is bound to none of them.
    """
    return any(
        times >= _BOUND * line.times and (other == EDGE or other in often)
        for table in (line.above, line.below)
        for other, times in table.items()
    )


def _is_framed(line: LineCount, group: list[LineCount], articles: int, settings: FitSettings) -> bool:
    """Return whether a line that stands beside others of a frame is frequent enough for its length."""
    edge = any(_at_edge(other) for other in group)
    firm = (settings.long_share if len(group) >= _RUN or edge else _PAIR_SHARE) * articles
    if line.articles >= firm or line.words >= PROSE_WORDS:
        return line.articles >= firm
    # Lines beside a sentence may be parts of a paragraph that is quoted now and then; headlines have no full stop.
    long = [other for other in group if other.words >= LONG_WORDS]
    if any(_ENDED.search(other.text) for other in group):
        return line.words < LONG_WORDS and any(other.articles >= firm for other in long)
    return len(group) >= _RUN or (edge and not long)


def _is_lone(line: LineCount, articles: int, settings: FitSettings) -> bool:
    least = max(_LONE_ARTICLES, settings.lone_share * articles)
    return line.words >= _LONE_WORDS and line.articles >= least


def _templates(often: Mapping[str, LineCount], framed: set[str], lone: set[str]) -> dict[str, LineTemplate]:
    """Return the template lines, framed ones with those of their neighbours that are template lines themselves.

    A line left without such a neighbour (a credit under one of many bylines) is none.
    """
    while True:
        known = framed | lone | {EDGE}
        made = {key: _template(often[key], known) for key in sorted(framed)}
        bare = {key for key, line in made.items() if not line.after and not line.before}
        if not bare:
            break
        framed = framed - bare
    made |= {key: _template(often[key], known if _is_among(often[key], known) else ()) for key in sorted(lone)}
    return dict(sorted(made.items(), key=lambda item: (-item[1].articles, item[1].text)))


def _is_among(line: LineCount, known: Container[str]) -> bool:
    """Return whether a line stands beside template lines more often than not, be they different ones each time.

    It belongs to a list then (of headlines), and what it says may also stand elsewhere (over its own article).
    """
    return any(_of(table, known) >= _BOUND * line.times for table in (line.above, line.below))


def _of(table: Mapping[str, int], known: Container[str]) -> int:
    return sum(times for other, times in table.items() if other in known)


def _at_edge(line: LineCount) -> bool:
    return max(line.above.get(EDGE, 0), line.below.get(EDGE, 0)) >= _BOUND * line.times


def _template(line: LineCount, known: Container[str]) -> LineTemplate:
    after, before = _told(line, 0, known), _told(line, 1, known)
    # A side that changes (the article above a share bar) says nothing, if the other one is always the same.
    sides = ((line.above, after), (line.below, before))
    firm = [sum(table[key] for key in told) >= _SURE_SIDE * line.times for table, told in sides]
    if any(firm):
        after, before = after if firm[0] else (), before if firm[1] else ()
    return LineTemplate(line.text, line.articles, after, before, line.example, len(line.sources) or None)


def _told(line: LineCount, side: int, known: Container[str]) -> tuple[str, ...]:
    table = (line.above, line.below)[side]
    ranked = sorted(table.items(), key=lambda item: (-item[1], item[0]))
    least = max(2 + (line.times >= _MANY), _TOLD_SHARE * line.times)
    near = [key for key, count in ranked[:_TOLD] if count >= least and key in known]
    return tuple(key for key in near if side or not _is_title_under(line, key, known))


def _is_title_under(line: LineCount, above: str, known: Container[str]) -> bool:
    """Return whether a line that mostly has template lines below it has content below, where it stands under ``above``.

    That is another place: a headline stands in a list, and, under the last line of a menu, over its own article.
    Content above a line says nothing: the first line of a footer may be one of the menu's, too.
    """
    if not line.places:
        return False
    here = sum(times for (over, under), times in line.places.items() if over == above and under in known)
    return _of(line.below, known) >= _BOUND * line.times and here < _BOUND * line.above[above]


def _blocks(count: SourceCount, often: Container[str], taken: Container[str]) -> Iterator[BlockTemplate]:
    """Yield the elements that hold template lines and next to nothing else, on most pages.

    A list of several rows, nearly all of which recur, is one too, in whatever order they come.
    """
    rows, recur, long = Counter[str](), Counter[str](), Counter[str]()
    for key, line in count.lines.items():
        for path, times in line.paths.items() if key in often else ():
            recur[path] += times
            rows[path] += times * (key in taken)
            long[path] += times * (key in taken and line.words >= PROSE_WORDS)
    for path, seen in count.paths.items():
        share = rows[path] / seen.rows
        is_list = recur[path] >= _LIST_RECUR * seen.rows and seen.rows >= _LIST_ROWS * seen.articles
        if (
            seen.articles >= _BLOCK_SHARE * count.articles
            and (_BLOCK_TEMPLATE <= share < 1 or (is_list and share < 1))
            and seen.long - long[path] <= _BLOCK_LONG * seen.articles
            and path.rpartition("/")[2].partition(".")[0] not in _DATA_TAGS
        ):
            yield BlockTemplate(path, seen.articles, seen.rows, round(max(share, recur[path] / seen.rows), 3))


def chosen_corpus(count: SourceCount, settings: FitSettings, *, pages: int, sources: int) -> SourceTemplates:
    """Return the lines that stand in many sources with different articles, in a frame; long ones are only told."""
    least = max(settings.min_sources, settings.min_share * sources)
    often = {
        key: line
        for key, line in count.lines.items()
        if len(line.sources) >= least and line.articles >= settings.min_articles and line.words >= 2
    }
    framed = {key for key, line in often.items() if _is_bound(line, often)}
    lone = {key for key, line in often.items() if line.words >= LONG_WORDS} - framed
    return SourceTemplates("", pages, count.articles, tuple(_templates(often, framed, lone).values()))
