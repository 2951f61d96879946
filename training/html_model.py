"""Train the block model of HTML pages and write its file and its card.

usage: python training/html_model.py BENCH_DIR [--predictions OUT.jsonl] [--check]

BENCH_DIR holds ``wcxb-dev``. Labels come from the ground truth by alignment, figures are out of fold (five folds by
registered domain), the shipped model is trained on all pages. Deterministic: the same data and library versions give
the same file. ``--predictions`` writes the out-of-fold texts, ``--check`` trains nothing on all pages and writes
nothing into the package.
"""

from __future__ import annotations

import argparse
import json
import platform
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from export_trees import export
from html_data import FOLDS, Page, load_pages, words
from html_metrics import score_page, table
from numpy.typing import NDArray

from scrubkit.model.html_features import FEATURES, features
from scrubkit.model.select import select

TREES = 400
LEAST_WORDS = 25
"""Expected words of main content below which a page is said to have none."""
_LABEL = 0.6
_ROWS = 200
_OUT = Path(__file__).parent.parent / "scrubkit" / "model"
_PARAMS = {
    "objective": "binary",
    "num_leaves": 31,
    "learning_rate": 0.03,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "use_missing": False,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 0,
    "verbose": -1,
}


@dataclass(frozen=True)
class Rows:
    """All blocks of all pages: features, labels, weights, the words the model counts, and whose they are."""

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    weight: NDArray[np.float64]
    words: NDArray[np.float64]
    page: NDArray[np.int64]
    sample: NDArray[np.bool_]


def registered(domain: str) -> str:
    """Return the registered domain, by the rule of thumb that ``co.uk`` and its like have three parts."""
    parts = domain.lower().split(".")
    short = len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3
    return ".".join(parts[-3 if short else -2 :])


def folds_of(pages: Sequence[Page]) -> NDArray[np.int64]:
    """Return the fold of each page; pages of one registered domain share one."""
    names = sorted({registered(page.domain) for page in pages})
    fold = dict(zip(names, np.random.RandomState(0).randint(0, FOLDS, len(names)), strict=True))
    return np.array([fold[registered(page.domain)] for page in pages])


def rows_of(pages: Sequence[Page]) -> Rows:
    """Return training rows; a block weighs by its share of the ground truth, 200 blocks a page at most count."""
    parts = [features(page.document) for page in pages]
    width = len(FEATURES)
    x = np.concatenate([np.frombuffer(rows, np.float32).reshape(-1, width) for rows, _ in parts])
    counted = np.concatenate([np.frombuffer(held, np.float64) for _, held in parts])
    owner = np.repeat(np.arange(len(pages)), [len(held) for _, held in parts])
    share = np.concatenate([page.share for page in pages])
    scored = np.concatenate([page.counts for page in pages])
    truth = np.array([len(words(page.truth)) for page in pages])
    weight = np.minimum(scored / np.maximum(50, truth[owner]), 0.5) + 0.002
    weight[np.array([page.covered for page in pages])[owner] < 0.5] *= 0.1
    sample = np.zeros(len(owner), bool)
    random = np.random.RandomState(1)
    at = 0
    for page in pages:
        n = len(page.counts)
        chosen = np.arange(n) if n <= _ROWS else random.choice(n, _ROWS, replace=False)
        sample[at + chosen] = True
        if n > _ROWS:
            weight[at + chosen] *= min(n / _ROWS, 3)
        at += n
    return Rows(x, (share >= _LABEL).astype(np.int64), weight, counted, owner, sample)


def fit(rows: Rows, chosen: NDArray[np.bool_], **changes: Any) -> lightgbm.Booster:
    """Return a booster trained on the chosen rows."""
    params = {**_PARAMS, **changes}
    trees = params.pop("trees", TREES)
    data = lightgbm.Dataset(rows.x[chosen], rows.y[chosen], weight=rows.weight[chosen])
    return lightgbm.train(params, data, trees)


def out_of_fold(rows: Rows, folds: NDArray[np.int64], **changes: Any) -> NDArray[np.float64]:
    """Return p(main content) of every block from the model that did not see its domain."""
    scores = np.zeros(len(rows.y))
    for fold in range(FOLDS):
        held = folds[rows.page] == fold
        scores[held] = fit(rows, rows.sample & ~held, **changes).predict(rows.x[held], num_threads=1)
    return scores


def texts_of(pages: Sequence[Page], rows: Rows, scores: NDArray[np.float64]) -> list[str]:
    """Return the text kept of each page: the blocks of highest expected F1, nothing below ``LEAST_WORDS``."""
    texts, at = [], 0
    for page in pages:
        end = at + len(page.counts)
        flags = select(scores[at:end].tolist(), rows.words[at:end].tolist(), least=LEAST_WORDS)
        texts.append("\n".join(text for text, kept in zip(page.texts, flags, strict=True) if kept))
        at = end
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    pages = list(load_pages(options.bench / "wcxb-dev"))
    rows, folds = rows_of(pages), folds_of(pages)
    texts = texts_of(pages, rows, out_of_fold(rows, folds))
    figures = table(pages, [score_page(page, text) for page, text in zip(pages, texts, strict=True)])
    print(f"{len(pages)} pages, {len(rows.y)} blocks, out of fold:")
    print("\n".join(f"{name:<14}{value:.4f}" for name, value in figures.items()))
    if options.predictions:
        lines = (json.dumps({"id": page.id, "text": text}) for page, text in zip(pages, texts, strict=True))
        options.predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not options.check:
        write(fit(rows, rows.sample), rows, figures, len(pages))


def write(booster: lightgbm.Booster, rows: Rows, figures: dict[str, float], pages: int) -> None:
    """Write model and card into the package, after checking that the file scores as the trainer does."""
    from scrubkit.kernels.trees import load

    data = export(booster, [feature.name for feature in FEATURES])
    some = np.ascontiguousarray(rows.x[:20_000])
    ours = np.array(load(data).scores(array("f", some.tobytes()), len(some)))
    gap = float(np.abs(ours - booster.predict(some, raw_score=True)).max())
    if gap > 1e-6:
        raise SystemExit(f"the exported model differs from the trainer's by {gap}")
    (_OUT / "html.bin").write_bytes(data)
    card = {
        "model": "html",
        "what": "probability that a block of an HTML page is main content",
        "form": f"{booster.num_trees()} gradient-boosted trees of at most {_PARAMS['num_leaves']} leaves",
        "bytes": len(data),
        "data": {
            "name": "WCXB 1.0, development part, pages that also stand in its test part left out",
            "licence": "CC-BY-4.0",
            "pages": pages,
            "blocks": len(rows.y),
            "labels": "alignment of blocks with the human ground truth; a block is content from 60 % of its words on",
        },
        "figures": {"how": f"{FOLDS} folds by registered domain, out of fold, word F1", **figures},
        "selection": f"prefix of highest expected F1; nothing below {LEAST_WORDS} expected words",
        "trained_with": {
            "lightgbm": lightgbm.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "parameters": {"trees": TREES, **_PARAMS},
        "features": [feature.name for feature in FEATURES],
        "limits": [
            "pages are nearly all in Latin script and most in English; features read no words, but layouts differ",
            "whether comments, reviews or cards are content was learned from how annotators of these pages decided",
            "pages whose text is not in their HTML have nothing to score",
        ],
    }
    (_OUT / "html-card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(f"html.bin: {len(data)} bytes, differs from the trainer by {gap:.1e}")


if __name__ == "__main__":
    main()
