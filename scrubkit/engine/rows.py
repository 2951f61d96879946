"""What the run knows of one document after cleaning, and the files that hold such rows between the stages."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from hashlib import sha256
from math import isfinite
from pathlib import Path
from types import NoneType
from typing import Any, cast
from zlib import crc32

import msgspec
import zstandard
from msgspec import Struct

from scrubkit.io.atomic import write_atomic
from scrubkit.io.faults import Rejected
from scrubkit.page import Page

__all__ = [
    "Before", "Fault", "Row", "as_json", "digest", "fault_row", "finished_rows", "from_json", "pack_rows", "read_rows", "row_of",
    "strict_json", "unpack_rows", "write_rows",
]  # fmt: skip

_LEVEL = 1  # shards are read once or twice and thrown away
_PLAIN = b"rows\0"  # how a shard begins that is not packed; its check sum follows


# None of these can be part of a cycle: the collector need not look through the rows of a run (``gc=False``).


class Fault(Struct, frozen=True, array_like=True, gc=False):
    """A broken source or record: the word, the reason, the remedy, the bytes."""

    fault: str
    reason: str
    remedy: str | None
    data: bytes | None


class Before(Struct, frozen=True, omit_defaults=True, gc=False):
    """How the text of a flattened source differs from the document's: repair and normalisation, undone.

    They never add or remove a line, so it is enough to hold the lines (numbered from 1) that they changed. ``crlf``
    says that every line but the last ended with a carriage return besides; ``lines`` are without it.
    """

    crlf: bool = False
    lines: tuple[tuple[int, str], ...] = ()

    def undo(self, text: str) -> str:
        r"""Return the source's text.

        >>> Before(lines=((2, "caf\xc3\xa9"),)).undo("tea\ncaf\xe9\n") == "tea\ncaf\xc3\xa9\n"
        True
        """
        rows = text.split("\n")
        for number, line in self.lines:
            rows[number - 1] = line
        return ("\r\n" if self.crlf else "\n").join(rows)


class Taken(Struct, frozen=True, gc=False):
    """A ledger entry as it stands in files: what :class:`scrubkit.core.ledger.Entry` holds, in the order told there."""

    code: str
    start: int
    end: int
    text: str
    replacement: str
    score: float
    because: dict[str, Any]
    codes: list[str]


class Row(Struct, frozen=True, array_like=True, gc=False):
    """One document of a run.

    ``rel`` and ``line`` say where it comes from (line 0: a file of its own), ``text`` is the clean text, ``chars``
    the length before cleaning, ``entries`` the ledger of a row that comes from a page (that page's own entries, which
    have the fields of :class:`Taken`), ``metadata`` and ``extra`` the user's, as JSON (empty bytes
    for none). A row with a ``fault`` is a broken record and has nothing else.
    ``sha256`` is of the source: a page's bytes, a record's text as UTF-8. ``before`` leads from flattened text as the
    rules saw it to the source's own; HTML has none.

    A row that comes from a file has the ledger as it will be written, ``ledger``, a list as JSON, and ``counts``, by
    code its entries and the characters they took: nobody there needs an entry by itself, and making a hundred of
    each document was half of what the stages after cleaning cost. Where an entry holds what JSON has no place for
    (NaN), ``entries`` holds them in a file, too, and the other two are empty.
    """

    rel: str
    line: int
    place: str
    id: str
    status: str = "kept"
    codes: tuple[str, ...] = ()
    text: str = ""
    chars: int = 0
    entries: tuple[Taken, ...] = ()
    reasons: tuple[tuple[str, dict[str, Any]], ...] = ()
    url: str | None = None
    meta: dict[str, Any] = {}
    metadata: bytes = b""
    extra: bytes = b""
    fault: Fault | None = None
    sha256: str = ""
    before: Before | None = None
    counts: tuple[tuple[str, int, int], ...] = ()
    ledger: bytes = b""

    def tally(self) -> Sequence[tuple[str, int, int]]:
        """Return each code with its entries and the characters they took, replacements by the difference they made."""
        if self.ledger:
            return self.counts
        hits = Counter([entry.code for entry in self.entries])
        size = dict.fromkeys(hits, 0)
        for entry in self.entries:
            size[entry.code] += len(entry.text) - len(entry.replacement)
        return [(code, count, size[code]) for code, count in hits.items()]

    def removed(self) -> dict[str, int]:
        """Return how many characters each code took away, replacements by the difference they made."""
        return {code: size for code, _, size in self.tally()}


def row_of(page: Page, rel: str, line: int) -> Row:
    """Return the row of a page that went through the pipeline.

    A page of which nothing visible is left is rejected even where no rule said so: an empty document is no
    document.
    """
    record, verdict, ledger = page.record, page.verdict, page.ledger
    status, codes = verdict.status, verdict.codes
    if status == "kept" and not ledger.text.strip():
        status, codes = "rejected", ("QLT001",)
    return Row(
        rel=rel,
        line=line,
        place=record.place or rel,
        id=record.id,
        status=status,
        codes=codes,
        text=ledger.text,
        chars=len(page.document.text),
        entries=cast(tuple[Taken, ...], ledger.entries),
        reasons=() if verdict else _reasons(page),
        url=record.url,
        meta={key: value for key, value in page.meta.items() if value not in (None, (), {}) and key != "url"},
        metadata=as_json(record.metadata) if record.metadata else b"",
        extra=as_json(record.extra) if record.extra else b"",
        sha256=digest(record.data),
        before=_before(page),
    )


def _before(page: Page) -> Before | None:
    if page.document.is_html:
        return None
    data, text = page.record.data, page.document.text
    if isinstance(data, bytes):
        try:
            data = data.decode(page.meta.decoding.get("encoding") or "utf-8")
        except (LookupError, UnicodeDecodeError):
            return None
    data = data.removeprefix("\ufeff")  # tells the encoding, is no text
    if data == text:
        return Before()
    theirs, ours = data.split("\n"), text.split("\n")
    if len(theirs) != len(ours):
        return None
    crlf = len(theirs) > 1 and all(line.endswith("\r") for line in theirs[:-1])
    if crlf:
        theirs = [*(line[:-1] for line in theirs[:-1]), theirs[-1]]
    pairs = enumerate(zip(theirs, ours, strict=True), 1)
    changed = tuple((n, _valid(a)) for n, (a, b) in pairs if a != b)
    return Before(crlf, changed)


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def digest(data: bytes | str | None) -> str:
    """Return the SHA-256 of a source: a page's bytes, a record's text as UTF-8."""
    return sha256(data.encode("utf-8", "replace") if isinstance(data, str) else data or b"").hexdigest()


def _reasons(page: Page) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return the findings that concern the whole document, with the numbers behind them."""
    whole = [f for f in page.findings if f.action in ("reject", "quarantine")]
    return tuple((f.code, dict(f.because)) for f in sorted(whole, key=lambda f: f.sort_key()))


