"""Catalogue entries for what decoding, repair, normalisation and language identification report."""

from __future__ import annotations

from scrubkit.catalogue import Rule
from scrubkit.core import Finding, Meta

__all__ = ["RULES", "text_findings"]

RULES: tuple[Rule, ...] = (
    Rule(
        "ENC001",
        "undecodable-bytes",
        "Bytes had no meaning in the character set of the page and stand as U+FFFD.",
        "What they said is lost; a text full of them is not worth keeping.",
        scope="document",
        action="note",
    ),
)


def text_findings(meta: Meta, text: str) -> tuple[Finding, ...]:
    """Return what the text layer has to report of one document."""
    replaced = int(meta.decoding.get("replaced", 0))
    if not replaced:
        return ()
    return (Finding("ENC001", 0, len(text), "note", 1.0, {"replaced": replaced}),)
