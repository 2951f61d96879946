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
    Rule(
        "ERR002",
        "over-limit",
        summary="Cleaning this document took more time or memory than the settings allow; it was set aside",
        rationale="One page that hangs or fills the memory must not hold up or end a run over millions. The worker that "
        "cleans it is ended by the system, the document is tried once more by itself, and where it meets the limit "
        "again it is set aside with its bytes; all others are cleaned as if it were not there. The finding says which "
        "limit was met. Raise max-seconds-per-document or max-memory-per-document (0 is no limit) to have it cleaned.",
        action="quarantine",
        scope="document",
        known_problems="Whether a limit is met depends on the machine and what else it does: a document that comes close "
        "to one may be kept by one run and set aside by another. Made by scrubkit clean and "
        "check; scrubkit fit leaves such a document out and tells it.",
    ),
)