def fault_row(fault: Rejected) -> Row:
    """Return the row of what could not be read."""
    return Row(
        rel=fault.rel,
        line=fault.line,
        place=fault.place,
        id=fault.id or (f"{fault.rel}:{fault.line}" if fault.line else fault.rel),
        status="broken",
        fault=Fault(fault.fault, fault.reason, fault.remedy, fault.data),
        sha256=digest(fault.data),
    )


def _plain(value: Any) -> Any:
    """Return a value of another library as one that JSON holds: scalars of arrays as numbers, the rest as written."""
    held = _fields(value)
    if held is not None:
        return held
    if isinstance(value, Mapping):
        return dict(value)
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)


def as_json(value: Any) -> bytes:
    """Return a value as one line of JSON; what the strict encoder refuses (lone surrogates, huge numbers) too."""
    return strict_json(value) or json.dumps(value, default=_plain).encode()


def strict_json(value: Any) -> bytes | None:
    """Return a value as one line of JSON, ``None`` where it holds what strict JSON has no place for."""
    try:
        data = msgspec.json.encode(value, enc_hook=_plain)
    except (UnicodeEncodeError, OverflowError, ValueError, TypeError):
        return None
    # The encoder writes null for NaN and infinities, which must pass as they came.
    return data if b"null" not in data or not _may_be_odd(value) or _is_finite(value) else None


_ODD = re.compile(rb"\xcb[\x7f\xff][\xf0-\xff]")  # how MessagePack writes NaN and infinities


