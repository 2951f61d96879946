from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.core import Document, resolve
from scrubkit.ingest.layout import layout_text
from scrubkit.model import BPL, KEP, findings, score_blocks
from scrubkit.model.text_scores import chances, model

MENU = "".join(
    f"* {name}\n" for name in ("Home", "News", "Sport", "Weather", "Markets", "Opinion", "Contact", "Log In") * 2
)
PROSE = (
    "The old bridge over the river reopened on Monday, two years after the flood that took its middle span away.\n"
    "Engineers had found cracks in the northern pillar, and the council voted to replace it before the winter came.\n"
    '"We waited long enough," said the baker at the corner, who had lost half of her customers to the detour.\n'
    "The first bus crossed at noon, and the children of the school on the other bank were given the day off.\n"
)
CHINESE = (
    "这座跨河老桥周一重新开放，两年前的洪水冲走了它的中间部分。\n"
    "工程师在北侧桥墩发现了裂缝，市议会投票决定在冬天来临之前更换桥墩。\n"
    "街角的面包师说，我们等得够久了，绕路让她失去了一半的顾客。\n"
    "第一辆公共汽车在中午过桥，对岸学校的孩子们放了一天假。\n"
)
RUSSIAN = (
    "Старый мост через реку вновь открылся в понедельник, через два года после наводнения, разрушившего его пролёт.\n"
    "Инженеры нашли трещины в северной опоре, и совет проголосовал за её замену до наступления зимних холодов.\n"
    "«Мы ждали достаточно долго», — сказала хозяйка пекарни на углу, потерявшая половину покупателей из-за объезда.\n"
)


def document(text: str) -> Document:
    layout = layout_text(text)
    return Document("a", layout.text, layout.blocks)


def cleaned(text: str, **options: str) -> str:
    page = document(text)
    return resolve(page, findings(page, **options)).text  # type: ignore[arg-type]


@pytest.mark.parametrize("scorer", ["simple", "trained"])
@pytest.mark.parametrize("prose", [PROSE, PROSE.replace("\n", "\n\n")])
def test_prose_stays_and_menus_go(scorer: str, prose: str) -> None:
    """The model finds the running text between two menus, with or without blank lines."""
    text = cleaned(MENU + prose + MENU, scorer=scorer)
    assert all(line in text for line in PROSE.splitlines())
    assert text.count("* ") < 4


@pytest.mark.parametrize("scorer", ["simple", "trained"])
@pytest.mark.parametrize("text", [PROSE, CHINESE, RUSSIAN, PROSE * 3, PROSE.replace("\n", "\n\n")])
def test_clean_text_stays_whole(scorer: str, text: str) -> None:
    """A text without boilerplate comes back as it went in, in any script."""
    assert cleaned(text, scorer=scorer) == text


@pytest.mark.parametrize("text", ["", "\n", "\n\n \n", "Bridge reopens\n", "A single short line of text stands here."])
def test_too_little_text_is_left_alone(text: str) -> None:
    """Of a title or a sentence the model says nothing; the rules may."""
    assert findings(document(text)) == ()


def test_findings_say_why() -> None:
    """A removal carries its probability, the blocks it covers and the features that spoke loudest."""
    removals = [f for f in findings(document(MENU + PROSE * 2 + MENU)) if f.action == "remove"]
    assert removals
    for finding in removals:
        assert finding.code == BPL.code
        assert finding.because["blocks"] >= 1
        assert 0 <= finding.because["probability"] <= 1
        assert model() is None or len(finding.because["strongest"]) == 3


def test_untrained_scorer_vetoes_nothing() -> None:
    """Only the trained model, whose vetoes were measured, speaks for keeping."""
    page = document(MENU + PROSE)
    assert KEP.code not in {f.code for f in findings(page, scorer="simple")}
    assert model() is None or KEP.code in {f.code for f in findings(page)}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([*MENU.splitlines(), *PROSE.splitlines(), *CHINESE.splitlines(), "", "12", "***"])))
def test_dial_only_adds(lines: list[str]) -> None:
    """What stays with precision stays with balanced, and what stays with balanced stays with recall."""
    page = document("\n".join(lines))
    gone = []
    for keep in ("precision", "balanced", "recall"):
        removed = [f for f in findings(page, keep=keep) if f.action == "remove"]  # type: ignore[arg-type]
        gone.append({i for f in removed for i in range(f.start, f.end) if not page.text[i].isspace()})
    assert gone[0] >= gone[1] >= gone[2]


def test_scores_are_by_block() -> None:
    """There is one probability a block, NaN for blank ones and only for them."""
    page = document("Home\n\n" + PROSE)
    scores = score_blocks(page)
    assert [p == p for p in scores] == [block.kind != "blank" for block in page.blocks]
    assert all(0 <= p <= 1 for p in scores if p == p)


def test_a_short_line_among_paragraphs_is_lifted_by_them() -> None:
    """A line's chance moves towards its neighbours', a passage of equal scores stays, and order among sure lines too."""
    raw = np.array([3.0, -1.0, 3.0, 3.0, 9.0, -9.0])
    found = chances(raw)
    plain = 1 / (1 + np.exp(-raw))
    assert found[1] > plain[1]
    assert found[0] < plain[0]
    assert found[5] < 0.01
    assert np.argmax(found) == 4
    np.testing.assert_allclose(chances(np.full(5, 2.0)), 1 / (1 + np.exp(-2.0)))
    assert chances(np.zeros(0)).size == 0
