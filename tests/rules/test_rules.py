"""Every rule against its own example and its case file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import pytest

from scrubkit.catalogue import Rule
from scrubkit.core import Document
from scrubkit.ingest import ingest
from scrubkit.ingest.layout import layout_text
from scrubkit.rules import RULES
from scrubkit.rules.cues import Matcher, shipped_cues
from scrubkit.rules.run import CueSheet, find

CASES = Path(__file__).parent / "cases"
TESTED = [rule for rule in RULES if rule.test is not None]


@cache
def matcher() -> Matcher:
    """The shipped cues, ready to be looked for."""
    return Matcher(shipped_cues())


@dataclass(frozen=True)
class Case:
    """Lines of one text and which of them the rule must find."""

    title: str
    lines: tuple[str, ...]
    found: frozenset[int]

    @property
    def known_failure(self) -> bool:
        return self.title.startswith("known failure")


def parse(text: str) -> Case:
    """Read lines that start with '- ' (found) or with a space (not found)."""
    lines, found = [], set()
    for line in text.rstrip("\n").split("\n"):
        if line.startswith("- "):
            found.add(len(lines))
            lines.append(line[2:])
        else:
            lines.append(line.removeprefix("  "))
    return Case("example", tuple(lines), frozenset(found))


# Running text that cases stand in; written here once so that a case shows only what it is about.
PROSE = {
    "{one}": "The old bridge over the river reopened on Monday, two years after the flood that took its middle span. "
    "The mayor walked across first, followed by the school band and several hundred people from both banks.",
    "{two}": "Engineers had found cracks in the piers last autumn, and the repair took longer than anybody had planned "
    "for, said the head of the works department. She has seen three mayors come and go since the project began.",
    "{three}": "The council will vote on a second crossing in spring, and nobody expects that vote to be a quiet one. "
    "The ferry company and the farmers on the far bank want very different things, and both have friends in it.",
    "{curly}": "The “old bridge” reopened on Monday, and the “new one”, the mayor’s office said, will be “ready by "
    "spring”, not “soon”. The repair took “two long winters”, said the engineer, who had seen the flood.",
}


def cases_of(path: Path) -> list[Case]:
    text = path.read_text("utf-8")
    for name, prose in PROSE.items():
        text = text.replace(name, prose)
    parts = re.split(r"^## (.+)\n", text, flags=re.M)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return [Case(title.strip(), *(lambda c: (c.lines, c.found))(parse(body.strip("\n")))) for title, body in pairs]


def as_text(lines: tuple[str, ...]) -> Document:
    return ingest("\n".join(lines) + "\n", id="case", media_type="text/plain")


def as_html(lines: tuple[str, ...]) -> Document:
    """The same lines as a page: bulleted lines are linked list items, the title is the heading, the rest paragraphs."""
    title = CueSheet(as_text(lines), matcher()).title
    rows = [line for line in lines if line.strip()]
    parts = [f"<html><head><title>{escape(rows[title])}</title></head><body>" if title is not None else "<html><body>"]
    for number, line in enumerate(rows):
        text = escape(line.strip())
        if line.lstrip().startswith("•"):
            parts.append(f'<ul><li><a href="#">{text.removeprefix("• ")}</a></li></ul>')
        else:
            parts.append(f"<h1>{text}</h1>" if number == title else f"<p>{text}</p>")
    return ingest("".join(parts) + "</body></html>", id="case", media_type="text/html")


def rows_found(rule: Rule, document: Document) -> set[int]:
    """Return which of the document's visible lines the rule found, counted from 0."""
    sheet = CueSheet(document, matcher())
    out: set[int] = set()
    for finding in find(document, [rule]):
        assert finding.code != "ERR001", finding.because["traceback"]
        first, last = (document.blocks.at(at) for at in (finding.start, max(finding.start, finding.end - 1)))
        out |= {row for row, block in enumerate(sheet.rows) if first <= block <= last}
    return out


def lines_found(rule: Rule, lines: tuple[str, ...]) -> set[int]:
    document = as_text(lines)
    layout = document
    out: set[int] = set()
    for finding in find(document, [rule]):
        assert finding.code != "ERR001", finding.because["traceback"]
        first, last = layout.blocks.at(finding.start), layout.blocks.at(max(finding.start, finding.end - 1))
        out |= {i for i in range(first, last + 1) if lines[i].strip()}
    return out


def case_params() -> list[object]:
    out: list[object] = []
    rules = {rule.code: rule for rule in TESTED}
    for path in sorted(CASES.glob("*.txt")):
        rule = rules.get(path.stem)
        if rule is None:
            continue
        for case in cases_of(path):
            marks = [pytest.mark.xfail(strict=True, reason=case.title)] if case.known_failure else []
            out.append(pytest.param(rule, case, id=f"{path.stem}-{case.title}", marks=marks))
    return out


@pytest.mark.parametrize("rule", [r for r in TESTED if r.example], ids=lambda rule: rule.code)
def test_the_example_in_the_catalogue_is_true(rule: Rule) -> None:
    """What `scrubkit explain` shows as an example is what the rule does."""
    case = parse(rule.example)
    assert lines_found(rule, case.lines) == set(case.found)


@pytest.mark.parametrize(("rule", "case"), case_params())
def test_cases(rule: Rule, case: Case) -> None:
    """Positives are found, negatives and near misses are not; known failures fail until the rule gets better."""
    assert lines_found(rule, case.lines) == set(case.found)


@pytest.mark.parametrize(("rule", "case"), case_params())
def test_cases_as_html(rule: Rule, case: Case) -> None:
    """The same rule serves a page of HTML: what flattened text shows, paragraphs and list items show too."""
    if "[text only]" in case.title:
        pytest.skip("rests on blank lines or on a title that flattened text alone must guess")
    visible = [number for number, line in enumerate(case.lines) if line.strip()]
    assert {visible[row] for row in rows_found(rule, as_html(case.lines))} == set(case.found)


@pytest.mark.parametrize("rule", TESTED, ids=lambda rule: rule.code)
def test_every_rule_has_positives_negatives_and_near_misses(rule: Rule) -> None:
    """A rule without counterexamples has not been thought through."""
    path = CASES / f"{rule.code}.txt"
    if rule.scope == "document" and not rule.example:
        pytest.skip("speaks about HTML structure only: see test_html_rules.py")
    titles = " ".join(case.title.split(":")[0] for case in cases_of(path))
    assert {"positive", "negative", "near miss"} <= set(re.findall(r"positive|negative|near miss", titles))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_entry_says_what_and_why(rule: Rule) -> None:
    """The catalogue is documentation: nothing in it is left empty."""
    assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert len(rule.summary) > 10
    assert len(rule.rationale) > 20
    assert 0 < rule.score <= 1


def test_codes_and_names_are_unique() -> None:
    """A code or name leads to one rule."""
    assert len({rule.code for rule in RULES}) == len(RULES) == len({rule.name for rule in RULES})


def test_a_batch_finds_what_single_documents_find() -> None:
    """Running rules over one document leaves nothing behind that changes the next."""
    texts = [parse(rule.example).lines for rule in TESTED if rule.example]
    documents = []
    for lines in texts:
        layout = layout_text("\n".join(lines) + "\n")
        documents.append(Document("d", layout.text, layout.blocks))
    alone = [find(document, TESTED) for document in documents]
    assert [find(document, TESTED) for document in reversed(documents)] == alone[::-1]
