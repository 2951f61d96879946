"""What a run may take for the search changes nothing that it writes, and leaves nothing behind."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

from scrubkit.config import load
from scrubkit.engine.run import Plan, clean_corpus

WORDS = [
    "river",
    "mill",
    "town",
    "harbour",
    "council",
    "gauge",
    "winter",
    "wall",
    "market",
    "pump",
    "road",
    "school",
    "church",
    "bridge",
    "ferry",
    "storm",
]


def article(rng: random.Random) -> str:
    """Return two paragraphs of sentences."""
    sentences = [
        " ".join(rng.choice(WORDS) + rng.choice("aeiou") * rng.randrange(3) for _ in range(rng.randrange(8, 15)))
        for _ in range(8)
    ]
    told = [f"{sentence.capitalize()} {rng.randrange(90)}." for sentence in sentences]
    return " ".join(told[:4]) + "\n\n" + " ".join(told[4:])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Records with copies, shortened copies, shared lines, ids that stand twice, dates and hosts."""
    rng = random.Random(3)
    bodies: list[str] = []
    for at in range(150):
        body = article(rng) if at < 20 or at % 4 else rng.choice(bodies)
        bodies.append(body if at % 8 else body[: -len(body) // 4])
    path = tmp_path / "in.jsonl"
    rows = (
        {
            "id": f"d{at % 140}",
            "text": f"Home\nRead the newest of our stories in the app today.\n\n{body}\n",
            "url": f"https://host{at % 7}.example/{at}",
        }
        for at, body in enumerate(bodies)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def written(source: Path, out: Path, memory: str, **dedup: object) -> dict[str, bytes]:
    """Return the files of a run with so much memory; of the manifest what does not name it."""
    table = {"memory": memory, "max-drop": 1, **dedup}
    config = load(isolated=True, overrides={"dedup": table, "max-seconds-per-document": 0})
    clean_corpus(Plan((str(source),), out, config, jobs=1))
    files = {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["config"]["dedup"].pop("memory") == memory
    return files | {"manifest": json.dumps(manifest).encode()}


def descriptors() -> int:
    """Return how many are open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("keep", ["longest", "least-boilerplate"])
def test_the_bound_changes_no_byte_of_a_run(source: Path, tmp_path: Path, keep: str) -> None:
    """From memory that holds nearly nothing to more than enough: the same files to the byte."""
    small, usual, large = (written(source, tmp_path / memory, memory, keep=keep) for memory in ("20K", "64M", "1G"))
    assert any(row["of"] for row in map(json.loads, small["clusters.jsonl"].splitlines()))
    assert small == usual == large


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are listed by Linux")
def test_a_run_leaves_no_descriptor_and_no_file(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After runs whose search lay in files as many descriptors are open as before, and no temporary file is left."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    written(source, tmp_path / "first", "20K")
    before = descriptors()
    for at in range(2):
        written(source, tmp_path / f"out{at}", "20K")
    assert descriptors() == before
    assert not any(temporary.iterdir())
    assert not any(tmp_path.glob("**/.scrubkit")), "the work folder is gone"
    assert not any(tmp_path.glob("**/*.column"))
