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
    path = Path(name)
    if path.suffix.lower() in COMPRESSED:
        path = path.with_suffix("")
    return path.suffix.lower()


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


def lines(stream: IO[bytes], place: str) -> Iterator[tuple[int, bytes]]:
    r"""Yield ``(number, line)``, numbered from 1, split at ``\n`` and without line ends.

    Where the stream breaks off, :class:`TornError` is raised after every whole line before the break was yielded; it
    holds what was read of the line after that.
    """
    number = 1
    tail: list[bytes] = []
    read = stream.read1 if isinstance(stream, io.BufferedIOBase) else stream.read
    while True:
        try:
            data = read(_BUFFER)
        except READ_ERRORS as error:
            raise TornError(place, number, b"".join(tail), explain(error)) from error
        if not data:
            break
        first, *rest = data.split(b"\n")
        tail.append(first)
        if not rest:
            continue
        yield number, b"".join(tail).removesuffix(b"\r")
        for line in rest[:-1]:
            number += 1
            yield number, line.removesuffix(b"\r")
        number += 1
        tail = [rest[-1]]
    last = b"".join(tail)
    if last:
        yield number, last.removesuffix(b"\r")


class TornError(InputError):
    """A stream that broke off in the middle: at which line, and what had been read of it."""

    def __init__(self, place: str, line: int, rest: bytes, why: str) -> None:
        """Tell the place, the line that broke off, its bytes so far, and why."""
        super().__init__(f"breaks off: {why}", place=f"{place}:{line}")
        self.line = line
        self.rest = rest
