"""Train the line model for flattened text, judge it out of fold, write its two files and its card.

usage: python -m training.text_model BENCH_DIR [--out DIR] [--oof FILE] [--other-renderer]

BENCH_DIR holds ``flat-dev.jsonl.gz`` and ``wcxb-dev``. Five folds by registered domain: every figure printed is of
pages whose whole site was held out from both passes, in all renderings. The second pass is trained on first scores by
trees that did not see the page's site either, nor those held out. The same inputs give the same bytes.
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

from scrubkit.kernels.trees import load
from scrubkit.model.rule import TRUST
from scrubkit.model.select import Keep, select, temper
from scrubkit.model.text_features import FEATURES
from scrubkit.model.text_scores import Passes, chances
from scrubkit.model.text_second import SECOND
from training.export_trees import export
from training.text_card import card
from training.text_data import FOLDS, Sample, Table, clean_of, read_flat, table_of, titles, variant_of
from training.text_render import read_other_renderer, read_rendered

__all__ = ["main"]

SETTINGS: Mapping[str, Any] = {
    "objective": "binary", "num_leaves": 31, "min_data_in_leaf": 60, "feature_fraction": 0.4,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5, "max_bin": 127, "seed": 1, "num_threads": 1,
    "deterministic": True, "force_col_wise": True, "use_missing": False, "verbose": -1,
}  # fmt: skip
# Trees and learning rate of each pass.
FIRST, AGAIN = (200, 0.08), (360, 0.05)
# Features that gained next to nothing.
LEFT_OUT = {"ellipsis", "separators"}
NAMES = tuple(name for name in FEATURES if name not in LEFT_OUT)
ALL_NAMES = (*NAMES, *SECOND)
COLUMNS = [i for i, name in enumerate((*FEATURES, *SECOND)) if name not in LEFT_OUT]
# Per kind of sample: rows drawn from each, weight.
DRAWN: Mapping[str, tuple[int, float]] = {
    "flat": (110, 1.0), "variant": (40, 1.0), "clean": (40, 1.0), "rendered": (50, 1.0),
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A sample with the lines of it that are trained on, and whether it is judged."""

    sample: Sample
    table: Table
    kind: str
    chosen: NDArray[np.int64]
    judged: bool

    @property
    def fold(self) -> int:
        """The fold of its site."""
        return self.sample.fold

    @property
    def weights(self) -> NDArray[np.float64]:
        """A line weighs its share of the main content, as in the score it is judged by."""
        most, weight = DRAWN[self.kind]
        measured, labels = self.table.measured, self.table.labels
        content = max(50.0, float((measured * labels).sum()))
        each = np.minimum(measured / content, 0.5) + 0.002
        return np.asarray(each[self.chosen] * weight * min(max(1.0, len(labels) / most), 3.0))


def gather(bench: Path) -> list[Drawn]:
    """Return all samples."""
    rng = np.random.default_rng(0)
    out: list[Drawn] = []

    def add(sample: Sample | None, kind: str, *, judged: bool) -> None:
        if sample is not None:
            table = table_of(sample)
            chosen = np.sort(rng.permutation(len(table.labels))[: DRAWN[kind][0]])
            out.append(Drawn(sample, table, kind, chosen, judged))

    named = titles(bench)
    for i, sample in enumerate(read_flat(bench)):
        add(sample, "flat", judged=True)
        add(variant_of(sample, 0), "variant", judged=i % 3 == 0)
        add(clean_of(sample, named[sample.page]), "clean", judged=i % 3 == 0)
    for i, sample in enumerate(read_rendered(bench)):
        add(sample, "rendered", judged=i % 4 == 0)
    return out


