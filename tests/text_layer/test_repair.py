"""Mojibake and entities: what is undone, what is left, and that every step replays."""

from __future__ import annotations

import codecs
import random
import sys
from pathlib import Path

import pytest
from ftfy.bad_codecs import search_function
from ftfy.badness import BADNESS_RE
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.ingest.repair import _suspects, repair, replay
from scrubkit.ingest.repair_codecs import _found
from scrubkit.ingest.repair_recode import ENCODINGS, badness, recode, suspect
from scrubkit.ingest.text_scan import scan_text
from scrubkit.kernels.textscan import FLAGS

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from corrupt import WAYS, utf8_read_as

FRENCH = "Le maître d'hôtel a servi un café crème très sucré à l'évêque.\nIl était déjà âgé, mais élégant."
RUSSIAN = "Старый мост через реку закрыли на ремонт.\nЖители города ждут его открытия осенью."
GREEK = "Ο καιρός σήμερα είναι καλός.\nΑύριο θα βρέξει σε όλη τη χώρα."
JAPANESE = "昨日の夜、駅の前で友達に会いました。\nとても寒かったです。"
POLISH = "Źródło rzeki leży wśród wzgórz.\nŻółw był bardzo ciężki, więc odpoczęliśmy."
TEXTS = (FRENCH, RUSSIAN, GREEK, JAPANESE, POLISH)

SUSPECT = "".join(
    bytes([b]).decode(codec, "ignore")
    for codec in ("cp1252", "cp1251", "cp1250", "mac-roman", "cp437")
    for b in range(128, 256)
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    "codec", ["latin-1", "cp1252", "cp1250", "cp1251", "mac-roman", "cp437", "cp850", "koi8-r", "cp1256"]
)
def test_a_text_read_in_one_wrong_set_is_restored(text: str, codec: str) -> None:
    """UTF-8 read as any of the sets, open bytes passed through, comes back exactly."""
    damaged, clean = utf8_read_as(codec)(text) or ("", "")
    assert repair(damaged).text == clean


@pytest.mark.parametrize("codec", ["cp1252", "cp1250", "mac-roman"])
@pytest.mark.parametrize("text", TEXTS)
def test_double_damage_is_undone(text: str, codec: str) -> None:
    """What was read wrongly twice needs two steps and gets them."""
    damaged, clean = utf8_read_as(codec, 2)(text) or ("", "")
    found = repair(damaged)
    assert found.text == clean
    assert len(found.steps) >= 2


@pytest.mark.parametrize("text", TEXTS)
def test_intact_text_stays(text: str) -> None:
    """Nothing is done to text without damage: no step, the same string."""
    assert repair(text).steps == ()
    assert repair(text).text == text


@pytest.mark.parametrize(
    "text", ["“quoted” — ‘and’ ﬁne …", "ＷＩＤＥ　ｔｅｘｔ：！", "naïve café, 20 °C, §3, 5 €", "мост м², №5, «да»"]
)
def test_what_an_author_chose_stays(text: str) -> None:
    """Curly quotes, full-width forms, ligatures and symbols beside letters are no damage."""
    assert repair(text).text == text


def test_damaged_lines_among_sound_ones() -> None:
    """Only the damaged lines change, and the steps name them."""
    damaged, _ = utf8_read_as("cp1252")(FRENCH) or ("", "")
    text = f"{RUSSIAN}\n{damaged}\n{GREEK}"
    found = repair(text)
    assert found.text == f"{RUSSIAN}\n{FRENCH}\n{GREEK}"
    assert {step["line"] for step in found.steps} == {3, 4}


def test_damaged_sentence_in_a_line() -> None:
    """Where half a line is damaged the other half stays."""
    damaged, _ = utf8_read_as("mac-roman")("Élève modèle, hélas épuisé.") or ("", "")
    assert repair(f"Été à Paris. {damaged}").text == "Été à Paris. Élève modèle, hélas épuisé."


@pytest.mark.parametrize(("codec", "text"), [("cp1251", RUSSIAN), ("cp932", JAPANESE)])
def test_bytes_of_another_script_read_as_latin_1(codec: str, text: str) -> None:
    """Legacy bytes of another script that were read as latin-1 are read again as what they are."""
    damaged = text.encode(codec).decode("latin-1")
    assert repair(damaged).text == text


