"""What a run of growing size costs: memory of the whole process tree, descriptors, temporary files, CPU per document.

``python benchmarks/long_run.py [--sizes 10000 100000] [--jobs 1] [--words 150] [--no-dedup] [--curve FOLDER]`` makes
that many documents of synthetic prose with menus around them (one in fifty a copy of an earlier one, one in fifty
shortened), cleans them with ``scrubkit clean`` as a user would, and prints a line a size. Asked for: memory within
20 % and cost within 15 % of the smallest size.

RSS
    The largest sum of resident sizes over the process tree: pages that processes share count for each, and so do
    pages of files that are mapped and could be taken back by the system at any time.
PSS
    The same with what several share counted once. Both are told by stage too: ``clean`` while there is a worker,
    ``search`` for duplicates, ``write``.
peak
    The largest resident size any one process ever had, as the system notes it: nothing between two samples escapes.
descriptors, temporary
    The most of each at a time: open descriptors of the tree, files of the search and of the system's temporary folder.
left
    Files in the temporary folder and in the work folder when the run is over.

Samples are taken each fifth of a second; ``--curve`` writes them all to a file a size.
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
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PART = 20_000  # documents in a file
RECENT = 1000  # copies are made of one of so many documents before: as many clusters a document at every size
SYLLABLES = [a + b for a in "bdfgklmnprstv" for b in "aeio"]
COMMON = (
    "the of and to in a is that for it was on with as he be at by had not are from or have an they which one you were "
    "all her she there would their we him been has when who will no more if out so up said what its about than into "
    "them can only other time new some could these two may first then do any like my now over such our man me even most "
    "made after also did many off before must well back through years much where your way down should because long each "
    "just state those people too mister how little good world make very year still see own work men day get here old "
    "life both between being under three never know same last another while us might great go come since against right "
    "came take used himself few house use during without again place around however home small found thought went say "
    "part once general high upon school every does got united number hand course water until always away public put"
)
MENU = ("Home", "News", "Sport", "Opinion", "Contact us", "Share this article", "Subscribe to our newsletter")
STAGES = ("clean", "search", "write")
EVERY, FILES_EVERY = 0.2, 5  # seconds between samples; samples between two counts of files


@dataclass(frozen=True)
class Sample:
    """What the running tree took at a time; sizes in bytes."""

    seconds: float
    stage: str
    rss: int
    pss: int
    peak: int
    descriptors: int
    temporary: int
    shards: int


@dataclass
class Seen:
    """All samples of a run, what it cost, and what it left."""

    samples: list[Sample] = field(default_factory=list)
    cpu: float = 0.0
    left: int = 0

    def most(self, name: str, stage: str | None = None) -> int:
        """Return the largest value of a field, in one of the stages or in all."""
        return max((getattr(one, name) for one in self.samples if stage in (None, one.stage)), default=0)


def vocabulary(rng: random.Random, size: int = 20_000) -> tuple[list[str], list[float]]:
    """Return words and their cumulative weights, Zipf's; the commonest are English, so that the language is told."""
    common = COMMON.split()
    words = [*common, *("".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(size - len(common)))]
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
                earlier[number % RECENT : number % RECENT + 1] = [body]
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


def look(pid: int, started: float, work: Path, temporary: Path, last: Sample | None) -> Sample:
    """Return a sample of the running tree; files are counted where there is no sample before."""
    rss = pss = peak = descriptors = 0
    running = tree(pid)
    for one in running:
        with suppress(OSError):
            told = dict(line.split(":", 1) for line in Path(f"/proc/{one}/status").read_text().splitlines())
            shared = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            rss += kilobytes(told.get("VmRSS", "0"))
            peak = max(peak, kilobytes(told.get("VmHWM", "0")))
            pss += sum(kilobytes(line.split(":")[1]) for line in shared if line.startswith("Pss:"))
            descriptors += sum(1 for _ in Path(f"/proc/{one}/fd").iterdir())
    stage = "write" if (work / "new").exists() else "clean" if len(running) > 1 else "search"
    counts = (last.temporary, last.shards) if last else files(work, temporary)
    return Sample(round(time.time() - started, 2), stage, rss, pss, peak, descriptors, *counts)


def kilobytes(told: str) -> int:
    """Return the bytes of a size as the system writes it."""
    return int(told.split()[0]) * 1024


def files(work: Path, temporary: Path) -> tuple[int, int]:
    """Return how many temporary files there are, and how many finished pieces."""
    count = shards = 0
    for folder in (work, temporary):
        for _, _, names in os.walk(folder):
            mine = sum(1 for name in names if name.endswith(".rows"))
            shards += mine
            count += len(names) - mine
    return count, shards


def run(source: Path, root: Path, jobs: int, options: list[str]) -> Seen:
    """Clean a corpus and return what it took."""
    out, temporary = root / "out", root / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "scrubkit", "clean", str(source), "-o", str(out), "-q", "-j", str(jobs), *options]
    python_path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    env = os.environ | {"PYTHONPATH": python_path, "TMPDIR": str(temporary)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen, started, work = Seen(), time.time(), out / ".scrubkit"
    with subprocess.Popen(command, env=env) as process:
        while process.poll() is None:
            again = seen.samples and len(seen.samples) % FILES_EVERY
            seen.samples.append(look(process.pid, started, work, temporary, seen.samples[-1] if again else None))
            time.sleep(EVERY)
    if process.returncode not in (0, 1):
        raise SystemExit(f"the run failed with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    seen.left = sum(files(work, temporary))
    return seen


def line(size: int, seen: Seen, first: tuple[int, int, int, float]) -> str:
    """Return what is told of a run, with the ratios to the first."""
    cost = 1000 * seen.cpu / size
    rss, pss, peak = (seen.most(name) for name in ("rss", "pss", "peak"))
    stages = " ".join(
        f"{stage} {seen.most('rss', stage) / 1e6:.0f}/{seen.most('pss', stage) / 1e6:.0f}" for stage in STAGES
    )
    ratios = [now / then for now, then in zip((rss, pss, peak, cost), first, strict=True)]
    return (
        f"{size:>9} {rss / 1e6:>7.0f} MB {pss / 1e6:>7.0f} MB {peak / 1e6:>7.0f} MB {seen.most('descriptors'):>11}"
        f" {seen.most('temporary'):>9} {seen.left:>4} {cost:>6.2f} ms   "
        f"RSS {ratios[0]:.2f} x, PSS {ratios[1]:.2f} x, peak {ratios[2]:.2f} x, CPU {ratios[3]:.2f} x; "
        f"RSS/PSS by stage: {stages}"
    )


def main() -> None:
    """Print a line a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--words", type=int, default=150)
    parser.add_argument("--no-dedup", action="store_true")
    parser.add_argument("--curve", type=Path, help="folder for the samples of each run")
    args = parser.parse_args()
    options = ["--no-dedup"] if args.no_dedup else ["--max-drop", "1"]
    print("documents        RSS        PSS       peak descriptors temporary left   CPU/doc   to the first")
    first: tuple[int, int, int, float] | None = None
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            write_corpus(root / "source", size, args.words)
            seen = run(root / "source", root, args.jobs, options)
        first = first or (seen.most("rss"), seen.most("pss"), seen.most("peak"), 1000 * seen.cpu / size)
        print(line(size, seen, first), flush=True)
        if args.curve:
            args.curve.mkdir(parents=True, exist_ok=True)
            rows = (json.dumps(asdict(one)) + "\n" for one in seen.samples)
            (args.curve / f"{size}.jsonl").write_text("".join(rows))


if __name__ == "__main__":
    main()
