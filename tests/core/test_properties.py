"""Properties that hold for every text and every set of findings."""

from __future__ import annotations

import pickle
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.core import Document, Entry, Finding, resolve, restore
from scrubkit.core.offsets import line_starts, place_of, to_bytes, to_codepoints
from scrubkit.ingest.layout import layout_text
from scrubkit.kernels.resolve import resolve as compiled_resolve

TEXTS = st.text(st.characters(codec="utf-8"), max_size=120) | st.lists(
    st.sampled_from(["", "a", "  ", "Größe", "日本語", "👩‍👩‍👧 x", "The end.", "\u2028", "\r"]), max_size=12
).map("\n".join)


def document_of(text: str) -> Document:
    layout = layout_text(text)
    return Document("x", layout.text, layout.blocks)


@st.composite
def documents_with_findings(draw: st.DrawFn) -> tuple[Document, list[Finding]]:
    text = draw(TEXTS)
    size = len(text)
    spans = st.tuples(st.integers(0, size), st.integers(0, size)).map(sorted)
    findings = []
    for start, end in draw(st.lists(spans, max_size=12)):
        action = draw(st.sampled_from(["remove", "remove", "keep", "replace", "note", "reject", "quarantine"]))
        code = draw(st.sampled_from(["NAV001", "CMT001", "BPL001", "FTR003", "KEP001"]))
        score = draw(st.sampled_from([0.5, 0.8, 0.9, 0.95]))
        replacement = draw(st.sampled_from(["", "…", "[cut]"])) if action == "replace" else None
        findings.append(Finding(code, start, end, action, score, {"n": end - start}, replacement))
    return document_of(text), findings


@given(TEXTS)
def test_blocks_tile_the_text(text: str) -> None:
    """Joining the blocks gives the text back, and each begins where the one before ends."""
    document = document_of(text)
    assert "".join(document.of(block) for block in document.blocks) == text
    edges = [0, *document.blocks.ends]
    assert list(document.blocks.starts) == edges[:-1]
    assert edges[-1] == len(text)


@given(TEXTS)
def test_a_line_of_flattened_text_is_a_block(text: str) -> None:
    """Block n holds line n, so a line number means the same to a user and to a rule."""
    lines = text.split("\n")
    blocks = [document_of(text).of(block) for block in document_of(text).blocks]
    assert [block.removesuffix("\n") for block in blocks] == (lines if lines[-1] else lines[:-1])


@settings(max_examples=400)
@given(documents_with_findings())
def test_restore_is_exact_for_any_findings(case: tuple[Document, list[Finding]]) -> None:
    """The cleaned text and the entries alone rebuild the text, whatever was found."""
    document, findings = case
    ledger = resolve(document, findings)
    assert ledger.restore() == document.text
    again = [Entry(e.start, e.end, e.code, e.text, e.score, {}, (), e.replacement) for e in ledger.entries]
    assert restore(ledger.text, again) == document.text


@settings(max_examples=300)
@given(documents_with_findings(), st.randoms(use_true_random=False))
def test_resolve_does_not_depend_on_order(case: tuple[Document, list[Finding]], rng: random.Random) -> None:
    """Findings may come from any number of rules in any order."""
    document, findings = case
    shuffled = list(findings)
    rng.shuffle(shuffled)
    assert resolve(document, shuffled) == resolve(document, findings)


@settings(max_examples=400)
@given(documents_with_findings(), st.integers(0, 90))
def test_the_compiled_resolve_equals_its_reference(case: tuple[Document, list[Finding]], more: int) -> None:
    """Text, spans, codes and reasons are the same, for more codes than one machine word has bits too."""
    document, findings = case
    for number in range(more):
        start = number * 7 % (len(document.text) + 1)
        findings.append(Finding(f"X{number:02}001", start, len(document.text), because={"n": number}))
    plain = [finding for finding in findings if finding.action != "replace"]
    assert compiled_resolve(document, plain) == resolve(document, plain)
    assert compiled_resolve(document, findings) == resolve(document, findings)


@given(documents_with_findings())
def test_entries_are_disjoint_sorted_and_accounted_for(case: tuple[Document, list[Finding]]) -> None:
    """Characters in are characters kept plus characters taken, by code."""
    document, findings = case
    ledger = resolve(document, findings)
    edges = [edge for entry in ledger.entries for edge in (entry.start, entry.end)]
    assert edges == sorted(edges)
    added = sum(len(entry.replacement) for entry in ledger.entries)
    assert len(document.text) == len(ledger.text) - added + sum(ledger.counts().values())


@given(documents_with_findings())
def test_a_keep_outweighs_every_removal_that_is_no_surer(case: tuple[Document, list[Finding]]) -> None:
    """No visible character under the surest keep is removed by a finding of the same or a lower score."""
    document, findings = case
    kept = [f for f in findings if f.action == "keep"]
    for entry in resolve(document, findings).removed():
        for finding in kept:
            inside = document.text[max(entry.start, finding.start) : min(entry.end, finding.end)]
            if inside.strip():
                surest = max(
                    f.score for f in findings if f.action == "remove" and f.start < entry.end and entry.start < f.end
                )
                assert surest > finding.score


@given(TEXTS, st.lists(st.floats(0, 1), max_size=8))
def test_code_points_and_bytes_agree(text: str, shares: list[float]) -> None:
    """Offsets go to bytes and back unchanged, and cut the same text either way."""
    offsets = sorted(int(share * len(text)) for share in shares)
    data = text.encode()
    places = to_bytes(text, offsets)
    assert to_codepoints(data, places) == offsets
    assert [data[:place].decode() for place in places] == [text[:offset] for offset in offsets]


@given(TEXTS)
def test_line_and_column_find_the_character(text: str) -> None:
    """A place given as line and column leads back to the same character."""
    starts = line_starts(text)
    lines = text.split("\n")
    for offset, char in enumerate(text):
        line, column = place_of(starts, offset)
        assert (lines[line - 1] + "\n")[column - 1] == char


@given(documents_with_findings())
def test_documents_and_ledgers_travel_between_processes(case: tuple[Document, list[Finding]]) -> None:
    """Everything in core survives pickling with its value."""
    document, findings = case
    ledger = resolve(document, findings)
    copy = pickle.loads(pickle.dumps(document))
    assert resolve(copy, findings) == ledger
    assert pickle.loads(pickle.dumps(ledger)) == ledger
