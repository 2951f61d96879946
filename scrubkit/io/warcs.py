"""WARC and WET archives: the pages among their records (``scrubkit[warc]``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any

from scrubkit.core.errors import ConfigError, InputError
from scrubkit.io.faults import LIMIT, Overlong
from scrubkit.io.plugged import plugged_pages
from scrubkit.io.sources import WARC_SUFFIXES, SourceFile
from scrubkit.io.streams import READ_ERRORS, TornError, base_suffix, explain, open_bytes

__all__ = ["Archived", "archived_pages"]

_TEXT = ("text/html", "application/xhtml+xml", "text/plain")


@dataclass(frozen=True, slots=True)
class Archived:
    """A page of an archive: its number among all records (1 up), where and when it was fetched, its bytes."""

    number: int
    id: str | None
    url: str | None
    media_type: str | None
    date: str | None
    data: bytes
    metadata: Mapping[str, Any] | None = None


def archived_pages(file: SourceFile, *, limit: int = LIMIT) -> Iterator[Archived]:
    """Yield responses with status 200 that hold HTML or text, and the conversions of a WET archive.

    Transfer and content encodings are undone. Records of other types, other statuses and other media (images, feeds)
    are no pages and are passed over. A record of more than ``limit`` bytes is not held, only its beginning. Raises
    :class:`InputError` where the archive breaks off, with what was read of the last record.
    """
    if base_suffix(file.path.name) not in WARC_SUFFIXES:
        yield from plugged_pages(file)
        return
    try:
        warc: Any = import_module("fastwarc.warc")  # an extra: the type checker need not have it
    except ImportError as error:
        raise ConfigError(
            "archives are read by fastwarc, which is not installed",
            place=file.place,
            remedy="pip install 'scrubkit[warc]'",
        ) from error
    number = 0
    torn: bytes | None = None
    with open_bytes(file.path) as raw:
        stream = _Whole(raw)
        try:
            for record in warc.ArchiveIterator(stream, record_types=warc.WarcRecordType.any_type, parse_http=False):
                page = _overlong(record, number + 1, limit)
                if page is None:
                    torn = _torn(record)
                    if torn is not None:
                        break
                    page = _page(record, number + 1, warc.WarcRecordType)
                number += 1
                if page is not None:
                    yield page
        except READ_ERRORS as error:
            raise InputError(f"breaks off after record {number}: {explain(error)}", place=file.place) from error
        except ValueError as error:
            raise InputError(f"is not WARC after record {number}: {error}", place=file.place) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # fastwarc's own failures are no Exception
                raise
            raise InputError(f"is not WARC after record {number}: {error}", place=file.place) from error
    if torn is not None or stream.error is not None:
        why = "the last record is cut off" if stream.error is None else explain(stream.error)
        after = f" after record {number}"
        raise TornError(file.place, number + 1, torn or b"", why, after=after) from stream.error


class _Whole:
    """A stream that ends where it breaks off and remembers why, so that what was read ahead is not lost."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._read: Callable[[int], bytes] = getattr(raw, "read1", raw.read)  # read would lose what it has at an error
        self._at = 0
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._read(size)
        except READ_ERRORS as error:
            self.error = error
            return b""
        self._at += len(data)
        return data

    def tell(self) -> int:
        return self._at


def _overlong(record: Any, number: int, limit: int) -> Archived | None:
    size = record.content_length
    if size <= limit:
        return None
    head = record.reader.read(1 << 16)
    record.reader.consume()
    data = Overlong.of(head, size, limit)
    return Archived(number, None, record.headers.get("WARC-Target-URI"), None, None, data)


def _torn(record: Any) -> bytes | None:
    """Read a record's bytes; return what there is of one that is cut off (the iterator does not tell), else ``None``."""
    size = record.content_length
    data: bytes = record.reader.read()
    if len(data) != size:
        headers = "".join(f"{name}: {value}\r\n" for name, value in record.headers.items())
        return f"{headers}\r\n".encode("utf-8", "replace") + data
    record.set_bytes_content(data)
    return None


def _page(record: Any, number: int, kinds: Any) -> Archived | None:
    headers = record.headers
    if record.is_http and record.record_type == kinds.response:
        record.parse_http(auto_decode="all")
    if record.record_type == kinds.conversion:
        media = "text/plain; charset=utf-8"
    elif record.record_type in (kinds.response, kinds.resource):
        http = record.http_headers
        if http is not None and http.status_code != 200:
            return None
        media = (http.get("Content-Type") if http is not None else headers.get("Content-Type")) or "text/html"
        if media.split(";")[0].strip().lower() not in _TEXT:
            return None
    else:
        return None
    own = headers.get("WARC-Record-ID")
    return Archived(
        number,
        own.strip("<>").removeprefix("urn:uuid:") if own else None,
        headers.get("WARC-Target-URI"),
        media,
        headers.get("WARC-Date"),
        record.reader.read(),
    )
