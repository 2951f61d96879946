"""Steps in datatrove's own executor, beside its own readers and writers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import IO

import pytest

import scrubkit as sk
from scrubkit.config import Config
from scrubkit.interop import Clean, Read, Write
from scrubkit.io.streams import open_bytes

pytest.importorskip("datatrove")

pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("ignore")]

TEXT = "Skip to main content\n\nReport {}: the river rose on Monday by {} metres and fell again in the evening.\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for part in range(3):
        rows = [json.dumps({"id": f"{part}-{i}", "text": TEXT.format(part, i), "lang": "en"}) for i in range(20)]
        rows.append(json.dumps({"id": f"{part}-menu", "text": "Skip to main content\nHome | News | Sport\n"}))
        (folder / f"{part}.jsonl").write_text("\n".join(rows) + "\n")
    return folder


def test_our_reader_and_writer_in_their_executor(source: Path, tmp_path: Path) -> None:
    """Two tasks read everything once between them; what is rejected goes to the exclusion writer with its reason."""
    from datatrove.executor import LocalPipelineExecutor

    steps = [Read(str(source)), Clean(Config(), Write(str(tmp_path / "gone"))), Write(str(tmp_path / "out"))]
    LocalPipelineExecutor(steps, tasks=2, workers=1, logging_dir=str(tmp_path / "logs")).run()
    (told,) = [row for row in json.loads((tmp_path / "logs" / "stats.json").read_text()) if "🧽" in row["name"]]
    assert told["stats"]["total"] == 63
    assert told["stats"]["dropped"] == 3
    rows = list(sk.read(tmp_path / "out"))
    assert sorted(row.id for row in rows) == sorted(f"{part}-{i}" for part in range(3) for i in range(20))
    assert all(str(row.data).startswith("Report") for row in rows)
    assert rows[0].metadata["lang"] == "en"
    assert rows[0].metadata["scrubkit"]["verdict"] == "kept"
    gone = list(sk.read(tmp_path / "gone"))
    assert sorted(row.id for row in gone) == ["0-menu", "1-menu", "2-menu"]
    assert gone[0].metadata["filter_reason"].startswith("QLT")


@pytest.mark.parametrize("ranks", [1, 2, 3, 5])
def test_ranks_read_everything_once_and_name_what_is_broken_once(source: Path, ranks: int) -> None:
    """Rows, a torn row, and what is no file, with more files than ranks and with fewer."""
    (source / "0.jsonl").write_text((source / "0.jsonl").read_text() + "{torn\n")
    (source / "lost.jsonl").symlink_to(source / "nowhere.jsonl")
    steps = [Read(str(source)) for _ in range(ranks)]
    got = [document.id for rank, step in enumerate(steps) for document in step(None, rank, ranks)]
    assert sorted(got) == sorted(record.id for record in sk.read(source, on_fault=lambda _: None))
    assert sorted(fault.fault for step in steps for fault in step.faults) == ["bad-json", "dead-link"]
    assert "dead-link" in [fault.fault for fault in steps[0].faults]


def test_a_rank_reads_its_own_files_alone(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not all of the input to drop what is another's."""
    from scrubkit.io import tasks

    opened: list[str] = []

    def watched(path: Path) -> IO[bytes]:
        opened.append(path.name)
        return open_bytes(path)

    monkeypatch.setattr(tasks, "open_bytes", watched)
    list(Read(str(source))(None, 1, 2))
    assert opened == ["1.jsonl"]


def test_our_filter_between_their_reader_and_writer(source: Path, tmp_path: Path) -> None:
    """Their JSONL in, their JSONL out, their exclusion writer."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    steps = [
        JsonlReader(str(source)),
        Clean(Config(), JsonlWriter(str(tmp_path / "gone"))),
        JsonlWriter(str(tmp_path / "out")),
    ]
    LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir=str(tmp_path / "logs")).run()
    with gzip.open(tmp_path / "out" / "00000.jsonl.gz", "rt") as stream:
        rows = [json.loads(line) for line in stream]
    assert len(rows) == 60
    assert all(row["text"].startswith("Report") for row in rows)
    with gzip.open(tmp_path / "gone" / "00000.jsonl.gz", "rt") as stream:
        assert [json.loads(line)["id"] for line in stream] == ["0-menu", "1-menu", "2-menu"]


def test_pages_keep_their_bytes_until_they_are_cleaned(tmp_path: Path) -> None:
    """An HTML page in Latin-1 is decoded by ingest, not by the reader."""
    (tmp_path / "a.html").write_bytes(
        (
            '<meta charset="iso-8859-1"><h1>Regen im Tal</h1>'
            "<p>Im Tal fiel gestern den ganzen Tag über Regen, und die Flüsse stiegen um mehr als zwei Meter an.</p>"
            "<p>Die Feuerwehr war bis in die Nacht mit Pumpen unterwegs, wie der Bürgermeister am Abend sagte.</p>"
        ).encode("iso-8859-1")
    )
    (page,) = Clean()(Read(str(tmp_path))())
    assert "Flüsse" in page.text
    assert "scrubkit_source" not in page.metadata
