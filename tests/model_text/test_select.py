from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.kernels import select as module
from scrubkit.model.select import BETAS, select, temper

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


chances = st.one_of(st.floats(0, 1), st.sampled_from([0.5, 0.25, math.nan]))


@pytest.mark.skipif(module._select is None, reason="the kernel is not compiled here")
@given(st.lists(st.tuples(chances, st.integers(0, 200)), max_size=80), st.sampled_from([0.25, 1.0, 4.0]))
def test_kernel_equals_reference(rows: list[tuple[float, int]], weight: float) -> None:
    """Compiled and plain choice keep the same blocks, ties, blanks and empty pages included."""
    p, words = [p for p, _ in rows], [float(w) for _, w in rows]
    for least in (0.0, 25.0):
        expected = module.reference_choose(p, words, weight=weight, least=least)
        assert module.choose(p, words, weight=weight, least=least) == expected
        assert module.choose(array("d", p), array("d", words), weight=weight, least=least) == expected


@pytest.mark.skipif(module._select is None, reason="the kernel is not compiled here")
@given(st.lists(st.tuples(st.integers(0, 1), chances, st.integers(0, 9)), max_size=60))
def test_compiled_runs_equal_their_reference(rows: list[tuple[int, float, int]]) -> None:
    """Runs of dropped and of sure blocks, their means and their longest blocks are those of the plain loop."""
    flags, p, words = bytearray(r[0] for r in rows), [r[1] for r in rows], [float(r[2]) for r in rows]
    expected = module.reference_runs(flags, p, words, 0.5)
    assert repr(module.runs(flags, p, words, 0.5)) == repr(expected)  # NaN equals itself so
    assert repr(module.runs(flags, array("d", p), array("d", words), 0.5)) == repr(expected)


@given(st.lists(chances, max_size=40), st.floats(0.1, 2))
def test_tempering_keeps_the_order(values: list[float], factor: float) -> None:
    """Compiled and plain tempering agree; a probability of a half stays, and no two change places."""
    out, plain = temper(values, factor), module.reference_temper(values, factor)
    for a, b, before in zip(out, plain, values, strict=True):
        assert math.isnan(a) if math.isnan(before) else a == pytest.approx(b, abs=1e-12)
        assert before != 0.5 or a == 0.5
    known = [(before, after) for before, after in zip(values, out, strict=True) if not math.isnan(before)]
    ordered = [after for _, after in sorted(known)]
    assert ordered == sorted(ordered)


def test_lengths_must_agree() -> None:
    """Probabilities without words of their own are a wrong use, compiled or not."""
    for choose in (module.choose, module.reference_choose):
        with pytest.raises(ValueError, match="2 probabilities for 1"):
            choose([0.5, 0.1], [1.0], weight=1.0, least=0.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 50), st.booleans()), max_size=30), st.floats(0, 1))
def test_runs_are_told_alike(blocks: list[tuple[float, int, bool]], sure: float) -> None:
    """Findings of runs are those of the reference, to the last digit."""
    flags = bytearray(kept for _, _, kept in blocks)
    starts, ends = array("l", range(0, 5 * len(blocks), 5)), array("l", range(5, 5 * len(blocks) + 5, 5))
    found = module.runs(flags, [p for p, _, _ in blocks], [float(n) for _, n, _ in blocks], sure)
    moves = [{} if first % 3 else {"depth": -0.5} for first, _, kept, _, _ in found if not kept]
    given_to = (found, starts, ends, array("l", range(len(blocks))), moves)
    how = {"codes": ("BPL001", "KEP001"), "sure": 0.89, "most": 0.9}
    told, plain = module.tell(*given_to, **how), module.reference_tell(*given_to, **how)
    assert told == plain
    assert repr(told) == repr(plain)
