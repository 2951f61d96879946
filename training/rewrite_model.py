"""Train the decision of the rewrite layer and score it end to end, out of fold.

Documents of one gold cluster lie in one of five folds. A pair is judged by a model that saw neither document's fold,
at a margin chosen on the pairs that model saw: fifteen models. The benchmark lies alone, and in backgrounds of
synthetic documents of two sizes whose candidate pairs are negatives (rarity, and with it every feature, depends on
the size of the collection). The shipped model is trained on all folds at all sizes.

usage: python training/rewrite_model.py BENCH [--write]  (the folder with dedup-dev, dedup_score.py, flat-dev.jsonl.gz)
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import random
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from small_texts import bulletins, cut, quoting, shortened
from synthetic import collection

from scrubkit.dedup.bands import packed
from scrubkit.dedup.model import NO_COPY, Model, filled_in, islands, terms, too_little
from scrubkit.dedup.rewrite import measure, stems_of
from scrubkit.dedup.scheme import SCHEME
from scrubkit.dedup.search import Copies, Rewrites, copies, link, rewrites
from scrubkit.dedup.shingle import corpus_of, signatures
from scrubkit.dedup.templates import filled_alike, reads_alike
from scrubkit.kernels.sketch import Corpus

OUT = Path(__file__).parent.parent / "scrubkit" / "dedup" / "rewrite.json"
FOLDS = 5
BACKGROUND_WEIGHT = 0.3
EDGE_PRECISION = 0.98  # of the pairs seen, by weight: strangers that are made to be hard count more than they occur
SHORTENED_WEIGHT, FILLED_WEIGHT = 3.0, 0.2
EASY = 0.35
MIXTURES = 500
SMALL = 400
# Classes whose members still say the same when all are cut to their first hundred words.
CUTTABLE = {
    "source", "edit5", "edit10", "edit20", "rewrite30", "rewrite50", "rewrite_mix", "ocr2", "ocr5", "abridged60",
    "update20", "cpc_src", "cpc",
}  # fmt: skip


@dataclass
class Gold:
    """The benchmark: texts, ids, gold cluster and fold a document, pairs that are not scored."""

    texts: list[str]
    ids: list[str]
    cluster: np.ndarray
    fold: np.ndarray
    ignored: set[tuple[int, int]]


@dataclass
class Setting:
    """The benchmark in a background of one size: pairs measured, what each pair is (1, 0, -1 not scored), and which are
    told to be pages of one template."""

    size: int
    first: Copies
    layer: Rewrites
    truth: np.ndarray
    folds: np.ndarray
    weight: np.ndarray
    terms: np.ndarray
    template: np.ndarray


def read_lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def load(bench: Path) -> Gold:
    docs = read_lines(bench / "dedup-dev" / "docs.jsonl.gz")
    at = {doc["id"]: i for i, doc in enumerate(docs)}
    names = sorted({str(doc["cluster"]) for doc in docs})
    number = {name: i for i, name in enumerate(names)}
    cluster = np.array([number[str(doc["cluster"])] for doc in docs])
    fold_of = list(range(len(names)))
    random.Random(5).shuffle(fold_of)
    fold = np.array([fold_of[c] % FOLDS for c in cluster])
    pairs = read_lines(bench / "dedup-dev" / "pairs.jsonl.gz")
    ignored = {(min(at[p["a"]], at[p["b"]]), max(at[p["a"]], at[p["b"]])) for p in pairs if p["label"] == -1}
    return Gold([doc["text"] for doc in docs], [doc["id"] for doc in docs], cluster, fold, ignored)


def mixtures(pages: list[dict[str, Any]], gold: Gold, count: int) -> list[str]:
    """Return pairs of strangers that share matter as reports do: a quotation, an agency paragraph, page furniture.

    Made from pages that are not in the benchmark; the shared part is at most two fifths of the shorter text.
    """
    rng = random.Random(9)
    known = {text[:150] for text in gold.texts}
    kept = [[line["text"] for line in page["lines"] if line["label"]] for page in pages]
    free = [
        lines for lines in kept if 120 < len(" ".join(lines).split()) < 1500 and "\n".join(lines)[:150] not in known
    ]
    furniture = [[line["text"] for line in page["lines"] if not line["label"]] for page in pages]
    furniture = [lines for lines in furniture if 30 < len(" ".join(lines).split()) < 400]
    out: list[str] = []
    while len(out) < 2 * count:
        a, b, c = (list(lines) for lines in rng.sample(free, 3))
        shared = rng.choice(furniture) if rng.random() < 0.5 else sorted(rng.sample(c, min(len(c), rng.randint(1, 4))))
        size = min(len(" ".join(lines).split()) for lines in (a, b))
        while shared and len(" ".join(shared).split()) > 0.66 * size:
            shared = shared[:-1]
        if len(" ".join(shared).split()) < 15:
            continue
        for lines in (a, b):
            at = rng.choice([0, len(lines), rng.randint(0, len(lines))])
            out.append("\n".join(lines[:at] + shared + lines[at:]))
    return out


def background(bench: Path, gold: Gold, count: int) -> tuple[list[str], np.ndarray]:
    """Return mixtures first, then synthetic strangers, and what each was made from."""
    if not count:
        return [], np.zeros(0, np.int64)
    pages = read_lines(bench / "flat-dev.jsonl.gz")
    mixed = mixtures([page for page in pages if page["renderer"] == pages[0]["renderer"]], gold, MIXTURES)
    sources = ["\n".join(line["text"] for line in page["lines"] if line["label"]) for page in pages[::2]]
    made = collection(count, words=350, seed=11, sources=[text for text in sources if len(text) > 400])
    return mixed + made.texts, np.concatenate([np.arange(len(mixed)), np.array(made.origin) + len(mixed)])


def prepare(gold: Gold, texts: list[str], origin: np.ndarray) -> Setting:
    start = time.process_time()
    corpus = corpus_of(gold.texts + texts)
    sketch = signatures(corpus)
    first = copies(corpus, sketch, SCHEME, jaccard=0.8)
    layer = rewrites(sketch, first)
    group = np.concatenate([gold.cluster, origin + gold.cluster.max() + 1]) if len(texts) else gold.cluster
    left, right = first.rows[layer.pairs.left], first.rows[layer.pairs.right]
    n = len(gold.texts)
    truth = (group[left] == group[right]).astype(np.int64)
    strange = (left >= n) | (right >= n)
    truth[strange & (truth == 1)] = -1
    # a page is part of several mixtures: only the two made together are known to be strangers
    mixed = ((left >= n) & (left < n + 2 * MIXTURES)) | ((right >= n) & (right < n + 2 * MIXTURES))
    truth[mixed & ((left - n) // 2 != (right - n) // 2)] = -1
    for i, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        if (min(a, b), max(a, b)) in gold.ignored:
            truth[i] = -1
    folds = np.stack([np.where(x < n, gold.fold[np.minimum(x, n - 1)], -1) for x in (left, right)], axis=1)
    # of the strangers that hardly share a third one in four is enough, at four times the weight
    synthetic = (left >= n + 2 * MIXTURES) | (right >= n + 2 * MIXTURES)
    easy = synthetic & (layer.features[:, 0] < EASY)
    drawn = np.random.default_rng(3).random(len(truth)) < 0.25
    weight = np.where(easy, np.where(drawn, 4.0, 0.0), 1.0) * np.where(synthetic, BACKGROUND_WEIGHT, 1.0)
    made, _ = terms(layer.features)
    print(
        f"N={len(corpus)}: {len(first.rows)} rows, {len(left)} candidates, positive {int((truth == 1).sum())}, "
        f"strange {int(strange.sum())}, cpu {time.process_time() - start:.1f} s",
        flush=True,
    )
    template = templates(corpus, layer.features, left, right)
    return Setting(len(corpus), first, layer, truth, folds, weight, made, template)


def templates(corpus: Corpus, features: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    out = reads_alike(features)
    look = np.flatnonzero(out)
    out[look] = filled_alike(corpus, left[look], right[look])
    return out


def small(bench: Path, gold: Gold, count: int) -> Setting:
    """Return pairs from many collections of about a dozen documents, as a first user has them.

    Each holds a few members of one gold cluster, two strangers of which one quotes the other, pages of one template,
    a short text with two shortened versions, and three fillings of another short text; most are cut to a hundred
    words or three. All pairs are measured, not only the candidates.
    """
    docs = read_lines(bench / "dedup-dev" / "docs.jsonl.gz")
    pages = read_lines(bench / "flat-dev.jsonl.gz")
    free = ["\n".join(x["text"] for x in page["lines"] if x["label"]) for page in pages[::2]]
    free = [text for text in free if len(text.split()) > 150]
    rng = random.Random(21)
    names = sorted({word for text in free for word in re.findall(r"(?<=[a-z,] )[A-Z][a-z]{3,}", text)})
    clusters: dict[int, list[int]] = {}
    alike: dict[str, list[int]] = {}
    for i, doc in enumerate(docs):
        if doc["cls"] in CUTTABLE:
            clusters.setdefault(int(gold.cluster[i]), []).append(i)
        elif doc["cls"].startswith("neg_"):
            alike.setdefault(doc["cls"] + (doc["cls"] == "neg_template") * str(doc["src"]), []).append(i)
    groups = [members for members in clusters.values() if len(members) > 1]
    templates = [members for members in alike.values() if len(members) > 2]
    parts: list[tuple[np.ndarray, ...]] = []
    for _ in range(count):
        words = rng.choice([80, 120, 180, 260, 400])
        members = rng.choice(groups)
        chosen = rng.sample(members, min(len(members), 4))
        texts = [cut(gold.texts[i], words) for i in chosen] + quoting(free, words, rng)
        strangers = [-1, -2]
        near = rng.choice(templates)
        at = rng.randrange(max(1, len(near) - 3))
        chosen += strangers + near[at : at + 3]
        texts += [gold.texts[i] for i in near[at : at + 3]]
        one, other, third = rng.sample(range(len(free)), 3)
        short = rng.choice([40, 60, 80, 120])
        texts += shortened(free[one], free[third], short, rng) + bulletins(free[other], names, short, rng)
        own = [one % FOLDS] * 3 + [other % FOLDS] * 3
        parts.append(measured(gold, texts, np.array(chosen), own))
    features, truth, folds, made, template = (np.concatenate(column) for column in zip(*parts, strict=True))
    layer = SimpleNamespace(features=features)
    weight = np.select([made == 2, made == 1, truth == 1], [FILLED_WEIGHT, SHORTENED_WEIGHT, 0.9], 3.0)
    print(
        f"small: {count} collections, {int((truth == 1).sum())} copies, {int((truth == 0).sum())} strangers", flush=True
    )
    return Setting(0, None, layer, truth, folds, weight, terms(features)[0], template)  # type: ignore[arg-type]


def measured(gold: Gold, texts: list[str], chosen: np.ndarray, own: list[int]) -> tuple[np.ndarray, ...]:
    """Return features, truth, folds, kind and template of all pairs: documents ``chosen``, three shortened, three fillings.

    ``own`` holds the folds of the last six; what was made of one page lies in one fold. Kind is 1 for two of the
    shortened, 2 for two fillings, else 0.
    """
    corpus = corpus_of(texts)
    sketch = signatures(corpus)
    stems = stems_of(sketch, np.arange(len(texts)))
    left, right = np.triu_indices(len(texts), 1)
    features = measure(stems, left, right)
    group = np.where(chosen >= 0, gold.cluster[np.maximum(chosen, 0)], chosen)
    group = np.concatenate([group, [-3, -3, -3, -4, -5, -6]])
    fold = np.where(chosen >= 0, gold.fold[np.maximum(chosen, 0)], -1)
    fold = np.concatenate([fold, own])
    chosen = np.concatenate([chosen, np.full(len(own), -1)])
    truth = (group[left] == group[right]).astype(np.int64)
    pairs = np.stack([chosen[left], chosen[right]], axis=1)
    for i, pair in enumerate(np.sort(pairs, axis=1).tolist()):
        if tuple(pair) in gold.ignored:
            truth[i] = -1
    size = len(texts)
    made = np.where(left >= size - 3, 2, (left >= size - 6) & (right < size - 3))
    template = templates(corpus, features, left, right)
    return features, truth, np.stack([fold[left], fold[right]], axis=1), made, template


def candidate_recall(gold: Gold, setting: Setting) -> None:
    found = {
        tuple(sorted(p))
        for p in zip(setting.layer.pairs.left.tolist(), setting.layer.pairs.right.tolist(), strict=True)
    }
    row = setting.first.row[: len(gold.texts)]
    total = hit = 0
    for c in np.unique(gold.cluster):
        members = sorted(set(row[gold.cluster == c].tolist()))
        total += len(members) * (len(members) - 1) // 2
        hit += sum((a, b) in found for i, b in enumerate(members) for a in members[:i])
    print(f"N={setting.size}: all within-cluster pairs as candidates {hit / max(1, total):.4f} of {total}")


def usable(setting: Setting, without: set[int]) -> np.ndarray:
    seen = ~np.isin(setting.folds, list(without)).any(axis=1)
    return seen & (setting.truth >= 0) & (setting.weight > 0) & ~too_little(setting.layer.features)


def fit(settings: list[Setting], without: set[int], strength: float) -> tuple[np.ndarray, float]:
    """Return weights and bias, the bias moved so that margin 0 has the wanted precision on the pairs seen."""
    chosen = [usable(s, without) for s in settings]
    x = np.concatenate([s.terms[ok] for s, ok in zip(settings, chosen, strict=True)])
    y = np.concatenate([s.truth[ok] for s, ok in zip(settings, chosen, strict=True)])
    w = np.concatenate([s.weight[ok] for s, ok in zip(settings, chosen, strict=True)])
    scale = StandardScaler().fit(x)
    fitted = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200).fit(
        scale.transform(x), y, sample_weight=w
    )
    weights = fitted.coef_[0] / scale.scale_
    bias = float(fitted.intercept_[0] - scale.mean_ @ weights)
    margins = x @ weights + bias
    order = np.argsort(-margins)
    precision = np.cumsum(w[order] * y[order]) / np.cumsum(w[order])
    last = np.flatnonzero(precision >= EDGE_PRECISION)
    return weights, bias - float(margins[order[last[-1]]]) if len(last) else bias


def out_of_fold(settings: list[Setting], strength: float) -> list[np.ndarray]:
    out = [np.full(len(s.truth), -99.0) for s in settings]
    for a in range(-1, FOLDS):
        for b in range(max(a, 0), FOLDS):
            without = {f for f in (a, b) if f >= 0}
            weights, bias = fit(settings, without, strength)
            for s, margins in zip(settings, out, strict=True):
                low, high = s.folds.min(axis=1), s.folds.max(axis=1)
                mine = (low == a) & (high == b) & ~too_little(s.layer.features)
                margins[mine] = s.terms[mine] @ weights + bias
    weights, bias = fit(settings, set(), strength)
    for s, margins in zip(settings, out, strict=True):  # pairs of strangers: nothing of them is scored
        mine = (s.folds.max(axis=1) < 0) & ~too_little(s.layer.features)
        margins[mine] = s.terms[mine] @ weights + bias
    ruled_out = [islands(s.layer.features) | filled_in(s.layer.features) | s.template for s in settings]
    return [np.where(no, np.minimum(m, NO_COPY), m) for no, m in zip(ruled_out, out, strict=True)]


def score(bench: Path, gold: Gold, setting: Setting, margins: np.ndarray) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("dedup_score", bench / "dedup_score.py")
    assert spec
    assert spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    probability = 1 / (1 + np.exp(-np.clip(margins, -50, 50)))
    ok = margins > 0
    pairs = setting.layer.pairs
    apart = packed(pairs.left[setting.template], pairs.right[setting.template])
    label, _ = link(setting.first, (pairs.left[ok], pairs.right[ok], probability[ok]), apart)
    return scorer.score(bench / "dedup-dev", {name: int(label[i]) for i, name in enumerate(gold.ids)})


def calibrate(settings: list[Setting], margins: list[np.ndarray]) -> tuple[float, float]:
    """Return slope and shift of the probability, fitted to out-of-fold margins."""
    x, y, w = [], [], []
    for s, m in zip(settings, margins, strict=True):
        ok = (s.truth >= 0) & (m > -20)
        x.append(np.clip(m[ok], -8, 8))
        y.append(s.truth[ok])
        w.append(s.weight[ok])
    fitted = LogisticRegression(C=1e6).fit(
        np.concatenate(x)[:, None], np.concatenate(y), sample_weight=np.concatenate(w)
    )
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("bench", type=Path)
    options.add_argument("--write", action="store_true")
    options.add_argument("--backgrounds", type=int, nargs="*", default=[0, 12_000])
    options.add_argument("--strength", type=float, nargs="*", default=[10.0])
    chosen = options.parse_args()
    gold = load(chosen.bench)
    texts, origin = background(chosen.bench, gold, max(chosen.backgrounds))
    settings = [prepare(gold, texts[:n], origin[:n]) for n in chosen.backgrounds]
    for setting in settings:
        candidate_recall(gold, setting)
    if max(chosen.backgrounds):
        settings.append(small(chosen.bench, gold, SMALL))
    margins: list[np.ndarray] = []
    for strength in chosen.strength:
        margins = out_of_fold(settings, strength)
        for setting, m in zip(settings, margins, strict=True):
            if not setting.size:
                for kind, wanted in (("copies", 1), ("strangers", 0)):
                    of = setting.truth == wanted
                    print(f"C={strength} small: {kind} accepted {int((m[of] > 0).sum())} of {int(of.sum())}")
                of = setting.weight == FILLED_WEIGHT
                print(f"  of them fillings of one template {int((m[of] > 0).sum())} of {int(of.sum())}")
                continue
            result = score(chosen.bench, gold, setting, m)
            print(f"C={strength} N={setting.size} out of fold: {json.dumps(result)}", flush=True)
            strange = (setting.folds.min(axis=1) < 0) & (setting.truth == 0) & (m > 0)
            print(
                f"  pairs with strangers accepted: {int(strange.sum())}, of them mixtures {int((strange & (setting.weight == 1)).sum())}"
            )
    if chosen.write:
        strength = chosen.strength[-1]
        weights, bias = fit(settings, set(), strength)
        slope, shift = calibrate(settings, margins)
        names = terms(np.zeros((1, settings[0].layer.features.shape[1]), np.float32))[1]
        record = {
            "weights": {name: round(float(w), 6) for name, w in zip(names, weights, strict=True)},
            "bias": round(bias, 6),
            "slope": round(slope, 6),
            "shift": round(shift, 6),
        }
        Model.of(record)
        OUT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        print(f"slope {slope:.3f} shift {shift:.3f}; written {OUT.name}")


if __name__ == "__main__":
    main()
