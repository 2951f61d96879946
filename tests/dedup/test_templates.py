"""Pages of one template about different people and places stay apart; edited copies of one text do not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from scrubkit.dedup import find_duplicates
from scrubkit.dedup.near import Near
from scrubkit.dedup.shingle import corpus_of
from scrubkit.dedup.templates import filled_alike, without_templates

TEMPLATES = {
    "en": "The library of {} will be run by {} from next spring. The trustees chose the former teacher from {} among "
    "nine people who had applied. {} welcomed the choice and hoped that the reading room would open on Sundays again. "
    "The retiring librarian moves to {} to be near her sister, and the town will miss her stories for children.",
    "de": "Die Bücherei von {} wird ab dem Frühjahr von {} geleitet. Der Verein entschied sich unter neun Bewerbungen "
    "für die frühere Lehrkraft aus {}. Landrätin {} begrüßte die Wahl und hofft, dass der Lesesaal auch sonntags wieder "
    "öffnet. Die bisherige Leiterin zieht nach {} zu ihrer Schwester, und vor allem die Kinder werden sie vermissen.",
    "ru": "Библиотекой города {} с весны будет руководить {}. Попечители выбрали бывшего учителя из города {} среди "
    "девяти желающих. Глава района {} одобрил выбор и надеется, что читальный зал снова откроется по воскресеньям. "
    "Прежняя заведующая переезжает в {} к сестре, и детям будет не хватать её рассказов.",
    "fr": "La bibliothèque de {} sera dirigée par {} à partir du printemps. Le conseil a choisi l'ancienne enseignante "
    "de {} parmi neuf candidatures. Le maire {} a salué ce choix et espère que la salle de lecture ouvrira de nouveau "
    "le dimanche. La bibliothécaire sortante part pour {} auprès de sa sœur, et les enfants la regretteront.",
}
NAMES = {
    "en": ["Ashford Brown Chester Dalton Exmouth", "Kelso Lambert Morpeth Norton Oakham", "Pickering Quigley Ripon Stobbs Thirsk"],
    "de": ["Ahlen Brandt Coswig Dorn Erkner", "Jever Kuhnert Lingen Marquardt Nienburg", "Passau Quandt Rheine Schubart Telgte"],
    "ru": ["Абакан Белов Вологда Гусев Дубна", "Ижевск Климов Липецк Муратов Невель", "Пермь Рогожин Суздаль Туманов Уфа"],
    "fr": ["Aubenas Bonnet Castres Dufour Evron", "Joigny Keller Lannion Mercier Nyons", "Orthez Perrin Quimper Roussel Sedan"],
}  # fmt: skip
ARABIC = (
    "افتتحت بلدية {0} أمس مكتبتها الجديدة بعد أعمال استمرت أربع سنوات. وقال رئيس بلدية {0} إن المبنى يتسع لآلاف الكتب "
    "وإن سكان {0} انتظروا هذا اليوم طويلا. وسيكون الدخول مجانيا لجميع الأطفال، كما تنظم مكتبة {0} دروسا في المساء."
)
EDITED = {
    # corrected names, first names and titles, one figure; words put in, left out and replaced
    "en": lambda text: text.replace("welcomed the choice and hoped", "was pleased with it and said she hoped")
    .replace("among nine people", "from a field of ten people").replace("Ashford", "Ashforde"),
    "de": lambda text: text.replace("begrüßte die Wahl und hofft", "freute sich über die Entscheidung und wünscht sich")
    .replace("neun Bewerbungen", "zehn Bewerbungen").replace("Ahlen", "Aalen"),
    "ru": lambda text: text.replace("одобрил выбор и надеется", "доволен решением и рассчитывает")
    .replace("девяти желающих", "десяти желающих").replace("Белов", "Белофф"),
    "fr": lambda text: text.replace("a salué ce choix et espère", "s'est réjoui de la décision et souhaite")
    .replace("neuf candidatures", "dix candidatures").replace("Bonnet", "Bonet"),
}  # fmt: skip


def fillings(language):
    return [TEMPLATES[language].format(*names.split()) for names in NAMES[language]]


def together(texts):
    label = list(find_duplicates(texts).cluster_of)
    return {(a, b) for a, b in combinations(range(len(texts)), 2) if label[a] == label[b]}


@pytest.mark.parametrize("language", TEMPLATES)
def test_only_names_differ(language):
    """Three notices of one template about different towns and people are three documents, told as the same event."""
    texts = fillings(language)
    found = find_duplicates(texts)
    assert together(texts) == set()
    assert {edge.verdict for edge in found.related} == {"same event"}


@pytest.mark.parametrize("language", TEMPLATES)
def test_an_edited_copy_beside_fillings_is_found(language):
    """The copy of one filling, with a name respelt and passages reworded, joins that one and no other."""
    texts = fillings(language)
    assert together([*texts, EDITED[language](texts[0])]) == {(0, 3)}


@pytest.mark.parametrize("language", TEMPLATES)
def test_a_copy_with_two_names_corrected_is_a_copy(language):
    """Two names that differ in a text of which the rest is the same, names and all, were corrected."""
    one, two = fillings(language)[:2]
    names, others = (row.split() for row in NAMES[language][::2])
    copy = one.replace(names[0], others[0]).replace(names[2], others[2])
    assert together([f"{one} {two}", f"{copy} {two}"]) == {(0, 1)}


def test_one_name_throughout_a_text_in_a_script_without_capitals():
    """Pages that differ in a town's name in every sentence are pages about two towns; one that differs once is not."""
    one, other = ARABIC.format("طرابلس"), ARABIC.format("بنغازي")
    assert together([one, other]) == set()
    assert together([one, one.replace("طرابلس", "بنغازي", 1)]) == {(0, 1)}


