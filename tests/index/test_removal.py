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
