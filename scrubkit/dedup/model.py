"""The decision over a pair's features: a logistic combination trained by ``training/rewrite_model.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.core.errors import ScrubkitError
from scrubkit.dedup.rewrite import FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NO_COPY", "Model", "filled_in", "islands", "shipped_model", "terms", "too_little"]

_SHIPPED = "rewrite.json"
_AT = {name: at for at, name in enumerate(FEATURES)}
# Products of these with each other let "how much" weigh differently by "how even" and "how long".
_CROSSED = (
    "contained",
    "chain",
    "covered",
    "covered_long",
    "gap",
    "kept_next",
    "length",
    "ratio",
    "raw",
    "aligned",
    "shared",
)
_SHORT = 4.5  # ln: under ninety stems a share says less
_ISLAND_SHARE, _WORD_FOR_WORD, _ISLAND_GAP, _ISLAND_STEMS = 0.4, 0.7, 0.25, 40
_OTHER_NUMBERS, _SOME_NUMBERS, _AROUND = 0.34, 0.14, 0.6  # a third of at least three
_LEAST_STEMS, _LEAST_LINKS, _LEAST_RAW, _RAW_BY_CHANCE = 12, 3, 0.3, 0.2
_FEW = 2.3  # ln: under ten links in order a chain may be chance


NO_COPY = -1.0
"""The greatest margin of a pair that shares islands of text, or a template."""


def terms(features: NDArray[np.float32]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return float64 (pairs, terms) and the terms' names: features, their products, hinges."""
    x = features.astype(np.float64)
    columns = {name: x[:, at] for name, at in _AT.items()}
    columns["density"] = np.exp(columns["chain_length"] - columns["length"]) / np.maximum(columns["covered"], 0.02)
    columns["numbers*number_count"] = columns["numbers"] * columns["number_count"]
    for at, first in enumerate(_CROSSED):
        for second in _CROSSED[at:]:
            columns[f"{first}*{second}"] = columns[first] * columns[second]
    for name in ("gap", "covered", "contained"):
        columns[f"density*{name}"] = columns["density"] * columns[name]
    columns["covered<0.5"] = np.maximum(0, 0.5 - columns["covered"])
    columns["contained<0.5"] = np.maximum(0, 0.5 - columns["contained"])
    columns["short"] = np.maximum(0, _SHORT - columns["length"])
    conflict = (1 - columns["numbers"]) * np.minimum(1, 4 * columns["number_count"])
    columns["conflict"] = conflict
    columns["conflict*aligned"] = conflict * columns["aligned"]
    columns["short*aligned"] = columns["short"] * columns["aligned"]
    columns["short*gap"] = columns["short"] * columns["gap"]
    few = np.maximum(0, _FEW - columns["chain_length"])
    columns["few"] = few
    columns["few*contained"] = few * columns["contained"]
    columns["short*contained"] = columns["short"] * columns["contained"]
    return np.stack(list(columns.values()), axis=1), tuple(columns)


def too_little(features: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which pairs have too little in common, or are too short, for any judgement but "not a rewrite".

    Two rare words in common make two sentences of a dozen words alike by any share; their other words must agree too,
    and the more so the longer the other text is, since a long text holds many of a sentence's words by chance.
    """
    length, links, raw, ratio = (features[:, _AT[name]] for name in ("length", "chain_length", "raw", "ratio"))
    few = links < np.log(_LEAST_LINKS - 0.5)
    wanted = _LEAST_RAW + _RAW_BY_CHANCE * ratio
    return np.asarray((length < np.log(_LEAST_STEMS)) | (few & (raw < wanted)), np.bool_)


def islands(features: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which pairs agree word for word in places and in little else, as a report does with what it quotes.

    A copy covers a text evenly: a rewrite has much in common but neighbours seldom stay neighbours, an abridgement
    stands in the original as a whole. Texts of fewer than forty stems are too short to have islands.
    """
    names = ("contained", "kept_next", "gap", "length")
    contained, kept, gap, length = (features[:, _AT[name]] for name in names)
    found = (contained < _ISLAND_SHARE) & (kept > _WORD_FOR_WORD) & (gap > _ISLAND_GAP)
    return np.asarray(found & (length > np.log(_ISLAND_STEMS)), np.bool_)


def filled_in(features: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which pairs agree word for word around numbers that differ: two pages of one template."""
    names = ("numbers", "number_count", "kept_next")
    numbers, count, kept = (features[:, _AT[name]] for name in names)
    return np.asarray((numbers <= _OTHER_NUMBERS) & (count >= _SOME_NUMBERS) & (kept > _AROUND), np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Weights of the terms. A margin above 0 is a duplicate; ``slope`` and ``shift`` turn margins to probabilities."""

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    bias: float
    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def of(cls, record: Mapping[str, object]) -> Model:
        """Return the model of a JSON record; ``ValueError`` where its terms are not those of this version."""
        weights = record["weights"]
        if not isinstance(weights, Mapping):
            raise ValueError("its weights are no table")
        names = terms(np.zeros((1, len(FEATURES)), np.float32))[1]
        if tuple(weights) != names:
            raise ValueError("it was trained for other terms than this version measures")
        numbers = [float(str(record[key])) for key in ("bias", "slope", "shift")]
        return cls(names, np.array(list(weights.values()), np.float64), *numbers)

    def margins(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the margin of each pair; -99 where there is too little to judge, below 0 for islands and templates."""
        out = np.full(len(features), -99.0)
        known = ~too_little(features)
        if known.any():
            # not a matrix product: its rounding would depend on how many pairs are judged at once
            out[known] = (terms(features[known])[0] * self.weights).sum(axis=1) + self.bias
        return np.where(islands(features) | filled_in(features), np.minimum(out, NO_COPY), out)

    def probability(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the calibrated probability that pairs of these margins are duplicates."""
        logit = np.clip(self.slope * margins + self.shift, -50, 50)
        out: NDArray[np.float64] = 1 / (1 + np.exp(-logit))
        return out


@cache
def shipped_model() -> Model:
    """Return the model that is part of the package.

    :class:`~scrubkit.core.ScrubkitError`, naming the file, where it is missing, damaged or of another version.
    """
    file = files("scrubkit.dedup").joinpath(_SHIPPED)
    try:
        return Model.of(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScrubkitError(
            f"the rewrite model cannot be used: {error}",
            place=str(file),
            remedy="reinstall scrubkit, or in a checkout run training/rewrite_model.py BENCH --write",
        ) from error
