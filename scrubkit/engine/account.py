"""The account of a run: what came in is what went out, in documents and in characters, or the run has failed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from scrubkit.core.errors import ScrubkitError
from scrubkit.engine.rows import Row

__all__ = ["OVER_LIMIT", "Account", "AccountError"]

OVER_LIMIT = "ERR002"
"""The code of documents that met a limit of time or memory."""

_STATUSES = ("kept", "rejected", "quarantined", "duplicates", "broken")


class AccountError(ScrubkitError):
    """The numbers of a run do not add up: something was lost or made up. This is a fault of scrubkit."""


@dataclass
class Account:
    """Counts over the rows of a run as they are written; ``merge`` adds those of another run.

    ``removed`` counts characters by code over all documents; ``set_aside`` the clean characters of documents that
    are not kept, by status; ``hits`` ledger entries and ``touched`` documents by code.
    """

    documents: Counter[str] = field(default_factory=Counter)
    chars_in: int = 0
    chars_kept: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    touched: Counter[str] = field(default_factory=Counter)
    set_aside_by: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    tagged: int = 0

    @property
    def over_limit(self) -> int:
        """How many documents met a limit of time or memory."""
        return self.set_aside_by[OVER_LIMIT]

    def add(self, row: Row, status: str, codes: tuple[str, ...]) -> None:
        """Count a row under what became of it."""
        self.documents[status] += 1
        if row.fault is not None:
            self.faults[row.fault.fault] += 1
            return
        self.chars_in += row.chars
        if status == "kept":
            self.chars_kept += len(row.text)
            self.languages[str(row.meta.get("language") or "und")] += 1
        else:
            self.set_aside[status] += len(row.text)
            self.set_aside_by.update(codes)
        for code, hits, size in row.tally():
            self.removed[code] += size
            self.touched[code] += 1
            self.hits[code] += hits

    def merge(self, other: Account) -> None:
        """Add the counts of another part of the run."""
        for name in self.__dataclass_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, name, mine + theirs)

    def check(self, documents_in: int) -> None:
        """Raise :class:`AccountError` with the numbers where the account does not close."""
        out = sum(self.documents[status] for status in _STATUSES)
        if documents_in != out or set(self.documents) - set(_STATUSES):
            parts = " + ".join(f"{self.documents[status]} {status}" for status in _STATUSES)
            raise AccountError(f"{documents_in} documents came in, but {parts} = {out} went out")
        chars = self.chars_kept + sum(self.set_aside.values()) + sum(self.removed.values())
        if self.chars_in != chars:
            raise AccountError(
                f"{self.chars_in} characters came in, but {self.chars_kept} kept + {sum(self.set_aside.values())} set "
                f"aside + {sum(self.removed.values())} removed = {chars} went out"
            )

    def told(self) -> dict[str, Any]:
        """Return the account as data for ``stats.json``; ``rejected`` there includes broken records."""
        count = self.documents
        return {
            "documents": {
                "in": sum(count.values()),
                "kept": count["kept"],
                "rejected": count["rejected"] + count["broken"],
                "quarantined": count["quarantined"],
                "duplicates": count["duplicates"],
                "broken": count["broken"],
                "tagged_duplicates": self.tagged,
            },
            "characters": {
                "in": self.chars_in,
                "kept": self.chars_kept,
                "removed": dict(sorted(self.removed.items())),
                "set_aside": dict(sorted(self.set_aside.items())),
            },
            "rules": {
                code: {"hits": self.hits[code], "documents": self.touched[code], "characters": self.removed[code]}
                for code in sorted(self.hits)
            },
            "set_aside_by": dict(sorted(self.set_aside_by.items())),
            "faults": dict(sorted(self.faults.items())),
            "languages": dict(sorted(self.languages.items())),
        }
