"""Catalogue entries for duplicate documents, and findings from clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubkit.catalogue.rule import Param, Rule
from scrubkit.core.finding import Finding

if TYPE_CHECKING:
    from scrubkit.dedup.result import Clusters

__all__ = ["CODES", "RULES", "findings"]

_COVERAGE = Param("min_coverage", 0.5, "share", "a document is dropped only where its keeper holds this much of it")

RULES: tuple[Rule, ...] = (
    Rule(
        code="DUP001",
        name="exact-duplicate",
        summary="The document's words are those of another document.",
        rationale="Repeated documents are memorised by models, weigh twice in every count and leak between splits. "
        "Compared are all words after folding of case, width and diacritics, not bytes: a copy with other line "
        "breaks or quotation marks is the same document.",
        scope="corpus",
        action="reject",
        score=1.0,
        known_problems="Two different documents of one or two words are the same text; short texts deserve a filter "
        "of their own.",
    ),
    Rule(
        code="DUP002",
        name="near-duplicate",
        summary="The document is a reprint, an abridged or an updated copy of another document.",
        rationale="News scrapes hold the same agency story in many frames and states. Pairs are found by MinHash over "
        "word shingles and by local pairs of rare stems, each pair is verified, and a document goes only where "
        "the one that stays covers it.",
        scope="corpus",
        action="reject",
        score=0.95,
        params=(
            Param("jaccard", 0.8, "Jaccard", "shared part of the word 5-grams that makes a near duplicate"),
            _COVERAGE,
        ),
        known_problems="Pages of one template that differ in one or two values only count as copies; clean first.",
        sources=("Broder 1997, On the resemblance and containment of documents",),
    ),
    Rule(
        code="DUP003",
        name="rewritten-duplicate",
        summary="The document is a rewrite of another document: other words, the same content in the same order.",
        rationale="Machine-rewritten copies share few shingles with their original, yet its names, numbers and rare "
        "words in the same order throughout. A report of the same event shares islands of text and is kept.",
        scope="corpus",
        action="reject",
        score=0.9,
        params=(_COVERAGE,),
        known_problems="Passages of fewer than fifty words say little; free paraphrases by people are missed more "
        "often than machine rewrites.",
    ),
)

CODES = {"exact": "DUP001", "reprint": "DUP002", "abridged": "DUP002", "updated": "DUP002", "rewrite": "DUP003"}
"""The code under which a verdict is reported."""


def findings(clusters: Clusters, *, max_drop: float = 0.5) -> dict[int, Finding]:
    """Return a ``reject`` finding for each dropped document and a ``note`` for each tagged one, by position.

    ``because`` names the keeper, the verdict, the score and the coverage. Raises :class:`ScrubkitError` where more
    than the share ``max_drop`` would go. The span is empty: the finding concerns the whole document.
    """
    clusters.check_drop(max_drop)
    out: dict[int, Finding] = {}
    for i, verdict in enumerate(clusters.verdicts):
        if verdict is None or i >= clusters.own:
            continue
        cluster = clusters.clusters[clusters.cluster_of[i]]
        score, coverage = clusters.scores[i], clusters.coverage[i]
        because = {"keeper": cluster.keeper, "verdict": verdict, "score": score, "coverage": coverage}
        action = "reject" if i in clusters.dropped else "note"
        out[i] = Finding(CODES[verdict], 0, 0, action, 1.0 if score is None else score, because)  # type: ignore[arg-type]
    return out
