"""What rules say they need, they need: leaving out the others changes no finding."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scrubkit.catalogue import Hit, Rule
from scrubkit.core import Document
from scrubkit.ingest import ingest, signatures
from scrubkit.ingest.layout import layout_text
from scrubkit.rules import RULES, bio, comments, donation, nav, player, run, share
from scrubkit.rules.cues import Matcher, shipped_cues, stem_name
from scrubkit.rules.elements import VOCABULARIES
from scrubkit.rules.run import CueSheet, find
from scrubkit.rules.sheet import FLAGS

SAMPLES = Path(__file__).parents[2] / "corpus_samples"
TESTED = [rule for rule in RULES if rule.test is not None]
FILES = sorted(path for path in SAMPLES.rglob("*") if path.suffix in (".txt", ".html", ".htm"))


@cache
def matcher() -> Matcher:
    """The shipped cues, ready to be looked for."""
    return Matcher(shipped_cues())


def text_of(lines: str) -> Document:
    layout = layout_text(lines)
    return Document("a", layout.text, layout.blocks)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_leaving_rules_out_changes_nothing_in_the_samples(path: Path) -> None:
    """Called or not, a rule finds nothing where the page lacks what it needs."""
    document = ingest(path.read_bytes(), id="a")
    assert find(document, TESTED) == find(document, TESTED, every=True)


@pytest.mark.parametrize("rule", [rule for rule in TESTED if rule.example], ids=lambda rule: rule.code)
def test_leaving_rules_out_changes_nothing_in_the_examples(rule: Rule) -> None:
    """The same on every rule's example, with all the other rules."""
    document = text_of(re.sub(r"^[- ] ", "", rule.example, flags=re.M))
    assert find(document, TESTED) == find(document, TESTED, every=True)


LINES = (
    "Home › News › Region", "News", "Sport", "← Older", "1 2 3 … 14", "BREAKING", "12 Comments", "Reply", "Share", "1.2K Shares",
    "Most Read", "Read also: The storm", "0:00 / 3:20", "×", "please wait", "Disclaimer", "To find out more, click here.",
    "By Mara Holt", "7 January 2022", "3 min read", "OSLO, Jan 7 (Reuters) -", "0 €", "500 €", "1,000 €", "Support the Courier",
    "© 2024 Hafenbote", "All rights reserved.", "The mill is an independent weekly newspaper.", "This is the title of a page",
    "Anna Berg contributed to this report.", ("The old bridge over the river reopened on Monday, two years after the flood that "
    "took its middle span. The mayor walked across first, followed by the school band and several hundred people."),
    "A line of nine words without any mark  at its end",
)  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=14), st.booleans())
def test_leaving_rules_out_changes_nothing_anywhere(lines: list[str], html: bool) -> None:
    """The same on pages put together at random, as text and as HTML."""
    if html:
        body = "".join(
            f'<div class="{"share comments x"[: 3 * (i % 6)]}"><a href="#">{t}</a></div>' for i, t in enumerate(lines)
        )
        document = ingest(f"<title>The title</title>{body}<footer>x</footer>", id="a", media_type="text/html")
    else:
        document = text_of("\n".join(lines))
    assert find(document, TESTED) == find(document, TESTED, every=True)


def test_a_rule_without_needs_is_always_called() -> None:
    """A user's rule that says nothing of needs is asked about every page."""
    rule = Rule("XAB001", "any-page", "Any page", "Is called.", scope="document", test=lambda sheet: [Hit(0, 0)])
    assert [finding.code for finding in find(text_of("rain\n"), [rule])] == ["XAB001"]


def test_stems_of_a_users_rule() -> None:
    """A rule is called where a stem of it begins a word, or stands anywhere with a star, and gets the rows."""

    def test(sheet: CueSheet) -> list[Hit]:
        return [Hit(row, row) for row in sheet.stem_rows("XAB002")]

    rule = Rule("XAB002", "rain-line", "Rain", "Rain.", scope="document", test=test, stems=("rain", "*fall"))
    document = text_of("Rainy days\nterrain\nsun\nwaterfalls\n")
    assert [(f.start, f.end) for f in find(document, [rule])] == [(0, 11), (23, 34)]
    assert find(text_of("sun\n"), [rule]) == ()


@pytest.mark.parametrize("name", VOCABULARIES)
@given(data=st.data())
def test_a_name_that_says_something_holds_a_stem(name: str, data: st.DataObject) -> None:
    """A vocabulary's pattern is asked only where one of its stems stands: it matches nowhere else."""
    pattern, stems = VOCABULARIES[name]
    text = data.draw(st.from_regex(pattern)).lower()
    assert not pattern.search(text) or any(stem in text for stem in stems)