def test_entities_stop_at_markup() -> None:
    """Entities are undone before the first line with a ``<`` and left alone from there on."""
    assert repair("a &amp; b\n<p>c &amp; d\ne &amp; f").text == "a & b\n<p>c &amp; d\ne &amp; f"


@pytest.mark.parametrize("reference", ["&#10;", "&#x0A;", "&NewLine;", "&#13;", "&#8232;"])
def test_a_reference_to_a_line_end_adds_no_line(reference: str) -> None:
    """A character reference cannot split a line."""
    assert repair(f"one{reference}two &eacute;").text.count("\n") == 0


def test_entities_over_mojibake() -> None:
    """Damage below entities is found once the entities are undone."""
    way = WAYS["entities twice over cp1252"]
    damaged, clean = way(FRENCH) or ("", "")
    assert repair(damaged).text == clean


@pytest.mark.parametrize("name", sorted(WAYS))
def test_every_repair_replays(name: str) -> None:
    """The recorded steps make the same text again, whatever the damage."""
    for text in TEXTS:
        damaged, _ = WAYS[name](text) or (text, text)
        found = repair(damaged)
        assert replay(damaged, found.steps) == found.text


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(SUSPECT + "\n&;#x10")), max_size=60))
def test_any_text_keeps_its_lines_and_replays(text: str) -> None:
    """For any string: as many line feeds as before, valid UTF-8, and steps that replay."""
    found = repair(text)
    assert found.text.count("\n") == text.count("\n")
    found.text.encode()
    assert replay(text, found.steps) == found.text


def test_the_scan_never_misses_what_ftfy_calls_bad() -> None:
    """A fuzz over all characters of ftfy's pattern: whatever it matches, the scan flags."""
    from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad

    rng = random.Random(7)
    alphabet = sorted(set(SUSPECT + "".join(MOJIBAKE_CATEGORIES.values()))) + list("abXZ .,!5 ") * 6
    matched = 0
    for _ in range(15_000):
        text = "".join(rng.choice(alphabet) for _ in range(4))
        if is_bad(text):
            matched += 1
            found = scan_text(text)
            assert found.pairs or found.flags & FLAGS["bad"], text
    assert matched > 500


def test_the_table_is_made_from_the_installed_ftfy() -> None:
    """The character table knows the pattern of the ftfy that is installed; if not, make it anew."""
    from hashlib import sha256

    from ftfy.badness import BADNESS_RE

    from scrubkit.ingest.text_scan import _stored

    assert sha256(BADNESS_RE.pattern.encode()).hexdigest() == _stored()["pattern"]


@pytest.mark.parametrize("text", ["é" * 500_000, "Ã©" * 1_500_000, "a" * 20_000_000, "&amp;" * 50_000])
def test_great_uniform_input(text: str) -> None:
    """Millions of one letter, damaged or not, come back in bounded time with their one line."""
    assert "\n" not in repair(text).text


def test_what_a_sound_page_costs_to_import() -> None:
    """Decoding, repairing and normalising intact text loads neither ftfy nor NumPy nor any detector."""
    import subprocess

    code = (
        "import sys\n"
        "from scrubkit.ingest.decode import decode\n"
        "from scrubkit.ingest.repair import repair\n"
        "from scrubkit.ingest.normalise import normalise\n"
        "normalise(repair(decode('naïve – “text”\\nзавтра'.encode()).text).text)\n"
        "heavy = {'ftfy', 'numpy', 'chardet', 'chardetng_py', 'charset_normalizer', 'langdetect', 'pycld2'} & set(sys.modules)\n"
        "from scrubkit.kernels import textscan\n"
        "assert not heavy or textscan._textscan is None, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@given(
    st.lists(
        st.one_of(
            st.text(max_size=8), st.sampled_from(["Ã©", "â€™", " ‹à", "\x92", "é", "Ð¿Ñ€", "\n", "ï»¿", "œ\U0001f600"])
        ),
        max_size=12,
    ),
    st.lists(st.sampled_from([0, 1, 5, 6, 7, 8, 9, 15, 16, 17, 40]), min_size=13, max_size=13),
)
def test_badness_of_long_texts_is_ftfys(pieces: list[str], gaps: list[int]) -> None:
    """Looking only near what the scan found counts what ftfy counts in the whole text, and names the same lines."""
    text = "x" * 3_000 + "".join(" " * gap + piece for gap, piece in zip(gaps, pieces, strict=False)) + "y " * 3_000
    assert badness(text) == len(BADNESS_RE.findall(text))
    assert [line.number for line in _suspects(text)] == [
        i for i, line in enumerate(text.split("\n")) if suspect(scan_text(line))
    ]


