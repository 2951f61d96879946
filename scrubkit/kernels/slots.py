"""Where two nearly equal texts differ: names, numbers, other words; and the choice of the compiled kernel."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels import slots_reference as reference
from scrubkit.kernels.sketch import Texts, arguments
from scrubkit.kernels.slots_reference import COLUMNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scrubkit.kernels.sketch import Corpus

__all__ = ["COLUMNS", "COMPILED", "Tokens", "differences", "tokens"]


def _load() -> Any:
    """Return the compiled kernel, ``None`` where it was not built."""
    try:
        return import_module("scrubkit.kernels._slots")
    except ImportError:
        return None


_compiled = _load()
COMPILED = _compiled is not None


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The compared words of chosen documents end to end, document ``k`` at ``offsets[k]:offsets[k + 1]``.

    ``words``: uint64, hash of the folded word; ``letters``: uint64, one bit for each of 64 classes of letters it has;
    ``flags``: uint8, what it looks like as written, the ``NUMBER``, ``NAME`` … of ``slots_reference``.
    """

    words: NDArray[np.uint64]
    letters: NDArray[np.uint64]
    flags: NDArray[np.uint8]
    offsets: NDArray[np.int64]


def tokens(corpus: Corpus | Texts, which: NDArray[np.int64], *, backend: str = "auto") -> Tokens:
    """Return the words of the documents ``which`` that take part in comparison, as the sketch takes them.

    >>> from scrubkit.dedup.shingle import corpus_of
    >>> tokens(corpus_of(["On Monday Ada met 12 people."]), np.array([0])).flags.tolist()
    [36, 2, 34, 32, 33, 0]
    """
    which = np.ascontiguousarray(which, np.int64)
    if isinstance(corpus, Texts):
        corpus, which = corpus.chosen(which), np.arange(len(which))
    if _compiled is not None and backend != "python":
        made = _compiled.tokens(*arguments(corpus), which)
        return Tokens(*made)
    if backend != "python":
        from scrubkit.kernels import warn_once

        warn_once("slots")
    return Tokens(*reference.tokens(corpus, which))


def differences(
    made: Tokens, left: NDArray[np.int64], right: NDArray[np.int64], *, backend: str = "auto"
) -> NDArray[np.int32]:
    """Return int32 (pairs, kinds), columns :data:`COLUMNS`: how often each kind of difference stands between two texts.

    Texts are aligned at runs of words that stand once in each; what is not aligned differs. Where both have something
    else in one place, at most four words, it is a *slot*: *numbers*; *names*, where capitals inside a sentence say so;
    *unmarked*, where the script has no capitals. No slots but *leaks* are names or unmarked words that stand
    elsewhere in the text, where the other text has them too: whoever fills in a template does so throughout. *variants*
    are spellings of one name, and first names or titles that are there or not. *repeated* slots hold the same two as
    another one. Everything else is *other*.
    """
    left, right = np.ascontiguousarray(left, np.int64), np.ascontiguousarray(right, np.int64)
    if _compiled is not None and backend != "python":
        found: NDArray[np.int32] = _compiled.compare(made.words, made.letters, made.flags, made.offsets, left, right)
        return found
    parts = (made.words, made.letters, made.flags, made.offsets)
    return reference.differences(parts, left.tolist(), right.tolist())
