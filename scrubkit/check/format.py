"""The tests of the FMT rules: what is wrong with a file as a file, told from its bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scrubkit.check.records import RecordLine, text_of
from scrubkit.check.sources import Content
from scrubkit.io.faults import binary_fault
from scrubkit.io.records import Fields

__all__ = ["FATAL", "FormatHit", "file_hits", "record_hits"]

_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]+")
_TEXT_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]+")
_SEPARATOR = re.compile("[\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONFLICT = re.compile(rb"^<{7} [^\n]*\n(?:.*\n)*?={7}\r?\n(?:.*\n)*?>{7} ", re.MULTILINE)
_LFS = b"version https://git-lfs.github.com/spec/"

FATAL = frozenset({"FMT006", "FMT007", "FMT009"})
"""With one of these there is no text to speak of, and no other rule is asked."""


@dataclass(frozen=True, slots=True)
class FormatHit:
    """What a test found, at a 1-based line and column; ``text`` is what the finding is recognised by later."""

    code: str
    line: int = 1
    column: int = 1
    because: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    record: str | None = None
    fixable: bool = False


def file_hits(data: bytes, content: Content, codes: Collection[str]) -> list[FormatHit]:
    """Return what is wrong with a file's bytes, for the rules in ``codes``; record by record faults come apart."""
    for code, test in _WHOLE.items():
        if code in codes and (hit := test(data)) is not None:
            return [hit]
    out: list[FormatHit] = []
    for code, tests in _PARTS.items():
        if code in codes:
            out += tests(data, content)
    return out


def _empty(data: bytes) -> FormatHit | None:
    return FormatHit("FMT006", because={"bytes": len(data)}) if not data.removeprefix(_BOM).strip() else None


def _binary(data: bytes) -> FormatHit | None:
    kind = binary_fault(data)
    return None if kind is None else FormatHit("FMT007", because={"looks_like": kind})


def _lfs(data: bytes) -> FormatHit | None:
    return FormatHit("FMT009") if data.startswith(_LFS) and len(data) < 1024 else None


def _encoding(data: bytes, content: Content) -> Iterator[FormatHit]:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _cut_at_end(data, error):
            return
        if content == "html" and _declared(data):
            return
        from scrubkit.ingest.decode import decode

        found = decode(data, html=content == "html")
        line, column = _place(data, error.start)
        because = {"looks_like": found.encoding, "confidence": round(found.confidence, 2)}
        fixable = content != "html" and found.source != "binary" and not found.replaced and found.confidence >= 0.9
        yield FormatHit("FMT001", line, column, because, fixable=fixable)


def _declared(data: bytes) -> bool:
    from scrubkit.ingest.decode import decode

    found = decode(data, html=True)
    return found.source in ("declared", "bom") and not found.replaced


def _cut_at_end(data: bytes, error: UnicodeDecodeError) -> bool:
    return error.reason == "unexpected end of data" and error.end == len(data)


def _cut(data: bytes, content: Content) -> Iterator[FormatHit]:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _cut_at_end(data, error):
            line, column = _place(data, error.start)
            yield FormatHit("FMT010", line, column, {"inside": "character"})
            return
    if content == "records" and not data.endswith(b"\n"):
        last = data.rsplit(b"\n", 1)[-1].strip()
        if last.startswith(b"{") and not last.endswith(b"}"):
            yield FormatHit("FMT010", data.count(b"\n") + 1, 1, {"inside": "record"})


def _final_newline(data: bytes, content: Content) -> Iterator[FormatHit]:
    if content != "html" and not data.endswith((b"\n", b"\r")) and not data.startswith(_WIDE_BOMS):
        line, column = _place(data, len(data))
        yield FormatHit("FMT002", line, column, fixable=True)


def _crlf(data: bytes, content: Content) -> Iterator[FormatHit]:
    count = data.count(b"\r\n")
    if content != "html" and count:
        line, column = _place(data, data.index(b"\r\n"))
        yield FormatHit("FMT003", line, column, {"lines": count}, fixable=True)


def _controls(data: bytes, content: Content) -> Iterator[FormatHit]:
    if data.startswith(_WIDE_BOMS):
        return
    if not _CONTROL.search(data):
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if match := _CONTROL.search(line):
            count = sum(len(part) for part in _CONTROL.findall(line))
            column = len(line[: match.start()].decode("utf-8", "replace")) + 1
            yield FormatHit("FMT004", number, column, {"characters": count}, fixable=content == "text")


def _bom(data: bytes, content: Content) -> Iterator[FormatHit]:
    if data.startswith(_BOM):
        yield FormatHit("FMT005", fixable=content != "html")


