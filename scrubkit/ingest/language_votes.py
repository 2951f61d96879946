"""One answer, with a probability, out of what several identifiers say.

Three identifiers that err differently are asked: pycld2 (quadgrams and whole words), py3langid (byte n-grams, naive
Bayes) and our count over langdetect's profiles. Each language that one of them names is a candidate; a logistic
regression over how the three stand to it says how likely it is right, and the likeliest candidate is the answer. Its
weights (``data/language_votes.json``) are fitted by ``training/language_confidence.py``, one set for each combination
of identifiers that may be installed.

A candidate's *pattern* says which identifiers put it first; every pattern has weights of its own, since agreement is
what tells most.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["IDENTIFIERS", "Votes", "candidates", "decide", "features", "fold_code"]

IDENTIFIERS = ("cld2", "bayes", "profiles")

_CODES = {
    "iw": "he", "in": "id", "jw": "jv", "ji": "yi", "mo": "ro", "sh": "sr", "fil": "tl", "nb": "no", "zh-Hant": "zh",
    "zh-cn": "zh", "zh-tw": "zh", "yue": "zh", "wuu": "zh",
}  # fmt: skip


def fold_code(code: str) -> str:
    """Return the code by which scrubkit calls a language that tools call differently.

    >>> fold_code("iw"), fold_code("zh-tw"), fold_code("fr")
    ('he', 'zh', 'fr')
    """
    return _CODES.get(code, code)


@dataclass(frozen=True, slots=True)
class Votes:
    """What the identifiers say of one text of ``length`` characters; best first, empty where one was not asked.

    ``cld2`` holds ``(code, share of the text)``, ``bayes`` ``(code, probability)``, ``profiles`` ``(code, gain)``
    over ``runs`` known n-grams. ``asked`` names the identifiers that could speak, also those that said nothing.
    """

    length: int
    cld2: tuple[tuple[str, float], ...] = ()
    reliable: bool = False
    bayes: tuple[tuple[str, float], ...] = ()
    profiles: tuple[tuple[str, float], ...] = ()
    runs: int = 0
    inventory: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


def candidates(votes: Votes) -> list[str]:
    """Return the languages that may be the answer."""
    named = [code for code, _ in votes.cld2[:2]] + [code for code, _ in votes.bayes[:3]]
    return list(dict.fromkeys(named + [code for code, _ in votes.profiles[:2]]))


def features(code: str, votes: Votes) -> list[float]:
    """Return the numbers a candidate is judged by: six for its pattern, at the pattern's place, and five in common."""
    first = [bool(said) and said[0][0] == code for said in (votes.cld2, votes.bayes, votes.profiles)]
    pattern = first[0] * 4 + first[1] * 2 + first[2]
    share = dict(votes.cld2).get(code, 0.0)
    chance = dict(votes.bayes).get(code, 0.0)
    scale = math.sqrt(max(1, votes.runs))
    gains = dict(votes.profiles)
    best = max((gain for other, gain in gains.items() if other != code), default=0.0)
    known = code in votes.inventory
    ahead = max(-4.0, min(4.0, (gains.get(code, best - 4 * scale) - best) / scale)) if known and gains else 0.0
    own = [1.0, share, chance, ahead, float(known), math.log(votes.length + 1)]
    common = [
        math.log(chance + 1e-4),
        float(first[0] and votes.reliable),
        float(not votes.cld2),
        max((p for _, p in votes.bayes), default=0.0),
        float(len(code) > 2),
    ]
    out = [0.0] * (8 * len(own))
    out[pattern * len(own) : (pattern + 1) * len(own)] = own
    return out + common


def decide(votes: Votes) -> tuple[str, float] | None:
    """Return the likeliest language and the probability that it is right, ``None`` where nothing was named."""
    weights = _weights().get("+".join(name for name in IDENTIFIERS if name in votes.asked))
    named = candidates(votes)
    if not named or weights is None:
        return None
    judged = [(code, _logistic(weights, features(code, votes))) for code in named]
    return max(judged, key=lambda pair: pair[1])


def _logistic(weights: Sequence[float], numbers: Sequence[float]) -> float:
    total = weights[-1] + sum(w * x for w, x in zip(weights, numbers, strict=False))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def _weights() -> Mapping[str, list[float]]:
    data = files("scrubkit.ingest").joinpath("data/language_votes.json").read_text(encoding="utf-8")
    weights: Mapping[str, list[float]] = json.loads(data)["weights"]
    return weights
