"""The pass over tags: compiled as in plain Python, and never below what the real tree builder makes of a page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scrubkit.ingest.html_limits import bounded
from scrubkit.kernels.markup import Limits, follow
from scrubkit.kernels.markup_plain import follow_reference

TAGS = (
    "<div>", "</div>", "<b id=1>", "<b id=2 x>", "<b>", "</b>", "<span>", "</span>", "<p>", "</p>", "<table>", "<tr>",
    "<td>", "</td>", "</table>", "<svg>", "</svg>", "<math>", "<mi>", "<foreignObject>", "<g>", "</g>", "<path/>",
    "<style>", "</style>", "<script>", "</script>", "<!--", "-->", "--!>", "<!-->", "<title>", "</title>", "<form>",
    "</form>", "<select>", "</select>", "<a href=x>", "</a>", "<font color=x>", "<font class=x>", "</font>",
    "<x y=\"<div>\" z='>' =a = b>", "<annotation-xml encoding=text/html>", "<annotation-xml>", "<![CDATA[", "]]>", "<?x>",
    "<!x>", "</ >", "</>", "<", ">", "text", "<textarea>", "</textarea>", "<TeMplate a/b/c>", "</template>", "<i a=\"",
    "\"", "<ul><li>", "</li>", "</ul>", "<input/>", "<x2 q1 q2 q3>", "</SCRIPT >", "<script", "--", "<rt>", "<ruby>",
    "</ruby>", "<optgroup>", "<option>", "<dl><dd>", "<dt>", "<li>", "<button>", "</button>", "<h1>", "</h1>", "<object>",
    "</object>", "<caption>", "<nobr>", "</nobr>", "<noscript>", "</noscript>", "<desc>", "</desc>", "<br>", "</br>",
    "<iframe>", "</iframe>", "</body>", "<img>", "<marquee>", "</marquee>", "<em>", "</em>", "<address>", "</address>", "<frameset>", "</frameset>", "<FRAMESET x>", "<noframes>", "<frame>",
    "<col>", "<tbody>", "</tbody>", "<pre>", "<xmp>", "</xmp>", "<mtext>", "</mtext>", "<malignmark>", "</math>",
)  # fmt: skip
soups = st.lists(st.sampled_from(TAGS), max_size=40).map("".join)
limits = st.builds(Limits, st.integers(2, 9), st.integers(1, 5), st.integers(1, 6))


@settings(max_examples=600, deadline=None)
@given(soups, limits, st.booleans(), st.booleans())
def test_the_compiled_pass_equals_its_reference(html: str, limits: Limits, strip: bool, narrow: bool) -> None:
    """Kernel and plain version cut the same and count the same, whatever the tags."""
    data = html.encode()
    assert follow(data, limits, strip=strip, narrow=narrow) == follow_reference(
        data, limits, strip=strip, narrow=narrow
    )


@settings(max_examples=600, deadline=None)
@given(soups, st.lists(st.sampled_from(TAGS), min_size=1, max_size=7).map("".join))
def test_no_tree_is_deeper_than_the_limit_says(begins: str, unit: str) -> None:
    """Two hundred times any few tags: what is left nests a small multiple of the limit at most, and has few nodes.

    The multiple is for elements that stand between others only (rows, cells) and for formatting opened again.
    """
    own = Limits(20, 100, 1000)
    data, _ = bounded((begins + unit * 200).encode(), own)
    read = follow(data, own)
    deepest, nodes = _measured(data)
    assert deepest <= 5 * own.depth + 10
    assert nodes <= 8 * (read.tags + read.reopened) + 4 * 210 * 7


@pytest.mark.parametrize(
    "begins", ["", "<script>", "<title>", "<!--", "<a title='", "<svg><![CDATA[", "<noframes>", "<xmp><b>"]
)
@pytest.mark.parametrize("tag", ["<frameset>", "<FrameSet cols=1>", "<frameset/>", "<frameset\tx='<frameset>'>"])
def test_framesets_nest_no_deeper_behind_a_script(begins: str, tag: str) -> None:
    """In a frameset the tree builder passes over tags behind which all is text elsewhere: framesets are counted there too."""
    own = Limits(20, 100, 1000)
    for close in ("", "</script>", "-->", "'>", "]]>"):
        data, left_out = bounded(f"<frameset><frameset>{begins}{close}{tag * 500}--></script>{tag * 500}".encode(), own)
        assert _measured(data)[0] <= own.depth + 3
        assert left_out["deep_tags"] >= 980


def test_a_page_of_frames_is_left_as_it_is() -> None:
    """Within the limit nothing is changed, nor where a page without framesets speaks of many."""
    page = b"<frameset>" * 10 + b"<script>'<frameset>'</script></frameset>"
    assert bounded(page) == (page, {})
    tale = b"<p>tea<script>" + b"'<frameset>'" * 5_000 + b"</script>"
    assert bounded(tale) == (tale, {})


def _measured(data: bytes) -> tuple[int, int]:
    left = [(LexborHTMLParser(data).root, 1)]
    deepest = nodes = 0
    while left:
        node, depth = left.pop()
        deepest, nodes = max(deepest, depth), nodes + 1
        child = node.child
        while child is not None:
            left.append((child, depth + 1))
            child = child.next
    return deepest, nodes
