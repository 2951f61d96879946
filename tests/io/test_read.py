"""Readers: what comes out of folders, record files and streams, in which order and under which ids."""

from __future__ import annotations

import bz2
import gzip
import io
import json
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

import scrubkit as sk
from scrubkit.core import InputError
from scrubkit.io import Rejected
from scrubkit.io.faults import binary_fault
from scrubkit.io.records import Fields, json_records
from scrubkit.io.sources import find_sources
from scrubkit.io.streams import COMPRESSED, TornError, base_suffix, lines, open_bytes
from scrubkit.io.tasks import cut
from scrubkit.page import Record


def write(path: Path, data: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def jsonl(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_pages_of_a_folder_come_sorted_by_path_with_it_as_id(tmp_path: Path) -> None:
    """Recursive, hidden files left out, compressed pages read."""
    write(tmp_path / "b.txt", "two")
    write(tmp_path / "a/z.HTML", "<p>one</p>")
    write(tmp_path / "c.txt.gz", gzip.compress(b"three"))
    write(tmp_path / ".git/x.txt", "no")
    write(tmp_path / "notes.md", "no")
    found = [(r.id, r.data, r.media_type) for r in sk.read(tmp_path)]
    assert found == [("a/z.HTML", b"<p>one</p>", "text/html"), ("b.txt", b"two", None), ("c.txt.gz", b"three", None)]


def test_pages_win_over_record_files_and_the_remark_says_how_to_read_both(tmp_path: Path) -> None:
    """Records beside pages are passed over by name; --include takes them in."""
    write(tmp_path / "a.txt", "page")
    write(tmp_path / "feed.jsonl", jsonl({"id": "r", "text": "record"}))
    found = find_sources([tmp_path])
    assert [f.rel for f in found.files] == ["a.txt"]
    assert found.notes == (
        f"{tmp_path}: holds pages, so 1 record file (feed.jsonl) is passed over (take in with --include '*.jsonl*')",
    )
    assert [r.id for r in sk.read(tmp_path, include=["*.jsonl*"])] == ["a.txt", "r"]


def test_a_folder_of_record_files_is_read_as_shards(tmp_path: Path) -> None:
    """All compressions and Parquet; a record without an id gets its file and line."""
    rows = jsonl({"text": "one"}, {"id": 7, "text": "two", "url": "https://a.example/", "n": [1]})
    write(tmp_path / "1.jsonl", rows)
    write(tmp_path / "2.jsonl.gz", gzip.compress(rows.encode()))
    write(tmp_path / "3.jsonl.zst", zstandard.compress(rows.encode()))
    write(tmp_path / "4.jsonl.bz2", bz2.compress(rows.encode()))
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": ["one", "two"], "id": ["a", "b"]}), tmp_path / "5.parquet")
    found = list(sk.read(tmp_path))
    assert [r.id for r in found] == [
        "1.jsonl:1", "7", "2.jsonl.gz:1", "7", "3.jsonl.zst:1", "7", "4.jsonl.bz2:1", "7", "a", "b",
    ]  # fmt: skip
    assert {r.data for r in found} == {"one", "two"}
    assert (found[1].url, dict(found[1].extra)) == ("https://a.example/", {"n": [1], "id": 7})


def test_fields_are_named_by_option_and_other_columns_pass(tmp_path: Path) -> None:
    """Metadata that is no mapping stays a column of its own."""
    row = {"doc": "d1", "body": "Rain.", "link": "u", "metadata": "m", "text": "not this"}
    path = write(tmp_path / "a.jsonl", jsonl(row))
    (record,) = sk.read(path, text_field="body", id_field="doc", url_field="link")
    assert (record.id, record.data, record.url) == ("d1", "Rain.", "u")
    assert dict(record.extra) == {"metadata": "m", "text": "not this"}


def test_a_page_is_never_a_plug_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its ending says what it is; the plug-ins are asked about others alone."""
    write(tmp_path / "a.txt", "one")
    write(tmp_path / "b.mbox", "two")
    monkeypatch.setattr("scrubkit.io.plugged.plugged_suffixes", lambda: frozenset({".txt", ".mbox"}))
    assert [(file.rel, file.records) for file in find_sources([tmp_path]).files] == [("a.txt", False)]
    assert find_sources([tmp_path / "b.mbox"]).files[0].records


def test_several_sources_have_names_of_their_own(tmp_path: Path) -> None:
    """Folders of the same name do not share ids."""
    for part in "xy":
        write(tmp_path / part / "in/a.txt", part)
    found = sk.read([tmp_path / "x/in", tmp_path / "y/in"])
    assert [(r.id, r.data) for r in found] == [("in-2/a.txt", b"y"), ("in/a.txt", b"x")]


def test_faults_are_handed_over_and_the_rest_is_read(tmp_path: Path) -> None:
    """Line numbers count blank lines; a byte order mark and CRLF do no harm."""
    path = write(tmp_path / "a.jsonl", b'\xef\xbb\xbf{"text": "one"}\r\n\r\n{bad\r\n{"text": "two"}')
    faults: list[Rejected] = []
    found = [(r.id, r.data) for r in sk.read(path, on_fault=faults.append)]
    assert found == [("a.jsonl:1", "one"), ("a.jsonl:4", "two")]
    assert [(f.fault, f.place, f.data) for f in faults] == [("bad-json", f"{path}:3", b"{bad")]


def test_without_a_handler_a_fault_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is dropped in silence."""
    path = write(tmp_path / "a.jsonl", "{bad\n")
    assert list(sk.read(path)) == []
    assert f"{path}:1: is not JSON" in caplog.text


def test_json_that_only_the_lenient_parser_reads_is_read(tmp_path: Path) -> None:
    """A lone surrogate becomes a question mark: text is always valid UTF-8."""
    path = write(tmp_path / "a.jsonl", '{"text": "a\\ud800b", "n": 123456789012345678901234567890}\n')
    (record,) = sk.read(path)
    assert record.data == "a?b"


def test_standard_input_is_one_page_or_jsonl(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line that is not blank decides."""

    class Stdin:
        buffer = io.BytesIO(b'\n{"id": "a", "text": "one"}\n')

    monkeypatch.setattr("sys.stdin", Stdin)
    assert [(r.id, r.data) for r in sk.read("-")] == [("a", "one")]
    Stdin.buffer = io.BytesIO(b"{curly} text\nof two lines")
    assert [(r.id, r.data) for r in sk.read("-")] == [("-", b"{curly} text\nof two lines")]


def test_a_source_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """Wrong use raises; broken data does not."""
    with pytest.raises(InputError, match="there is no such file or folder"):
        list(sk.read(tmp_path / "no"))


def test_a_parquet_file_without_the_column_or_torn_is_told(tmp_path: Path) -> None:
    """Both are faults of that file alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"body": ["one"]}), tmp_path / "a.parquet")
    write(tmp_path / "b.parquet", (tmp_path / "a.parquet").read_bytes()[:-9])
    write(tmp_path / "c.jsonl", jsonl({"text": "one"}))
    faults: list[Rejected] = []
    assert [r.id for r in sk.read(tmp_path, on_fault=faults.append)] == ["c.jsonl:1"]
    assert [f.fault for f in faults] == ["unreadable", "unreadable"]
    assert faults[0].reason == "has no column 'text'"
    assert faults[0].remedy == "name the column with --text-field; it has body"