def _may_be_odd(value: Any) -> bool:
    """Return whether NaN or an infinity may stand in a value; true by chance costs a walk through it."""
    try:
        return _ODD.search(msgspec.msgpack.encode(value, enc_hook=_plain)) is not None
    except (UnicodeEncodeError, OverflowError, ValueError, TypeError):  # JSON holds more
        return True


def _is_finite(value: Any) -> bool:
    if isinstance(value, (str, bytes, int, NoneType)):
        return True
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, (list, tuple)):
        return all(map(_is_finite, value))
    held = value if isinstance(value, Mapping) else _fields(value)
    if held is not None:
        return all(map(_is_finite, held.values()))
    item = getattr(value, "item", None)
    return _is_finite(item()) if callable(item) else True


def _fields(value: Any) -> dict[str, Any] | None:
    """Return what an object of named fields holds: a row's or a ledger's entry; ``None`` for anything else."""
    if isinstance(value, Struct):
        return msgspec.structs.asdict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return None


def from_json(data: bytes) -> Any:
    """Return the value of :func:`as_json`, an empty mapping for no bytes."""
    if not data:
        return {}
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return json.loads(data)


_encoder = msgspec.msgpack.Encoder(enc_hook=_plain)
_decoder = msgspec.msgpack.Decoder(Row)


class _TornError(ValueError):
    """A shard is not what was written."""


def pack_rows(rows: Iterable[Row], *, packed: bool = True) -> bytes:
    """Return the bytes of a shard: the same for the same rows.

    Not ``packed`` they take four times the room and are written and read for a third of the time: for rows of web
    pages, which are a tenth of what they come from.
    """
    body = bytearray()
    for row in rows:
        data = _encoded(row)
        body += len(data).to_bytes(8, "little")
        body += data
    if not packed:
        return b"".join((_PLAIN, crc32(body).to_bytes(4, "little"), body))
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(body)


def _encoded(row: Row) -> bytes:
    row = _told(row)
    try:
        return _encoder.encode(row)
    except UnicodeEncodeError:  # half a character, as escapes in a page's JSON can write it: in a title, in evidence
        return _encoder.encode(_writable(msgspec.to_builtins(row, enc_hook=_plain, builtin_types=(bytes,))))


def _told(row: Row) -> Row:
    """Return a row with its ledger as it will be written; as it is where it has none or strict JSON does not hold it."""
    if not row.entries:
        return row
    # In the order of fields and with the types that lines of the ledger have.
    data = strict_json(
        [Taken(e.code, e.start, e.end, e.text, e.replacement, float(e.score), e.because, e.codes) for e in row.entries]
    )
    if data is None:
        return row
    return msgspec.structs.replace(row, entries=(), counts=tuple(row.tally()), ledger=data)


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return _valid(value)
    if isinstance(value, dict):
        return {_valid(key): _writable(inner) for key, inner in value.items()}
    return [_writable(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def write_rows(path: Path, rows: Iterable[Row], *, packed: bool = True) -> None:
    """Write rows to a shard, whole or not at all: flushed, so that it survives a loss of power.

    Where the disk did not keep its word, the check sum tells.
    """
    write_atomic(path, pack_rows(rows, packed=packed))


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a shard."""
    return unpack_rows(path.read_bytes())


def finished_rows(path: Path) -> list[Row] | None:
    """Return the rows of a shard of an earlier run; ``None`` where there is none, or one that a loss of power tore."""
    try:
        return list(read_rows(path))
    except (FileNotFoundError, zstandard.ZstdError, msgspec.DecodeError, _TornError):
        return None


def _body(data: bytes) -> bytes | memoryview:
    if not data.startswith(_PLAIN):
        return zstandard.ZstdDecompressor().decompress(data)
    start = len(_PLAIN) + 4
    body = memoryview(data)[start:]
    if crc32(body) != int.from_bytes(data[len(_PLAIN) : start], "little"):
        raise _TornError("the check sum of a shard does not fit")
    return body


def unpack_rows(data: bytes) -> Iterator[Row]:
    """Yield the rows of :func:`pack_rows`."""
    body = memoryview(_body(data))
    at = 0
    while at < len(body):
        size = int.from_bytes(body[at : at + 8], "little")
        at += 8
        yield _decoder.decode(body[at : at + size])
        at += size
