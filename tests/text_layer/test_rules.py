"""Catalogue entries and findings of the text layer."""

from __future__ import annotations

from scrubkit.core import Meta
from scrubkit.ingest.text_rules import RULES, language_findings, mixed_findings, text_findings

ENGLISH = "The old bridge over the river was closed for repairs, and the town waits for it to open again in autumn."
GERMAN = "Die alte Brücke über den Fluss wurde wegen Reparaturen gesperrt, und die Stadt wartet auf ihre Öffnung."


def codes(meta: Meta, text: str) -> list[str]:
    return [finding.code for finding in text_findings(meta, text)]


def test_every_finding_has_an_entry() -> None:
    """Codes are unique, of the two families, and named after the bad pattern."""
    names = [rule.code for rule in RULES]
    assert len(names) == len(set(names))
    assert {name[:3] for name in names} == {"ENC", "LNG"}
    assert all(rule.summary.endswith(".") and rule.rationale for rule in RULES)


def test_intact_text_has_nothing_to_report() -> None:
    """A sound page gives no finding."""
    assert (
        codes(Meta(decoding={"source": "utf-8", "encoding": "utf-8", "confidence": 1.0, "replaced": 0}), GERMAN) == []
    )


def test_what_decoding_reports() -> None:
    """Replaced bytes, binary sources, contradicted declarations and unsure guesses each have a code."""
    assert codes(Meta(decoding={"source": "near-utf-8", "replaced": 2}), "a\ufffd b\ufffd") == ["ENC001"]
    assert codes(Meta(decoding={"source": "binary", "replaced": 9}), "\ufffd") == ["ENC007"]
    assert codes(Meta(decoding={"encoding": "utf-8", "declared": "windows-1252"}), "é") == ["ENC002"]
    assert codes(Meta(decoding={"source": "detected", "encoding": "iso8859-2", "confidence": 0.3}), "x") == ["ENC008"]


def test_a_loss_in_the_source_is_told_from_ours() -> None:
    """U+FFFD that decoding did not put in is reported where it stands."""
    (found,) = text_findings(Meta(), "lost \ufffd\ufffd here")
    assert (found.code, found.start, found.end) == ("ENC006", 5, 7)


def test_what_repair_reports() -> None:
    """Repairs and removed controls are counted from the recorded steps."""
    steps = ({"step": "recode", "line": 2, "encoding": "latin-1"}, {"step": "controls", "line": None, "count": 3})
    found = text_findings(Meta(repairs=steps), "text")
    assert [f.code for f in found] == ["ENC003", "ENC005"]
    assert found[0].because == {"steps": 1, "lines": 1, "read_as": {"latin-1": 1}}


def test_damage_that_is_left_is_named_by_line() -> None:
    """A line that still looks damaged is reported with its span."""
    text = "sound\nbrokÃ\ufffdn â€\ufffd here\nsound"
    found = [f for f in text_findings(Meta(decoding={"replaced": 1}), text) if f.code == "ENC004"]
    assert [text[f.start : f.end] for f in found] == ["brokÃ\ufffdn â€\ufffd here"]


def test_language_findings() -> None:
    """Unwanted and undetermined languages are told apart."""
    assert [f.code for f in language_findings(GERMAN, keep={"en"})[1]] == ["LNG001"]
    assert [f.code for f in language_findings(GERMAN, keep={"de"})[1]] == []
    assert [f.code for f in language_findings("12:30")[1]] == ["LNG002"]


def test_mixed_languages_are_named_by_paragraph() -> None:
    """Paragraphs in another language than the rest are reported, a text of one language is not."""
    text = f"{ENGLISH}\n{ENGLISH}\n{GERMAN}"
    found = mixed_findings(text)
    assert [(f.code, text[f.start : f.end]) for f in found] == [("LNG003", GERMAN)]
    assert mixed_findings(f"{ENGLISH}\n{ENGLISH}") == ()