@given(st.text("ab \u00c3\u00a9\u2020\u0451\ufffd\x85"), st.sampled_from(ENCODINGS))
def test_a_set_is_refused_by_a_word_only_where_the_text_refuses_it(text: str, encoding: str) -> None:
    """The look at the first stretch beyond ASCII decides nothing: the whole text read back gives the same."""
    try:
        whole = text.encode(encoding).decode("utf-8")
    except UnicodeError:
        whole = None
    lost = "\ufffd" in text and encoding.startswith("sloppy")
    assert recode(text, encoding) == (None if lost else whole)


def _lossy(text: str, errors: str = "replace") -> str:
    return text.encode().decode("cp1252", errors)


@pytest.mark.parametrize("errors", ["replace", "ignore"])
@pytest.mark.parametrize(
    "text",
    [
        "“It’s late,” said the café’s owner – “far too late.” Nobody answered.",
        "„To już koniec” – powiedziała później, „naprawdę”.",
        "So hat es angefangen, im Café,” sagte er. Dann ging er fort, für immer.” Déjà vu, natürlich, schön.",
        "Er sagte: „Für uns ist es schön“ – “and that is all.”",
    ],
)
def test_lost_closing_quotes_come_back(text: str, errors: str) -> None:
    """Where a quotation stands open, the byte that was lost at the end of a word can only be its closing quote."""
    mended = repair(_lossy(text, errors))
    assert mended.text == text
    assert replay(_lossy(text, errors), mended.steps) == text


def test_quotes_that_are_closed_as_they_are_opened() -> None:
    """In Swedish, Finnish and Estonian both quotes are lost; two about words can be nothing else."""
    text = "Hän sanoi: ”Tämä on hyvä päivä” ja lähti. ”Eesti Meeraamatu” on hea võimalus."
    assert repair(_lossy(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Ale Ježíš řekl: čtyři.",  # letters: several would fit
        "He said no” – it’s late, café, naïve, déjà vu.",  # nothing is open
        "A well‐known “name‐giver of cafés, naïve, déjà vu.",  # hyphens (U+2010) inside words
        "“Lost”",  # one quotation alone does not show the set
    ],
)
def test_other_losses_stay_lost(text: str) -> None:
    """No letter is guessed and no quote made up: what has several explanations is still marked."""
    assert "\ufffd" in repair(_lossy(text)).text


@given(st.text(alphabet="aé “”„’‐\u200f\u200dאق.?", max_size=30), st.sampled_from(["replace", "ignore"]))
def test_lost_quotes_are_never_half_repaired(text: str, errors: str) -> None:
    """Whatever stands around them, no control is left behind that was not there, and the steps replay."""
    damaged = _lossy(text, errors)
    mended = repair(damaged)
    assert "\x9d" not in mended.text
    assert replay(damaged, mended.steps) == mended.text


@pytest.mark.parametrize("number", range(1250, 1259))
def test_sloppy_sets_are_those_of_ftfy(number: int) -> None:
    """Each byte is read, and each character written, as ftfy's set of the name does it."""
    ours, theirs = _found(f"sloppy_windows_{number}"), search_function(f"sloppy_windows_{number}")
    assert ours is not None
    assert theirs is not None
    every = bytes(range(256))
    assert ours.decode(every) == theirs.decode(every)
    for char in (*map(chr, range(0x2FF)), *ours.decode(every)[0], "\ufffd"):
        assert _written(ours, char) == _written(theirs, char)


def _written(codec: codecs.CodecInfo, char: str) -> bytes | None:
    try:
        return codec.encode(char)[0]
    except UnicodeEncodeError:
        return None


def test_names_of_no_windows_set_are_left_to_others() -> None:
    """Only names of Windows sets are answered."""
    assert [_found(name) for name in ("utf_8", "sloppy_windows_", "sloppy_windows_9", "sloppy_cp874")] == [None] * 4
