"""An index that grows by many documents stays in few runs, and reads each of its files once on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrubkit.dedup.index import open_index
from scrubkit.dedup.index.store import _to_join

Make = Callable[..., Any]


def test_many_full_runs_are_put_together(tmp_path: Path, story: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """An addition of many chunks ends in runs as large as they may be, though half of all would be too much for one."""
    monkeypatch.setattr("scrubkit.dedup.index.store.CHUNK", 2)
    monkeypatch.setattr("scrubkit.dedup.index.store._MERGED", 8)
    index = open_index(tmp_path / "i", create=True)
    texts = [story(at, 4) for at in range(48)]
    index.add(texts, ids=map(str, range(48)))
    assert index.stats()["runs"] <= 8
    assert [found[0].id for found in index.query(texts)] == [str(at) for at in range(48)]


def test_which_runs_are_put_together() -> None:
    """The most neighbours that fit, of as many the smallest, half of all at most; none where no two fit."""
    assert _to_join([9, 9, 1, 1, 1, 9, 9], 100) == (1, 5)
    assert _to_join([9, 9, 1, 1, 1, 9, 9], 11) == (2, 5)
    assert _to_join([9, 9, 9, 2, 9], 12) == (2, 4)
    assert _to_join([9, 9, 9, 9], 12) is None
    assert _to_join([3] * 16, 24) == (0, 8)


def test_a_writer_checks_each_file_once(tmp_path: Path, story: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many chunks an addition has, the files of a run are read through once, not again after every chunk."""
    monkeypatch.setattr("scrubkit.dedup.index.store.CHUNK", 2)
    checked: list[Path] = []
    monkeypatch.setattr("scrubkit.dedup.index.runs.check_file", lambda path, stamp, *, whole: checked.append(path))
    index = open_index(tmp_path / "i", create=True)
    index.add([story(at, 4) for at in range(24)], ids=map(str, range(24)))
    assert len(checked) == len(set(checked))
    index.remove(["3"])
    checked.clear()
    index.compact()
    assert len(checked) == len(set(checked))
    assert [found[0].id for found in index.query([story(5, 4)])] == ["5"]
