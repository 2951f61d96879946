"""What could not be read: named, with its place, its remedy and its bytes, so that nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HEAD", "LIMIT", "Overlong", "Rejected", "binary_fault", "blank_fault", "length_fault", "text_fault"]

LIMIT = 256_000_000
"""Bytes of one record or page that are read unless the settings say more: what lies beyond is no text of one page."""

HEAD = 65_536
"""Bytes of a longer record that are set aside with its fault; the rest stays in its source."""

# The kinds of file that stand in crawls under a page's name; the first bytes tell.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "gzip data without the ending .gz"),
    (b"\x28\xb5\x2f\xfd", "zstandard data without the ending .zst"),
    (b"BZh", "bzip2 data without the ending .bz2"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"RIFF", "an audio, video or image container"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"SQLite format 3\x00", "an SQLite database"),
)

# Text of any encoding holds next to none of these; a compressed or executable file holds one in nine.
_ALLOWED = bytes({7, 8, 9, 10, 11, 12, 13, 27} | set(range(32, 256)))
_CONTROL_SHARE = 0.05
_FREE_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Rejected:
    """A source, or one record of it, that is unusable: where, why, what to do, and its bytes.

    ``fault`` is a short stable word for programs (``bad-json``, ``no-text``, ``binary``); ``reason`` and ``remedy``
    are for people. ``data`` is ``None`` where the bytes themselves could not be read. ``rel`` and ``line`` say where
    it stood in its source.
    """

    place: str
    fault: str
    reason: str
    remedy: str | None = None
    data: bytes | None = None
    rel: str = ""
    line: int = 0
    id: str | None = None

    def __str__(self) -> str:
        """Return the fault as one line for a person."""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{self.place}: {self.reason}{remedy}"


class Overlong(bytes):
    """The beginning of a record that is longer than is read, and how long it is."""

    size: int
    limit: int

    @classmethod
    def of(cls, head: bytes, size: int, limit: int) -> Overlong:
        """Return the first 64 KiB of a record of ``size`` bytes."""
        made = cls(head[:HEAD])
        made.size, made.limit = size, limit
        return made

    def rejected(self, place: str, rel: str, line: int) -> Rejected:
        """Return the fault; the record's bytes stay where they are, its beginning is set aside."""
        return Rejected(place, *length_fault(self.size, self.limit), bytes(self), rel, line)


def length_fault(size: int, limit: int) -> tuple[str, str, str]:
    """Return ``(fault, reason, remedy)`` for a record of ``size`` bytes, more than the ``limit``.

    >>> length_fault(22_000, 1_000)[1]
    'is 22,000 bytes, more than the 1,000 of a record that are read'
    """
    reason = f"is {size:,} bytes, more than the {limit:,} of a record that are read"
    return "too-long", reason, "raise max-record-bytes in the settings"


def binary_fault(data: bytes) -> str | None:
    """Return what a file that is no text seems to be, ``None`` for text in any encoding.

    A few NUL bytes in a text do not make it binary (they are cleaned away), and in UTF-16 and UTF-32 they stand
    in fixed columns.

    >>> binary_fault(b"%PDF-1.7 ..."), binary_fault("Rain fell.".encode("utf-16-le")), binary_fault(b"a\\x00b" * 9)
    ('a PDF document', None, None)
    """
    head = data[:HEAD]
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    controls = head.translate(None, _ALLOWED)
    if len(controls) <= _CONTROL_SHARE * len(head) or _wide(head, len(controls)) or _padded(head, controls):
        return None
    from scrubkit.ingest.decode import decode

    # The decoder knows more patterns: Chinese in UTF-16 without a mark has no column free of controls.
    return "binary data" if decode(head).source == "binary" else None


def _wide(head: bytes, controls: int) -> bool:
    """Return whether the bytes are UTF-16 or UTF-32: most scripts leave one column next to free of controls."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(len(head[i::4].translate(None, _ALLOWED)) <= _FREE_SHARE * controls for i in range(4)):
        return True
    # Ideographs have a control in either column, line ends and spaces beside them: only reading tells them.
    from scrubkit.ingest.decode import decode

    return b"\0" in head and decode(head).source == "nul-pattern"


def _padded(head: bytes, controls: bytes) -> bool:
    """Return whether the controls are NULs alone and there is more visible ASCII text around them."""
    return not controls.strip(b"\0") and sum(32 <= byte < 127 for byte in head) > len(controls)


def text_fault(data: bytes) -> tuple[str, str, str] | None:
    """Return ``(fault, reason, remedy)`` for bytes that are no page, ``None`` for those that may be one."""
    fault = blank_fault(data)
    if fault is not None:
        return (*fault, "the scrape brought nothing: fetch the page again")
    what = binary_fault(data)
    if what is None:
        return None
    return "binary", f"is not text but {what}", "take it out of the folder or leave it out with --exclude"


def blank_fault(data: bytes | str) -> tuple[str, str] | None:
    """Return ``(fault, reason)`` for a source with nothing in it, ``None`` for any other."""
    if not data:
        return "empty", "is empty"
    if data.isspace():  # without a copy, which taking the space off would make of most files
        return "blank", "holds nothing but white space"
    return None
