"""What a query answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scrubkit.dedup.result import DUPLICATE_VERDICTS

__all__ = ["Match"]


@dataclass(frozen=True, slots=True)
class Match:
    """A document of the index that a text was compared with.

    ``id`` is the user's; ``verdict`` one of exact, reprint, abridged, updated, rewrite, same event; ``score`` (0 to 1)
    how sure it is that the two are duplicates; ``coverage`` the share of the text that the document holds, ``within``
    the share of the document that the text holds; ``evidence`` aligned sentences, shared numbers, names, quotes and the
    direction of copying, where it was asked for.

    >>> Match("a", "rewrite", 0.97, 0.8, 0.9).duplicate
    True
    """

    id: str
    verdict: str
    score: float
    coverage: float
    within: float
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def duplicate(self) -> bool:
        """Whether the verdict is one of the five that say the same; *same event* is none."""
        return self.verdict in DUPLICATE_VERDICTS
