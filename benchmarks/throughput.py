"""CPU per page of whole cleaning jobs over the same HTML pages: scrubkit, a job glued together by hand, datatrove.

``python benchmarks/throughput.py BENCH [--pages 500] [--turns 5] [--only NAME ...]`` takes its pages from
``BENCH/wcxb-dev/html``. Each job runs as a process of its own over a few pages and over many; the cost of a page is the
difference of their CPU seconds (user and system, child processes included) by the difference in pages. So start-up
counts for none; nor do tables that are read once a process, at the first page that needs them, for both folders hold
one that does (py3langid's model takes half a second). The jobs take turns, for a machine's speed changes with what its
neighbours do: at each turn the others clean a part of the pages, and scrubkit, which a part takes less time than its
start, all of them. The mean of all turns is printed with the ratio to scrubkit, and the least and greatest ratio of a turn.
What the jobs write is deleted when all are done: ext4 does not give out the inodes of the last five seconds' deleted
files and walks over them at each file that is made, which cost up to a millisecond of system time a page.

* ``sk.clean``: the library call in a loop, the clean texts written to one file.
* ``engine``: ``scrubkit clean`` with one worker, duplicates and all outputs included.
* ``glue``: trafilatura, ftfy, langdetect and datasketch (MinHash of 5-word shingles, 128 values, LSH at 0.8).
* ``datatrove``: its local executor with the nearest blocks: Trafilatura, a language filter, the Gopher quality filter,
  and the four MinHash stages (it needs ``pip install spacy tokenizers`` besides). Its own language filter would fetch a model from the network: langdetect stands for it.

``two workers`` is the wall time of ``scrubkit clean -j 1`` by that of ``-j 2`` over the pages, ten times over under
other names, and says something only on an idle machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FEW = 10
OURS = ("sk.clean", "engine")
# In one of two languages near to each other, so that every identifier is asked: what only some pages need is loaded.
NEEDY = (
    b"<title>Kabar</title><h1>Kabar dari desa</h1><p>Hujan turun sepanjang malam di desa itu, dan pagi ini anak-anak pergi ke "
    b"sekolah lewat jalan yang basah.</p><p>Orang tua mereka membersihkan rumah dan menanam padi di sawah.</p>"
    b"<p>Dia membaca \xc3\x83\xc2\xa9 di koran.</p>"
)


def pages(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each page of a folder."""
    for path in sorted(folder.glob("*.html")):
        yield path.stem, path.read_bytes()


def run_clean(folder: Path, out: Path) -> None:
    """Clean page by page with the library."""
    import scrubkit as sk

    with (out / "corpus.jsonl").open("w") as stream:
        for name, data in pages(folder):
            page = sk.clean(data, media_type="text/html", id=name)
            if page.verdict:
                stream.write(json.dumps({"id": name, "text": page.text, "language": page.meta.language}) + "\n")


def run_engine(folder: Path, out: Path) -> None:
    """Run ``scrubkit clean`` with one worker."""
    from scrubkit.cli import main

    # Pages of a sample that was taken for its variety may look more alike in part than real crawls do: no limit.
    main(["clean", str(folder), "-o", str(out / "corpus"), "-j", "1", "-q", "--max-drop", "1"])


