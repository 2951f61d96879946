"""What templates say of one page: findings, from the lines and blocks learned for its source."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from scrubkit.core.finding import Finding
from scrubkit.templates.rows import EDGE, LONG_WORDS, PROSE_WORDS, PageRow, key_of, page_rows

if TYPE_CHECKING:
    from scrubkit.core.document import Document

__all__ = ["BlockTemplate", "LineTemplate", "SourceTemplates", "Templates"]

_SURE, _LONE, _CORPUS, _BLOCK = 0.94, 0.88, 0.86, 0.8
_RECOGNISED = 3  # lines of a source that a page of unknown source must hold


@dataclass(frozen=True, slots=True)
class LineTemplate:
    """A line of a source's template.

    ``articles`` is the number of different articles it stood with. ``after`` and ``before`` are lines it stands
    next to (``""``: the edge of the page); where they are given it is taken only directly after one of the first
    and before one of the second, since the same words may be content elsewhere (a headline in a list, and over its
    own article). Without them it is taken wherever it stands.
    ``sources`` is the number of sources, for lines of the whole corpus.
    """

    text: str
    articles: int
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    example: str | None = None
    sources: int | None = None

    @property
    def key(self) -> str:
        """The form in which it is compared."""
        return key_of(self.text)


@dataclass(frozen=True, slots=True)
class BlockTemplate:
    """An element whose rows are the template's, those that change from page to page too (a list of headlines).

    ``path`` is the end of its tag path with class tokens, ``rows`` the number seen, ``share`` the share of them that
    recur with different articles.
    """

    path: str
    articles: int
    rows: int
    share: float


@dataclass(frozen=True)
class SourceTemplates:
    """What was learned of one source: its pages, those that are no copy of another (``articles``), its template."""

    name: str
    pages: int
    articles: int
    lines: tuple[LineTemplate, ...] = ()
    blocks: tuple[BlockTemplate, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, tuple[LineTemplate, frozenset[str], frozenset[str]]]:
        """Lines by comparison form, with the forms of their neighbours."""
        return {
            line.key: (line, frozenset(map(key_of, line.after)), frozenset(map(key_of, line.before)))
            for line in self.lines
        }

    @cached_property
    def by_path(self) -> Mapping[str, BlockTemplate]:
        """Blocks by path."""
        return {block.path: block for block in self.blocks}

    def matches(self, rows: Sequence[PageRow]) -> Iterator[tuple[int, LineTemplate]]:
        """Yield the number of each row that is a template line in its place, with the line."""
        known = self.by_key
        for at, row in enumerate(rows):
            found = known.get(row.key)
            if found is None:
                continue
            line, after, before = found
            above = rows[at - 1].key if at else EDGE
            below = rows[at + 1].key if at + 1 < len(rows) else EDGE
            if (not after or above in after) and (not before or below in before):
                yield at, line


@dataclass(frozen=True)
class Templates:
    """The templates of a corpus: by source, and of the corpus as a whole.

    >>> from scrubkit.core import Document
    >>> from scrubkit.ingest.layout import layout_text
    >>> line = LineTemplate("Sign in", 40, after=("",))
    >>> templates = Templates({"example.org": SourceTemplates("example.org", 42, 40, (line,))})
    >>> layout = layout_text("Sign in\\nRain fell.\\nSign in\\n")
    >>> found = templates.findings(Document("a", layout.text, layout.blocks), "example.org")
    >>> [(f.code, f.start, f.end, f.because["articles"]) for f in found]
    [('RPT002', 0, 8, 40)]
    """

    sources: Mapping[str, SourceTemplates] = field(default_factory=dict)
    corpus: SourceTemplates = SourceTemplates("", 0, 0)

    def findings(self, document: Document, source: str, codes: Collection[str] | None = None) -> list[Finding]:
        """Return the findings of a page: ``RPT002`` to ``RPT006``, those of ``codes`` where given.

        ``source`` is what :func:`scrubkit.templates.rows.source_name` says. Where it is not known, the source most
        of whose lines stand on the page in their places is taken, at least three.
        """
        rows = page_rows(document)
        told = self.sources.get(source) or self._recognised(rows)
        found: dict[int, Finding] = {}
        for of, whole in ((told, False), (self.corpus, True)):
            for at, line in of.matches(rows) if of is not None else ():
                found.setdefault(at, _line_finding(rows[at], line, of, whole=whole))  # type: ignore[arg-type]
        if told is not None and told.blocks:
            for at, row in enumerate(rows):
                block = told.by_path.get(row.path or "")
                if block is not None and row.words < PROSE_WORDS:
                    found.setdefault(at, _block_finding(row, block, told))
        return [found[at] for at in sorted(found) if codes is None or found[at].code in codes]

    def _recognised(self, rows: Sequence[PageRow]) -> SourceTemplates | None:
        votes: dict[str, int] = {}
        for row in rows:
            for name in self._homes.get(row.key, ()):
                votes[name] = votes.get(name, 0) + 1
        for name in sorted(votes, key=lambda name: (-votes[name], name))[:3]:
            if sum(1 for _ in self.sources[name].matches(rows)) >= _RECOGNISED:
                return self.sources[name]
        return None

    @cached_property
    def _homes(self) -> Mapping[str, list[str]]:
        out: dict[str, list[str]] = {}
        for name, source in self.sources.items():
            for key in source.by_key:
                out.setdefault(key, []).append(name)
        return out


def _line_finding(row: PageRow, line: LineTemplate, of: SourceTemplates, *, whole: bool) -> Finding:
    long = row.words >= LONG_WORDS
    because = {"articles": line.articles, "of": of.articles, "share": round(line.articles / max(1, of.articles), 3)}
    if whole:
        because |= {"sources": line.sources or 0}
        # A paragraph in many sources may be an agency's: it is told, and stays.
        return Finding(
            "RPT005" if long else "RPT004", row.start, row.end, "note" if long else "remove", _CORPUS, because
        )
    score = _SURE if line.after or line.before else _LONE
    told = {"source": of.name, **because}
    return Finding("RPT003" if long else "RPT002", row.start, row.end, "remove", score, told)


def _block_finding(row: PageRow, block: BlockTemplate, of: SourceTemplates) -> Finding:
    because = {"source": of.name, "path": block.path, "articles": block.articles, "share": round(block.share, 3)}
    return Finding("RPT006", row.start, row.end, "remove", _BLOCK, because)
