"""Evidence for a reader: complete, the same each time, bounded, in scripts of every kind."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.dedup.evidence import evidence_of, sentences

PAIRS = {
    "zh": (
        "市议会周一决定在2027年前重建老游泳馆。工程将耗资1860万元，由建筑师陈立群设计。居民表示欢迎。",
        "据报道，市议会周一决定，老游泳馆将于2027年前重建。建筑师陈立群设计的工程耗资1860万元。",
        "1860",
    ),
    "ja": (
        "市議会は月曜日、古いプールを2027年までに建て替えることを決めた。費用は1860万円の見込みだ。",
        "古いプールを2027年までに建て替えると市議会が月曜日に決めた。費用の見込みは1860万円。",
        "1860",
    ),
    "ar": (
        "قرر مجلس المدينة يوم الاثنين إعادة بناء المسبح القديم قبل عام ٢٠٢٧. وتبلغ الكلفة ١٨٦٠ ألف دينار.",
        "أعلن مجلس المدينة أن إعادة بناء المسبح القديم ستتم قبل عام 2027. الكلفة 1860 ألف دينار كما قيل.",
        "2027",
    ),
    "hi": (
        "नगर परिषद ने सोमवार को पुराने तैराकी भवन को २०२७ तक फिर से बनाने का निर्णय लिया। इस पर १८६० लाख रुपये खर्च होंगे।",
        "सोमवार को नगर परिषद ने निर्णय लिया कि पुराने तैराकी भवन को 2027 तक फिर से बनाया जाएगा। खर्च 1860 लाख रुपये।",
        "2027",
    ),
    "th": (
        "สภาเมืองมีมติเมื่อวันจันทร์ให้สร้างสระว่ายน้ำเก่าขึ้นใหม่ภายในปี 2570 ด้วยงบ 1860 ล้านบาท",
        "เมื่อวันจันทร์สภาเมืองมีมติให้สร้างสระว่ายน้ำเก่าขึ้นใหม่ภายในปี 2570 ใช้งบ 1860 ล้านบาท",
        "1860",
    ),
    "ko": (
        "시의회는 월요일 낡은 수영장을 2027년까지 다시 짓기로 결정했다. 비용은 1860만 원이다.",
        "낡은 수영장을 2027년까지 다시 짓기로 시의회가 월요일 결정했다. 1860만 원의 비용이 든다.",
        "1860",
    ),
}


@pytest.mark.parametrize("language", PAIRS)
def test_sentences_and_numbers_in_many_scripts(language: str) -> None:
    """Sentences find their partners, and numbers are the same whatever digits write them."""
    a, b, number = PAIRS[language]
    found = evidence_of(a, b)
    assert found["sentences"]
    assert found["sentences"][0]["alike"] > 0.4
    assert number in found["numbers"]


def test_words_of_india_are_whole() -> None:
    """Vowel signs belong to their word: sentences with the same consonants and other vowels are not alike."""
    found = evidence_of("काला पानी बहता है यहाँ।", "कोला पूना बोहेता हो यहे।")
    assert found["sentences"] == []


def test_names_titles_and_quotes() -> None:
    """Names inside sentences, foreign names in Katakana, titles of works, quotations of all marks."""
    a = "The mayor, Ada Lovelace, said: “We shall build it anyway.” «Мы построим это сами», ответили ей."
    found = evidence_of(a, a)
    assert "Ada Lovelace" in found["names"]
    assert found["quotes"] == ["We shall build it anyway.", "Мы построим это сами"]
    b = "監督のアンドレイ・タルコフスキーは「時間を彫刻する」と語った。《鏡》も上映。读《海鸥日报》。"
    found = evidence_of(b, b)
    assert found["names"] == ["アンドレイ・タルコフスキー", "海鸥日报"]
    assert found["quotes"] == ["時間を彫刻する"]


def test_sentences_end_in_all_scripts() -> None:
    """The marks of Urdu, Hindi, Chinese and Burmese end a sentence too."""
    assert len(sentences("یہ پہلا ہے۔ یہ دوسرا ہے۔")) == 2
    assert len(sentences("यह एक है। यह दो है।")) == 2
    assert len(sentences("这是一。“这是二。”这是三！")) == 3
    assert len(sentences("ဒါက တစ်။ ဒါက နှစ်။")) == 2


def test_bounded() -> None:
    """A text without sentence ends, or with thousands of numbers, gives short evidence."""
    long = " ".join(f"word{at} {at}" for at in range(10, 20_000))
    found = evidence_of(long, long)
    assert len(json.dumps(found)) < 20_000
    assert max(len(row["a"]) for row in found["sentences"]) <= 300


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text(a: str, b: str) -> None:
    """Any two texts have evidence, the same each time."""
    found = evidence_of(a, b)
    assert found == evidence_of(a, b)
    assert set(found) == {"sentences", "numbers", "names", "quotes"}
    assert all(len(values) <= 12 for values in found.values())
