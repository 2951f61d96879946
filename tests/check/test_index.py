"""``scrubkit check`` with an index: documents that the corpus has already are findings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

STORY = (
    "The ferry between the town and the island will run again from the first of May, the harbour board said. "
    "Its engine, built in 1974, was taken apart over the winter and put together with eleven new parts. "
    "Passengers pay what they paid before; bicycles are carried free on weekdays.\n"
)
OTHER = (
    "A late frost took most of the cherry blossom in the upper valley on Tuesday night, growers reported. "
    "They expect a third of the usual harvest and have asked the province for help with the loss. "
    "Apples, which flower later, were spared this time.\n"
)


@pytest.fixture
def indexed(corpus: Path, scrubkit: Callable[..., Result]) -> Path:
    """Return a folder with settings that name an index, which holds old/story.txt and a record."""
    (corpus / "old").mkdir()
    (corpus / "old/story.txt").write_text(STORY)
    (corpus / "old.jsonl").write_text(json.dumps({"id": "frost", "text": OTHER}) + "\n")
    assert scrubkit("index", "add", "my.index", "old", "-q").exit_code == 0
    assert scrubkit("index", "add", "my.index", "old.jsonl", "-q").exit_code == 0
    (corpus / "scrubkit.toml").write_text('[check]\nindex = "my.index"\n')
    return corpus


def test_what_the_index_has_is_found(check: Callable[..., Result], indexed: Path) -> None:
    """A page and a record that say what the index has are told with the id there, in other furniture too."""
    (indexed / "new.txt").write_text(f"Skip to main content\n\n{STORY}")
    (indexed / "new.jsonl").write_text(
        json.dumps({"id": "a", "text": OTHER.upper()}) + "\n" + json.dumps({"id": "b", "text": "Rain again."}) + "\n"
    )
    result = check("new.txt", "new.jsonl", "--format", "json")
    found = [row for row in json.loads(result.stdout) if row["code"].startswith("DUP")]
    assert result.exit_code == 1
    assert [(row["path"], row["line"], row["code"], row["because"]["keeper"]) for row in found] == [
        ("new.jsonl", 1, "DUP001", "frost"),
        ("new.txt", 1, "DUP001", "story.txt"),
    ]


def test_a_document_is_not_held_against_itself(check: Callable[..., Result], indexed: Path) -> None:
    """Files and records that were put into the index are no copies of themselves."""
    assert check("old", "old.jsonl").exit_code == 0


def test_a_copy_of_the_same_name_in_another_folder_is_found(check: Callable[..., Result], indexed: Path) -> None:
    """The index knows one story.txt; of two that say the same in two folders one is it, the other a copy."""
    (indexed / "young").mkdir()
    (indexed / "young/story.txt").write_text(STORY)
    found = [row for row in json.loads(check("old", "young", "--format", "json").stdout) if row["code"] == "DUP001"]
    assert [(row["path"], row["because"]["keeper"]) for row in found] == [("young/story.txt", "story.txt")]
    # The one that was changed since is still itself, and the copy of what it was is the copy.
    (indexed / "young/story.txt").write_text(STORY.replace("eleven new parts", "eleven newer parts"))
    found = [row for row in json.loads(check("old", "young", "--format", "json").stdout) if row["code"][:3] == "DUP"]
    assert [row["path"] for row in found] == ["young/story.txt"]


def test_ignored_codes_and_missing_index(check: Callable[..., Result], indexed: Path) -> None:
    """DUP codes can be ignored; an index that is not there is an error that names it."""
    (indexed / "new.txt").write_text(STORY)
    assert check("new.txt", "--ignore", "DUP").exit_code == 0
    told = (indexed / "scrubkit.toml").read_text()
    (indexed / "scrubkit.toml").write_text(told + '\n[per-path-ignores]\n"new.*" = ["DUP"]\n')
    assert check("new.txt").exit_code == 0
    (indexed / "scrubkit.toml").write_text('[check]\nindex = "lost.index"\n')
    result = check("new.txt")
    assert result.exit_code == 2
    assert "lost.index: holds no index" in result.stderr
