"""The values everything else is made of; standard library only."""

from scrubkit.core.document import KINDS, Block, BlockTable, Document, Elements, Meta
from scrubkit.core.errors import ConfigError, InputError, OutputError, RecordError, ScrubkitError
from scrubkit.core.finding import Finding, Verdict, verdict_of
from scrubkit.core.ledger import Entry, Ledger, resolve, restore

__all__ = [
    "KINDS",
    "Block",
    "BlockTable",
    "ConfigError",
    "Document",
    "Elements",
    "Entry",
    "Finding",
    "InputError",
    "Ledger",
    "Meta",
    "OutputError",
    "RecordError",
    "ScrubkitError",
    "Verdict",
    "resolve",
    "restore",
    "verdict_of",
]
