from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.model.select import BETAS, select

blocks = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200)), max_size=40)


def best_by_search(chances: list[float], words: list[int], beta: float) -> float:
    """The highest expected F over every threshold."""
    total = sum(p * w for p, w in zip(chances, words, strict=True))
    best = 0.0
    for threshold in chances:
        chosen = [i for i, p in enumerate(chances) if p >= threshold]
        kept = sum(words[i] for i in chosen)
        if kept:
            best = max(best, sum(chances[i] * words[i] for i in chosen) / (kept + beta * beta * total))
    return best


@given(blocks, st.sampled_from(sorted(BETAS)))
def test_reaches_the_best_threshold(rows: list[tuple[float, int]], keep: str) -> None:
    """No threshold on the probabilities has a higher expected F score than what is selected."""
    chances, words = [p for p, _ in rows], [w for _, w in rows]
    flags = select(chances, words, keep=keep)  # type: ignore[arg-type]
    kept = [i for i, flag in enumerate(flags) if flag]
    weight = sum(words[i] for i in kept)
    total = sum(p * w for p, w in rows)
    if weight:
        got = sum(chances[i] * words[i] for i in kept) / (weight + BETAS[keep] ** 2 * total)  # type: ignore[index]
        assert got == pytest.approx(best_by_search(chances, words, BETAS[keep]))  # type: ignore[index]


@given(blocks)
def test_kept_blocks_are_the_likelier_ones(rows: list[tuple[float, int]]) -> None:
    """Whatever is dropped is strictly less likely than whatever is kept."""
    flags = select([p for p, _ in rows], [w for _, w in rows])
    dropped = [p for (p, _), flag in zip(rows, flags, strict=True) if not flag]
    kept = [p for (p, _), flag in zip(rows, flags, strict=True) if flag]
    assert not dropped or not kept or max(dropped) < min(kept)


@given(blocks)
def test_dial_orders_what_is_kept(rows: list[tuple[float, int]]) -> None:
    """Precision keeps no more than balanced, balanced no more than recall."""
    chances, words = [p for p, _ in rows], [w for _, w in rows]
    counts = [sum(select(chances, words, keep=keep)) for keep in ("precision", "balanced", "recall")]
    assert counts == sorted(counts)


def test_blank_blocks_stay_out_of_it() -> None:
    """A block without a probability is neither weighed nor dropped."""
    assert list(select([math.nan, 0.9, 0.01], [0, 50, 50])) == [1, 1, 0]


def test_too_little_content_is_no_content() -> None:
    """Where fewer words than asked for are expected to be main content, nothing is kept."""
    assert list(select([0.2, 0.1], [50, 50], least=25)) == [0, 0]
    assert list(select([0.9, 0.1], [50, 50], least=25)) == [1, 0]


def test_nothing_to_select() -> None:
    """No blocks is an answer, not an error."""
    assert select([], []) == bytearray()
