"""The sketch kernel against its plain statement and against datasketch itself."""

from __future__ import annotations

import unicodedata
import warnings

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.core.errors import ConfigError
from scrubkit.dedup.scheme import SCHEME, Scheme, fold_table
from scrubkit.dedup.shingle import corpus_of, furniture_lines, signatures
from scrubkit.kernels import sketch as kernel
from scrubkit.kernels.sketch import Corpus, Rules, fold_words, gram_hash, grams, line_table, sketch

TEXTS = [
    "",
    "one",
    "The café's 1,234.5 naïve Straße owners — all 27 — said “no”.",
    "정부는 새로운 정책을 발표했다. 가 각 글",
    "政府は新しい政策を発表した。東京2024年",
    "सरकार ने नई नीति की घोषणा की।",
    "أعلنت الحكومة سياسة جديدة يوم الاثنين ١٢٣",
    "รัฐบาลประกาศนโยบายใหม่เมื่อวันจันทร์",
    "Правительство объявило о новой политике ёлка.",
    "a\nb\n\nlong line " + "word " * 40 + "\nMenu\nThis is a proper sentence with an end.\n" + "x y z. " * 20,
    "\u200b\u00ad\ufeff",
    "𠮷野家 🎉🎉 ﬁne ＦＵＬＬ",
]
ALPHABET = st.characters(codec="utf-8")
MIXED = st.text(st.one_of(st.sampled_from(list("abc ,.1\n5éß가각中文กนि्ـَ_“”!?")), ALPHABET), max_size=120)


def words_of(text: str, *, prose_only: bool = False) -> list[str]:
    return fold_words(corpus_of([text], rules=Rules(prose_only=prose_only)), 0)[0]


def both(corpus: Corpus, perms: int = 64, n: int = 5) -> None:
    a, b = Scheme(perms=perms).permutations()
    fast, slow = (sketch(corpus, n, a, b, backend=x) for x in ("auto", "python"))
    for name in ("signatures", "words", "every", "text", "stems", "numbers", "stem_offsets"):
        assert np.array_equal(getattr(fast, name), getattr(slow, name)), name
    which = np.arange(len(corpus))
    for x, y in zip(grams(corpus, n, which), grams(corpus, n, which, backend="python"), strict=True):
        assert np.array_equal(x, y)


@pytest.mark.skipif(not kernel.COMPILED, reason="no compiled kernel")
@pytest.mark.parametrize("prose_only", [True, False])
@pytest.mark.parametrize("n", [1, 3, 5, 7])
def test_compiled_equals_plain(prose_only, n):
    """The compiled sketch and its plain statement agree on texts of many scripts."""
    both(corpus_of(TEXTS, rules=Rules(prose_only=prose_only, least=3)), n=n)


@pytest.mark.skipif(not kernel.COMPILED, reason="no compiled kernel")
@settings(max_examples=150, deadline=None)
@given(st.lists(MIXED, max_size=4))
def test_compiled_equals_plain_on_any_text(texts):
    """The two agree on arbitrary Unicode, whatever the lines."""
    both(corpus_of(texts, rules=Rules(least=2, short_line=1)), perms=16)


@pytest.mark.skipif(not kernel.COMPILED, reason="no compiled kernel")
@pytest.mark.parametrize("backend", ["portable", "avx2", "avx512"])
@pytest.mark.parametrize("perms", [128, 130, 256, 5])
def test_every_instruction_set_gives_the_same_signatures(backend, perms):
    """Forced instruction sets change the speed and nothing else."""
    corpus = corpus_of([*TEXTS, "word " * 1000, "ab cd ef " * 37])
    a, b = Scheme(perms=perms).permutations()
    assert np.array_equal(sketch(corpus, 5, a, b, backend=backend).signatures, sketch(corpus, 5, a, b).signatures)


def test_signatures_equal_datasketch():
    """Each signature is the one datasketch.MinHash makes of the same shingles."""
    made = signatures(corpus_of(TEXTS))
    for i in range(len(TEXTS)):
        words = fold_words(corpus_of(TEXTS), i)[0]
        reference = MinHash(num_perm=128, seed=1, hashfunc=gram_hash)
        width = min(5, len(words))
        for at in range(len(words) - width + 1 if words else 0):
            reference.update(" ".join(words[at : at + width]))
        assert np.array_equal(reference.hashvalues, made.signatures[i])


def test_conversion_to_datasketch_and_back():
    """Signatures survive the way through MinHash and LeanMinHash, and can be updated there."""
    signature = signatures(corpus_of(["the quick brown fox jumps over the lazy dog again"])).signatures[0]
    minhash, lean = SCHEME.to_minhash(signature), SCHEME.to_lean(signature)
    assert minhash.jaccard(lean) == 1.0
    assert np.array_equal(SCHEME.from_minhash(minhash), signature)
    assert np.array_equal(SCHEME.from_minhash(lean), signature)
    minhash.update("five more words stand here")
    assert (minhash.hashvalues <= signature).all()


def test_other_schemes_are_refused_by_name():
    """A signature of another seed or scheme is never compared in silence."""
    with pytest.raises(ConfigError, match="seed 2"):
        SCHEME.from_minhash(MinHash(num_perm=128, seed=2))
    with pytest.raises(ConfigError, match="unknown signature scheme"):
        Scheme.parse("other")
    assert Scheme.parse(SCHEME.name) == SCHEME


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ärger STRAẞE", ["arger", "straße"]),
        ("1,234.5 and 3.", ["12345", "and", "3"]),
        ("가각글 정부", ["가각글", "정부"]),
        ("东京都", ["东", "京", "都"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("مُحَمَّد أحمد", ["محمد", "احمد"]),
        ("İstanbul ISPARTA ısı", ["istanbul", "isparta", "isi"]),
        ("٣٤ ३४", ["34", "34"]),
        ("ﬁx Ｗｉｄｅ", ["fx", "wide"]),
    ],
)
def test_folding(text, words):
    """Case, width and diacritics fold; Hangul syllables, vowel signs and ideographs do not collapse."""
    assert words_of(text) == words


