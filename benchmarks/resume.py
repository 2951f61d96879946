"""Kill whole runs and single workers at random moments, take each up again, compare the results.

The moments are spread over the number of pieces done, over the time of writing, and over the clock.

    python benchmarks/resume.py [--points 50] [--documents 1200] [--seed 1]

Prints how many of the runs that were killed ended in the bytes of an undisturbed one, and how many finished pieces
of work were cleaned again although they were there.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = 24  # pieces of work: a run is killed between as many finished ones
RUN = "from scrubkit.engine import run; run.code_version = lambda: 'fixed'; from scrubkit.cli import main; main()"


def digest(folder: Path) -> str:
    """Return a hash of every name and byte below a folder."""
    state = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        state.update(f"{path.relative_to(folder)}\0".encode())
        state.update(path.read_bytes())
    return state.hexdigest()


def make(folder: Path, documents: int, rng: random.Random) -> None:
    """Write record files of synthetic pages, some of them copies, some broken."""
    folder.mkdir()
    words = [
        f"{a}{b}"
        for a in ("riv", "har", "mount", "gard", "win", "lett", "mark")
        for b in ("er", "bour", "ain", "en", "ter")
    ]
    texts: list[str] = []
    for part in range(FILES):
        with (folder / f"{part}.jsonl").open("w") as stream:
            for i in range(documents // FILES):
                if texts and rng.random() < 0.1:
                    text = rng.choice(texts)
                else:
                    text = "Skip to main content\n\n" + " ".join(rng.choices(words, k=80)) + ".\n\nShare this article\n"
                    texts.append(text)
                stream.write(json.dumps({"id": f"{part}-{i}", "text": text}) + "\n")
            stream.write("{broken\n")


def start(source: Path, out: Path) -> subprocess.Popen[bytes]:
    """Start a run as the leader of a process group of its own."""
    command = [sys.executable, "-c", RUN, "clean", str(source), "-o", str(out), "--isolated", "-q", "-j", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)


def children(pid: int) -> list[int]:
    """Return the processes of a run below its main one."""
    told = subprocess.run(["pgrep", "-g", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [int(item) for item in told if int(item) != pid]


def pieces(out: Path) -> list[Path]:
    """Return the finished pieces of work of a run."""
    return list(out.glob(".scrubkit/clean-*/*.rows"))


def wait_for_moment(run: subprocess.Popen[bytes], out: Path, rng: random.Random, length: float) -> None:
    """Wait until some number of pieces is done, or results are being written, or a time has passed; then a little.

    On a busy machine most of a run's time is start-up; by the clock alone few runs would die with work half done.
    """
    kind, goal = rng.random(), rng.randint(0, FILES)
    if kind < 0.1:
        time.sleep(rng.uniform(0.02, 1.0) * length)
        return
    while run.poll() is None:
        if (out / ".scrubkit" / "new").exists() or (kind < 0.7 and len(pieces(out)) >= goal):
            break
        time.sleep(0.002)
    time.sleep(rng.uniform(0, 0.05 if kind < 0.7 else 0.25))


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--documents", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make(folder / "in", asked.documents, rng)
        begun = time.monotonic()
        start(folder / "in", folder / "whole").wait()
        length = time.monotonic() - begun
        wanted = digest(folder / "whole")
        same = again = killed = midway = 0
        for point in range(asked.points):
            out = folder / f"out{point}"
            run = start(folder / "in", out)
            wait_for_moment(run, out, rng, length)
            everything = rng.random() < 0.5
            victims = children(run.pid)
            if everything or not victims:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(run.pid, signal.SIGKILL)
            else:
                os.kill(rng.choice(victims), signal.SIGKILL)
            killed += run.wait() not in (0, 1)  # 1: broken lines were set aside
            before = {path: path.stat().st_mtime_ns for path in pieces(out)}
            midway += bool(before)
            second = start(folder / "in", out)
            while second.poll() is None:
                again += sum(path.exists() and path.stat().st_mtime_ns != was for path, was in before.items()) > 0
                time.sleep(0.05)
            fine = second.returncode == 1 and digest(out) == wanted  # 1: broken lines were set aside
            same += fine
            print(f"point {point}: {len(before)} pieces were done; {'identical' if fine else 'DIFFERS'}", flush=True)
        print(
            f"{same} of {asked.points} identical; {killed} runs died, {midway} points with work half done; finished pieces done again in {again} looks"
        )
    return 0 if same == asked.points and not again else 1


if __name__ == "__main__":
    sys.exit(main())
