"""Open files by name, compressed or not, and read their lines; what is torn is told, not raised half-way."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from scrubkit.core.errors import InputError
from scrubkit.io.faults import LIMIT, Overlong

if TYPE_CHECKING:
    from scrubkit.io.remote import RemoteFile

__all__ = ["COMPRESSED", "READ_ERRORS", "TornError", "base_suffix", "explain", "lines", "open_bytes"]

COMPRESSED = (".gz", ".zst", ".bz2")

# What the codecs raise on torn or foreign data; zstandard's own error joins when it is loaded.
READ_ERRORS: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error)

_BUFFER = 1 << 20


def base_suffix(name: str) -> str:
    """Return the lower-case ending that says what a file holds, the compression's taken off.

    >>> base_suffix("a/B.JSONL.zst"), base_suffix("page.html"), base_suffix("README")
    ('.jsonl', '.html', '')
    """
    # By hand: a path of pathlib's costs more than all else that is done with a name, and a run asks of each file.
    stem, suffix = _split(name.rstrip("/").rpartition("/")[2])
    return _split(stem)[1] if suffix in COMPRESSED else suffix


def _split(name: str) -> tuple[str, str]:
    """Return a name without its ending, and the ending in lower case with its dot; a dot at either end begins none."""
    stem, _, ending = name.rpartition(".")
    return (stem, f".{ending.lower()}") if stem and ending else (name, "")


def open_bytes(path: Path | RemoteFile) -> IO[bytes]:
    """Open a file for reading, decompressed by its ending."""
    suffix = path.suffix.lower()
    if suffix in (".gz", ".bz2"):
        opener: Any = gzip.open if suffix == ".gz" else bz2.open
        return cast(IO[bytes], opener(path if isinstance(path, Path) else path.open("rb"), "rb"))
    if suffix == ".zst":
        return io.BufferedReader(_ZstdFile(path), _BUFFER)
    return path.open("rb", buffering=_BUFFER)


class _ZstdFile(io.RawIOBase):
    """A file of zstandard frames whose end is checked: a torn last frame is an error, as it is for gzip."""

    def __init__(self, path: Path | RemoteFile) -> None:
        import zstandard

        self._make = zstandard.ZstdDecompressor().decompressobj
        self._error = zstandard.ZstdError
        self._raw = path.open("rb")
        self._frame = self._make()
        self._fresh = True  # nothing of the present frame has been read
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            data = self._raw.read(_BUFFER)
            if not data:
                if not self._fresh:
                    raise EOFError("the last frame is cut off")
                return 0
            self._ready = self._decompress(data)
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _decompress(self, data: bytes) -> bytes:
        out = []
        try:
            while data:
                out.append(self._frame.decompress(data))
                data = b""
                self._fresh = False
                if self._frame.eof:
                    data = self._frame.unused_data
                    self._frame, self._fresh = self._make(), True
        except self._error as error:
            raise OSError(f"is not zstandard data: {error}") from error
        return b"".join(out)

    def close(self) -> None:
        self._raw.close()
        super().close()


def explain(error: Exception) -> str:
    """Return what a reading error means, without the path Python adds to it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error) or type(error).__name__


def lines(stream: IO[bytes], place: str, *, limit: int = LIMIT) -> Iterator[tuple[int, bytes]]:
    r"""Yield ``(number, line)``, numbered from 1, split at ``\n`` and without line ends.

    Where the stream breaks off, :class:`TornError` is raised after every whole line before the break was yielded; it
    holds what was read of the line after that. A line of more than ``limit`` bytes is not held: its beginning comes
    as :class:`~scrubkit.io.faults.Overlong`.
    """
    number = 1
    tail = _Tail(limit)
    read = stream.read1 if isinstance(stream, io.BufferedIOBase) else stream.read
    while True:
        try:
            data = read(_BUFFER)
        except READ_ERRORS as error:
            raise TornError(place, number, tail.taken(), explain(error)) from error
        if not data:
            break
        first, *rest = data.split(b"\n")
        tail.append(first)
        if not rest:
            continue
        yield number, tail.taken()
        for line in rest[:-1]:
            number += 1
            yield number, line.removesuffix(b"\r") if len(line) <= limit else Overlong.of(line, len(line), limit)
        number += 1
        tail.append(rest[-1])
    last = tail.taken()
    if last:
        yield number, last


class _Tail:
    """A line as it comes in parts; past the limit only its beginning and its length are held."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def append(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= self._limit or not self._parts:
            self._parts.append(part)
        elif len(self._parts) > 1:
            self._parts = [b"".join(self._parts)[:_BUFFER]]

    def taken(self) -> bytes:
        """Return the line without its carriage return, and begin the next."""
        size, data = self._size, b"".join(self._parts)
        self._parts, self._size = [], 0
        return Overlong.of(data, size, self._limit) if size > self._limit else data.removesuffix(b"\r")


class TornError(InputError):
    """A stream that broke off in the middle: at which line, and what had been read of it."""

    def __init__(self, place: str, line: int, rest: bytes, why: str, *, after: str = "") -> None:
        """Tell the place, the line or record that broke off, its bytes so far, and why."""
        super().__init__(f"breaks off{after}: {why}", place=f"{place}:{line}")
        self.line = line
        self.rest = rest
