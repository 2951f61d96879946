"""Mend a file in place: take out what stable typed rules found, mend its format, leave every other byte alone."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scrubkit.catalogue.located import key_of
from scrubkit.check.inspect import Inspector, record_of, stretches, text_hash
from scrubkit.check.records import RecordLine, read_records, with_text
from scrubkit.check.sources import Content
from scrubkit.core.ledger import Entry, resolve
from scrubkit.io.atomic import output_errors
from scrubkit.page import Page, Record

__all__ = ["fix_bytes", "replace_file"]

_BOM = b"\xef\xbb\xbf"
_CONTROLS = (*range(9), 11, *range(14, 32), 127)


def fix_bytes(data: bytes, path: str, content: Content, inspector: Inspector, accepted: Collection[str] = ()) -> bytes:
    """Return the file's bytes with all that can be mended mended; the same bytes where there is nothing.

    Removals are made once, as ``scrubkit clean`` makes them: what rules find in a text that is already clean they
    find for want of its surroundings, and a repeated run would eat into it. HTML is returned as it is: its text is
    a view of the markup, and cutting markup is the work of ``scrubkit clean``. ``accepted`` are the keys of findings
    that a baseline accepts; they stay.
    """
    if content == "html":
        return data
    found = [finding for finding in inspector.file(data, path, content) if finding.fixable]
    codes = frozenset(finding.code for finding in found if finding.key not in accepted)
    if not codes:
        return data
    mended = _Fix(path, inspector, codes, frozenset(accepted))(data, content)
    # A file of which nothing would be left is for a person to judge.
    return mended if mended.strip() else data


@dataclass(frozen=True, slots=True)
class _Fix:
    """What is to be mended in one file: the codes found there, less what is accepted."""

    path: str
    inspector: Inspector
    codes: frozenset[str]
    accepted: frozenset[str]

    def __call__(self, data: bytes, content: Content) -> bytes:
        """Return the file's bytes, mended."""
        if "FMT001" in self.codes:
            from scrubkit.ingest.decode import decode

            data = decode(data).text.encode("utf-8")
        if "FMT005" in self.codes:
            data = data.removeprefix(_BOM)
        if "FMT003" in self.codes:
            data = data.replace(b"\r\n", b"\n")
        if "FMT002" in self.codes and not data.endswith(b"\n"):
            data += b"\n"
        if content == "records":
            return self._records(data)
        if "FMT004" in self.codes:
            data = data.translate(None, bytes(_CONTROLS))
        return self._text(data)

    def _text(self, data: bytes) -> bytes:
        try:
            source = data.decode("utf-8")
        except UnicodeDecodeError:
            return data
        page = self.inspector.page(Record(self.path, data, media_type="text/plain", place=self.path))
        mended = self._merge(source, page)
        return data if mended is None else mended.encode("utf-8")

    def _records(self, data: bytes) -> bytes:
        lines = [
            self._record(line) for line in read_records(data) if not (line.error == "blank" and "FMT105" in self.codes)
        ]
        return b"\n".join(lines) + (b"\n" if lines and data.endswith(b"\n") else b"")

    def _record(self, line: RecordLine) -> bytes:
        fields = self.inspector.settings.fields
        record = record_of(line, self.path, fields)
        if record is None or not isinstance(record.data, str):
            return line.raw
        text = record.data
        if "FMT004" in self.codes:
            text = text.translate(dict.fromkeys(_CONTROLS))
        page = self.inspector.page(Record(record.id, text, url=record.url, place=record.place))
        if not page.document.is_html:
            text = self._merge(text, page) or text
        if text == record.data or not text.strip():
            return line.raw
        return with_text(line.raw, fields.text, text) or line.raw

    def _entries(self, page: Page) -> list[Entry]:
        """Return what is taken out: keeps count against removals as ever, what does not mend does not act."""
        fixable = self.inspector.fixable
        acting = [f for f in page.findings if f.action == "keep" or (f.action == "remove" and f.code in fixable)]
        entries = resolve(page.document, acting).entries
        return [e for e in stretches(entries) if key_of(e.code, text_hash(e.text)) not in self.accepted]

    def _merge(self, source: str, page: Page) -> str | None:
        r"""Return the source without what is taken out, line by line; ``None`` where the lines do not agree.

        What rules read is a decoded, repaired, normalised form of the source. Line *n* of the one is line *n* of
        the other, so a line that stays whole is written as it stood, a line that goes is left out, and only a line
        of which a part goes is written in the form that the rules read.
        """
        ours = source.removeprefix("\ufeff").split("\n")
        theirs = page.document.text.split("\n")
        entries = self._entries(page)
        if len(ours) != len(theirs) or not entries:
            return None
        out: list[str] = []
        at = first = 0
        for number, (line, read) in enumerate(zip(ours, theirs, strict=True)):
            end = at + len(read)
            whole = end + (number + 1 < len(theirs))  # its line feed included
            while first < len(entries) and entries[first].end <= at:
                first += 1
            gone = []
            for entry in entries[first:]:
                if entry.start >= whole:
                    break
                gone.append((entry.start, entry.end))
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