@given(st.lists(st.binary(max_size=30), max_size=30), st.sampled_from(["", ".gz", ".zst", ".bz2"]))
def test_lines_are_those_of_the_content_whatever_the_compression(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], ending: str
) -> None:
    """Split at line feeds only, one carriage return taken off each."""
    data = b"\n".join(parts)
    pack = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress, ".bz2": bz2.compress}[ending]
    path = tmp_path_factory.getbasetemp() / f"x{ending}"
    path.write_bytes(pack(data))
    with open_bytes(path) as stream:
        got = list(lines(stream, "x"))
    wanted = data.split(b"\n")
    if not wanted[-1]:
        wanted.pop()
    assert got == [(i, line.removesuffix(b"\r")) for i, line in enumerate(wanted, 1)]


@given(st.integers(1, 3000))
def test_a_torn_stream_never_gives_a_line_that_was_not_there(
    tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    """Cut anywhere, what is read is a prefix, and the break is told unless nothing was lost."""
    wanted = [f"line {i} {i * i}".encode() for i in range(300)]
    whole = zstandard.compress(b"".join(line + b"\n" for line in wanted))
    path = tmp_path_factory.getbasetemp() / "torn.zst"
    path.write_bytes(whole[:size])
    got: list[bytes] = []
    torn: int | None = None
    try:
        with open_bytes(path) as stream:
            got.extend(line for _, line in lines(stream, "x"))
    except TornError as error:
        torn = error.line
    assert torn == (len(got) + 1 if size < len(whole) else None)
    assert got == wanted[: len(got)]


def test_a_piece_of_work_is_known_by_its_content(tmp_path: Path) -> None:
    """Keys change with the bytes and nothing else that is not in them."""
    path = write(tmp_path / "a.jsonl", jsonl({"text": "one"}))

    def keys() -> list[str]:
        found = cut(find_sources([path]).files, Fields())
        return [piece.key() for piece in found if not isinstance(piece, Rejected)]

    first = keys()
    assert keys() == first
    write(path, jsonl({"text": "two"}))
    assert keys() != first


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("Дождь шёл весь день.".encode("utf-16"), None),
        ("Rain fell. 東京".encode("utf-16-le"), None),
        (("雨下了一整天。\n港口 的 船 没有 出海\n" * 9).encode("utf-16-le"), None),
        (("雨下了一整天。\n港口 的 船 没有 出海\n" * 9).encode("utf-16-be"), None),
        ("Rain fell.".encode("utf-32-be"), None),
        (b"Rain\x0c fell\x1b[0m.\x0b", None),
        (b"GIF89a....", "a GIF image"),
        (bytes(range(32)) * 40, "binary data"),
    ],
)
def test_text_in_any_encoding_is_told_from_binary(data: bytes, told: str | None) -> None:
    """Wide encodings are full of NULs and are text nevertheless."""
    assert binary_fault(data) == told


