"""Whole runs: where things go, that nothing is lost, and that a run can be stopped and taken up."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from zlib import crc32

import pytest

from scrubkit.config import Config, Dedup, load
from scrubkit.core import OutputError, ScrubkitError
from scrubkit.engine.account import Account
from scrubkit.engine.duplicates import fates
from scrubkit.engine.restore import restored
from scrubkit.engine.rows import Row, from_json
from scrubkit.engine.run import Plan, Result, clean_corpus
from scrubkit.io.streams import lines, open_bytes

WORDS = ("river", "bridge", "harbour", "council", "engine", "winter", "market", "school", "garden", "letter", "valley")


def prose(seed: int, count: int = 60) -> str:
    """Return a paragraph of its own for each seed."""
    order = [WORDS[(seed * 7 + i * (seed + 3) + i * i) % len(WORDS)] for i in range(count)]
    return f"Report {seed} from the {order[0]}: " + " ".join(f"the {word} {seed + i}" for i, word in enumerate(order))


def page(seed: int) -> str:
    return f"Skip to main content\n\n{prose(seed)}.\n\n{prose(seed + 1000)}.\n"


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def go(source: Path, out: Path, **more: object) -> Result:
    config = more.pop("config", None) or load(isolated=True, overrides={"dedup": {"enabled": False}})
    assert isinstance(config, Config)
    return clean_corpus(Plan((str(source),), out, config, **{"jobs": 1, **more}))  # type: ignore[arg-type]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text(page(1))
    (root / "sub/b.txt").write_bytes(page(2).replace("\n", "\r\n").encode())
    (root / "sub/c.html").write_text(f"<html><body><nav>Home</nav><article><p>{prose(3)}.</p></article></body></html>")
    return root


def test_pages_come_to_stand_as_they_stood(pages: Path, tmp_path: Path) -> None:
    """Text keeps its name, HTML becomes text; beside them stand the ledger, the clusters, the numbers."""
    out = tmp_path / "out"
    go(pages, out)
    assert sorted(digest(out)) == [
        "a.txt", "clusters.jsonl", "ledger.jsonl.zst", "manifest.json", "stats.json", "sub/b.txt", "sub/c.html.txt",
    ]  # fmt: skip
    assert (out / "a.txt").read_text() == page(1).removeprefix("Skip to main content\n\n")
    told = json.loads((out / "manifest.json").read_text())
    assert told["input"]["files"] == 3
    assert told["config_hash"] == load(isolated=True, overrides={"dedup": {"enabled": False}}).hash


def test_restore_gives_the_input_texts(pages: Path, tmp_path: Path) -> None:
    """Flattened text comes back byte for byte, its line ends too; of HTML the laid-out text does."""
    out = tmp_path / "out"
    go(pages, out)
    texts = {document.id: document.text for document in restored(out)}
    assert texts["a.txt"] == page(1)
    assert texts["sub/b.txt"] == page(2).replace("\n", "\r\n")
    assert prose(3) in texts["sub/c.html"]


@pytest.mark.parametrize("form", ["same", "jsonl", "parquet"])
def test_restore_works_for_every_form(pages: Path, tmp_path: Path, form: str) -> None:
    """The ledger finds the clean text wherever it was written."""
    out = tmp_path / "out"
    go(pages, out, form=form)
    assert {d.id: d.text for d in restored(out)}["a.txt"] == page(1)


def test_a_changed_clean_text_is_noticed(pages: Path, tmp_path: Path) -> None:
    """Restore refuses to rebuild from a text that is not the ledger's."""
    out = tmp_path / "out"
    go(pages, out)
    (out / "a.txt").write_text("changed")
    with pytest.raises(ScrubkitError, match=r"a\.txt: the text of 'a.txt' was changed since it was cleaned"):
        list(restored(out))


def test_names_never_meet(tmp_path: Path) -> None:
    """A page named like a result, and a text named like a page's clean text, keep apart."""
    root = tmp_path / "in"
    (root / "rejected").mkdir(parents=True)
    (root / "rejected/a.txt").write_text(page(1))
    (root / "b.html").write_text(f"<p>{prose(2)}</p>")
    (root / "b.html.txt").write_text(page(3))
    out = tmp_path / "out"
    go(root, out)
    kept = [name for name in digest(out) if name.endswith(".txt")]
    assert kept == ["_rejected/a.txt", "b.html.txt", "b.html_.txt"]
    assert prose(2) in (out / "b.html_.txt").read_text()
    assert len(list(restored(out))) == 3


