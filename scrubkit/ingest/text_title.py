"""Which line of a flattened text is its title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

__all__ = ["bare", "count_words", "find_title", "is_prose", "is_title_like"]

_MARK = re.compile(r"^\s*(?:[•◦▪●*+–—·>-]+(?=\s)|#{1,6}(?=\s))\s*")
_UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_ENDED = re.compile(r"""[.!?…。！？؟۔।።։]["'”’»“)\]›」』\s]*$""")
_WORD = re.compile(r"\w+")
_CRUMBS = re.compile(r"\s[>›»]\s")
_LEAST = 6.5
_BODY = 25  # paragraphs below a line that are asked for its words


def bare(line: str) -> str:
    """Return a line without its list or heading mark."""
    return _MARK.sub("", line).strip()


def count_words(line: str) -> int:
    """Return the number of words, two characters of scripts without spaces counted as one."""
    unspaced = 0 if line.isascii() else len(_UNSPACED.findall(line))
    return len(_UNSPACED.sub(" ", line).split()) + unspaced // 2 if unspaced else len(line.split())


def is_prose(line: str) -> bool:
    """Whether a line reads like running text: a dozen words and a sentence end, or thirty words."""
    words = count_words(line)
    return words >= 30 or (words >= 12 and _ENDED.search(line[-12:]) is not None)


def is_title_like(line: str) -> bool:
    """Whether a line has the form of a title: 3 to 30 words, no list mark, no label, no lower-case beginning.

    >>> is_title_like("Harbour freezes overnight"), is_title_like("* Harbour news today"), is_title_like("Most read:")
    (True, False, False)
    """
    text = bare(line)
    marked = text != line.strip() and not line.lstrip().startswith("#")
    if marked or not text or len(text) + 6 * len(_UNSPACED.findall(text[:40])) < 12 or len(text) > 250:
        return False
    words = count_words(text)
    closes = text[-1] == "»" and "«" in text
    if (
        not 3 <= words <= 30
        or (text[-1] in ":：,;>»|" and not closes)
        or _CRUMBS.search(text)
        or (is_prose(text) and text[-1] in ".。")
    ):
        return False
    return sum(map(str.isdigit, text)) * 3 < len(text) and not text[0].islower()


def find_title(rows: Sequence[str], prose: Sequence[int], limit: int, signatures: Collection[int]) -> int | None:
    """Return the row of the title, ``None`` where no line above ``limit`` gives enough evidence.

    Evidence is additive: its words come back in the paragraphs below, bylines or dates follow it, it stands more
    than once, it is long enough for a sentence and short enough for a headline, it comes early. The weights are
    those of a logistic regression over the candidate lines of development pages, rounded.
    """
    candidates = [row for row in range(limit) if row not in signatures and is_title_like(rows[row])]
    if not candidates:
        return None
    copies = Counter(rows[:limit])
    words = {row: set(_WORD.findall(rows[row].casefold())) for row in prose}
    signed = min(signatures, default=-1)
    best, most = None, _LEAST
    for row in candidates:
        below = next((p - row for p in prose if p > row), 99)
        score = _form(rows, row) + 0.5 * (below <= 15) + 1.0 * (below <= 3 and row < 8)
        score += 1.0 * (copies[rows[row]] > 1 or _stands_within(rows, row))
        share = _share_below(rows[row], row, prose, words)
        near = 0 < signed - row <= 4
        score += 2.5 * share + 2.0 * near + 1.5 * (near and share >= 0.5)
        # A headline stands right above its byline and has no full stop; an item of a ticker higher up often has.
        score += 1.5 * (signed - row == 1) - 1.0 * rows[row].rstrip().endswith((".", "。"))
        score -= min(2.0, 1.0 * sum(p < row for p in prose[:2]))
        if score > most:
            best, most = row, score
    return best


def _form(rows: Sequence[str], row: int) -> float:
    words = count_words(rows[row])
    return 1.5 * (words >= 5) + 1.5 * (words <= 18) + 1.0 * (words >= 8) + 1.0 * (row < 5)


def _stands_within(rows: Sequence[str], row: int) -> bool:
    """Whether a breadcrumb or the page's full title nearby holds the line: ``Home > News > Harbour freezes``."""
    text = bare(rows[row])
    if len(text) < 16:
        return False
    return any(text in other and bare(other) != text for other in rows[max(0, row - 40) : row + 10] if len(other) < 300)


def _share_below(line: str, row: int, prose: Sequence[int], words: dict[int, set[str]]) -> float:
    """Return the share of a line's longer words that the next paragraphs hold too."""
    own = [word for word in _WORD.findall(line.casefold()) if len(word) > 3]
    if not own:
        return 0.0
    if _UNSPACED.search(line):
        return _share_of_pairs(line, row, prose, words)
    below = set().union(*[words[p] for p in prose if p > row][:_BODY])
    return sum(word in below for word in own) / len(own)


def _share_of_pairs(line: str, row: int, prose: Sequence[int], words: dict[int, set[str]]) -> float:
    """Return the same for scripts without spaces, where two neighbouring characters stand for a word."""
    below = " ".join(word for p in [p for p in prose if p > row][:_BODY] for word in sorted(words[p]))
    text = "".join(_UNSPACED.findall(line))
    pairs = [text[i : i + 2] for i in range(len(text) - 1)]
    return sum(pair in below for pair in pairs) / max(1, len(pairs))
