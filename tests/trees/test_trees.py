from __future__ import annotations

import math
import sys
from array import array
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.core.errors import InputError
from scrubkit.kernels import trees

sys.path.insert(0, str(Path(__file__).parents[2]))

Tree = tuple[list[trees.Node], list[float]]


def grow(draw: st.DrawFn, width: int, room: int) -> Tree:
    """Draw a random tree of up to ``room`` leaves."""
    nodes: list[trees.Node] = []
    leaves: list[float] = []

    def build(left: int) -> None:
        if left <= 1 or not draw(st.booleans()):
            leaves.append(draw(st.floats(-2, 2)))
            return
        place, first = len(nodes), len(leaves)
        nodes.append((0, 0.0, 0, 0, 0.0))
        share = draw(st.integers(1, left - 1))
        build(share)
        middle = len(leaves)
        build(left - share)
        value = draw(st.floats(-2, 2, width=32))
        nodes[place] = (draw(st.integers(0, width - 1)), draw(st.floats(-3, 3, width=32)), first, middle, value)

    build(room)
    return nodes, leaves


@st.composite
def forests(draw: st.DrawFn) -> trees.Trees:
    width = draw(st.integers(1, 5))
    grown = [grow(draw, width, draw(st.integers(1, 32))) for _ in range(draw(st.integers(0, 4)))]
    names = [f"x{i}" for i in range(width)]
    return trees.load(trees.pack(names, [t[0] for t in grown], [t[1] for t in grown]))


def walk(model: trees.Trees, row: np.ndarray) -> float:
    """Score one row by descending each tree, the plainest way there is."""
    shape, total, base, leaf = model.shape, 0.0, 0, 0
    for size in shape.sizes:
        node, low, high = base, 0, size + 1
        while high - low > 1:
            x = row[shape.features[node]]
            if (0.0 if math.isnan(x) else x) > shape.thresholds[node]:
                node, low = node + shape.middle[node] - low, shape.middle[node]
            else:
                node, high = node + 1, shape.middle[node]
        total += shape.leaves[leaf + low]
        base, leaf = base + size, leaf + size + 1
    return total


@settings(max_examples=80, deadline=None)
@given(forests(), st.integers(0, 70), st.randoms(use_true_random=False))
def test_kernel_reference_and_descent_agree(model: trees.Trees, count: int, random: object) -> None:
    """The compiled kernel, the NumPy reference and a plain descent give the same scores, bit for bit."""
    rng = np.random.default_rng(random.randrange(2**32))  # type: ignore[attr-defined]
    rows = rng.normal(size=(count, len(model.names))).astype(np.float32)
    rows[rng.random(rows.shape) < 0.05] = np.nan
    rows[rng.random(rows.shape) < 0.05] = np.inf
    expected = [walk(model, row) for row in rows]
    assert model.raw_scores(rows).tolist() == expected
    assert model.reference_scores(rows).tolist() == expected
    assert list(model.scores(array("f", rows.tobytes()), count)) == expected
    chances = [1 / (1 + math.exp(-raw)) for raw in expected]
    assert list(model.probabilities(array("f", rows.tobytes()), count)) == chances


@settings(max_examples=60, deadline=None)
@given(forests(), st.randoms(use_true_random=False))
def test_explanations_add_up(model: trees.Trees, random: object) -> None:
    """Compiled and plain explanations agree, and with the root means they add up to the score."""
    rng = np.random.default_rng(random.randrange(2**32))  # type: ignore[attr-defined]
    row = array("f", rng.normal(size=len(model.names)).astype(np.float32).tobytes())
    moves = model.explain(row)
    plain = array("d", bytes(8 * len(model.names)))
    model._explain(row, len(model), plain)
    assert list(moves) == pytest.approx(list(plain), abs=1e-9)
    roots, node, leaf = 0.0, 0, 0
    for size in model.shape.sizes:
        roots += model.shape.values[node] if size else model.shape.leaves[leaf]
        node, leaf = node + size, leaf + size + 1
    assert roots + sum(moves) == pytest.approx(model.scores(row, 1)[0], abs=1e-6)
    (named,) = model.strongest(array("f", [0.0] * len(row)) + row, [1], 3)
    sizes = sorted((abs(move) for move in plain), reverse=True)[:3]
    assert [abs(move) for move in named.values()] == pytest.approx(sizes, abs=0.006)


def chain(rng: np.random.Generator, width: int, leaves: int) -> Tree:
    """Return a random tree of a given number of leaves."""
    nodes: list[trees.Node] = []

    def build(first: int, end: int) -> None:
        if end - first > 1:
            middle = int(rng.integers(first + 1, end))
            nodes.append(
                (int(rng.integers(width)), float(np.float32(rng.normal())), first, middle, float(rng.normal()))
            )
            build(first, middle)
            build(middle, end)

    build(0, leaves)
    return nodes, rng.normal(size=leaves).tolist()