def test_compressed_copies_keep_apart(tmp_path: Path) -> None:
    """a.txt, a.txt.gz and a.txt.bz2 are three documents."""
    import bz2

    root = tmp_path / "in"
    root.mkdir()
    (root / "a.txt").write_text(page(1))
    (root / "a.txt.gz").write_bytes(gzip.compress(page(2).encode()))
    (root / "a.txt.bz2").write_bytes(bz2.compress(page(3).encode()))
    go(root, tmp_path / "out")
    assert [d.text for d in restored(tmp_path / "out")] == [page(1), page(3), page(2)]


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_pages_and_record_files_of_like_names_keep_apart(tmp_path: Path, form: str) -> None:
    """In one form too, with record files between the pages and named like their file."""
    root = tmp_path / "in"
    root.mkdir()
    for number, name in enumerate(("a.txt", "z.txt")):
        (root / name).write_text(page(number))
    for number, name in enumerate(("pages.jsonl", "b.jsonl", "b.ndjson"), 2):
        (root / name).write_text(json.dumps({"id": name, "text": page(number)}) + "\n")
    out = tmp_path / "out"
    config = load(isolated=True, overrides={"dedup": {"enabled": False}, "include": ["*json*"]})
    go(root, out, config=config, form=form)
    found = {d.id: d.text for d in restored(out)}
    wanted = ("a.txt", "z.txt", "pages.jsonl", "b.jsonl", "b.ndjson")
    assert found == {name: page(number) for number, name in enumerate(wanted)}


def test_records_keep_ids_columns_and_compression(tmp_path: Path) -> None:
    """Numbers stay numbers, unknown columns stay, scrubkit's fields stand under metadata.scrubkit."""
    root = tmp_path / "in"
    root.mkdir()
    row = {"id": 7, "text": page(1), "url": "https://a.example/x", "metadata": {"k": [1.5]}, "extra": {"a": None}}
    (root / "f.jsonl.gz").write_bytes(gzip.compress((json.dumps(row) + "\n").encode()))
    out = tmp_path / "out"
    go(root, out)
    (told,) = [json.loads(line) for line in gzip.decompress((out / "f.jsonl.gz").read_bytes()).splitlines()]
    ours = told["metadata"].pop("scrubkit")
    assert told == {**row, "text": page(1).removeprefix("Skip to main content\n\n")}
    assert ours["removed"] == {"NAV001": 22}


def test_parquet_keeps_its_schema(tmp_path: Path) -> None:
    """Columns and their types are the user's; one column of JSON is added."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    root = tmp_path / "in"
    root.mkdir()
    table = pa.table(
        {
            "n": pa.array([1, 2, 3], pa.int16()),
            "text": pa.array([page(1), " ", page(2)], pa.large_string()),
            "id": ["a", "b", "c"],
        }
    )
    pq.write_table(table, root / "f.parquet")
    out = tmp_path / "out"
    result = go(root, out)
    told = pq.read_table(out / "f.parquet")
    assert told.schema.field("n").type == pa.int16()
    assert told.schema.field("text").type == pa.large_string()
    assert told["id"].to_pylist() == ["a", "c"]
    assert json.loads(told["metadata"][0].as_py())["scrubkit"]["removed"] == {"NAV001": 22}
    assert result.account.documents["broken"] == 1
    assert [d.text for d in restored(out)] == [page(1), page(2)]


def test_set_aside_documents_keep_their_bytes(tmp_path: Path) -> None:
    """A rejected record's line is verbatim; the ledger restores its text as well."""
    root = tmp_path / "in"
    root.mkdir()
    line = '{"text":  "Skip to main content\\n" , "id":"n"}'
    (root / "f.jsonl").write_text(json.dumps({"id": "a", "text": page(1)}) + "\n" + line + "\n")
    out = tmp_path / "out"
    go(root, out)
    assert (out / "rejected/lines/f.jsonl").read_text() == line + "\n"
    (told,) = [json.loads(row) for row in (out / "rejected/records.jsonl").read_text().splitlines()]
    assert (told["bytes"], told["line"], told["verdict"]) == ("rejected/lines/f.jsonl", 1, "rejected")
    assert {d.id: d.text for d in restored(out)}["n"] == "Skip to main content\n"


