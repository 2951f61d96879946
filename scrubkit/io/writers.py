"""Writers of lines, compressed by the file's name; the file is whole or not there."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

from scrubkit.io.atomic import atomic_write

__all__ = ["LineWriter", "open_lines"]


class LineWriter(Protocol):
    """Something lines are written to."""

    def write(self, data: bytes, /) -> object:
        """Write bytes."""


@contextmanager
def open_lines(path: Path) -> Iterator[LineWriter]:
    """Give a stream whose bytes are compressed by the ending of ``path``, the same bytes for the same content."""
    suffix = path.suffix.lower()
    with atomic_write(path) as raw:
        if suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream:
                yield cast(LineWriter, stream)
        elif suffix == ".bz2":
            with bz2.BZ2File(raw, "wb") as packed:
                yield packed
        elif suffix == ".zst":
            import zstandard

            # Level 3: a third of the time of level 6, for files larger by a tenth.
            with zstandard.ZstdCompressor(level=3, write_checksum=True).stream_writer(raw, closefd=False) as frame:
                yield cast(LineWriter, frame)
        else:
            yield raw
