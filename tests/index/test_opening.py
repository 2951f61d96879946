"""An index is made whole or not at all, and told apart by what it was made with, not by how that was written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scrubkit.core import ConfigError, InputError, OutputError
from scrubkit.dedup import Scheme
from scrubkit.dedup.index import open_index
from scrubkit.dedup.index.manifest import Manifest


@pytest.mark.parametrize("jaccard", [0.0, 1.5, -1.0, float("nan")])
def test_a_refused_creation_leaves_nothing(tmp_path: Path, jaccard: float) -> None:
    """A similarity that cannot be is refused before a folder is made, so that the next call can make the index."""
    with pytest.raises(ConfigError, match="not in 0 to 1"):
        open_index(tmp_path / "i", create=True, jaccard=jaccard)
    assert not (tmp_path / "i").exists()
    assert len(open_index(tmp_path / "i", create=True, jaccard=0.5)) == 0


@pytest.mark.parametrize("left", ["runs", "manifest.sqlite", "manifest.sqlite-journal"])
def test_a_creation_that_was_broken_off_is_taken_up(tmp_path: Path, left: str) -> None:
    """What a process that died while it made an index left behind does not keep another from making it."""
    folder = tmp_path / "i"
    (folder / "runs").mkdir(parents=True)
    if left != "runs":
        (folder / left).touch()
    assert open_index(folder, create=True).add(["A text that is added where nothing was."], ids=["a"]) == 1


def test_runs_without_a_manifest_are_not_written_over(tmp_path: Path) -> None:
    """A folder of runs that holds something is no broken-off creation: a lost manifest is told, not replaced."""
    (tmp_path / "i" / "runs" / "000000000000-2").mkdir(parents=True)
    with pytest.raises(InputError, match="other things in it"):
        open_index(tmp_path / "i", create=True)


def test_numbers_are_compared_as_numbers(tmp_path: Path) -> None:
    """The same similarity given as another type of number, or written by an older version, is the same."""
    open_index(tmp_path / "one", create=True, jaccard=1)
    assert open_index(tmp_path / "one", jaccard=1.0).jaccard == 1.0
    with Manifest(tmp_path / "one").writing() as writing:
        writing.set("jaccard", "1")
    assert open_index(tmp_path / "one", jaccard=1.0).jaccard == 1.0
    open_index(tmp_path / "array", create=True, jaccard=np.float64(0.7))
    assert open_index(tmp_path / "array", jaccard=0.7).jaccard == 0.7
    with pytest.raises(ConfigError, match=r"made with jaccard 0\.7, asked for is 0\.75"):
        open_index(tmp_path / "array", jaccard=0.75)
    with pytest.raises(ConfigError, match="scheme"):
        open_index(tmp_path / "array", scheme=Scheme(perms=64))


def test_a_writer_that_cannot_begin_lets_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an addition fails before its first document, the lock is free while the error is still being handled."""
    monkeypatch.setattr("scrubkit.dedup.index.manifest.WAIT", 0.1)
    index = open_index(tmp_path / "i", create=True)
    (tmp_path / "i" / "runs").rmdir()
    with pytest.raises(FileNotFoundError) as held:
        index.add(["A text that cannot be added."], ids=["a"])
    (tmp_path / "i" / "runs").mkdir()
    assert open_index(tmp_path / "i").add(["A text of another writer."], ids=["b"]) == 1
    assert held.value


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """Where the manifest can take no more the user is told which file, and it stays as it was."""
    open_index(tmp_path / "i", create=True)
    manifest = Manifest(tmp_path / "i")
    before = manifest.read()

    def write() -> None:
        with manifest.writing() as writing:
            writing._database.execute("PRAGMA max_page_count = 8")
            writing.remove(list(range(100_000)))

    with pytest.raises(OutputError, match=r"manifest\.sqlite: cannot be written: .*full"):
        write()
    assert manifest.read() == before
    with manifest.writing() as writing:
        writing.remove([1])