def test_many_thresholds_and_many_rows() -> None:
    """Features of more thresholds than a byte counts, and more rows than are scored at once, change nothing."""
    rng = np.random.default_rng(11)
    grown = [chain(rng, 2, 32) for _ in range(40)]
    model = trees.load(trees.pack(["a", "b"], [t[0] for t in grown], [t[1] for t in grown]))
    assert (
        max(
            len({t for f, t in zip(model.shape.features, model.shape.thresholds, strict=True) if f == k})
            for k in (0, 1)
        )
        > 510
    )
    rows = rng.choice(np.array(model.shape.thresholds, np.float32), size=(1200, 2))
    rows[::3] = rng.normal(size=rows[::3].shape)
    rows[40:60] = rows[40]
    rows[::17, 0] = np.nan
    assert np.array_equal(model.raw_scores(rows), model.reference_scores(rows))
    flat = array("f", rows.tobytes())
    which = range(3, 1200, 7)
    plain = [{model.names[i]: round(move, 2) for i, move in model._strongest(flat, row, 2)} for row in which]
    assert model.strongest(flat, which, 2) == plain
    with pytest.raises(ValueError, match="no row 1200"):
        model.strongest(flat, [1200], 2)


def test_rounding_is_that_of_python() -> None:
    """Moves are rounded to hundredths as ``round`` does, halves and tiny ones included."""
    moves = [0.125, -0.125, 2.675, 1.005, -0.004, 0.0, 0.995, 17.285, -3.14159]
    nodes = [[(i, 0.5, 0, 1, 0.0)] for i in range(len(moves))]
    model = trees.load(trees.pack([f"x{i}" for i in range(len(moves))], nodes, [[0.0, move] for move in moves]))
    (told,) = model.strongest(array("f", [1.0] * len(moves)), [0], len(moves))
    assert {name: repr(move) for name, move in told.items()} == {
        f"x{i}": repr(round(m, 2)) for i, m in enumerate(moves)
    }


def test_equals_lightgbm(tmp_path: Path) -> None:
    """An exported booster scores float32 rows exactly as LightGBM does, constant trees included."""
    lightgbm = pytest.importorskip("lightgbm")
    from training.export_trees import export

    rng = np.random.default_rng(7)
    rows = rng.normal(size=(3000, 6)).astype(np.float32)
    rows[:, 3] = np.round(rows[:, 3])
    label = (rows[:, 0] * rows[:, 1] + rows[:, 3] > 0).astype(int)
    settings = {"objective": "binary", "num_leaves": 31, "verbose": -1, "use_missing": False, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, label), 40)
    model = trees.load(export(booster, [f"x{i}" for i in range(6)]))
    assert len(model) == 40
    probe = np.concatenate([rows, rng.normal(size=(500, 6)).astype(np.float32) * 3])
    assert np.array_equal(model.raw_scores(probe), booster.predict(probe, raw_score=True))


def test_export_refuses_what_the_kernel_does_not_do() -> None:
    """A booster trained with missing values is refused by name instead of scored wrongly."""
    lightgbm = pytest.importorskip("lightgbm")
    from training.export_trees import export

    rng = np.random.default_rng(1)
    rows = rng.normal(size=(500, 2))
    rows[::3, 0] = np.nan
    booster = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(rows, rows[:, 1] > 0), 2)
    with pytest.raises(ValueError, match="missing values"):
        export(booster, ["a", "b"])


STUMP = trees.pack(("a",), [[(0, 0.5, 0, 1, 0.0)]], [[1.0, 2.0]])


@pytest.mark.parametrize("data", [b"", b"nonsense", STUMP[:-1], STUMP[:40] + b"\xff" + STUMP[41:], STUMP[:20]])
def test_damage_is_named(data: bytes) -> None:
    """Bytes that are no model, are cut or changed raise an error a user can read."""
    with pytest.raises(InputError, match="model"):
        trees.load(data)


def test_rows_must_fit() -> None:
    """Rows of the wrong width are an error, never a read outside the buffer."""
    model = trees.load(STUMP)
    with pytest.raises(ValueError, match="rows"):
        model.scores(array("f", [1.0, 2.0]), 1)
    with pytest.raises(ValueError, match="shape"):
        model.raw_scores(np.zeros((2, 3), np.float32))


def test_trees_of_more_than_32_leaves_are_refused() -> None:
    """The mask word holds 32 leaves; more is refused when the file is made."""
    nodes = [(0, float(i), 0, 1, 0.0) for i in range(32)]
    with pytest.raises(ValueError, match="33 leaves"):
        trees.pack(("a",), [nodes], [[0.0] * 33])
