"""What several targets take: the byte that chooses, and a folder that goes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["a_folder", "split"]


def split(data: bytes) -> tuple[int, bytes]:
    """Return the first byte, which chooses among options, and the rest."""
    return (data[0], data[1:]) if data else (0, b"")


@contextmanager
def a_folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="scrubkit-fuzz-"))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
