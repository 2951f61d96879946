"""A file that is one page."""

from __future__ import annotations

from pathlib import Path
from typing import IO, cast

from scrubkit.io.faults import LIMIT, Overlong, Rejected, text_fault
from scrubkit.io.sources import SourceFile
from scrubkit.io.streams import COMPRESSED, READ_ERRORS, base_suffix, explain, open_bytes
from scrubkit.page import Record

__all__ = ["is_html", "page_name", "read_page"]


def read_page(file: SourceFile, *, limit: int = LIMIT) -> Record | Rejected:
    """Return the page a file holds, its bytes as they are; decoding is ingest's work."""
    try:
        with _opened(file) as stream:
            # No more than the size is asked for where it is known: a read of the limit would reserve it.
            data = stream.read(min(limit, max(file.size, 1 << 16)) + 1)
            while len(data) <= limit and (more := stream.read(1 << 16)):
                data += more
            if len(data) > limit:
                size = max(file.size, len(data))
                return Overlong.of(data, size, limit).rejected(file.place, file.rel, 0)
    except READ_ERRORS as error:
        return _unreadable(file, error)
    fault = text_fault(data)
    if fault is not None:
        return Rejected(file.place, *fault, data, rel=file.rel, id=file.rel)
    # The ending .html is believed; .txt is not, for crawlers often save markup under it.
    kind = "text/html" if is_html(file.rel) else None
    return Record(file.rel, data, media_type=kind, place=file.place)


def is_html(rel: str) -> bool:
    """Return whether a page is HTML by its name."""
    return base_suffix(rel) in (".html", ".htm")


def _opened(file: SourceFile) -> IO[bytes]:
    """Open a page's file; one that is read as it stands needs no buffer, which would be filled and copied from."""
    if isinstance(file.path, Path) and file.path.suffix.lower() not in COMPRESSED:
        return cast(IO[bytes], file.path.open("rb", buffering=0))
    return open_bytes(file.path)


def _unreadable(file: SourceFile, error: Exception) -> Rejected:
    try:
        data: bytes | None = file.path.read_bytes()
    except OSError:
        data = None
    if data is None:
        return Rejected(
            file.place,
            "unreadable",
            f"cannot be read: {explain(error)}",
            "mend its permissions",
            rel=file.rel,
            id=file.rel,
        )
    return Rejected(
        file.place, "torn", f"breaks off: {explain(error)}", "copy the file again", data, rel=file.rel, id=file.rel
    )


def page_name(rel: str) -> str:
    """Return the name under which the clean text of a page is written.

    Text keeps its name; HTML becomes text and says so; a compression's ending is taken off.

    >>> page_name("a/b.txt"), page_name("a/b.html"), page_name("c.txt.gz")
    ('a/b.txt', 'a/b.html.txt', 'c.txt')
    """
    for ending in COMPRESSED:
        if rel.lower().endswith(ending):
            rel = rel[: -len(ending)]
            break
    return rel if rel.lower().endswith(".txt") else f"{rel}.txt"
