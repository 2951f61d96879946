"""What is fuzzed of ``scrubkit check``: any file is told about, in every format, and mended without loss."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from common import split

from scrubkit.check.fix import fix_bytes
from scrubkit.check.inspect import Inspector
from scrubkit.check.output import FORMATS, render
from scrubkit.check.records import read_records
from scrubkit.check.select import settings_for
from scrubkit.config import Config

if TYPE_CHECKING:
    from scrubkit.check.sources import Content

__all__ = ["fuzz_check"]

_FILES: tuple[tuple[str, Content], ...] = (("a.jsonl", "records"), ("a.txt", "text"), ("a.html", "html"))


@cache
def _inspector() -> Inspector:
    return Inspector(settings_for(Config(plugins=False), ()))


def fuzz_check(data: bytes) -> None:
    """Any bytes are findings at places that exist, valid in every format; mending keeps every record."""
    choice, rest = split(data)
    path, content = _FILES[choice % len(_FILES)]
    found = _inspector().file(rest, path, content)
    lines = rest.count(b"\n") + rest.count(b"\r") + 2  # a text is decoded and may be UTF-16
    for finding in found:
        assert 1 <= finding.line <= finding.end_line
        assert finding.column >= 1
        assert finding.line <= lines or content == "html", finding
    for form in FORMATS:
        told = render(found, form, files=[path])
        told.encode("utf-8", "surrogatepass")
        if form in ("json", "sarif"):
            json.loads(told)
        elif form == "junit":
            ElementTree.fromstring(told)
    mended = fix_bytes(rest, path, content, _inspector())
    if content == "records" and not rest.startswith(b"\xef\xbb\xbf") and _is_utf8(rest):
        assert _ids(mended) == _ids(rest)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _ids(data: bytes) -> list[object]:
    return [
        line.value.get("id") if isinstance(line.value, dict) else line.value
        for line in read_records(data)
        if line.error is None
    ]
