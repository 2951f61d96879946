"""Standard input: one page, or JSONL, told apart by how it begins."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import IO

import msgspec

from scrubkit.io.faults import Rejected, binary_fault, blank_fault
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
    numbered = lines(stream, NAME)
    seen = []
    for item in numbered:
        seen.append(item)
        if item[1].strip():
            break
    if seen and is_jsonl(seen[-1][1]):
        for item in itertools.chain(seen, numbered):
            yield from json_records([item], place=NAME, rel="-", fields=fields)
        return
    # Line ends are put back as \n: the number of lines, which is what places refer to, stays.
    data = b"\n".join(line for _, line in itertools.chain(seen, numbered))
    fault = blank_fault(data)
    what = binary_fault(data) if fault is None else None
    if fault is None and what is not None:
        fault = ("binary", f"is not text but {what}")
    if fault is not None:
        yield Rejected(NAME, *fault, None, data, "-", id="-")
    else:
        yield Record("-", data, place=NAME)
