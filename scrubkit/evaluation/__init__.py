"""Scores of a cleaner against gold: the figures behind ``scrubkit eval``.

A folder holds sources and says what should become of them, in ``gold/`` (see ``corpus_samples/README.md``) or, for
lines alone, in one ``gold.jsonl`` beside the texts. Nothing is written and nothing is remembered between calls.

>>> from scrubkit.evaluation import GoldLine, score_lines
>>> gold = [GoldLine("a.txt", 1, "Home", "nav", False), GoldLine("a.txt", 2, "Rain fell.", "content", True)]
>>> kept = [(line.line_no, line.text, True, "content", None) for line in gold]
>>> scores = score_lines({"a.txt": gold}, {"a.txt": kept})
>>> scores.precision, scores.recall, [(e.what, e.text) for e in scores.errors]
(0.5, 1.0, [('leaked', 'Home')])
"""

from scrubkit.evaluation.gold import Gold, GoldCopy, GoldEncoding, GoldLine, GoldPage, Source, load_gold, read_sources
from scrubkit.evaluation.lines import KindScore, LineError, LineScores, score_lines
from scrubkit.evaluation.pages import (
    EncodingScores,
    Fault,
    FieldScore,
    MetaScores,
    PageScores,
    score_encoding,
    score_meta,
    score_pages,
)
from scrubkit.evaluation.pairs import PairScores, RelationScore, score_pairs
from scrubkit.evaluation.render import render, render_errors
from scrubkit.evaluation.run import Evaluation, evaluate

__all__ = [
    "EncodingScores",
    "Evaluation",
    "Fault",
    "FieldScore",
    "Gold",
    "GoldCopy",
    "GoldEncoding",
    "GoldLine",
    "GoldPage",
    "KindScore",
    "LineError",
    "LineScores",
    "MetaScores",
    "PageScores",
    "PairScores",
    "RelationScore",
    "Source",
    "evaluate",
    "load_gold",
    "read_sources",
    "render",
    "render_errors",
    "score_encoding",
    "score_lines",
    "score_meta",
    "score_pages",
    "score_pairs",
]
