"""Input that is torn, vanishes, is too long, or changes its columns: named, set aside, and the rest is done."""

from __future__ import annotations

import bz2
import csv
import errno
import gzip
import io
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard

import scrubkit
import scrubkit as sk
from scrubkit.config import Config, Dedup
from scrubkit.core.errors import InputError, OutputError
from scrubkit.engine.run import Plan, Result, clean_corpus
from scrubkit.interop import records_of
from scrubkit.io.faults import Overlong, Rejected
from scrubkit.io.records import Fields
from scrubkit.io.standard import stream_records
from scrubkit.io.streams import lines

CONFIG = Config(dedup=Dedup(enabled=False))
SMALL = Config(dedup=Dedup(enabled=False), max_record_bytes=1_000)
TEXT = "Skip to main content\n\nReport {}: the river rose on Monday by {} metres and fell again in the evening.\n"


def rows(count: int, **more: Any) -> list[str]:
    return [json.dumps({"id": str(i), "text": TEXT.format(i, i * 7), **more}) for i in range(count)]


def go(source: Path, out: Path, config: Config = CONFIG, **more: Any) -> Result:
    return clean_corpus(Plan((str(source),), out, config, jobs=1), **more)


def told(result: Result) -> list[tuple[str, str]]:
    return [(Path(row.place).name, row.fault.fault) for row in result.faults if row.fault is not None]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("ending", ["gz", "zst", "bz2"])
