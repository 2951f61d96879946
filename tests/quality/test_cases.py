"""Every quality rule against its case file.

A section is a whole document. Lines that start with ``x `` were removed by cleaning before the document is judged; the
others are what is left. The rule must speak of positives and be silent of everything else. ``[name=value]`` in a
title sets a parameter, ``[language=…]`` the language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from scrubkit.core import Document, Finding, resolve
from scrubkit.ingest.layout import layout_text
from scrubkit.rules.quality import RULES, judge

CASES = Path(__file__).parent.parent / "rules" / "cases"

PROSE = {
    "{one}": "The old bridge over the river reopened on Monday, two years after the flood that took its middle span. "
    "The mayor walked across first, followed by the school band and several hundred people from both banks.",
    "{two}": "Engineers had found cracks in the piers last autumn, and the repair took longer than anybody had planned "
    "for, said the head of the works department. She has seen three mayors come and go since the project began.",
    "{three}": "The council will vote on a second crossing in spring, and nobody expects that vote to be a quiet one. "
    "The ferry company and the farmers on the far bank want very different things, and both have friends in it.",
    "{spam}": " ".join(["buy cheap flights"] * 20 + [f"word{n} and{n} more{n}" for n in range(30)]) + ".",
    "{template}": " ".join(
        f"The weather station of {town} measured more rain than in any spring since records began there."
        for town in ("Oslo", "Bergen", "Voss", "Molde", "Narvik", "Bodø", "Hamar", "Moss", "Skien", "Larvik")
    ),
}


@dataclass(frozen=True)
class Case:
    code: str
    title: str
    text: str
    removed: tuple[tuple[int, int], ...]

    @property
    def settings(self) -> dict[str, str]:
        return dict(re.findall(r"\[(\w+)=([^\]]+)\]", self.title))


def cases_of(path: Path) -> list[Case]:
    raw = path.read_text("utf-8")
    parts = re.split(r"^## (.+)\n", raw, flags=re.M)
    out = []
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        lines, removed, at = [], [], 0
        for line in body.removesuffix("\n\n").rstrip("\n").split("\n") if body.strip("\n") else []:
            shown = line[2:]
            for name, prose in PROSE.items():
                shown = shown.replace(name, prose)
            shown += "\n"
            if line.startswith("x "):
                removed.append((at, at + len(shown)))
            lines.append(shown)
            at += len(shown)
        out.append(Case(path.stem, title.strip(), "".join(lines), tuple(removed)))
    return out


ALL = [case for path in sorted(CASES.glob("QLT*.txt")) for case in cases_of(path)]


def found(case: Case, codes: set[str]) -> set[str]:
    layout = layout_text(case.text)
    document = Document("case", layout.text, layout.blocks)
    ledger = resolve(document, [Finding("NAV001", start, end) for start, end in case.removed])
    params = {name: float(value) for name, value in case.settings.items() if name != "language"}
    findings = judge(document, ledger, codes=codes, params=params, language=case.settings.get("language"))
    return {finding.code for finding in findings}


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.code}-{case.title}")
def test_cases(case: Case) -> None:
    """A rule speaks of its positives and of nothing else."""
    assert (case.code in found(case, {case.code})) == case.title.startswith("positive")


@pytest.mark.parametrize(
    "case", [c for c in ALL if not c.title.startswith("positive")], ids=lambda c: f"{c.code}-{c.title}"
)
def test_the_guards_leave_every_near_miss_alone(case: Case) -> None:
    """What is a near miss for one rule is a good document for the three guards that are always on."""
    assert found(case, {"QLT001", "QLT002", "QLT003"}) == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_positives_negatives_and_near_misses(rule: object) -> None:
    """A rule without counterexamples has not been thought through."""
    titles = " ".join(case.title.split(":")[0] for case in ALL if case.code == rule.code)  # type: ignore[attr-defined]
    assert {"positive", "negative", "near miss"} <= set(re.findall(r"positive|negative|near miss", titles))
