from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.ingest.layout import layout_text
from scrubkit.kernels.lines import MEASURES
from scrubkit.model import score_blocks
from scrubkit.model.text_features import Lines, lines_of
from scrubkit.model.text_links import without_links
from tests.model_text.test_rule import MENU, PROSE, cleaned, document

WORD = st.text(st.characters(categories=("L",)), min_size=1, max_size=8)


def measured(text: str) -> Lines:
    layout = layout_text(text)
    return lines_of(layout.text, layout.blocks)


@given(st.lists(st.lists(WORD, min_size=1, max_size=6), min_size=3, max_size=8), st.data())
def test_a_link_measures_as_its_text(lines: list[list[str]], data: st.DataObject) -> None:
    """Every measure but the share of links is that of the text a reader sees, wherever links stand."""
    linked = [data.draw(st.integers(0, len(line) - 1)) for line in lines]
    plain = "\n".join(" ".join(line) for line in lines)
    marked = "\n".join(
        " ".join(f"[{word}](https://a.example/{i}?q=1)" if i == at else word for i, word in enumerate(line))
        for line, at in zip(lines, linked, strict=True)
    )
    others = [i for i, name in enumerate(MEASURES) if name != "links"]
    np.testing.assert_array_equal(measured(marked).measures[:, others], measured(plain).measures[:, others])
    assert (measured(marked).column("links") > 0).all()


def test_images_and_links_within_links_are_read_too() -> None:
    """An image in a link leaves its text, titles in quotation marks and brackets in addresses go."""
    text = '[![A cup](cup.png "Cup")](/cup_(tea))\n[Tea](/tea)\nLeaves [1] of [green tea](/g "Green")'
    plain = without_links(text, [0, 38, 50], [37, 49, len(text)])
    assert plain is not None
    assert plain.text == "A cup\nTea\nLeaves [1] of green tea\n"


def test_a_line_of_an_address_alone_stays() -> None:
    """No line turns blank: what holds no text keeps its characters."""
    text = "[](/a)\n[](/b)\n[Tea](/tea)"
    plain = without_links(text, [0, 7, 14], [6, 13, len(text)])
    assert plain is not None
    assert plain.text == "[](/a)\n[](/b)\nTea\n"


def test_text_about_links_is_no_markdown() -> None:
    """One or two links do not make a text Markdown: they may be what it is about."""
    assert without_links("Write [text](address) for a link.", [0], [33]) is None


@given(st.text(st.sampled_from("[]()! a\"'1\n"), max_size=200))
def test_any_brackets_give_as_many_lines(text: str) -> None:
    """Whatever stands in brackets, each line has its place and none is blank."""
    layout = layout_text("[a](b) [a](b) [a](b)\n" + text)
    lines = lines_of(layout.text, layout.blocks)
    assert np.isfinite(lines.measures).all()
    assert (lines.column("chars") > 0).all()


def test_hostile_brackets_take_linear_time() -> None:
    """Brackets that never close are passed once each."""
    for piece in ("](", "[", "](a", "](a(b)", '](a "', "]((", "![", "](a (b) "):
        text = piece * (300_000 // len(piece))
        assert without_links("](" * 3 + text, [0], [len(text) + 6]) is not None


def test_menus_of_links_go_and_linked_prose_stays() -> None:
    """A Markdown page is read as its plain twin is: its menu goes, its paragraphs stay."""
    menu = "".join(f"* [{line[2:]}](https://a.example/{i})\n" for i, line in enumerate(MENU.splitlines()))
    prose = PROSE.replace("northern pillar", "[northern pillar](https://a.example/articles/2024/the-northern-pillar)")
    text = cleaned(menu + prose + menu)
    assert all(line in text for line in prose.splitlines())
    assert text.count("* ") < 4
    assert len(score_blocks(document(menu + prose))) == len((menu + prose).splitlines())
