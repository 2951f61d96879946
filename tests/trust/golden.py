"""What a run writes of the sample corpus and of hostile pages, document by document, as recorded for an output version.

``python tests/trust/golden.py`` records it anew, once ``OUTPUT_VERSION`` was raised.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))
import zoo

from scrubkit.config import load
from scrubkit.engine.rows import from_json
from scrubkit.engine.run import Plan, clean_corpus
from scrubkit.engine.version import OUTPUT_VERSION
from scrubkit.io.streams import lines, open_bytes

RECORD = Path(__file__).with_suffix(".json")
SAMPLES = Path(__file__).parents[2] / "corpus_samples"


def made() -> dict[str, str]:
    """Return a short hash of what a run says of each document: clean text, verdict, removals, whom it copies.

    Scores are left out: their last digits are the platform's.
    """
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        shutil.copytree(SAMPLES / "pages", "in/pages")
        shutil.copy(SAMPLES / "feed.jsonl", "in/feed.jsonl")
        Path("in/zoo").mkdir()
        for number, (_, data, media_type) in enumerate(zoo.pages(2_000)):
            Path(f"in/zoo/{number:03}{'.html' if media_type == 'text/html' else '.txt'}").write_bytes(data)
        config = load(isolated=True, overrides={"include": ["*.jsonl"], "plugins": False, "dedup": {"max-drop": 1.0}})
        clean_corpus(Plan(("in",), Path("out"), config, jobs=1))
        copies = {}
        for line in Path("out/clusters.jsonl").read_bytes().splitlines():
            row = from_json(line)
            copies[row["id"]] = (row["verdict"], row["of"])
        with open_bytes(Path("out/ledger.jsonl.zst")) as stream:
            rows = [from_json(line) for _, line in lines(stream, "ledger")]
        return {row["id"]: _hash(row, copies) for row in rows}


def _hash(row: dict[str, Any], copies: dict[str, Any]) -> str:
    text = row.get("text")
    if text is None:
        path = Path("out") / row["out"]
        text = path.read_text("utf-8") if row["row"] is None else _record(path, row["row"])
    entries = [(entry["code"], entry["start"], entry["end"], entry["replacement"]) for entry in row["entries"]]
    told = (text, row["verdict"], row["codes"], entries, copies.get(row["id"]))
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=6).hexdigest()


def _record(path: Path, number: int) -> Any:
    return from_json(path.read_bytes().splitlines()[number])["text"]


def recorded() -> tuple[int, dict[str, str]]:
    """Return the output version that was recorded, and what it made."""
    told = json.loads(RECORD.read_text())
    return told["output_version"], told["documents"]


def main() -> None:
    """Record what the program makes; refuse to where it made something else under the same version."""
    now = made()
    if RECORD.exists():
        version, before = recorded()
        changed = sorted(name for name, value in before.items() if now.get(name) != value)
        if changed and version >= OUTPUT_VERSION:
            sys.exit(f"{len(changed)} documents came out otherwise: raise OUTPUT_VERSION above {version} first")
    told = {"output_version": OUTPUT_VERSION, "documents": dict(sorted(now.items()))}
    RECORD.write_text(json.dumps(told, indent=0) + os.linesep)


if __name__ == "__main__":
    main()
