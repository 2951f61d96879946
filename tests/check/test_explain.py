"""``scrubkit explain``, ``rules`` and ``config show``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from scrubkit.catalogue.render import rule_markdown, rule_text
from scrubkit.rulebook import all_rules

Scrubkit = Callable[..., Result]
PROSE = "The bridge over the river reopened on Monday after two years of repairs, the town council said."
NOISY = f"Skip to main content\n\n{PROSE}\n\nShare this article\n"


@pytest.mark.parametrize("what", ["NAV001", "nav001", "skip-link"])
def test_rule_by_code_or_name(what: str, scrubkit: Scrubkit) -> None:
    """A rule is explained by its code in any case or by its name: summary, reason, example, parameters, status."""
    out = scrubkit("explain", what).stdout
    rule = all_rules()["NAV001"]
    for part in ("NAV001 skip-link", rule.summary, rule.rationale, "Example", "max_words", rule.status):
        assert part in out


def test_every_rule_is_explained() -> None:
    """Text and Markdown hold all that the catalogue knows of each rule."""
    for rule in all_rules().values():
        for shown in (rule_text(rule), rule_markdown(rule)):
            flat = " ".join(shown.replace("\\|", "|").split())
            for part in (rule.code, rule.name, rule.summary, rule.rationale, rule.known_problems, *rule.sources):
                assert " ".join(part.split()) in flat


def test_line_that_went(scrubkit: Scrubkit, corpus: Path) -> None:
    """For a line of a file: what became of it, by which rule, and the numbers behind it."""
    (corpus / "a.txt").write_text(NOISY)
    out = scrubkit("explain", "a.txt:1").stdout
    assert out.startswith("a.txt:1: removed, nav\n")
    assert re.search(r"NAV001 skip-link: remove, score 0\.\d+: removed it", out)
    assert 'cue "skip to main content"' in out


def test_place_as_printed_by_check(scrubkit: Scrubkit, corpus: Path) -> None:
    """The place can be pasted from the output of a check, column and all."""
    (corpus / "a.txt").write_text(NOISY)
    assert scrubkit("explain", "a.txt:5:1").stdout == scrubkit("explain", "a.txt:5").stdout
    assert scrubkit("explain", "a.txt:5:1").stdout.startswith("a.txt:5: removed, share")


def test_line_that_stays(scrubkit: Scrubkit, corpus: Path) -> None:
    """A line that stays says so, and what spoke for and against it."""
    (corpus / "a.txt").write_text(NOISY)
    told = json.loads(scrubkit("explain", "a.txt:3", "--format", "json").stdout)
    assert told["keep"] is True
    assert told["text"] == PROSE
    assert told["verdict"] == "kept"


def test_record(scrubkit: Scrubkit, corpus: Path) -> None:
    """In a file of records the line is a record: all its lines are shown with what became of each."""
    (corpus / "a.jsonl").write_text(json.dumps({"id": "1", "text": NOISY}) + "\n")
    told = json.loads(scrubkit("explain", "a.jsonl:1", "--format", "json").stdout)
    assert [(line["line"], line["keep"]) for line in told["lines"] if line["kind"] != "blank"] == [
        (1, False),
        (3, True),
        (5, False),
    ]
    assert {"NAV001", "SHR001"} <= {finding["code"] for finding in told["findings"]}


def test_line_of_a_page(scrubkit: Scrubkit, corpus: Path) -> None:
    """In HTML the line is one of the source, as a check prints it; a line without text says where there is some."""
    (corpus / "a.html").write_text(
        "<!doctype html>\n<html><body>\n<a href='#m'>Skip to main content</a>\n<h1>The bridge</h1>\n"
        f"<p>{PROSE}</p>\n\n<p>Two lanes are open to cars and one to bicycles until the end of May.</p></body></html>\n"
    )
    out = scrubkit("explain", "a.html:3", "--select", "NAV,SHR").stdout
    assert out.startswith("a.html:3: removed, nav\n")
    assert "NAV001 skip-link" in out
    assert scrubkit("explain", "a.html:5", "--select", "NAV,SHR").stdout.startswith("a.html:5: kept, content")
    nothing = scrubkit("explain", "a.html:6", "--select", "NAV,SHR")
    assert nothing.exit_code == 2
    assert "the text before it is on line 5" in nothing.stderr


def test_veto_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a veto outweighs a removal both are shown, each with what became of it."""
    from scrubkit.check.explain import _spoken
    from scrubkit.core.finding import Finding
    from scrubkit.page import Page, Record

    page = Page(Record("a", f"Home\n{PROSE}\n", media_type="text/plain")).add([
        Finding("NAV004", 0, 5, "remove", 0.7, {"words": 1}),
        Finding("CMT001", 0, 5, "remove", 0.6),
        Finding("TTL002", 0, 5, "keep", 0.9),
    ])  # fmt: skip
    told = {spoken.code: spoken.outcome for spoken in _spoken(page, 0, 4)}
    assert told["TTL002"] == "stands: nothing was removed"
    assert told["NAV004"] == told["CMT001"] == "outweighed by TTL002"


