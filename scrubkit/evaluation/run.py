"""One run: read a folder with gold, clean its sources, score what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrubkit.evaluation.gold import Gold, GoldLine, load_gold, read_sources
from scrubkit.evaluation.lines import CleanLine, LineScores, score_lines
from scrubkit.evaluation.pages import (
    EncodingScores,
    Fault,
    MetaScores,
    PageScores,
    score_encoding,
    score_meta,
    score_pages,
)
from scrubkit.evaluation.pairs import PairScores, labels_of, score_pairs

__all__ = ["Clean", "Evaluation", "FindDuplicates", "evaluate"]

Clean = Callable[..., Any]
"""``clean(data, url=…, media_type=…, id=…)`` to anything with the views of :class:`scrubkit.Page`."""

FindDuplicates = Callable[[Sequence[Any]], Any]
"""Cleaned pages to one label each, or to an object whose ``cluster_of`` holds them."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of a folder; a part is ``None`` where the gold says nothing of it.

    ``languages`` holds the scores of lines by the language the gold gives a document, most lines first: cues are
    written language by language, and one figure hides which are missing.
    ``quarantined`` names the documents on which a rule crashed, with the error: their scores say nothing of the rules.
    """

    folder: str
    documents: int
    quarantined: tuple[Fault, ...] = ()
    lines: LineScores | None = None
    languages: Mapping[str, LineScores] = field(default_factory=dict)
    pages: PageScores | None = None
    meta: MetaScores | None = None
    pairs: PairScores | None = None
    encoding: EncodingScores | None = None

    def figures(self) -> dict[str, float]:
        """Return the headline figures by name, those a gate can pin; ``nan`` where there was nothing to score."""
        named: dict[str, float] = {}
        if self.lines:
            named |= {
                "line_precision": self.lines.precision,
                "line_recall": self.lines.recall,
                "line_f1": self.lines.f1,
                "line_f1_strict": self.lines.strict_f1,
                "content_recall": self.lines.content_recall,
                "kind_accuracy": self.lines.kind_accuracy,
            }
        if self.pages:
            named |= {"page_kept": self.pages.kept_share, "page_gone": self.pages.gone_share}
        if self.meta:
            named["meta_accuracy"] = self.meta.accuracy
        if self.pairs:
            named |= {
                "pair_precision": self.pairs.precision,
                "pair_recall": self.pairs.recall,
                "same_event_merged": self.pairs.same_event_merged,
            }
        if self.encoding:
            named |= {
                "encoding_told": self.encoding.told / self.encoding.files,
                "encoding_phrases": self.encoding.phrases / self.encoding.files,
            }
        return named


def evaluate(
    folder: str | Path, *, clean: Clean | None = None, find_duplicates: FindDuplicates | None = None
) -> Evaluation:
    """Return how the cleaning of a folder's sources compares with the gold in it.

    folder
        Laid out as ``corpus_samples/`` (files, ``*.jsonl`` records, ``gold/``), or texts beside a ``gold.jsonl``.
    clean, find_duplicates
        What to score; :func:`scrubkit.clean` and :func:`scrubkit.find_duplicates` by default.

    Each source is cleaned once and alone. Duplicates are sought among the cleaned pages, as everywhere. Raises
    :class:`~scrubkit.core.InputError` for missing or malformed gold, before anything is cleaned.
    """
    root = Path(folder)
    gold = load_gold(root)
    sources = read_sources(root, gold.sources)
    run = clean or _default_clean()
    pages = {
        name: run(source.data, url=source.url, media_type=source.media_type, id=name)
        for name, source in sources.items()
    }
    lines = {name: list(pages[name].lines()) for name in gold.lines}
    metas = {name: page.meta for name, page in pages.items()}
    return Evaluation(
        folder=str(folder),
        documents=len(sources),
        quarantined=tuple(
            Fault(name, "quarantined", None, _error(page))
            for name, page in pages.items()
            if page.verdict.status == "quarantined"
        ),
        lines=score_lines(gold.lines, lines) if gold.lines else None,
        languages=_by_language(gold, lines),
        pages=score_pages(gold.pages, {page.source: pages[page.source].text for page in gold.pages})
        if gold.pages
        else None,
        meta=score_meta(gold.pages, metas) if gold.pages else None,
        pairs=_score_pairs(gold, pages, find_duplicates) if gold.copies else None,
        encoding=score_encoding(
            gold.encodings, sources, metas, {row.source: pages[row.source].document.text for row in gold.encodings}
        )
        if gold.encodings
        else None,
    )


def _error(page: Any) -> str | None:
    """Return the error that a finding of a quarantined page tells, in one line."""
    told = (
        str(finding.because.get("error", finding.code)) for finding in page.findings if finding.action == "quarantine"
    )
    return next(told, None)


def _by_language(gold: Gold, lines: Mapping[str, Sequence[CleanLine]]) -> dict[str, LineScores]:
    groups: dict[str, dict[str, Sequence[GoldLine]]] = {}
    for page in gold.pages:
        if "language" in page.meta and page.source in gold.lines:
            groups.setdefault(page.meta["language"], {})[page.source] = gold.lines[page.source]
    by_size = sorted(groups.items(), key=lambda item: (-sum(map(len, item[1].values())), item[0]))
    return {language: score_lines(group, lines) for language, group in by_size}


def _score_pairs(gold: Gold, pages: Mapping[str, Any], find_duplicates: FindDuplicates | None) -> PairScores:
    names = [copy.source for copy in gold.copies]
    labels = labels_of((find_duplicates or _default_find())([pages[name] for name in names]))
    return score_pairs(gold.copies, dict(zip(names, labels, strict=True)))


# Imported on use: scores of another cleaner need neither, and the search for duplicates loads NumPy.
def _default_clean() -> Clean:
    from scrubkit.api import clean

    return clean


def _default_find() -> FindDuplicates:
    from scrubkit.dedup import find_duplicates

    return find_duplicates
