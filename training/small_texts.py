"""Short texts for small collections in training: quotations, shortened versions, fillings of one template."""

from __future__ import annotations

import random
import re


def cut(text: str, words: int) -> str:
    """Return the first lines of a text, about this many words, the last line cut."""
    out: list[str] = []
    for line in text.split("\n"):
        own = line.split(" ")
        out.append(" ".join(own[:words]))
        words -= len(own)
        if words <= 0:
            break
    return "\n".join(out)


def quoting(free: list[str], words: int, rng: random.Random) -> list[str]:
    """Return two strangers, one of which quotes whole sentences of the other, an eighth to a third of the text."""
    a, b = (cut(text, words) for text in rng.sample(free, 2))
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", a) if 6 < len(part.split()) < 50]
    lines = b.split("\n")
    share, taken = rng.uniform(0.12, 0.35) * len(b.split()), 0
    begin = rng.randrange(max(1, len(sentences)))
    for sentence in sentences[begin:]:
        if taken and taken + len(sentence.split()) > share:
            break
        at = rng.randrange(len(lines) + 1) if rng.random() < 0.3 else len(lines) // 2
        lines.insert(at, sentence)
        taken += len(sentence.split())
    return [a, "\n".join(lines)]


def shortened(text: str, news: str, words: int, rng: random.Random) -> list[str]:
    """Return a text, what is left without its end, and a version where a part gave way to sentences of ``news``."""
    whole, more = ([part for part in re.split(r"(?<=[.!?])\s+", cut(source, words)) if part] for source in (text, news))
    kept = max(1, round(len(whole) * rng.uniform(0.55, 0.85)))
    turned = max(1, round(len(whole) * rng.uniform(0.1, 0.3)))
    first, gone = rng.randrange(2), rng.randrange(1, len(whole) + 1)
    updated = whole[:first] + more[:turned] + whole[first:gone] + whole[gone + turned :]
    return ["\n".join(part) for part in (whole, whole[:kept], updated)]


def bulletins(text: str, names: list[str], words: int, rng: random.Random) -> list[str]:
    """Return three fillings of one template: a text in which names, numbers and some long words are exchanged."""
    tokens = re.split(r"(\W+)", cut(text, words))
    inside = [at for at in range(2, len(tokens), 2) if tokens[at] and not re.search(r"[.!?\n]", tokens[at - 1])]
    blanks = {tokens[at] for at in inside if tokens[at][:1].isupper() or tokens[at].isdigit()}
    long = sorted({tokens[at] for at in inside if len(tokens[at]) > 6} - blanks)
    most = len(tokens) // 12  # at most a sixth of the words, or it is no template
    blanks = set(rng.sample(sorted(blanks), min(len(blanks), most)))
    blanks |= set(rng.sample(long, min(len(long), max(0, most - len(blanks)), rng.randint(1, 5))))

    def filled() -> str:
        new = {
            blank: str(rng.randrange(10 ** len(blank))) if blank.isdigit() else rng.choice(names)
            for blank in sorted(blanks)
        }
        return "".join(new.get(token, token) for token in tokens)

    return [filled() for _ in range(3)]
