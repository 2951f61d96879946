"""What each group of features of the HTML block model brings, and how the figures grow with the training pages.

usage: python training/html_ablation.py BENCH_DIR

Fractions are of the domains that may be trained on, one random choice; all pages are judged each time.

Out of fold as in ``html_model.py`` but with 100 trees at twice the rate and at most 90 blocks a page, to keep it to
minutes; compare its lines with its own first one, not with the card.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from html_data import FOLDS, Page, load_pages
from html_metrics import score_page
from html_model import Rows, fit, folds_of, registered, rows_of, texts_of
from numpy.typing import NDArray

from scrubkit.model.html_features import FEATURES

_SMALL = {"trees": 100, "learning_rate": 0.12}
_BLOCKS = 90
GROUPS: dict[str, tuple[str, ...]] = {
    "repeats of a text": ("isfirst", "repeat"),
    "ancestors' shares": ("a0_", "a1_", "a2_", "a3_", "a4_", "a5_"),
    "tree distances": ("lca",),
    "distance from the title": ("from_h1", "from_title", "title_ov", "lcah1"),
    "place on the page": ("idx_rel", "tok_rel", "before", "from_firstgood"),
    "sections": ("hd_",),
    "signatures and cards": ("sig_", "rep_", "art_"),
    "class and id hints": ("h_", "pg_hp_"),
    "tags above": ("s_",),
    "neighbours": ("n-1_", "n1_"),
    "the page": ("pg_",),
}


def thinned(rows: Rows, pages: int) -> Rows:
    """Return the rows with at most 90 sampled blocks a page, each weighing more for those left out."""
    sample, weight = np.zeros(len(rows.y), bool), rows.weight.copy()
    random = np.random.RandomState(2)
    for page in range(pages):
        here = np.flatnonzero((rows.page == page) & rows.sample)
        if len(here) > _BLOCKS:
            weight[here] *= len(here) / _BLOCKS
            here = random.choice(here, _BLOCKS, replace=False)
        sample[here] = True
    return replace(rows, sample=sample, weight=weight)


def run(pages: list[Page], rows: Rows, folds: NDArray[np.int64], part: NDArray[np.bool_] | None = None) -> list[float]:
    """Return word F1 of each page, out of fold; ``part`` are the pages that may be trained on."""
    scores = np.zeros(len(rows.y))
    usable = rows.sample if part is None else rows.sample & part[rows.page]
    for fold in range(FOLDS):
        held = folds[rows.page] == fold
        scores[held] = fit(rows, usable & ~held, **_SMALL).predict(rows.x[held], num_threads=1)
    return [score_page(page, text)["f1"] for page, text in zip(pages, texts_of(pages, rows, scores), strict=True)]


def main() -> None:
    pages = list(load_pages(Path(sys.argv[1]) / "wcxb-dev"))
    rows, folds = thinned(rows_of(pages), len(pages)), folds_of(pages)
    base = np.array(run(pages, rows, folds))
    print(f"{'all features':<26}{base.mean():.4f}", flush=True)
    for name, starts in GROUPS.items():
        without = rows.x.copy()
        without[:, [i for i, feature in enumerate(FEATURES) if feature.name.startswith(starts)]] = 0
        report(f"- {name}", np.array(run(pages, replace(rows, x=without), folds)), base)
    domains = sorted({registered(page.domain) for page in pages})
    order = np.random.RandomState(3).permutation(len(domains))
    for share in (0.25, 0.5, 0.75):
        chosen = {domains[i] for i in order[: int(share * len(domains))]}
        part = np.array([registered(page.domain) in chosen for page in pages])
        report(f"{share:.0%} of the domains", np.array(run(pages, rows, folds, part)), base)


def report(name: str, scores: NDArray[np.float64], base: NDArray[np.float64]) -> None:
    """Print a mean, its difference to the base and the standard error of that difference over pages."""
    change = scores - base
    print(f"{name:<26}{scores.mean():.4f}  {change.mean():+.4f} +- {change.std() / len(change) ** 0.5:.4f}", flush=True)


if __name__ == "__main__":
    main()
