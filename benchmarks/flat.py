"""Cleaning of flattened text: rules and models side by side on ``flat-dev``, trained ones out of fold.

usage: python benchmarks/flat.py BENCH_DIR [--oof FILE] [--every N]

``--oof`` is what ``python -m training.text_model BENCH_DIR --oof FILE`` wrote; without it the trained rows are left
out. ``--every 4`` takes every fourth scrape. Figures are those of ``flat_score.py``: F1 in words, mean over scrapes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from scrubkit.core import Document, Finding, resolve
from scrubkit.ingest.layout import layout_text
from scrubkit.model.rule import text_findings
from scrubkit.model.simple import simple_scores
from scrubkit.model.text_features import features, lines_of
from scrubkit.model.text_scores import Scores
from scrubkit.rules import RULES
from scrubkit.rules.run import find
from training.text_data import Sample, read_flat

TERMINAL = tuple(".!?\"'”’…。！？")
SHORT = 30
TYPES = (
    "all",
    "inscriptis",
    "selectolax",
    "article",
    "documentation",
    "service",
    "forum",
    "collection",
    "listing",
    "product",
)


def fineweb_like(lines: tuple[str, ...]) -> list[bool]:
    """Line rules after the thresholds FineWeb's filter counts by: terminal mark or over 30 characters, no copies."""
    seen: set[str] = set()
    out = []
    for line in lines:
        out.append((line.endswith(TERMINAL) or len(line) > SHORT) and line not in seen)
        seen.add(line)
    return out


def kept(document: Document, findings: tuple[Finding, ...]) -> list[bool]:
    """Return which lines stay when the findings are resolved: those of which more than white space is left."""
    out = [True] * len(document.blocks)
    for entry in resolve(document, findings).removed():
        first, last = document.blocks.at(entry.start), document.blocks.at(entry.end - 1)
        for i in range(first, last + 1):
            if entry.start <= document.blocks.starts[i] and document.blocks.ends[i] - 1 <= entry.end:
                out[i] = False
    return out


def methods(sample: Sample, oof: dict[tuple[str, str], list[float]]) -> dict[str, list[bool]]:
    layout = layout_text("\n".join(sample.lines) + "\n")
    document = Document(sample.page, layout.text, layout.blocks)
    lines = lines_of(document.text, document.blocks)
    rows = features(lines)
    typed = find(document, RULES)
    simple = text_findings(document, Scores(lines, rows, simple_scores(lines, rows), "simple"))
    out = {
        "keep all": [True] * len(sample.lines),
        "fineweb-like": fineweb_like(sample.lines),
        "typed rules": kept(document, typed),
        "simple": kept(document, simple),
        "rules + simple": kept(document, typed + simple),
    }
    chances = oof.get((sample.page, sample.renderer))
    if chances is not None:
        trained = text_findings(document, Scores(lines, rows, np.array(chances), "trained"))
        out["trained"] = kept(document, trained)
        out["rules + trained"] = kept(document, typed + trained)
    return out


def f1(sample: Sample, keep: list[bool]) -> float:
    import re

    words = [len(re.findall(r"\w+", line)) for line in sample.lines]
    hit = sum(w for w, label, k in zip(words, sample.labels, keep, strict=True) if label and k)
    precision = hit / max(1, sum(w for w, k in zip(words, keep, strict=True) if k))
    recall = hit / max(1, sum(w for w, label in zip(words, sample.labels, strict=True) if label))
    return 2 * precision * recall / (precision + recall) if hit else 0.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("bench", type=Path)
    parser.add_argument("--oof", type=Path)
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args()
    oof = {}
    if given.oof:
        with given.oof.open(encoding="utf-8") as handle:
            oof = {(row["id"], row["renderer"]): row["p"] for row in map(json.loads, handle)}
    board: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    began = time.process_time()
    for i, sample in enumerate(read_flat(given.bench)):
        if i % given.every:
            continue
        for name, keep in methods(sample, oof).items():
            value = f1(sample, keep)
            for group in ("all", sample.renderer, sample.page_type):
                board[name][group].append(value)
    groups = [group for group in TYPES if group in board["keep all"]]
    print("| method | " + " | ".join(groups) + " |")
    print("| --- |" + " --- |" * len(groups))
    print("| scrapes | " + " | ".join(str(len(board["keep all"][group])) for group in groups) + " |")
    for name, by_group in board.items():
        print(f"| {name} | " + " | ".join(f"{np.mean(by_group[group]):.3f}" for group in groups) + " |")
    print(f"{time.process_time() - began:.0f} s of CPU", file=sys.stderr)


if __name__ == "__main__":
    main()
