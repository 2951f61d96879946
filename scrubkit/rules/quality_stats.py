"""What the quality rules ask of a cleaned text: lines, paragraphs, words, repetition, each computed once.

Words are what white space parts, as in Gopher, so that vowel signs do not break a word into pieces; scripts
written without spaces count one word for two characters. Blank lines are no lines: they never count in a ratio.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from scrubkit.core.patterns import lazily

__all__ = ["TextStats", "count_words", "duplicates", "prose_words", "shown", "width"]

# Scripts written without spaces between words: Thai, Lao, Tibetan, Burmese, Khmer, Tai, Balinese and Javanese,
# kana, bopomofo and Han in all its blocks, Yi.
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u1aaf\u1b00-\u1b7f\u3005-\u3007\u3040-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua980-\ua9df\uaa00-\uaadf\uf900-\ufaff\U0001b000-\U0001b16f"
    "\U00020000-\U0003ffff"
)
_UNSPACED_CHAR = lazily(f"[{_UNSPACED}]")
_UNSPACED_RUN = lazily(f"[{_UNSPACED}]+")
# Of these, the ones whose sentences end in a space or nothing: a rule on full stops cannot judge them.
_NO_FULL_STOP = lazily("[\u0e00-\u0eff\u1950-\u1aaf\ua980-\ua9df\uaa00-\uaadf]")
_HANGUL = lazily("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]")
# The Ethiopic word mark parts words as a space does.
_TOKEN = lazily(rf"[{_UNSPACED}]|[^\s፡{_UNSPACED}]+")
_PARTED = lazily(f"[፡{_UNSPACED}]")
# Characters that make up a word, about: Han, kana (whose text is part Han), the scripts of South East Asia and Tibet.
_KANA = lazily("[\u3040-\u30ff]")
_SYLLABIC = lazily("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u1aaf\u1b00-\u1b7f\ua980-\uaadf]")

# Marks that end a sentence, in any script: Latin, CJK (full and half width), Arabic and Urdu, Devanagari and its
# kin, Armenian, Ethiopic, Burmese, Khmer, Tibetan, Mongolian, Ol Chiki, Meetei, N'Ko.
_STOPS = ".!?…。！？．｡؟۔।॥։።፧፨၊။។៕།༎᠃᠉᱾᱿꯫߹⁇⁈⁉‼‽"
# What may follow such a mark at the end of a line: closing quotes and brackets of any script, notes, dashes.
_CLOSERS = "\"'”’»›“‘)\\]}〉》」』】）］〟*†‡\u200b\u200e\u200f"
_ENDS_SENTENCE = lazily(rf"(?:[{_STOPS}]|፡፡|::)(?:[{_CLOSERS}\s\d]|\[\w+\])*$")
_ENDS_QUOTED = lazily(r"[\w)][”»」』》\"]$")
_SENTENCE = lazily(rf"(?:[{_STOPS}]+|፡፡|::)[{_CLOSERS}]*(?=\s|፡|$)|[。！？｡။។།።]+[{_CLOSERS}]*")
_PARAGRAPH = lazily(r"\n\s*\n")
_PUNCTUATION = frozenset("«»“”„‟‘’‚‹›\"'–—‒―-−:;!?.,()[]؛،؟¿¡/&।။")


def width(text: str) -> int:
    """Return the length of a text with characters of scripts without spaces counted twice, Hangul too.

    >>> width("rain"), width("大雨"), width("비")
    (4, 4, 2)
    """
    if text.isascii():
        return len(text)
    return len(text) + len(_UNSPACED_CHAR.findall(text)) + len(_HANGUL.findall(text))


def shown(text: str) -> int:
    """Return the number of characters that are no white space.

    >>> shown("Rain fell.\\n\u3000\u96e8")
    10
    """
    if not text.isascii():
        return len("".join(text.split()))
    return len(text) - sum(map(text.count, _BLANKS))


_BLANKS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f "


def count_words(text: str) -> int:
    """Return the number of words: what white space parts, or half the characters of scripts without spaces.

    Tokens of punctuation alone (a dash between spaces, French quotation marks) are no words.

    >>> count_words("Rain – and «\u202fwind\u202f»"), count_words("今日は良い天気です"), count_words("हिन्दी में")
    (3, 5, 2)
    """
    return _count(_tokens(text))


def _tokens(text: str) -> list[str]:
    # Most texts are in scripts with spaces: they are split at C's speed, at the same white space as the pattern's.
    if text.isascii() or not _PARTED.search(text):
        return text.split()
    return _TOKEN.findall(text)


def _count(tokens: Sequence[str]) -> int:
    unspaced = others = 0
    for token in tokens:
        if len(token) == 1 and _UNSPACED_CHAR.match(token):
            unspaced += 1
        elif token[0] not in _PUNCTUATION or not _PUNCTUATION.issuperset(token):
            others += 1
    return others + (unspaced + 1) // 2


@dataclass(frozen=True)
class TextStats:
    r"""A cleaned text as quality rules see it.

    >>> stats = TextStats("Weather\n\nRain fell again.\nThe wind blew.\n")
    >>> stats.lines, len(stats.paragraphs), stats.words, stats.sentences
    (['Weather', 'Rain fell again.', 'The wind blew.'], 2, 7, 2)
    """

    text: str

    @cached_property
    def lines(self) -> list[str]:
        """Lines that are not blank, without white space at their ends."""
        return [line for raw in self.text.split("\n") if (line := raw.strip())]

    @cached_property
    def paragraphs(self) -> list[str]:
        """Runs of lines between blank lines; the lines themselves where a text has no blank line."""
        parts = [part for raw in _PARAGRAPH.split(self.text) if (part := raw.strip())]
        return parts if len(parts) > 1 else self.lines

    @cached_property
    def tokens(self) -> list[str]:
        """What white space parts; each character of a script without spaces by itself."""
        return _tokens(self.text)

    @cached_property
    def words(self) -> int:
        """Number of words, see :func:`count_words`."""
        return _count(self.tokens)

    @cached_property
    def spaced(self) -> list[str]:
        """The words of scripts with spaces, punctuation alone left out."""
        return [t for t in self.tokens if not _PUNCTUATION.issuperset(t) and not _UNSPACED_CHAR.match(t)]

    @cached_property
    def is_unspaced(self) -> bool:
        """Whether most of the text is in scripts written without spaces."""
        return 2 * sum(map(len, self.spaced)) < sum(map(len, _UNSPACED_RUN.findall(self.text)))

    @cached_property
    def has_full_stops(self) -> bool:
        """Whether the text's script ends sentences with a mark (Thai and Lao do not)."""
        return 4 * len(_NO_FULL_STOP.findall(self.text)) < width(self.text)

    @cached_property
    def mean_word_length(self) -> float:
        """Mean code points a word, a Hangul syllable counted as two; nan for scripts without spaces."""
        if self.is_unspaced or not self.spaced:
            return float("nan")
        syllables = 0 if self.text.isascii() else len(_HANGUL.findall(self.text))
        return (sum(map(len, self.spaced)) + syllables) / len(self.spaced)

    @cached_property
    def chars_per_word(self) -> int:
        """How many tokens make a word: 1 with spaces, 2 for Han, 3 for Japanese, 5 for Thai and its neighbours."""
        if not self.is_unspaced:
            return 1
        half = sum(map(len, _UNSPACED_RUN.findall(self.text))) / 2
        if len(_SYLLABIC.findall(self.text)) > half:
            return 5
        return 3 if len(_KANA.findall(self.text)) > half / 2 else 2

    @cached_property
    def sentences(self) -> int:
        """Number of sentence ends in lines of more than two words."""
        return sum(len(_SENTENCE.findall(line)) for line in self.lines if count_words(line) > 2)

    @cached_property
    def ended_share(self) -> float:
        """Share of lines that end as sentences do, or of paragraphs where that is more and lines are hard-wrapped."""
        paragraphs = self.paragraphs
        if len(paragraphs) == len(self.lines) and self._is_wrapped:
            paragraphs = [self.text.strip()]
        return max(_ended(self.lines), _ended(paragraphs))

    @cached_property
    def _is_wrapped(self) -> bool:
        """Whether nearly all lines are of one width, as a program that wraps text leaves them."""
        inner = self.lines[:-1]
        return len(inner) > 1 and sum(50 <= width(line) <= 110 for line in inner) >= 0.9 * len(inner)

    def share_of_lines(self, pattern: re.Pattern[str]) -> float:
        """Return the share of lines in which a pattern is found."""
        return sum(1 for line in self.lines if pattern.search(line)) / max(1, len(self.lines))


