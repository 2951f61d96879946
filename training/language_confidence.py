"""Fit the weights by which the votes of language identifiers become one answer with a probability.

    python training/language_confidence.py BENCH_DIR [OUT]

Texts are halved by a hash of their content: one half fits, the other half measures; what is written is the fit on the
first half, so the figures printed for the second are those of what is shipped. Sets weigh alike save where ``WEIGHT``
says otherwise.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from scrubkit.ingest.language import ask, spread
from scrubkit.ingest.language_votes import IDENTIFIERS, Votes, candidates, features, fold_code

WEIGHT = {"tweets": 2.5, "udhr paras": 0.7, "udhr docs": 0.3, "word-pairs": 0.7}
OUT = Path(__file__).parent.parent / "scrubkit/ingest/data/language_votes.json"


def held_out(text: str) -> bool:
    """Return whether a text belongs to the half that measures."""
    return hashlib.blake2b(text.encode(), digest_size=1).digest()[0] % 2 == 1


def same(a: str, b: str) -> bool:
    """Return whether two codes name one language; the two Norwegian standards count as one."""
    first, second = (("no" if fold_code(code) == "nn" else fold_code(code)) for code in (a, b))
    return first == second


def without(votes: Votes, names: set[str]) -> Votes:
    """Return the votes as they were if only the named identifiers had been asked."""
    cld2 = {} if "cld2" in names else {"cld2": (), "reliable": False}
    bayes = {} if "bayes" in names else {"bayes": ()}
    profiles = {} if "profiles" in names else {"profiles": (), "runs": 0, "inventory": frozenset()}
    return replace(votes, **cld2, **bayes, **profiles, asked=frozenset(names))


def expected_calibration_error(chances: list[float], right: list[bool], bins: int = 10) -> float:
    """Return the mean distance between stated and actual accuracy over ``bins`` equal bins of confidence."""
    p, ok = np.array(chances), np.array(right)
    where = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(p[where == b].mean() - ok[where == b].mean()) * (where == b).mean() for b in set(where.tolist())]
    return float(sum(gaps))


def main(argv: list[str]) -> int:
    sets = json.loads(gzip.decompress((Path(argv[0]) / "language-sets.json.gz").read_bytes()))
    rows = [(name, code, text, ask(spread(text))) for name, texts in sets.items() for code, text in texts]
    sizes = Counter(name for name, *_ in rows)
    fitted: dict[str, list[float]] = {}
    for names in ({"cld2", "bayes", "profiles"}, {"cld2", "profiles"}, {"bayes", "profiles"}, {"profiles"}):
        numbers, right, weight = [], [], []
        for name, code, text, all_votes in rows:
            votes = without(all_votes, names)
            if held_out(text) or not votes.profiles:
                continue
            for candidate in candidates(votes):
                numbers.append(features(candidate, votes))
                right.append(same(candidate, code))
                weight.append(1000 * WEIGHT.get(name, 1.0) / sizes[name])
        model = LogisticRegression(C=10, max_iter=5000).fit(np.array(numbers), right, sample_weight=weight)
        key = "+".join(n for n in IDENTIFIERS if n in names)
        fitted[key] = [round(float(w), 4) for w in (*model.coef_[0], model.intercept_[0])]
        measure(key, fitted[key], [(n, c, t, without(v, names)) for n, c, t, v in rows if held_out(t)])
    out = Path(argv[1]) if len(argv) > 1 else OUT
    out.write_text(json.dumps({"made_by": "training/language_confidence.py", "weights": fitted}) + "\n")
    return 0


def measure(key: str, weights: list[float], rows: list[tuple[str, str, str, Votes]]) -> None:
    """Print accuracy and calibration of one combination on the half that measures."""
    right: dict[str, list[bool]] = {}
    chances: dict[str, list[float]] = {}
    for name, code, _, votes in rows:
        best, chance = "und", 0.0
        for candidate in candidates(votes):
            total = weights[-1] + float(np.dot(weights[:-1], features(candidate, votes)))
            p = 1 / (1 + np.exp(-total))
            if p > chance:
                best, chance = candidate, float(p)
        for group in (name, "all"):
            right.setdefault(group, []).append(same(best, code))
            chances.setdefault(group, []).append(chance)
    for group, found in right.items():
        error = expected_calibration_error(chances[group], found)
        print(f"{key:22s} {group:12s} n {len(found):5d}  right {np.mean(found):.4f}  calibration error {error:.4f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