def test_a_torn_shard_gives_what_stood_before_the_break(source: Path, tmp_path: Path, ending: str) -> None:
    """The break is named by file and line, the torn line's bytes are in rejected/, other shards are whole."""
    import random

    rng = random.Random(1)
    data = "".join(
        json.dumps({"id": str(i), "text": " ".join(f"word{rng.random()}" for _ in range(60))}) + "\n"
        for i in range(4000)
    ).encode()
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "zst": zstandard.ZstdCompressor().compress}[ending]
    packed = pack(data)
    (source / f"a.jsonl.{ending}").write_bytes(packed[: len(packed) * 2 // 3])
    (source / "b.jsonl").write_text("\n".join(rows(3)) + "\n")
    result = go(source, tmp_path / "out")
    ((place, fault),) = told(result)
    assert fault == "torn"
    line = int(place.rpartition(":")[2])
    whole = [row["id"] for row in map(json.loads, (tmp_path / "out" / "b.jsonl").read_text().splitlines())]
    assert whole == ["0", "1", "2"]
    assert result.account.documents["broken"] == 1
    assert sum(result.account.documents.values()) == 3 + (line - 1) + 1
    own = result.faults[0].fault
    assert own is not None
    rest = own.data or b""
    assert data.split(b"\n")[line - 1].startswith(rest)


def test_a_torn_archive_keeps_the_torn_record(source: Path, tmp_path: Path) -> None:
    """Headers and what there was of the body."""
    pytest.importorskip("fastwarc")

    def record(number: int) -> bytes:
        body = TEXT.format(number, number).encode() * 40
        head = (
            f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
            f"WARC-Target-URI: https://a.example/{number}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body + b"\r\n\r\n"

    (source / "a.wet").write_bytes((record(1) + record(2) + record(3))[:-500])
    result = go(source, tmp_path / "out")
    assert told(result) == [("a.wet:3", "torn")]
    rejected = map(json.loads, (tmp_path / "out/rejected/records.jsonl").read_text().splitlines())
    (aside,) = (row for row in rejected if row.get("fault") == "torn")
    kept = (tmp_path / "out" / aside["bytes"]).read_bytes()
    assert b"WARC-Target-URI: https://a.example/3" in kept
    assert b"Report 3" in kept


@pytest.mark.parametrize("victim", ["b.jsonl", "b.csv"])
def test_a_shard_that_vanishes_under_the_run_is_named(source: Path, tmp_path: Path, victim: str) -> None:
    """The others are done; the next run, with the shard back, is as if nothing had been."""
    (source / "a.jsonl").write_text("\n".join(rows(600)) + "\n")
    content = (
        "id,text\n1,Rain fell on the town all day long and all night.\n" if victim[-3:] == "csv" else rows(1)[0] + "\n"
    )
    (source / victim).write_text(content)
    (source / "c.jsonl").write_text("\n".join(rows(2)) + "\n")

    def vanish(stage: str, documents: int, share: float) -> None:
        (source / victim).unlink(missing_ok=True)

    result = go(source, tmp_path / "out", progress=vanish)
    assert told(result) == [(victim, "unreadable")]
    assert result.account.documents["kept"] == 602
    (source / victim).write_text(content)
    assert go(source, tmp_path / "out").account.documents == {"kept": 603}


def test_a_page_that_vanishes_under_the_run_is_named(source: Path, tmp_path: Path) -> None:
    """Pages are read where they are cleaned."""
    for number in range(600):
        (source / f"{number:03}.txt").write_text(TEXT.format(number, number))

    def vanish(stage: str, documents: int, share: float) -> None:
        (source / "599.txt").unlink(missing_ok=True)

    result = go(source, tmp_path / "out", progress=vanish)
    assert told(result) == [("599.txt", "unreadable")]
    assert result.account.documents["kept"] == 599


def test_a_full_disk_is_told_and_the_next_run_goes_on(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the results stands; with room the run ends in the same bytes as one that never was short of it."""
    (source / "a.jsonl").write_text("\n".join(rows(900)) + "\n")
    go(source, tmp_path / "whole")
    sync, left = os.fsync, [2]

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="no room is left on the device"):
            go(source, tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert go(source, tmp_path / "out").reused > 0
    for name in ("a.jsonl", "ledger.jsonl.zst", "clusters.jsonl", "stats.json"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_shards_of_different_columns_keep_their_own(source: Path, tmp_path: Path) -> None:
    """Parquet and JSONL whose columns differ in name and type; a row whose text is a number is set aside."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = TEXT.format(1, 2)
    pq.write_table(pa.table({"text": [text], "n": pa.array([1], pa.int8())}), source / "a.parquet")
    pq.write_table(pa.table({"n": ["one"], "text": pa.array([text], pa.large_string())}), source / "b.parquet")
    pq.write_table(pa.table({"body": [text]}), source / "c.parquet")
    (source / "d.jsonl").write_text('{"text": 7}\n' + rows(1, more=[1])[0] + "\n" + rows(1, more={"a": 1})[0] + "\n")
    result = go(source, tmp_path / "out")
    assert told(result) == [("c.parquet", "unreadable"), ("d.jsonl:1", "text-not-string")]
    assert pq.read_table(tmp_path / "out/a.parquet").schema.field("n").type == pa.int8()
    assert pq.read_table(tmp_path / "out/b.parquet")["n"].to_pylist() == ["one"]
    more = [json.loads(line)["more"] for line in (tmp_path / "out/d.jsonl").read_text().splitlines()]
    assert more == [[1], {"a": 1}]


def test_a_record_past_the_limit_is_set_aside_with_its_beginning(source: Path, tmp_path: Path) -> None:
    """In a record file, as a page, in an archive; its neighbours are read."""
    long = json.dumps({"id": "long", "text": "rain " * 40_000})
    (source / "a.jsonl").write_text("\n".join([*rows(2), long, *rows(2)]) + "\n")
    config = Config(dedup=Dedup(enabled=False), max_record_bytes=100_000)
    result = go(source, tmp_path / "out", config)
    assert told(result) == [("a.jsonl:3", "too-long")]
    assert result.faults[0].fault is not None
    assert f"{len(long):,} bytes" in result.faults[0].fault.reason
    assert result.account.documents["kept"] == 4
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.txt").write_text("rain " * 40_000)
    (pages / "b.txt.gz").write_bytes(gzip.compress(b"rain " * 40_000))
    (pages / "c.txt").write_text(TEXT)
    assert told(go(pages, tmp_path / "out2", config)) == [("a.txt", "too-long"), ("b.txt.gz", "too-long")]


def test_every_reader_names_the_record_past_the_limit(source: Path, tmp_path: Path) -> None:
    """Rows of CSV, Parquet and Arrow, pages of archives that unpack to more, and rows of a dataset; others are read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    long = "réain " * 3_000
    texts = [TEXT.format(1, 1), long, TEXT.format(2, 2)]
    with (source / "a.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["text"], *([text] for text in texts)])
    pq.write_table(pa.table({"text": texts}), source / "b.parquet")
    with pa.ipc.new_file(source / "c.arrow", pa.schema([("text", pa.string())])) as sink:
        sink.write_table(pa.table({"text": texts}))
    result = go(source, tmp_path / "out", SMALL)
    assert told(result) == [("a.csv:2", "too-long"), ("b.parquet:2", "too-long"), ("c.arrow:2", "too-long")]
    assert all(f"is {len(long.encode()):,} bytes" in row.fault.reason for row in result.faults if row.fault)
    assert result.account.documents["kept"] == 6
    faults: list[Any] = []
    assert len(list(sk.read(source, max_record_bytes=1_000, on_fault=faults.append))) == 6
    assert [fault.fault for fault in faults] == ["too-long"] * 3
    with pytest.raises(InputError, match="more than the 1,000"):
        list(records_of([{"text": long}], SMALL))


def test_a_page_that_unpacks_past_the_limit_is_set_aside(source: Path, tmp_path: Path) -> None:
    """An archive tells the length as packed; the page is longer."""
    pytest.importorskip("fastwarc")
    body = gzip.compress(b"<p>rain</p>" * 2_000)
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nContent-Length: {len(http)}\r\n"
    more = "Content-Type: application/http; msgtype=response\r\nWARC-Target-URI: https://a.example/\r\n\r\n"
    (source / "a.warc").write_bytes((head + more).encode() + http + b"\r\n\r\n")
    assert told(go(source, tmp_path / "out", SMALL)) == [("a.warc:1", "too-long")]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_standard_input_has_the_same_limit(at: int) -> None:
    """The first line, or a later one; the line after it keeps its number."""
    texts = ["Rain fell.", "Snow fell."]
    texts.insert(at, "rain " * 4_000)
    data = b"\n" + "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
    found = list(stream_records(io.BytesIO(data), Fields(limit=1_000)))
    assert [item.fault if isinstance(item, Rejected) else item.data for item in found] == [
        "too-long" if len(text) > 1_000 else text for text in texts
    ]
    assert [item.place for item in found] == [f"standard input:{number}" for number in (2, 3, 4)]


@pytest.mark.parametrize("data", [b"rain " * 4_000, b"<html>\n" + b"rain\n" * 4_000, b"\n" * 20_000, b"{a" * 9_000])
def test_a_long_page_on_standard_input_is_set_aside(data: bytes) -> None:
    """Whether its lines are long or short; its true length is told and little of it is held."""
    (fault,) = stream_records(io.BytesIO(data), Fields(limit=1_000))
    assert isinstance(fault, Rejected)
    assert (fault.fault, fault.place) == ("too-long", "standard input")
    assert f"is {len(data):,} bytes" in fault.reason


def test_a_long_line_does_not_move_the_next() -> None:
    """Numbers go on; the one that is too long says how long it is."""
    data = b"one\n" + b"x" * 3_000_000 + b"\r\nthree\r\n" + b"y" * 1_200_000
    found = list(lines(io.BufferedReader(io.BytesIO(data)), "a", limit=1_000_000))
    assert [(number, bytes(line[:5])) for number, line in found] == [
        (1, b"one"),
        (2, b"xxxxx"),
        (3, b"three"),
        (4, b"yyyyy"),
    ]
    assert [line.size for _, line in found if isinstance(line, Overlong)] == [3_000_001, 1_200_000]


@pytest.mark.slow
def test_a_record_of_two_gigabytes_is_read_in_bounded_memory(source: Path, tmp_path: Path) -> None:
    """It is set aside by name; its neighbours are kept; the process stays below 0.9 GB."""
    with gzip.open(source / "a.jsonl.gz", "wb", compresslevel=1) as stream:
        stream.write(rows(1)[0].encode() + b'\n{"id": "huge", "text": "')
        for _ in range(256):
            stream.write(b"a" * 8_000_000)
        stream.write(b'"}\n' + rows(2)[1].encode() + b"\n")
    code = (
        "import re, sys\nfrom scrubkit.config import Config, Dedup\n"
        "from scrubkit.engine.run import Plan, clean_corpus\nfrom pathlib import Path\n"
        "done = clean_corpus(Plan((sys.argv[1],), Path(sys.argv[2]), Config(dedup=Dedup(enabled=False)), jobs=1))\n"
        "print(dict(done.account.documents), done.faults[0].fault.reason)\n"
        # ru_maxrss would be that of the tests' own process, which exec hands on.
        "print(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(scrubkit.__file__).parent.parent)}
    run = [sys.executable, "-c", code, str(source), str(tmp_path / "out")]
    said, peak = subprocess.run(run, env=env, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said.startswith("{'kept': 2, 'broken': 1} is 2,048,000,")
    assert int(peak) < 900_000


def test_numbers_that_are_none_stay_as_they_came(source: Path, tmp_path: Path) -> None:
    """NaN and infinities in passed-through columns and metadata, in JSON and in tables."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = json.dumps(TEXT.format(1, 1))
    (source / "a.jsonl").write_text(f'{{"text": {text}, "x": NaN, "y": null, "metadata": {{"z": [-Infinity, 1]}}}}\n')
    pq.write_table(pa.table({"text": [TEXT.format(2, 2)], "x": [math.nan]}), source / "b.parquet")
    go(source, tmp_path / "out")
    row = json.loads((tmp_path / "out/a.jsonl").read_text())
    assert math.isnan(row["x"])
    assert row["y"] is None
    assert row["metadata"]["z"] == [-math.inf, 1]
    assert row["metadata"]["scrubkit"]["language"] == "en"
    assert math.isnan(pq.read_table(tmp_path / "out/b.parquet")["x"][0].as_py())


def test_a_later_run_takes_the_report_of_the_earlier_one_away(source: Path, tmp_path: Path) -> None:
    """It would show what is no longer so; other people's files stay."""
    (source / "a.jsonl").write_text("\n".join(rows(2)) + "\n")
    go(source, tmp_path / "out")
    (tmp_path / "out" / "report.html").write_text("old")
    (tmp_path / "out" / "own.html").write_text("mine")
    go(source, tmp_path / "out")
    assert not (tmp_path / "out" / "report.html").exists()
    assert (tmp_path / "out" / "own.html").exists()


def test_reading_in_python_sets_the_same_records_aside(source: Path) -> None:
    """Faults go to the handler with their bytes."""
    (source / "a.jsonl").write_bytes(b'{"text": "Rain fell."}\n{"text": "torn')
    faults: list[Any] = []
    assert len(list(sk.read(source, on_fault=faults.append))) == 1
    assert [(fault.fault, fault.data) for fault in faults] == [("bad-json", b'{"text": "torn')]
