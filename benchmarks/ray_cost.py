"""The same run embedded and on Ray on this machine: processor seconds of all processes, and the same survivors.

    python benchmarks/ray_cost.py [--documents 6000] [--rounds 1]

Ray's own start (about five processor seconds) is in its figure; it is also printed alone, from a run over ten
documents, because it does not grow with the corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import uuid
from pathlib import Path

from resume import digest

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")


def write(folder: Path, documents: int) -> None:
    """Write record files of synthetic pages, a tenth of them copies."""
    rng = random.Random(1)
    stems = [
        f"{a}{b}{c}" for a in ("riv", "har", "mount", "gard", "win") for b in "aeiou" for c in ("ner", "bour", "t")
    ]
    folder.mkdir()
    texts: list[str] = []
    for part in range(8):
        with (folder / f"{part}.jsonl").open("w") as stream:
            for i in range(max(1, documents // 8)):
                lines = [" ".join(rng.choices(stems, k=60)).capitalize() + "." for _ in range(5)]
                text = "Skip to main content\n\n" + "\n\n".join(lines) + "\n\nShare this article\n"
                text = rng.choice(texts) if texts and rng.random() < 0.1 else text
                texts.append(text)
                stream.write(json.dumps({"id": f"{part}-{i}", "text": text}) + "\n")


def spent(marker: bytes, seen: dict[tuple[int, str], float]) -> None:
    """Note the processor seconds of every process that has a marker in its environment."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if marker in (entry / "environ").read_bytes():
                told = (entry / "stat").read_text().rpartition(")")[2].split()
                seen[int(entry.name), told[19]] = (int(told[11]) + int(told[12])) / TICK
        except OSError:
            continue


def run(source: Path, out: Path, *more: str) -> float:
    """Return the processor seconds of a run, of all its processes."""
    marker = f"RAY_COST={uuid.uuid4().hex}"
    name, _, value = marker.partition("=")
    env = {**os.environ, name: value, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "RAY_AUTH_MODE": "disabled"}
    command = [sys.executable, "-W", "ignore", "-m", "scrubkit", "clean", str(source), "-o", str(out)]
    command += ["--isolated", "-q", "-j", "2", "--max-drop", "1", *more]
    seen: dict[tuple[int, str], float] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            spent(marker.encode(), seen)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    finally:
        over.set()
        thread.join()
    return sum(seen.values())


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(folder / "in", asked.documents)
        write(folder / "few", 8)
        print(f"start alone: {run(folder / 'few', folder / 'few-ray', '--engine', 'ray'):.1f} s with Ray, "
              f"{run(folder / 'few', folder / 'few-out'):.1f} s embedded", flush=True)  # fmt: skip
        worst = 0.0
        for number in range(asked.rounds):
            plain, ray = folder / f"plain{number}", folder / f"ray{number}"
            own, other = run(folder / "in", plain), run(folder / "in", ray, "--engine", "ray")
            same = "the same bytes" if digest(plain) == digest(ray) else "OTHER BYTES"
            print(
                f"{asked.documents} documents: embedded {own:.1f} s, Ray {other:.1f} s, {other / own:.2f} x, {same}",
                flush=True,
            )
            worst = max(worst, other / own if same == "the same bytes" else 99.0)
    return 0 if worst <= 3 else 1


if __name__ == "__main__":
    sys.exit(main())
