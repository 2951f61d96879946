"""Near-duplicate search by programs that work on files: datatrove's four MinHash stages, and text-dedup's MinHash.

Both at their defaults; each is given the texts as JSON lines and asked which cluster each belongs to.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["datatrove_minhash", "text_dedup_minhash"]


def _write(path: Path, texts: Sequence[str]) -> None:
    path.parent.mkdir(parents=True)
    with path.open("w") as stream:
        for at, text in enumerate(texts):
            stream.write(json.dumps({"id": str(at), "text": text}) + "\n")


def datatrove_minhash(texts: Sequence[str]) -> list[int]:
    """Return each text's cluster: 5-grams, 14 bands of 8, connected components; texts without one are their own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        _write(out / "source/texts.jsonl", texts)
        # In a process of its own: its executors fork.
        done = subprocess.run([sys.executable, __file__, folder], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"datatrove failed: {done.stderr[-2000:]}")
        labels = [-1 - at for at in range(len(texts))]
        for path in (*(out / "kept").glob("*.jsonl"), *(out / "removed").glob("*.jsonl")):
            for line in path.read_text().rstrip("\n").split("\n"):
                row = json.loads(line)
                cluster = int(row["metadata"]["minhash_cluster_id"])
                if cluster >= 0:
                    labels[int(row["id"])] = cluster
    return labels


def _run_datatrove(folder: str) -> None:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.hashing import HashConfig

    # Its default, xxhash, is called in a way that xxhash 4 refuses.
    config = MinhashConfig(hash_config=HashConfig(hash_fc="sha1"))
    source, signatures, buckets, remove = (f"{folder}/{name}" for name in ("source", "signatures", "buckets", "remove"))
    removed = JsonlWriter(f"{folder}/removed", compression=None)
    stages = [
        [JsonlReader(source), MinhashDedupSignature(signatures, config=config)],
        [MinhashDedupBuckets(signatures, buckets, config=config)],
        [MinhashDedupCluster(buckets, remove, config=config, save_cluster_id=True)],
        [
            JsonlReader(source),
            MinhashDedupFilter(remove, exclusion_writer=removed, load_cluster_ids=True),
            JsonlWriter(f"{folder}/kept", compression=None),
        ],
    ]
    for number, stage in enumerate(stages):
        tasks = config.num_buckets if number == 1 else 1
        LocalPipelineExecutor(stage, tasks=tasks, workers=1, logging_dir=f"{folder}/log{number}").run()


_FIND = "import json, pickle, sys; u = pickle.load(open(sys.argv[1], 'rb')); print(json.dumps([u.find(i) for i in range(int(sys.argv[2]))]))"


def text_dedup_minhash(python: str) -> Callable[[Sequence[str]], list[int]]:
    """Return the search by text-dedup in another interpreter, for it wants other versions of what we use."""

    def run(texts: Sequence[str]) -> list[int]:
        with tempfile.TemporaryDirectory() as folder:
            source, out = Path(folder) / "source/texts.jsonl", f"{folder}/out"
            _write(source, texts)
            places = [
                "--path",
                "json",
                "--data_files",
                str(source),
                "--split",
                "train",
                "--cache_dir",
                f"{folder}/cache",
            ]
            command = [python, "-m", "text_dedup.minhash", *places, "--output", out, "--column", "text", "--debug"]
            for step in (command, [python, "-c", _FIND, f"{out}/uf.pkl", str(len(texts))]):
                done = subprocess.run(step, cwd=folder, capture_output=True, text=True, check=False)
                if done.returncode:
                    raise SystemExit(f"text-dedup failed: {done.stderr[-2000:]}")
            labels: list[int] = json.loads(done.stdout.splitlines()[-1])
        return labels

    return run


if __name__ == "__main__":
    _run_datatrove(sys.argv[1])
