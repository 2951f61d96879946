"""What names of elements (class, id, role) say: four vocabularies of web design, read in one pass over a page.

Most names say nothing; a name is searched by pattern only where a stem of the vocabulary stands in it, and what it was
found to say is remembered, for the pages of one site are named alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from scrubkit.kernels.owners import FIELDS, WIDTH, Owners, read_owners
from scrubkit.kernels.rows import Phrase, Phrases, compile_phrases

if TYPE_CHECKING:
    from scrubkit.core.document import BlockTable

__all__ = ["VOCABULARIES", "Vocabulary", "bits", "read_elements", "words"]


class Vocabulary(NamedTuple):
    """A pattern over lower-case names, and stems of which one stands wherever the pattern matches."""

    pattern: re.Pattern[str]
    stems: tuple[str, ...]


VOCABULARIES = MappingProxyType(
    {
        # Whole tokens: "comments-open" and "has-comments" are said of the article.
        "comment": Vocabulary(
            re.compile(
                r"(?:^|\s)(?:comments?|comments?[-_]?(?:list|area|section|respond|wrapper|wrap|thread|container|block|box|form|body)|"
                r"disqus(?:_thread)?|respond|wpd-threads?|fb-comments)(?=\s|$)"
            ),
            ("comment", "disqus", "respond", "wpd-thread"),
        ),
        "share": Vocabulary(
            re.compile(
                r"\b(?:social-?share|share-?(?:bar|buttons?|tools?|links?|widget|this)|sharing|addtoany|addthis|sharedaddy|social-?(?:links?|media|icons?|buttons?))\b"
            ),
            ("social", "share", "sharing", "addtoany", "addthis"),
        ),
        "related": Vocabulary(
            re.compile(
                r"\b(?:related|recommended|read-?(?:more|next|also)|more-?(?:stories|posts|news|articles)|most-?(?:read|popular|viewed)|trending|you-?may-?(?:also-?)?like|outbrain|taboola|popular-?posts|recent-?posts)\b"
            ),
            (
                "related", "recommended", "readmore", "readnext", "readalso", "read-", "more-", "morestories", "moreposts",
                "morenews", "morearticles", "most-", "mostread", "mostpopular", "mostviewed", "trending", "you-may",
                "youmay", "outbrain", "taboola", "popularposts", "popular-posts", "recentposts", "recent-posts",
            ),
        ),
        "consent": Vocabulary(
            re.compile(
                r"cookie-?(?:banner|bar|notice|consent|law|popup|modal|policy)|consent|gdpr|onetrust|qc-cmp|didomi|cybot|truste"
            ),
            ("cookie", "consent", "gdpr", "onetrust", "qc-cmp", "didomi", "cybot", "truste"),
        ),
    }
)  # fmt: skip
"""By name: which rules read them is told by their ``needs``."""

_NAMES = tuple(VOCABULARIES)
_KEPT = 1 << 16  # names remembered at most

# Caches: what names were found to say, and the words found, by field; bounded, and the same for every page.
_known: dict[str, int] = {}
_words: dict[str, list[str]] = {name: [""] for name in _NAMES}


@cache
def _stems() -> Phrases:
    phrases = [Phrase(stem, name, "piece") for name in _NAMES for stem in VOCABULARIES[name].stems]
    return compile_phrases(phrases, stems=_NAMES)[0]


def read_elements(blocks: BlockTable, rows: list[int]) -> Owners | None:
    """Return what the elements of a page say of its rows; ``None`` for flattened text."""
    return read_owners(blocks, rows, _stems(), _known, _ask)


def bits(name: str) -> int:
    """Return the bits of ``Owners.present`` that say that a vocabulary, or ``footer``, is spoken on a page."""
    if name == "footer":
        return 1 << (WIDTH * FIELDS)
    return ((1 << WIDTH) - 1) << (WIDTH * _NAMES.index(name))


def words(name: str) -> Sequence[str]:
    """Return the words of a vocabulary that were found so far, by number."""
    return _words[name]


def field(name: str) -> int:
    """Return the field of a vocabulary."""
    return _NAMES.index(name)


def _ask(attrs: str) -> int:
    """Return the number of a name that is not remembered."""
    may = _stems().within(attrs)
    out = 0
    lower = attrs.lower()
    for place, name in enumerate(_NAMES):
        found = VOCABULARIES[name].pattern.search(lower) if may & 1 << place else None
        if found is not None:
            out |= _number(name, found.group()) << WIDTH * place
    if len(_known) >= _KEPT:
        _known.clear()
    _known[attrs] = out
    return out


def _number(name: str, found: str) -> int:
    words = _words[name]
    if found not in words:
        words.append(found)  # the patterns have some dozens of words each: the field cannot overflow
    return words.index(found)
