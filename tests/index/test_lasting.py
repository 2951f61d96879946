"""An index on disk: nothing is lost or left half done, and what does not fit is refused by name."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrubkit.core import ConfigError, InputError, OutputError
from scrubkit.dedup import Scheme
from scrubkit.dedup.index import Index, open_index
from scrubkit.dedup.index.manifest import Manifest

Make = Callable[..., Any]
WRITER = """
import json, sys
from scrubkit.dedup.index import open_index
texts = json.load(open(sys.argv[2]))
names = list(texts)
index = open_index(sys.argv[1], create=True)
print("open", flush=True)
for begin in range(0, len(names), 3):
    part = names[begin:begin + 3]
    index.add([texts[name] for name in part], ids=part, existing="skip")
    if begin % 9 == 6:
        index.remove([part[0]], missing="ignore")
    print(json.dumps(part), flush=True)
index.compact()
print("compacted", flush=True)
"""


def names(index: Index, texts: dict[str, str]) -> set[str]:
    return {name for name in texts if name in index}


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_moment(tmp_path: Path, texts: dict[str, str], seed: int) -> None:
    """After kill -9 the index opens, holds every committed document whole and no other, and goes on."""
    some = dict(list(texts.items())[:30])
    (tmp_path / "texts.json").write_text(json.dumps(some))
    folder = tmp_path / "i"
    rng = random.Random(seed)
    lines = []
    command = [sys.executable, "-c", WRITER, str(folder), str(tmp_path / "texts.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last = rng.randint(0, 8)
        for line in process.stdout:
            lines.append(line.strip())
            if len(lines) > last:
                break
        time.sleep(rng.random() * 0.08)
        os.kill(process.pid, signal.SIGKILL)
        lines += [line.strip() for line in process.stdout.read().splitlines()]
    committed = [json.loads(line) for line in lines if line.startswith("[")]
    removed = {part[0] for at, part in enumerate(committed) if at % 3 == 2}
    index = open_index(folder)
    assert index.stats(verify=True)["documents"] == len(index)
    held = names(index, some)
    sure = {name for part in committed for name in part} - removed
    following = set(list(some)[3 * len(committed) : 3 * len(committed) + 3])
    assert sure <= held <= sure | following
    assert held & following in (set(), following, following - {min(following, key=list(some).index, default="")})
    for name in sorted(held)[:4]:
        assert name in {match.id for match in next(index.query([some[name]]))}
    index.add([some[name] for name in some], ids=list(some), existing="skip")
    index.compact()
    assert names(index, some) == set(some)
    runs = {entry.name for entry in Manifest(folder).read().runs}
    assert {path.name for path in (folder / "runs").iterdir()} == runs


def test_an_error_in_the_middle_adds_nothing(index: Index, texts: dict[str, str]) -> None:
    """Where adding fails, by a broken generator or an id given twice, the index is as before."""
    before = len(index)

    def broken() -> Any:
        yield "A text that is read before the disk with the others fails."
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        index.add(broken(), ids=["new", "newer"])
    with pytest.raises(ConfigError, match="'new' is given twice"):
        index.add(["one text", "another text"], ids=["new", "new"])
    with pytest.raises(ConfigError, match=r"has a document 'story-1' already \(1 such"):
        index.add(["one text", "another text"], ids=["new", "story-1"])
    assert len(index) == before
    assert "new" not in index


def test_known_ids_are_skipped_or_replaced(index: Index, story: Make) -> None:
    """With skip the old document stays, with replace the new one takes its place."""
    before = len(index)
    new = story(500)
    assert index.add([new, story(501)], ids=["story-1", "fresh"], existing="skip") == 1
    assert index.add([new], ids=["story-3"], existing="replace") == 1
    assert len(index) == before + 1
    old, now = index.query([story(3), new])
    assert [match.id for match in old] == []
    assert [match.id for match in now] == ["story-3"]


def test_removing(index: Index, texts: dict[str, str], story: Make) -> None:
    """Removed documents answer no more, at once and after compaction; their copies still do; unknown ids are told."""
    assert index.remove(["story-6", "words-6"]) == 2
    for _ in range(2):
        found = {match.id for match in next(index.query([story(6)], limit=99))}
        assert found == {"exact-6", "near-6", "short-6"}
        assert "story-6" not in index
        assert len(index) == len(texts) - 2
        index.compact()
    assert index.stats()["runs"] == 1
    with pytest.raises(ConfigError, match="no document 'story-6' and 1 others"):
        index.remove(["story-6", "story-1", "never"])
    assert "story-1" in index
    assert index.remove(["story-6", "story-1"], missing="ignore") == 1
    index.add([story(6)], ids=["story-6"])
    assert {m.id for m in next(index.query([story(6)], limit=99))} == {"story-6", "exact-6", "near-6", "short-6"}


def test_removed_text_is_gone_after_compaction(index: Index, tmp_path: Path, story: Make) -> None:
    """Compaction takes removed texts from the disk, those too whose copies are still looked up through them."""
    index.remove(["story-6", "story-7"])
    index.compact()
    run = index._seen().runs[0]
    held = set(run.texts(range(len(run))))
    assert story(6) not in held
    assert story(7) not in held
    assert story(8) in held


def test_compaction_changes_no_answer(index: Index, texts: dict[str, str], reworded: Make) -> None:
    """One run answers as several did."""
    asked = [reworded(texts[f"story-{at}"], at + 100) for at in range(20)]
    before = [{(match.id, match.verdict) for match in found} for found in index.query(asked)]
    index.compact()
    assert [{(match.id, match.verdict) for match in found} for found in index.query(asked)] == before
    assert all(before)


def test_many_small_additions(tmp_path: Path, texts: dict[str, str]) -> None:
    """Runs of small additions are put together on the way, and every document is found."""
    index = open_index(tmp_path / "i", create=True)
    some = list(texts.items())[:24]
    for name, text in some:
        index.add([text], ids=[name])
    assert index.stats()["runs"] <= 8
    found = list(index.query([text for _, text in some]))
    assert all(name in {m.id for m in matches} for (name, _), matches in zip(some, found, strict=True))


def test_reader_beside_a_writer(index: Index, texts: dict[str, str], story: Make) -> None:
    """A reader sees the index as it opened it while others add, remove and compact; refreshed it sees theirs."""
    reader = open_index(index.folder)
    assert "story-1" in reader
    index.add([story(800)], ids=["late"])
    index.remove(["story-1"])
    index.compact()
    assert next(reader.query([story(1)]))[0].id == "story-1"
    assert "late" not in reader
    reader.refresh()
    assert "late" in reader
    assert "story-1" not in reader


def test_two_writers(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second writer waits, and says so when that takes too long; readers are not held up."""
    monkeypatch.setattr("scrubkit.dedup.index.manifest.WAIT", 0.1)
    other = open_index(index.folder)

    def meanwhile() -> Any:
        assert "story-1" in open_index(index.folder)
        with pytest.raises(OutputError, match="another process is writing"):
            other.add(["a text by another writer"], ids=["other"])
        yield "A text that is added while the other one wants to write too."

    assert index.add(meanwhile(), ids=["mine"]) == 1


