"""What was tried to make the HTML block model better, each out of fold against the same small model.

usage: python training/html_trials.py BENCH_DIR [TRIAL ...]

Folds, labels and selection are those of ``html_model.py``; the model that all is compared with has 120 trees of 31 leaves
at rate 0.1 and at most 100 blocks a page, and counts as the mean of two seeds. Printed are mean word F1 over all pages
and the paired difference with its standard error. A difference below two of them is no gain, and of twenty trials one
passes that mark by chance.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import lightgbm
import numpy as np
from html_ablation import Counted, counted
from html_data import FOLDS, Page, load_pages
from html_graft import grafted
from html_model import LEAST_WORDS, Rows, folds_of, registered, rows_of
from numpy.typing import NDArray

from scrubkit.model.html_features import FEATURES
from scrubkit.model.select import select

_BLOCKS = 100
_SMALL = {
    "objective": "binary", "num_leaves": 31, "learning_rate": 0.1, "min_data_in_leaf": 60, "feature_fraction": 0.4,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "max_bin": 127, "use_missing": False,
    "deterministic": True, "force_row_wise": True, "num_threads": 1, "feature_pre_filter": False, "seed": 0,
    "verbose": -1,
}  # fmt: skip
Floats = NDArray[np.float64]
Training = tuple[NDArray[np.float32], NDArray[np.int64], Floats]


class Bench:
    """The pages, their rows, and the figures of the model that trials are compared with."""

    def __init__(self, folder: Path) -> None:
        """Lay out and label all pages."""
        self.pages: list[Page] = list(load_pages(folder / "wcxb-dev"))
        self.rows: Rows = rows_of(self.pages)
        self.folds = folds_of(self.pages)
        self.known: list[Counted] = [counted(page) for page in self.pages]
        bounds = np.searchsorted(self.rows.page, np.arange(len(self.pages) + 1))
        self.spans = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
        self.held = [self.folds[self.rows.page] == fold for fold in range(FOLDS)]
        self.sample, self.weight = self._thinned()
        self.base: Floats | None = None

    def _thinned(self) -> tuple[NDArray[np.bool_], Floats]:
        chance, sample = np.random.RandomState(5), np.zeros(len(self.rows.y), bool)
        weight = self.rows.weight.copy()
        for a, b in self.spans:
            here = a + np.flatnonzero(self.rows.sample[a:b])
            if len(here) > _BLOCKS:
                weight[here] *= len(here) / _BLOCKS
                here = chance.choice(here, _BLOCKS, replace=False)
            sample[here] = True
        return sample, weight

    def training(self, fold: int) -> Training:
        """Return features, labels and weights of what a fold is trained on."""
        chosen = self.sample & ~self.held[fold]
        return self.rows.x[chosen], self.rows.y[chosen], self.weight[chosen]

    def raw(self, made: Callable[[int], Training] | None = None, trees: int = 120, **changes: object) -> Floats:
        """Return the out-of-fold raw score of each block; ``made`` gives a fold's training rows."""
        params, scores = {**_SMALL, **changes}, np.zeros(len(self.rows.y))
        for fold in range(FOLDS):
            x, y, weight = (made or self.training)(fold)
            data = lightgbm.Dataset(x, y, weight=weight, params=params)
            booster = lightgbm.train(params, data, trees)
            scores[self.held[fold]] = booster.predict(self.rows.x[self.held[fold]], raw_score=True, num_threads=1)
        return scores

    def f1(self, raw: Floats, shift: float = 0.0) -> Floats:
        """Return word F1 of each page by the raw scores of its blocks, all moved by the same log-odds."""
        chances, words = 1 / (1 + np.exp(-(raw + shift))), self.rows.words
        return np.array(
            [
                page.f1(select(chances[a:b], words[a:b], least=LEAST_WORDS))
                for page, (a, b) in zip(self.known, self.spans, strict=True)
            ]
        )

    def report(self, name: str, scores: Floats) -> None:
        """Print a mean and its paired difference to the base."""
        change = scores - (scores if self.base is None else self.base)
        print(
            f"{name:<44}{scores.mean():.4f}  {change.mean():+.4f} +- {change.std() / len(change) ** 0.5:.4f}",
            flush=True,
        )


def seeds(bench: Bench) -> None:
    """The base itself, and the mean of its two seeds."""
    first, second = bench.raw(), bench.raw(seed=1)
    bench.base = (bench.f1(first) + bench.f1(second)) / 2
    bench.report("two seeds apart", bench.base)
    bench.report("mean of the scores of two seeds", bench.f1((first + second) / 2))
    for shift in (-1.0, -0.5, 0.5, 1.0):
        bench.report(f"all log-odds moved by {shift:+}", bench.f1(first, shift))


def shapes(bench: Bench) -> None:
    """Other trees at the same number of leaves in total, or more regular ones."""
    names = [feature.name for feature in FEATURES]
    rising = ("h_cookie", "h_foot", "h_nav", "h_related", "s_footer", "s_nav")
    monotone = [-1 if name == "linkd" else int(name in rising) for name in names]
    few = {"num_leaves": 15, "learning_rate": 0.08, "trees": 240}
    for name, changes in {
        "240 trees of 15 leaves": few,
        "the same, min_data 15, l2 1": {**few, "min_data_in_leaf": 15, "lambda_l2": 1.0},
        "min_data 200, l2 30": {"min_data_in_leaf": 200, "lambda_l2": 30.0},
        "monotone in link share and class hints": {"monotone_constraints": monotone},
        "random thresholds, 150 trees": {"extra_trees": True, "trees": 150},
    }.items():
        bench.report(name, bench.f1(bench.raw(None, **changes)))  # type: ignore[arg-type]


