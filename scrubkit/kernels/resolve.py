"""Resolution of findings in compiled code; :func:`scrubkit.core.ledger.resolve` is the reference and serves without it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

from scrubkit.core import ledger
from scrubkit.core.document import KINDS, Document
from scrubkit.core.finding import Finding
from scrubkit.core.ledger import Entry, Ledger

try:
    _resolve: Any = import_module("scrubkit.kernels._resolve")
except ImportError:  # no compiler at installation: the plain version serves
    _resolve = None

__all__ = ["resolve"]

_BLANK = KINDS.index("blank")


def resolve(document: Document, findings: Iterable[Finding]) -> Ledger:
    """Return the ledger that findings amount to: what :func:`scrubkit.core.ledger.resolve` returns.

    A sweep over span ends with heaps, n log n in the findings for any overlaps, linear in the blocks.

    >>> from scrubkit.ingest.layout import layout_text
    >>> layout = layout_text("Home\\n\\nRain fell.\\n")
    >>> resolve(Document("a", layout.text, layout.blocks), [Finding("NAV001", 0, 5)]).text
    'Rain fell.\\n'
    """
    found = list(findings)
    if _resolve is None:
        from scrubkit.kernels import warn_once

        warn_once("resolve")
        return ledger.resolve(document, found)
    blocks = document.blocks
    told = _resolver().resolve(document.text, found, blocks.kinds, blocks.starts, blocks.ends, _BLANK)
    return ledger.resolve(document, found) if told is None else Ledger(*told)


@cache
def _resolver() -> Any:
    return _resolve.Resolver(Finding, Entry)
