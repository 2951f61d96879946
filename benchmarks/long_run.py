"""What a run of growing size costs: memory of the whole process tree, descriptors, temporary files, CPU per document.

``python benchmarks/long_run.py [--sizes 1000 10000 100000] [--jobs 1] [--words 250] [--no-dedup]`` makes that many
documents of synthetic prose with menus around them (one in fifty a copy of an earlier one, one in fifty shortened),
cleans them with ``scrubkit clean`` as a user would, and prints a line a size. Asked for: memory within 20 % and cost
within 15 % of the smallest size.

Memory is the largest sum of resident sizes over the process tree seen in samples of a fifth of a second (pages shared
between the processes count for each); temporary files are those below the run's work folder and the system's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PART = 20_000  # documents in a file
SYLLABLES = [a + b for a in "bdfgklmnprstv" for b in "aeio"]
MENU = ("Home", "News", "Sport", "Opinion", "Contact us", "Share this article", "Subscribe to our newsletter")


@dataclass
class Seen:
    """The most of each that a sample of the running tree showed."""

    rss: int = 0
    descriptors: int = 0
    files: int = 0


def vocabulary(rng: random.Random, size: int = 20_000) -> tuple[list[str], list[float]]:
    """Return words and their cumulative weights, Zipf's."""
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(size)]
    return words, list(accumulate(1 / (rank + 2) for rank in range(size)))


def article(rng: random.Random, words: list[str], weights: list[float], length: int) -> str:
    """Return some paragraphs of sentences."""
    drawn = rng.choices(words, cum_weights=weights, k=length)
    paragraphs, sentences, at = [], [], 0
    while at < length:
        step = rng.randint(8, 22)
        sentences.append(" ".join(drawn[at : at + step]).capitalize() + ".")
        at += step
        if len(sentences) == 4:
            paragraphs.append(" ".join(sentences))
            sentences = []
    return "\n\n".join([*paragraphs, " ".join(sentences)])


def write_corpus(folder: Path, count: int, length: int) -> None:
    """Write the documents as JSONL files, without holding more than a few of them."""
    rng = random.Random(count)
    words, weights = vocabulary(rng)
    earlier: list[str] = []
    folder.mkdir()
    for first in range(0, count, PART):
        with (folder / f"part-{first // PART:05}.jsonl").open("w") as stream:
            for number in range(first, min(count, first + PART)):
                body = article(rng, words, weights, length)
                if earlier and number % 50 == 7:
                    body = rng.choice(earlier)
                elif earlier and number % 50 == 31:
                    body = rng.choice(earlier)[: -length // 4]
                if len(earlier) < 1000:
                    earlier.append(body)
                title = " ".join(rng.choices(words, k=7)).capitalize()
                text = "\n".join([*rng.sample(MENU, 4), "", title, "", body, "", *rng.sample(MENU, 3), ""])
                stream.write(json.dumps({"id": f"d{number}", "text": text}) + "\n")


def tree(pid: int) -> list[int]:
    """Return a process and its descendants."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found


def look(pid: int, folders: tuple[Path, ...], seen: Seen) -> None:
    """Add a sample of the running tree."""
    rss = descriptors = 0
    for one in tree(pid):
        with suppress(OSError):
            rss += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            descriptors += sum(1 for _ in Path(f"/proc/{one}/fd").iterdir())
    files = sum(len(names) for folder in folders for _, _, names in os.walk(folder))
    seen.rss, seen.descriptors = max(seen.rss, rss), max(seen.descriptors, descriptors)
    seen.files = max(seen.files, files)


def run(source: Path, root: Path, jobs: int, options: list[str]) -> tuple[Seen, float]:
    """Clean a corpus; return what the samples showed and the CPU seconds of the tree."""
    out, temporary = root / "out", root / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "scrubkit", "clean", str(source), "-o", str(out), "-q", "-j", str(jobs), *options]
    python_path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    env = os.environ | {"PYTHONPATH": python_path, "TMPDIR": str(temporary)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen = Seen()
    with subprocess.Popen(command, env=env) as process:
        while process.poll() is None:
            look(process.pid, (out / ".scrubkit", temporary), seen)
            time.sleep(0.2)
    if process.returncode not in (0, 1):
        raise SystemExit(f"the run failed with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seen, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--words", type=int, default=250)
    parser.add_argument("--no-dedup", action="store_true")
    args = parser.parse_args()
    options = ["--no-dedup"] if args.no_dedup else ["--max-drop", "1"]
    print(f"{'documents':>10} {'peak RSS':>10} {'descriptors':>12} {'files':>7} {'CPU/doc':>10}   to the first")
    first: tuple[float, float] | None = None
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            write_corpus(root / "source", size, args.words)
            seen, cpu = run(root / "source", root, args.jobs, options)
        cost = 1000 * cpu / size
        first = first or (seen.rss, cost)
        told = f"RSS {seen.rss / first[0]:.2f} x, CPU {cost / first[1]:.2f} x"
        print(f"{size:>10} {seen.rss / 1e6:>7.0f} MB {seen.descriptors:>12} {seen.files:>7} {cost:>7.2f} ms   {told}")


if __name__ == "__main__":
    main()
