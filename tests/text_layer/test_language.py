"""Language identification: backends agree where they should, abstain where they must, and kernels equal references."""

from __future__ import annotations

import io
import json
import lzma
import tracemalloc
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.core.errors import ConfigError
from scrubkit.ingest import language, language_ask
from scrubkit.ingest.language import UNDETERMINED, Language, identify, identify_paragraphs, spread
from scrubkit.ingest.language_fast import likelihoods, probabilities, profiles
from scrubkit.ingest.language_profiles import grams_of
from scrubkit.ingest.language_scripts import script_language
from scrubkit.ingest.language_votes import Votes, decide, features, fold_code
from scrubkit.kernels.langid import sample, sample_reference, score, score_reference
from scrubkit.kernels.langid_bytes import ByteModel
from scrubkit.kernels.langid_model import read_tables

TEXTS = {
    "en": "The old bridge over the river was closed for repairs, and the town waits for it to open again in autumn.",
    "de": "Die alte Brücke über den Fluss wurde wegen Reparaturen gesperrt, und die Stadt wartet auf ihre Öffnung.",
    "fr": "Le vieux pont sur la rivière est fermé pour travaux, et la ville attend sa réouverture en automne.",
    "es": "El viejo puente sobre el río está cerrado por obras y la ciudad espera que se abra de nuevo en otoño.",
    "pl": "Stary most na rzece zamknięto z powodu remontu, a miasto czeka na jego otwarcie jesienią.",
    "ru": "Старый мост через реку закрыли на ремонт, и жители города ждут его открытия осенью.",
    "el": "Η παλιά γέφυρα πάνω από το ποτάμι έκλεισε για επισκευές και η πόλη περιμένει το άνοιγμά της.",
    "tr": "Nehrin üzerindeki eski köprü onarım için kapatıldı ve kasaba sonbaharda yeniden açılmasını bekliyor.",
    "ja": "川にかかる古い橋は修理のために閉鎖され、町の人々は秋に再び開くのを待っている。",
    "zh": "河上的旧桥因维修而关闭，镇上的人们等待它在秋天重新开放。",
    "ar": "أُغلق الجسر القديم فوق النهر للإصلاح، وتنتظر المدينة إعادة فتحه في الخريف.",
    "vi": "Cây cầu cũ bắc qua sông đã đóng cửa để sửa chữa và thị trấn chờ ngày mở lại vào mùa thu.",
}


@pytest.mark.parametrize("backend", ["auto", "langdetect", "langdetect-fast"])
@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_backend_knows_a_plain_sentence(code: str, backend: language.Backend) -> None:
    """One sentence in each of twelve languages is told by all backends."""
    found = identify(TEXTS[code], backend=backend)
    assert found.code == code
    assert 0.5 < found.score <= 1.0


@pytest.mark.parametrize(
    "text", ["", " \n ", "12345 67", "😀😀😀", "?!… — +++", "a b", "\ufffd\ufffd", "\x00\x01\ufdd0"]
)
@pytest.mark.parametrize("backend", ["auto", "langdetect", "langdetect-fast"])
def test_too_little_text_is_undetermined(text: str, backend: language.Backend) -> None:
    """No letters, or hardly any: und with score 0, never a guess and never an exception."""
    assert identify(text, backend=backend) == UNDETERMINED


def test_an_unknown_backend_is_refused() -> None:
    """The error names the backends there are."""
    with pytest.raises(ConfigError) as caught:
        identify("some text", backend="no-such")  # type: ignore[arg-type]
    assert "langdetect-fast" in str(caught.value)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_fast_equals_langdetect(code: str) -> None:
    """The compiled draws give langdetect's probabilities, not only its answer."""
    from langdetect import DetectorFactory, detect_langs

    DetectorFactory.seed = 0
    for text in (
        TEXTS[code],
        TEXTS[code][:20],
        TEXTS[code].upper(),
        f"see https://example.org/a a@b.example {TEXTS[code]}",
    ):
        wanted = [(found.lang, found.prob) for found in detect_langs(text)]
        got = probabilities(text)
        assert [code for code, _ in got] == [code for code, _ in wanted]
        assert [p for _, p in got] == pytest.approx([p for _, p in wanted], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet=st.one_of(st.characters(), st.sampled_from("abcdefgh ÄÖÜßабвгд 日本語ひらがな éèê")), max_size=80)
)
def test_the_kernel_equals_its_reference(text: str) -> None:
    """Sums and draws over any string are the same in compiled code and in NumPy."""
    table = profiles()
    gains, hits = score(table, text)
    wanted, known = score_reference(table, text)
    assert (gains == wanted).all()
    assert hits == known
    drawn, _ = sample(table, text)
    assert drawn == pytest.approx(sample_reference(table, text)[0], abs=1e-9)