def test_composed_and_decomposed_text_fold_alike():
    """The normal form of the input does not matter, in scripts with and without diacritics."""
    for text in TEXTS:
        if any("가" <= c <= "힣" for c in text):
            continue
        assert words_of(unicodedata.normalize("NFC", text)) == words_of(unicodedata.normalize("NFD", text))


def test_lines_that_are_no_prose_are_left_out():
    """Menus do not take part in the comparison unless nothing else is there."""
    prose = "This line is long enough and ends with a full stop. " * 4
    assert words_of("Home\nNews\n" + prose, prose_only=True) == words_of(prose)
    assert words_of("Home\nNews", prose_only=True) == ["home", "news"]


@given(st.lists(st.text(st.sampled_from("a \t\né"), max_size=12), max_size=5))
def test_lines_of_any_text_equal_their_statement(texts):
    """Blank lines, line ends at the end and texts of nothing else are counted alike, compiled and plain."""
    corpus = corpus_of(texts, anchors=None)
    for x, y in zip(
        line_table(corpus.data, corpus.offsets), line_table(corpus.data, corpus.offsets, backend="python"), strict=True
    ):
        assert x.tolist() == y.tolist()


def test_line_table_reference():
    """Line hashes of the kernel and the reference agree, up to the last byte of the buffer."""
    data = np.frombuffer(b"  a b \n\nlong line of more than eight bytes\r\nlast", np.uint8)
    offsets = np.array([0, 10, len(data)], np.int64)
    for x, y in zip(line_table(data, offsets), line_table(data, offsets, backend="python"), strict=True):
        assert np.array_equal(x, y)


def left_out(texts, anchors=4):
    """The lines of each text that are left out as furniture."""
    corpus = corpus_of(texts, anchors=None)
    drop, lines = furniture_lines(corpus.data, corpus.offsets, anchors)
    at = [drop[lines[i] : lines[i + 1]].tolist() for i in range(len(texts))]
    return [
        [line for line, out in zip(text.split("\n"), of, strict=True) if out]
        for text, of in zip(texts, at, strict=True)
    ]


THINGS = ["bridge", "school", "harbour", "market", "museum", "stadium", "library", "hospital", "airport", "theatre"]


def test_furniture_needs_different_anchors():
    """A line beside many different articles is furniture; the lines of one article copied often are not."""
    pages = [f"Read more on our site\nThe article about the {thing} has a long line of its own." for thing in THINGS]
    copies = ["Shared second line\nThe very same long article stands here eight times."] * 8
    found = left_out(pages + copies, 6)
    assert found[:10] == [["Read more on our site"]] * 10
    assert not any(found[10:])


def test_furniture_that_varies_by_a_number_is_one_line():
    """Counts and dates do not make a line of furniture another line, in whatever digits they are written."""
    for digits in ("0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"):
        counts = ["".join(digits[int(c)] for c in str(7 * i * i)) for i in range(10)]
        pages = [
            f"You have read {count} articles.\nThe article about the {thing} has a long line of its own."
            for count, thing in zip(counts, THINGS, strict=True)
        ]
        assert left_out(pages) == [[page.split("\n")[0]] for page in pages]


def test_furniture_longer_than_the_articles_is_learned():
    """Where the longest line of every page is furniture the articles still tell the pages apart, short ones too."""
    notice = "This notice is longer than any line of the articles beside it, and stands on every page of the site."
    pages = [
        f"The council opened the {thing}.\n{notice}\nThe {thing} cost more than planned.\nMany came to see the {thing} on its first day."
        for thing in THINGS
    ]
    short = f"Nothing else is new.\n{notice}"
    assert left_out([*pages, short]) == [[notice]] * 11


def test_an_article_copied_into_many_frames_is_no_furniture():
    """A copied article stays although a line of the frame around each of its copies is longer."""
    article = "The council opened the bridge.\nIt cost more than planned.\nMany people came to see it on Sunday."
    sites = {
        site: f"The {site} asks all of its readers for their consent before it stores anything on their machines."
        for site in THINGS
    }
    others = [
        f"{notice}\nThe {site} and the {thing} were closed until further notice.\nOne {thing} beside the {site} burned "
        f"down in the night of Monday, and nobody saw how the fire began."
        for site, notice in sites.items()
        for thing in THINGS[:5]
    ]
    found = left_out([*others, *(f"{notice}\n{article}" for notice in sites.values())])
    assert found == [[notice] for notice in sites.values() for _ in THINGS[:5]] + [
        [notice] for notice in sites.values()
    ]


def test_table_is_the_generated_one():
    """The shipped table folds ASCII as expected: a guard against a torn file."""
    table = fold_table()
    assert len(table) == kernel.TABLE_SIZE
    assert chr(kernel.entry_of(table, ord("Q")) & 0x1FFFFF) == "q"


def test_the_plain_kernel_says_so_once(monkeypatch):
    """Where nothing was compiled the reference serves, and one warning in the process names the kernel."""
    monkeypatch.setattr(kernel, "_compiled", None)
    monkeypatch.setattr("scrubkit.kernels._warned", set())
    corpus = corpus_of(["one text", "another"])
    with pytest.warns(RuntimeWarning, match="'sketch' is not installed"):
        signatures(corpus, SCHEME)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        signatures(corpus, SCHEME)
