"""Standard input: one page, or JSONL, told apart by how it begins."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import IO

import msgspec

from scrubkit.io.faults import Rejected, text_fault
from scrubkit.io.records import Fields, json_records
from scrubkit.io.streams import lines
from scrubkit.page import Record

__all__ = ["NAME", "is_jsonl", "stream_records"]

NAME = "standard input"


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
    """Yield the records of a stream as they come: JSONL line by line, anything else as one page."""
    head: list[bytes] = []
    while line := stream.readline():
        head.append(line)
        if line.strip():
            break
    if head and is_jsonl(head[-1]):
        first = ((number, raw.rstrip(b"\r\n")) for number, raw in enumerate(head, 1))
        rest = ((number + len(head), raw) for number, raw in lines(stream, NAME))
        for item in itertools.chain(first, rest):
            yield from json_records([item], place=NAME, rel="-", fields=fields)
        return
    data = b"".join((*head, stream.read()))
    fault = text_fault(data)
    if fault is not None:
        yield Rejected(NAME, *fault, data, "-", id="-")
    else:
        yield Record("-", data, place=NAME)
