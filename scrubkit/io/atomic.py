"""Files that are either whole or not there: written beside their place, flushed to disk, then renamed."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import IO

from scrubkit.core.errors import OutputError

__all__ = ["atomic_write", "output_errors", "write_atomic", "write_within"]

_FRESH = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

_WHY = {
    errno.ENOSPC: ("no room is left on the device", "make room and run the same command again: it goes on from there"),
    errno.EDQUOT: ("the disk quota is used up", "make room and run the same command again: it goes on from there"),
    errno.EFBIG: ("the file would be larger than is allowed", "raise the limit (ulimit -f) and run again"),
    errno.EROFS: ("the file system is read-only", "choose another place with -o"),
    errno.EACCES: ("permission denied", "choose another place with -o or mend its permissions"),
    errno.EPERM: ("operation not permitted", "choose another place with -o"),
    errno.ENAMETOOLONG: ("the name is too long for this file system", "choose another place with -o"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "choose another place with -o"),
    # What making a folder says where a file of its name stands.
    errno.EEXIST: ("a part of the path is a file, not a folder", "choose another place with -o"),
    errno.EISDIR: ("a folder of that name stands there", "choose another place with -o"),
    errno.ENOENT: ("no file can be made there", "choose another place with -o"),
}


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn the system's errors while writing into an :class:`OutputError` that names the place and the remedy."""
    try:
        yield
    except OSError as error:
        why, remedy = _WHY.get(error.errno or 0, (str(error.strerror or error), None))
        raise OutputError(f"cannot be written: {why}", place=str(path), remedy=remedy) from error


@contextmanager
def atomic_write(path: Path, *, flush: bool = True) -> Iterator[IO[bytes]]:
    """Give a binary file that takes the place of ``path`` when the block ends without an error.

    With ``flush`` the bytes and the folder's entry are on the disk before that; without it the caller sees to it.
    """
    temporary = path.with_name(f".{blake2b(os.fsencode(path.name), digest_size=8).hexdigest()}.{os.getpid()}.tmp")
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as stream:
                yield stream
                if flush:
                    stream.flush()
                    os.fsync(stream.fileno())
            temporary.replace(path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        if flush:
            _flush_folder(path.parent)


def write_atomic(path: Path, data: bytes, *, flush: bool = True) -> None:
    """Write a whole file."""
    with atomic_write(path, flush=flush) as stream:
        stream.write(data)


def write_within(path: Path, data: bytes) -> None:
    """Write a file of a folder that nobody reads before it is published as a whole; who publishes it flushes it.

    A quarter of the system calls of :func:`write_atomic`, and no stream: one page one file makes many of them.
    """
    with output_errors(path):
        try:
            handle = os.open(path, _FRESH, 0o666)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, _FRESH, 0o666)
        try:
            written = os.write(handle, data)
            while written < len(data):
                written += os.write(handle, data[written:])
        finally:
            os.close(handle)


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems cannot flush a folder
            os.fsync(handle)
    finally:
        os.close(handle)
