"""Which member of a cluster stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from scrubkit.core.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Candidates", "Keep", "Policy", "choose"]

Policy = Literal["longest", "earliest", "preferred-source", "first", "least-boilerplate", "none"]
Keep = Policy | Callable[[Sequence[int]], int]
"""A policy's name, or a function from the positions of a cluster's members to the one that stays."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the policies read, one entry a document.

    ``lengths``: characters of the text; ``prose``: share of its words that lie in prose lines; ``dates``: ISO 8601 or
    ``None``; ``sources``: name or ``None``; ``preferred``: source names, the best first.
    """

    lengths: Sequence[int] | NDArray[np.int32]
    prose: Sequence[float] | NDArray[np.float64]
    dates: Sequence[str | None]
    sources: Sequence[str | None]
    preferred: Sequence[str] = ()


def choose(members: Sequence[int], keep: Keep, about: Candidates) -> int | None:
    """Return the position of the member that stays, ``None`` for ``keep="none"``; ties go to the first.

    Documents without a date come after all dated ones, sources that are not preferred after all that are; among
    equals of these two policies the longest stays.
    """
    if callable(keep):
        chosen = keep(tuple(members))
        if chosen not in members:
            raise ConfigError(f"the keep function returned {chosen!r}, not one of the positions {tuple(members)}")
        return chosen
    if keep == "none":
        return None
    if keep == "longest":
        return min(members, key=lambda i: (-about.lengths[i], i))
    if keep == "first":
        return min(members)
    if keep == "earliest":
        return min(members, key=lambda i: (about.dates[i] is None, about.dates[i] or "", -about.lengths[i], i))
    if keep == "preferred-source":
        rank = {name: at for at, name in enumerate(about.preferred)}
        return min(members, key=lambda i: (rank.get(about.sources[i] or "", len(rank)), -about.lengths[i], i))
    if keep == "least-boilerplate":
        return min(members, key=lambda i: (-round(float(about.prose[i]), 2), -about.lengths[i], i))
    raise ConfigError(f"unknown policy keep={keep!r}", remedy=f"one of {', '.join(get_args(Policy))}, or a function")
