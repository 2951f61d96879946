"""What was given to an index, in chunks: texts, documents or pages, with their ids, dates and sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import Any

from scrubkit.core.errors import ConfigError
from scrubkit.dedup.index.writing import Given

__all__ = ["given_of"]

_END = object()


def given_of(
    texts: Iterable[Any],
    ids: Iterable[str] | None,
    dates: Iterable[str | None] | None,
    sources: Iterable[str | None] | None,
    most: int,
    characters: int,
    *,
    named: bool = True,
) -> Iterator[Given]:
    """Yield what was given in chunks of at most ``most`` documents and about ``characters`` characters.

    :class:`ConfigError` where a document has no id (``named``), or where the columns are not equally long.
    """
    if isinstance(texts, str):
        raise ConfigError("texts is one string", remedy="give a list of texts")
    columns = [repeat(None) if column is None else chain(column, repeat(_END)) for column in (ids, dates, sources)]
    rows: list[tuple[str, str, str | None, str | None]] = []
    bare = not named and all(column is None for column in (ids, dates, sources))
    held = at = 0
    for at, (item, *told) in enumerate(zip(texts, *columns, strict=False), 1):
        plain = bare and type(item) is str
        rows.append((item, str(at - 1), None, None) if plain else _row(item, at - 1, told, named=named))
        held += len(rows[-1][0])
        if len(rows) >= most or held >= characters:
            yield _given(rows)
            rows, held = [], 0
    for name, column, values in zip(("ids", "dates", "sources"), columns, (ids, dates, sources), strict=True):
        if values is not None and next(column) is not _END:
            raise ConfigError(f"more {name} than texts ({at})")
    if rows:
        yield _given(rows)


def _given(rows: list[tuple[str, str, str | None, str | None]]) -> Given:
    texts, ids, dates, sources = zip(*rows, strict=True)
    return Given(texts, ids, dates, sources)


def _row(item: Any, at: int, told: list[Any], *, named: bool) -> tuple[str, str, str | None, str | None]:
    name, date, source = told
    if name is _END or date is _END or source is _END:
        raise ConfigError(f"fewer ids, dates or sources than texts: text {at} has none")
    if isinstance(item, str):
        text, meta = item, None
    elif isinstance(getattr(item, "text", None), str):
        text, meta = item.text, getattr(item, "meta", None)
        name = getattr(item, "id", None) if name is None else name
        date = getattr(meta, "date", None) if date is None else date
        source = getattr(meta, "host", None) if source is None else source
    else:
        raise TypeError(f"item {at} is {type(item).__name__}: give strings, documents or pages")
    if name is None and named:
        raise ConfigError(f"text {at} has no id", remedy="give ids, or documents that have some")
    return text, str(at) if name is None else str(name), date, source
