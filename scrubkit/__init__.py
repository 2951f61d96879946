"""scrubkit turns noisy web scrapes into a clean, deduplicated corpus, with a reason for everything that went.

>>> import scrubkit as sk
>>> page = sk.clean("Skip to main content\\n\\nThe bridge reopened on Monday after two years of repairs.\\n")
>>> page.text
'The bridge reopened on Monday after two years of repairs.\\n'
>>> page.ledger.restore() == page.document.text
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrubkit import filters
    from scrubkit.api import clean
    from scrubkit.core import (
        Block,
        Document,
        Finding,
        Ledger,
        Meta,
        ScrubkitError,
        Verdict,
        resolve,
    )
    from scrubkit.dedup import find_duplicates
    from scrubkit.dedup.index import open_index
    from scrubkit.io import read
    from scrubkit.many import clean_many
    from scrubkit.model.main_content import extract
    from scrubkit.page import Line, Page, Record
    from scrubkit.pipeline import Filter, Pipeline

__version__ = "0.1.0"

__all__ = [
    "Block",
    "Document",
    "Filter",
    "Finding",
    "Ledger",
    "Line",
    "Meta",
    "Page",
    "Pipeline",
    "Record",
    "ScrubkitError",
    "Verdict",
    "__version__",
    "clean",
    "clean_many",
    "extract",
    "filters",
    "find_duplicates",
    "open_index",
    "read",
    "resolve",
]

# Names are loaded at first use: `import scrubkit` costs a few milliseconds and loads no NumPy, Arrow or parser.
_HOME = {
    "Block": "scrubkit.core",
    "Document": "scrubkit.core",
    "Filter": "scrubkit.pipeline",
    "Finding": "scrubkit.core",
    "Ledger": "scrubkit.core",
    "Line": "scrubkit.page",
    "Meta": "scrubkit.core",
    "Page": "scrubkit.page",
    "Pipeline": "scrubkit.pipeline",
    "Record": "scrubkit.page",
    "ScrubkitError": "scrubkit.core",
    "Verdict": "scrubkit.core",
    "clean": "scrubkit.api",
    "clean_many": "scrubkit.many",
    "extract": "scrubkit.model.main_content",
    "find_duplicates": "scrubkit.dedup",
    "open_index": "scrubkit.dedup.index",
    "read": "scrubkit.io",
    "resolve": "scrubkit.core",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "filters":
        return import_module("scrubkit.filters")
    if name not in _HOME:
        raise AttributeError(f"module 'scrubkit' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
