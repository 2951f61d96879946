"""``scrubkit check --duplicates``: the corpus compared with itself, from a cache where nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Check = Callable[..., Result]
STORY = (
    "The ferry between the town and the island will run again from the first of May, the harbour board said. "
    "Its engine, built in 1974, was taken apart over the winter and put together with eleven new parts. "
    "Passengers pay what they paid before; bicycles are carried free on weekdays."
)
OTHER = (
    "A late frost took most of the cherry blossom in the upper valley on Tuesday night, growers reported. "
    "They expect a third of the usual harvest and have asked the province for help with the loss. "
    "Apples, which flower later, were spared this time."
)


@pytest.fixture
def copied(corpus: Path) -> Path:
    """Return a corpus in which b.txt holds a.txt in other boilerplate, and a record the same."""
    (corpus / "a.txt").write_text(f"{STORY}\nIt leaves on the hour.\n")
    (corpus / "b.txt").write_text(f"Skip to main content\n\n{STORY}\nIt leaves on the hour.\n\nShare this article\n")
    (corpus / "c.txt").write_text(f"{OTHER}\n")
    rows = [{"id": "x", "text": "Rain is expected for the whole of the week in all parts of the country."}]
    rows.append({"id": "y", "text": f"{OTHER}\n"})
    (corpus / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return corpus


def test_copies_are_found_in_other_boilerplate(check: Check, copied: Path) -> None:
    """What is compared is the clean text; the finding stands at the copy and names what stays."""
    result = check("--duplicates")
    assert result.exit_code == 1
    found = [line.split()[:2] for line in result.stdout.splitlines()]
    assert len(found) == 2
    assert all(code.startswith("DUP") for _, code in found)
    places = " ".join(place for place, _ in found)
    assert ("a.txt:1:1" in places) != ("b.txt:1:1" in places)
    assert ("c.txt:1:1" in places) != ("d.jsonl:2:1" in places)


def test_sound_corpus(check: Check, copied: Path) -> None:
    """Without copies nothing is found."""
    for name in ("b.txt", "d.jsonl"):
        (copied / name).unlink()
    assert check("--duplicates", ".").exit_code == 0


# Without limits this process cleans, where it can be counted.
OFF = ("--max-seconds-per-document", "0", "--max-memory-per-document", "0")


def test_unchanged_corpus_is_not_compared_again(check: Check, copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run over the same files takes the result from the cache; one changed file is cleaned alone."""
    from scrubkit.check import duplicates
    from scrubkit.check.inspect import Inspector
    from scrubkit.page import Page, Record

    first = check("--duplicates", *OFF).stdout
    compared, cleaned = [], []
    find, page = duplicates._findings, Inspector.page

    def counted_find(*args: object) -> object:
        compared.append(args)
        return find(*args)  # type: ignore[arg-type]

    def counted_page(self: Inspector, record: Record) -> Page:
        cleaned.append(record.id)
        return page(self, record)

    monkeypatch.setattr(duplicates, "_findings", counted_find)
    monkeypatch.setattr(Inspector, "page", counted_page)
    assert check("--duplicates", *OFF).stdout == first
    assert (compared, cleaned) == ([], [])
    (copied / "c.txt").write_text(f"{STORY.upper()}\n")
    check("--duplicates", *OFF)
    assert len(compared) == 1
    assert cleaned == ["c.txt"]


def test_baseline_accepts_a_copy(check: Check, copied: Path) -> None:
    """An accepted duplicate stays accepted."""
    check("--duplicates", "--write-baseline", "dup.json")
    assert check("--duplicates", "--baseline", "dup.json").exit_code == 0


def test_excluded_files_are_not_compared(check: Check, copied: Path) -> None:
    """Raw material that is excluded does not make the corpus full of copies."""
    assert check("--duplicates", "--exclude", "b.txt", "--exclude", "d.jsonl").exit_code == 0


def test_file_that_cannot_be_read(check: Check, copied: Path) -> None:
    """It is named, the others are compared, and the exit code says that something failed."""
    (copied / "e.txt").symlink_to("nowhere")
    result = check("--duplicates")
    assert result.exit_code == 2
    assert "e.txt: cannot be read" in result.stderr
    assert "DUP" in result.stdout


def test_ignored_codes_hold_for_copies(check: Check, copied: Path) -> None:
    """DUP codes are ignored like all others, everywhere or at some paths."""
    assert check("--duplicates", "--ignore", "DUP").exit_code == 0
    (copied / "scrubkit.toml").write_text('[per-path-ignores]\n"?.txt" = ["DUP"]\n"*.jsonl" = ["DUP"]\n')
    assert check("--duplicates", ".").exit_code == 0


def test_settings_of_the_comparison_keep_the_clean_texts(
    check: Check, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What decides over duplicates has no part in cleaning: a changed threshold compares anew and cleans nothing."""
    from scrubkit.check.inspect import Inspector

    check("--duplicates")
    monkeypatch.setattr(Inspector, "page", lambda *_: pytest.fail("cleaned again"))
    (copied / "scrubkit.toml").write_text("[dedup]\njaccard = 0.7\n")
    assert "DUP" in check("--duplicates").stdout
