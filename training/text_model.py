"""Train the line model for flattened text, judge it out of fold, write ``scrubkit/model/text.bin`` and its card.

usage: python -m training.text_model BENCH_DIR [--trees N] [--out DIR] [--oof FILE] [--other-renderer]

BENCH_DIR holds ``flat-dev.jsonl.gz`` and ``wcxb-dev``. Five folds by registered domain: every figure printed is of
pages whose whole site was held out, in all renderings. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from scrubkit.kernels.trees import Trees, load
from scrubkit.model.rule import TRUST
from scrubkit.model.select import Keep, select, temper
from scrubkit.model.text_features import FEATURES
from scrubkit.model.text_scores import chances
from training.export_trees import export
from training.text_data import FOLDS, Sample, Table, clean_of, read_flat, table_of, titles, variant_of
from training.text_render import read_other_renderer, read_rendered

__all__ = ["main"]

SETTINGS: Mapping[str, Any] = {
    "objective": "binary", "num_leaves": 31, "learning_rate": 0.05, "min_data_in_leaf": 60, "feature_fraction": 0.4,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5, "max_bin": 127, "seed": 1, "num_threads": 1,
    "deterministic": True, "force_col_wise": True, "use_missing": False, "verbose": -1,
}  # fmt: skip
TREES = 360
# Features that gained next to nothing.
LEFT_OUT = {"ellipsis", "separators"}
NAMES = tuple(name for name in FEATURES if name not in LEFT_OUT)
COLUMNS = [FEATURES.index(name) for name in NAMES]
# Per kind of sample: rows drawn from each, weight.
DRAWN: Mapping[str, tuple[int, float]] = {
    "flat": (110, 1.0), "variant": (40, 1.0), "clean": (40, 1.0), "rendered": (50, 1.0),
}  # fmt: skip


@dataclass
class Rows:
    """Training rows of all folds."""

    features: list[NDArray[np.float32]] = field(default_factory=list)
    labels: list[NDArray[np.int8]] = field(default_factory=list)
    weights: list[NDArray[np.float64]] = field(default_factory=list)
    folds: list[NDArray[np.int8]] = field(default_factory=list)

    def add(self, sample: Sample, table: Table, kind: str, rng: np.random.Generator) -> None:
        """Draw rows of a sample; a line weighs its share of the main content, as in the score it is judged by."""
        most, weight = DRAWN[kind]
        n = len(table.labels)
        chosen = np.sort(rng.permutation(n)[:most])
        content = max(50.0, float((table.measured * table.labels).sum()))
        each = np.minimum(table.measured / content, 0.5) + 0.002
        self.features.append(table.rows[chosen][:, COLUMNS])
        self.labels.append(table.labels[chosen])
        self.weights.append(each[chosen] * weight * min(max(1.0, n / most), 3.0))
        self.folds.append(np.full(len(chosen), sample.fold, np.int8))

    def stacked(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return features, labels, weights and folds as arrays."""
        return (
            np.concatenate(self.features), np.concatenate(self.labels), np.concatenate(self.weights),
            np.concatenate(self.folds),
        )  # fmt: skip


def fit(features: NDArray[Any], labels: NDArray[Any], weights: NDArray[Any], trees: int) -> bytes:
    """Return the model file of trees trained on the rows."""
    data = lightgbm.Dataset(features, labels, weight=weights, feature_name=[f"f{i}" for i in range(len(NAMES))])
    return export(lightgbm.train(dict(SETTINGS), data, trees), NAMES)


def probabilities(trees: Trees, table: Table) -> NDArray[np.float64]:
    """Return p(main content) of each line of a table."""
    return chances(np.asarray(trees.raw_scores(np.ascontiguousarray(table.rows[:, COLUMNS]))))


def flags_of(found: NDArray[np.float64], table: Table, keep: Keep = "balanced") -> NDArray[np.bool_]:
    """Return which lines are kept."""
    chosen = select(temper(found.tolist(), TRUST), table.measured.tolist(), keep=keep)
    return np.frombuffer(bytes(chosen), np.uint8).astype(bool)


