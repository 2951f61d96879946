"""Which of the five kinds of duplicate a pair is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Measures", "duplicate_verdict"]


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of a pair of duplicates; ``shorter`` and ``longer`` by words compared.

    ``jaccard`` over word shingles; ``in_longer``: share of the shorter's shingles found in the longer, ``in_shorter``
    the other way; ``ratio``: words of the longer over words of the shorter (1 and up).
    """

    jaccard: float
    in_longer: float
    in_shorter: float
    ratio: float


def duplicate_verdict(m: Measures) -> str:
    """Return *reprint*, *abridged*, *updated* or *rewrite*.

    The shorter stands in the longer almost word for word: *reprint* where both are about as long, else *abridged*.
    A third and more of the shingles are shared, the rest differs on both sides: *updated*, or *reprint* where the
    lengths agree within a twenty-fifth (scattered small changes leave the length as it is). Else *rewrite*.
    """
    if m.in_longer >= 0.75:
        return "abridged" if m.ratio > 1.25 else "reprint"
    if m.jaccard > 0.2:
        return "updated" if m.ratio > 1.04 else "reprint"
    return "rewrite"
