"""What comes in goes out: a run that loses a document or a character on purpose ends with exit code 2 and the numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.cli import main
from scrubkit.core.ledger import Entry
from scrubkit.engine import run, work
from scrubkit.engine.account import Account, AccountError
from scrubkit.engine.rows import Row
from scrubkit.engine.work import Done
from scrubkit.page import Page

TEXT = "Skip to main content\n\nReport {}: the river rose on Monday, said the man who keeps gauge {} at the mill.\n"


# Without limits one worker is this process, and what is changed here is changed there.
OFF = ("--max-seconds-per-document", "0", "--max-memory-per-document", "0")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    root.mkdir()
    rows = [json.dumps({"id": f"r{n}", "text": TEXT.format(n, n * 7)}) for n in range(12)]
    (root / "a.jsonl").write_text("\n".join([*rows, "{broken"]) + "\n")
    return root


def clean(source: Path, tmp_path: Path) -> Result:
    # Without limits one worker is this process, and what is changed here is changed there.
    options = [
        "--isolated",
        "--no-dedup",
        "-j",
        "1",
        "--max-seconds-per-document",
        "0",
        "--max-memory-per-document",
        "0",
    ]
    return CliRunner().invoke(main, ["clean", str(source), "-o", str(tmp_path / "out"), *options])


def numbers(source: Path) -> tuple[int, int]:
    """Return the characters that come in and those that stay."""
    texts = [json.loads(line)["text"] for line in (source / "a.jsonl").read_text().splitlines()[:-1]]
    return sum(map(len, texts)), sum(len(text) - len("Skip to main content\n\n") for text in texts)


def test_a_lost_character_is_told_with_the_numbers(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One character fewer in one clean text than its ledger says: nothing is published."""
    row_of = work.row_of

    def lossy(page: Page, rel: str, line: int) -> Row:
        row = row_of(page, rel, line)
        return msgspec.structs.replace(row, text=row.text[:-1]) if row.id == "r7" else row

    monkeypatch.setattr(work, "row_of", lossy)
    result = clean(source, tmp_path)
    came, stayed = numbers(source)
    assert result.exit_code == 2
    told = f"{came} characters came in, but {stayed - 1} kept + 0 set aside + {22 * 12} removed = {came - 1} went out"
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out/manifest.json").exists()
    assert not (tmp_path / "out/a.jsonl").exists()


def test_a_lost_document_is_told_with_the_numbers(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row that is passed over between the stages."""
    rows = run._rows

    def lossy(shards: Sequence[Done]) -> Iterator[Row]:
        return (row for row in rows(shards) if row.id != "r7")

    monkeypatch.setattr(run, "_rows", lossy)
    result = clean(source, tmp_path)
    assert result.exit_code == 2
    assert (
        "13 documents came in, but 11 kept + 0 rejected + 0 quarantined + 0 duplicates + 1 broken = 12" in result.stderr
    )
    assert not (tmp_path / "out/manifest.json").exists()


def test_an_entry_that_tells_too_much_is_a_breach(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same removal twice in a ledger."""
    row_of = work.row_of

    def twice(page: Page, rel: str, line: int) -> Row:
        row = row_of(page, rel, line)
        return msgspec.structs.replace(row, entries=(*row.entries, *row.entries))

    monkeypatch.setattr(work, "row_of", twice)
    result = clean(source, tmp_path)
    assert result.exit_code == 2
    assert f"+ {2 * 22 * 12} removed" in result.stderr


def test_a_stream_is_accounted_for_too(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes to standard output."""
    row_of = work.row_of

    def lossy(page: Page, rel: str, line: int) -> Row:
        return msgspec.structs.replace(row_of(page, rel, line), chars=1)

    given = (source / "a.jsonl").read_text()
    command = ["clean", "-", "--isolated", *OFF]
    assert CliRunner().invoke(main, command, input=given).exit_code == 1
    monkeypatch.setattr(work, "row_of", lossy)
    result = CliRunner().invoke(main, command, input=given)
    assert result.exit_code == 2
    assert "12 characters came in, but " in result.stderr


ENTRIES = st.lists(
    st.tuples(st.sampled_from(["NAV001", "SHR001"]), st.text(max_size=5), st.text(max_size=2)), max_size=4
)
ROWS = st.lists(st.tuples(st.sampled_from(["kept", "rejected", "quarantined", "duplicates"]), st.text(), ENTRIES))


@given(ROWS, st.integers(-3, 3).filter(bool))
def test_any_difference_is_a_breach(rows: list[tuple[str, str, list[Any]]], more: int) -> None:
    """However documents and entries fall, one character or document more or less does not pass."""
    account = Account()
    for status, text, entries in rows:
        taken = tuple(Entry(0, len(gone), code, gone, 1.0, {}, (code,), new) for code, gone, new in entries)
        size = len(text) + sum(len(gone) - len(new) for _, gone, new in entries)
        account.add(Row("a", 1, "a", "a", text=text, chars=size, entries=taken), status, ("QLT001",))
    account.check(len(rows))
    with pytest.raises(AccountError, match=f"^{len(rows) + more} documents came in"):
        account.check(len(rows) + more)
    account.chars_in += more
    with pytest.raises(AccountError, match="characters came in"):
        account.check(len(rows))
