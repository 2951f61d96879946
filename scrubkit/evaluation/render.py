"""Scores as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

from scrubkit.evaluation.lines import LineScores
from scrubkit.evaluation.pages import EncodingScores, MetaScores, PageScores
from scrubkit.evaluation.pairs import PairScores
from scrubkit.evaluation.run import Evaluation

__all__ = ["render", "render_errors"]

_TEXT_WIDTH = 80


def render(result: Evaluation) -> str:
    """Return the scores as a table for people; shares have three decimals, ``-`` where there was nothing to score."""
    parts = [f"{result.folder}: {result.documents} documents"]
    if result.quarantined:
        parts.append(f"a rule crashed on {len(result.quarantined)} of them; scores say little until that is mended")
    if result.lines:
        parts.append(_lines(result.lines))
    if len(result.languages) > 1:
        parts.append(_languages(result.languages))
    if result.pages and result.pages.pages:
        parts.append(_pages(result.pages))
    if result.meta and result.meta.fields:
        parts.append(_meta(result.meta))
    if result.pairs:
        parts.append(_pairs(result.pairs))
    if result.encoding:
        parts.append(_encoding(result.encoding))
    return "\n\n".join(parts) + "\n"


def render_errors(result: Evaluation) -> str:
    """Return one line for each thing that is not as the gold says: place, what, label, rule code, text."""
    rows = [f"{fault.source} {fault.what}: {_cut(fault.got)}" for fault in result.quarantined]
    if result.lines:
        rows += [
            f"{error.source}:{error.line_no} {error.what} {error.label}"
            f"{f' by {error.code or error.kind}' if error.what == 'lost' else ''}: {_cut(error.text)}"
            for error in result.lines.errors
        ]
    if result.pages:
        rows += [f"{fault.source} {fault.what}: {_cut(fault.wanted or fault.got)}" for fault in result.pages.errors]
    if result.meta:
        rows += [f"{fault.source} {fault.what} is {fault.got!r}, not {fault.wanted!r}" for fault in result.meta.errors]
    if result.pairs:
        rows += [f"{error.a} {error.what} with {error.b}: {error.relation}" for error in result.pairs.errors]
    if result.encoding:
        rows += [
            f"{fault.source} {fault.what} is {fault.got!r}, not {fault.wanted!r}" for fault in result.encoding.errors
        ]
    return "".join(row + "\n" for row in rows)


def _lines(scores: LineScores) -> str:
    head = (
        f"lines      P {_share(scores.precision)}  R {_share(scores.recall)}  F1 {_share(scores.f1)}"
        f"  with captions {_share(scores.strict_f1)}"
        f"  content recall {_share(scores.content_recall)}  kind right {_share(scores.kind_accuracy)}"
        f"  leaked {scores.leaked}  lost {scores.lost}"
    )
    rows = [(kind.kind, kind.gold, _share(kind.recall), kind.reported, _share(kind.precision)) for kind in scores.kinds]
    return head + "\n" + _table(("kind", "to go", "gone", "reported", "rightly"), rows)


def _languages(languages: Mapping[str, LineScores]) -> str:
    rows = [
        (name, *(_share(value) for value in (scores.precision, scores.recall, scores.f1, scores.content_recall)))
        for name, scores in languages.items()
    ]
    return _table(("language", "P", "R", "F1", "content recall"), rows)


def _pages(scores: PageScores) -> str:
    return (
        f"pages      {scores.pages}: kept {_share(scores.kept_share)} of {scores.main} paragraphs,"
        f" removed {_share(scores.gone_share)} of {scores.gone} strings"
    )


def _meta(scores: MetaScores) -> str:
    fields = "  ".join(f"{field.name} {field.right}/{field.total}" for field in scores.fields)
    return f"metadata   {_share(scores.accuracy)}: {fields}"


def _pairs(scores: PairScores) -> str:
    relations = "  ".join(f"{row.relation} {row.found}/{row.total}" for row in scores.relations)
    return (
        f"duplicates P {_share(scores.precision)}  R {_share(scores.recall)} over {scores.gold} pairs"
        f" of {scores.documents} documents  {relations}\n"
        f"           same event merged {scores.same_event_merged} of {scores.same_event}"
    )


def _encoding(scores: EncodingScores) -> str:
    return f"encoding   told {scores.told}/{scores.files}  phrase right {scores.phrases}/{scores.files}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    table = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    return "\n".join(
        "  "
        + row[0].ljust(widths[0])
        + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in table
    )


def _share(value: float) -> str:
    return "-" if isnan(value) else f"{value:.3f}"


def _cut(text: str | None) -> str:
    text = " ".join((text or "").split())
    return text if len(text) <= _TEXT_WIDTH else text[: _TEXT_WIDTH - 1] + "…"
