"""Where two texts differ: the compiled comparison against its plain statement, and what it says of examples."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.dedup.shingle import corpus_of
from scrubkit.kernels import slots
from scrubkit.kernels.slots import COLUMNS, differences, tokens
from scrubkit.kernels.slots_reference import is_capital

compiled = pytest.mark.skipif(not slots.COMPILED, reason="no compiled kernel")
WORDS = (
    *[
        "the",
        "a",
        "of",
        "mayor",
        "Mayor",
        "Ada",
        "Bob",
        "Müller",
        "Mueller",
        "Straße",
        "Ж",
        "жена",
        "Орёл",
        "7",
        "12",
        "1,250",
        "3.5",
        "Mr.",
        "said:",
        "“We",
        "won.”",
        "Ελλάς",
    ],
    *[
        "المدينة",
        "١٢",
        "नगर",
        "दिल्ली",
        "서울",
        "市长",
        "王小明",
        "東京",
        "は",
        "กรุงเทพ",
        "ไทย",
        "\n",
        "\n\n.",
        ",",
        "!",
        "U.S.",
        "ÉCOLE",
        "ß",
        "Ⅻ",
    ],
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=60)


def counts(a, b):
    """What differs between two texts, by name, without the columns that are 0."""
    corpus = corpus_of([a, b], anchors=None)
    row = differences(tokens(corpus, np.arange(2)), np.array([0]), np.array([1]))[0]
    return {name: n for name, n in zip(COLUMNS, row.tolist(), strict=True) if n}


@compiled
@settings(max_examples=150, deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 59), st.sampled_from(WORDS), st.integers(0, 2)), max_size=12), TEXTS)
def test_kernel_equals_reference(words, edits, other):
    """Tokens and differences of edited and of unrelated texts are those of the plain statement, in any script."""
    edited = list(words)
    for at, word, kind in edits:
        edited[at : at + (kind < 2)] = [word] * (kind > 0)
    corpus = corpus_of([" ".join(part) for part in (words, edited, other)], anchors=None)
    which, left, right = np.arange(3), np.array([0, 1, 0, 2]), np.array([1, 0, 2, 1])
    fast, plain = (tokens(corpus, which, backend=backend) for backend in ("auto", "python"))
    for name in ("words", "letters", "flags", "offsets"):
        np.testing.assert_array_equal(getattr(fast, name), getattr(plain, name))
    np.testing.assert_array_equal(differences(fast, left, right), differences(plain, left, right, backend="python"))


@compiled
def test_kernel_equals_reference_on_long_texts():
    """With many slots, long passages and lines that are left out both still say the same."""
    rng = np.random.default_rng(5)
    known = [f"w{i}" for i in range(200)] + [f"Name{i}" for i in range(40)]
    base = [known[i] for i in rng.zipf(1.2, 900) % 240]
    texts = [" ".join(base)]
    for share in (0.1, 0.4):
        new = [known[rng.integers(240)] if rng.random() < share else word for word in base]
        new[100:100] = ["Menu\nHome\n", "News."] * 3
        texts.append(" ".join(new[: rng.integers(500, 900)]))
    corpus = corpus_of(texts)
    left, right = np.array([0, 0, 1]), np.array([1, 2, 2])
    made = tokens(corpus, np.arange(3))
    np.testing.assert_array_equal(differences(made, left, right), differences(made, left, right, backend="python"))


def test_kinds_of_differences():
    """Names, numbers, another spelling, a title and an ordinary word are told apart."""
    a = "Yesterday the council of Ashford named Ada Lovelace its chair after 12 votes, and the old mill was sold."
    b = "Yesterday the council of Grimsby named Mrs Ada Lovelase its chair after 15 votes, and the old mill was bought."
    told = counts(a, b)
    assert {name: told[name] for name in ("names", "numbers", "variants", "other")} == {
        "names": 1, "numbers": 1, "variants": 2, "other": 1,
    }  # fmt: skip


def test_a_name_that_stands_elsewhere_too_is_no_slot():
    """Whoever fills in a template does so throughout: one Ashford of two that differs was edited."""
    a = "The council of Ashford met on a cold day, and the people of Ashford came to hear what it had to say."
    b = a.replace("Ashford", "Grimsby", 1)
    assert counts(a, b)["leaks"] == 1
    assert "names" not in counts(a, b)


def test_characters_of_chinese_are_compared_in_runs():
    """A name of two characters against one of three is one slot; one character against another is a misprint."""
    a = "市长昨天在市政厅宣布，李明将担任图书馆的新馆长，欢迎大家参加下周的招待会。"
    assert counts(a, a.replace("李明", "陈大文"))["unmarked"] == 1
    assert counts(a, a.replace("招", "绍")).get("unmarked", 0) == 0


def test_capitals_are_those_of_unicode():
    """Among letters with case in Latin, Greek, Cyrillic and Armenian the table says what Unicode says."""
    blocks = [(0x41, 0x180), (0x386, 0x3CF), (0x400, 0x530), (0x531, 0x588), (0x1E00, 0x1F00)]
    for low, high in blocks:
        for point in range(low, high):
            kind = unicodedata.category(chr(point))
            if kind in {"Lu", "Ll"} and point != 0x1E9E:
                assert is_capital(point) == (kind == "Lu"), hex(point)


def test_empty_texts_differ_in_nothing():
    """Texts without words have no tokens and no differences."""
    assert counts("", "…") == {}