def score(table: Table, keep: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return F1, precision and recall in words, as ``flat_score.py`` counts them."""
    hit = float((table.words * table.labels * keep).sum())
    precision = hit / max(1.0, float((table.words * keep).sum()))
    recall = hit / max(1.0, float((table.words * table.labels).sum()))
    return (2 * precision * recall / (precision + recall) if hit else 0.0), precision, recall


@dataclass
class Board:
    """Means over pages by group."""

    groups: dict[str, list[tuple[float, float, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, names: Iterable[str], row: tuple[float, float, float]) -> None:
        """Count a page in groups."""
        for name in names:
            self.groups[name].append(row)

    def means(self) -> dict[str, dict[str, float]]:
        """Return pages, F1, precision and recall of each group."""
        out = {}
        for name, rows in self.groups.items():
            f1, p, r = (float(np.mean([row[i] for row in rows])) for i in range(3))
            out[name] = {"n": len(rows), "f1": round(f1, 4), "p": round(p, 4), "r": round(r, 4)}
        return out

    def show(self) -> None:
        """Print one line a group."""
        print(f"{'group':<16}{'n':>6}{'F1':>8}{'P':>8}{'R':>8}")
        for name, row in sorted(self.means().items()):
            print(f"{name:<16}{row['n']:>6}{row['f1']:>8.3f}{row['p']:>8.3f}{row['r']:>8.3f}")


@dataclass
class Judged:
    """The samples to judge: all lines of them."""

    sample: Sample
    table: Table
    kind: str


def gather(bench: Path) -> tuple[Rows, list[Judged]]:
    """Return training rows and the samples to judge."""
    rng = np.random.default_rng(0)
    rows, judged = Rows(), []
    named = titles(bench)
    for i, sample in enumerate(read_flat(bench)):
        samples = {"flat": sample, "variant": variant_of(sample, 0), "clean": clean_of(sample, named[sample.page])}
        for kind, one in samples.items():
            if one is None:
                continue
            table = table_of(one)
            rows.add(one, table, kind, rng)
            if kind == "flat" or i % 3 == 0:
                judged.append(Judged(one, table, kind))
    for i, one in enumerate(read_rendered(bench)):
        table = table_of(one)
        rows.add(one, table, "rendered", rng)
        if i % 4 == 0:
            judged.append(Judged(one, table, "rendered"))
    return rows, judged


def judge(models: Sequence[Trees], judged: Sequence[Judged], oof: Path | None) -> tuple[Board, dict[str, float]]:
    """Return the board of all samples, each scored by the model that did not see its site."""
    board, losses, bins = Board(), [], np.zeros((10, 3))
    handle = oof.open("w", encoding="utf-8") if oof else None
    for one in judged:
        found = probabilities(models[one.sample.fold], one.table)
        keep = flags_of(found, one.table)
        if one.kind == "clean":
            losses.append(float((one.table.words * ~keep).sum() / max(1.0, one.table.words.sum())))
            continue
        row = score(one.table, keep)
        if one.kind != "flat":
            board.add(["variants" if one.kind == "variant" else f"({one.sample.renderer})"], row)
            continue
        board.add(["all", one.sample.renderer, one.sample.page_type], row)
        place = np.minimum((found * 10).astype(int), 9)
        for column, value in enumerate((np.ones(len(place)), found, one.table.labels)):
            bins[:, column] += np.bincount(place, value * one.table.words, 10)
        if handle:
            facts = {"id": one.sample.page, "renderer": one.sample.renderer, "p": [round(p, 4) for p in found]}
            handle.write(json.dumps(facts) + "\n")
    if handle:
        handle.close()
    gap = np.abs(bins[:, 1] - bins[:, 2]).sum() / bins[:, 0].sum()
    untouched = float(np.mean([loss == 0 for loss in losses]))
    return board, {
        "clean_words_lost": round(float(np.mean(losses)), 4),
        "clean_texts_untouched": round(untouched, 4),
        "calibration_error": round(float(gap), 4),
    }


CARD = """# Model card: `text.bin`

Written by `python -m training.text_model BENCH_DIR`; do not edit.

**What it does.** Says how likely each line of a flattened web page is main content. {trees} trees of at most 31 leaves
over {features} features, scored by `scrubkit.kernels.trees`; {size} bytes. A fifth of each score is then lent by the
lines before and after.

**Data.** WCXB 1.0, development part (CC-BY-4.0): 1,358 pages less the pages whose lines could not be aligned with their
ground truth, flattened by two programs ({scrapes} scrapes), each line labelled by alignment. From each scrape one
variant (other bullets, lines joined or wrapped, frames cut away, script without case, script without spaces) and one
clean text (title and main content only, everything to be kept) are made. Each page is also written down in two of
seven styles of our own (a browser's copy, Markdown with and without addresses, text browsers, rows with bars).

**Figures, out of fold** (five folds by registered domain; F1 in words, mean over pages; styles of ours in brackets):

| group | n | F1 | P | R |
| --- | --- | --- | --- | --- |
{table}

Clean texts of held-out sites: {lost:.2%} of words lost, {untouched:.1%} of texts left whole.
Calibration error of the probabilities, weighted by words: {calibration:.3f}.

**Limits.** Nearly all pages are English; other scripts are only imitated. Labels are alignments, not judgements of
lines. The ground truth holds few titles, so titles score low by themselves (rule TTL002 keeps them). Products,
collections and listings are hard: annotators took different parts of such pages. Figures are by the same process that
chose features and settings, so expect a little less elsewhere.
"""


def card(data: bytes, trees: Trees, board: Board, facts: Mapping[str, float]) -> str:
    """Return the model card."""
    means = board.means()
    lines = [
        f"| {name} | {row['n']} | {row['f1']:.3f} | {row['p']:.3f} | {row['r']:.3f} |"
        for name, row in sorted(means.items())
    ]
    return CARD.format(
        trees=len(trees), features=len(trees.names), size=f"{len(data):,}", scrapes=f"{means['all']['n']:,}",
        table="\n".join(lines), lost=facts["clean_words_lost"], untouched=facts["clean_texts_untouched"],
        calibration=facts["calibration_error"],
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--trees", type=int, default=TREES)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "scrubkit" / "model")
    parser.add_argument("--oof", type=Path, help="write the out-of-fold probabilities of each scrape here")
    parser.add_argument("--other-renderer", action="store_true", help="judge pages as resiliparse flattens them, too")
    given = parser.parse_args()
    rows, judged = gather(given.bench)
    if given.other_renderer:
        judged += [Judged(one, table_of(one), "other") for one in read_other_renderer(given.bench)]
    features, labels, weights, folds = rows.stacked()
    print(f"{len(labels):,} rows, {features.shape[1]} features", flush=True)
    models = []
    for fold in range(FOLDS):
        seen = folds != fold
        models.append(load(fit(features[seen], labels[seen], weights[seen], given.trees)))
        print(f"fold {fold} trained", flush=True)
    board, facts = judge(models, judged, given.oof)
    board.show()
    print(json.dumps(facts))
    data = fit(features, labels, weights, given.trees)
    (given.out / "text.bin").write_bytes(data)
    (given.out / "text.md").write_text(card(data, load(data), board, facts), encoding="utf-8")
    print(f"{given.out / 'text.bin'}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
