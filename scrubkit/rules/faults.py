"""ERR: what went wrong while a document was processed."""

from scrubkit.catalogue import Rule

RULES = (
    Rule(
        "ERR001",
        "rule-crash",
        summary="A rule or filter crashed on this document; it was set aside and the run went on",
        rationale="A document that was only half judged must not pass as clean, nor be lost. The finding holds the "
        "error and its traceback; please report it with the document.",
        action="quarantine",
        scope="document",
    ),
)