@pytest.mark.parametrize("kind", ["documents", "stems", "keys", "directory", "frequencies", "furniture"])
@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
def test_damaged_files_are_named(index: Index, kind: str, harm: str) -> None:
    """A file that was cut off, changed or lost is named with what to do."""
    run = sorted((index.folder / "runs").iterdir())[0]
    path = run / f"{kind}.arrow"
    data = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        middle = len(data) // 2
        path.write_bytes(data[:middle] if harm == "cut" else data[:middle] + b"\xff\x00\xaa" + data[middle + 3 :])
    with pytest.raises(InputError) as error:
        next(open_index(index.folder).query(["a text"]))
    assert str(path) in str(error.value)
    assert "build the index again" in str(error.value)


def test_damage_in_large_files_is_found_by_reading_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of large files the ends are looked at when the index is opened, and everything when asked to verify."""
    monkeypatch.setattr("scrubkit.dedup.index.files.WHOLE_BELOW", 0)
    monkeypatch.setattr("scrubkit.dedup.index.files._ENDS", 64)
    index = open_index(tmp_path / "i", create=True)
    index.add(["A text for a run that was made with short ends of its files in mind."], ids=["one"])
    (run,) = (index.folder / "runs").iterdir()
    path = run / "keys.arrow"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + b"\xff\x00\xaa" + data[len(data) // 2 + 3 :])
    opened = open_index(index.folder)
    assert len(opened) == 1
    with pytest.raises(InputError, match="checksum"):
        opened.stats(verify=True)


def test_other_schemes_are_refused_by_name(index: Index) -> None:
    """An index of another scheme, similarity or format is refused with both names and the remedy."""
    with pytest.raises(ConfigError, match=r"made with scheme sk1-w5-.* asked for is sk1-w3-.* another folder"):
        open_index(index.folder, scheme=Scheme(words=3))
    with pytest.raises(ConfigError, match=r"made with jaccard 0\.8, asked for is 0\.7"):
        open_index(index.folder, jaccard=0.7)
    with Manifest(index.folder).writing() as writing:
        writing.set("format", "99")
    with pytest.raises(ConfigError, match="format 99, this version of scrubkit reads 2"):
        open_index(index.folder)


def test_what_is_no_index(tmp_path: Path) -> None:
    """A folder without an index, with other things, or with a broken manifest is told as such."""
    with pytest.raises(InputError, match="holds no index"):
        open_index(tmp_path)
    (tmp_path / "letter.txt").write_text("Dear all")
    with pytest.raises(InputError, match="other things in it"):
        open_index(tmp_path, create=True)
    (tmp_path / "manifest.sqlite").write_bytes(b"this is no database, it is a text of some length" * 50)
    with pytest.raises(InputError, match="no manifest"):
        open_index(tmp_path)


def test_a_million_identical_documents_in_small(tmp_path: Path, story: Make) -> None:
    """Thousands of copies word for word cost one leader; a question is answered with the first of them."""
    index = open_index(tmp_path / "i", create=True)
    index.add([story(1, 4)] * 3000, ids=map(str, range(3000)))
    index.add([story(1, 4).upper()] * 2000, ids=map(str, range(3000, 5000)))
    told = index.stats()
    assert (told["documents"], told["copies"]) == (5000, 4999)
    found = next(index.query([story(1, 4)], limit=5))
    assert [match.verdict for match in found] == ["exact"] * 5
    assert found[0].id == "0"
