"""Which of the five kinds of duplicate a pair is, from measures that a reader can check."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Measures", "duplicate_verdict"]


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of a pair of duplicates; ``shorter`` and ``longer`` by words compared, all shares 0 to 1.

    ``jaccard`` over word shingles; ``in_longer``: share of the shorter's shingles that stand in the longer,
    ``in_shorter`` the other way; ``ratio``: words of the longer over words of the shorter (1 and up); ``covered``:
    share of the shorter that lies within the chain of stems both have in the same order, ``covered_long`` of the
    longer (``None`` where they were not computed); ``gap``: the longest stretch of the shorter outside the chain.
    """

    jaccard: float
    in_longer: float
    in_shorter: float
    ratio: float
    covered: float | None = None
    covered_long: float | None = None
    gap: float | None = None


def duplicate_verdict(m: Measures) -> str:
    """Return *reprint*, *abridged*, *updated* or *rewrite*.

    The shorter stands in the longer nearly word for word: *reprint* where the longer adds no more than a sixth, else
    *abridged*. Whole passages agree word for word and others are new (shingles agree about as far as the chain
    reaches, and a passage of the shorter is missing in the longer): *updated*. The chain reaches much further than
    the shingles agree: the words were changed throughout, *rewrite*, unless a third of the shingles survived and the
    lengths agree, which is what small corrections and reading errors do to a *reprint*.
    """
    if m.in_longer >= 0.75:
        return "reprint" if m.ratio <= 1.2 or m.in_shorter >= 0.75 else "abridged"
    covered = m.in_longer if m.covered is None else m.covered
    verbatim = m.in_longer / covered if covered > 0 else 0.0
    if verbatim >= 0.65 and covered < 0.93:
        return "updated"
    if m.in_longer >= 0.3 and m.ratio <= 1.1:
        return "reprint"
    if verbatim >= 0.65:
        return "updated" if m.ratio <= 1.5 else "abridged"
    return "rewrite"
