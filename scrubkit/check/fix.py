"""Mend a file in place: take out what stable typed rules found, mend its format, leave every other byte alone."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from scrubkit.check.inspect import Inspector, record_of
from scrubkit.check.records import RecordLine, read_records, with_text
from scrubkit.check.sources import Content
from scrubkit.core.ledger import Ledger, resolve
from scrubkit.io.atomic import output_errors
from scrubkit.page import Page, Record

__all__ = ["fix_bytes", "replace_file"]

_BOM = b"\xef\xbb\xbf"


def fix_bytes(data: bytes, path: str, content: Content, inspector: Inspector) -> bytes:
    """Return the file's bytes with all that can be mended mended; the same bytes where there is nothing.

    Removals are made once, as ``scrubkit clean`` makes them: what rules find in a text that is already clean they
    find for want of its surroundings, and a repeated run would eat into it. HTML is returned as it is: its text is
    a view of the markup, and cutting markup is the work of ``scrubkit clean``.
    """
    if content == "html":
        return data
    codes = {finding.code for finding in inspector.file(data, path, content) if finding.fixable}
    if not codes:
        return data
    mended = _once(data, path, content, inspector, codes)
    # A file of which nothing would be left is for a person to judge.
    return mended if mended.strip() else data


def _once(data: bytes, path: str, content: Content, inspector: Inspector, codes: Collection[str]) -> bytes:
    data = _recode(data, codes)
    if "FMT005" in codes:
        data = data.removeprefix(_BOM)
    if "FMT003" in codes:
        data = data.replace(b"\r\n", b"\n")
    if "FMT002" in codes and not data.endswith(b"\n"):
        data += b"\n"
    if content == "records":
        return _mend_records(data, path, inspector, codes)
    if "FMT004" in codes:
        data = data.translate(None, bytes({*range(9), 11, *range(14, 32), 127}))
    return _mend_text(data, path, inspector)


def _recode(data: bytes, codes: Collection[str]) -> bytes:
    if "FMT001" not in codes:
        return data
    from scrubkit.ingest.decode import decode

    return decode(data).text.encode("utf-8")


def _ledger(page: Page, inspector: Inspector) -> Ledger:
    """Return what is taken out: keeps count against removals as ever, other removals do not act."""
    acting = [f for f in page.findings if f.action == "keep" or (f.action == "remove" and f.code in inspector.fixable)]
    return resolve(page.document, acting)


def _mend_text(data: bytes, path: str, inspector: Inspector) -> bytes:
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    page = inspector.page(Record(path, data, media_type="text/plain", place=path))
    mended = _merge(source, page, inspector)
    return data if mended is None else mended.encode("utf-8")


def _merge(source: str, page: Page, inspector: Inspector) -> str | None:
    r"""Return the source without what the ledger takes out, line by line; ``None`` where the lines do not agree.

    What rules read is a decoded, repaired, normalised form of the source. Line *n* of the one is line *n* of the
    other, so a line that stays whole is written as it stood, a line that goes is left out, and only a line of
    which a part goes is written in the form that the rules read.
    """
    text = page.document.text
    ours = source.removeprefix("\ufeff").split("\n")
    theirs = text.split("\n")
    if len(ours) != len(theirs):
        return None
    entries = _ledger(page, inspector).entries
    if not entries:
        return None
    out: list[str] = []
    at = first = 0
    for number, (line, read) in enumerate(zip(ours, theirs, strict=True)):
        end = at + len(read)
        whole = end + (number + 1 < len(theirs))  # its line feed included
        while first < len(entries) and entries[first].end <= at:
            first += 1
        gone = [(e.start, e.end) for e in entries[first:] if e.start < whole] if first < len(entries) else []
        left = _outside(read, at, gone)
        feed = "" if whole == end or any(a <= end < b for a, b in gone) else "\n"
        out.append((line if left == read else left + ("\r" if line.endswith("\r") and left else "")) + feed)
        at = whole
    return source[: len(source) - len(source.removeprefix("\ufeff"))] + "".join(out)


def _outside(line: str, at: int, gone: Iterable[tuple[int, int]]) -> str:
    """Return a line that begins at ``at`` without the parts of it that lie in ``gone``."""
    out, here = [], 0
    for start, end in gone:
        out.append(line[here : max(here, start - at)])
        here = max(here, min(len(line), end - at))
    out.append(line[here:])
    return "".join(out)


def _mend_records(data: bytes, path: str, inspector: Inspector, codes: Collection[str]) -> bytes:
    out: list[bytes] = []
    for line in read_records(data):
        if line.error == "blank" and "FMT105" in codes:
            continue
        out.append(_mend_record(line, path, inspector, codes))
    tail = b"\n" if data.endswith(b"\n") else b""
    return b"\n".join(out) + (tail if out else b"")


def _mend_record(line: RecordLine, path: str, inspector: Inspector, codes: Collection[str]) -> bytes:
    record = record_of(line, path, inspector.settings.fields)
    if record is None or not isinstance(record.data, str):
        return line.raw
    text = record.data
    if "FMT004" in codes:
        text = text.translate(dict.fromkeys({*range(9), 11, *range(14, 32), 127}))
    page = inspector.page(Record(record.id, text, url=record.url, place=record.place))
    if not page.document.is_html:
        text = _merge(text, page, inspector) or text
    if text == record.data or not text.strip():
        return line.raw
    return with_text(line.raw, inspector.settings.fields.text, text) or line.raw


def replace_file(path: str, data: bytes) -> None:
    """Write a file's new bytes beside it and move them into place: a reader sees the old file or the new one.

    A link is followed, the permissions stay. Raises :class:`~scrubkit.core.OutputError`.
    """
    place = Path(os.path.realpath(path))
    with output_errors(place):
        mode = stat.S_IMODE(place.stat().st_mode)
        handle, part = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:200]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(part).chmod(mode)
            Path(part).replace(place)
        finally:
            with suppress(OSError):
                Path(part).unlink(missing_ok=True)