def flagged(text: str, flag: str) -> bool:
    """Whether the one row of a text has a flag; a line has no line break, and no NUL that HTML would drop."""
    assume("\n" not in text and text.strip())
    return bool(CueSheet(text_of(text), matcher()).scan.flags(0) & FLAGS[flag])


PATTERNS = (
    ("crumbs", nav._CRUMB, False), ("arrows", nav._ARROW, True), ("numbers", nav._NUMBERS, True), ("times", player._TIMES, True),
    ("single", player._CLOSE, True), ("shares", share._COUNT, True), ("count", comments._COUNT, True),
    ("forum", comments._FORUM, True), ("minutes", signatures._READING, False),
)  # fmt: skip
LONGEST = {"numbers": 60, "times": 40, "shares": 24, "count": 140, "forum": 60, "minutes": 60}


def compiled(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Return a pattern itself, also of one that waits for its first use."""
    return re.compile(pattern.pattern, pattern.flags)


@pytest.mark.parametrize(("flag", "pattern", "whole"), PATTERNS, ids=[pattern[0] for pattern in PATTERNS])
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_line_that_a_pattern_matches_has_its_flag(
    flag: str, pattern: re.Pattern[str], whole: bool, data: st.DataObject
) -> None:
    """Rules start from flagged rows: their patterns match no other."""
    text = data.draw(st.from_regex(compiled(pattern), fullmatch=whole)).strip()
    assume("\n" not in text and "\r" not in text)
    plain = CueSheet(text_of(text or "x"), matcher()).plain[0] if text else ""
    # Rules read the stripped row, most of them without its bullet mark.
    read = text if flag in ("arrows", "minutes") else plain
    assume(read and len(read) <= LONGEST.get(flag, 10**6))
    assume(pattern.fullmatch(read) if whole else pattern.search(read))
    assert flagged(text, flag)


@pytest.mark.parametrize("pattern", ["_OPENERS", "_LABELS", "_BARE", "_BEHIND", "_SOURCE", "_OPENER_ALONE"])
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_opens_a_byline_is_told_by_its_word(pattern: str, data: st.DataObject) -> None:
    """The words that patterns of bylines and sources begin with are those that the rows' kernel knows."""
    told = compiled(getattr(signatures, pattern))
    text = data.draw(st.from_regex(told, fullmatch=True)).strip()
    assume("\n" not in text and len(text) <= 140 and (told.match(text) or told.match(f"{text} x")))
    assert flagged(text, "opened")


@pytest.mark.parametrize("pattern", ["_CREDIT_OPENS", "_SHORT_CREDIT_OPENS", "_CREDIT_ANYWHERE"])
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_credit_holds_a_stem(pattern: str, data: st.DataObject) -> None:
    """Whatever reads as a credit has one of the stems of BYL004."""
    text = " ".join(data.draw(st.from_regex(compiled(getattr(signatures, pattern)))).split())
    assume(text and signatures.is_credit(text))
    assert stem_name("BYL004") in sheet_of("BYL004", text).present


@pytest.mark.parametrize(("code", "pattern"), [("BIO004", bio._OUTLET), ("DON003", donation._SUPPORT)])
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_line_of_a_rule_holds_its_stem(code: str, pattern: re.Pattern[str], data: st.DataObject) -> None:
    """Whatever the pattern of a rule with stems matches has one of them."""
    text = data.draw(st.from_regex(pattern)).strip()
    assume("\n" not in text and text)
    plain = sheet_of(code, text).plain[0]
    assume(pattern.fullmatch(plain) if code == "DON003" else pattern.match(plain))
    assert stem_name(code) in sheet_of(code, text).present


def sheet_of(code: str, text: str) -> CueSheet:
    rules = tuple(rule for rule in RULES if rule.code == code)
    return CueSheet(text_of(text), run._plan(rules, shipped_cues(), {}).matcher)


@given(
    st.lists(
        st.sampled_from(
            (
                "By",
                "by",
                "Anna Berg",
                "Von",
                "7 Jan 2022",
                "2022",
                "3 min read",
                "|",
                "/",
                ":",
                "Source: X",
                "文",
                "기자",
                "١",
                " ",
                "x y",
            )
        ),
        max_size=4,
    ).map(" ".join),
    st.sampled_from(("", "By", "Written by", "作者", "Oslo 7", "A long line that opens nothing")),
)
def test_a_row_is_read_as_a_byline_wherever_it_is_one(line: str, above: str) -> None:
    """The sheet asks the reader only where it may say something, and loses nothing by that."""
    sheet = CueSheet(text_of(f"{above}\n{line}\n"), matcher())
    for row in range(len(sheet)):
        assert sheet.signature(row) == signatures.read_signature_at(sheet.text, row)
