"""What each HTML element means to the layout: does it end a block, is its text shown, what kind of block it makes.

The tables are keyed by name; :func:`roles_by_id` turns them into a list indexed by selectolax's tag ids, because
asking a node for its id is three times cheaper than asking for its name.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from scrubkit.core.document import KINDS

__all__ = ["CELL", "CELLS", "GAP", "KIND_OF", "LINK", "PRE_LINES", "ROW", "Role", "TagTable", "role_of", "tag_table"]


class Role:
    """What the walk does at an element; low three bits of a role, the flags :data:`GAP` and :data:`LINK` above."""

    BLOCK: Final = 0
    INLINE: Final = 1
    SKIP: Final = 2
    BREAK: Final = 3
    RULE: Final = 4
    META: Final = 5
    FRAME: Final = 6
    TEXT: Final = 7


GAP: Final = 8
"""The element's edges part words where no space does: ``Price<span>12`` is two words."""
LINK: Final = 16
"""The element is a link."""


def _names(listed: str) -> list[str]:
    return listed.split()


_SKIP = _names(
    "script style svg head select option optgroup datalist canvas object video audio map template "
    "noembed noframes rt rp annotation annotation-xml"
)
# Neither text nor a boundary: microdata puts <link> and <meta> in the middle of paragraphs.
_VOID = _names("base param track source col colgroup basefont bgsound area embed link")
_INLINE = _names(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strike strong "
    "sub sup time tt u var wbr img label ruby rb input picture nobr math mi mo mn ms "
    "mrow mtext mfrac msup msub msubsup munder mover munderover msqrt mroot mstyle mtable mtr mtd mpadded mphantom "
    "menclose mspace semantics"
)
_GAPPED = frozenset(_names("span a label time code q cite small input img"))

KIND_OF: Final[dict[str, int]] = {
    tag: KINDS.index(kind)
    for kind, tags in {
        "paragraph": "p",
        "heading": "h1 h2 h3 h4 h5 h6",
        "item": "li dt dd",
        "cell": "td th",
        "pre": "pre xmp listing plaintext",
        "quote": "blockquote",
        "caption": "figcaption caption",
        "control": "button legend textarea form fieldset output",
    }.items()
    for tag in tags.split()
}
"""Kind (index into ``core.KINDS``) of a block by the name of its element; any other name is ``other``."""

PRE_LINES: Final = frozenset({"div", "li", "ol", "ul"})
"""Line wrappers of code highlighters: they end a line inside preformatted text, not the block."""
CELL: Final = 1
ROW: Final = 2
CELLS: Final[dict[str, int]] = {"td": CELL, "th": CELL, "tr": ROW}

_ROLES: dict[str, int] = {
    **dict.fromkeys(_SKIP, Role.SKIP),
    **dict.fromkeys(_VOID, Role.SKIP),
    **{tag: Role.INLINE | (GAP if tag in _GAPPED else 0) | (LINK if tag == "a" else 0) for tag in _INLINE},
    "br": Role.BREAK,
    "hr": Role.RULE,
    "meta": Role.META,
    "iframe": Role.FRAME,
}


def role_of(tag: str | None) -> int:
    """Return the role of an element by its name.

    >>> role_of("p") == Role.BLOCK, role_of("a") == Role.INLINE | GAP | LINK
    (True, True)
    """
    if tag is None or tag[:1] in "-_!":
        return Role.TEXT if tag == "-text" else Role.SKIP
    return _ROLES.get(tag, Role.BLOCK)


class TagTable:
    """Roles and names as lists indexed by selectolax's tag id; ids from ``size`` on differ between documents."""

    size: Final = 512

    roles: list[int]
    """Role by id; -1 where the name has to be asked."""
    names: list[str]
    named: dict[str, int]
    """Roles of known names that have no id of their own."""

    def __init__(self) -> None:
        """Ask the selectolax at hand for its numbers."""
        from selectolax.lexbor import LexborHTMLParser

        # Asked of the library itself, so that another version with other numbers needs no change here.
        page = LexborHTMLParser("<p>text<!-- comment --></p>")
        self.roles = [-1] * self.size
        self.names = [""] * self.size
        self.named = {}
        first = page.body.first_child if page.body is not None else None
        text = first.first_child if first is not None else None
        if text is not None:
            self.roles[text.tag_id] = Role.TEXT
            comment = text.next
            if comment is not None:
                self.roles[comment.tag_id] = Role.SKIP
        for tag in (*_ROLES, *KIND_OF, *_KNOWN_BLOCKS):
            number = page.create_node(tag).tag_id
            if number < self.size:
                self.roles[number] = role_of(tag)
                self.names[number] = tag
            else:
                self.named[tag] = role_of(tag)


_KNOWN_BLOCKS = _names(
    "body div section article main header footer nav aside ul ol dl table thead tbody tfoot tr figure noscript "
    "details summary dialog address center hgroup menu frameset search title"
)


@lru_cache(maxsize=1)
def tag_table() -> TagTable:
    """Return the table for the selectolax at hand, made at first use."""
    return TagTable()
