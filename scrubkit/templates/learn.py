"""Learning templates: two passes over a corpus in memory that does not grow with its pages.

The first pass counts each line of each source in a Count-Min sketch. The second looks at the lines that may be
frequent (the sketch is never too low, so none is missed) and counts them exactly, with their neighbours and
elements, over *different articles*: pages that share one of their rare long lines are copies of one article and
count once, so that a text printed ten times is no template. Of a large source a sample of articles is looked at,
chosen by their content, so what is kept for a source has a limit too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.core.errors import ConfigError
from scrubkit.templates.choose import LineCount, PathCount, SourceCount, chosen_corpus, chosen_source
from scrubkit.templates.match import Templates
from scrubkit.templates.rows import EDGE, PageRow, page_keys, page_rows
from scrubkit.templates.sketch import CountMin, hashes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.core.document import Document

__all__ = ["FitSettings", "Learner", "fit"]

_ANCHORS = 3
_ALIKE = 0.5  # an anchor weighs at least this share of the page's heaviest
_SAMPLE = 4096  # articles of one source that are looked at, about
_CORPUS_LINES = 200_000
_PATHS = 5000  # of one source


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How much it takes to be a template.

    ``min_articles`` different articles and ``min_share`` of a source's articles for labels that stand in their
    frame, ``long_share`` for rows of eight words and more, ``lone_share`` for lines whose neighbours change,
    ``min_sources`` for lines of the whole corpus. ``memory`` is the size of the sketches in bytes, about.
    """

    min_articles: int = 5
    min_share: float = 0.03
    long_share: float = 0.2
    lone_share: float = 0.3
    min_sources: int = 5
    memory: int = 96_000_000

    def __post_init__(self) -> None:
        if self.min_articles < 3 or self.min_sources < 2:
            raise ConfigError("fewer than 3 articles or 2 sources show no pattern", remedy="raise min_articles")
        if not 0 < self.min_share <= self.long_share <= 1 or not 0 < self.lone_share <= 1:
            raise ConfigError("shares are numbers between 0 and 1, min_share the smallest")


Pages = Callable[[], Iterable[tuple[str, str, "Document"]]]
"""Gives ``(source, id, document)`` of each page; called twice, and gives the same both times."""


def fit(pages: Pages, settings: FitSettings | None = None) -> Templates:
    """Return the templates of a corpus.

    ``pages`` is a function that yields ``(source, id, document)`` and is called twice: the documents as they are
    *before* cleaning. The result depends on the pages and their order alone. See the module for how it is done, and
    :class:`~scrubkit.templates.sketch.CountMin` for its error, which costs time and never a template.

    >>> from scrubkit.core import Document
    >>> from scrubkit.ingest.layout import layout_text
    >>> def pages():
    ...     for n in range(9):
    ...         layout = layout_text(f"Sign in\\nSubscribe\\nReport {n} tells of the rain in valley {n}, all of it.\\n")
    ...         yield "example.org", str(n), Document(str(n), layout.text, layout.blocks)
    >>> [(line.text, line.articles) for line in fit(pages).sources["example.org"].lines]
    [('Sign in', 9), ('Subscribe', 9)]
    """
    learner = Learner(settings or FitSettings())
    for source, _, document in pages():
        learner.count(source, page_keys(document))
    for source, name, document in pages():
        learner.learn(source, page_rows(document), document.text, name)
    return learner.templates()