def test_menus_in_front_do_not_decide() -> None:
    """A third of English menus before a German page leaves it German."""
    menu = "Home News Sport Weather Sign in Subscribe to our newsletter Read more about cookies "
    body = f"{TEXTS['de']} " * 20
    assert identify((menu * 12)[: len(body) // 2] + "\n" + body).code == "de"


def test_paragraphs_are_tagged_one_by_one() -> None:
    """Each line has its own language; blank lines have none; spans are exact."""
    text = f"{TEXTS['en']}\n\n{TEXTS['ru']}"
    found = identify_paragraphs(text)
    assert [language.code for _, _, language in found] == ["en", "ru"]
    assert [text[start:end] for start, end, _ in found] == [TEXTS["en"], TEXTS["ru"]]


def test_windows_cover_the_text_from_end_to_end() -> None:
    """The first and the last window are the ends of the text, and a short text is taken whole."""
    text = "".join(chr(97 + i % 26) for i in range(100_000))
    found = spread(text, windows=4, width=100).split(" ")
    assert (found[0], found[-1], len(found)) == (text[:100], text[-100:], 4)
    assert spread("short") == "short"


def test_without_the_optional_identifiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """With only langdetect's profiles at hand auto still answers, by script where langdetect lacks the language."""
    monkeypatch.setattr(language_ask, "_cld2", lambda: None)
    monkeypatch.setattr(language_ask, "_bayes", lambda: None)
    assert identify(TEXTS["pl"]).code == "pl"
    assert identify("დღეს კარგი ამინდია და ბავშვები ეზოში თამაშობენ").code == "ka"


@pytest.mark.parametrize("hide", ["_cld2", "_bayes"])
def test_without_one_of_the_optional_identifiers(monkeypatch: pytest.MonkeyPatch, hide: str) -> None:
    """Each of the two optional identifiers may be missing alone."""
    monkeypatch.setattr(language_ask, hide, lambda: None)
    assert identify(TEXTS["fr"][:60]).code == "fr"


def test_a_script_that_leaves_a_choice_gives_nothing_away() -> None:
    """Latin, Cyrillic and Arabic letters name no language by themselves."""
    assert {script_language(TEXTS[code]) for code in ("en", "ru", "ar", "tr")} == {None}


def test_votes_without_candidates_have_no_answer() -> None:
    """Where nobody named a language there is none, and features of any candidate have one length."""
    assert decide(Votes(10)) is None
    votes = Votes(10, cld2=(("de", 0.9),), asked=frozenset({"cld2", "profiles"}))
    assert len(features("de", votes)) == len(features("xx", votes))


def test_codes_are_folded() -> None:
    """Old and tool-specific codes become one."""
    assert [fold_code(code) for code in ("iw", "zh-tw", "nb", "sw")] == ["he", "zh", "no", "sw"]


def test_likelihoods_are_sorted() -> None:
    """The best language stands first."""
    found, hits = likelihoods(TEXTS["de"])
    assert hits > 50
    assert [gain for _, gain in found] == sorted((gain for _, gain in found), reverse=True)
    assert likelihoods(TEXTS["de"], most=4) == (found[:4], hits)


def test_great_uniform_input_is_quick() -> None:
    """A hundred million of one letter is read in windows."""
    assert isinstance(identify("a" * 100_000_000), Language)


@pytest.mark.parametrize("text", ["", "12", "GROSSE WORTE", "Nữ\u0303 e\u0301t", *TEXTS.values(), "a" * 5_000])
def test_the_compiled_walk_ranks_as_py3langid(text: str) -> None:
    """The compiled state machine gives py3langid's probabilities, to five places, and its order."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = language_ask._bayes()
    assert model is not None
    theirs = _theirs(LanguageIdentifier, MODEL_FILE).rank(text)
    ours = model.rank(text)
    assert dict(ours) == pytest.approx(dict(theirs), abs=1e-4)
    if theirs[0][1] - theirs[1][1] > 1e-4:
        assert ours[0][0] == theirs[0][0]


@cache
def _theirs(kind: Any, file: str) -> Any:
    return kind.from_model_file(file, norm_probs=True)


def test_a_model_with_other_tables_is_left_to_its_library() -> None:
    """Where py3langid's tables are not those the walk knows its own ranking answers."""

    class Other:
        nb_classes = ("en",)

        def rank(self, text: str) -> list[tuple[str, float]]:
            return [("en", 1.0)]

    assert ByteModel(Other()).rank("any text") == [("en", 1.0)]


def test_the_tables_are_those_the_library_reads() -> None:
    """py3langid's model read as it is unpacked has the tables that the library makes of it, to the bit."""
    from py3langid import langid

    tables = read_tables(Path(langid.__file__).parent / langid.MODEL_FILE)
    theirs = _theirs(langid.LanguageIdentifier, langid.MODEL_FILE)
    assert tables is not None
    assert tables.nb_classes == theirs.nb_classes
    for name in ("nb_ptc", "nb_pc", "tk_nextmove", "tk_row", "tk_output"):
        assert np.array_equal(np.asarray(getattr(tables, name)), np.asarray(getattr(theirs, name)))


@pytest.mark.parametrize("harm", ["cut", "foreign", "other arrays", "packed twice"])
def test_a_model_file_of_another_kind_is_left_to_its_library(tmp_path: Path, harm: str) -> None:
    """A file that breaks off, is none, holds other arrays or stores them otherwise gives no tables."""
    held = io.BytesIO()
    save = np.savez_compressed if harm == "packed twice" else np.savez
    save(held, ptc=np.zeros((2, 3), np.float16), pc=np.zeros(3, np.float32))
    data = lzma.compress(held.getvalue())
    path = tmp_path / "model.xz"
    path.write_bytes({"cut": data[: len(data) // 2], "foreign": b"no model"}.get(harm, data))
    assert read_tables(path) is None


def test_profiles_are_read_as_json_is() -> None:
    """The n-grams of every profile that langdetect has are those a reader of JSON gives."""
    for file in files("langdetect").joinpath("profiles").iterdir():
        if not file.name.startswith((".", "_")):
            _same_grams(file.read_text("utf-8"))


@given(
    st.dictionaries(st.text(st.characters(exclude_characters="\n"), max_size=4), st.integers(0, 10**9), max_size=5),
    st.booleans(),
)
def test_profiles_of_any_content_are_read_as_json_is(grams: dict[str, int], spaced: bool) -> None:
    """Quotes, escapes and blanks in a profile, or no n-grams at all, change nothing of what is read."""
    told = {"freq": grams, "n_words": [1, 2, 3], "name": "xx"}
    _same_grams(json.dumps(told, ensure_ascii=False, separators=None if spaced else (",", ":")))


def _same_grams(profile: str) -> None:
    read, rest = grams_of(profile.encode())
    grams = json.loads(profile)["freq"]
    assert read.codes.tolist() == [[ord(char) for char in gram[-3:].rjust(3, "\0")] for gram in grams]
    assert read.sizes.tolist() == [len(gram) for gram in grams]
    assert read.counts.tolist() == list(grams.values())
    assert rest == {name: value for name, value in json.loads(profile).items() if name != "freq"}


def test_the_part_in_another_language_is_left_out() -> None:
    """Of a text with menus in English the part in its own language is left; a text of one language stays whole."""
    body = f"{TEXTS['de']} " * 4
    menu = "Home News Sport Weather Sign in Subscribe to our newsletter Read more about cookies. " * 3
    assert "newsletter" not in language_ask.main_part(f"{menu}\n{body}")
    assert TEXTS["de"][:40] in language_ask.main_part(f"{menu}\n{body}")
    assert len(language_ask.main_part(body)) >= len(body) - 2


def test_an_article_is_told_without_the_slow_identifiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain article in a language without near kin asks pycld2 only: nothing else is loaded for it."""
    monkeypatch.setattr(language, "_also_profiles", None)
    monkeypatch.setattr(language, "_also_bayes", None)
    for code in ("en", "de", "fr", "ru", "ja", "zh", "ar"):
        assert identify(f"{TEXTS[code]}\n" * 20).code == code


@pytest.mark.parametrize(
    "text", ["\ud800 ein Wort und noch eines " * 30, "\x00\x01 one word and another " * 30, "é\ufdd0" * 300]
)
def test_what_pycld2_refuses_is_mended_for_it(text: str) -> None:
    """Lone surrogates, controls and noncharacters do not stop identification."""
    assert isinstance(identify(text), Language)


def test_asking_for_the_main_part_keeps_nothing():
    """Two thousand questions to pycld2 leave no more behind than one: its own fault is undone."""
    pytest.importorskip("pycld2")
    sample = "The mayor opened the new bridge on Monday after four years of work and three delays. " * 3
    language_ask.main_part(sample)
    tracemalloc.start(1)
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(2000):
        assert language_ask.main_part(sample) == sample
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 20_000
