"""FMT: each rule on bytes that have its fault and on bytes that nearly have it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.check.inspect import Inspector, Settings
from scrubkit.rules.format import RULES

ALL = frozenset(rule.code for rule in RULES)
INSPECTOR = Inspector(Settings(ALL))
PROSE = "The bridge over the river reopened on Monday after two years of repairs, the council said."


def places(data: bytes, name: str = "a.txt") -> list[tuple[int, int, str]]:
    content = {"txt": "text", "html": "html", "jsonl": "records"}[name.rsplit(".", 1)[1]]
    return [(f.line, f.column, f.code) for f in INSPECTOR.file(data, name, content)]  # type: ignore[arg-type]


def record(**fields: object) -> bytes:
    return json.dumps({"id": "1", "text": PROSE} | fields).encode() + b"\n"


FOUND = {
    "latin-1 text": (f"café\n{PROSE}\n".encode("latin-1"), "a.txt", (1, 4, "FMT001")),
    "latin-1 page that declares nothing": (b"<p>caf\xe9 au lait</p>", "a.html", (1, 7, "FMT001")),
    "utf-16": ("\ufeffRain fell all week.\n".encode("utf-16-le"), "a.txt", (1, 1, "FMT001")),
    "no newline at the end": (b"Rain fell.", "a.txt", (1, 11, "FMT002")),
    "records without newline at the end": (record().rstrip(b"\n"), "a.jsonl", (1, 114, "FMT002")),
    "crlf": (b"one\ntwo\r\nthree\r\n", "a.txt", (2, 4, "FMT003")),
    "bell": (b"one\ntwo\x07\n", "a.txt", (2, 4, "FMT004")),
    "a few NULs in text": (PROSE.encode() + b"\x00\n", "a.txt", (1, 91, "FMT004")),
    "control in a record": (record(text="ab\x08c " + PROSE), "a.jsonl", (1, 3, "FMT004")),
    "byte order mark": (b"\xef\xbb\xbfRain fell.\n", "a.txt", (1, 1, "FMT005")),
    "nothing": (b"", "a.txt", (1, 1, "FMT006")),
    "white space": (b" \n\t\n", "a.html", (1, 1, "FMT006")),
    "a mark alone": (b"\xef\xbb\xbf\n", "a.txt", (1, 1, "FMT006")),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "a.txt", (1, 1, "FMT007")),
    "a merge": (b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n", "a.txt", (2, 1, "FMT008")),
    "an LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "a.jsonl", (1, 1, "FMT009"),
    ),
    "half a character at the end": ("na\u00efve \u2026".encode()[:-1], "a.txt", (1, 7, "FMT010")),
    "half a record at the end": (record() + b'{"id": "2", "te', "a.jsonl", (2, 1, "FMT010")),
    "line separator": ("one\u2028two\n".encode(), "a.txt", (1, 4, "FMT011")),
    "a page named as text": (b"<html><body><p>Rain fell.</p></body></html>\n", "a.txt", (1, 1, "FMT012")),
    "no JSON": (record() + b"not json\n", "a.jsonl", (2, 1, "FMT101")),
    "unquoted value": (b'{"id": 1, "text": Rain}\n', "a.jsonl", (1, 19, "FMT101")),
    "a deep record": (b"[" * 100_000 + b"\n", "a.jsonl", (1, 1, "FMT101")),
    "a list": (b"[1, 2]\n", "a.jsonl", (1, 1, "FMT102")),
    "no text": (b'{"id": "1"}\n', "a.jsonl", (1, 1, "FMT103")),
    "text of white space": (record(text=" \n"), "a.jsonl", (1, 1, "FMT103")),
    "text that is a number": (record(text=7), "a.jsonl", (1, 1, "FMT103")),
    "an id twice": (record() + record(id="2") + record(), "a.jsonl", (3, 1, "FMT104")),
    "an id as number and as string": (record(id=1) + record(id="1"), "a.jsonl", (2, 1, "FMT104")),
    "a blank line": (record() + b"\n" + record(id="2"), "a.jsonl", (2, 1, "FMT105")),
    "half a surrogate pair": (record(text=PROSE + "\ud83d"), "a.jsonl", (1, 1, "FMT106")),
    "half a pair in a key": (record(**{"\ud83d": 1}), "a.jsonl", (1, 1, "FMT106")),
    "no id": (json.dumps({"text": PROSE}).encode() + b"\n", "a.jsonl", (1, 1, "FMT107")),
    "a key twice": (b'{"id": 1, "text": "a", "text": "b"}\n', "a.jsonl", (1, 1, "FMT108")),
}  # fmt: skip

CLEAN = {
    "text": (PROSE.encode() + b"\n", "a.txt"),
    "text with tab and form feed": (b"a\tb\x0c\n", "a.txt"),
    "text in many scripts": ("Дождь шёл. 雨が降った。 هطل المطر. 🌧\n".encode(), "a.txt"),
    "a page without newline at the end": (b"<p>Rain fell.</p>", "a.html"),
    "a page with crlf": (b"<p>Rain</p>\r\n", "a.html"),
    "a page that declares its encoding": (
        '<html><head><meta charset="windows-1252"></head><body>café</body></html>'.encode("cp1252"), "a.html",
    ),
    "a heading underlined": (b"Title\n=======\n>>>>>>> quoted\n", "a.txt"),
    "text about HTML": (b"Use a <br> tag to break a line.\n", "a.txt"),
    "records": (record() + record(id="2"), "a.jsonl"),
    "records with a whole pair": (record(text=PROSE + "🌧"), "a.jsonl"),
    "an inner repeated key is no loss at the top": (record(metadata={"a": 1}), "a.jsonl"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "name", "place"), FOUND.values(), ids=FOUND)
def test_fault_is_found_at_its_place(data: bytes, name: str, place: tuple[int, int, str]) -> None:
    """Each fault is reported with its rule, line and column."""
    assert place in places(data, name)


@pytest.mark.parametrize(("data", "name"), CLEAN.values(), ids=CLEAN)
def test_sound_file_is_passed(data: bytes, name: str) -> None:
    """What nearly has a fault is not reported."""
    assert places(data, name) == []


@pytest.mark.parametrize("code", sorted(ALL))
def test_every_rule_has_a_case(code: str) -> None:
    """No FMT rule is without a positive case."""
    assert code in {place[2] for _, _, place in FOUND.values()}


def test_file_that_is_no_text_has_one_finding() -> None:
    """Binary junk is said to be that, and nothing else is said of it."""
    assert [code for *_, code in places(bytes(range(256)) * 40)] == ["FMT007"]


def test_broken_record_does_not_hide_the_others() -> None:
    """A broken line in the middle is reported and the records after it are read."""
    data = record() + b'{"id": \n' + record()
    assert [(line, code) for line, _, code in places(data, "a.jsonl")] == [(2, "FMT101"), (3, "FMT104")]


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.html", "a.jsonl"]))
def test_any_bytes_are_judged(data: bytes, name: str) -> None:
    """No bytes make the check fail, and their places exist in the file."""
    for line, column, _ in places(data, name):
        assert 1 <= line <= data.count(b"\n") + 1
        assert column >= 1
