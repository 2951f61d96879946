"""Files that plug-ins read: by their ending, as archives of records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scrubkit.core.errors import InputError
from scrubkit.entrypoints import active, load, named, refusal
from scrubkit.io.streams import base_suffix
from scrubkit.page import Record

if TYPE_CHECKING:
    from scrubkit.io.sources import SourceFile
    from scrubkit.io.warcs import Archived

__all__ = ["plugged_pages", "plugged_suffixes"]


def plugged_suffixes() -> frozenset[str]:
    """Return the endings that readers of plug-ins take: each entry point's name, with a dot before it."""
    return frozenset(f".{entry.name.lower().lstrip('.')}" for entry in active("scrubkit.readers"))


def plugged_pages(file: SourceFile) -> Iterator[Archived]:
    """Yield what a plug-in's reader finds in a file, as pages of an archive, numbered from 1.

    An entry point of the group ``scrubkit.readers`` has an ending for its name (``mbox``) and a function
    ``(path) -> records`` for its value. Raises :class:`~scrubkit.core.errors.InputError` with package and entry point
    where the function does or yields something else; what it yielded before that stands.
    """
    from scrubkit.io.warcs import Archived

    suffix = base_suffix(file.path.name)
    entry = named("scrubkit.readers", suffix.removeprefix("."))
    assert entry is not None  # the ending was told by plugged_suffixes
    read: Any = load(entry)
    if not callable(read):
        raise refusal(entry, f"is a {type(read).__name__}, not a function of a path")
    number = 0
    try:
        for record in read(file.path):
            number += 1
            if not isinstance(record, Record):
                raise TypeError(f"yielded a {type(record).__name__}, not a Record")
            data = record.data.encode("utf-8", "replace") if isinstance(record.data, str) else bytes(record.data)
            told = dict(record.metadata)
            yield Archived(number, record.id or None, record.url, record.media_type, None, data, told)
    except Exception as error:
        what = f"record {number}: {type(error).__name__}: {error}"
        raise InputError(f"cannot be read by {entry}: {what}", place=file.place, remedy="mend the plug-in") from error
