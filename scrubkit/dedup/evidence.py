"""What two texts have in common, for a reader: aligned sentences, shared numbers, names and quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from scrubkit.core.patterns import lazily

__all__ = ["evidence_of", "sentences"]

# Marks that belong to the word before them; Python's \\w leaves them out, and with it most words of India in pieces.
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    "\u0962\u0963\u0981-\u0983\u09bc-\u09d7\u09e2\u09e3\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a75\u0a81-\u0a83\u0abc-\u0acd"
    "\u0ae2\u0ae3\u0b01-\u0b03\u0b3c-\u0b57\u0b62\u0b63\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c62\u0c63"
    "\u0c81-\u0c83\u0cbc-\u0cd6\u0ce2\u0ce3\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d62\u0d63\u0d81-\u0d83\u0dca-\u0ddf\u0df2\u0df3"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u200c\u200d"
)
_END = lazily(r"(?<=[.!?…])[\"”’»)]*\s+|(?<=[。！？])[」』”]*|(?<=[؟۔।॥።၊။។])\s*|\n+")
_NUMBER = lazily(r"\d+(?:[.,:٫٬]\d+)*")
_WORD = lazily(rf"\w[\w{_MARKS}]*")
_QUOTE = lazily(
    r"[“„«]([^“”„«»\n]{12,})[”“»]|「([^「」\n]{6,})」|『([^『』\n]{6,})』|\"([^\"\n]{12,})\"|''([^'\n]{12,})''"
)
# Names: capitalised words inside a sentence, words of Katakana, and works between the marks for titles.
_INSIDE = lazily(r"(?<=[\w,;:] )[^\W\d_]\w+(?: [^\W\d_]\w+)*")
_TITLES = lazily(r"[ァ-ヴー]{2}[ァ-ヴー・]*[ァ-ヴー]|《([^《》\n]{2,40})》")

_MOST = 12
_ALIKE = 0.25
_SENTENCES = 400
# A text without end marks is one sentence; what is shown of it has this many characters at most.
_SHOWN = 300
_ONE_BY_ONE = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u2e80", "\uabff"),
    ("\uf900", "\uffef"),
)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text by its end marks, those of Chinese, Arabic and Hindi too.

    >>> sentences("One here. Two there!\\nThree")
    ['One here.', 'Two there!', 'Three']
    """
    return [part.strip() for part in _END.split(text) if part and part.strip()]


def _terms(sentence: str) -> Counter[str]:
    """Return the words of a sentence cut to five letters, or its pairs of characters where it has no spaces."""
    out: Counter[str] = Counter()
    for word in _WORD.findall(sentence.casefold()):
        if len(word) > 1 and any(low <= word[0] <= high for low, high in _ONE_BY_ONE):
            out.update(word[i : i + 2] for i in range(len(word) - 1))
        else:
            out[word[:5]] += 1
    return out


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 2]} …"


def _folded_digits(number: str) -> str:
    """Return a number with the digits and marks of ASCII, in which numbers of two texts are compared.

    >>> _folded_digits("१२٫५")
    '12.5'
    """
    return "".join(str(int(c)) if c.isdigit() else {"٫": ".", "٬": ","}.get(c, c) for c in number)


def _likeness(x: Counter[str], y: Counter[str]) -> float:
    both = (x & y).total()
    return 2 * both / max(1, x.total() + y.total())


def _aligned(a: str, b: str) -> list[dict[str, Any]]:
    """Return the best partner of each sentence of ``a`` in ``b``, the most alike first."""
    left, right = sentences(a)[:_SENTENCES], sentences(b)[:_SENTENCES]
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
            out.append({"a": _shown(sentence), "b": _shown(right[-best]), "alike": round(alike, 3)})
    return sorted(out, key=lambda row: -row["alike"])[:_MOST]


def _common(x: Iterable[str], y: Iterable[str]) -> list[str]:
    held = set(y)
    return [_shown(value) for value in dict.fromkeys(x) if value in held][:_MOST]


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
    """Return what speaks for a common origin of two texts: the same for the same texts, of bounded size.

    ``sentences``: pairs of sentences with the share of words (of characters by twos in scripts without spaces) they
    have in common, the most alike first; ``numbers`` of two digits and more, in ASCII digits; ``names``: capitalised
    words inside sentences, words in Katakana, titles of works between 《 and 》 (scripts without case have no other
    mark of a name); ``quotes``: passages in quotation marks. Of each list the first twelve, of each entry three
    hundred characters; of a text the first four hundred sentences are aligned.

    >>> evidence_of("We met Ada Lovelace at 10.30.", "At 10.30 we saw Ada Lovelace.")["names"]
    ['Ada Lovelace']
    """
    numbers = ([_folded_digits(n) for n in _NUMBER.findall(text) if len(n) > 1] for text in (a, b))
    names = ([*_names(text), *(m.group(1) or m.group() for m in _TITLES.finditer(text))] for text in (a, b))
    quotes = ([next(filter(None, found)) for found in _QUOTE.findall(text)] for text in (a, b))
    return {
        "sentences": _aligned(a, b),
        "numbers": _common(*numbers),
        "names": _common(*names),
        "quotes": _common(*quotes),
    }
