"""Removed documents leave nothing behind that answers for another, and compaction does its work once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrubkit.dedup.index import Index, open_index

Make = Callable[..., Any]


def told(index: Index, text: str) -> dict[str, str]:
    return {match.id: match.verdict for match in next(index.query([text], limit=99))}


def written(index: Index) -> set[str]:
    return {path.name for path in (index.folder / "runs").iterdir()}


@pytest.mark.parametrize("change", ["exact", "near"])
def test_a_removed_copy_leads_to_nobody_once_its_leader_is_gone(
    tmp_path: Path, story: Make, reworded: Make, change: str
) -> None:
    """Where only the leader's run was put together, its removed copy stands for no other document."""
    text, other = story(1), story(2)
    copy = text if change == "exact" else text.replace(text.split()[20], "quite", 1)
    index = open_index(tmp_path / "i", create=True)
    index.add([text, other], ids=["leader", "other"])
    for at in range(6):
        index.add([story(10 + at), story(20 + at)], ids=[f"between-{at}", f"beside-{at}"])
    index.add([copy, story(30)], ids=["copy", "beside"])
    index.remove(["leader", "copy"])
    index.add([story(31), story(32)], ids=["last", "latest"])
    assert index.stats()["removed"] == 1, "the leader's run was put together, the copy's was not"
    index.add([copy], ids=["new"])
    assert told(index, other) == {"other": "exact"}
    assert told(index, copy) == {"new": "exact"}
    assert told(index, copy.replace(copy.split()[40], "rather", 1)) == {"new": "reprint"}
    assert told(index, reworded(copy, 5)) == {"new": "rewrite"}
    index.compact()
    assert told(index, other) == {"other": "exact"}
    assert told(index, copy.replace(copy.split()[40], "rather", 1)) == {"new": "reprint"}
    assert told(index, reworded(copy, 5)) == {"new": "rewrite"}


def test_compaction_of_what_holds_nothing(tmp_path: Path, story: Make) -> None:
    """Where every document was removed compaction leaves no run, and the index goes on."""
    index = open_index(tmp_path / "i", create=True)
    index.compact()
    index.add([story(1), story(2)], ids="ab")
    index.add([story(3)], ids="c")
    index.remove("abc")
    index.compact()
    assert (index.stats()["runs"], index.stats()["removed"], len(index)) == (0, 0, 0)
    assert written(index) == set()
    assert told(index, story(1)) == {}
    assert index.add([story(1)], ids="a") == 1
    assert told(index, story(1)) == {"a": "exact"}


def test_runs_of_removed_documents_are_put_together_too(tmp_path: Path, story: Make) -> None:
    """Small additions tidy up where nothing in the runs that are put together lives."""
    index = open_index(tmp_path / "i", create=True)
    for at in range(8):
        index.add([story(at)], ids=[str(at)])
    index.remove(map(str, range(8)))
    index.add([story(9)], ids=["9"])
    assert index.stats()["runs"] <= 8
    assert told(index, story(9)) == {"9": "exact"}


def test_compaction_goes_on_behind_an_emptied_run(tmp_path: Path, story: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that follows one without a living document is compacted as any other."""
    monkeypatch.setattr("scrubkit.dedup.index.store._MERGED", 4)
    index = open_index(tmp_path / "i", create=True)
    for begin in range(0, 9, 3):
        index.add([story(at) for at in range(begin, begin + 3)], ids=[str(at) for at in range(begin, begin + 3)])
    index.remove("01234")
    index.compact()
    assert index.stats()["removed"] == 0
    texts = [text for run in index._seen().runs for text in run.texts(range(len(run)))]
    assert texts == [story(at) for at in range(5, 9)]


def test_compaction_is_done_once(tmp_path: Path, story: Make) -> None:
    """A removed leader that stays for its copies is emptied once; then there is nothing to write."""
    index = open_index(tmp_path / "i", create=True)
    index.add([story(1), story(1).upper(), story(2)], ids=["leader", "copy", "other"])
    index.remove(["leader"])
    before = written(index)
    index.compact()
    once = written(index)
    assert once != before
    assert index.stats()["removed"] == 1
    index.compact()
    assert written(index) == once
    assert told(index, story(1)) == {"copy": "exact"}
    index.remove(["copy"])
    index.compact()
    assert written(index) != once
    assert index.stats()["removed"] == 0
