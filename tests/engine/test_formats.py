"""Every kind of record file through a whole run: read, cleaned, written as it came, restored, set aside."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from scrubkit.config import load
from scrubkit.engine.restore import restored
from scrubkit.engine.run import Plan, Result, clean_corpus
from scrubkit.io.streams import open_bytes
from scrubkit.io.tables import table_batches

STORY = (
    "The bridge over the lower river was opened again on Monday after two years of repairs, and the first lorries "
    "crossed it before sunrise while a small crowd of people from both banks watched."
)
PAGE = f"Skip to main content\n\n{STORY}\n"
CLEAN = f"{STORY}\n"


def go(root: Path, out: Path) -> Result:
    config = load(isolated=True, overrides={"dedup": {"enabled": False}})
    return clean_corpus(Plan((str(root),), out, config, jobs=1))


def rejected(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "rejected/records.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(("name", "delimiter"), [("f.csv", ","), ("f.tsv.gz", "\t")])
def test_csv_keeps_its_columns(tmp_path: Path, name: str, delimiter: str) -> None:
    """Fields with line feeds and quotes pass; a row that does not fit or is not UTF-8 is set aside alone."""
    root = tmp_path / "in"
    root.mkdir()
    text = io.StringIO()
    rows = csv.writer(text, delimiter=delimiter)
    rows.writerows([["n", "text", "note"], ["1", PAGE, 'a "quoted", one'], ["2", "x"]])
    data = text.getvalue().encode() + delimiter.encode().join([b"3", b"caf\xe9 \xe9t\xe9", b""]) + b"\r\n"
    data += delimiter.join(["4", "Skip to main content", ""]).encode() + b"\r\n"
    (root / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    out = tmp_path / "out"
    result = go(root, out)
    raw = (out / name).read_bytes()
    told = list(
        csv.DictReader(
            io.StringIO((gzip.decompress(raw) if name.endswith(".gz") else raw).decode()), delimiter=delimiter
        )
    )
    (row,) = told
    assert list(row) == ["id", "n", "text", "note", "metadata"]
    assert (row["id"], row["n"], row["text"], row["note"]) == (f"{name}:1", "1", CLEAN, 'a "quoted", one')
    assert json.loads(row["metadata"])["scrubkit"]["removed"] == {"NAV001": 22}
    assert result.account.documents == {"kept": 1, "broken": 2, "rejected": 1}
    assert [r["reason"] for r in rejected(out)][:2] == [
        "has 2 fields, the header has 3",
        "is not UTF-8: invalid continuation byte",
    ]
    assert [d.text for d in restored(out)] == [PAGE, "Skip to main content"]


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_arrow_files_and_streams_keep_their_schema(tmp_path: Path, kind: str) -> None:
    """Both IPC formats are read; an IPC file is written."""
    import pyarrow as pa

    root = tmp_path / "in"
    root.mkdir()
    table = pa.table({"id": pa.array([5, 6], pa.int32()), "text": [PAGE, " "], "tags": [["a"], []]})
    make = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
    with make(str(root / "f.arrow"), table.schema) as sink:
        sink.write_table(table)
    out = tmp_path / "out"
    result = go(root, out)
    (batch,) = table_batches(out / "f.arrow")
    assert batch.schema.field("id").type == pa.int32()
    assert batch.column("tags").to_pylist() == [["a"]]
    assert batch.column("text").to_pylist() == [CLEAN]
    assert result.account.documents == {"kept": 1, "broken": 1}
    assert [(d.id, d.text) for d in restored(out)] == [("5", PAGE)]


def unpacked(path: Path) -> bytes:
    with open_bytes(path) as stream:
        return stream.read()


def warc(*pages: tuple[str, bytes, str, int]) -> bytes:
    out = b""
    for number, (kind, body, media, status) in enumerate(pages):
        http = f"HTTP/1.1 {status} OK\r\nContent-Type: {media}\r\n\r\n" if kind == "response" else ""
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:rec-{number}>\r\n"
            f"WARC-Target-URI: https://a.example/{number}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
            f"Content-Type: {'application/http; msgtype=response' if http else 'text/plain'}\r\nContent-Length: {len(http) + len(body)}\r\n\r\n"
        )
        out += head.encode() + http.encode() + body + b"\r\n\r\n"
    return out


def test_pages_of_an_archive_become_records(tmp_path: Path) -> None:
    """Responses with text and status 200 are pages, with address and date; others are passed over."""
    pytest.importorskip("fastwarc")
    root = tmp_path / "in"
    root.mkdir()
    data = warc(
        ("warcinfo", b"software: x", "", 0),
        ("response", PAGE.encode("utf-16"), "text/plain; charset=utf-16", 200),
        ("response", b"\x89PNG", "image/png", 200),
        ("response", b"gone", "text/html", 404),
        ("response", b"", "text/html", 200),
        ("conversion", PAGE.replace("Monday", "Tuesday").encode(), "", 0),
    )
    (root / "crawl.warc.gz").write_bytes(gzip.compress(data))
    out = tmp_path / "out"
    result = go(root, out)
    rows = [json.loads(line) for line in unpacked(out / "crawl.jsonl.zst").splitlines()]
    assert [(r["id"], r["url"], r["text"]) for r in rows] == [
        ("rec-1", "https://a.example/1", CLEAN),
        ("rec-5", "https://a.example/5", CLEAN.replace("Monday", "Tuesday")),
    ]
    assert rows[0]["metadata"]["warc"] == {"date": "2026-01-02T03:04:05Z"}
    assert result.account.documents == {"kept": 2, "broken": 1}
    (told,) = rejected(out)
    assert (told["id"], told["fault"], told["bytes"]) == ("rec-4", "empty", "rejected/files/crawl.warc.gz/5")
    assert [d.text for d in restored(out)] == [PAGE, PAGE.replace("Monday", "Tuesday")]


def test_a_torn_archive_gives_the_pages_before_the_break(tmp_path: Path) -> None:
    """The break is told; what was whole is kept."""
    pytest.importorskip("fastwarc")
    root = tmp_path / "in"
    root.mkdir()
    packed = b"".join(gzip.compress(warc(("conversion", f"{PAGE}{n}".encode(), "", 0))) for n in range(3))
    (root / "a.wet.gz").write_bytes(packed[:-40])
    result = go(root, tmp_path / "out")
    assert result.account.documents == {"kept": 2, "broken": 1}
    assert result.faults[0].fault is not None
    assert "breaks off after record 2" in result.faults[0].fault.reason


def test_a_table_whose_batches_differ_in_text_type_is_read(tmp_path: Path) -> None:
    """A column of text that is no text is told row by row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    root = tmp_path / "in"
    root.mkdir()
    pq.write_table(pa.table({"text": [1, 2]}), root / "f.parquet")
    result = go(root, tmp_path / "out")
    assert [row.fault.reason for row in result.faults if row.fault] == ["field 'text' is number, not text"] * 2
