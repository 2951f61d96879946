"""Labels for lines of a page that has a reference text: a line is main content where the reference holds it.

Words are aligned in order by a longest common subsequence; lines that stand elsewhere in the reference word for
word are found in a second pass. Short lines need consecutive words, because scattered ones match by chance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

__all__ = ["align"]

_WORD = re.compile(r"\w+")
_MOST_CELLS = 4_000_000_000


def align(lines: Sequence[str], reference: str) -> tuple[list[int], float, float] | None:
    """Return a label for each line, and recall and precision of the kept words against the reference.

    ``None`` where page and reference are too long to align.
    """
    words = [_WORD.findall(line.lower()) for line in lines]
    wanted = _WORD.findall(reference.lower())
    number: dict[str, int] = {}
    sequence = [number.setdefault(word, len(number)) for line in words for word in line]
    owner = [i for i, line in enumerate(words) for _ in line]
    target = [number.setdefault(word, len(number)) for word in wanted]
    if not target or len(sequence) * len(target) > _MOST_CELLS:
        return None
    hits, runs, used = [0] * len(lines), [0] * len(lines), bytearray(len(target))
    for op in LCSseq.opcodes(sequence, target):
        if op.tag != "equal":
            continue
        used[op.dest_start : op.dest_end] = b"\1" * (op.dest_end - op.dest_start)
        run, before = 0, -1
        for at in range(op.src_start, op.src_end):
            run = run + 1 if owner[at] == before else 1
            before = owner[at]
            hits[before] += 1
            runs[before] = max(runs[before], run)
    labels = [_is_found(len(line), hits[i], runs[i]) for i, line in enumerate(words)]
    _rescue(words, wanted, labels, used)
    kept = sum(len(line) for line, label in zip(words, labels, strict=True) if label)
    found = sum(used)
    return labels, found / len(target), min(1.0, found / max(1, kept))


def _is_found(size: int, hits: int, run: int) -> int:
    if not size or (size <= 12 and run < min(size, 4)):
        return 0
    return int(hits / size >= 0.6)


def _rescue(words: Sequence[list[str]], wanted: Sequence[str], labels: list[int], used: bytearray) -> None:
    """Keep lines of five words or more that the reference holds word for word in another order."""
    joined = " " + " ".join(wanted) + " "
    for i, line in enumerate(words):
        if labels[i] or len(line) < 5:
            continue
        place = joined.find(" " + " ".join(line) + " ")
        if place < 0:
            continue
        first = joined.count(" ", 0, place + 1) - 1
        if sum(used[first : first + len(line)]) < len(line) / 2:
            labels[i] = 1
            used[first : first + len(line)] = b"\1" * len(line)