def _conflict(data: bytes, content: Content) -> Iterator[FormatHit]:  # noqa: ARG001
    if b"<<<<<<< " not in data:
        return
    for match in _CONFLICT.finditer(data):
        yield FormatHit("FMT008", _place(data, match.start())[0])


def _separators(data: bytes, content: Content) -> Iterator[FormatHit]:
    if content != "text":
        return
    text = data.decode("utf-8", "replace")
    for number, line in enumerate(text.split("\n"), 1):
        if match := _SEPARATOR.search(line):
            because = {"character": f"U+{ord(match.group()):04X}"}
            yield FormatHit("FMT011", number, match.start() + 1, because, text=line)


def _html_in_text(data: bytes, content: Content) -> Iterator[FormatHit]:
    from scrubkit.ingest.sniff import looks_like_html

    if content == "text" and b"<" in data and looks_like_html(data.decode("utf-8", "replace")):
        yield FormatHit("FMT012")


def _place(data: bytes, offset: int) -> tuple[int, int]:
    """Return line and column of a byte offset; columns count characters, broken bytes one each."""
    start = data.rfind(b"\n", 0, offset) + 1
    return data.count(b"\n", 0, offset) + 1, len(data[start:offset].decode("utf-8", "replace")) + 1


_WHOLE: Mapping[str, Callable[[bytes], FormatHit | None]] = {"FMT006": _empty, "FMT009": _lfs, "FMT007": _binary}
_PARTS: Mapping[str, Callable[[bytes, Content], Iterator[FormatHit]]] = {
    "FMT001": _encoding,
    "FMT002": _final_newline,
    "FMT003": _crlf,
    "FMT004": _controls,
    "FMT005": _bom,
    "FMT008": _conflict,
    "FMT010": _cut,
    "FMT011": _separators,
    "FMT012": _html_in_text,
}


def record_hits(
    record: RecordLine, fields: Fields, seen: dict[str, int], codes: Collection[str], *, last: bool
) -> list[FormatHit]:
    """Return what is wrong with one record; ``seen`` remembers ids by the line of their first record.

    ``last`` says that the line ends with the file: a broken one is then a truncated file (``FMT010``).
    """
    hits = [_unreadable(record, last=last)] if record.error else list(_faults(record, fields, seen))
    return [hit for hit in hits if hit is not None and hit.code in codes]


def _unreadable(record: RecordLine, *, last: bool) -> FormatHit | None:
    raw = record.raw.decode("utf-8", "replace")
    if record.error == "blank":
        return FormatHit("FMT105", record.number, fixable=True)
    if record.error == "encoding":
        return None  # FMT001 says it
    if last and raw.lstrip().startswith("{") and not raw.rstrip().endswith("}"):
        return None  # FMT010 says it
    return FormatHit("FMT101", record.number, record.column, {"reason": record.detail}, text=raw)


def _faults(record: RecordLine, fields: Fields, seen: dict[str, int]) -> Iterator[FormatHit]:
    value, number = record.value, record.number
    raw = record.raw.decode("utf-8", "replace")
    if not isinstance(value, dict):
        yield FormatHit("FMT102", number, 1, {"found": type(value).__name__}, text=raw)
        return
    name = value.get(fields.id)
    known = None if name is None else str(name)
    if known is None:
        yield FormatHit("FMT107", number, 1, {"field": fields.id}, text=raw)
    elif known in seen:
        yield FormatHit("FMT104", number, 1, {"id": known, "first_line": seen[known]}, text=known, record=known)
    else:
        seen[known] = number
    if record.keys:
        yield FormatHit("FMT108", number, 1, {"keys": list(record.keys)}, text=raw, record=known)
    if any(_SURROGATE.search(part) for part in _strings(value)):
        yield FormatHit("FMT106", number, 1, text=raw, record=known)
    text = text_of(value, fields)
    if text is None:
        because = {"field": fields.text, "found": _found(value, fields.text)}
        yield FormatHit("FMT103", number, 1, because, text=raw, record=known)
    elif match := _TEXT_CONTROL.search(text):
        count = sum(len(part) for part in _TEXT_CONTROL.findall(text))
        yield FormatHit(
            "FMT004", number, match.start() + 1, {"characters": count}, text=text, record=known, fixable=True
        )


def _found(value: Mapping[str, Any], key: str) -> str:
    if key not in value:
        return "no such field"
    return "white space" if isinstance(value[key], str) else type(value[key]).__name__


def _strings(value: Any) -> Iterator[str]:
    """Yield every string in a record, keys included, without recursion: records may be nested deep."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            todo += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            todo += item
