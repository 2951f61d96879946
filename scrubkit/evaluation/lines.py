"""Lines of flattened text: which stay, which go, and as what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, Literal

from scrubkit.core.errors import ScrubkitError
from scrubkit.evaluation.gold import GoldLine

__all__ = ["CleanLine", "KindScore", "LineError", "LineScores", "score_lines", "share"]

CleanLine = tuple[int, str, bool, str | None, str | None]
"""``(line_no, text, keep, kind, code)``, as :meth:`scrubkit.Page.lines` yields them."""


def share(part: float, whole: float) -> float:
    """Return ``part / whole``, ``nan`` where there was nothing to have a share of."""
    return part / whole if whole else nan


@dataclass(frozen=True, slots=True)
class LineError:
    """A line that stayed and should have gone (``leaked``), or the other way round (``lost``).

    ``label`` is the gold's word for it; ``kind`` and ``code`` are the program's, ``None`` for a leaked line.
    """

    source: str
    line_no: int
    what: Literal["leaked", "lost"]
    label: str
    kind: str | None
    code: str | None
    text: str


@dataclass(frozen=True, slots=True)
class KindScore:
    """How one kind of boilerplate fared, in lines.

    ``gold`` should go under this name; ``removed`` of them went, ``named`` of those under this name. ``reported`` went
    under this name, whatever they are.
    """

    kind: str
    gold: int
    removed: int
    named: int
    reported: int

    @property
    def precision(self) -> float:
        """The share of what was reported as this kind that is of this kind."""
        return share(self.named, self.reported)

    @property
    def recall(self) -> float:
        """The share of this kind that went, under whichever name."""
        return share(self.removed, self.gold)


@dataclass(frozen=True, slots=True)
class LineScores:
    """Counts of lines; blank lines are never counted, captions only in ``strict``.

    ``right``
        Lines that belong to the clean text and stayed.
    ``strict``
        ``right``, leaked and lost, captions included.
    """

    right: int
    leaked: int
    lost: int
    content: int
    content_kept: int
    dropped: int
    named: int
    strict: tuple[int, int, int]
    kinds: tuple[KindScore, ...]
    errors: tuple[LineError, ...]

    @property
    def precision(self) -> float:
        """The share of the kept lines that should be."""
        return share(self.right, self.right + self.leaked)

    @property
    def recall(self) -> float:
        """The share of the lines to keep that were."""
        return share(self.right, self.right + self.lost)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _f1(self.right, self.leaked, self.lost)

    @property
    def strict_f1(self) -> float:
        """F1 with captions counted: their first copy is to stay, later ones to go."""
        return _f1(*self.strict)

    @property
    def content_recall(self) -> float:
        """The share of the lines labelled ``content`` that stayed: what no cleaner may spoil."""
        return share(self.content_kept, self.content)

    @property
    def kind_accuracy(self) -> float:
        """The share of the rightly dropped lines that went under their right name."""
        return share(self.named, self.dropped)


def score_lines(gold: Mapping[str, Sequence[GoldLine]], found: Mapping[str, Iterable[CleanLine]]) -> LineScores:
    """Return how the lines of each source compare with the gold.

    gold, found
        By source; ``found`` holds what :meth:`scrubkit.Page.lines` yields, or bare tuples of that form.

    Raises :class:`~scrubkit.core.ScrubkitError` where a line of the gold has no counterpart: cleaning flattened text
    must not add or take lines before the findings are resolved.

    >>> gold = {"a": [GoldLine("a", 1, "Share", "share", False), GoldLine("a", 2, "It rained.", "content", True)]}
    >>> lines = [(1, "Share", False, "nav", "NAV001"), (2, "It rained.", True, "content", None)]
    >>> scores = score_lines(gold, {"a": lines})
    >>> scores.f1, scores.kind_accuracy
    (1.0, 0.0)
    """
    tally: Counter[str] = Counter()
    by_kind: Counter[tuple[str, str]] = Counter()
    errors: list[LineError] = []
    for source, lines in gold.items():
        answers: dict[int, Any] = {line[0]: line for line in found.get(source, ())}
        for line in lines:
            if line.label == "blank":
                continue
            if line.line_no not in answers:
                raise ScrubkitError("no answer for a line of the gold", place=f"{source}:{line.line_no}")
            _, _, keep, kind, code = answers[line.line_no]
            outcome = _outcome(line.keep, keep)
            tally[f"strict {outcome}"] += 1
            if line.label == "caption":
                continue
            _count(line, keep, kind, outcome, tally, by_kind)
            if outcome in ("leaked", "lost"):
                errors.append(_error(line, kind, code))
    return LineScores(
        right=tally["right"],
        leaked=tally["leaked"],
        lost=tally["lost"],
        content=tally["content"],
        content_kept=tally["content kept"],
        dropped=tally["dropped"],
        named=tally["named"],
        strict=(tally["strict right"], tally["strict leaked"], tally["strict lost"]),
        kinds=_kinds(by_kind),
        errors=tuple(errors),
    )


def _error(line: GoldLine, kind: str | None, code: str | None) -> LineError:
    text = line.text.strip()
    if line.keep:
        return LineError(line.source, line.line_no, "lost", line.label, kind, code, text)
    return LineError(line.source, line.line_no, "leaked", line.label, None, None, text)


def _outcome(wanted: bool, kept: bool) -> str:  # noqa: FBT001  two lines of one table, named at the call
    if wanted:
        return "right" if kept else "lost"
    return "leaked" if kept else "dropped"


def _count(
    line: GoldLine,
    keep: Any,
    kind: str | None,
    outcome: str,
    tally: Counter[str],
    by_kind: Counter[tuple[str, str]],
) -> None:
    tally[outcome] += 1
    if line.label == "content":
        tally["content"] += 1
        tally["content kept"] += bool(keep)
    if not line.keep:
        by_kind[line.label, "gold"] += 1
        by_kind[line.label, "removed"] += not keep
    if not keep and kind:
        by_kind[kind, "reported"] += 1
        if not line.keep and kind == line.label:
            by_kind[kind, "named"] += 1
            tally["named"] += 1


def _kinds(counts: Counter[tuple[str, str]]) -> tuple[KindScore, ...]:
    kinds = sorted({kind for kind, _ in counts}, key=lambda kind: (-counts[kind, "gold"], kind))
    return tuple(
        KindScore(kind, counts[kind, "gold"], counts[kind, "removed"], counts[kind, "named"], counts[kind, "reported"])
        for kind in kinds
    )


def _f1(right: int, leaked: int, lost: int) -> float:
    return share(2 * right, 2 * right + leaked + lost)
