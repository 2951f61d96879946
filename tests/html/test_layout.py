from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.core import BlockTable
from scrubkit.ingest import ingest
from scrubkit.ingest.html import layout_html
from scrubkit.ingest.layout import Layout


def blocks(html: str) -> list[tuple[str, str]]:
    """Return the kind and text of each block, separators stripped."""
    page = layout_html(html)
    return [(block.kind, page.text[block.start : block.end].rstrip("\n\t")) for block in page.blocks]


def texts(html: str) -> list[str]:
    return [text for _, text in blocks(html)]


def tiles(page: Layout) -> bool:
    table: BlockTable = page.blocks
    spans = list(zip(table.starts, table.ends, strict=True))
    edges = [0, *(end for _, end in spans)]
    return (
        all(a < b for a, b in spans)
        and [a for a, _ in spans] == edges[:-1]
        and edges[-1] == len(page.text)
        and len(table.kinds) == len(spans) == len(table.link_chars or ()) == len(table.element or ())
    )


def test_inline_elements_do_not_split_a_block() -> None:
    """Markup inside a sentence leaves one block."""
    assert texts("<p>One <b>two</b> <i>three</i> <a href=x>four</a>.") == ["One two three four."]


def test_block_elements_split_before_and_after() -> None:
    """Text around a block element belongs to the element that holds it."""
    assert texts("<div>before<p>inside</p>after</div>") == ["before", "inside", "after"]


def test_two_breaks_split_and_one_is_a_line() -> None:
    """``br br`` parts blocks, a single ``br`` stays inside as a line break."""
    assert texts("<div>a<br>b<br><br>c<br>\n<br>d</div>") == ["a\nb", "c", "d"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Price<span>5 dollars</span></p>", "Price 5 dollars"),
        ("<li><a>Home</a><a>About</a></li>", "Home About"),
        ("<p><span>T</span>he end</p>", "The end"),
        ("<p>docs<span>.</span></p>", "docs."),
        ("<p>un<b>believ</b>able</p>", "unbelievable"),
        ("<p>日<span>本</span>語</p>", "日本語"),
    ],
)
def test_words_part_where_inline_boxes_meet(html: str, text: str) -> None:
    """A space is put between two words that only a boundary parts, and nowhere else."""
    assert texts(html) == [text]


def test_hidden_forms_and_noscript_are_laid_out_and_scripts_are_not() -> None:
    """What may hold content is kept for rules and models to judge; code and option lists are not text."""
    html = (
        "<div hidden>a</div><form>b</form><noscript><p>c</p></noscript><button>d</button>"
        "<script>x</script><style>x</style><select><option>x</select><svg><text>x</text></svg><template>x</template>"
    )
    assert texts(html) == ["a", "b", "c", "d"]


def test_hidden_is_inherited() -> None:
    """An element inside one that is not shown is not shown either."""
    tree = layout_html("<div style='display: none'><p>a</p></div><p aria-hidden=true>b<p>c").blocks.elements
    assert tree is not None
    assert list(zip(tree.tags, tree.hidden, strict=True)) == [("body", 0), ("div", 1), ("p", 1), ("p", 1), ("p", 0)]


def test_pre_keeps_its_lines() -> None:
    """Preformatted text is one block with its line breaks and indents, line wrappers or not."""
    assert blocks("<pre>\n  a\n    b</pre>") == [("pre", "  a\n    b")]
    assert blocks("<pre><div>a</div><div>  b</div></pre>") == [("pre", "a\n  b")]


def test_cells_of_a_row_are_parted_by_tabs() -> None:
    """A table of data reads row by row."""
    assert layout_html("<table><tr><th>a<th>b<tr><td>1<td>2</table>").text == "a\tb\n1\t2\n"


def test_kinds_and_links() -> None:
    """Kinds follow the element, link characters are counted inside links only."""
    page = layout_html("<h2>Head</h2><ul><li><a href=x>Link</a> text</ul><blockquote>q</blockquote>")
    assert [(block.kind, block.link_chars) for block in page.blocks] == [("heading", 0), ("item", 4), ("quote", 0)]


