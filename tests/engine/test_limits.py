"""A document that hangs, fills the memory or kills its worker is set aside; every other comes out as without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import scrubkit
from scrubkit.config import Config, load, size_of
from scrubkit.engine.restore import restored
from scrubkit.engine.rows import from_json
from scrubkit.io.streams import lines, open_bytes
from scrubkit.processes.limits import OUT_OF_MEMORY, Death, Limits

RUN = Path(__file__).with_name("hostile_run.py")
# Enough for a page, and for filling the memory, where ten others want the same processors.
LIMITS = ["--max-seconds-per-document", "6", "--max-memory-per-document", "300M"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")


def text(number: int, word: str = "") -> str:
    return (
        f"Skip to main content\n\nReport {number} {word}: the river rose by {number * 7} metres on Monday and the bridge "
        f"of valley {number * 31} was closed until gauge {number * 17} fell again in the evening of day {number}.\n"
    )


def write(folder: Path, culprits: dict[int, str], count: int = 90) -> Path:
    """Write pages, and records in files of 40; those of ``culprits`` hold a word that does harm."""
    (folder / "pages").mkdir(parents=True)
    for number in range(count):
        (folder / f"pages/{number:03}.txt").write_text(text(number, culprits.get(number, "")))
    for part in range(2):
        numbers = range(1000 + part * 40, 1040 + part * 40)
        rows = [{"id": f"r{n}", "text": text(n, culprits.get(n, "")), "k": n} for n in numbers]
        (folder / f"{part}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def clean(source: Path, out: Path, *options: str, expected: int = 1) -> str:
    """Clean in a process of its own; return what it said."""
    marks = out.with_name(f"{out.name}-marks")
    marks.mkdir(exist_ok=True)
    command = [sys.executable, str(RUN), str(marks), "clean", str(source), "-o", str(out), "--isolated"]
    env = {**os.environ, "PYTHONPATH": str(Path(scrubkit.__file__).parent.parent)}
    done = subprocess.run(
        [*command, "--include", "*.jsonl", *options], capture_output=True, text=True, env=env, timeout=300
    )
    assert done.returncode == expected, done.stderr
    return done.stderr


def kept(out: Path) -> dict[str, bytes]:
    """Return what a run kept, by name: pages as files, records by their ids."""
    found = {path.name: path.read_bytes() for path in sorted(out.glob("pages/*"))}
    for path in sorted(out.glob("*.jsonl")):
        if path.name != "clusters.jsonl":
            found |= {from_json(row)["id"]: row for row in path.read_bytes().splitlines()}
    return found


def ledger(out: Path) -> dict[str, Any]:
    """Return the ledger's lines by id; but where it stands: rows shift where a record is missing."""
    with open_bytes(out / "ledger.jsonl.zst") as stream:
        told = [from_json(line) for _, line in lines(stream, "ledger")]
    return {row["id"]: {key: value for key, value in row.items() if key not in ("row", "place")} for row in told}


def aside(out: Path) -> dict[str, Any]:
    path = out / "rejected/records.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return {row["id"]: row for row in rows}


CULPRITS = {
    3: "HANGS", 40: "SLEEPS", 41: "HOGS", 60: "ARRAY", 61: "CROWDS", 1003: "HANGS", 1030: "HOGS", 1050: "ABORTS",
}  # fmt: skip
LIMIT = {"HANGS": "seconds", "SLEEPS": "seconds", "HOGS": "memory", "ARRAY": "memory", "CROWDS": "memory"}
LIMIT["ABORTS"] = "memory"


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_only_the_documents_at_fault_are_set_aside(tmp_path: Path, jobs: str) -> None:
    """In compiled code too: each is quarantined with its bytes and the limit, the others are as in a run without it."""
    source = write(tmp_path / "in", CULPRITS)
    names = {n: f"pages/{n:03}.txt" if n < 1000 else f"r{n}" for n in CULPRITS}
    told = clean(source, tmp_path / "out", "-j", jobs, *LIMITS)
    assert "8 documents met a limit of time or memory (ERR002) and were set aside" in told
    clean(write(tmp_path / "plain", {}), tmp_path / "undisturbed", "-j", jobs, *LIMITS, expected=0)
    found, wanted = kept(tmp_path / "out"), kept(tmp_path / "undisturbed")
    gone = {name.removeprefix("pages/") for name in names.values()}
    assert found == {name: data for name, data in wanted.items() if name not in gone}
    entries, undisturbed = ledger(tmp_path / "out"), ledger(tmp_path / "undisturbed")
    for number, word in CULPRITS.items():
        name = names[number]
        row = aside(tmp_path / "out")[name]
        assert (row["verdict"], row["codes"]) == ("quarantined", ["ERR002"])
        assert row["because"]["ERR002"]["limit"] == LIMIT[word]
        assert entries.pop(name)["text"] == text(number, word)
        del undisturbed[name]
        data = (tmp_path / "out" / row["bytes"]).read_bytes()
        if number < 1000:
            assert data.decode() == text(number, word)
        else:
            assert json.loads(data.splitlines()[row["line"] - 1]) == {
                "id": name,
                "text": text(number, word),
                "k": number,
            }
    assert entries == undisturbed
    back = {document.id: document.text for document in restored(tmp_path / "out")}
    assert back[names[3]] == text(3, "HANGS")


