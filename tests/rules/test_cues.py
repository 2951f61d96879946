"""The cue files: they load, mirror each other, and keep out of ordinary prose."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from importlib import resources
from typing import Any

import pytest

from scrubkit.core import Document
from scrubkit.ingest.layout import layout_text
from scrubkit.rules.cues import Cue, Matcher, every_hit, load_cues, shipped_languages
from scrubkit.rules.sheet import Sheet

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "pl", "pt", "ru", "tr", "zh")
OTHERS = tuple(language for language in LANGUAGES if language != "en")

# News prose written for this test: it speaks of cookies, comments, donations, subscriptions and shares without
# being a prompt, and no cue may be found in it.
PROSE = {
    "en": "The watchdog fined the firm over the way it asks for consent. Readers who comment under their own name, the "
    "editor said, are kinder. The charity received fewer donations in spring, and shares of the publisher fell.",
    "de": "Die Behörde verhängte ein Bußgeld, weil die Firma keine wirksame Einwilligung eingeholt hatte. Wer unter "
    "eigenem Namen kommentiert, sagte die Chefredakteurin, ist freundlicher. Der Verein ist auf Spenden angewiesen, "
    "und das Amtsgericht prüft seine Satzung. Mehr Geld gibt es nicht.",
    "fr": "Le gendarme des données a sanctionné la société, qui décline toute responsabilité. Il vous reste deux jours "
    "pour voter, a rappelé la maire. L'association a reçu moins de dons au printemps, et la manifestation avait lieu "
    "sans autorisation préalable.",
    "es": "El regulador multó a la empresa, que no se hace responsable de los daños. Más de doscientas personas "
    "marcharon por el centro. La asociación recibió menos donaciones en primavera y las cookies de terceros "
    "desaparecerán del navegador.",
    "ru": "Ведомство оштрафовало компанию за сбор данных без согласия жителей. Организация признана нежелательной, "
    "сообщил суд. Фонд получил меньше пожертвований, чем год назад, а создание сайта заняло два месяца. Главный "
    "редактор газеты рассказал о планах.",
    "tr": "Kurum, izin almadan veri toplayan şirkete ceza verdi. Bakan sorumluluk kabul etmedi. Derneğe ilkbaharda daha "
    "az bağış geldi ve yazılım sektörü küçüldü. Vatandaşlar yorum yapmaktan kaçındı.",
    "ar": "غرمت الهيئة الشركة بسبب جمع البيانات من دون موافقة السكان. وقالت رئيسة التحرير إن القراء الذين يعلقون "
    "بأسمائهم ألطف من غيرهم. وتلقت الجمعية تبرعات أقل في الربيع، وهذا لا يعكس بالضرورة حاجة الناس.",
    "pt": "O regulador multou a empresa por recolher dados sem consentimento. Mais de duzentas pessoas marcharam pelo "
    "centro. A associação recebeu menos doações na primavera e o programa foi desenvolvido por uma universidade.",
    "it": "Il garante ha multato la società per aver raccolto dati senza consenso. Chi ha la partita IVA pagherà di più. "
    "L'associazione ha ricevuto meno donazioni in primavera, e la festa si è chiusa con una donazione alla scuola.",
    "zh": "监管部门对该公司未经同意收集数据的行为处以罚款。主编说，用真名发言的读者更友善。该协会春季收到的善款减少，出版社的股价也下跌了。",
    "ko": "당국은 동의 없이 자료를 모은 회사에 과태료를 물렸다. 편집장은 실명으로 의견을 쓰는 독자가 더 점잖다고 말했다. 단체가 받은 "
    "성금은 봄에 줄었고, 출판사의 주가도 떨어졌다.",
    "pl": "Urząd ukarał firmę za zbieranie danych bez zgody mieszkańców. Kto pisze pod własnym nazwiskiem, powiedziała "
    "naczelna, jest uprzejmiejszy. Do wyborów pozostało dwa dni, a stowarzyszenie dostało wiosną mniej darowizn.",
    "ja": "当局は同意を得ずにデータを集めた会社に罰金を科した。編集長は、実名で意見を述べる読者のほうが穏やかだと話した。協会への善意の金は春に減り、出版社の株価も下がった。",
}


def source(language: str) -> dict[str, dict[str, list[str]]]:
    text = (resources.files("scrubkit.rules") / "cues" / f"{language}.toml").read_text("utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    return raw


@cache
def cues_of(language: str) -> tuple[Cue, ...]:
    return load_cues(source(language), language, f"{language}.toml")


@cache
def all_cues() -> tuple[Cue, ...]:
    return tuple(sorted(cue for language in LANGUAGES for cue in cues_of(language)))


def test_every_promised_language_is_shipped() -> None:
    """English and a dozen more languages have a file each."""
    assert set(LANGUAGES) <= set(shipped_languages())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_loads(language: str) -> None:
    """A file is valid TOML with known lists, and holds hundreds of phrases."""
    assert len(cues_of(language)) > 500


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_covers_what_english_covers(language: str) -> None:
    """A rule with English cues has cues in each language, so no family is an English one."""
    assert set(source(language)) == set(source("en"))
    assert all(any(lists.values()) for lists in source(language).values())


@pytest.mark.parametrize("language", OTHERS)
def test_no_phrase_speaks_for_two_rules(language: str) -> None:
    """The same phrase in the same place under two codes would make the reported code a matter of chance."""
    codes: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for cue in cues_of(language):
        codes[cue.phrase, cue.where].add(cue.code)
    assert {key: found for key, found in codes.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_that_count_anywhere_are_long(language: str) -> None:
    """A phrase that may stand inside a sentence has several words, or several characters where there are no spaces."""
    least = {"zh": 3, "ja": 3, "ko": 4}.get(language, 6)
    assert [cue.phrase for cue in cues_of(language) if cue.where == "any" and len(cue.phrase) < least] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_news_prose_holds_no_cue(language: str) -> None:
    """An article about cookies, comments or donations is no prompt, whichever language's cues are asked."""
    layout = layout_text(PROSE[language].replace(". ", ".\n"))
    sheet = Sheet(Document("prose", layout.text, layout.blocks))
    every = all_cues()
    assert [(hit.cue.code, hit.cue.phrase) for hit in every_hit(sheet, Matcher(every))] == []
