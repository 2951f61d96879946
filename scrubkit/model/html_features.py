"""Features of the blocks of an HTML page: what each is, and how they are read from a document.

Words are runs of letters and digits; scripts that write no spaces count one word per two characters. *Prose* is a
block of 12 words or more with less than half of its characters in links. *Levels up* count elements from the block's
own (0) upwards; 12 stands for "there is none". Shares are of words.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from scrubkit.kernels.html_features import NAMES, TAGS, PageInput, feature_rows

if TYPE_CHECKING:
    from scrubkit.core.document import Document

__all__ = ["FEATURES", "Feature", "features", "page_input"]

_INFINITY = float("inf")


class Feature(NamedTuple):
    """One column: its name, what it measures, in what unit, and the range it lies in."""

    name: str
    summary: str
    unit: str
    low: float = 0.0
    high: float = 1.0


def _features() -> tuple[Feature, ...]:
    many, far = _INFINITY, 12.0
    known = [
        Feature("tag", "element that holds the block", "ordinal", 0, len(TAGS)),
        Feature("ntok", "words of the block", "log1p words", 0, many),
        Feature("linkd", "characters inside links", "share"),
        Feature("title_ov", "words of the block that stand in the page's title", "share"),
        Feature("isfirst", "first of all blocks with this text", "flag"),
        Feature("repeat", "blocks of the page with this text", "count", 1, many),
        Feature("idx_rel", "place among the blocks", "share"),
        Feature("tok_rel", "words before the block", "share"),
        Feature("before", "words of prose before the block, per word of prose on the page", "ratio", 0, many),
        Feature("from_firstgood", "blocks since the first of 12 words with few links", "blocks", -many, many),
        *(Feature(f"a{k}_pcover", f"page's prose inside the element {k} levels up", "share") for k in range(4)),
        *(Feature(f"a{k}_share", f"page's words inside the element {k} levels up", "share") for k in (2, 3)),
        Feature("a1_link", "linked words of the element 1 level up", "share"),
        *(Feature(f"a{k}_term", f"words in ended sentences, {k} levels up", "share") for k in range(1, 6)),
        *_distances("80", "deepest element with 80 % of the prose", ("up", "down", "share")),
        *_distances("50", "deepest element with 50 % of the prose", ("up", "down", "share")),
        *_distances("h1", "main heading", ("down", "share", "pcover")),
        Feature("from_h1", "blocks since the main heading, -999 without one", "blocks", -many, many),
        Feature("from_title", "the same, or since the first block that repeats the title", "blocks", -many, many),
        Feature("hd_dist", "blocks since the last heading, -1 before the first", "blocks", -1, many),
        Feature("hd_secn", "blocks in the section", "count", 1, many),
        Feature("hd_sectok", "words in the section", "log1p words", 0, many),
        Feature("hd_seclink", "linked words in the section", "share"),
        Feature("hd_title", "words of the section's heading that stand in the title", "share"),
        Feature("sig_n", "blocks on the same path of tags and classes", "log1p blocks", 0, many),
        Feature("sig_avg", "their mean length", "words", 1, many),
        Feature("sig_link", "their linked words", "share"),
        Feature("sig_share", "page's words in them", "share"),
        Feature("rep_nmax", "most equal siblings of any enclosing element, 0 below 3", "count", 0, many),
        Feature("rep_eln", "equal siblings of the block's own element, itself included", "count", 1, many),
        Feature("rep_ppcover", "page's prose in what holds the enclosing card and its like", "share"),
        Feature("art_share", "page's words in the enclosing article", "share"),
        Feature("art_rel", "words of the enclosing article against the largest", "ratio"),
        *(Feature(f"h_{hint}", f"nearest class name that hints at {hint}", "levels up", 0, far)
          for hint in ("cookie", "foot", "nav", "comment", "meta", "related", "hidden")),
        *(Feature(f"s_{tag}", f"nearest <{tag}>", "levels up", 0, far) for tag in ("footer", "nav", "main")),
        Feature("n-1_tag", "element of the block before, -1 for none", "ordinal", -1, len(TAGS)),
        Feature("n1_tag", "element of the block after, -1 for none", "ordinal", -1, len(TAGS)),
        *_page_features(many),
    ]  # fmt: skip
    by_name = {feature.name: feature for feature in known}
    return tuple(by_name[name] for name in NAMES)


def _distances(name: str, target: str, kinds: tuple[str, ...]) -> list[Feature]:
    met = f"common ancestor with the {target}"
    every = {
        "up": Feature(f"lca{name}_up", f"levels up to the {met}", "levels", 0, _INFINITY),
        "down": Feature(f"lca{name}_down", f"levels from the {met} down to it", "levels", 0, _INFINITY),
        "share": Feature(f"lca{name}_share", f"page's words in the {met}", "share"),
        "pcover": Feature(f"lca{name}_pcover", f"page's prose in the {met}", "share"),
    }
    return [every[kind] for kind in kinds]


def _page_features(many: float) -> list[Feature]:
    return [
        Feature("pg_tot", "words of the page", "log1p words", 0, many),
        Feature("pg_html", "source of the page", "log1p characters", 0, many),
        Feature("pg_htmlratio", "source characters a word", "ratio", 0, many),
        Feature("pg_pshare", "words in prose", "share"),
        Feature("pg_pshr", "blocks that are <p>", "share"),
        Feature("pg_lishare", "blocks that are <li>", "share"),
        Feature("pg_term", "words in ended sentences", "share"),
        Feature("pg_money", "blocks with an amount of money", "share"),
        Feature("pg_date", "blocks with a date or time in figures", "share"),
        Feature("pg_na", "links a block", "ratio", 0, many),
        Feature("pg_nform", "forms", "count", 0, many),
        Feature("pg_bigsig", "words in the path of tags and classes that has most", "share"),
        Feature("pg_mainsh", "words in the first <main>", "share"),
        *(
            Feature(f"pg_hp_{hint}", f"elements whose class names hint at {hint}", "share")
            for hint in ("article", "list", "product", "review")
        ),
    ]


FEATURES: tuple[Feature, ...] = _features()
"""The columns of :func:`features` in order. None depends on what the visible text says, digits and currency apart."""


def features(document: Document) -> tuple[array[float], array[float]]:
    """Return features as a row-major ``array('f')`` of n_blocks x ``len(FEATURES)`` and words as ``array('d')``.

    Once per document, in time linear in its size. Raises ``ValueError`` for flattened text.

    >>> from scrubkit.core import Document, Meta
    >>> from scrubkit.ingest.html import layout_html
    >>> page = layout_html("<title>Tea</title><nav><a href=/>Home</a></nav><h1>Tea</h1><p>Leaves in hot water.")
    >>> rows, words = features(Document("a", page.text, page.blocks, Meta(**page.meta)))
    >>> list(words), [rows[i * len(FEATURES) + 2] for i in range(3)]
    ([1.0, 1.0, 4.0], [1.0, 0.0, 0.0])
    """
    return feature_rows(page_input(document))


def page_input(document: Document) -> PageInput:
    """Return what the kernel takes of a document."""
    extra = document.meta.extra
    title = extra.get("page_title") or document.meta.title or ""
    return PageInput(document.text, document.blocks, title, extra.get("html_chars", 0), extra.get("anchors", 0))
