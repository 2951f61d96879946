"""What each group of features of the HTML block model brings, and how the figures grow with the training pages.

usage: python training/html_ablation.py BENCH_DIR

Out of fold as in ``html_model.py`` but with 60 trees at three times the rate and at most 60 blocks a page, to keep it to
minutes; compare its lines with its own first one, not with the card. Fractions are of the domains that may be trained
on, one random choice in which the larger hold the smaller; all pages are judged each time.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from export_trees import export
from html_data import FOLDS, Page, load_pages, words
from html_model import LEAST_WORDS, Rows, fit, folds_of, registered, rows_of
from numpy.typing import NDArray

from scrubkit.kernels.trees import load
from scrubkit.model.html_features import FEATURES
from scrubkit.model.select import select

_SMALL = {"trees": 60, "learning_rate": 0.18}
_BLOCKS = 60
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


@dataclass(frozen=True)
class Counted:
    """The words of one page as numbers: those of each block, and how often each stands in the ground truth."""

    blocks: tuple[NDArray[np.int64], ...]
    truth: NDArray[np.int64]

    def f1(self, kept: Sequence[int]) -> float:
        """Return the word F1 of the kept blocks, as :func:`html_metrics.word_f1` counts it."""
        chosen = [block for block, keep in zip(self.blocks, kept, strict=True) if keep]
        found = np.bincount(np.concatenate([*chosen, np.zeros(0, np.int64)]), minlength=len(self.truth))
        both, size, due = np.minimum(found, self.truth).sum(), found.sum(), self.truth.sum()
        return float(2 * both / (size + due)) if size and due else float(size == due)


def counted(page: Page) -> Counted:
    """Return the words of a page as numbers."""
    numbers: dict[str, int] = {}
    blocks = tuple(
        np.array([numbers.setdefault(word, len(numbers)) for word in words(text)], np.int64) for text in page.texts
    )
    due = Counter(numbers.setdefault(word, len(numbers)) for word in words(page.truth))
    return Counted(blocks, np.array([due[i] for i in range(len(numbers))], np.int64))


def thinned(rows: Rows, pages: int) -> Rows:
    """Return the rows with fewer sampled blocks a page, each weighing more for those left out."""
    sample, weight = np.zeros(len(rows.y), bool), rows.weight.copy()
    random = np.random.RandomState(2)
    for page in range(pages):
        here = np.flatnonzero((rows.page == page) & rows.sample)
        if len(here) > _BLOCKS:
            weight[here] *= len(here) / _BLOCKS
            here = random.choice(here, _BLOCKS, replace=False)
        sample[here] = True
    return replace(rows, sample=sample, weight=weight)


def run(
    pages: Sequence[Counted], rows: Rows, folds: NDArray[np.int64], part: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Return word F1 of each page, out of fold; ``part`` are the pages that may be trained on."""
    chances = np.zeros(len(rows.y))
    usable = rows.sample if part is None else rows.sample & part[rows.page]
    names = [feature.name for feature in FEATURES]
    for fold in range(FOLDS):
        held = folds[rows.page] == fold
        trees = load(export(fit(rows, usable & ~held, **_SMALL), names))
        chances[held] = 1 / (1 + np.exp(-trees.raw_scores(rows.x[held])))
    ends = np.searchsorted(rows.page, np.arange(len(pages) + 1))
    spans = zip(pages, ends[:-1], ends[1:], strict=True)
    return np.array([page.f1(select(chances[a:b], rows.words[a:b], least=LEAST_WORDS)) for page, a, b in spans])


def main() -> None:
    pages = list(load_pages(Path(sys.argv[1]) / "wcxb-dev"))
    rows, folds = thinned(rows_of(pages), len(pages)), folds_of(pages)
    known = [counted(page) for page in pages]
    base = run(known, rows, folds)
    print(f"{'all features':<26}{base.mean():.4f}", flush=True)
    domains = sorted({registered(page.domain) for page in pages})
    order = np.random.RandomState(3).permutation(len(domains))
    for share in (0.25, 0.5, 0.75):
        chosen = {domains[i] for i in order[: int(share * len(domains))]}
        part = np.array([registered(page.domain) in chosen for page in pages])
        report(f"{share:.0%} of the domains", run(known, rows, folds, part), base)
    for name, starts in GROUPS.items():
        without = rows.x.copy()
        without[:, [i for i, feature in enumerate(FEATURES) if feature.name.startswith(starts)]] = 0
        report(f"- {name}", run(known, replace(rows, x=without), folds), base)


def report(name: str, scores: NDArray[np.float64], base: NDArray[np.float64]) -> None:
    """Print a mean, its difference to the base and the standard error of that difference over pages."""
    change = scores - base
    print(f"{name:<26}{scores.mean():.4f}  {change.mean():+.4f} +- {change.std() / len(change) ** 0.5:.4f}", flush=True)


if __name__ == "__main__":
    main()
