"""Scores of extracted text against ground truth, as the benchmark's scorer counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from html_data import Truth, words

__all__ = ["TYPES", "score_page", "table", "word_f1"]

TYPES = ("article", "documentation", "service", "forum", "collection", "listing", "product")
_MEASURES = ("f1", "precision", "recall", "with", "absent")


def word_f1(text: str, truth: str) -> tuple[float, float, float]:
    """Return F1, precision and recall of the bag of words; an empty text is right where the truth is empty."""
    found, wanted = Counter(words(text)), Counter(words(truth))
    kept, due = sum(found.values()), sum(wanted.values())
    if not kept or not due:
        return (1.0, 1.0, 1.0) if kept == due else (0.0, 0.0, 0.0)
    hits = sum((found & wanted).values())
    return 2 * hits / (kept + due), hits / kept, hits / due


def score_page(page: Truth, text: str) -> dict[str, float]:
    """Return the measures of one page; ``with`` and ``absent`` only where it has such snippets."""
    scores = dict(zip(_MEASURES[:3], word_f1(text, page.truth), strict=True))
    folded = _fold(text)
    if page.with_:
        scores["with"] = sum(_fold(snippet) in folded for snippet in page.with_) / len(page.with_)
    if page.without:
        scores["absent"] = sum(_fold(snippet) not in folded for snippet in page.without) / len(page.without)
    scores["truth"] = float(bool(page.truth.strip()))
    return scores


def table(pages: Sequence[Truth], scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return means over pages: measures over all, F1 by type over pages that have a ground truth."""
    found = {name: _mean(row[name] for row in scores if name in row) for name in _MEASURES}
    some = [(page.type, row["f1"]) for page, row in zip(pages, scores, strict=True) if row["truth"]]
    found["with truth"] = _mean(f1 for _, f1 in some)
    found |= {kind: _mean(f1 for type_, f1 in some if type_ == kind) for kind in TYPES}
    return {name: round(value, 4) for name, value in found.items()}


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else float("nan")


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