def _ended(units: Sequence[str]) -> float:
    ends = sum(1 for unit in units if _ENDS_SENTENCE.search(unit[-16:]) or _ENDS_QUOTED.search(unit[-2:]))
    return ends / max(1, len(units))


def duplicates(units: Sequence[str]) -> tuple[float, float]:
    """Return which share of units, and of their characters, are second or later copies.

    A single repeat in a text is forgiven: a headline that stands twice says nothing of a text's worth.

    >>> duplicates(["a", "bb", "a"]), duplicates(["a", "bb", "a", "a"])
    ((0.0, 0.0), (0.5, 0.4))
    """
    counts = Counter(units)
    copies = len(units) - len(counts)
    if copies < 2:
        return 0.0, 0.0
    chars = sum(len(unit) * (n - 1) for unit, n in counts.items())
    return copies / len(units), chars / max(1, sum(map(len, units)))


def prose_words(text: str) -> int:
    """Return the words in lines that read like running text: a dozen words or more, ended as a sentence ends.

    >>> prose_words("Home\\nNews\\nRain fell all week and the river rose by a metre in one single night.\\n")
    15
    """
    total = 0
    for raw in text.split("\n"):
        line = raw.strip()
        if len(line) >= 20 and _ENDS_SENTENCE.search(line[-16:]):
            words = count_words(line)
            total += words if words >= 12 else 0
    return total
