"""What resolve decides, case by case."""

from __future__ import annotations

import pytest

from scrubkit.core import ConfigError, Document, Entry, Finding, Ledger, ScrubkitError, resolve
from scrubkit.core.finding import verdict_of
from scrubkit.ingest.layout import layout_text
from scrubkit.kernels.resolve import resolve as compiled_resolve


def document_of(text: str) -> Document:
    layout = layout_text(text)
    return Document("x", layout.text, layout.blocks)


def test_blank_lines_go_with_the_line_above_them() -> None:
    """A removed line takes the blank run behind it along, so no hole stays."""
    document = document_of("Home\n\n\nThe news.\n\nMore news.\n")
    assert resolve(document, [Finding("NAV001", 0, 5)]).text == "The news.\n\nMore news.\n"


def test_blank_lines_between_kept_lines_stay() -> None:
    """Paragraph breaks of the article are the author's."""
    document = document_of("One.\n\nTwo.\n\nShare\n")
    assert resolve(document, [Finding("SHR001", 12, 18)]).text == "One.\n\nTwo.\n"


def test_leading_blank_lines_go_when_the_first_line_goes() -> None:
    """A text does not begin with the hole its menu left."""
    document = document_of("\n\nMenu\n\nThe news.\n")
    assert resolve(document, [Finding("NAV001", 2, 7)]).text == "The news.\n"


def test_a_typed_rule_names_what_the_model_also_drops() -> None:
    """Where a rule and the block model agree, the rule's code is reported, though the model be surer."""
    document = document_of("Share this\n")
    ledger = resolve(document, [Finding("BPL001", 0, 11, score=0.99), Finding("SHR001", 0, 11, score=0.8)])
    assert [(e.code, e.codes) for e in ledger.entries] == [("SHR001", ("BPL001", "SHR001"))]


def test_the_surer_of_keep_and_remove_wins_and_keep_wins_a_tie() -> None:
    """A veto protects against less sure rules only."""
    document = document_of("Tags: rivers\n")
    for score, text in ((0.8, "Tags: rivers\n"), (0.9, "Tags: rivers\n"), (0.95, "")):
        findings = [Finding("REL004", 0, 13, score=score), Finding("KEP001", 0, 13, "keep", 0.9)]
        assert resolve(document, findings).text == text


def test_a_replacement_yields_to_a_removal() -> None:
    """A span that goes is not mended first."""
    document = document_of("abc def\n")
    findings = [Finding("ENC001", 4, 7, "replace", replacement="DEF"), Finding("NAV001", 0, 8)]
    assert resolve(document, findings).text == ""
    assert resolve(document, findings[:1]).text == "abc DEF\n"


def test_a_finding_outside_the_text_is_a_bug_and_says_so() -> None:
    """Wrong spans are refused where they are used, with the code that made them."""
    with pytest.raises(ValueError, match="NAV001: span 0:9 ends outside the text"):
        resolve(document_of("abc"), [Finding("NAV001", 0, 9)])


def test_a_finding_must_be_a_span_with_a_known_action() -> None:
    """Findings are checked when they are made."""
    with pytest.raises(ValueError, match="is not a span"):
        Finding("NAV001", 5, 2)
    with pytest.raises(ValueError, match="unknown action"):
        Finding("NAV001", 0, 2, "delete")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="belongs to the action 'replace'"):
        Finding("NAV001", 0, 2, replacement="x")


def test_entries_of_another_text_are_refused() -> None:
    """Restoring with the wrong ledger fails rather than making up a text."""
    ledger = Ledger.of("Home\nNews.\n", [Entry(0, 5, "NAV001", "Home\n", 1.0, {})])
    with pytest.raises(ValueError, match=r"another text"):
        Ledger.of("Other\nNews.\n", ledger.entries)


def test_quarantine_outranks_rejection() -> None:
    """A document that a person must look at is not thrown away by another rule."""
    findings = (Finding("QLT001", 0, 0, "reject"), Finding("ERR001", 0, 0, "quarantine"))
    assert verdict_of(findings).status == "quarantined"
    assert verdict_of(findings[:1]).status == "rejected"
    assert bool(verdict_of(()))


def test_an_error_names_thing_place_and_remedy() -> None:
    """Users read one line: where, what, what to do."""
    error = ConfigError("unknown key 'selct'", place="scrubkit.toml", remedy="did you mean 'select'?")
    assert str(error) == "scrubkit.toml: unknown key 'selct' (did you mean 'select'?)"
    assert isinstance(error, ScrubkitError)


def test_ten_thousand_overlapping_findings_resolve_quickly_enough_to_finish() -> None:
    """Nested zones, each covering the rest of the page, do not make resolving quadratic in practice."""
    document = document_of("line\n" * 10_000)
    findings = [Finding("CMT001", 5 * i, 50_000, score=0.5 + i / 40_000) for i in range(10_000)]
    assert resolve(document, findings).text == ""


def test_the_plain_resolve_serves_without_the_compiled_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no compiler was at hand a page is resolved all the same, with one warning."""
    from scrubkit import kernels
    from scrubkit.kernels import resolve as module

    document = document_of("Home\n\nThe news.\n")
    known = module.resolve(document, [Finding("NAV001", 0, 5)])
    monkeypatch.setattr(module, "_resolve", None)
    monkeypatch.setattr(kernels, "_warned", set())
    with pytest.warns(RuntimeWarning, match="'resolve' is not installed"):
        assert module.resolve(document, [Finding("NAV001", 0, 5)]) == known


def test_findings_of_a_class_of_their_own_are_resolved_alike() -> None:
    """A plug-in's subclass of a finding gives the same ledger as a finding."""

    class Told(Finding):
        """A finding with a name of its own."""

    document = document_of("Home\nRain fell.\n")
    told = compiled_resolve(document, [Told("NAV001", 0, 5, because={"labels": 1})])
    assert told == compiled_resolve(document, [Finding("NAV001", 0, 5, because={"labels": 1})])
    assert told.text == "Rain fell.\n"
