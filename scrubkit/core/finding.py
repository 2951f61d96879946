"""What a rule says: a span, a code, what to do, how sure it is, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["ACTIONS", "Action", "Finding", "Status", "Verdict", "verdict_of"]

Action = Literal["remove", "replace", "keep", "note", "reject", "quarantine"]
"""``remove`` and ``replace`` act on the span, ``keep`` vetoes removals of it that are less sure, ``note`` only
reports, ``reject`` and ``quarantine`` concern the whole document."""

ACTIONS: tuple[Action, ...] = ("remove", "replace", "keep", "note", "reject", "quarantine")


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement about ``document.text[start:end]``; rules return these and edit nothing.

    ``score`` (0 to 1) is how sure the rule is and decides between a removal and a ``keep`` over the same span.
    ``because`` is data (``{"labels": 5, "link_density": 0.83}``); sentences are rendered from it.
    ``replacement`` is the new text of a ``replace`` finding.
    """

    code: str
    start: int
    end: int
    action: Action = "remove"
    score: float = 1.0
    because: Mapping[str, Any] = field(default_factory=dict)
    replacement: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"{self.code}: span {self.start}:{self.end} is not a span")
        if self.action not in ACTIONS:
            raise ValueError(f"{self.code}: unknown action {self.action!r}")
        if (self.replacement is not None) != (self.action == "replace"):
            raise ValueError(f"{self.code}: a replacement belongs to the action 'replace' and only to it")

    def sort_key(self) -> tuple[int, int, str, str, float, str, str]:
        """Return a total order over findings: any two that differ in a way that matters compare unequal."""
        return (
            self.start, self.end, self.code, self.action, -self.score, repr(sorted(self.because.items(), key=str)),
            self.replacement or "",
        )  # fmt: skip


Status = Literal["kept", "rejected", "quarantined"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a document: kept, rejected (with the codes that said so) or set aside for a person."""

    status: Status = "kept"
    codes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether the document is kept."""
        return self.status == "kept"


_WHOLE: dict[str, Status] = {"quarantine": "quarantined", "reject": "rejected"}


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """Return the verdict that findings amount to; quarantine outranks rejection: a person must look."""
    whole = [f for f in findings if f.action in _WHOLE]
    for action, status in _WHOLE.items() if whole else ():
        codes = sorted({f.code for f in whole if f.action == action})
        if codes:
            return Verdict(status, tuple(codes))
    return Verdict()
