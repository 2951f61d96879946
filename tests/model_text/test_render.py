from __future__ import annotations

import pytest

pytest.importorskip("rapidfuzz")

from training.text_render import STYLES, render

PAGE = """<body><ul><li><a href="/">Home</a><li><a href="/tea">Tea</a></ul><h2>Green <b>tea</b></h2>
<p>It is <a href="/w">withered</a> little.<script>x()</script></p><img alt="A cup" src="/img/cup.png">
<table><tr><td>Leaves</td><td><div>two</div><div>grams</div></td></tr></table>
<blockquote>Drink it hot.</blockquote><noscript>Turn scripts on.</noscript></body>"""
SHOWN = {
    "copied": ["Home", "Tea", "Green tea", "It is withered little.", "Leaves two grams", "Drink it hot."],
    "markdown": [
        "- [Home](/)", "- [Tea](/tea)", "## Green **tea**", "It is [withered](/w) little.", "![A cup](/img/cup.png)",
        "Leaves | two grams |", "> Drink it hot.", "Turn scripts on.",
    ],
    "text-browser": [
        "   * [1]Home", "   * [2]Tea", "Green tea", "It is [3]withered little.", "[cup.png]", "Leaves two grams",
        "   Drink it hot.",
    ],
    "rows": ["• Home", "• Tea", "Green tea", "It is withered little.", "A cup", "Leaves | two grams |"],
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_is_written_down_in_each_style(name: str) -> None:
    """Marks, addresses, numbers and cells are written as the style says, one line a block."""
    (style,) = [style for style in STYLES if style.name == name]
    shown, _ = render(PAGE, style)
    assert shown[: len(SHOWN[name])] == SHOWN[name]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_the_words_of_the_page_are_told_apart_from_marks(style: object) -> None:
    """Beside each line stand the page's own words in it, which are what is aligned with the reference."""
    shown, plain = render(PAGE, style)  # type: ignore[arg-type]
    assert len(shown) == len(plain)
    assert "It is withered little." in plain
    assert not any("](" in line or "**" in line or "cup.png" in line for line in plain)


def test_an_empty_page_has_no_lines() -> None:
    """A page without a body gives no lines."""
    assert render("", STYLES[0]) == ([], [])
