"""Which line of a flattened text is its title."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence

from scrubkit.core.patterns import lazily

__all__ = ["bare", "count_words", "find_title", "is_prose", "is_title_like"]

_MARK = lazily(r"^\s*(?:[•◦▪●*+–—·>-]+(?=\s)|#{1,6}(?=\s))\s*")
_UNSPACED = lazily("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_ENDED = lazily(r"""[.!?…。！？؟۔।።։]["'”’»“)\]›」』\s]*$""")
_WORD = lazily(r"\w+")
_CRUMBS = lazily(r"\s[>›»]\s")
_SHORTEST = 23  # characters of a dozen words with spaces between; where scripts are mixed fewer do
_LEAST = 6.5
_BODY = 25  # paragraphs below a line that are asked for its words


def bare(line: str) -> str:
    """Return a line without its list or heading mark."""
    mark = _MARK.match(line)
    return (line if mark is None else line[mark.end() :]).strip()


def count_words(line: str) -> int:
    """Return the number of words, two characters of scripts without spaces counted as one."""
    unspaced = 0 if line.isascii() else len(_UNSPACED.findall(line))
    return len(_UNSPACED.sub(" ", line).split()) + unspaced // 2 if unspaced else len(line.split())


def is_prose(line: str) -> bool:
    """Whether a line reads like running text: a dozen words and a sentence end, or thirty words."""
    if len(line) < 15 or (len(line) < _SHORTEST and line.isascii()):
        return False
    words = count_words(line)
    return words >= 30 or (words >= 12 and _ENDED.search(line[-12:]) is not None)


def is_title_like(line: str) -> bool:
    """Whether a line has the form of a title: 3 to 30 words, no list mark, no label, no lower-case beginning.

    >>> is_title_like("Harbour freezes overnight"), is_title_like("* Harbour news today"), is_title_like("Most read:")
    (True, False, False)
    """
    text = bare(line)
    if not text or len(text) > 250 or (text != line.strip() and not line.lstrip().startswith("#")):
        return False
    if len(text) < 12 and (text.isascii() or len(text) + 6 * len(_UNSPACED.findall(text)) < 12):
        return False
    words = count_words(text)
    closes = text[-1] == "»" and "«" in text
    if (
        not 3 <= words <= 30
        or (text[-1] in ":：,;>»|" and not closes)
        or _CRUMBS.search(text)
        or (text[-1] in ".。" and is_prose(text))
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
    body = _Body(rows, prose)
    signed = min(signatures, default=-1)
    best, most = None, _LEAST
    for row in candidates:
        at = bisect_right(prose, row)
        below = prose[at] - row if at < len(prose) else 99
        near = 0 < signed - row <= 4
        score = _form(rows, row) + 0.5 * (below <= 15) + 1.0 * (below <= 3 and row < 8)
        # A headline stands right above its byline and has no full stop; an item of a ticker higher up often has.
        place = 1.5 * (signed - row == 1) - 1.0 * rows[row].rstrip().endswith((".", "。"))
        passed = min(2.0, 1.0 * sum(p < row for p in prose[:2]))
        if score + 3.5 + 3.5 * near + place - passed <= most:
            continue  # whatever the other lines say of it, which costs most to find out
        score += 1.0 * (copies[rows[row]] > 1 or _stands_within(rows, row))
        share = _share_below(rows[row], body, at)
        score += 2.5 * share + 2.0 * near + 1.5 * (near and share >= 0.5)
        score += place
        score -= passed
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
    near = [other for other in rows[max(0, row - 40) : row + 10] if text in other]
    return any(len(other) < 300 and bare(other) != text for other in near)


class _Body:
    """The words of the paragraphs below a line, put together once for all lines above the same paragraph."""

    def __init__(self, rows: Sequence[str], prose: Sequence[int]) -> None:
        self._rows = rows
        self._prose = prose
        self._words: dict[int, set[str]] = {}
        self._below: tuple[int, set[str]] = (-1, set())

    def paragraphs(self, at: int) -> list[set[str]]:
        """Return the words of each of the paragraphs from number ``at`` on that are asked."""
        for row in self._prose[at : at + _BODY]:
            if row not in self._words:
                self._words[row] = set(_WORD.findall(self._rows[row].casefold()))
        return [self._words[row] for row in self._prose[at : at + _BODY]]

    def words(self, at: int) -> set[str]:
        """Return all of them together."""
        if self._below[0] != at:
            self._below = (at, set().union(*self.paragraphs(at)))
        return self._below[1]


def _share_below(line: str, body: _Body, at: int) -> float:
    """Return the share of a line's longer words that the next paragraphs hold too."""
    own = [word for word in _WORD.findall(line.casefold()) if len(word) > 3]
    if not own:
        return 0.0
    if _UNSPACED.search(line):
        return _share_of_pairs(line, body, at)
    below = body.words(at)
    return sum(word in below for word in own) / len(own)


def _share_of_pairs(line: str, body: _Body, at: int) -> float:
    """Return the same for scripts without spaces, where two neighbouring characters stand for a word."""
    below = " ".join(word for words in body.paragraphs(at) for word in sorted(words))
    text = "".join(_UNSPACED.findall(line))
    pairs = [text[i : i + 2] for i in range(len(text) - 1)]
    return sum(pair in below for pair in pairs) / max(1, len(pairs))
