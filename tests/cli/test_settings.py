"""Settings: where they come from, which wins, and what is refused."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from scrubkit.config import Config, find_file, ignored_codes, load
from scrubkit.core import ConfigError


def settings(folder: Path, text: str, name: str = "scrubkit.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_nearest_file_upward_counts(tmp_path: Path) -> None:
    """scrubkit.toml before pyproject.toml; a pyproject.toml without the table is passed over."""
    inner = tmp_path / "a/b"
    inner.mkdir(parents=True)
    outer = settings(tmp_path, "min-words = 3\n")
    settings(tmp_path / "a", "[project]\nname = 'x'\n", "pyproject.toml")
    assert find_file(inner) == outer
    assert load(inner).min_words == 3
    settings(tmp_path / "a", "[tool.scrubkit]\nmin-words = 5\n", "pyproject.toml")
    assert load(inner).min_words == 5
    assert load(inner, isolated=True).min_words is None


def test_the_command_line_wins_over_the_file_and_origins_are_told(tmp_path: Path) -> None:
    """Key by key, tables merged."""
    path = settings(tmp_path, "min-words = 3\n[dedup]\njaccard = 0.7\naction = 'tag'\n")
    found = load(tmp_path, overrides={"min-words": 9, "dedup": {"jaccard": 0.9}, "keep": None})
    assert (found.min_words, found.dedup.jaccard, found.dedup.action) == (9, 0.9, "tag")
    assert found.origins["min-words"] == found.origins["dedup.jaccard"] == "command line"
    assert found.origins["dedup.action"] == str(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("min-word = 1", "unknown key min-word (did you mean min-words?)"),
        ("[dedup]\njacard = 0.5", "unknown key dedup.jacard (did you mean dedup.jaccard?)"),
        ("keep = 'all'", "keep: invalid enum value 'all'"),
        ("min-words = 'many'", "min-words: expected `int | null`, got `str`"),
        ("[dedup]\njaccard = 2.0", "dedup.jaccard: expected `float` <= 1.0"),
        ("select = ['NVA']", "select: no rule 'NVA' (did you mean NAV?)"),
        ("[per-path-ignores]\n'*.txt' = ['XXX001']", "per-path-ignores: no rule 'XXX001'"),
        ("[rules.NAV999]\nx = 1", "rules.NAV999: no rule 'NAV999'"),
        ("[rules.QLT002]\nmin-left-word = 1", "QLT002 has no parameter min-left-word (did you mean min_left_words?)"),
        ("= 3", "is not TOML"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    """The message names the file, the key and, where there is one, the key that was meant."""
    path = settings(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(tmp_path)
    assert str(error.value).startswith(f"{path}: ")
    assert message in str(error.value)


def test_rule_parameters_are_written_with_hyphens_or_not(tmp_path: Path) -> None:
    """By code or name; the resolved settings have code and parameter as in the catalogue."""
    settings(tmp_path, "[rules.nearly-all-removed]\nmin-left-words = 5\n")
    assert load(tmp_path).rules == {"QLT002": {"min_left_words": 5}}


def test_every_setting_that_changes_a_result_changes_the_hash() -> None:
    """Where files lie and how a corpus is checked does not; dedup does not change how one document is cleaned."""
    plain = Config()
    for field, value in (("select", ("NAV",)), ("keep", "recall"), ("language", ("en",)), ("min_words", 2)):
        changed = msgspec.structs.replace(plain, **{field: value})
        assert changed.hash != plain.hash
        assert changed.cleaning_hash != plain.cleaning_hash
    assert msgspec.structs.replace(plain, root="/x", exclude=("a",)).hash == plain.hash
    other = msgspec.structs.replace(plain, dedup=msgspec.structs.replace(plain.dedup, jaccard=0.5))
    assert other.hash != plain.hash
    assert other.cleaning_hash == plain.cleaning_hash


def test_codes_that_do_not_count_at_a_place(tmp_path: Path) -> None:
    """Globs are held against the path from the settings file and against the bare name; a line number is no matter."""
    globs = [("old/*", ("NAV",)), ("*.jsonl", ("TCK001", "CMT"))]
    assert ignored_codes(str(tmp_path / "old/a.txt"), globs, root=tmp_path) == ("NAV",)
    assert ignored_codes("deep/down/feed.jsonl:12", globs) == ("CMT", "TCK001")
    assert ignored_codes("new/a.txt", globs) == ()


def test_preview_rules_come_only_by_name() -> None:
    """The pipeline of the defaults has the guards and no rule of taste."""
    assert Config().quality_codes() == ("QLT001", "QLT002", "QLT003")
    assert "QLT002" not in Config(ignore=("QLT002",)).quality_codes()
    assert len(Config(min_words=5).quality_codes()) > 3


@pytest.mark.parametrize("text", ["tool = 1", 'tool = ["scrubkit"]', "[tool]\nscrubkit = 1", "x = " + "9" * 5000])
def test_project_file_of_another_shape_is_passed_over(tmp_path: Path, text: str) -> None:
    """A pyproject.toml whose tool table is none holds no settings, and is no error."""
    (tmp_path / "pyproject.toml").write_text(text)
    found = find_file(tmp_path)
    assert found is None or found.parent != tmp_path


def test_lists_without_end_are_refused(tmp_path: Path) -> None:
    """What the parser cannot follow is told as an error of the file."""
    (tmp_path / "scrubkit.toml").write_text("x = " + "[" * 5000)
    with pytest.raises(ConfigError, match="nested too deeply"):
        load(tmp_path)
