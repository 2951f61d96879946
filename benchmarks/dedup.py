"""Near duplicates: what is found beside other tools, what it costs beside them, and what the bands miss.

Quality is scored with the benchmark's own scorer on all its documents through the public function. The shipped model
was trained on them, so its line is in sample; ``training/rewrite_model.py`` prints the out-of-fold figures.
Speeds are CPU seconds of one process, tools by turns on the same texts, the best of the rounds; only ratios mean
something. datasketch is timed on a twentieth of the documents. datatrove and text-dedup, which work on files, are only
scored.

usage: python benchmarks/dedup.py [--bench FOLDER [--strangers 100000] [--text-dedup PYTHON]] [--documents 20000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from datasketch import MinHash, MinHashLSH
from dedup_peers import datatrove_minhash, text_dedup_minhash
from synthetic import collection

from scrubkit.dedup import bands_for, find_duplicates, miss_probability
from scrubkit.dedup.scheme import SCHEME
from scrubkit.dedup.shingle import corpus_of, signatures
from scrubkit.kernels.groups import band_keys
from scrubkit.kernels.sketch import sketch

Labels = list[int]
WORD = re.compile(r"\w+")


def scrubkit_layers(*layers: str) -> Callable[[Sequence[str]], Labels]:
    def run(texts: Sequence[str]) -> Labels:
        return list(find_duplicates(texts, layers=layers).cluster_of)  # type: ignore[arg-type]

    return run


def shingles(text: str, n: int) -> list[str]:
    words = text.split() if n == 1 else WORD.findall(text.lower())
    return [" ".join(words[i : i + n]) for i in range(max(1, len(words) - n + 1))] if words else []


def components(size: int, pairs: Sequence[tuple[int, int]]) -> Labels:
    label = list(range(size))

    def root(x: int) -> int:
        while label[x] != x:
            label[x] = label[label[x]]
            x = label[x]
        return x

    for a, b in pairs:
        x, y = root(a), root(b)
        label[max(x, y)] = min(x, y)
    return [root(i) for i in range(size)]


def datasketch_lsh(threshold: float, n: int) -> Callable[[Sequence[str]], Labels]:
    def run(texts: Sequence[str]) -> Labels:
        index = MinHashLSH(threshold=threshold, num_perm=128)
        pairs = []
        for at, text in enumerate(texts):
            made = MinHash(num_perm=128)
            made.update_batch([shingle.encode() for shingle in shingles(text, n)])
            pairs += [(other, at) for other in index.query(made)]
            index.insert(at, made)
        return components(len(texts), pairs)

    return run


def rensa_lsh(n: int, bands: int = 16) -> Callable[[Sequence[str]], Labels]:
    from rensa import RMinHash, RMinHashLSH

    def run(texts: Sequence[str]) -> Labels:
        made = []
        for text in texts:
            one = RMinHash(num_perm=128, seed=42)
            one.update(shingles(text, n))
            made.append(one)
        index = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=bands)
        index.insert_many(made)
        pairs = [(at, other) for at, found in enumerate(index.query_all(made)) for other in found if other != at]
        return components(len(texts), pairs)

    return run


def tools() -> dict[str, Callable[[Sequence[str]], Labels]]:
    out = {
        "scrubkit exact+near": scrubkit_layers("exact", "near"),
        "scrubkit all layers": scrubkit_layers("exact", "near", "rewrite"),
    }
    if importlib.util.find_spec("rensa"):
        out["rensa split() words"] = rensa_lsh(1)
        out["rensa word 5-grams"] = rensa_lsh(5)
    out["datasketch 5-grams .5"] = datasketch_lsh(0.5, 5)
    out["datasketch 5-grams .9 (default)"] = datasketch_lsh(0.9, 5)
    return out


def read_lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def scorer_of(bench: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dedup_score", bench / "dedup_score.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return scorer


def furnished(bench: Path, sites: int, *, numbers: bool) -> None:
    """Put the dropped lines of real pages around every document, as many pages as sites, and score that.

    With ``numbers`` every number in them is another one on each page.
    """
    rng, other = random.Random(3), random.Random(8)

    def drawn(line: str) -> str:
        return (
            re.sub(r"\d+", lambda found: str(other.randrange(10 ** min(len(found[0]), 6))), line) if numbers else line
        )

    frames = []
    for page in read_lines(bench / "flat-dev.jsonl.gz"):
        lines = page["lines"]
        kept = [i for i, line in enumerate(lines) if line["label"]] or [0]
        above = [line["text"] for line in lines[: kept[0]] if not line["label"]][-80:]
        below = [line["text"] for line in lines[kept[-1] + 1 :] if not line["label"]][:80]
        if 60 < sum(len(line.split()) for line in above + below) < 900:
            frames.append((above, below))
    chosen = rng.sample(frames, sites)
    docs = read_lines(bench / "dedup-dev" / "docs.jsonl.gz")
    texts = []
    for doc in docs:
        above, below = rng.choice(chosen)
        texts.append("\n".join([*map(drawn, above), doc["text"], *map(drawn, below)]))
    found = find_duplicates(texts, ids=[doc["id"] for doc in docs])
    got = scorer_of(bench).score(bench / "dedup-dev", {row["id"]: row["cluster"] for row in found.rows()})
    told = f"in the furniture of {sites} pages{', other numbers on each' if numbers else ''}"
    print(f"{told}: precision {got['precision']:.4f} recall {got['recall']:.4f}", flush=True)


def on_files(python: str | None) -> dict[str, Callable[[Sequence[str]], Labels]]:
    """Return the programs that work on files, as far as they are at hand."""
    out: dict[str, Callable[[Sequence[str]], Labels]] = {}
    if importlib.util.find_spec("datatrove"):
        out["datatrove (default)"] = datatrove_minhash
    if python:
        out["text-dedup (default)"] = text_dedup_minhash(python)
    return out


def quality(bench: Path, python: str | None) -> None:
    docs = read_lines(bench / "dedup-dev" / "docs.jsonl.gz")
    scorer = scorer_of(bench)
    texts = [doc["text"] for doc in docs]
    shown = ("abridged60", "update40", "edit10", "rewrite30", "rewrite50", "ocr5", "cpc", "cs_heavy")
    print(f"{'tool':32}{'P':>7}{'recall':>8}{'mean':>7}  " + " ".join(f"{name:>10}" for name in shown))
    for name, run in (tools() | on_files(python)).items():
        labels = run(texts)
        got = scorer.score(bench / "dedup-dev", {doc["id"]: label for doc, label in zip(docs, labels, strict=True)})
        by_class = " ".join(f"{got['recall_by_class'][c]:10.3f}" for c in shown)
        print(
            f"{name:32}{got['precision']:7.3f}{got['recall']:8.3f}{got['mean_class_recall']:7.3f}  {by_class}",
            flush=True,
        )


def among_strangers(bench: Path, count: int) -> None:
    """Score the benchmark alone and among so many synthetic documents of real words, and count what they joined."""
    docs = read_lines(bench / "dedup-dev" / "docs.jsonl.gz")
    texts = [doc["text"] for doc in docs]
    pages = read_lines(bench / "flat-dev.jsonl.gz")
    sources = ["\n".join(line["text"] for line in page["lines"] if line["label"]) for page in pages[::2]]
    more = collection(count, words=350, seed=11, sources=[text for text in sources if len(text) > 400]).texts
    for strangers in ([], more):
        found = find_duplicates(texts + strangers)
        labels = found.outcome.cluster_of
        got = scorer_of(bench).score(
            bench / "dedup-dev", {doc["id"]: int(label) for doc, label in zip(docs, labels[: len(docs)], strict=True)}
        )
        joined = int(np.isin(labels[len(docs) :], labels[: len(docs)]).sum())
        print(
            f"among {len(strangers)} strangers: precision {got['precision']:.4f} recall {got['recall']:.4f} "
            f"mean class recall {got['mean_class_recall']:.4f}; {joined} strangers in a cluster of the benchmark",
            flush=True,
        )


def speed(count: int, rounds: int) -> None:
    texts = collection(count).texts
    few = texts[: max(1, count // 20)]
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, run in tools().items():
            if "default" in name:
                continue
            part = few if name.startswith("datasketch") else texts
            start = time.process_time()
            run(part)
            taken = (time.process_time() - start) / len(part) * 1e6
            best[name] = min(best.get(name, taken), taken)
    base = best["scrubkit exact+near"]
    print(f"\n{count} documents, {sum(map(len, texts)) / 1e6:.0f} MB; CPU microseconds a document, ratio to exact+near")
    for name, taken in best.items():
        print(f"{name:32}{taken:10.1f}{taken / base:8.2f}")
    kernels(texts, rounds)


def kernels(texts: Sequence[str], rounds: int) -> None:
    corpus = corpus_of(texts, anchors=None)
    a, b = SCHEME.permutations()
    best: dict[str, float] = {}
    for _ in range(rounds):
        for backend in ("auto", "avx2", "portable"):
            start = time.process_time()
            sketch(corpus, SCHEME.words, a, b, stems=False, backend=backend)
            best[backend] = min(best.get(backend, 1e9), time.process_time() - start)
    size = int(corpus.offsets[-1]) / 1e6
    print("shingle + sign, 128 permutations: " + ", ".join(f"{k} {size / v:.0f} MB/s" for k, v in best.items()))


def curve(trials: int = 1500) -> None:
    bands = bands_for(0.8)
    print(f"\nbands for Jaccard 0.8: {bands.count} x {bands.rows}; probability that a pair is missed")
    print(f"{'Jaccard':>8}{'formula':>10}{'simulated':>11}")
    for wanted in (0.5, 0.6, 0.7, 0.8, 0.9):
        # two sets of words with this Jaccard: shared ones, and as many of its own on either side
        shared = round(400 * wanted)
        own = (400 - shared) // 2
        texts = []
        for t in range(trials):
            common = [f"s{t}x{i}" for i in range(shared)]
            texts += [" ".join(common + [f"{side}{t}x{i}" for i in range(own)]) for side in "ab"]
        made = signatures(corpus_of(texts, anchors=None), type(SCHEME)(words=1), stems=False).signatures
        missed = np.ones(trials, bool)
        for keys in band_keys(made, bands.count, bands.rows):
            missed &= keys[::2] != keys[1::2]
        true = shared / (shared + 2 * own)
        print(f"{true:8.3f}{miss_probability(true, bands):10.4f}{missed.mean():11.4f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bench", type=Path)
    options.add_argument("--strangers", type=int, help="score the benchmark among so many other documents, and no more")
    options.add_argument("--text-dedup", metavar="PYTHON", help="an interpreter that has text-dedup, to be scored too")
    options.add_argument("--documents", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    if chosen.strangers is not None:
        among_strangers(chosen.bench, chosen.strangers)
        return
    if chosen.bench:
        quality(chosen.bench, chosen.text_dedup)
        for sites in (400, 40):
            for numbers in (False, True):
                furnished(chosen.bench, sites, numbers=numbers)
    speed(chosen.documents, chosen.rounds)
    curve()


if __name__ == "__main__":
    main()
