"""Files behind a URL (``s3://``, ``gs://``, ``memory://`` and whatever else fsspec knows), read as local ones are.

Nothing here is loaded, and no network is used, unless a source or an output was given as a URL (``scrubkit[remote]``).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import PurePosixPath
from typing import IO, Any, cast

from scrubkit.core.errors import ConfigError, InputError

__all__ = ["RemoteFile", "RemoteStat", "is_url", "list_remote", "store_of"]

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://|[a-zA-Z0-9]+::")
_BLOCK = 8 << 20


def is_url(name: object) -> bool:
    """Return whether a source or output is named by URL; a drive letter is none.

    >>> is_url("s3://bucket/pages"), is_url("C:/pages"), is_url("pages")
    (True, False, False)
    """
    return isinstance(name, str) and _URL.match(name) is not None


def store_of(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for a URL and the path in it.

    Raises :class:`ConfigError` that names the extra where fsspec or the library for this kind of store is missing, and
    for a chain of stores (``zip://*.txt::s3://bucket/a.zip``): its files' names alone do not lead back to them.
    """
    if "::" in url:
        inner = url.rpartition("::")[2]
        raise ConfigError(
            "is a chain of stores, which is not supported",
            place=url,
            remedy=f"name what it leads to: {inner}, an archive unpacked",
        )
    try:
        core: Any = import_module("fsspec.core")  # an extra: the type checker need not have it
        fs, path = core.url_to_fs(url)
    except ImportError as error:
        what = "fsspec" if "fsspec" in str(error) else str(error).partition("\n")[0]
        raise ConfigError(
            f"URLs need a library that is not installed: {what}", place=url, remedy="pip install 'scrubkit[remote]'"
        ) from error
    except ValueError as error:
        raise ConfigError(f"is no URL that can be read: {error}", place=url) from error
    return fs, str(path)


@dataclass(frozen=True, slots=True)
class RemoteStat:
    """Size in bytes and a number that changes with the content (a hash of time, version or tag, as the store has)."""

    st_size: int
    st_mtime_ns: int


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a store, with as much of a path's face as reading needs. Picklable: workers connect anew.

    ``held`` are the bytes of a file in this process's memory (``memory://``), which another process cannot see.
    """

    url: str
    told: RemoteStat
    held: bytes | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.url).name

    @property
    def suffix(self) -> str:
        """The name's ending."""
        return PurePosixPath(self.url).suffix

    def stat(self) -> RemoteStat:
        """Return size and version as they were when the store was listed."""
        return self.told

    def open(self, mode: str = "rb", buffering: int = -1) -> IO[bytes]:
        """Open for reading; errors of the store's library come as ``OSError``."""
        del mode, buffering
        if self.held is not None:
            return io.BytesIO(self.held)
        fs, path = store_of(self.url)
        raw = _guarded(lambda: fs.open(path, "rb", block_size=_BLOCK))
        return cast(IO[bytes], io.BufferedReader(_Guarded(raw), _BLOCK))

    def read_bytes(self) -> bytes:
        """Return the whole content."""
        with self.open() as stream:
            return stream.read()

    def __str__(self) -> str:
        return self.url

    def __fspath__(self) -> str:
        return self.url


class _Guarded(io.RawIOBase):
    """A store's file whose errors are ``OSError``, whatever its library raises."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._raw.seekable())

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._raw.seek(offset, whence))

    def tell(self) -> int:
        return int(self._raw.tell())

    def readinto(self, buffer: Any) -> int:
        data = _guarded(lambda: self._raw.read(len(buffer)))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def _guarded(call: Any) -> Any:
    try:
        return call()
    except (OSError, ImportError):
        raise
    except Exception as error:  # each store's library has errors of its own, with no common base
        raise OSError(f"{type(error).__name__}: {error}") from error


def list_remote(url: str) -> Iterator[tuple[str, RemoteFile]]:
    """Yield ``(name below the URL, file)`` for every file of a folder, sorted; of a file itself its name.

    Raises :class:`InputError` where there is nothing, or the store does not answer.
    """
    fs, path = store_of(url)
    try:
        _guarded(fs.invalidate_cache)
        found = _guarded(lambda: fs.find(path, detail=True))
        if not found and _guarded(lambda: fs.exists(path)):
            found = {path: _guarded(lambda: fs.info(path))}
    except OSError as error:
        raise InputError(f"cannot be listed: {error}", place=url) from error
    if not found:
        raise InputError("there is no such file or folder", place=url)
    root = str(fs._strip_protocol(path)).rstrip("/")
    for name, info in sorted(found.items()):
        inner = name[len(root) :].lstrip("/") if name != root else PurePosixPath(name).name
        told = RemoteStat(int(info.get("size") or 0), _version(info))
        held = _guarded(lambda name=name: fs.cat_file(name)) if "memory" in _protocols(fs) else None
        yield inner, RemoteFile(str(fs.unstrip_protocol(name)), told, held)


def _protocols(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def _version(info: dict[str, Any]) -> int:
    from zlib import crc32

    keys = ("ETag", "etag", "VersionId", "generation", "LastModified", "mtime", "updated", "created", "md5Hash")
    return crc32(repr([(key, str(info[key])) for key in keys if key in info]).encode())
