"""Fold, tokenise, hash and sign documents: the choice of the compiled kernel or its plain statement.

The scheme stands in :mod:`scrubkit.kernels.sketch_reference`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels import sketch_reference as reference
from scrubkit.kernels.sketch_corpus import Corpus, Rules, Sketch, Texts
from scrubkit.kernels.sketch_reference import TABLE_SIZE, ascii_table, entry_of, fold_words, gram_hash

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "TABLE_SIZE",
    "Corpus",
    "Rules",
    "Sketch",
    "Texts",
    "anchors",
    "arguments",
    "ascii_table",
    "entry_of",
    "fold_words",
    "gram_hash",
    "grams",
    "line_table",
    "sketch",
]


def _load() -> Any:
    """Return the compiled kernels, ``None`` where they were not built."""
    try:
        return import_module("scrubkit.kernels._sketch")
    except ImportError:
        return None


_compiled = _load()
COMPILED = _compiled is not None


def sketch(
    corpus: Corpus,
    n: int,
    a: NDArray[np.uint32],
    b: NDArray[np.uint32],
    *,
    stems: bool = True,
    backend: str = "auto",
) -> Sketch:
    """Return signatures over word ``n``-grams, text hashes and stems of every document in one pass.

    ``a`` and ``b`` are the permutations (uint32, one each). A text of fewer than ``n`` words has one shingle of all
    its words; one without words has none and the signature 2**32 - 1 throughout. ``backend`` is ``auto``,
    ``python``, or the instruction set to stay below: ``portable``, ``avx2``, ``avx512``.
    """
    most = {"portable": 0, "avx2": 3}.get(backend, 4)
    a, b = np.ascontiguousarray(a, np.uint32), np.ascontiguousarray(b, np.uint32)
    if _compiled is None or backend == "python":
        if backend != "python":
            from scrubkit.kernels import warn_once

            warn_once("sketch")
        with np.errstate(over="ignore"):
            return Sketch(*reference.sketch(corpus, n, a, b, stems=stems))
    return Sketch(*_compiled.sketch(*arguments(corpus), n, a, b, stems, most))


def grams(
    corpus: Corpus | Texts, n: int, which: NDArray[np.int64], *, backend: str = "auto"
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return ``(values, offsets)``: the 64-bit shingle hashes of the chosen documents, in text order."""
    which = np.ascontiguousarray(which, np.int64)
    if isinstance(corpus, Texts):
        corpus, which = corpus.chosen(which), np.arange(len(which))
    if _compiled is not None and backend != "python":
        values, offsets = _compiled.grams(*arguments(corpus), n, which)
        return values, offsets
    return reference.grams(corpus, n, which)


def line_table(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], *, backend: str = "auto"
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64]]:
    """Return ``(hashes, sizes, line_offsets)`` of all lines: bytes without the blanks at both ends (0 where empty).

    Hashes are taken with every number (digits of any script) read as ``0``: page furniture varies by little else.
    """
    if _compiled is not None and backend != "python":
        found: tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64]] = _compiled.line_table(data, offsets)
        return found
    return reference.line_table(data, offsets)


def anchors(
    hashes: NDArray[np.uint64], sizes: NDArray[np.int32], line_offsets: NDArray[np.int64], *, backend: str = "auto"
) -> NDArray[np.uint64]:
    """Return the hash of each text's longest line, the greatest hash among equals; 0 for a text without lines."""
    if _compiled is not None and backend != "python":
        found: NDArray[np.uint64] = _compiled.anchors(hashes, sizes, line_offsets)
        return found
    return reference.anchors(hashes, sizes, line_offsets)


_ASCII: dict[int, tuple[NDArray[np.uint32], NDArray[np.uint8]]] = {}


def _ascii(table: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return :func:`ascii_table` of the table, made once for the table last used: it takes as long as five texts."""
    known = _ASCII.get(0)
    if known is None or known[0] is not table:
        known = _ASCII[0] = table, ascii_table(table)
    return known[1]


def arguments(corpus: Corpus) -> tuple[Any, ...]:
    """Return what the compiled kernels that read a corpus are called with first."""
    r = corpus.rules
    rules = (int(r.prose_only), r.long_line, r.short_line, r.least)
    drop = corpus.drop if len(corpus.drop) else np.zeros(1, np.uint8)
    return corpus.data, corpus.offsets, corpus.table, _ascii(corpus.table), rules, drop, corpus.line_offsets
