"""A persistent index of documents: is this text in the corpus already, and as which document?"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrubkit.dedup.index.match import Match
    from scrubkit.dedup.index.store import Index, open_index

__all__ = ["Index", "Match", "open_index"]

_HOME = {"Index": "store", "Match": "match", "open_index": "store"}


def __getattr__(name: str) -> Any:
    """Import on first use: NumPy and Arrow are not loaded before."""
    if name in _HOME:
        return getattr(import_module(f"scrubkit.dedup.index.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
