"""``scrubkit index`` as users call it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from scrubkit.cli import main

Make = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["index", *arguments])


def write(path: str, texts: dict[str, str]) -> None:
    rows = [json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items()]
    Path(path).write_text("".join(rows))


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_add_query_remove(run: Callable[..., Result], story: Make, reworded: Make) -> None:
    """Documents are added, found again by what says the same, removed by id, and counted."""
    write("corpus.jsonl", {"a": story(1), "b": story(2), "c": story(3)})
    result = run("add", "my.index", "corpus.jsonl")
    assert result.exit_code == 0, result.output
    assert "3 documents added; my.index holds 3" in result.stderr
    write("today.jsonl", {"x": reworded(story(2), 5), "y": story(9), "z": story(3).upper()})
    result = run("query", "my.index", "today.jsonl")
    assert result.exit_code == 0
    found = rows(result)
    assert [row["id"] for row in found] == ["x", "y", "z"]
    assert [[(m["id"], m["verdict"]) for m in row["matches"]] for row in found] == [
        [("b", "rewrite")], [], [("c", "exact")]
    ]  # fmt: skip
    assert "3 documents: 2 of them are in the index already" in result.stderr
    assert [row["id"] for row in rows(run("query", "my.index", "today.jsonl", "--unknown"))] == ["y"]
    evidence = rows(run("query", "my.index", "today.jsonl", "--evidence", "-q"))[0]["matches"][0]["evidence"]
    assert {"sentences", "numbers", "names", "quotes", "direction"} <= set(evidence)
    assert run("remove", "my.index", "b").exit_code == 0
    assert rows(run("query", "my.index", "today.jsonl"))[0]["matches"] == []
    assert run("compact", "my.index").exit_code == 0
    told = json.loads(run("stats", "my.index", "--format", "json", "--verify").stdout)
    assert (told["documents"], told["removed"], told["runs"]) == (2, 0, 1)
    assert told["scheme"] == "sk1-w5-affine32-p128-s1"


def test_output_file_and_ids_from_a_file(run: Callable[..., Result], story: Make) -> None:
    """Answers go to a file where asked to; ids to remove come from one."""
    write("corpus.jsonl", {"a": story(1), "b": story(2)})
    run("add", "i", "corpus.jsonl")
    assert run("query", "i", "corpus.jsonl", "-o", "found.jsonl.gz", "-q").stdout == ""
    assert Path("found.jsonl.gz").stat().st_size > 0
    Path("gone.txt").write_text("a\nnever\n")
    result = run("remove", "i", "--from", "gone.txt")
    assert result.exit_code == 2
    assert "no document 'never'" in result.stderr
    assert run("remove", "i", "--from", "gone.txt", "--missing", "ignore").exit_code == 0
    assert "documents       1" in run("stats", "i").stdout


def test_a_long_query_holds_the_ids_of_what_is_not_answered_yet(
    run: Callable[..., Result], story: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer has its document's id, and no more ids are held than the index reads ahead."""
    most = 0

    class Watched(deque[str]):
        def append(self, item: str) -> None:
            nonlocal most
            super().append(item)
            most = max(most, len(self))

    write("corpus.jsonl", {f"d{number}": story(number) for number in range(12)})
    run("add", "i", "corpus.jsonl")
    monkeypatch.setattr("scrubkit.dedup.index.store._QUERY", 3)
    monkeypatch.setattr("scrubkit.cli.index.deque", Watched)
    told = [(row["id"], row["matches"][0]["id"]) for row in rows(run("query", "i", "corpus.jsonl"))]
    assert told == [(f"d{number}", f"d{number}") for number in range(12)]
    assert 0 < most <= 4


def test_wrong_use_is_told_in_one_line(run: Callable[..., Result], story: Make) -> None:
    """Ids that are there already, no index, nothing to remove: a line with the remedy, exit code 2."""
    write("corpus.jsonl", {"a": story(1)})
    run("add", "i", "corpus.jsonl")
    for arguments, message in (
        (("add", "i", "corpus.jsonl"), "has a document 'a' already"),
        (("query", "nowhere", "corpus.jsonl"), "holds no index"),
        (("add", "i", "corpus.jsonl", "--jaccard", "0.5"), "made with jaccard 0.8, asked for is 0.5"),
        (("remove", "i"), "name ids"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert message in result.stderr
        assert "Traceback" not in result.output
    assert run("add", "i", "corpus.jsonl", "--existing", "skip").exit_code == 0
    assert run("add", "i", "corpus.jsonl", "--existing", "replace").exit_code == 0
    assert "documents       1" in run("stats", "i").stdout


def test_broken_records_are_told(run: Callable[..., Result], story: Make) -> None:
    """A broken line is told, the others are added, and the exit code says that something was set aside."""
    Path("corpus.jsonl").write_text(json.dumps({"id": "a", "text": story(1)}) + "\n{broken\n")
    result = run("add", "i", "corpus.jsonl")
    assert result.exit_code == 1
    assert "corpus.jsonl:2" in result.stderr
    assert "1 document added" in result.stderr


def test_cleaning_before(run: Callable[..., Result], story: Make) -> None:
    """With --clean pages are cleaned before they are added and before they are asked about."""
    Path("pages").mkdir()
    Path("pages/a.txt").write_text(f"Skip to main content\n\n{story(1)}\n\nShare this article\n")
    assert run("add", "i", "pages", "--clean").exit_code == 0
    write("today.jsonl", {"x": story(1)})
    assert rows(run("query", "i", "today.jsonl"))[0]["matches"][0]["verdict"] == "exact"