def test_attributes_keep_the_class_apart() -> None:
    """Class comes first and is ended by two spaces where id, role or itemprop follow."""
    tree = layout_html("<div id=i class=' a  b ' role=main><p itemprop=name>x").blocks.elements
    assert tree is not None
    assert tree.attrs == ("", "a b  i main", "  name")


def test_frame_in_noscript_does_not_swallow_the_page() -> None:
    """A self-closed frame inside ``noscript`` costs the frame, not the page."""
    html = "<p>before<noscript><iframe src=x /></noscript><p>after<iframe>old</iframe><p>end"
    assert texts(html) == ["before", "after", "end"]


def test_page_without_text_falls_back_to_its_metadata() -> None:
    """A shell filled by scripts gives what its JSON-LD carries, and says so."""
    html = '<script type="application/ld+json">{"@type":"Article","articleBody":"A &amp; B<br>C"}</script><div></div>'
    page = layout_html(html)
    assert (page.text, page.meta["extra"]["text_from"]) == ("A & B\nC\n", "article_body")


def test_frames_only() -> None:
    """A frame set yields its ``noframes`` text."""
    page = layout_html("<title>t</title><frameset><frame src=a><noframes><p>Go <b>there</b></noframes></frameset>")
    assert (page.text, page.meta["extra"]["text_from"]) == ("Go there\n", "noframes")


@pytest.mark.parametrize("html", ["", " ", "<html>", "<!-- only -->", "<frameset>", "<title>t</title>", "\x00", "<"])
def test_nothing_to_lay_out(html: str) -> None:
    """Pages without text give an empty layout, or the one character there is."""
    assert layout_html(html).text in ("", "<\n", "\ufffd\n")


def test_lone_surrogates_are_dropped() -> None:
    """The text of a layout can always be encoded."""
    assert layout_html("<p title='\udfff'>a\ud800b").text.encode() == b"ab\n"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 10_000 + "deep" + "</div>" * 10_000,
        "<p>x" * 100_000,
        "<table>" + "<tr><td>a<td>b" * 20_000,
        "<div>" + "word <br>" * 50_000 + "</div>",
        "<b>" * 5_000 + "bold",
        "<span>" * 20_000 + "x",
        "<noscript><iframe>" * 2_000 + "x",
        f"<p title='{'x' * 1_000_000}'>y",
        "<div hidden " + " ".join(f"a{i}=x" for i in range(5_000)) + ">z",
    ],
    ids=["deep", "many", "table", "one div", "bold", "span", "frames", "attribute", "attributes"],
)
def test_hostile_pages(html: str) -> None:
    """Depth, breadth and size end in a layout that tiles its text."""
    assert tiles(layout_html(html))


_PIECES = """
<p> </p> <div> </div> <br> <pre> </pre> <a> </a> <span> <td> <table> <tr> <li> <h1> <noscript> <iframe> </noscript>
</iframe> text Word 5 日 &nbsp; &#0; &#xD800; <!-- --> <script> </script> <b> ü
"""
_MARKUP = st.lists(st.sampled_from([" ", *_PIECES.split()]), max_size=40)


@given(_MARKUP)
@settings(max_examples=150, deadline=None)
def test_blocks_tile_the_text(pieces: list[str]) -> None:
    """Whatever the markup, blocks tile the text, none is blank, links fit, parents precede children."""
    page = layout_html("".join(pieces))
    assert tiles(page)
    tree = page.blocks.elements
    assert tree is not None
    assert all(tree.parent[i] < i for i in range(len(tree)))
    for block in page.blocks:
        text = page.text[block.start : block.end]
        assert text.strip()
        assert 0 <= (block.link_chars or 0) <= len(text)
    page.text.encode()


@pytest.mark.parametrize(
    "source",
    [
        b"<p>Caf\xc3\xa9 au lait",
        b"<p>Caf\xc3\xa9\x00 au lait",
        b"\xef\xbb\xbf<p>Caf\xc3\xa9",
        b"<p>Caf\xc3\x83\xc2\xa9",
    ],
)
def test_bytes_are_laid_out_as_their_text(source: bytes) -> None:
    """What goes to the parser as it came gives the page that its text gives, with marks, zeros and damage too."""
    text = source.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").decode()
    one, other = ingest(source, media_type="text/html"), ingest(text, media_type="text/html")
    assert (one.text, list(one.blocks)) == (other.text, list(other.blocks))