def fit(rows: Sequence[NDArray[Any]], of: Sequence[Drawn], names: Sequence[str], size: tuple[int, float]) -> bytes:
    """Return the model file of a pass, trained on the drawn rows of samples."""
    trees, rate = size
    features = np.concatenate([part[:, COLUMNS[: len(names)]] for part in rows])
    labels = np.concatenate([one.table.labels[one.chosen] for one in of])
    weights = np.concatenate([one.weights for one in of])
    data = lightgbm.Dataset(features, labels, weight=weights, feature_name=[f"f{i}" for i in range(len(names))])
    return export(lightgbm.train({**SETTINGS, "learning_rate": rate}, data, trees), names)


def first_pass(drawn: Sequence[Drawn], without: Iterable[int]) -> bytes:
    """Return the model file of the first pass, trained without some folds."""
    held = set(without)
    of = [one for one in drawn if one.fold not in held]
    return fit([one.table.rows[one.chosen] for one in of], of, NAMES, FIRST)


def second_pass(drawn: Sequence[Drawn], firsts: Mapping[int, bytes]) -> bytes:
    """Return the model file of the second pass; ``firsts`` are those of the first by the fold they have not seen."""
    of = [one for one in drawn if one.fold in firsts]
    before = {fold: load(data).over(FEATURES) for fold, data in firsts.items()}
    rows = []
    for one in of:
        passes = Passes(before[one.fold], before[one.fold])
        rows.append(passes.rows(one.table.rows, one.table.measured)[one.chosen])
    return fit(rows, of, ALL_NAMES, AGAIN)


def trained(drawn: Sequence[Drawn], held: int | None, cache: dict[frozenset[int], bytes]) -> tuple[bytes, bytes]:
    """Return the files of both passes, trained without a fold; ``cache`` keeps first passes, which serve twice."""

    def first(*without: int) -> bytes:
        key = frozenset(without)
        if key not in cache:
            cache[key] = first_pass(drawn, key)
        return cache[key]

    out = () if held is None else (held,)
    firsts = {fold: first(*out, fold) for fold in range(FOLDS) if fold != held}
    return first(*out), second_pass(drawn, firsts)


def passes_of(first: bytes, second: bytes) -> Passes:
    """Return the model of two files."""
    return Passes(load(first).over(FEATURES), load(second).over((*FEATURES, *SECOND)))


def probabilities(passes: Passes, table: Table) -> NDArray[np.float64]:
    """Return p(main content) of each line of a table."""
    return chances(np.asarray(passes.second.raw_scores(passes.rows(table.rows, table.measured))))


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


def judge(models: Sequence[Passes], judged: Sequence[Drawn], oof: Path | None) -> tuple[Board, dict[str, float]]:
    """Return the board of all samples, each scored by the model that did not see its site."""
    board, losses, bins = Board(), [], np.zeros((10, 3))
    handle = oof.open("w", encoding="utf-8") if oof else None
    for one in judged:
        found = probabilities(models[one.fold], one.table)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "scrubkit" / "model")
    parser.add_argument("--oof", type=Path, help="write the out-of-fold probabilities of each scrape here")
    parser.add_argument("--other-renderer", action="store_true", help="judge pages as resiliparse flattens them, too")
    given = parser.parse_args()
    drawn = gather(given.bench)
    judged = [one for one in drawn if one.judged]
    if given.other_renderer:
        none = np.zeros(0, np.int64)
        judged += [Drawn(one, table_of(one), "other", none, True) for one in read_other_renderer(given.bench)]
    print(f"{sum(len(one.chosen) for one in drawn):,} rows, {len(ALL_NAMES)} features", flush=True)
    models: list[Passes] = []
    cache: dict[frozenset[int], bytes] = {}
    for fold in range(FOLDS):
        models.append(passes_of(*trained(drawn, fold, cache)))
        print(f"fold {fold} trained", flush=True)
    board, facts = judge(models, judged, given.oof)
    board.show()
    print(json.dumps(facts))
    shipped = trained(drawn, None, cache)
    for name, data in zip(("text.bin", "text-second.bin"), shipped, strict=True):
        (given.out / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")
    (given.out / "text.md").write_text(card(passes_of(*shipped), shipped, board.means(), facts), encoding="utf-8")


if __name__ == "__main__":
    main()
