"""The one-call way in."""

from __future__ import annotations

from functools import cache
from typing import Any

from scrubkit.entrypoints import Plugged, active
from scrubkit.filters import default_filters
from scrubkit.page import Page, Record
from scrubkit.pipeline import Pipeline

__all__ = ["clean"]


@cache
def _default(plugged: tuple[Plugged, ...]) -> Pipeline:
    del plugged  # the key of the cache: a filter knows its rules by code
    return Pipeline(default_filters())


def clean(data: bytes | str, url: str | None = None, media_type: str | None = None, id: str | None = None) -> Page:
    """Return the cleaned page of one source: bytes or text, HTML or flattened text.

    ``page.text`` is the clean text, ``page.verdict`` what should become of the document, ``page.ledger`` what
    was removed and why, ``page.meta`` title, author, date, language and how the bytes were decoded,
    ``page.lines()`` every line with its kind. ``media_type`` (``"text/html"``, ``"text/plain"``) is told from
    the content where it is not given; ``id`` is a hash of the content then.

    >>> clean("Rain fell all week.\\n\\nShare this article\\n", media_type="text/plain").text
    'Rain fell all week.\\n'
    """
    given: Any = data
    if not isinstance(given, (bytes, bytearray, memoryview, str)):
        remedy = "read the file: path.read_bytes()" if hasattr(given, "__fspath__") else "give the page's bytes or text"
        raise TypeError(f"data must be bytes or str, not {type(given).__name__} ({remedy})")
    named: Any = id
    if named is not None and not isinstance(named, str):
        raise TypeError(f"id must be str, not {type(named).__name__} (write id=str(...))")
    if not isinstance(data, str):
        data = bytes(data)
    from scrubkit.ingest import source_id

    record = Record(source_id(data) if id is None else id, data, url=url, media_type=media_type)
    return _default(active("scrubkit.rules")).guarded([Page(record)])[0]
