"""Starting other processes safely."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["safe_path"]


@contextmanager
def safe_path() -> Iterator[None]:
    """Let interpreters that are started here look for modules in no current folder.

    Worker processes begin as ``python -c``, which would look there first; where scrapes lie, anything may be among
    them, of any name. Set is ``PYTHONSAFEPATH``, for this process's children, and taken back afterwards.

    >>> with safe_path():
    ...     os.environ["PYTHONSAFEPATH"]
    '1'
    """
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = before or "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before