def run_glue(folder: Path, out: Path) -> None:
    """Do the same by hand with what most people use."""
    import ftfy
    import langdetect
    import trafilatura
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=128)
    with (out / "corpus.jsonl").open("w") as stream:
        for name, data in pages(folder):
            text = trafilatura.extract(data)
            if not text:
                continue
            text = ftfy.fix_text(text)
            try:
                language = langdetect.detect(text)
            except langdetect.LangDetectException:
                language = "und"
            words = text.lower().split()
            sketch = MinHash(num_perm=128)
            sketch.update_batch([" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))])
            if not index.query(sketch):
                index.insert(name, sketch)
                stream.write(json.dumps({"id": name, "text": text, "language": language}) + "\n")


def run_datatrove(folder: Path, out: Path) -> None:
    """Run datatrove's local pipeline with the nearest equivalent blocks."""
    import langdetect
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.extractors import Trafilatura
    from datatrove.pipeline.filters import GopherQualityFilter, LambdaFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.hashing import HashConfig

    def told(document: object) -> bool:
        try:
            document.metadata["language"] = langdetect.detect(document.text)  # type: ignore[attr-defined]
        except langdetect.LangDetectException:
            document.metadata["language"] = "und"  # type: ignore[attr-defined]
        return True

    source = out / "source"
    source.mkdir()
    with (source / "pages.jsonl").open("w") as stream:
        for name, data in pages(folder):
            stream.write(json.dumps({"id": name, "text": data.decode("utf-8", "replace")}) + "\n")
    # Its default, xxhash, is called in a way that xxhash 4 refuses.
    config = MinhashConfig(hash_config=HashConfig(hash_fc="sha1"))
    at = {name: str(out / name) for name in ("clean", "signatures", "buckets", "remove", "corpus")}
    stages = [
        [
            JsonlReader(str(source)),
            Trafilatura(favour_precision=False),
            LambdaFilter(told),
            GopherQualityFilter(),
            JsonlWriter(at["clean"], compression=None),
        ],
        [JsonlReader(at["clean"]), MinhashDedupSignature(at["signatures"], config=config)],
        [MinhashDedupBuckets(at["signatures"], at["buckets"], config=config)],
        [MinhashDedupCluster(at["buckets"], at["remove"], config=config)],
        [JsonlReader(at["clean"]), MinhashDedupFilter(at["remove"]), JsonlWriter(at["corpus"], compression=None)],
    ]
    for number, stage in enumerate(stages):
        tasks = config.num_buckets if number == 2 else 1
        LocalPipelineExecutor(stage, tasks=tasks, workers=1, logging_dir=str(out / f"log{number}")).run()


JOBS: dict[str, Callable[[Path, Path], None]] = {
    "sk.clean": run_clean,
    "engine": run_engine,
    "glue": run_glue,
    "datatrove": run_datatrove,
}


def process(job: str, folder: Path, *extra: str) -> tuple[float, float]:
    """Run a job over a folder in a process of its own, beside the folder; return its CPU seconds and wall seconds."""
    out = tempfile.mkdtemp(dir=folder.parent)
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    if extra:
        command = [sys.executable, "-m", "scrubkit", "clean", str(folder), "-o", f"{out}/corpus", "-q", *extra]
    else:
        command = [sys.executable, __file__, "--job", job, str(folder), out]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode not in ((0, 1) if extra else (0,)):  # the command says 1 where something was set aside
        raise SystemExit(f"{job} failed ({done.returncode}): {done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.perf_counter() - begun
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def fill(folder: Path, sample: list[tuple[str, bytes]], *, times: int = 1) -> None:
    """Write the pages, several times over with a word of their own where asked, and the needy one."""
    folder.mkdir()
    (folder / "0.html").write_bytes(NEEDY)
    for turn in range(times):
        for name, data in sample:
            mark = f"<!-- copy {turn} -->".encode() if turn else b""
            (folder / f"{name}-{turn}.html").write_bytes(data + mark)


def part_of(folder: Path, sample: list[tuple[str, bytes]], number: int, parts: int) -> Path:
    """Write every ``parts``-th page from ``number`` on; return the folder."""
    part = folder / f"part{number}"
    fill(part, sample[number::parts])
    return part


def costs(names: list[str], few: Path, many: Path, parts: list[Path]) -> dict[str, list[float]]:
    """Return the milliseconds of CPU that a page costs each job, turn by turn."""
    found: dict[str, list[float]] = {name: [] for name in names}
    for part in parts:
        for name in names:
            folder = many if name in OURS else part
            more = len(list(folder.iterdir())) - len(list(few.iterdir()))
            found[name].append(1000 * (process(name, folder)[0] - process(name, few)[0]) / more)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=list(JOBS), default=list(JOBS))
    parser.add_argument("--no-workers", action="store_true", help="do not compare two workers with one")
    args = parser.parse_args()
    paths = sorted((args.bench / "wcxb-dev/html").glob("*.html.gz"))
    paths = paths[:: max(1, len(paths) // args.pages)][: args.pages]
    sample = [(path.name.split(".")[0], gzip.decompress(path.read_bytes())) for path in paths]
    size = sum(len(data) for _, data in sample) / len(sample) / 1000
    print(f"{len(sample)} pages of {size:.0f} kB on average; CPU per page, start-up not counted")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, many, copies = (folder / part for part in ("few", "many", "copies"))
        fill(few, sample[:FEW])
        fill(many, sample)
        parts = [part_of(folder, sample, number, args.turns) for number in range(args.turns)]
        found = costs(args.only, few, many, parts)
        ours = found.get("engine") or found.get("sk.clean") or []
        for job, cost in found.items():
            turns = sorted(theirs / own for theirs, own in zip(cost, ours, strict=False))
            ratio = f"{sum(cost) / sum(ours):6.1f} x engine ({turns[0]:.1f} to {turns[-1]:.1f})" if turns else ""
            print(f"{job:12} {sum(cost) / len(cost):8.2f} ms {ratio}")
        if not args.no_workers:
            fill(copies, sample, times=10)
            walls = {"1": 1e9, "2": 1e9}
            for _ in range(2):
                for workers in walls:
                    options = ("-j", workers, "--no-dedup")
                    walls[workers] = min(walls[workers], process("engine", copies, *options)[1])
            print(f"two workers {walls['1'] / walls['2']:8.2f} x one ({10 * len(sample)} pages, {walls['2']:.1f} s)")


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "--job":
        JOBS[sys.argv[2]](Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
