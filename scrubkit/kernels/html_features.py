"""Features of the blocks of an HTML page: plain NumPy reference, and the choice of the compiled kernel.

All come from the block table: lengths and links of blocks, the tree of elements, hints in class names. None reads
what the visible text says, so none depends on a language (digits and currency signs apart).
``scrubkit.model.html_features`` names the columns and says what each is.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scrubkit.kernels.html_hints import HINTS, patterns

if TYPE_CHECKING:
    from scrubkit.core.document import BlockTable

try:
    _features: Any = import_module("scrubkit.kernels._features")
except ImportError:  # no compiler at installation: the NumPy reference serves
    _features = None

__all__ = ["FAR", "NAMES", "NEAR", "NO_CARD", "SHARES", "TAGS", "PageInput", "feature_rows"]

FAR = 12
"""Levels up that stand for "there is none"."""
_TAGS = """
p li td th h1 h2 h3 h4 h5 h6 div span a dt dd pre blockquote figcaption button label section article summary body time
legend strong em header footer main aside nav form table tr ul ol dl figure noscript details dialog textarea caption
address fieldset thead tbody center
"""
TAGS: tuple[str, ...] = tuple(_TAGS.split())
"""Names of elements by ordinal; any other name has ordinal ``len(TAGS)``."""
NO_CARD = ("p", "li", "td", "tr", "h2", "h3", "h4", "dt", "dd", "pre")
"""Elements that repeat without being cards of a list."""
NEAR = ("cookie", "foot", "nav", "comment", "meta", "related", "hidden")
SHARES = ("article", "list", "product", "review")

_NAMES = f"""
tag ntok linkd title_ov isfirst repeat idx_rel tok_rel before from_firstgood
a0_pcover a1_pcover a2_pcover a3_pcover a2_share a3_share a1_link a1_term a2_term a3_term a4_term a5_term
lca80_up lca80_down lca80_share lca50_up lca50_down lca50_share lcah1_down lcah1_share lcah1_pcover
from_h1 from_title hd_dist hd_secn hd_sectok hd_seclink hd_title
sig_n sig_avg sig_link sig_share rep_nmax rep_eln rep_ppcover art_share art_rel
{" ".join(f"h_{name}" for name in NEAR)} s_footer s_nav s_main n-1_tag n1_tag
pg_tot pg_html pg_htmlratio pg_pshare pg_pshr pg_lishare pg_term pg_money pg_date pg_na pg_nform pg_bigsig pg_mainsh
{" ".join(f"pg_hp_{name}" for name in SHARES)}
"""
NAMES: tuple[str, ...] = tuple(_NAMES.split())
"""The columns in order."""


@dataclass(frozen=True, slots=True)
class PageInput:
    """One page as the features take it, beside its text and its block table.

    ``title`` is compared word by word; ``html_chars`` and ``anchors`` were counted by the layout.
    """

    text: str
    blocks: BlockTable
    title: str
    html_chars: int
    anchors: int


def feature_rows(page: PageInput) -> tuple[array[float], array[float]]:
    """Return the features as a row-major ``array('f')`` of n_blocks x 76, and words a block as ``array('d')``.

    By the compiled kernel where there is one, else by :mod:`scrubkit.kernels.html_features_reference`. Time is
    linear in characters, blocks and elements. Raises ``ValueError`` for a table without elements.
    """
    blocks = page.blocks
    tree = blocks.elements
    if tree is None or blocks.link_chars is None or blocks.element is None:
        raise ValueError("flattened text has no features of HTML")
    if _features is None:
        from scrubkit.kernels.html_features_reference import reference_rows

        return reference_rows(page)
    rows: tuple[array[float], array[float]] = _scanner().rows(
        page.text, blocks.starts, blocks.ends, blocks.link_chars, blocks.element, tree.parent, tree.tags, tree.attrs,
        page.title, page.html_chars, page.anchors,
    )  # fmt: skip
    return rows


@lru_cache(maxsize=1)
def _scanner() -> Any:
    order = list(HINTS)
    bits = [[order.index(name) for name in names] for names in (NEAR, SHARES)]
    return _features.Scanner(TAGS, NO_CARD, patterns(), *bits)
