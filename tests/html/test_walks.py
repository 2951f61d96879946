from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scrubkit.ingest import html as module
from scrubkit.ingest.html import Laid, lay_out, lay_out_plainly
from scrubkit.kernels import dom

_PIECES = """
<p> </p> <div class='a'> </div> <br> <pre> </pre> <a> </a> <span> </span> <td> <table> <tr> <li> <h1> <ol> <hr>
<noscript> <iframe> </noscript> </iframe> text Word 5 日 ก T he &nbsp; &#0; &#xD800; &#x85; <!-- --> <script>
</script> <b> ü _ <math> <mfrac> <mi> </math> <x-y> </x-y> <svg> </svg> <meta itemprop=a content=b> <textarea>
</textarea> <label> <img> <template> </template> <div hidden> <p aria-hidden=true> <dt> <button> <select> <option>
<div style='display:none'> <h2 id='x  y' role=r itemprop=' '> \u2003 \u3000 \x1c ،
"""
_PAGES = st.lists(st.sampled_from([" ", "\n", "\n  ", *_PIECES.split()]), max_size=60).map("".join)


def columns(page: Laid) -> tuple[object, ...]:
    table = page.blocks
    tree = table.elements
    assert tree is not None
    return (
        page.text, table.starts, table.ends, table.kinds, table.link_chars, table.element,
        tree.parent, tree.tags, tree.attrs, tree.hidden, page.anchors, page.metas, page.swallowed,
    )  # fmt: skip


def lay_out_through_nodes(tree: LexborHTMLParser) -> Laid:
    """Lay out by the compiled walk that uses public attributes only."""
    through_nodes = dom.bind(module._tables(), direct=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_walker", lambda: through_nodes)
        return lay_out(tree)


@pytest.mark.skipif(module._walker() is None, reason="the compiled walk is not in use here")
@given(_PAGES)
@settings(max_examples=500, deadline=None)
def test_compiled_walk_equals_reference(html: str) -> None:
    """All walks give the same columns on any markup."""
    tree = LexborHTMLParser(html)
    plain = columns(lay_out_plainly(tree))
    assert columns(lay_out(tree)) == plain
    assert columns(lay_out_through_nodes(tree)) == plain


@pytest.mark.skipif(module._walker() is None, reason="the compiled walk is not in use here")
@pytest.mark.parametrize("html", ["<div>" * 3_000 + "x<p>y", "<p>x" * 20_000, "<td>a<p>b" * 500, "<span> a" * 5_000])
def test_compiled_walk_equals_reference_on_large_pages(html: str) -> None:
    """Depth and size make no difference between the walks."""
    tree = LexborHTMLParser(html)
    plain = columns(lay_out_plainly(tree))
    assert columns(lay_out(tree)) == plain
    assert columns(lay_out_through_nodes(tree)) == plain


def test_walk_is_not_bound_to_an_untested_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another selectolax than the tested ones is walked through its public interface."""
    monkeypatch.setattr(dom, "TESTED", ("0.0.",))
    dom._library.cache_clear()
    try:
        assert dom._library() is None
    finally:
        dom._library.cache_clear()


def test_reference_serves_without_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the compiled walk the layout is the same."""
    html = "<h1>Tea</h1><p>Green <a href=x>tea</a>.<table><tr><td>1<td>2</table>"
    fast = module.layout_html(html)
    monkeypatch.setattr(module, "_walker", lambda: None)
    plain = module.layout_html(html)
    assert (fast.text, fast.meta, list(fast.blocks)) == (plain.text, plain.meta, list(plain.blocks))
