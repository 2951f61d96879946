"""Standard input: one page, or JSONL, told apart by how it begins."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO, cast

import msgspec

from scrubkit.io.faults import Overlong, Rejected, text_fault
from scrubkit.io.records import Fields, json_records
from scrubkit.io.streams import lines
from scrubkit.page import Record

__all__ = ["NAME", "is_jsonl", "stream_records"]

NAME = "standard input"

_PART = 1 << 20
_LINE_END = 3  # a line at the limit, its end, and the byte that tells a longer one
_OBJECT = re.compile(rb'(?:\xef\xbb\xbf)?[ \t]*\{[ \t]*"')


def is_jsonl(line: bytes) -> bool:
    """Return whether a first line that is not blank is a JSON object, so that what follows is JSONL.

    >>> is_jsonl(b'{"text": "Rain fell."}'), is_jsonl(b"{curly}"), is_jsonl(b"<html>")
    (True, False, False)
    """
    if not line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        return False
    try:
        return isinstance(msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf")), dict)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def stream_records(stream: IO[bytes], fields: Fields) -> Iterator[Record | Rejected]:
    """Yield the records of a stream as they come: JSONL line by line, anything else as one page.

    No more than the limit on a record is held, whatever stands before the first line end.
    """
    first: list[bytes] = []
    size = 0
    while line := stream.readline(fields.limit + _LINE_END):
        first.append(line)
        size += len(line)
        if line.strip() or size > fields.limit:
            break
    head = b"".join(first)
    begun = len(line) > fields.limit and not line.endswith(b"\n")  # only the first part of it could be looked at
    if _OBJECT.match(line) if begun else is_jsonl(line):
        for item in lines(cast(IO[bytes], _Begun(head, stream)), NAME, limit=fields.limit):
            yield from json_records([item], place=NAME, rel="-", fields=fields)
        return
    data, size = _bounded(head, stream, fields.limit)
    if size > fields.limit:
        yield Overlong.of(data, size, fields.limit).rejected(NAME, "-", 0)
        return
    fault = text_fault(data)
    if fault is not None:
        yield Rejected(NAME, *fault, data, "-", id="-")
    else:
        yield Record("-", data, place=NAME)


class _Begun(io.RawIOBase):
    """A stream of which the head has been read already: gives it first, then the rest as it comes."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._head = head
        self._more = stream.read1 if isinstance(stream, io.BufferedIOBase) else stream.read

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        return head or self._more(size)


def _bounded(head: bytes, stream: IO[bytes], limit: int) -> tuple[bytes, int]:
    """Return what a stream holds and its length; past the limit the rest is read and let go, so that it is counted."""
    parts, size = [head], len(head)
    while more := stream.read(_PART):
        if size <= limit:
            parts.append(more)
        size += len(more)
    return b"".join(parts), size
