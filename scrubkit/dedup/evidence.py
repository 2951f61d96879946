"""What two texts have in common, for a reader: aligned sentences, shared numbers, names and quotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

__all__ = ["evidence_of", "sentences"]

_END = re.compile(r"(?<=[.!?…])[\"”’»)]*\s+|(?<=[。！？])|(?<=[؟۔।])\s*|\n+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"\w+")
_QUOTE = re.compile(r"[“„«「]([^“”„«»「」\n]{12,})[”“»」]|\"([^\"\n]{12,})\"")
_INSIDE = re.compile(r"(?<=[\w,;:] )[^\W\d_]\w+(?: [^\W\d_]\w+)*")

_MOST = 12
_ALIKE = 0.25


def sentences(text: str) -> list[str]:
    """Return the sentences of a text by its end marks, those of Chinese, Arabic and Hindi too.

    >>> sentences("One here. Two there!\\nThree")
    ['One here.', 'Two there!', 'Three']
    """
    return [part.strip() for part in _END.split(text) if part and part.strip()]


def _terms(sentence: str) -> Counter[str]:
    """Return the words of a sentence cut to five letters, or its pairs of characters where it has no spaces."""
    words = _WORD.findall(sentence.casefold())
    out: Counter[str] = Counter()
    for word in words:
        if len(word) > 1 and word[0] >= "\u2e80" and not "\uac00" <= word[0] <= "\ud7a3":
            out.update(word[i : i + 2] for i in range(len(word) - 1))
        else:
            out[word[:5]] += 1
    return out


def _likeness(x: Counter[str], y: Counter[str]) -> float:
    both = (x & y).total()
    return 2 * both / max(1, x.total() + y.total())


def _aligned(a: str, b: str) -> list[dict[str, Any]]:
    """Return the best partner of each sentence of ``a`` in ``b``, the most alike first."""
    left, right = sentences(a)[:400], sentences(b)[:400]
    terms = [_terms(sentence) for sentence in right]
    holders: dict[str, list[int]] = {}
    for at, bag in enumerate(terms):
        for term in bag:
            holders.setdefault(term, []).append(at)
    out: list[dict[str, Any]] = []
    for sentence in left:
        own = _terms(sentence)
        near: Counter[int] = Counter()
        for term in own:
            held = holders.get(term, ())
            if len(held) <= 20:
                near.update(held)
        ranked: list[tuple[float, int]] = [(_likeness(own, terms[at]), -at) for at, _ in near.most_common(8)]
        alike, best = max(ranked) if ranked else (0.0, 0)
        if alike >= _ALIKE and own.total() > 3:
            out.append({"a": sentence, "b": right[-best], "alike": round(alike, 3)})
    return sorted(out, key=lambda row: -row["alike"])[:_MOST]


def _common(x: Iterable[str], y: Iterable[str]) -> list[str]:
    held = set(y)
    return [value for value in dict.fromkeys(x) if value in held][:_MOST]


def _names(text: str) -> list[str]:
    """Return runs of capitalised words that do not open a sentence."""
    out: list[str] = []
    for match in _INSIDE.finditer(text):
        run: list[str] = []
        for word in [*match.group().split(" "), ""]:
            if word[:1].isupper():
                run.append(word)
            elif run:
                out.append(" ".join(run))
                run = []
    return out


def evidence_of(a: str, b: str) -> dict[str, Any]:
    """Return what speaks for a common origin of two texts.

    ``sentences``: pairs of sentences with the share of words they have in common; ``numbers`` of two digits and more;
    ``names``: capitalised words inside sentences (scripts with case); ``quotes``: passages in quotation marks.

    >>> evidence_of("We met Ada Lovelace at 10.30.", "At 10.30 we saw Ada Lovelace.")["names"]
    ['Ada Lovelace']
    """
    numbers = ([n for n in _NUMBER.findall(text) if len(n) > 1] for text in (a, b))
    names = (_names(text) for text in (a, b))
    quotes = ([x or y for x, y in _QUOTE.findall(text)] for text in (a, b))
    return {
        "sentences": _aligned(a, b),
        "numbers": _common(*numbers),
        "names": _common(*names),
        "quotes": _common(*quotes),
    }