@dataclass
class Learner:
    """The state of both passes: ``count`` every page, then ``learn`` from every page, then ``templates``."""

    settings: FitSettings = field(default_factory=FitSettings)
    pages: int = 0
    crowded: int = 0
    _pages_of: dict[str, int] = field(default_factory=dict)
    _sources: dict[str, SourceCount] = field(default_factory=dict)
    _corpus: SourceCount = field(default_factory=SourceCount)

    def __post_init__(self) -> None:
        # Three sketches: lines by source, sources by line, lines; the first holds the most.
        bits = max(10, (self.settings.memory // 24).bit_length() - 1)
        self._in_source = CountMin(bits)
        self._of_sources = CountMin(bits - 2)
        self._in_corpus = CountMin(bits - 2)

    def count(self, source: str, keys: Sequence[str]) -> None:
        """First pass: count the lines of a page, told by their different comparison forms."""
        self.pages += 1
        self._pages_of[source] = self._pages_of.get(source, 0) + 1
        if not keys:
            return
        lines, here = self._hashes(source, keys)
        first = self._in_source.add(here) == 1
        if first.any():
            self._of_sources.add(lines[first])
        self._in_corpus.add(lines)

    def learn(self, source: str, rows: list[PageRow], text: str, name: str) -> None:
        """Second pass: look at the lines that may be template lines, where the page is no copy of one seen."""
        known = self._sources.setdefault(source, SourceCount(pages=self._pages_of.get(source, 0)))
        if not rows:
            return
        keys = list(dict.fromkeys(row.key for row in rows))
        lines, here = self._hashes(source, keys)
        seen = self._in_source.get(here)
        sizes = np.array([len(key) for key in keys], np.float64)
        anchors = _anchors(lines, sizes, seen, known.pages)
        if self._is_new(known, anchors, known.pages):
            known.articles += 1
            least = max(self.settings.min_articles, int(self.settings.min_share * known.pages))
            often = {key for key, count in zip(keys, seen.tolist(), strict=True) if count >= least}
            _add(known, rows, often, text, name)
        anchors = _anchors(lines, sizes, self._in_corpus.get(lines), self.pages)
        if self._is_new(self._corpus, anchors, self.pages):
            self._corpus.articles += 1
            wide = self._of_sources.get(lines) >= self.settings.min_sources
            often = {key for key, is_wide in zip(keys, wide.tolist(), strict=True) if is_wide}
            if len(self._corpus.lines) >= _CORPUS_LINES:
                self.crowded += len(often - self._corpus.lines.keys())
                often &= self._corpus.lines.keys()
            _add(self._corpus, rows, often, text, name, source=source)

    def templates(self) -> Templates:
        """Return what was learned."""
        sources = {name: chosen_source(name, count, self.settings) for name, count in self._sources.items()}
        corpus = chosen_corpus(self._corpus, self.settings, pages=self.pages, sources=len(self._sources))
        return Templates({name: told for name, told in sources.items() if told.lines or told.blocks}, corpus)

    def _hashes(self, source: str, keys: Iterable[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        lines = hashes_of(keys)
        own = hashes_of([source])[0]
        return lines, (lines ^ own) * np.uint64(0x9E3779B97F4A7C15)

    def _is_new(self, known: SourceCount, anchors: list[int], pages: int) -> bool:
        """Return whether a page is of an article not seen before, and of the sample."""
        copies = any(anchor in known.anchors for anchor in anchors)
        stride = max(1, pages // _SAMPLE)
        if not anchors or min(anchors) % stride:
            return False
        known.anchors.update(anchors)
        return not copies


def _anchors(lines: NDArray[np.uint64], sizes: NDArray[np.float64], seen: NDArray[np.uint32], pages: int) -> list[int]:
    """Return the hashes of the page's few lines that weigh most: long ones that are rare in the source."""
    # The root keeps a long paragraph of a much copied article above the time stamp that each copy has of its own.
    weight = sizes * np.sqrt(np.log((pages + 1) / np.minimum(seen, pages)))
    order = np.lexsort((lines, -weight))[:_ANCHORS]
    heaviest = weight[order[0]]
    return [int(lines[at]) for at in order if weight[at] >= _ALIKE * heaviest]


def _add(
    known: SourceCount, rows: list[PageRow], often: set[str], text: str, name: str, *, source: str | None = None
) -> None:
    done: set[str] = set()
    paths: set[str] = set()
    for at, row in enumerate(rows):
        if source is None and row.path is not None:
            path = known.paths.get(row.path)
            if path is None and len(known.paths) < _PATHS:
                path = known.paths[row.path] = PathCount()
            if path is not None:
                path.add(row, fresh=row.path not in paths)
                paths.add(row.path)
        if row.key not in often:
            continue
        line = known.lines.get(row.key)
        if line is None:
            line = known.lines[row.key] = LineCount(" ".join(text[row.start : row.end].split()), row.words, name)
        above, below = rows[at - 1].key if at else EDGE, rows[at + 1].key if at + 1 < len(rows) else EDGE
        line.beside(above, below, places=source is None)
        if row.path is not None:
            line.paths[row.path] = line.paths.get(row.path, 0) + 1
        if row.key not in done:
            done.add(row.key)
            line.articles += 1
            if source is not None and len(line.sources) < 256:
                line.sources.add(source)