@pytest.mark.slow
def test_a_document_gets_a_second_chance_by_itself(tmp_path: Path) -> None:
    """What was slow, crowded out or crashed only once (a stopped machine, another's memory) is kept, byte for byte."""
    words = {5: "SLEEPS ONCE", 1010: "HOGS ONCE", 1060: "CROWDS ONCE"}
    clean(write(tmp_path / "in", words), tmp_path / "out", "-j", "2", *LIMITS, expected=0)
    assert aside(tmp_path / "out") == {}
    assert len(kept(tmp_path / "out")) == 170


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_worker_that_is_killed_at_the_second_chance_is_no_proof(tmp_path: Path, jobs: str) -> None:
    """Who killed it is not known: the document is tried once more, and those around it once as ever."""
    words = {5: "CROWDS TWICE", 1010: "FAULTS TWICE", 1060: "ABORTS TWICE"}
    clean(write(tmp_path / "in", words), tmp_path / "out", "-j", jobs, *LIMITS, expected=0)
    assert aside(tmp_path / "out") == {}
    assert len(kept(tmp_path / "out")) == 170
    assert len(list(tmp_path.glob("out-marks/*"))) == 9


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_workers_that_end_before_they_begin_cost_no_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    """A few in a row are started again; where none comes to work the run ends and says so."""
    source = write(tmp_path / "in", {})
    monkeypatch.setenv("STILLBORN", "6")
    clean(source, tmp_path / "out", "-j", jobs, *LIMITS, expected=0)
    assert aside(tmp_path / "out") == {}
    assert len(kept(tmp_path / "out")) == 170
    monkeypatch.setenv("STILLBORN", "1000")
    told = clean(source, tmp_path / "none", "-j", jobs, *LIMITS, expected=2)
    assert "20 workers in a row ended before they had begun (SIGKILL)" in told


@pytest.mark.slow
def test_a_document_that_crashes_its_worker_is_broken_and_names_the_signal(tmp_path: Path) -> None:
    """Without limits too, where more than one worker cleans."""
    options = ["-j", "2", "--max-seconds-per-document", "0", "--max-memory-per-document", "0"]
    clean(write(tmp_path / "in", {7: "FAULTS"}), tmp_path / "out", *options)
    (row,) = aside(tmp_path / "out").values()
    assert (row["id"], row["fault"], row["reason"]) == (
        "pages/007.txt", "crash", "ended the worker that cleaned it (SIGSEGV)",
    )  # fmt: skip
    assert (tmp_path / "out" / row["bytes"]).read_text() == text(7, "FAULTS")


@pytest.mark.slow
def test_an_interrupted_run_remembers_what_it_set_aside(tmp_path: Path) -> None:
    """A finished piece with such a document is not cleaned again: the next run comes to the same end at once."""
    source = write(tmp_path / "in", {3: "HANGS"}, count=10)
    clean(source, tmp_path / "out", "-j", "1", "--keep-work", *LIMITS)
    marks = len(list(tmp_path.glob("out-marks/*")))
    assert marks == 2
    first = {path.name: path.read_bytes() for path in tmp_path.glob("out/rejected/*.jsonl")}
    (tmp_path / "out/manifest.json").unlink()
    told = clean(source, tmp_path / "out", "-j", "1", *LIMITS)
    assert "finished pieces of work were taken over" in told
    assert len(list(tmp_path.glob("out-marks/*"))) == marks
    assert {path.name: path.read_bytes() for path in tmp_path.glob("out/rejected/*.jsonl")} == first


@pytest.mark.slow
def test_a_stream_leaves_out_and_names_what_meets_a_limit(tmp_path: Path) -> None:
    """Standard input to standard output: the other records come in their order, the exit code is 1."""
    write(tmp_path / "in", {1003: "HANGS", 1030: "HOGS"}, count=0)
    command = [sys.executable, str(RUN), str(tmp_path), "clean", "-", "--isolated", *LIMITS]
    env = {**os.environ, "PYTHONPATH": str(Path(scrubkit.__file__).parent.parent)}
    given = (tmp_path / "in/0.jsonl").read_text()
    done = subprocess.run(command, input=given, capture_output=True, text=True, env=env, timeout=300)
    assert done.returncode == 1, done.stderr
    ids = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert ids == [f"r{n}" for n in range(1000, 1040) if n not in (1003, 1030)]
    assert "quarantined by ERR002" in done.stderr
    assert "Traceback" not in done.stderr


def test_limits_are_settings() -> None:
    """They can be set to nothing, and change the hash that finished work is known by."""
    none = load(isolated=True, overrides={"max-seconds-per-document": 0, "max-memory-per-document": "0"})
    assert not Limits.of(none)
    assert Limits.of(Config()) == Limits(60.0, size_of("2G"))
    assert none.cleaning_hash != Config().cleaning_hash


@pytest.mark.parametrize(
    ("code", "limit", "how"),
    [
        (-14, "seconds", "SIGALRM"),
        (OUT_OF_MEMORY, "memory", "exit code 77"),
        (-9, "memory", "SIGKILL"),
        (-11, None, "SIGSEGV"),
        (3, None, "exit code 3"),
        (None, None, "it was lost"),
    ],
)
def test_a_death_says_which_limit_was_met(code: int | None, limit: str | None, how: str) -> None:
    """By the signal that ended the process."""
    assert (Death(code).limit, Death(code).how) == (limit, how)


def test_a_document_by_itself_spends_no_time_on_loading() -> None:
    """Whatever the opinions on its language need is loaded before its clock starts: a crowded machine takes seconds."""
    code = (
        "import sys; from scrubkit.config import Config; from scrubkit.engine.work import Cleaner\n"
        "from scrubkit.processes.limits import Limits\n"
        "class Nothing:\n    def records(self, fields): return iter(())\n"
        "assert list(Cleaner(Config(), Limits(60.0)).singly(Nothing())) == []\n"
        "before = set(sys.modules); from scrubkit.ingest.language import identify\n"
        "from scrubkit.processes.samples import DOUBTFUL; identify(DOUBTFUL[50:])\n"
        "print(sorted(name for name in set(sys.modules) - before if '.' not in name), 'langdetect' in before)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(scrubkit.__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[] True", done.stderr