def test_a_long_copy_with_a_few_other_names_is_a_copy():
    """Three names in four hundred words are corrections."""
    rng = np.random.default_rng(3)
    words = [
        f"{a}{b}" for a in ("la", "ber", "tin", "so", "ku") for b in ("ren", "mo", "sta", "vil", "gor", "pe", "dus")
    ]
    text = " ".join(rng.choice(words, 400)) + "."
    text = text.replace(" ", " Ashford ", 1).replace("gor ", "gor Dalton ", 1).replace("vil ", "vil Exmouth ", 1)
    changed = text.replace("Ashford", "Kelso").replace("Dalton", "Norton").replace("Exmouth", "Pickering")
    assert together([text, changed]) == {(0, 1)}


def test_figures_of_another_day():
    """The same sentences with other figures throughout are another day's report; with one of five new, a correction."""
    text = (
        "The reservoir above the town held {} million litres on the evening of the count, and {} millimetres of rain fell "
        "in the hills. The river stood at {} centimetres at the mill bridge. The pumps ran for {} hours and the works "
        "delivered water to {} households without a break."
    )
    first, next_day, corrected = ((412, 37, 188, 14, 9450), (398, 2, 171, 11, 9377), (412, 37, 189, 14, 9450))
    texts = [text.format(*figures) for figures in (first, next_day, corrected)]
    assert together(texts) == {(0, 2)}


def test_pairs_that_share_too_much_are_not_looked_at():
    """Where fewer shingles differ than three slots touch, the near layer's pair stays without a look at the texts."""
    text = fillings("en")[0]
    corpus = corpus_of([text, text])
    one, share = np.array([0]), np.array([0.99], np.float32)
    near = Near(one, one + 1, share, share, share)
    assert without_templates(corpus, near, np.array([70, 70], np.int32)) is near


def test_many_pairs_in_little_memory():
    """The answer over pairs does not depend on how many are compared at once."""
    from scrubkit.dedup.room import Room

    texts = [text for language in TEMPLATES for text in fillings(language)]
    corpus = corpus_of(texts, anchors=None)
    left, right = np.triu_indices(len(texts), 1)
    whole = filled_alike(corpus, left, right)
    np.testing.assert_array_equal(whole, filled_alike(corpus, left, right, Room(1 << 14)))
    assert int(whole.sum()) == 3 * len(TEMPLATES)
