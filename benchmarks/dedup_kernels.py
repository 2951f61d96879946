"""The sketch kernel beside its peers: fold, tokenise, hash, word 5-grams, 128 permutations, in one thread and two.

Printed are CPU microseconds a document and MB/s, by turns on the same texts, the best of the rounds; only ratios mean
something. ``--numba FILE`` loads a peer written for Numba from a file with ``minhash_uni(data, offsets, n, a, b, fold,
begin, end, signatures)`` and ``FOLD``; rensa, datasketch and xxh3 over the same bytes are printed where installed.
Two threads are measured by the clock and want an idle machine.

usage: python benchmarks/dedup_kernels.py [--numba FILE] [--documents 5000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from dedup import shingles
from synthetic import collection

from scrubkit.dedup.scheme import SCHEME
from scrubkit.dedup.shingle import corpus_of
from scrubkit.kernels import sketch as kernel
from scrubkit.kernels.sketch import Corpus, sketch


def peers(texts: list[str], corpus: Corpus, numba: Path | None) -> dict[str, Callable[[], Any]]:
    a, b = SCHEME.permutations()
    out: dict[str, Callable[[], Any]] = {}
    for name in ("auto", "avx2", "portable"):
        out[f"scrubkit {name}"] = lambda name=name: sketch(corpus, 5, a, b, stems=False, backend=name)
    out["scrubkit auto, with stems"] = lambda: sketch(corpus, 5, a, b)
    if numba is not None:
        sys.path.append(str(numba.parent))  # Numba's cache imports it by its name
        peer = importlib.import_module(numba.stem)
        held = np.empty((len(texts), 128), np.uint32)
        fold = peer.FOLD
        out["Numba sketch"] = lambda: peer.minhash_uni(corpus.data, corpus.offsets, 5, a, b, fold, 0, len(texts), held)
    if importlib.util.find_spec("rensa"):
        from rensa import RMinHash

        for n in (1, 5):
            out[f"rensa, {'split() words' if n == 1 else 'word 5-grams'}"] = lambda n=n: [
                RMinHash(num_perm=128, seed=42).update(shingles(text, n)) for text in texts
            ]
    if importlib.util.find_spec("xxhash"):
        import xxhash

        raw = [text.encode() for text in texts]
        out["xxh3 over the bytes"] = lambda: [xxhash.xxh3_64_intdigest(part) for part in raw]
    return out


def halves(corpus: Corpus) -> list[Corpus]:
    half = len(corpus) // 2
    ranges = ((0, half), (half, len(corpus)))
    return [
        Corpus(
            corpus.data[corpus.offsets[begin] : corpus.offsets[end]].copy(),
            corpus.offsets[begin : end + 1] - corpus.offsets[begin],
            corpus.table,
            corpus.rules,
            corpus.drop,
            corpus.line_offsets,
        )
        for begin, end in ranges
    ]


def threads(corpus: Corpus, rounds: int) -> None:
    a, b = SCHEME.permutations()
    parts = halves(corpus)
    wall: dict[int, float] = {}
    cpu: dict[int, float] = {}
    for _ in range(rounds):
        for count in (1, 2):
            with ThreadPoolExecutor(count) as pool:
                start, used = time.perf_counter(), time.process_time()
                list(pool.map(lambda part: sketch(part, 5, a, b, stems=False), parts))
                wall[count] = min(wall.get(count, 9e9), time.perf_counter() - start)
                cpu[count] = min(cpu.get(count, 9e9), time.process_time() - used)
    print(f"two threads: {wall[1] / wall[2]:.2f} times one by the clock, {cpu[2] / cpu[1]:.2f} times its CPU time")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--numba", type=Path)
    options.add_argument("--documents", type=int, default=5000)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    texts = collection(chosen.documents).texts
    corpus = corpus_of(texts, anchors=None)
    size = int(corpus.offsets[-1])
    found = peers(texts, corpus, chosen.numba)
    best: dict[str, float] = {}
    for _ in range(chosen.rounds):
        for name, run in found.items():
            start = time.process_time()
            run()
            best[name] = min(best.get(name, 9e9), time.process_time() - start)
    used = {4: "AVX-512", 3: "AVX2"}.get(kernel._compiled.level(), "portable")
    print(f"{len(texts)} documents, {size / 1e6:.0f} MB; instruction set in use: {used}")
    base = best.get("Numba sketch", best["scrubkit auto"])
    for name, taken in best.items():
        print(f"{name:28}{taken / len(texts) * 1e6:9.2f} us {size / taken / 1e6:9.0f} MB/s{base / taken:9.2f} x")
    threads(corpus, chosen.rounds)


if __name__ == "__main__":
    main()
