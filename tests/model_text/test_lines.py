from __future__ import annotations

import importlib.util
from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.ingest.layout import layout_text
from scrubkit.kernels.lines import MEASURES, measure, reference
from scrubkit.model.text_features import features, lines_of, reference_features

compiled = pytest.mark.skipif(
    importlib.util.find_spec("scrubkit.kernels._lines") is None, reason="the kernel is not compiled"
)
pieces = st.sampled_from(
    ["Home", "the mayor said", "* ", "• ", "1. ", "[2] ", "# ", "- ", "…", "...", ".", "!", "。", "、", "今日は良い天気",
     "ภาษาไทย", "हिन्दी में", "العربية،", "Ελλάδα", "ДОМ", "İstanbul", "ß", "[a](b)", "[a] ", "](", "12:30", "2024", "1999-01-02",
     "$5", "5 €", "www.x.org", "a@b", "http://x", " | ", " › ", "»", "(", ")", "'", "o ", "#", "\t", "\u00a0", "😀", "𠀀𠀁", "_",
     "well-known words of a long enough sentence that goes on and on with commas, and on", "\u200d", "é"]
)  # fmt: skip
texts = st.lists(st.lists(pieces, min_size=1, max_size=8).map("".join), max_size=12).map("\n".join)


def spans(text: str) -> tuple[array[int], array[int]]:
    table = layout_text(text).blocks
    seen = [i for i, kind in enumerate(table.kinds) if kind]
    return array("l", (table.starts[i] for i in seen)), array("l", (table.ends[i] for i in seen))


def column(text: str, name: str) -> list[float]:
    starts, ends = spans(text)
    rows = measure(text, starts, ends)
    return [rows[i * len(MEASURES) + MEASURES.index(name)] for i in range(len(starts))]


@compiled
@settings(max_examples=150, deadline=None)
@given(st.one_of(texts, st.text(max_size=60)))
def test_kernel_equals_reference(text: str) -> None:
    """The compiled measures are those of the plain reference, bit for bit, on any text."""
    starts, ends = spans(text)
    assert measure(text, starts, ends).tobytes() == reference(text, starts, ends).tobytes()


@compiled
def test_spans_outside_the_text_are_refused() -> None:
    """A span that is none raises instead of reading beyond the text."""
    for starts, ends in (([0], [9]), ([2], [2]), ([-1], [2]), ([0, 1], [2, 3])):
        with pytest.raises(ValueError, match="not a span"):
            measure("abc", array("l", starts), array("l", ends))


@pytest.mark.parametrize(
    ("line", "bullet"),
    [
        ("* a b", 1),
        ("• a", 1),
        ("  • a", 1),
        ("- a", 1),
        ("o a", 1),
        ("+ a", 1),
        ("*", 1),
        ("-5 degrees", 0),
        ("of", 0),
    ],
)
def test_bullets_of_any_renderer(line: str, bullet: int) -> None:
    """List marks of inscriptis, lynx, html2text, resiliparse and editors are all bullets; a minus sign is not."""
    assert column(line, "bullet") == [bullet]


def test_scripts_without_spaces_count_half_a_word_a_character() -> None:
    """A Chinese sentence weighs about what its translation does."""
    assert column("今天天气很好我们去公园散步吧。", "words") == [7.0]


def test_copies_ignore_bullets_and_case() -> None:
    """A menu entry is a copy whatever mark stands before it; only the first counts as first."""
    text = "* News today\nNEWS TODAY\n- News, today\nOther\n"
    assert column(text, "copies") == [3, 3, 3, 1]
    assert column(text, "first") == [1, 0, 0, 1]


def test_broken_sentences_are_one_group() -> None:
    """Lines broken at links are measured together: the run has the words of the whole sentence."""
    text = "We at\nScratch Foods\n, a small firm, bring\nmeals\nto your door.\nMenu\n"
    assert column(text, "group_words") == [2, 10, 10, 10, 10, 1]


def test_topic_is_shared_with_the_prose() -> None:
    """A headline of the page's own subject has more topic than a headline of another."""
    prose = "The harbour bridge was closed on Monday because engineers found cracks in the northern pillar again.\n"
    text = "Harbour bridge closed\nCelebrity wedding pictures\n" + prose + prose.replace("Monday", "Tuesday")
    near, far = column(text, "span_topic")[:2]
    assert near > 0.9 > far


def test_blank_lines_change_nothing() -> None:
    """Measures are those of the lines that are not blank, however many blank ones stand between."""
    tight = "Menu\nThe fair opens today, the mayor of the town said on Monday at noon.\nMore\n"
    loose = tight.replace("\n", "\n\n\n")
    a, b = layout_text(tight), layout_text(loose)
    assert lines_of(a.text, a.blocks).measures.tolist() == lines_of(b.text, b.blocks).measures.tolist()


@settings(max_examples=100, deadline=None)
@given(texts)
def test_features_equal_their_reference(text: str) -> None:
    """Compiled context features are NumPy's up to the last bits of a sum, and always finite."""
    table = layout_text(text)
    lines = lines_of(table.text, table.blocks)
    rows = features(lines)
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(rows, reference_features(lines), rtol=1e-5, atol=1e-5)
