"""Odd and hostile pages: nothing crashes, nothing is lost from the record of what was removed."""

from __future__ import annotations

from pathlib import Path

import pytest

import scrubkit as sk
from scrubkit.core import resolve

ODD = Path(__file__).parent / "odd"

SENTENCE = "The weir was opened on Monday, and the keeper said that nobody had been hurt. "

GENERATED: dict[str, bytes | str] = {
    "one long line": SENTENCE * 8_000,
    "one long word": "x" * 300_000,
    "many lines": "".join(f"{number}. {SENTENCE}\n" for number in range(2_000)),
    "many empty lines": "\n" * 50_000,
    "many short lines": "Home\n" * 4_000,
    "nested divs": "<html><body>" + "<div>" * 5_000 + SENTENCE + "</div>" * 5_000 + "</body></html>",
    "nested lists": "<ul><li>" * 1_000 + SENTENCE,
    "nested tables": "<table><tr><td>" * 500 + SENTENCE,
    "nested inline": "<p>" + "<b><i>" * 2_000 + SENTENCE,
    "many siblings": "<html><body>" + "<p>Home</p>" * 4_000,
    "wide attribute": '<p class="' + "a " * 100_000 + '">' + SENTENCE,
    "open brackets": "<" * 50_000,
    "lone surrogates": "The weir \ud800 was \udfff opened on Monday.\n",
    "string with nul": "The weir\x00was opened\n\x00\n",
    "every byte": bytes(range(256)) * 40,
    "every byte as html": b"<html><body><p>" + bytes(range(256)) * 40,
    "utf-16 with mark": ("The weir was opened on Monday.\n" * 20).encode("utf-16"),
    "utf-32 with mark": ("The weir was opened on Monday.\n" * 20).encode("utf-32"),
    "comment bombs": "<!--" * 10_000 + SENTENCE,
    "combining marks": "e" + "\u0301" * 20_000 + "\n" + SENTENCE,
}

FILES = {path.name: path.read_bytes() for path in sorted(ODD.iterdir())}
MEDIA = {".txt": "text/plain", ".html": "text/html"}


def media_of(name: str) -> str | None:
    return MEDIA.get(Path(name).suffix)


@pytest.mark.parametrize("name", [*FILES, *GENERATED])
def test_no_page_is_too_odd(name):
    """Cleaning ends without a fault, its text is valid UTF-8, and the ledger gives back the text it began with."""
    data = FILES[name] if name in FILES else GENERATED[name]
    page = sk.clean(data, media_type=media_of(name), id=name)
    assert [finding.because for finding in page.findings if finding.code.startswith("ERR")] == []
    assert page.ledger.restore() == page.document.text
    page.text.encode()
    page.document.text.encode()
    assert resolve(page.document, reversed(page.findings)).text == page.text


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".txt") and name != "carriage-returns.txt"])
def test_lines_of_odd_texts_keep_their_numbers(name):
    r"""Line n stays line n: only ``\n`` parts lines, and decoding neither adds nor takes one."""
    page = sk.clean(FILES[name], media_type="text/plain")
    lines = list(page.lines())
    assert [line.line_no for line in lines] == list(range(1, FILES[name].count(b"\n") + 2))
    assert "\n".join(line.text for line in lines) == page.document.text


def test_bare_carriage_returns_part_lines_where_nothing_else_does():
    """A file from an old machine has lines, and not one that is as long as the file."""
    page = sk.clean(FILES["carriage-returns.txt"], media_type="text/plain")
    assert [line.text for line in page.lines() if line.kind != "blank"] == [
        line.decode() for line in FILES["carriage-returns.txt"].split(b"\r")[:-1]
    ]


@pytest.mark.parametrize("name", ["empty.txt", "empty.html", "white-space.txt", "mark-only.txt"])
def test_pages_without_text_are_rejected_and_say_so(name):
    """A page on which there is nothing comes out empty, with a verdict and a code and no crash."""
    page = sk.clean(FILES[name], media_type=media_of(name))
    assert page.text.strip() == ""
    assert page.verdict.status == "rejected"
    assert page.verdict.codes


@pytest.mark.parametrize(
    "name",
    [
        "truncated.html", "open-comment.html", "open-script.html", "bare-text.html", "template.html",
        "no-final-newline.txt", "nul-bytes.txt", "carriage-returns.txt", "mixed-line-ends.txt", "json-in-page.html",
    ],
)  # fmt: skip
def test_text_in_odd_surroundings_is_found(name):
    """What prose there is gets to the rules, however broken the page round it."""
    text = sk.clean(FILES[name], media_type=media_of(name)).document.text
    assert "The weir was" in text
    assert "opened on Monday" in text


@pytest.mark.parametrize("name", ["nonsense-charset.html", "mark-against-declaration.html"])
def test_a_wrong_declaration_does_not_win_over_the_bytes(name):
    """A charset that does not exist, or that a byte order mark contradicts, is not believed."""
    assert "geöffnet, sagte der Wärter" in sk.clean(FILES[name]).document.text


def test_text_that_talks_about_html_stays_text():
    """Flattened text in which tags are mentioned keeps them as they are written."""
    page = sk.clean(FILES["text-about-html.txt"], media_type="text/plain")
    assert "begins with <p> and ends with </p>" in page.document.text
    assert not page.document.is_html


def test_content_shown_only_without_scripts_is_content():
    """A thread that stands in ``noscript`` is read."""
    assert "told the ducks" in sk.clean(FILES["noscript-thread.html"]).document.text


def test_what_is_not_shown_is_not_text():
    """Comments, scripts and templates leave nothing behind."""
    for name in ("open-comment.html", "open-script.html", "template.html"):
        text = sk.clean(FILES[name]).document.text
        assert not any(hidden in text for hidden in ("Hidden", "var a", "Not shown"))


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_same_page_gives_the_same_result_whatever_came_before(name):
    """Cleaning another page in between changes nothing."""
    first = sk.clean(FILES[name], media_type=media_of(name), id="a")
    sk.clean(GENERATED["many lines"][:2_000])
    second = sk.clean(FILES[name], media_type=media_of(name), id="a")
    assert (first.text, first.findings, first.meta) == (second.text, second.findings, second.meta)
