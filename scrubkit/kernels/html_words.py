"""Words of a block for the features: counted so that a script without spaces is not one long word.

Plain reference of the scanner in ``_features.pyx``. A word is a run of letters, digits and underscores; combining
marks belong to the word they follow, so that Indic, Arabic and Hebrew words stay whole. A run of a script that
writes no spaces between words (Han, kana, Thai, Lao, Khmer, Myanmar) counts as one word per two characters and is
compared by its overlapping pairs of characters.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["TERMINAL", "BlockWords", "scan", "tokens"]

_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0971-\u0dff\u200c\u200d"
)
_TOKEN = re.compile(rf"([{_UNSPACED}]+)|(?:(?![{_UNSPACED}])\w[{_MARKS}]*)+")
TERMINAL = frozenset('.!?:;"\u2026\u201d\u00bb\u0964\u061f\u06d4\u3002\uff01\uff1f\u17d4\u104b')
"""Characters that end a sentence, or what stands after one."""
_MONEY = re.compile(r"[$\u00a2-\u00a5\u20a0-\u20cf][^\S\n]?[0-9]|[0-9][^\S\n]?[$\u00a2-\u00a5\u20a0-\u20cf]")
_DATE = re.compile(r"(?<![0-9])(?:(?:19|20)[0-9][0-9](?![0-9])|[0-9]{1,2}[:/.\-][0-9])")
_DATE_CHARS = 200  # of a block, in which a date is looked for


class _Lower(dict[int, str]):
    """One character to one character, so that positions and lengths stay as they are."""

    def __missing__(self, code: int) -> str:
        self[code] = low = chr(code).lower()[0]
        return low


_LOWER = _Lower()


class BlockWords(NamedTuple):
    """Counts of one block; ``in_title`` is the share of its words in the title, ``key`` its text for comparison."""

    words: int
    in_title: float
    terminal: bool
    money: bool
    date: bool
    chars: int
    key: str


def tokens(text: str) -> list[str]:
    """Return the lower-case words of a text in order; of unspaced runs the overlapping pairs.

    >>> tokens("Don't 東京都")
    ['don', 't', '東京', '京都']
    """
    found: list[str] = []
    for match in _TOKEN.finditer(text.translate(_LOWER)):
        run = match.group()
        if match.group(1) is None or len(run) == 1:
            found.append(run)
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
    return found


def scan(text: str, title: frozenset[str]) -> BlockWords:
    """Return the counts of one block's text, its separator left out.

    ``in_title`` is the share of its words (pairs, where unspaced) that stand in ``title``; ``key`` equals for equal
    texts, case and white space aside.

    >>> scan("Price: $5.", frozenset({"price"}))[:5]
    (2, 0.5, True, True, False)
    """
    words = 0
    for match in _TOKEN.finditer(text):
        words += 1 if match.group(1) is None else (len(match.group()) + 1) // 2
    known = tokens(text)
    low = text.translate(_LOWER)
    return BlockWords(
        words=words,
        in_title=sum(word in title for word in known) / len(known) if known else 0.0,
        terminal=text[-1:] in TERMINAL if text else False,
        money=_MONEY.search(text) is not None,
        date=_DATE.search(text[:_DATE_CHARS]) is not None,
        chars=len(text),
        key="".join(low.split()),
    )
