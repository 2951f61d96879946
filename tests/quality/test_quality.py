"""Document quality: the filter as a whole, its settings, and the guards."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.core import ConfigError, Document, Finding, resolve
from scrubkit.ingest.layout import layout_text
from scrubkit.rules.quality import RULES, check_params, judge
from scrubkit.rules.quality_stats import TextStats, duplicates

ALL = {rule.code for rule in RULES}
GUARDS = {"QLT001", "QLT002", "QLT003"}

# News briefs written for this test, one a script.
BRIEFS = {
    "en": "Bridge reopens\n\nOSLO (AP) — The old bridge over the river reopened on Monday, two years after the flood, the "
    "city said. Nobody was hurt.\n",
    "de": "Brücke wieder offen\n\nDie alte Brücke über den Fluss ist seit Montag wieder offen, wie die Stadt mitteilte. "
    "„Wir haben lange gewartet“, sagte die Bürgermeisterin.\n",
    "fr": "Le vieux pont rouvre\n\n« Il était temps », a déclaré la maire lundi : le vieux pont a rouvert deux ans après la "
    "crue qui en avait emporté le milieu.\n",
    "es": "Reabre el puente viejo\n\nEl puente viejo reabrió el lunes, dos años después de la riada que se llevó su arco "
    "central. «Ya era hora», dijo la alcaldesa.\n",
    "ru": "Мост открыли\n\nСтарый мост через реку открыли в понедельник, через два года после паводка, сообщили в мэрии. "
    "Никто не пострадал.\n",
    "tr": "Köprü açıldı\n\nNehrin üzerindeki eski köprü, ortasını götüren selden iki yıl sonra pazartesi günü yeniden "
    "açıldı. Yaralanan olmadı.\n",
    "ar": "إعادة فتح الجسر\n\nأعيد فتح الجسر القديم فوق النهر يوم الاثنين بعد عامين من الفيضان الذي جرف وسطه، بحسب البلدية. "
    "ولم يصب أحد بأذى.\n",
    "he": "הגשר נפתח\n\nהגשר הישן מעל הנהר נפתח מחדש ביום שני, שנתיים אחרי השיטפון שסחף את חלקו האמצעי, כך מסרה העירייה. "
    "איש לא נפגע בפתיחה.\n",
    "hi": "पुल खुला\n\nनदी पर बना पुराना पुल सोमवार को फिर से खुल गया, दो साल पहले आई बाढ़ उसका बीच का हिस्सा बहा ले गई थी। "
    "किसी को चोट नहीं आई।\n",
    "zh": "老桥重新开放\n\n横跨河面的老桥星期一重新开放，两年前的洪水曾冲走桥的中段。市长第一个走过桥面。“我们等了很久。”她说。\n",
    "ja": "古い橋が再開通\n\n川にかかる古い橋が月曜日、二年前の洪水で中央部を失って以来初めて通れるようになった。「長く待った」と市長は話した。\n",
    "th": "สะพานเปิดแล้ว\n\nสะพานเก่าข้ามแม่น้ำเปิดอีกครั้งเมื่อวันจันทร์ สองปีหลังน้ำท่วมที่พัดช่วงกลางของสะพานไป นายกเทศมนตรีเดินข้ามเป็นคนแรก\n",
    "ko": "옛 다리 다시 열려\n\n강을 가로지르는 옛 다리가 홍수로 가운데 교각을 잃은 지 이 년 만에 월요일 다시 열렸다고 시가 밝혔다. 시장이 가장 먼저 건넜고 "
    "다친 사람은 없었으며 주민 수백 명이 뒤를 따랐다.\n",
}


def verdicts(
    text: str, *, codes: set[str] = ALL, language: str | None = None, **params: float
) -> dict[str, dict[str, object]]:
    layout = layout_text(text)
    document = Document("a", layout.text, layout.blocks)
    found = judge(document, resolve(document, []), codes=codes, params=params, language=language)
    assert all((f.start, f.end) == (0, len(text)) for f in found)
    return {f.code: dict(f.because) for f in found}


@pytest.mark.parametrize("language", sorted(BRIEFS))
def test_a_clean_news_brief_passes_in_every_script(language: str) -> None:
    """No default rejects two sentences of news, whatever they are written in."""
    assert verdicts(BRIEFS[language], language=language) == {}


@pytest.mark.parametrize("text", ["", "\n", "  \n\t\n", "\ufeff\n"])
def test_an_empty_source_is_told_from_a_page_of_boilerplate(text: str) -> None:
    """The reason says whose fault an empty result is, and no other rule repeats it."""
    assert verdicts(text) == {"QLT001": {"source": "empty"}}


def test_a_page_of_boilerplate_is_rejected_with_what_it_held() -> None:
    """Nothing left, but there was something: the words that went are counted."""
    layout = layout_text("Home\nNews\nSport\n")
    document = Document("a", layout.text, layout.blocks)
    ledger = resolve(document, [Finding("NAV004", 0, len(document.text))])
    found = judge(document, ledger, codes=ALL, params={})
    assert [(f.code, f.action, dict(f.because)) for f in found] == [
        ("QLT001", "reject", {"source": "boilerplate", "removed_words": 3})
    ]


def test_prose_that_vanished_is_set_aside_for_a_person() -> None:
    """Hundreds of words of prose removed, none left: quarantine stands beside the rejection and outranks it."""
    layout = layout_text("The old bridge over the river reopened on Monday, two years after the flood.\n" * 30)
    document = Document("a", layout.text, layout.blocks)
    ledger = resolve(document, [Finding("BPL001", 0, len(document.text))])
    found = judge(document, ledger, codes=GUARDS, params={})
    assert {f.code: f.action for f in found} == {"QLT001": "reject", "QLT002": "quarantine"}


def test_only_the_rules_asked_for_speak() -> None:
    """A code that was not selected is never reported, and codes of other families are passed over."""
    assert set(verdicts("Rain.\n", codes={"QLT010", "NAV004"})) == {"QLT010"}
    assert verdicts("Rain.\n", codes=GUARDS) == {}


def test_parameters_move_thresholds() -> None:
    """What a user sets by name is what a rule compares with, and the reason shows it."""
    assert verdicts(BRIEFS["en"], min_words=500)["QLT010"] == {"words": 24, "min_words": 500}
    assert verdicts("Rain fell on the town.\n", codes={"QLT010"}, min_words=2) == {}


def test_an_unknown_parameter_names_the_nearest() -> None:
    """A misspelt setting is refused before a run begins."""
    with pytest.raises(ConfigError, match="did you mean max_words"):
        check_params({"maxwords": 10})


@pytest.mark.parametrize("value", ["50", None, True, float("nan")])
def test_a_parameter_must_be_a_number(value: object) -> None:
    """What is no number is refused by name."""
    with pytest.raises(ConfigError, match="min_words"):
        check_params({"min_words": value})


def test_every_threshold_has_a_unit_a_meaning_and_a_paper() -> None:
    """What `scrubkit explain` shows of a quality rule is complete."""
    for rule in RULES:
        assert rule.scope == "document"
        assert rule.test is None
        assert rule.action in ("reject", "quarantine")
        assert all(param.unit and param.meaning for param in rule.params)
        assert rule.code in GUARDS or any(name in rule.sources[0] for name in ("Rae", "Raffel", "Penedo"))


def test_a_parameter_of_one_name_has_one_default() -> None:
    """Parameters are set by name alone, so a name shared by two rules must mean the same."""
    defaults: dict[str, set[float]] = {}
    for rule in RULES:
        for param in rule.params:
            defaults.setdefault(param.name, set()).add(param.default)
    assert all(len(values) == 1 for values in defaults.values())


def test_blank_lines_never_change_a_verdict() -> None:
    """Blank lines are no lines: an article with many of them is judged as without."""
    text = BRIEFS["en"].replace("\n\n", "\n")
    assert verdicts(text.replace("\n", "\n\n\n\n")) == verdicts(text) == {}


def test_crlf_and_odd_line_breaks_are_no_trouble() -> None:
    r"""Only \n ends a line; a \r before it is white space."""
    assert verdicts(BRIEFS["en"].replace("\n", "\r\n")) == {}


@given(st.text(max_size=400))
def test_any_text_gets_a_verdict(text: str) -> None:
    """No text makes a check fail, and the same text gets the same verdict."""
    clean = text.encode("utf-8", "ignore").decode()
    assert verdicts(clean) == verdicts(clean)


@given(st.lists(st.sampled_from(["a", "bb", "ccc"]), max_size=30))
def test_shares_of_duplicates_are_shares(units: list[str]) -> None:
    """Shares lie in 0 to 1 and are 0 for fewer than two copies."""
    lines, chars = duplicates(units)
    assert 0 <= lines < 1
    assert 0 <= chars < 1
    if len(units) - len(set(units)) < 2:
        assert (lines, chars) == (0.0, 0.0)


def test_vowel_signs_do_not_break_words() -> None:
    """Hindi words are what white space parts, not what regular expressions call words."""
    assert TextStats("हिन्दी में समाचार").words == 3


@pytest.mark.bench
def test_the_cleaned_gold_texts_pass_every_rule() -> None:
    """Good articles survive: the five real scrapes, cleaned as their labels say, are rejected by nothing."""
    root = os.environ.get("SCRUBKIT_BENCH")
    seeds = Path(root).parent / "seeds" / "gold.jsonl" if root else None
    if seeds is None or not seeds.exists():
        pytest.skip("no benchmark folder")
    texts: dict[str, list[str]] = {}
    for line in seeds.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["keep"] or row["label"] == "blank":
            texts.setdefault(row["file"], []).append(row["text"])
    assert len(texts) == 5
    assert {name for name, lines in texts.items() if verdicts("\n".join(lines), language="en")} == set()


@given(
    st.text(
        st.one_of(st.sampled_from(" \n\t\x0b\x1c\x85\xa0\u2003\u2028\u3000-–«»'፡፣日本語ไทย한국"), st.characters()),
        max_size=60,
    )
)
def test_words_are_split_alike_in_all_scripts(text: str) -> None:
    """The quick way for scripts with spaces parts a text where the pattern for all scripts does."""
    from scrubkit.rules import quality_stats

    assert TextStats(text).tokens == quality_stats._TOKEN.findall(text)


@given(
    st.text(
        st.one_of(st.sampled_from(" \n\t\x0b\x1c\x1d\x1e\x1f\x85\xa0\u3000-"), st.characters(max_codepoint=127)),
        max_size=60,
    )
)
def test_shown_characters_are_those_that_are_no_white_space(text: str) -> None:
    """What is counted is what is left when all white space goes."""
    from scrubkit.rules.quality_stats import shown

    assert shown(text) == len("".join(text.split()))
