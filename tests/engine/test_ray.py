"""The same run on a Ray cluster of two nodes gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

import scrubkit
from scrubkit.config import load
from scrubkit.engine.run import Plan, clean_corpus

ray = pytest.importorskip("ray")


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_of_two_nodes_gives_the_bytes_of_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages, records and broken records alike; nothing is left running."""
    from ray.cluster_utils import Cluster

    monkeypatch.setattr("scrubkit.engine.run.code_version", lambda: "x")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    root = str(Path(scrubkit.__file__).parent.parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]))
    source = tmp_path / "in"
    source.mkdir()
    text = "Skip to main content\n\nReport {}: the river rose on Monday by {} metres and fell again in the evening.\n"
    for part in range(2):
        rows = [json.dumps({"id": f"{part}-{i}", "text": text.format(part, i)}) for i in range(300)]
        (source / f"{part}.jsonl").write_text("\n".join([*rows, "{broken"]) + "\n")
    config = load(isolated=True, overrides={"dedup": {"enabled": False}})
    clean_corpus(Plan((str(source),), tmp_path / "one", config, jobs=1))
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        cluster.add_node(num_cpus=1)
        clean_corpus(Plan((str(source),), tmp_path / "ray", config, engine="ray", address=cluster.address))
    finally:
        cluster.shutdown()
    assert digest(tmp_path / "ray") == digest(tmp_path / "one")
    assert not ray.is_initialized()
