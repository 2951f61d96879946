"""Whole runs on a Ray cluster of two nodes: the bytes of a run without it, with pages, workers and nodes that die too."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import scrubkit
from scrubkit import entrypoints
from scrubkit.config import Config, load
from scrubkit.engine.run import Plan, clean_corpus

ray = pytest.importorskip("ray")

pytestmark = [pytest.mark.slow, pytest.mark.interop, pytest.mark.filterwarnings("ignore")]

WORDS = [f"{a}{b}" for a in ("riv", "har", "mount", "gard", "win", "mark") for b in ("er", "bour", "ain", "en", "ter")]

WORST = ("HANGS", "HOGS", "CROWDS", "FAULTS")


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(autouse=True)
def _workers_find_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrubkit.engine.run.code_version", lambda: "x")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    root = str(Path(scrubkit.__file__).parent.parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]))


@pytest.fixture
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        yield made
    finally:
        made.shutdown()


def write(source: Path, *, parts: int, rows: int) -> None:
    """Write record files with copies and broken lines, and the settings' pages beside them in a folder."""
    rng = random.Random(5)
    source.mkdir()
    seen: list[str] = []
    for part in range(parts):
        lines = []
        for i in range(rows):
            text = "Skip to main content\n\n" + " ".join(rng.choices(WORDS, k=90)) + ".\n\nShare this article\n"
            text = rng.choice(seen) if seen and rng.random() < 0.1 else text
            seen.append(text)
            lines.append(json.dumps({"id": f"{part}-{i}", "text": text}))
        (source / f"{part}.jsonl").write_text("\n".join([*lines, "{broken"]) + "\n")


def test_a_cluster_of_two_nodes_gives_the_bytes_of_one_process(tmp_path: Path, cluster: Any) -> None:
    """Records, broken records, copies: every file of the output, duplicates and clusters included."""
    write(tmp_path / "in", parts=3, rows=150)
    config = load(isolated=True)
    one = clean_corpus(Plan((str(tmp_path / "in"),), tmp_path / "one", config, jobs=1))
    assert one.account.documents["duplicates"] > 10
    cluster.add_node(num_cpus=1)
    clean_corpus(Plan((str(tmp_path / "in"),), tmp_path / "ray", config, engine="ray", address=cluster.address))
    assert digest(tmp_path / "ray") == digest(tmp_path / "one")
    assert not ray.is_initialized()


def _descendants(name: bytes) -> list[int]:
    """Return processes whose title begins with a name and that belong to this test: Ray's workers say what they run."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and name in (entry / "cmdline").read_bytes() and _is_ours(int(entry.name)):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _is_ours(pid: int) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return f"PYTEST_CURRENT_TEST={os.environ['PYTEST_CURRENT_TEST']}".encode() in environment


def test_a_worker_and_a_node_that_die_change_nothing(tmp_path: Path, cluster: Any) -> None:
    """kill -9 of a worker at its work, then the loss of the second node: the same bytes, nothing set aside."""
    write(tmp_path / "in", parts=12, rows=100)
    config: Config = load(isolated=True, overrides={"dedup": {"enabled": False}})
    clean_corpus(Plan((str(tmp_path / "in"),), tmp_path / "one", config, jobs=1))
    second = cluster.add_node(num_cpus=1)
    done = threading.Event()
    killed: list[int] = []

    def kill() -> None:
        while not done.is_set() and not killed:
            for pid in _descendants(b"ray::pack_job"):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
                break
            time.sleep(0.02)
        time.sleep(1)
        cluster.remove_node(second)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        clean_corpus(Plan((str(tmp_path / "in"),), tmp_path / "ray", config, engine="ray", address=cluster.address))
    finally:
        done.set()
        thread.join()
    assert killed
    assert digest(tmp_path / "ray") == digest(tmp_path / "one")


HOSTILE = """
import os, re, signal, time
from pathlib import Path

from scrubkit.plugins import Family, Rule

MARKS = Path(__file__).with_name("marks")
ACTS = {
    "HANGS": lambda: re.match(r"(a+)+$", "a" * 64 + "c"),
    "HOGS": lambda: [bytearray(20_000_000) for _ in range(1 << 30)],
    "CROWDS": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "FAULTS": lambda: os.kill(os.getpid(), signal.SIGSEGV),
}


def find(sheet):
    for word, act in ACTS.items():
        if any(word in line for line in sheet.text):
            (MARKS / f"{word}-{os.getpid()}-{time.monotonic_ns()}").touch()
            act()
    return ()


RULES = (Family("XHO", "nav", "Hostile"), Rule("XHO001", "hostile-word", "Harm", "None.", scope="document", test=find))
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put a plug-in on the path, of every process that is started, whose rule hangs, fills memory or dies at a word."""
    site = tmp_path / "site"
    info = site / "hostile-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "marks").mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[scrubkit.rules]\nhostile = hostile_rule:RULES\n")
    (site / "hostile_rule.py").write_text(HOSTILE)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ["PYTHONPATH"]]))
    yield site / "marks"
    entrypoints.choose(True)
    sys.modules.pop("hostile_rule", None)


def test_a_limit_met_on_a_cluster_is_quarantined_as_in_one_process(tmp_path: Path, hostile: Path, cluster: Any) -> None:
    """Pages that hang, fill the memory, are killed or crash: the same bytes in every file, the same reasons told."""
    source = tmp_path / "in"
    write(source, parts=2, rows=40)
    rows = [{"id": f"bad-{word}", "text": f"The river rose, and the gauge {word} ever since.\n"} for word in WORST]
    (source / "bad.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for word in ("HANGS", "HOGS"):
        (source / f"{word}.html").write_text(f"<title>t</title><p>The river rose, and the gauge {word} ever since.")
    config = load(
        isolated=True,
        overrides={
            "max-seconds-per-document": 3,
            "max-memory-per-document": "300M",
            "extend-select": ["XHO001"],
            "include": ["*.jsonl"],
        },
    )
    one = clean_corpus(Plan((str(source),), tmp_path / "one", config, jobs=1))
    assert one.account.over_limit == 5
    assert one.account.faults["crash"] == 1
    begun = len(list(hostile.iterdir()))
    cluster.add_node(num_cpus=1)
    plan = Plan((str(source),), tmp_path / "ray", config, engine="ray", address=cluster.address)
    assert clean_corpus(plan).account == one.account
    assert len(list(hostile.iterdir())) > begun  # it was on the cluster that they did their harm
    assert digest(tmp_path / "ray") == digest(tmp_path / "one")
    told = [json.loads(line) for line in (tmp_path / "ray/rejected/records.jsonl").read_text().splitlines()]
    met = {row["id"]: row["because"]["ERR002"] for row in told if row["verdict"] == "quarantined"}
    assert met == {
        "HANGS.html": {"limit": "seconds", "allowed": 3.0},
        "HOGS.html": {"limit": "memory", "allowed": "300M"},
        "bad-HANGS": {"limit": "seconds", "allowed": 3.0},
        "bad-HOGS": {"limit": "memory", "allowed": "300M"},
        "bad-CROWDS": {"limit": "memory", "allowed": "300M", "signal": "SIGKILL"},
    }
