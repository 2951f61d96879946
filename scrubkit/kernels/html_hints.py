"""What class names, ids and roles hint at: the vocabulary of web design, not of the page's text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["HINTS", "Pattern", "hint_mask", "patterns"]

HINTS: dict[str, str] = {
    "content": "content body text copy prose richtext rte| wysiwyg markdown",
    "article": "article story entry post!er blog single",
    "main": "main primary page-content pagecontent",
    "desc": "desc detail spec feature about overview summary excerpt intro",
    "product": "product item price sku variant",
    "comment": "comment respond respons disqus reply replies",
    "thread": "thread message topic forum question answer discussion bbcode",
    "nav": "nav menu crumb sitemap toc| table-of mega tab| tabs| skip",
    "head": "header masthead topbar top-bar logo",
    "foot": "foot copyright legal disclaim colophon",
    "side": "side widget rail secondary column",
    "related": "relat recommend also more- popular trending similar upsell crosssell cross-sell carousel slider swiper "
    "latest recent teaser promo next prev",
    "share": "share social follow facebook twitter like vote rating star",
    "ad": "|ad| |ads| advert sponsor banner dfp outbrain taboola promo affiliate",
    "cookie": "cookie consent gdpr privacy onetrust popup modal overlay dialog toast alert notice tooltip drawer "
    "offcanvas",
    "subscribe": "subscri newsletter signup sign-up login register form search filter sort facet cta cart checkout "
    "account",
    "meta": "meta byline author date tag categor label badge user avatar profile bio credit caption stat",
    "list": "list grid card tile row collection result archive feed",
    "hidden": "hidden hide sr-only screen-reader invisible d-none collapse accordion faq",
    "hero": "hero title heading headline jumbotron lead",
    "review": "review testimonial quote",
}
"""Words of each hint, in the order of the bits of a mask.

A word is found anywhere in a class name, since names are joined in any way (``sitefooter``, ``footer_nav``). ``|``
asks for the edge of a name on that side; ``post!er`` is ``post`` not followed by ``er``.
"""


class Pattern(NamedTuple):
    """One word of a hint as the kernel takes it."""

    bit: int
    word: str
    but: str
    left: bool
    right: bool


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """Return the words of all hints.

    >>> [pattern for pattern in patterns() if pattern.but or pattern.left]
    ... # doctest: +NORMALIZE_WHITESPACE
    [Pattern(bit=1, word='post', but='er', left=False, right=False),
     Pattern(bit=13, word='ad', but='', left=True, right=True),
     Pattern(bit=13, word='ads', but='', left=True, right=True)]
    """
    found = []
    for bit, words in enumerate(HINTS.values()):
        for written in words.split():
            word, _, but = written.strip("|").partition("!")
            found.append(Pattern(bit, word, but, written.startswith("|"), written.endswith("|")))
    return tuple(found)


_WORDY = "[a-z0-9_\\x80-\\U0010ffff]"


@lru_cache(maxsize=1)
def _expressions() -> tuple[re.Pattern[str], ...]:
    parts: list[list[str]] = [[] for _ in HINTS]
    for one in patterns():
        before = f"(?<!{_WORDY})" if one.left else ""
        after = f"(?!{_WORDY})" if one.right else f"(?!{one.but})" if one.but else ""
        parts[one.bit].append(before + re.escape(one.word) + after)
    return tuple(re.compile("|".join(part)) for part in parts)


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def hint_mask(attrs: str) -> int:
    """Return the hints that an element's class, id, role and itemprop carry, one bit each: the reference.

    >>> [name for bit, name in enumerate(HINTS) if hint_mask("Site-Footer ads") >> bit & 1]
    ['foot', 'ad']
    """
    low = attrs.translate(_ASCII_LOWER)
    return sum(1 << bit for bit, expression in enumerate(_expressions()) if expression.search(low))
