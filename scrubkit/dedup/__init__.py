"""Near duplicates and rewrites: which documents say the same, how sure that is, and which one stays.

>>> from scrubkit.dedup import find_duplicates
>>> clusters = find_duplicates(["The cat sat on the mat.", "Rain all day.", "the cat sat on the mat"])
>>> [(c.keeper, c.members, c.edges[0].verdict) for c in clusters if len(c.members) > 1]
[('0', ('0', '2'), 'exact')]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrubkit.dedup.bands import Bands, bands_for, miss_probability
    from scrubkit.dedup.find import find_duplicates
    from scrubkit.dedup.result import VERDICTS, Cluster, Clusters, Edge
    from scrubkit.dedup.rules import RULES, findings
    from scrubkit.dedup.scheme import SCHEME, Scheme

_HOME = {
    "Bands": "bands",
    "bands_for": "bands",
    "miss_probability": "bands",
    "find_duplicates": "find",
    "VERDICTS": "result",
    "Cluster": "result",
    "Clusters": "result",
    "Edge": "result",
    "RULES": "rules",
    "findings": "rules",
    "SCHEME": "scheme",
    "Scheme": "scheme",
}

__all__ = [
    "RULES",
    "SCHEME",
    "VERDICTS",
    "Bands",
    "Cluster",
    "Clusters",
    "Edge",
    "Scheme",
    "bands_for",
    "find_duplicates",
    "findings",
    "miss_probability",
]


def __getattr__(name: str) -> Any:
    """Import on first use: the catalogue entries must not load NumPy."""
    if name in _HOME:
        return getattr(import_module(f"scrubkit.dedup.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
