"""A byte that was lost on the way and that only one character explains: the closing quote.

windows-1252 leaves five bytes open. Read strictly, UTF-8 loses them: most are the ends of letters, of which several
would fit, and no letter is guessed here. But ``â€`` and a lost byte is one of ``”``, a hyphen, a joiner, a
direction mark or an em quad (U+201D, U+2010, U+200D, U+200F, U+2001). In a script without joiners and direction marks
only the first of them can stand at the end of a word where a quotation is open, behind a full stop or comma, or twice
about words. The byte may have left U+FFFD or nothing at all; ftfy makes U+FFFD of the first, and a dagger of the second
with the space behind it.
"""

from __future__ import annotations

from scrubkit.core.patterns import lazily
from scrubkit.ingest.repair_sparse import stretches

__all__ = ["MARK", "WHOLE", "closed_quotes"]

MARK = "â€"
WHOLE = "â€\x9d"

# Quotes, whole or as windows-1252 shows them: “ opens, or closes what „ opened; then ” whose last byte was lost.
_QUOTES = lazily("(â€œ|“)|(â€ž|„)|(”)|(â€\ufffd)|â€(?![?\x80-\U0010ffff])")
_ENDS = (".", ",", "!", "?")
_HIGH, _LOW, _CLOSED, _MARKED = 1, 2, 3, 4
# The first bytes of Hebrew, Arabic and the scripts of India, as windows-1252 shows them.
_OTHER_SCRIPT = lazily("[×ØÙÚÛÜÝÞß][^\x00-\x7f]|à[¤-ÿ]")


def closed_quotes(line: str) -> str:
    r"""Return the line with the byte given back that closes a quotation; what else was lost stays lost.

    >>> lost = "\ufffd"
    >>> closed_quotes(f"â€œNo,â€{lost} he said.") == "â€œNo,â€\x9d he said."
    True
    >>> closed_quotes(f"Noâ€{lost} he said.") == f"Noâ€{lost} he said."
    True
    """
    near = stretches(line)
    if any(_OTHER_SCRIPT.search(line, start, end) for start, end in near):
        return line
    lost: list[tuple[int, int]] = []
    opened, first = 0, None
    for found in (mark for span in near for mark in _QUOTES.finditer(line, *span)):
        start, end = found.span()
        before, after = line[start - 1 : start], line[end : end + 1]
        if found.lastindex in (_HIGH, _LOW, _CLOSED):
            closes = found.lastindex == _CLOSED or (found.lastindex == _HIGH and opened == _LOW)
            opened, first = 0 if closes else found.lastindex, None
        elif (opened or first or before in _ENDS) and before.strip() and not after.isalnum():
            lost += [(start, end)] if first is None else [first, (start, end)]
            opened, first = 0, None
        elif not opened and found.lastindex == _MARKED and not before.strip(" ([") and after.isalnum():
            opened, first = 0, (start, end)  # ”so” in Swedish, Finnish, Estonian: one at the head, one at the end
    return _put(line, lost)


def _put(line: str, lost: list[tuple[int, int]]) -> str:
    out, at = [], 0
    for start, end in lost:
        out += [line[at:start], WHOLE]
        at = end
    return "".join((*out, line[at:]))
