"""Errors that name the thing, the place and the remedy.

Every error a user can cause is a :class:`ScrubkitError`. The command line prints it without a traceback and
ends with exit code 2; a library user catches one class.
"""

from __future__ import annotations


class ScrubkitError(Exception):
    """Something a user can mend: what is wrong, where, and what to do about it.

    >>> print(ScrubkitError("record has no text", place="a.jsonl:7", remedy="name the field with --text-field"))
    a.jsonl:7: record has no text (name the field with --text-field)
    """

    def __init__(self, message: str, *, place: str | None = None, remedy: str | None = None) -> None:
        self.message = message
        self.place = place
        self.remedy = remedy
        super().__init__(message)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.message}{remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments would be lost on the way back from a worker process.
        return (_rebuild, (type(self), self.message, self.place, self.remedy))


def _rebuild(kind: type[ScrubkitError], message: str, place: str | None, remedy: str | None) -> ScrubkitError:
    return kind(message, place=place, remedy=remedy)


class InputError(ScrubkitError):
    """A source cannot be read: missing, unreadable, not what its name says, truncated."""


class RecordError(InputError):
    """One record of a source is unusable; the rest of the source is not affected."""


class ConfigError(ScrubkitError):
    """A setting, rule code or parameter that does not exist or does not fit."""


class OutputError(ScrubkitError):
    """A result cannot be written: no room, no permission, output inside the input."""
