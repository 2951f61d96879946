"""From one line or row of a record file to a :class:`~scrubkit.page.Record`, or to what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import msgspec

from scrubkit.io.faults import LIMIT, Overlong, Rejected, blank_fault, length_fault
from scrubkit.page import Record

if TYPE_CHECKING:
    from scrubkit.config import Config

__all__ = ["Fields", "fields_of", "json_records", "record_of"]


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of the columns that hold the text, the id and the address; bytes a record may have."""

    text: str = "text"
    id: str = "id"
    url: str = "url"
    limit: int = LIMIT


def fields_of(config: Config) -> Fields:
    """Return the fields that settings name."""
    return Fields(config.text_field, config.id_field, config.url_field, config.max_record_bytes)


_decode = msgspec.json.Decoder().decode


def json_records(
    chunk: Sequence[tuple[int, bytes]], *, place: str, rel: str, fields: Fields
) -> Iterator[Record | Rejected]:
    """Yield what the numbered lines of a JSONL file hold; lines of white space are passed over."""
    for number, line in chunk:
        if isinstance(line, Overlong):
            yield line.rejected(f"{place}:{number}", rel, number)
            continue
        if not line.strip():
            continue
        raw = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        where = f"{place}:{number}"
        row = _parse(raw)
        if isinstance(row, str):
            yield Rejected(where, "bad-json", row, "mend or remove the line", line, rel, number)
        elif not isinstance(row, dict):
            yield Rejected(where, "bad-json", f"is a JSON {_json_type(row)}, not an object", None, line, rel, number)
        else:
            found = record_of(row, place=where, default_id=f"{rel}:{number}", fields=fields)
            if isinstance(found, tuple):
                yield Rejected(where, *found, line, rel, number, _id_of(row, fields))
            else:
                yield found


def _parse(line: bytes) -> Any:
    """Return the value of a line, or a ``str`` that says what is wrong with it."""
    try:
        value = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        try:  # the stricter parser refuses lone surrogates and huge numbers, which are valid JSON
            value = json.loads(line)
        except UnicodeDecodeError as bad:
            return f"is not UTF-8: {bad.reason} at byte {bad.start}"
        except json.JSONDecodeError as bad:
            what = bad.msg.removesuffix(" at")  # some of the parser's messages end so, waiting for the place
            return f"is not JSON: {what[0].lower()}{what[1:]} at column {bad.colno}"
        except (ValueError, RecursionError):
            return f"is not JSON: {error}"
    return msgspec.UNSET if isinstance(value, str) else value


def _json_type(value: Any) -> str:
    if value is msgspec.UNSET:
        return "string"
    if isinstance(value, list):
        return "array"
    return "null" if value is None else "boolean" if isinstance(value, bool) else "number"


def record_of(
    row: Mapping[str, Any], *, place: str, default_id: str, fields: Fields
) -> Record | tuple[str, str, str | None]:
    """Return the record a row holds, or ``(fault, reason, remedy)``.

    The user's metadata and other columns are kept as they are. An id that is no string (a number), or none that can
    be written (it holds half a character), is kept as it is among the extra columns, where it wins over its written
    form. Every reader of rows comes through here, so here the limit on a record holds: on the bytes of its texts, as
    UTF-8.
    """
    text = row.get(fields.text)
    fault = _length_fault(row, fields.limit) or _text_fault(row, text, fields)
    if fault is not None:
        return fault
    assert isinstance(text, str)
    own = row.get(fields.id)
    extra = {key: value for key, value in row.items() if key not in (fields.text, fields.id, fields.url, "metadata")}
    metadata = row.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        extra["metadata"] = metadata
    if own is not None and (not isinstance(own, str) or _has_surrogates(own)):
        extra[fields.id] = own
    url = row.get(fields.url)
    if url is not None and (not isinstance(url, str) or _has_surrogates(url)):
        extra[fields.url] = url
        url = None
    return Record(
        default_id if own is None else _written(own),
        text.encode("utf-8", "replace").decode() if _has_surrogates(text) else text,
        url=url,
        metadata=metadata if isinstance(metadata, dict) else {},
        extra=extra,
        place=place,
    )


def _length_fault(row: Mapping[str, Any], limit: int) -> tuple[str, str, str] | None:
    texts = [value for value in row.values() if isinstance(value, str)]
    if sum(map(len, texts)) * 4 <= limit:  # no character has more bytes: nearly every row is done here
        return None
    size = sum(len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")) for text in texts)
    return length_fault(size, limit) if size > limit else None


def _text_fault(row: Mapping[str, Any], text: Any, fields: Fields) -> tuple[str, str, str | None] | None:
    if isinstance(text, str):
        fault = blank_fault(text)
        return None if fault is None else (fault[0], f"its text {fault[1]}", "fetch the page again")
    if fields.text in row and text is not None:
        return (
            "text-not-string",
            f"field {fields.text!r} is {_json_type(text)}, not text",
            "name another with --text-field",
        )
    names = [key for key, value in row.items() if isinstance(value, str)]
    likely = get_close_matches(fields.text, names, n=1, cutoff=0.6) or sorted(
        (n for n in names if n in ("content", "body", "html", "raw_content", "raw_text", "article")), key=len
    )
    has = ", ".join(map(repr, list(row)[:6])) or "none"
    remedy = f"name it with --text-field {likely[0]}" if likely else f"name the field with --text-field; it has {has}"
    return "no-text", f"has no text in field {fields.text!r}", remedy


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _id_of(row: Mapping[str, Any], fields: Fields) -> str | None:
    own = row.get(fields.id)
    return None if own is None else _written(own)


def _written(own: Any) -> str:
    """Return an id as text that any file can hold: lone surrogates as escapes, other types as JSON."""
    if not isinstance(own, str):
        return json.dumps(own, sort_keys=True, default=str)
    return own.encode("utf-8", "backslashreplace").decode()
