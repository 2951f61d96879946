"""Near duplicates in many languages and scripts: what is found of copies of every kind, and what is wrongly joined.

Documents are made: runs of real words of a language (of characters, where it writes no spaces) with invented names and
numbers, so that their words are the language's own and no two say the same. Of each original there are copies: in
other lines, with every twentieth word changed, abridged, in another order of paragraphs, brought up to date, with
some numbers changed, with every third or every second word replaced, with every fifth word dropped, with neighbours
swapped, with letters misread. Beside them stand pages of one template with other names and numbers, documents on the
same topic, and documents that quote two sentences of another. Nothing here was trained on. Replaced words are drawn
from the language by chance: there are no synonyms in it, and a real rewrite keeps more of the word order and less of
the function words.

Recall: share of the copies that are in one cluster with their original. Precision: share of the pairs within clusters
that are of one origin. The first table has each language alone (about 190 documents), the second all in one run.

usage: python benchmarks/dedup_languages.py --bench FOLDER [--languages en,zh,…] [--originals 12] [--failures]
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from scrubkit.dedup import find_duplicates

LANGUAGES = (
    "en,de,fr,es,pt,it,nl,sv,pl,cs,ru,uk,bg,el,tr,az,fi,et,hu,eu,vi,id,sw,am,ar,fa,he,ur,hi,bn,ta,te,ml,si,ka,hy,ko,"
    "ja,zh,th,lo,km,my,bo"
)
UNSPACED = {"ja": 2, "zh": 2, "th": 4, "lo": 4, "km": 4, "my": 4}
"""Languages written without spaces, and how many characters (with their marks) stand for a word there."""

END = {"zh": "。", "ja": "。", "hi": "।", "bn": "।", "am": "።", "my": "။", "km": "។", "hy": "։", "ur": "۔", "bo": "།"}
DIGITS = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "hi": "०१२३४५६७८९", "bn": "০১২৩৪৫৬৭৮৯", "my": "၀၁၂၃၄၅၆၇၈၉"}
SENTENCE, PARAGRAPH = 14, 3

Sentences = list[list[str]]


@dataclass
class Maker:
    """Makes documents of a language from its words, written with ``glue`` between them."""

    language: str
    words: list[str]
    rng: random.Random
    glue: str = " "
    names: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, language: str, texts: Sequence[str], seed: int) -> Maker:
        """Return the maker for a language by texts in it."""
        rng = random.Random(f"{language} {seed}")
        if width := UNSPACED.get(language):
            marked = _characters(re.sub(r"[\d\s.,;:!?。、，！？：；()「」]+", "", "".join(texts)))
            return cls(language, ["".join(marked[at : at + width]) for at in range(0, len(marked), width)], rng, "")
        between = r"[\s་།]+" if language == "bo" else r"[\s፡]+"
        words = [
            bare for text in texts for word in re.split(between, text) if (bare := word.strip(".,;:!?()«»\"'।።؟،-"))
        ]
        return cls(language, words, rng, "་" if language == "bo" else " ")

    def name(self) -> str:
        """Return an invented name: the head of one word and the tail of another."""
        if self.glue != " ":
            return self.rng.choice(self.words) + self.glue + self.rng.choice(self.words)[::-1]
        x, y = (self.rng.choice([word for word in self.rng.choices(self.words, k=30) if len(word) > 3]) for _ in "ab")
        return (x[: len(x) // 2 + 1] + y[len(y) // 2 :]).capitalize()

    def number(self) -> str:
        """Return a number, in half of the cases in the language's own digits."""
        plain = str(self.rng.randint(11, 9999))
        digits = DIGITS.get(self.language)
        return "".join(digits[int(c)] for c in plain) if digits and self.rng.random() < 0.5 else plain

    def sentences(self, count: int, start: int | None = None) -> Sentences:
        """Return sentences of short runs of words; with ``start`` the runs are from one place of the language."""
        out = []
        names = [self.name() for _ in range(4)]
        for _ in range(count):
            words: list[str] = []
            while len(words) < SENTENCE:
                width = self.rng.randint(1, 4)
                at = self.rng.randrange(len(self.words)) if start is None else start + self.rng.randrange(200)
                words += self.words[at % len(self.words) :][:width]
            words[self.rng.randrange(2, len(words) - 2)] = self.rng.choice(names)
            if self.rng.random() < 0.6:
                words.insert(self.rng.randrange(2, len(words) - 1), self.number())
            out.append(words)
        return out

    def text(self, sentences: Sentences) -> str:
        """Return sentences as a text in paragraphs."""
        end = END.get(self.language, ".")
        lines = [self.glue.join(sentence) + end for sentence in sentences]
        space = "" if self.language in UNSPACED else " "
        return "\n".join(space.join(lines[at : at + PARAGRAPH]) for at in range(0, len(lines), PARAGRAPH))

    def replaced(self, sentences: Sentences, share: float) -> Sentences:
        """Return sentences with a share of their words, no names or numbers, replaced by words of the language."""
        return [
            [self.rng.choice(self.words) if self.rng.random() < share and not self.fixed(word) else word for word in s]
            for s in sentences
        ]

    def fixed(self, word: str) -> bool:
        """Return whether a word is a number, or looks like a name."""
        return any(c.isdigit() for c in word) or word[:1].isupper() or len(word) > 2 * UNSPACED.get(self.language, 99)