def bagged(bench: Bench) -> None:
    """Means of models that see 80 % of the pages each."""
    total = np.zeros(len(bench.rows.y))
    for model in range(3):

        def some(fold: int, model: int = model) -> Training:
            seen = np.random.RandomState(100 + 10 * model + fold).rand(len(bench.pages)) < 0.8
            chosen = bench.sample & ~bench.held[fold] & seen[bench.rows.page]
            return bench.rows.x[chosen], bench.rows.y[chosen], bench.weight[chosen]

        total += bench.raw(some, num_leaves=15, seed=model)
        bench.report(f"mean of {model + 1} on 80 % of the pages, 15 leaves", bench.f1(total / (model + 1)))


def relabelled(bench: Bench, labels: NDArray[np.int64], weight: Floats, fold: int) -> Training:
    """Return what a fold is trained on, by other labels and weights."""
    chosen = bench.sample & ~bench.held[fold]
    return bench.rows.x[chosen], labels[chosen], weight[chosen]


def snippets(bench: Bench) -> None:
    """``with`` and ``without`` snippets as labels where they contradict the alignment."""
    labels, changed = bench.rows.y.copy(), 0
    for page, (a, _) in zip(bench.pages, bench.spans, strict=True):
        texts = [_plain(text) for text in page.texts]
        for snippet, label in [*((s, 1) for s in page.with_), *((s, 0) for s in page.without)]:
            places = [a + k for k, text in enumerate(texts) if _plain(snippet) and _plain(snippet) in text]
            if places and not (label and (len(places) > 1 or labels[places].any())):
                changed += int((labels[places] != label).sum())
                labels[places] = label
    print(f"{changed} blocks labelled otherwise")
    made = partial(relabelled, bench, labels, bench.weight)
    bench.report("snippets as labels", bench.f1(bench.raw(made)))


def sites(bench: Bench) -> None:
    """Blocks that another page of the site has too are its template: content among them is not trained on."""
    seen: dict[tuple[str, str], set[int]] = {}
    keys = [(registered(page.domain), " ".join(text.split())) for page in bench.pages for text in page.texts]
    for key, page in zip(keys, bench.rows.page.tolist(), strict=True):
        seen.setdefault(key, set()).add(page)
    shared = np.array([len(key[1]) > 2 and len(seen[key]) > 1 for key in keys])
    doubtful = shared & (bench.rows.y == 1)
    print(f"{shared.sum()} blocks stand on another page of the site, {doubtful.sum()} of them labelled content")
    made = partial(relabelled, bench, bench.rows.y, np.where(doubtful, 0.0, bench.weight))
    bench.report("content shared with the site left out", bench.f1(bench.raw(made)))


def grafts(bench: Bench) -> None:
    """As many pages again, each the main content of one page in the frame of another of its type."""
    labels = [bench.rows.y[a:b] for a, b in bench.spans]
    more = list(grafted(bench.pages, bench.folds, labels))
    chance, thin = np.random.RandomState(7), []
    for page in more:
        chosen = np.arange(len(page.y))
        weight = page.weight * max(1.0, len(chosen) / 60)
        if len(chosen) > 60:
            chosen = chance.choice(chosen, 60, replace=False)
        thin.append((page.fold, page.x[chosen], page.y[chosen], 0.5 * weight[chosen]))

    def made(fold: int) -> Training:
        parts = [bench.training(fold), *((x, y, weight) for of, x, y, weight in thin if of != fold)]
        x, y, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
        return x, y, weight

    print(f"{len(more)} grafted pages")
    bench.report("grafted pages at half weight", bench.f1(bench.raw(made)))


def soft(bench: Bench) -> None:
    """A loss that adds the expected word F1 of each page to that of its blocks."""
    scores = np.zeros(len(bench.rows.y))
    for fold in range(FOLDS):
        chosen = bench.sample & ~bench.held[fold]
        x, y, weight = bench.training(fold)
        page, size = bench.rows.page[chosen], (bench.rows.words * bench.weight / bench.rows.weight)[chosen]
        loss = partial(_page_loss, y.astype(float), weight, size, page)
        params = {**_SMALL, "objective": loss}
        booster = lightgbm.train(params, lightgbm.Dataset(x, y, params={**_SMALL}), 120)
        scores[bench.held[fold]] = booster.predict(bench.rows.x[bench.held[fold]], num_threads=1)
    bench.report("expected F1 of the page in the loss", bench.f1(scores))


def _page_loss(
    y: Floats, weight: Floats, size: Floats, page: NDArray[np.int64], raw: Floats, data: lightgbm.Dataset
) -> tuple[Floats, Floats]:
    """Gradient and curvature of log loss less 0.3 of the F1 that the probabilities promise, page by page."""
    del data
    p = 1 / (1 + np.exp(-raw))
    slope, due = p * (1 - p), np.bincount(page, size * y)
    both = np.maximum(np.bincount(page, size * p) + due, 1.0)
    f1 = 2 * np.bincount(page, size * p * y) / both
    share = np.where(due[page] > 0, 0.3 * 2 * size / both[page], 0.0)
    return weight * (p - y) - share * (y - f1[page] / 2) * slope, weight * slope + share * slope / 4 + 1e-9


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


TRIALS: dict[str, Callable[[Bench], None]] = {
    "shapes": shapes, "bagged": bagged, "snippets": snippets, "sites": sites, "grafts": grafts, "soft": soft,
}  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Run the trials named, all where none is."""
    bench = Bench(Path(arguments[0]))
    seeds(bench)
    for name in arguments[1:] or TRIALS:
        TRIALS[name](bench)


if __name__ == "__main__":
    main(sys.argv[1:])