def test_an_id_with_half_a_character_is_kept_and_can_be_written() -> None:
    """JSON may hold lone surrogates, which no file in UTF-8 can: ids and addresses with one do not end a run."""
    rows = [{"id": "a\ud800", "url": "b\udfff", "text": "Rain fell."}, {"id": "c\ud800"}]
    lines = [(number, json.dumps(row).encode()) for number, row in enumerate(rows, 1)]
    record, fault = json_records(lines, place="x.jsonl", rel="x.jsonl", fields=Fields())
    assert isinstance(record, Record)
    assert (record.id, record.url, record.extra) == ("a\\ud800", None, {"id": "a\ud800", "url": "b\udfff"})
    assert isinstance(fault, Rejected)
    assert fault.id == "c\\ud800"


def test_a_line_that_breaks_off_is_told_with_its_column() -> None:
    """The message is a sentence, whatever the parser's own begins or ends with."""
    (fault,) = json_records([(7, b'{"text": "Rain')], place="x.jsonl", rel="x.jsonl", fields=Fields())
    assert str(fault) == "x.jsonl:7: is not JSON: unterminated string starting at column 10 (mend or remove the line)"


@given(
    st.lists(st.sampled_from(["a", ".", "..", "/", ".gz", ".ZST", ".TXT", ".jsonl", "é"]), min_size=1)
    .map("".join)
    .filter(lambda name: "." not in name.split("/"))
)
def test_the_ending_of_a_name_is_that_of_a_path(name: str) -> None:
    """What stands behind the last dot, a compression's ending taken off, by the rules of paths."""
    path = Path(name)
    path = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    assert base_suffix(name) == path.suffix.lower()