def _characters(text: str) -> list[str]:
    """Return the characters of a text, each with the marks on it."""
    out: list[str] = []
    for char in text:
        if out and unicodedata.category(char).startswith("M"):
            out[-1] += char
        else:
            out.append(char)
    return out


def lines_moved(maker: Maker, original: Sentences) -> str:
    text = maker.text(original)
    return re.sub(r"\n", "" if maker.language in UNSPACED else " ", text).upper()


def abridged(maker: Maker, original: Sentences) -> str:
    return maker.text(original[: len(original) * 6 // 10])


def shuffled(maker: Maker, original: Sentences) -> str:
    parts = [original[at : at + PARAGRAPH] for at in range(0, len(original), PARAGRAPH)]
    return maker.text([sentence for part in parts[::-1] for sentence in part])


def updated(maker: Maker, original: Sentences) -> str:
    kept = original[: len(original) * 3 // 4]
    return maker.text([*maker.sentences(2), *kept, *maker.sentences(2)])


def renumbered(maker: Maker, original: Sentences) -> str:
    left = 2
    out = []
    for sentence in original:
        words = list(sentence)
        for at, word in enumerate(words):
            if left and any(c.isdigit() for c in word):
                words[at] = maker.number()
                left -= 1
        out.append(words)
    return maker.text(out)


def dropped(maker: Maker, original: Sentences) -> str:
    return maker.text([[w for w in s if maker.rng.random() > 0.2 or maker.fixed(w)] for s in original])


def swapped(maker: Maker, original: Sentences) -> str:
    out = []
    for sentence in original:
        words, at = list(sentence), 0
        while at < len(words) - 1:
            if maker.rng.random() < 0.3:
                words[at], words[at + 1] = words[at + 1], words[at]
                at += 1
            at += 1
        out.append(words)
    return maker.text(out)


def misread(maker: Maker, original: Sentences) -> str:
    letters = list(maker.text(original))
    alphabet = [c for word in maker.words[:400] for c in word]
    for at, letter in enumerate(letters):
        if letter.isalpha() and maker.rng.random() < 0.03:
            letters[at] = maker.rng.choice(alphabet)
    return "".join(letters)


COPIES: dict[str, Callable[[Maker, Sentences], str]] = {
    "lines": lines_moved,
    "edit5": lambda maker, text: maker.text(maker.replaced(text, 0.05)),
    "abridged": abridged,
    "shuffled": shuffled,
    "updated": updated,
    "numbers": renumbered,
    "replace30": lambda maker, text: maker.text(maker.replaced(text, 0.3)),
    "replace50": lambda maker, text: maker.text(maker.replaced(text, 0.5)),
    "drop20": dropped,
    "swap30": swapped,
    "ocr3": misread,
}


@dataclass
class Made:
    """A document: its text, what it was made from (a number of its own for an original), and how."""

    text: str
    origin: tuple[str, int]
    kind: str


def documents(maker: Maker, originals: int) -> list[Made]:
    out: list[Made] = []
    language = maker.language

    def put(text: str, origin: int, kind: str) -> None:
        out.append(Made(text, (language, origin), kind))

    for at in range(originals):
        original = maker.sentences(maker.rng.randint(10, 18))
        put(maker.text(original), at, "original")
        for kind, copy in COPIES.items():
            put(copy(maker, original), at, kind)
        quoting = maker.sentences(10)
        quoting[4:4] = original[2:4]
        put(maker.text(quoting), 1000 + at, "quoting")
    start = maker.rng.randrange(len(maker.words))
    for at in range(originals):
        put(maker.text(maker.sentences(10, start)), 2000 + at, "same topic")
    for template in range(3):
        frame = maker.sentences(5)
        for at in range(6):
            filled = [list(sentence) for sentence in frame]
            for sentence in filled:
                for _ in range(2):
                    sentence[maker.rng.randrange(len(sentence))] = maker.name()
                sentence[maker.rng.randrange(len(sentence))] = maker.number()
            put(maker.text(filled), 3000 + 10 * template + at, "template")
    return out


def score(made: Sequence[Made], labels: Sequence[int]) -> tuple[dict[str, tuple[int, int]], dict[str, int], int]:
    """Return recall by kind as (found, of), wrong pairs by the kinds of both, and right pairs."""
    home = {one.origin: label for one, label in zip(made, labels, strict=True) if one.kind == "original"}
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    clusters: dict[int, list[Made]] = defaultdict(list)
    for one, label in zip(made, labels, strict=True):
        clusters[label].append(one)
        if one.kind in COPIES:
            found[one.kind][0] += label == home[one.origin]
            found[one.kind][1] += 1
    wrong: dict[str, int] = defaultdict(int)
    right = 0
    for members in clusters.values():
        for a, b in combinations(members, 2):
            if a.origin == b.origin:
                right += 1
            else:
                wrong[" + ".join(sorted((a.kind, b.kind)))] += 1
    return {kind: (hit, of) for kind, (hit, of) in found.items()}, dict(wrong), right


def row(name: str, made: Sequence[Made], labels: Sequence[int], *, failures: bool) -> None:
    recall, wrong, right = score(made, labels)
    hits, of = (sum(column) for column in zip(*recall.values(), strict=True))
    precision = right / max(1, right + sum(wrong.values()))
    cells = "".join(f"{recall[kind][0] / recall[kind][1]:10.2f}" for kind in COPIES)
    print(f"{name:8}{precision:7.3f}{hits / of:8.3f}{cells}", flush=True)
    if failures and wrong:
        print(f"{'':8}wrong pairs: " + ", ".join(f"{n} {kinds}" for kinds, n in sorted(wrong.items())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--languages", default=LANGUAGES)
    parser.add_argument("--originals", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--failures", action="store_true", help="say which kinds of documents were wrongly joined")
    given = parser.parse_args()
    with gzip.open(given.bench / "language-sets.json.gz", "rt", encoding="utf-8") as file:
        sets = json.load(file)
    pool: dict[str, list[str]] = defaultdict(list)
    for name in ("udhr docs", "sentences"):
        for language, text in sets[name]:
            pool[language].append(text)
    head = "".join(f"{kind:>10}" for kind in COPIES)
    print(f"{'alone':8}{'P':>7}{'recall':>8}{head}")
    every: list[Made] = []
    for language in given.languages.split(","):
        if sum(map(len, pool[language])) < 1500:
            print(f"{language:8} no texts to take words from")
            continue
        made = documents(Maker.of(language, pool[language], given.seed), given.originals)
        every += made
        row(language, made, find_duplicates([one.text for one in made]).cluster_of, failures=given.failures)
    labels = find_duplicates([one.text for one in every]).cluster_of
    print(f"\n{'together':8}{'P':>7}{'recall':>8}{head}")
    for language in dict.fromkeys(one.origin[0] for one in every):
        at = [i for i, one in enumerate(every) if one.origin[0] == language]
        row(language, [every[i] for i in at], [labels[i] for i in at], failures=given.failures)
    row("all", every, labels, failures=given.failures)


if __name__ == "__main__":
    main()
