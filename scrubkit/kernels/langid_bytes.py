"""py3langid's model walked in compiled code: the same features, the same probabilities.

py3langid counts byte n-grams with a state machine, a Python step a byte; here the walk is compiled and the rest is its
arithmetic: ``log(1 + count)`` of each feature times its weights, divided by the square root of the length, softmax
(Lui and Baldwin, "langid.py: An Off-the-shelf Language Identification Tool", 2012, as changed by Barbaresi).
"""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

try:
    _langid: Any = import_module("scrubkit.kernels._langid")
except ImportError:  # no compiler at installation: py3langid's own walk serves
    _langid = None

__all__ = ["ByteModel"]


class ByteModel:
    """A loaded ``py3langid.langid.LanguageIdentifier`` with ``norm_probs``, ranked quickly; its tables alone will do.

    Where there is no compiler, or the model has not the tables this walk knows, the library's own ``rank`` answers.
    """

    def __init__(self, identifier: Any) -> None:
        self._identifier = identifier
        self._walker = _walker(identifier)
        self._names = list(identifier.nb_classes)
        first: dict[str, int] = {}
        self._columns = np.array([first.setdefault(name, i) for i, name in enumerate(self._names)])

    @property
    def walks(self) -> bool:
        """Whether the tables are all it needs: else the library's own ``rank`` answers."""
        return self._walker is not None

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return ``(language, probability)`` of every language, best first; all alike where nothing is known."""
        if self._walker is None:
            ranked: list[tuple[str, float]] = self._identifier.rank(text)
            return ranked
        text = text.lower() if text.isupper() else text
        data = unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")
        merged = np.zeros(len(self._names), np.float64)
        np.add.at(merged, self._columns, self._probabilities(data))
        order = np.argsort(-merged, kind="stable")
        return [(self._names[i], float(merged[i])) for i in order.tolist() if self._columns[i] == i]

    def _probabilities(self, data: bytes) -> NDArray[np.float64]:
        found, counts = self._walker.visits(data)
        if not len(found):
            return np.full(len(self._names), 1.0 / len(self._names))
        scores = self._walker.scores(found, counts.astype(np.int64), self._identifier.nb_ptc.view(np.uint16), _halves())
        scores = (scores + self._identifier.nb_pc) / math.sqrt(len(data))
        chances = np.exp(scores - scores.max())
        out: NDArray[np.float64] = chances / chances.sum()
        return out


@cache
def _halves() -> NDArray[np.float32]:
    """Return what each of the 65,536 half floats is: a look-up is quicker than NumPy's conversion."""
    return np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32)


def _walker(identifier: Any) -> Any:
    """Return the compiled walk over a model's tables, ``None`` where they are not those of py3langid 0.4."""
    if _langid is None:
        return None
    try:
        moves = np.frombuffer(identifier.tk_nextmove, np.uint32)
        rows = np.asarray(identifier.tk_row, dtype=np.uint32)
        features = np.asarray(identifier.tk_output, dtype=np.int32)
        sound = len(moves) % 256 == 0 and rows.max() < len(moves) // 256 and moves.max() < len(rows)
        sound = sound and len(features) == len(rows) and features.max() < len(identifier.nb_ptc)
        sound = sound and identifier.nb_ptc.dtype == np.float16 and identifier.nb_ptc.flags.c_contiguous
    except (AttributeError, TypeError, ValueError):
        return None
    return _langid.Walker(moves, rows, features) if sound else None
