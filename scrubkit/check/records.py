"""JSON Lines as a linter sees them: every line with its number, what it holds, and where its text stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from scrubkit.io.records import Fields

__all__ = ["RecordLine", "read_records", "value_span", "with_text"]

_SPACE = " \t\n\r"


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of a file of records: its number, its bytes without the line end, and what could be read.

    ``error`` says why ``value`` could not be (``"encoding"``, ``"blank"``, ``"syntax"``), ``column`` where, in
    characters (bytes, where the bytes are not UTF-8); ``keys`` lists the keys that stand twice.
    """

    number: int
    raw: bytes
    value: Any = None
    error: str | None = None
    detail: str = ""
    column: int = 1
    keys: tuple[str, ...] = ()


@dataclass(slots=True)
class _Pairs:
    """Makes objects and remembers which keys came twice; one a line."""

    repeated: list[str] = field(default_factory=list)

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self.repeated.append(key)
                seen.add(key)
        return made


def read_records(data: bytes) -> Iterator[RecordLine]:
    r"""Yield every line; nothing is skipped and nothing raises.

    >>> [(line.number, line.value, line.error) for line in read_records(b'{"text": "a"}\n\nnot json\n')]
    [(1, {'text': 'a'}, None), (2, None, 'blank'), (3, None, 'syntax')]
    """
    lines = data.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    for number, raw in enumerate(lines, 1):
        yield _read(number, raw)


def _read(number: int, raw: bytes) -> RecordLine:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return RecordLine(number, raw, None, "encoding", error.reason, error.start + 1)
    if number == 1:
        text = text.removeprefix("\ufeff")
    if not text.strip():
        return RecordLine(number, raw, None, "blank")
    pairs = _Pairs()
    try:
        value = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        return RecordLine(number, raw, None, "syntax", error.msg, error.pos + 1)
    except ValueError:
        return RecordLine(number, raw, None, "syntax", "number too long")
    except RecursionError:
        return RecordLine(number, raw, None, "syntax", "nested too deep")
    return RecordLine(number, raw, value, keys=tuple(pairs.repeated))


def value_span(text: str, key: str) -> tuple[int, int] | None:
    """Return where the string value of a key of the outermost object stands, quotes included.

    The rest of the line can then be kept as it is written: spaces, order of keys, escapes, numbers.

    >>> line = '{"n": 1.0, "text": "a"}'
    >>> line[slice(*value_span(line, "text"))]
    '"a"'
    """
    decoder = json.JSONDecoder()
    found: tuple[int, int] | None = None
    at = _skip(text, 0)
    if not text.startswith("{", at):
        return None
    at = _skip(text, at + 1)
    while text.startswith('"', at):
        name, at = scanstring(text, at + 1)
        start = _skip(text, _skip(text, at) + 1)  # over the colon
        value, end = decoder.raw_decode(text, start)
        if name == key:
            found = (start, end) if isinstance(value, str) else None  # the last of equal keys counts
        at = _skip(text, end)
        if not text.startswith(",", at):
            break
        at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def with_text(raw: bytes, key: str, new: str) -> bytes | None:
    """Return a line with another text in the field ``key``, all other bytes as they were; ``None`` if it has none.

    >>> with_text(b'{"text":"caf\\\\u00e9 menu", "n":1}', "text", "café")
    b'{"text":"caf\\\\u00e9", "n":1}'
    """
    line = raw.decode("utf-8")
    span = value_span(line.removeprefix("\ufeff"), key)
    if span is None:
        return None
    shift = len(line) - len(line.removeprefix("\ufeff"))
    start, end = span[0] + shift, span[1] + shift
    written = json.dumps(new, ensure_ascii=line.isascii())
    return (line[:start] + written + line[end:]).encode("utf-8")


def text_of(value: Mapping[str, Any], fields: Fields) -> str | None:
    """Return a record's text, ``None`` where it has none that can be read."""
    text = value.get(fields.text)
    return text if isinstance(text, str) and text.strip() else None