def test_agreement_is_told() -> None:
    """Of two rules that agree one is reported, and the other says which."""
    from scrubkit.check.explain import _spoken
    from scrubkit.core.finding import Finding
    from scrubkit.page import Page, Record

    page = Page(Record("a", f"Home\n{PROSE}\n", media_type="text/plain")).add(
        [Finding("NAV004", 0, 5, "remove", 0.9), Finding("CMT001", 0, 5, "remove", 0.6)]
    )
    told = {spoken.code: spoken.outcome for spoken in _spoken(page, 0, 4)}
    assert told == {"NAV004": "removed it", "CMT001": "agrees; NAV004 is reported"}


def test_rules_are_listed(scrubkit: Scrubkit) -> None:
    """All rules are listed by default; codes, families, names and a status narrow the list."""
    assert len(scrubkit("rules").stdout.splitlines()) == len(all_rules())
    fmt = scrubkit("rules", "FMT").stdout.splitlines()
    assert len(fmt) == sum(code.startswith("FMT") for code in all_rules())
    assert "FMT107" in scrubkit("rules", "FMT", "--status", "preview").stdout
    assert [row["code"] for row in json.loads(scrubkit("rules", "skip-link", "--format", "json").stdout)] == ["NAV001"]


def test_pages_for_the_docs(scrubkit: Scrubkit, corpus: Path) -> None:
    """A folder gets a page for each rule and an index whose links all lead to one of them."""
    assert scrubkit("rules", "--format", "markdown", "-o", "rules").exit_code == 0
    index = (corpus / "rules" / "index.md").read_text()
    links = set(re.findall(r"\]\((\w+\.md)\)", index))
    assert links == {path.name for path in (corpus / "rules").iterdir()} - {"index.md"}
    assert len(links) == len(all_rules())


def test_one_page_links_to_its_headings(scrubkit: Scrubkit) -> None:
    """On the single page every link of the overview has its heading."""
    page = scrubkit("rules", "--format", "markdown").stdout
    anchors = {
        re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors


def test_settings_and_their_origins(scrubkit: Scrubkit, corpus: Path) -> None:
    """Every setting is shown with its value and where it was set."""
    (corpus / "scrubkit.toml").write_text('keep = "recall"\n[check]\nignore = ["SHR"]\n')
    told = json.loads(scrubkit("config", "show", "--format", "json").stdout)
    assert told["keep"] == {"value": "recall", "origin": str(corpus / "scrubkit.toml")}
    assert told["check.ignore"]["origin"] == str(corpus / "scrubkit.toml")
    assert told["text-field"] == {"value": "text", "origin": "default"}
    assert 'keep = "recall"' in scrubkit("config", "show").stdout


def test_codes_are_completed() -> None:
    """In the shell codes, families and names are completed, in lists with commas too."""
    from click.shell_completion import ShellComplete

    from scrubkit.cli import main

    shell = ShellComplete(main, {}, "scrubkit", "_SCRUBKIT_COMPLETE")
    assert [item.value for item in shell.get_completions(["explain"], "NAV001")] == ["NAV001"]
    assert "skip-link" in [item.value for item in shell.get_completions(["rules"], "skip")]
    assert "SHR,NAV001" in [item.value for item in shell.get_completions(["check", "--select"], "SHR,NAV00")]
