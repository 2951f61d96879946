"""Near duplicates past memory: a million documents under a bound, and ten million signatures through the bands.

``documents``: texts are made by a process of their own and read once, from its pipe; printed are the CPU time, the
greatest resident memory of the process that searches, and what it found. ``signatures``: random signatures of which a
tenth are near copies of earlier ones go through banding and grouping; printed is the growth per decade.

With ``--compare`` the texts are made once and lie in a file (``--texts``, which is kept where it is there already);
exact and near alone and all layers read them, in a process each under the same bound, and the ratio of their CPU times
is printed. What it takes to read and decode the texts is printed too, and is in both.

usage: python benchmarks/dedup_scale.py documents [--count 1000000] [--memory 1G] [--layers exact,near,rewrite | --compare]
       python benchmarks/dedup_scale.py signatures [--count 10000000] [--memory 1G]
"""

from __future__ import annotations

import argparse
import contextlib
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from scrubkit.dedup import find_duplicates
from scrubkit.dedup.bands import BandKeys, bands_for, split_codes
from scrubkit.dedup.room import Room
from scrubkit.kernels.groups import components

END = b"\0\n"
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def size_of(text: str) -> int:
    return int(float(text[:-1]) * UNITS[text[-1].upper()]) if text[-1].upper() in UNITS else int(text)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def made(count: int) -> Iterator[str]:
    """Yield the texts that a process of its own makes, so that its memory is not ours."""
    with subprocess.Popen([sys.executable, __file__, "make", "--count", str(count)], stdout=subprocess.PIPE) as maker:
        assert maker.stdout is not None
        yield from read(maker.stdout)


def read(stream: BinaryIO) -> Iterator[str]:
    rest = b""
    while block := stream.read(1 << 20):
        *texts, rest = (rest + block).split(END)
        yield from (text.decode() for text in texts)


def documents(count: int, memory: int | None, layers: list[str], folder: Path, texts: Path | None) -> None:
    before, start = peak(), time.process_time()
    with contextlib.ExitStack() as stack:
        given = made(count) if texts is None else islice(read(stack.enter_context(texts.open("rb"))), count)
        found = find_duplicates(given, memory=memory, folder=folder, layers=layers)  # type: ignore[arg-type]
    rows = sum(row["keeper"] for row in found.rows())
    taken = time.process_time() - start
    print(
        f"{count} documents, layers {'+'.join(layers)}, memory {memory}: {taken:.1f} CPU s "
        f"({taken / count * 1e6:.1f} us a document), peak {peak():.0f} MB (before {before:.0f}), {rows} keepers, "
        f"{dict(found.stats)}",
        flush=True,
    )


def compared(count: int, memory: int, folder: Path, texts: Path) -> None:
    """Run the layers that are cheap and all of them, each in a process of its own, and print the ratio."""
    if not texts.exists():
        with texts.open("wb") as stream:
            subprocess.run([sys.executable, __file__, "make", "--count", str(count)], stdout=stream, check=True)
    start = time.process_time()
    with texts.open("rb") as stream:
        size = sum(map(len, islice(read(stream), count)))
    taken = time.process_time() - start
    print(
        f"{size / 1e6:.0f} million characters; to read them takes {taken / count * 1e6:.1f} us a document", flush=True
    )
    cost = []
    for layers in ("exact,near", "exact,near,rewrite"):
        told = [sys.executable, __file__, "documents", "--count", str(count), "--memory", str(memory)]
        told += ["--layers", layers, "--folder", str(folder), "--texts", str(texts)]
        run = subprocess.run(told, stdout=subprocess.PIPE, text=True, check=True)
        print(run.stdout, end="", flush=True)
        found = re.search(r"([\d.]+) us a document", run.stdout)
        assert found is not None
        cost.append(float(found[1]))
    print(f"all layers take {cost[1] / cost[0]:.2f} times the CPU time of exact and near", flush=True)


def signatures(count: int, memory: int | None, folder: Path) -> None:
    bands = bands_for(0.8)
    size, last = 10_000, 0.0
    while size <= count:
        rng = np.random.default_rng(5)
        start = time.process_time()
        room = Room(memory, folder)
        keys = BandKeys(size, bands, room)
        drawing, copies = 0.0, 0
        for at in range(0, size, 10_000):
            mark = time.process_time()
            block = rng.integers(0, 1 << 32, (10_000, 128), dtype=np.uint64).astype(np.uint32)
            own = np.flatnonzero(rng.random(9_000) < 0.11) + 1_000
            block[own] = block[own - 1_000]
            block[own, rng.integers(0, 128, len(own))] += 1
            copies += len(own)
            drawing += time.process_time() - mark
            keys.add(np.arange(at, at + 10_000), block)
        codes, buckets = keys.pairs()
        left, right = split_codes(np.concatenate([np.unique(part) for part in codes if len(part)]))
        groups = len(np.unique(components(size, left, right)))
        taken = time.process_time() - start - drawing
        growth = f", {taken / last:.1f} times the tenth" if last else ""
        print(
            f"{size} signatures: {taken:.2f} CPU s ({taken / size * 1e6:.2f} us each){growth}; {copies} copies, "
            f"{len(left)} pairs, {groups} groups, {buckets.oversized} oversized buckets, peak {peak():.0f} MB",
            flush=True,
        )
        room.close()
        size, last = size * 10, taken


def make(count: int) -> None:
    from synthetic import endless

    for text in endless(count):
        sys.stdout.buffer.write(text.encode() + END)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("what", choices=["documents", "signatures", "make"])
    options.add_argument("--count", type=int)
    options.add_argument("--memory", type=size_of, default=1 << 30)
    options.add_argument("--layers", default="exact,near,rewrite")
    options.add_argument("--compare", action="store_true", help="exact and near alone, all layers, and the ratio")
    options.add_argument("--texts", type=Path, help="a file of texts as `make` writes it, instead of making them")
    options.add_argument("--folder", type=Path, help="where the files lie; default: the system's temporary folder")
    chosen = options.parse_args()
    folder = chosen.folder or Path(tempfile.gettempdir())
    if chosen.what == "make":
        make(chosen.count)
    elif chosen.what == "documents" and chosen.compare:
        count = chosen.count or 1_000_000
        compared(count, chosen.memory, folder, chosen.texts or folder / f"dedup-{count}.texts")
    elif chosen.what == "documents":
        documents(chosen.count or 1_000_000, chosen.memory, chosen.layers.split(","), folder, chosen.texts)
    else:
        signatures(chosen.count or 10_000_000, chosen.memory, folder)


if __name__ == "__main__":
    main()