def test_the_same_bytes_for_any_number_of_workers(tmp_path: Path) -> None:
    """Work is cut the same way and results are put in the order of the input."""
    root = tmp_path / "in"
    root.mkdir()
    for part in range(3):
        rows = [{"id": f"{part}-{i}", "text": page(part * 100 + i)} for i in range(20)]
        (root / f"{part}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (root / "0.jsonl").write_text((root / "0.jsonl").read_text() + "{bad\n")
    for jobs in (1, 2):
        go(root, tmp_path / f"out{jobs}", jobs=jobs)
    assert digest(tmp_path / "out1") == digest(tmp_path / "out2")


def test_a_killed_run_is_taken_up_and_ends_in_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 in the middle; the next run reuses finished shards."""
    monkeypatch.setattr("scrubkit.engine.run.code_version", lambda: "x")  # sources may be edited while tests run
    code = (
        "import time; from scrubkit.engine import run, work; run.code_version = lambda: 'x'; write = work.write_rows\n"
        "work.write_rows = lambda *given, **how: (time.sleep(0.2), write(*given, **how))\n"  # slow enough to be killed in the middle
        "from scrubkit.cli import main; main()"
    )
    root = tmp_path / "in"
    root.mkdir()
    ends = [name for i in range(4000) if not crc32((name := f"{i}.txt").encode()) % 128]  # each ends a piece of work
    for number, name in enumerate(ends[:20]):
        (root / name).write_text(page(number))
    go(root, tmp_path / "whole")
    out = tmp_path / "out"
    command = [sys.executable, "-c", code, "clean", str(root), "-o", str(out), "--isolated", "--no-dedup", "-j1"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as run:
        while run.poll() is None and len(list(out.glob(".scrubkit/clean-*/*.rows"))) < 1:
            time.sleep(0.01)
        os.kill(run.pid, signal.SIGKILL)
    assert not (out / "manifest.json").exists()
    result = go(root, out)
    assert result.reused >= 1
    assert digest(out) == digest(tmp_path / "whole")


def test_a_run_replaces_an_earlier_one_and_nothing_else(pages: Path, tmp_path: Path) -> None:
    """What the earlier run wrote goes, what somebody put there stays."""
    out = tmp_path / "out"
    go(pages, out)
    (out / "notes.md").write_text("mine")
    (pages / "sub/b.txt").unlink()
    go(pages, out)
    assert "sub/b.txt" not in digest(out)
    assert (out / "notes.md").read_text() == "mine"
    assert not (out / ".scrubkit").exists()


def test_kept_work_is_used_again_where_only_later_stages_change(pages: Path, tmp_path: Path) -> None:
    """Settings of the search for duplicates do not touch cleaning; a rule does."""
    out = tmp_path / "out"
    go(pages, out, keep_work=True)
    changed = load(isolated=True, overrides={"dedup": {"enabled": False, "jaccard": 0.5}})
    assert go(pages, out, keep_work=True, config=changed).reused == 1
    other = load(isolated=True, overrides={"ignore": ["NAV001"], "dedup": {"enabled": False}})
    assert go(pages, out, keep_work=True, config=other).reused == 0


def test_a_dry_run_writes_nothing(pages: Path, tmp_path: Path) -> None:
    """The account is that of a real run."""
    result = go(pages, tmp_path / "out", dry_run=True)
    assert result.account.documents["kept"] == 3
    assert not (tmp_path / "out").exists()


def test_two_runs_into_one_folder_are_refused(pages: Path, tmp_path: Path) -> None:
    """The second one is told, not queued."""
    from scrubkit.engine.place import claim

    out = tmp_path / "out"
    with claim(out, overwrite=False), pytest.raises(OutputError, match="another run is writing here"):
        go(pages, out)


def test_duplicates_are_dropped_with_their_keeper_named(tmp_path: Path) -> None:
    """The copy goes to rejected/ with its bytes; clusters.jsonl has a row for both."""
    root = tmp_path / "in"
    root.mkdir()
    for name in "abc":
        (root / f"{name}.txt").write_text(page(5) if name != "c" else page(900))
    out = tmp_path / "out"
    result = go(root, out, config=load(isolated=True))
    rows = [json.loads(line) for line in (out / "clusters.jsonl").read_text().splitlines()]
    assert [(r["id"], r["keeper"], r["verdict"], r["of"]) for r in rows] == [
        ("a.txt", True, "keeper", None),
        ("b.txt", False, "exact", "a.txt"),
        ("c.txt", True, "unique", None) if rows[2]["keeper"] else ("c.txt", False, "unique", None),
    ]
    (told,) = [json.loads(line) for line in (out / "rejected/records.jsonl").read_text().splitlines()]
    assert (told["verdict"], told["codes"], told["of"], told["reason"]) == (
        "duplicate", ["DUP001"], "a.txt", "exact of a.txt",
    )  # fmt: skip
    assert (out / "rejected/files/b.txt").read_text() == page(5)
    assert result.account.documents == {"kept": 2, "duplicates": 1}


def test_tagged_duplicates_stay(tmp_path: Path) -> None:
    """They say of whom they are a copy."""
    root = tmp_path / "in"
    root.mkdir()
    rows = [{"id": "a", "text": page(5)}, {"id": "b", "text": page(5)}]
    (root / "f.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = tmp_path / "out"
    result = go(root, out, config=load(isolated=True, overrides={"dedup": {"action": "tag"}}))
    told = [json.loads(line)["metadata"]["scrubkit"] for line in (out / "f.jsonl").read_text().splitlines()]
    assert "duplicate" not in told[0]
    assert told[1]["duplicate"]["of"] == "a"
    assert result.account.tagged == 1


def test_a_run_that_would_drop_too_much_stops_and_shows_the_clusters(tmp_path: Path) -> None:
    """Nothing is published; the clusters can be looked at, and the same run with a higher limit goes on."""
    root, out = tmp_path / "in", tmp_path / "out"
    root.mkdir()
    rows = [{"id": str(i), "text": page(i % 3)} for i in range(30)]
    (root / "f.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    look = out / ".scrubkit/clusters.jsonl"
    with pytest.raises(ScrubkitError, match=r"\d+ of 30 documents \(9\d%\) would be dropped") as error:
        go(root, out, config=load(isolated=True))
    assert f"the clusters are in {look}; if they are right raise --max-drop and run again" in str(error.value)
    assert len(look.read_text().splitlines()) == 30
    assert not (out / "manifest.json").exists()
    result = go(root, out, config=load(isolated=True, overrides={"dedup": {"max-drop": 1.0}}))
    assert result.account.documents["kept"] + result.account.documents["duplicates"] == 30
    assert result.reused == 1


def test_a_run_that_compares_nothing_holds_nothing_of_its_documents(tmp_path: Path) -> None:
    """Without the search for duplicates every kept document is its own cluster, numbered in order."""
    root = tmp_path / "in"
    root.mkdir()
    rows = [{"id": f"r{n}", "text": page(n) if n % 3 else " "} for n in range(9)]
    (root / "f.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    go(root, tmp_path / "out")
    told = [json.loads(line) for line in (tmp_path / "out/clusters.jsonl").read_text().splitlines()]
    assert [(row["id"], row["cluster"], row["keeper"]) for row in told] == [
        (f"r{n}", at, True) for at, n in enumerate((1, 2, 4, 5, 7, 8))
    ]  # fmt: skip
    seen = Account()
    assert fates(
        (seen.add(row, "kept", ()) or row for row in [Row("a", 1, "a", "a")] * 3), Dedup(enabled=False), root
    ) == (None, ())
    assert seen.documents == {"kept": 3}


def test_half_characters_do_not_end_a_run(tmp_path: Path) -> None:
    """A headline in a page's JSON-LD that escapes half a character is kept with a mark in its place."""
    root = tmp_path / "in"
    root.mkdir()
    told = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Rain \\ud83d fell"}</script>'
    (root / "a.html").write_text(f"<html><head>{told}</head><body><article><p>{prose(3)}.</p></article></body></html>")
    (root / "b.txt").write_text(page(1))
    result = go(root, tmp_path / "out")
    assert result.account.documents == {"kept": 2}
    assert "\ud83d" not in str([from_json(line) for line in _ledger(tmp_path / "out")])


def _ledger(out: Path) -> list[bytes]:
    with open_bytes(out / "ledger.jsonl.zst") as stream:
        return [line for _, line in lines(stream, "ledger")]
