"""An index whose manifest holds what none can hold: refused by name, nothing else."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from scrubkit.core import InputError, ScrubkitError
from scrubkit.dedup.index import open_index

STORY = "The ferry will run again from the first of May, the harbour board said on Monday after a long winter. "


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made") / "index"
    with open_index(place, create=True) as index:
        index.add([STORY, "Rain fell all day. " * 9], ids=["a", "b"])
    return place


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE about SET value = 'x' WHERE key = 'jaccard'",
        "UPDATE about SET value = '-5' WHERE key = 'jaccard'",
        "DELETE FROM about WHERE key = 'jaccard'",
        "DELETE FROM about WHERE key = 'format'",
        "UPDATE about SET value = 'x' WHERE key = 'next-serial'",
        "UPDATE about SET value = x'ff00' WHERE key = 'scheme'",
        "UPDATE runs SET files = '[]'",
        "UPDATE runs SET files = '{}'",
        "UPDATE runs SET files = '{\"documents\": '",
        "UPDATE runs SET files = replace(files, 'size', 'siz')",
        "UPDATE runs SET name = '../../elsewhere'",
        "UPDATE runs SET documents = 999999",
        "UPDATE runs SET documents = 'a'",
        "UPDATE runs SET first = -1",
        "DROP TABLE runs",
    ],
)
def test_a_manifest_that_cannot_be(made: Path, tmp_path: Path, change: str) -> None:
    """Torn or tampered rows end in an error for the user, never in a crash and never at a path outside the index."""
    place = tmp_path / "index"
    shutil.copytree(made, place)
    with sqlite3.connect(place / "manifest.sqlite") as database:
        database.execute(change)
    database.close()
    with pytest.raises(ScrubkitError), open_index(place) as index:
        list(index.query([STORY]))


def test_bytes_that_are_no_manifest(made: Path, tmp_path: Path) -> None:
    """A file of other bytes under the manifest's name is told as such."""
    place = tmp_path / "index"
    shutil.copytree(made, place)
    (place / "manifest.sqlite").write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)
    with pytest.raises(InputError):
        open_index(place)
