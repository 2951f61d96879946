"""Where the block model of HTML pages loses: how much, on which pages, and which way.

usage: python training/html_failures.py BENCH_DIR PREDICTIONS.jsonl

PREDICTIONS.jsonl are the out-of-fold texts that ``html_model.py --predictions`` wrote. Points are hundredths of the
mean word F1 over all pages. Classes are told by measure, not by reading: ``no text`` has less than half of its ground
truth in its HTML, ``no truth`` has none, ``too much`` and ``too little`` differ by more than 0.2 in precision and recall.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from html_data import Page, load_pages
from html_metrics import TYPES, word_f1

_BANDS = (0.5, 0.7, 0.85, 0.95, 1.01)
_POOR = 0.7
_NAMED = 12


def cause(page: Page, f1: float, precision: float, recall: float) -> str:
    """Return the class of a page's loss."""
    if not page.truth.strip():
        return "no truth"
    if page.covered < 0.5:
        return "no text"
    if f1 >= _POOR:
        return "small"
    if precision < recall - 0.2:
        return "too much"
    return "too little" if recall < precision - 0.2 else "other choice"


def main() -> None:
    with Path(sys.argv[2]).open(encoding="utf-8") as lines:
        texts = {row["id"]: row["text"] for row in map(json.loads, lines)}
    bands: dict[float, list[float]] = defaultdict(list)
    types: dict[str, float] = defaultdict(float)
    classes: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    pages = list(load_pages(Path(sys.argv[1]) / "wcxb-dev"))
    for page in pages:
        f1, precision, recall = word_f1(texts[page.id], page.truth)
        why = cause(page, f1, precision, recall)
        lost = 100 * (1 - f1) / len(pages)
        if why != "no truth":
            bands[next(top for top in _BANDS if f1 < top)].append(lost)
            types[page.type] += lost
        if why != "small" and lost > 0:
            classes[why, page.type].append((f1, page.id))
    total = sum(map(sum, bands.values()))
    print(f"{total:.1f} points lost on pages with a ground truth")
    for top in _BANDS:
        print(f"  F1 below {min(top, 1):.2f}: {len(bands[top]):>4} pages {sum(bands[top]):>6.1f} points")
    print("by type: " + ", ".join(f"{kind} {types[kind] / total:.0%}" for kind in TYPES))
    for why in ("no truth", "no text", "too much", "too little", "other choice"):
        print(f"{why}: {sum(len(found) for (name, _), found in classes.items() if name == why)} pages")
        for kind in TYPES:
            worst = sorted(classes[why, kind])
            if worst:
                print(f"  {kind:<14}{len(worst):>4}  {' '.join(name for _, name in worst[:_NAMED])}")


if __name__ == "__main__":
    main()
