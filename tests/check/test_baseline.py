"""Baselines and the cache of results."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from scrubkit.catalogue.located import Located
from scrubkit.check.cache import ResultCache

Check = Callable[..., Result]
PROSE = "The bridge over the river reopened on Monday after two years of repairs, the town council said."
NOISY = f"Skip to main content\n\n{PROSE}\n\nShare this article\n"


def test_accepted_findings_are_not_reported(check: Check, corpus: Path) -> None:
    """What a baseline lists is not reported again; what is new is."""
    (corpus / "a.txt").write_text(NOISY)
    assert check(".", "--write-baseline", "base.json").exit_code == 0
    assert check(".", "--baseline", "base.json").exit_code == 0
    (corpus / "b.txt").write_text(NOISY)
    assert {line.split(":")[0] for line in check(".", "--baseline", "base.json").stdout.splitlines()} == {"b.txt"}


def test_accepted_finding_may_move(check: Check, corpus: Path) -> None:
    """Findings are known by their text: lines above may come and go, case and spaces may change."""
    (corpus / "a.txt").write_text(NOISY)
    check(".", "--write-baseline", "base.json")
    (corpus / "a.txt").write_text(f"{PROSE.upper()}\n\n{PROSE}\n\nSHARE  this article\n")
    assert check(".", "--baseline", "base.json", "--select", "SHR001").exit_code == 0


def test_each_entry_covers_one(check: Check, corpus: Path) -> None:
    """A second copy of an accepted line is a new finding."""
    (corpus / "a.txt").write_text(NOISY)
    check(".", "--write-baseline", "base.json", "--select", "SHR001")
    (corpus / "a.txt").write_text(f"{NOISY}\n{PROSE.upper()}\n\nShare this article\n")
    out = check(".", "--baseline", "base.json", "--select", "SHR001").stdout
    assert len(out.splitlines()) == 1


def test_baseline_of_the_settings_holds_from_any_folder(
    check: Check, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths in a baseline are relative to it, so the command may run in a folder below."""
    (corpus / "sub").mkdir()
    (corpus / "sub" / "a.txt").write_text(NOISY)
    (corpus / "scrubkit.toml").write_text('[check]\nbaseline = "base.json"\n')
    (corpus / "base.json").write_text('{"version": 1, "findings": {}}')
    check(".", "--write-baseline", "base.json")
    assert check(".").exit_code == 0
    monkeypatch.chdir(corpus / "sub")
    assert check("a.txt").exit_code == 0


def test_baseline_changes_little(check: Check, corpus: Path) -> None:
    """It is sorted and holds no line numbers, so that it is the same for the same findings."""
    for name in ("b.txt", "a.txt"):
        (corpus / name).write_text(NOISY)
    check(".", "--write-baseline", "one.json")
    (corpus / "a.txt").write_text(f"{PROSE}\n\n\n\n{PROSE.upper()}\n\nShare this article\n")
    (corpus / "a.txt").write_text(NOISY)
    check("b.txt", "a.txt", "--write-baseline", "two.json")
    assert (corpus / "one.json").read_bytes() == (corpus / "two.json").read_bytes()
    assert list(json.loads((corpus / "one.json").read_text())["findings"]) == ["a.txt", "b.txt"]


def test_accepted_findings_are_not_mended(check: Check, corpus: Path) -> None:
    """What was accepted stays in the file, what is new goes."""
    (corpus / "a.txt").write_text(NOISY)
    check(".", "--write-baseline", "base.json", "--select", "NAV001")
    check(".", "--baseline", "base.json", "--fix")
    assert (corpus / "a.txt").read_text() == f"Skip to main content\n\n{PROSE}\n"
    assert check(".", "--baseline", "base.json").exit_code == 0


