"""Whole runs on a Ray cluster of two nodes: the bytes of a run without it, with workers and nodes that die too."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import scrubkit
from scrubkit.config import Config, load
from scrubkit.engine.run import Plan, clean_corpus

ray = pytest.importorskip("ray")

pytestmark = [pytest.mark.slow, pytest.mark.interop, pytest.mark.filterwarnings("ignore")]

WORDS = [f"{a}{b}" for a in ("riv", "har", "mount", "gard", "win", "mark") for b in ("er", "bour", "ain", "en", "ter")]


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
