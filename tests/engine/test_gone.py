"""Sources that are gone or changed between cleaning and writing: set aside by name, and the run goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubkit.config import load
from scrubkit.engine import run
from scrubkit.engine.restore import restored
from scrubkit.engine.run import Plan, Result, clean_corpus

CONFIG = load(isolated=True, overrides={"dedup": {"enabled": False}})


def text(number: int) -> str:
    return f"Skip to main content\n\nReport {number}: the river rose by {number} metres, said gauge {number * 7}.\n"


def write(root: Path, ending: str) -> Path:
    """Write three files of four records each; the second is the one that will be gone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    root.mkdir()
    for part in range(3):
        numbers = range(part * 4, part * 4 + 4)
        columns = {"id": [f"r{n}" for n in numbers], "text": [text(n) for n in numbers], "n": list(numbers)}
        path = root / f"{part}{ending}"
        if ending == ".parquet":
            pq.write_table(pa.table(columns), path)
        else:
            rows = [",".join((f"r{n}", '"' + text(n) + '"', str(n))) for n in numbers]
            path.write_text("id,text,n\n" + "\n".join(rows) + "\n")
    return root


def between(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something after all documents were cleaned and before any is written."""
    fates = run.fates

    def acting(*args: object, **more: object) -> object:
        found = fates(*args, **more)  # type: ignore[arg-type]
        act()
        return found

    monkeypatch.setattr(run, "fates", acting)


def go(root: Path, out: Path) -> Result:
    return clean_corpus(Plan((str(root),), out, CONFIG, jobs=1))


@pytest.mark.parametrize("ending", [".parquet", ".csv"])
@pytest.mark.parametrize("how", ["gone", "torn"])
def test_its_records_are_set_aside_and_the_others_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, how: str
) -> None:
    """The clean texts of a file that went lie in rejected/; every other file is as in an undisturbed run."""
    go(write(tmp_path / "plain", ending), tmp_path / "undisturbed")
    root, out = write(tmp_path / "in", ending), tmp_path / "out"
    path = root / f"1{ending}"
    between(monkeypatch, path.unlink if how == "gone" else lambda: path.write_bytes(b""))
    result = go(root, out)
    assert result.account.documents == {"kept": 8, "broken": 4}
    assert result.account.faults == {"gone": 4}
    assert [(row.id, row.fault.fault) for row in result.faults if row.fault] == [(f"r{n}", "gone") for n in range(4, 8)]
    assert not (out / f"1{ending}").exists()
    for part in (0, 2):
        assert (out / f"{part}{ending}").read_bytes() == (tmp_path / f"undisturbed/{part}{ending}").read_bytes()
    told = [json.loads(line) for line in (out / "rejected/records.jsonl").read_text().splitlines()]
    assert [(row["verdict"], row["fault"], row["line"]) for row in told] == [("broken", "gone", n) for n in range(1, 5)]
    kept = [json.loads(line) for line in (out / told[0]["bytes"]).read_text().splitlines()]
    assert [row["text"] for row in kept] == [text(n).removeprefix("Skip to main content\n\n") for n in range(4, 8)]
    assert {document.id for document in restored(out)} == {f"r{n}" for n in (0, 1, 2, 3, 8, 9, 10, 11)}


def test_a_table_that_was_replaced_is_not_paired_with_other_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many rows and other columns: the texts that were cleaned do not come to stand beside them."""
    root, out = write(tmp_path / "in", ".parquet"), tmp_path / "out"
    path = root / "1.parquet"

    def replaced() -> None:
        (root / "2.parquet").replace(path)

    between(monkeypatch, replaced)
    result = go(root, out)
    assert result.account.documents == {"kept": 4, "broken": 8}
    assert sorted(p.name for p in out.glob("*.parquet")) == ["0.parquet"]


def test_the_exit_code_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1, with a line for each record that says what to do."""
    from click.testing import CliRunner

    from scrubkit.cli import main

    root = write(tmp_path / "in", ".parquet")
    between(monkeypatch, (root / "1.parquet").unlink)
    told = CliRunner().invoke(main, ["clean", str(root), "-o", str(tmp_path / "out"), "--isolated", "--no-dedup"])
    assert told.exit_code == 1
    assert "1.parquet:1: cannot be read again: " in told.output
    assert "put the file back and run again" in told.output