# Without limits this process checks, where it can be counted.
OFF = ("--max-seconds-per-document", "0", "--max-memory-per-document", "0")


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    from scrubkit.check.inspect import Inspector

    seen: list[str] = []
    real = Inspector.file

    def file(self: Inspector, data: bytes, path: str, content: str) -> tuple[Located, ...]:
        seen.append(path)
        return real(self, data, path, content)  # type: ignore[arg-type]

    monkeypatch.setattr(Inspector, "file", file)
    return seen


def test_unchanged_files_are_not_checked_again(check: Check, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run looks only at what changed, and prints the same."""
    seen = counting(monkeypatch)
    for name in ("a.txt", "b.txt"):
        (corpus / name).write_text(f"{NOISY}{name}\n")
    first = check(".", *OFF).stdout
    assert seen == ["a.txt", "b.txt"]
    assert check(".", *OFF).stdout == first
    assert len(seen) == 2
    (corpus / "b.txt").write_text(NOISY)
    check(".", *OFF)
    assert seen[2:] == ["b.txt"]


def test_moved_file_is_known_by_its_content(check: Check, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is not part of the key, and findings carry the new one."""
    seen = counting(monkeypatch)
    (corpus / "a.jsonl").write_text(json.dumps({"text": NOISY}) + "\n")
    old = check("a.jsonl", "--format", "json", *OFF).stdout
    (corpus / "a.jsonl").rename(corpus / "b.jsonl")
    assert check("b.jsonl", "--format", "json", *OFF).stdout == old.replace("a.jsonl", "b.jsonl")
    assert len(seen) == 1


def test_other_settings_are_another_result(check: Check, corpus: Path) -> None:
    """Selection and parameters are part of the key."""
    (corpus / "a.txt").write_text(NOISY)
    assert check("a.txt").exit_code == 1
    assert check("a.txt", "--select", "FMT").exit_code == 0
    (corpus / "b.txt").write_text(f"Skip to main content of page\n\n{PROSE}\n")
    (corpus / "scrubkit.toml").write_text("[rules.NAV001]\nmax-words = 1\n")
    assert "NAV001" not in check("b.txt").stdout
    (corpus / "scrubkit.toml").write_text("[rules.NAV001]\nmax-words = 20\n")
    assert "NAV001" in check("b.txt").stdout


@pytest.mark.parametrize("junk", [b"", b"{}", b"[[1]]", b"\xff\x00", b"null"])
def test_damaged_cache_is_an_empty_one(junk: bytes, check: Check, corpus: Path) -> None:
    """Whatever stands in the cache, the findings are those of the file."""
    (corpus / "a.txt").write_text(NOISY)
    whole = check("a.txt").stdout
    for place in (corpus / ".scrubkit_cache").glob("??/*"):
        place.write_bytes(junk)
    assert check("a.txt").stdout == whole


def test_cache_that_cannot_be_written(check: Check, corpus: Path) -> None:
    """Where the folder cannot be made the check works without it."""
    (corpus / "a.txt").write_text(NOISY)
    (corpus / "cache").write_text("a file, not a folder")
    result = check("a.txt", "--cache-dir", "cache/below")
    assert result.exit_code == 1
    assert result.stdout.count("\n") == 2


def test_cache_is_shared_by_writers(tmp_path: Path) -> None:
    """Many writers of one key leave a whole result and nothing else."""
    cache = ResultCache(tmp_path, "f")
    findings = [Located("a", n, 1, n, 2, "NAV001", "m" * n) for n in range(1, 200)]
    key = cache.key(b"data", "text")
    threads = [threading.Thread(target=cache.put, args=(key, findings)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [f.message for f in cache.get(key, "a") or ()] == [f.message for f in findings]
    assert [name for _, _, names in os.walk(tmp_path) for name in names] == [key[2:]]


def test_cache_folder_stays_out_of_git(check: Check, corpus: Path) -> None:
    """The folder ignores itself and is marked for backup programs."""
    (corpus / "a.txt").write_text(NOISY)
    check("a.txt")
    assert (corpus / ".scrubkit_cache" / ".gitignore").read_text() == "*\n"
    assert (corpus / ".scrubkit_cache" / "CACHEDIR.TAG").is_file()
