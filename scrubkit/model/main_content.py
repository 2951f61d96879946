"""The main content of an HTML page as text, by the block model alone: the fast way through.

:func:`scrubkit.clean` does more: encoding repair, metadata, typed rules, a ledger with a reason for everything that
went. Where only the text is wanted, as from other extractors, nothing of that is made.
"""

from __future__ import annotations

from array import array

from selectolax.lexbor import LexborHTMLParser

from scrubkit.core.document import Document, Meta
from scrubkit.ingest.html import lay_out, layout_html, parse_for_text
from scrubkit.kernels.html_features import PageInput, feature_rows
from scrubkit.model.html_features import page_input
from scrubkit.model.html_scores import model
from scrubkit.model.rule import LEAST_WORDS
from scrubkit.model.select import Keep, select

__all__ = ["extract"]

_TITLE = next(node.tag_id for node in LexborHTMLParser("<title>").css("title"))


def extract(html: str | bytes, *, keep: Keep = "balanced") -> str:
    r"""Return the main content of an HTML page, paragraphs parted by empty lines; ``""`` where it has none.

    These are the blocks that the block model keeps in :func:`scrubkit.clean` before the typed rules speak. A page
    with fewer than 25 expected words of main content has none. ``keep`` is the dial of
    :data:`scrubkit.model.select.BETAS`. Bytes are decoded as ``clean`` decodes them, a string is taken as it is.
    Any page has an answer, in time and memory linear in its size.

    >>> menu = "<nav><a href=/>Home</a> <a href=/tea>Tea</a></nav>"
    >>> leaves = "Green tea is made from leaves that were not allowed to wither, so that they keep their colour. " * 3
    >>> extract(f"<title>Tea</title>{menu}<article><p>{leaves}</article>")[:35]
    'Green tea is made from leaves that '
    """
    source = html if isinstance(html, str) else _decoded(html)
    tree, source = parse_for_text(source)
    found = lay_out(tree)
    title = _title(tree)
    if found.swallowed or not found.text or not title:
        page, text = _through_metadata(source)
    else:
        page, text = PageInput(found.text, found.blocks, title, len(source), found.anchors), found.text
    rows, words = feature_rows(page)
    flags = select(model().probabilities(rows, len(words)), words, keep=keep, least=LEAST_WORDS)
    return _joined(text, page.blocks.starts, page.blocks.ends, flags)


def _decoded(data: bytes) -> str:
    from scrubkit.ingest.decode import decode

    return decode(data, html=True).text


def _title(tree: LexborHTMLParser) -> str:
    """Return the title as the metadata has it, "" where they must be asked for another."""
    node = None if tree.head is None else tree.head.first_child
    while node is not None:
        if node.tag_id == _TITLE:
            return " ".join(node.text()[:2000].split())
        node = node.next
    return ""


def _through_metadata(source: str) -> tuple[PageInput, str]:
    """Return what a page gives that has no title of its own, or whose text is in a frame or its metadata."""
    page = layout_html(source)
    return page_input(Document("", page.text, page.blocks, Meta(**page.meta))), page.text


def _joined(text: str, starts: array[int], ends: array[int], flags: bytearray) -> str:
    """Return the text of the blocks kept, run by run."""
    pieces: list[str] = []
    at = flags.find(1)
    while at >= 0:
        end = flags.find(0, at)
        pieces.append(text[starts[at] : ends[end - 1 if end >= 0 else -1]])
        at = flags.find(1, end) if end >= 0 else -1
    return "".join(pieces).rstrip()
