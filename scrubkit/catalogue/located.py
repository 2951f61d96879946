"""A finding at its place in a file: what a linter prints, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Located", "key_of"]


def key_of(code: str, text_hash: str) -> str:
    """Return what a finding is known by where its place does not count.

    >>> key_of("NAV001", "00ff")
    'NAV001:00ff'
    """
    return f"{code}:{text_hash}"


@dataclass(frozen=True, slots=True)
class Located:
    """One finding, from ``line:column`` to ``end_line:end_column`` of the file at ``path``.

    Lines and columns are 1-based, columns count code points, the end is exclusive. In a file of records
    (JSON Lines) the line is that of the record and columns count within the record's text; ``record`` is its id.
    ``text_hash`` identifies what was found by its text, not its place, so that an accepted finding stays accepted
    when lines move. ``excerpt`` is the beginning of the text, made safe for a terminal.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    code: str
    message: str
    action: str = "note"
    score: float = 1.0
    fixable: bool = False
    text_hash: str = ""
    excerpt: str = ""
    record: str | None = None
    because: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What a baseline knows the finding by, beside its path."""
        return key_of(self.code, self.text_hash)

    def sort_key(self) -> tuple[str, int, int, str, int, int, str, str]:
        """Return the order in which findings are printed: by path, then by place."""
        return (
            self.path, self.line, self.column, self.code, self.end_line, self.end_column, self.message, self.text_hash,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return asdict(self)
