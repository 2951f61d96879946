"""What the report reads of a run's files, by type: what does not fit is refused before anything is made of it."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

import msgspec
from msgspec import Struct

__all__ = ["Entry", "Line", "Manifest", "Member", "Meta", "Stats"]

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""A number of characters, documents …: what a browser, too, counts exactly."""

Score = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Entry(TypedDict):
    """What went: an entry of a ledger's line."""

    code: str
    start: Count
    end: Count
    text: str
    score: Score
    because: dict[str, Any]
    replacement: NotRequired[str]


class Meta(Struct):
    """What is shown of a document's metadata."""

    host: str | None = None
    title: str | None = None
    language: str | None = None


class Line(Struct):
    """A line of the ledger: a document."""

    id: str
    verdict: str
    original_length: Count
    clean_length: Count
    entries: tuple[Entry, ...]
    codes: tuple[str, ...] = ()
    place: str | None = None
    source: str | None = None
    meta: Meta | None = None


class Member(Struct):
    """A line of the clusters: a document and the cluster it is of."""

    id: str
    verdict: str
    cluster: int
    keeper: bool
    score: Score | None


class Stats(Struct):
    """``stats.json``: how many documents came in and what became of them, by verdict."""

    documents: dict[str, Count] = {}


class Manifest(Struct):
    """``manifest.json``: the version that made the run."""

    scrubkit: str = ""
