"""Synthetic collections with planted copies, for speed measurements and as a background of strangers.

A document is a salad of short runs of words from a stream; half of the documents draw their runs from one window of
the stream, so that documents on one topic share vocabulary without sharing text. Names are invented, numbers random.
A share of the documents are edited copies of earlier ones. The stream is either made of pseudo-words under Zipf's law
(nothing needed) or taken from texts that are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

WINDOW = 400
SENTENCE, PARAGRAPH = 17, 68
SAMPLE = 10_000
TOKENS, RUNS = 2_000_000, 500_000  # of the stream, and ready runs of it, for up to a hundred thousand documents


@dataclass(frozen=True)
class Collection:
    """``texts`` and for each the number of the document it was made from (its own for an original)."""

    texts: list[str]
    origin: list[int]


def pseudo_words(count: int, rng: np.random.Generator) -> np.ndarray:
    onsets = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl", "ch", "sh", ""]
    nuclei = ["a", "e", "i", "o", "u", "ea", "ou", "ai"]
    codas = ["", "", "n", "r", "s", "t", "l", "nd", "st"]
    words: dict[str, None] = {}
    while len(words) < count:
        size = 1 + int(rng.integers(0, 2)) + int(len(words) > 500)
        parts = (
            onsets[rng.integers(len(onsets))] + nuclei[rng.integers(len(nuclei))] + codas[rng.integers(len(codas))]
            for _ in range(size)
        )
        words["".join(parts)] = None
    return np.array(list(words), object)


def zipf_stream(rng: np.random.Generator, *, tokens: int = TOKENS, vocabulary: int = 40_000) -> np.ndarray:
    words = pseudo_words(vocabulary, rng)
    weight = 1.0 / (np.arange(vocabulary) + 2.7) ** 1.02
    return words[rng.choice(vocabulary, tokens, p=weight / weight.sum())]


def _salad(stream: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    runs = rng.geometric(1 / 3, count)
    runs = runs[: int(np.searchsorted(np.cumsum(runs), count)) + 1]
    if rng.random() < 0.5:
        start = int(rng.integers(0, len(stream) - WINDOW))
        places = start + rng.integers(0, WINDOW - 20, len(runs))
    else:
        places = rng.integers(0, len(stream) - 64, len(runs))
    ends = np.cumsum(runs)
    index = np.arange(ends[-1]) - np.repeat(ends - runs, runs) + np.repeat(places, runs)
    return stream[np.minimum(index[:count], len(stream) - 1)].copy()


def _details(words: np.ndarray, names: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put invented names (a few, repeated) and numbers in."""
    own = names[np.minimum(rng.zipf(1.3, 8), len(names)) - 1]
    at = rng.random(len(words))
    named, numbered = np.flatnonzero(at < 0.03), np.flatnonzero(at > 0.985)
    words[named] = own[rng.integers(0, len(own), len(named))]
    words[numbered] = [str(n) for n in rng.integers(2, 5000, len(numbered))]
    return words


def _edit(words: np.ndarray, stream: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    way = int(rng.integers(3))
    if way == 0:
        words = words.copy()
        at = rng.integers(0, len(words), max(1, int(len(words) * rng.uniform(0.01, 0.06))))
        words[at] = stream[rng.integers(0, len(stream), len(at))]
        return words
    begin = int(rng.integers(0, max(1, len(words) - SENTENCE)))
    if way == 1:
        return np.delete(words, slice(begin, begin + max(SENTENCE, len(words) // 10)))
    start = int(rng.integers(0, len(stream) - 40))
    return np.insert(words, begin, stream[start : start + SENTENCE])


def _written(words: np.ndarray) -> str:
    lines = []
    for at in range(0, len(words), PARAGRAPH):
        part = words[at : at + PARAGRAPH].tolist()
        lines.append(" ".join(" ".join(part[i : i + SENTENCE]) + "." for i in range(0, len(part), SENTENCE)))
    return "\n\n".join(lines)


def _vocabulary(rng: np.random.Generator, sources: Sequence[str] | None, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the stream of words and the invented names.

    The stream grows with the collection from a hundred thousand documents on, so that a topic stays as crowded.
    """
    if sources is None:
        stream = zipf_stream(rng, tokens=max(TOKENS, TOKENS * count // 100_000))
    else:
        stream = np.array([word for text in sources for word in text.split()], object)
    names = np.array(
        [w.capitalize() + x for w, x in zip(pseudo_words(20_000, rng), ["", "s", "ov", "er"] * 5000, strict=True)],
        object,
    )
    return stream, names


def endless(count: int, *, words: int = 500, copied: float = 0.2, seed: int = 7) -> Iterator[str]:
    """Yield texts like those of :func:`collection` a tenth of the time each, in little memory.

    Made of ready runs of words rather than of words, a topic of as many runs as :func:`collection` has words for one;
    copies are made from a sample of 10,000 earlier texts.
    """
    yield from (text for text, _ in traced(count, words=words, copied=copied, seed=seed))


def traced(count: int, *, words: int = 500, copied: float = 0.2, seed: int = 7) -> Iterator[tuple[str, int]]:
    """Yield the texts of :func:`endless`, each with the number of the text it was made from (its own for an original)."""
    rng = np.random.default_rng(seed)
    stream, names = _vocabulary(rng, None, count)
    ready = RUNS * len(stream) // TOKENS
    sizes = rng.geometric(1 / 3, ready)
    starts = np.sort(rng.integers(0, len(stream) - 64, ready))
    runs = [" ".join(stream[at : at + size]) for at, size in zip(starts.tolist(), sizes.tolist(), strict=True)]
    held: list[tuple[list[str], int]] = []
    for number in range(count):
        origin = number
        if held and rng.random() < copied:
            before, origin = held[int(rng.integers(0, len(held)))]
            parts = _edited(before, runs, rng)
        else:
            size = int(max(20, rng.normal(words, words / 4) / 3))
            start = int(rng.integers(0, ready - WINDOW)) if rng.random() < 0.5 else 0
            places = start + rng.integers(0, WINDOW if start else ready, size)
            parts = [runs[at] for at in places.tolist()]
            own = names[np.minimum(rng.zipf(1.3, 8), len(names)) - 1]
            for at in rng.integers(0, size, max(1, size // 10)).tolist():
                parts[at] = f"{own[at % 8]} {at * 7919 % 5000}" if at % 3 == 0 else str(own[at % 8])
        if len(held) < SAMPLE:
            held.append((parts, origin))
        else:
            held[int(rng.integers(0, SAMPLE))] = parts, origin
        sentences = [" ".join(parts[at : at + 6]) + "." for at in range(0, len(parts), 6)]
        yield "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4)), origin


def _edited(parts: list[str], runs: list[str], rng: np.random.Generator) -> list[str]:
    way, begin = int(rng.integers(3)), int(rng.integers(0, max(1, len(parts) - 6)))
    if way == 0:
        out = list(parts)
        for at in rng.integers(0, len(parts), max(1, int(len(parts) * rng.uniform(0.01, 0.06)))).tolist():
            out[at] = runs[at * 7919 % len(runs)]
        return out
    if way == 1:
        return parts[:begin] + parts[begin + max(6, len(parts) // 10) :]
    start = int(rng.integers(0, len(runs) - 6))
    return parts[:begin] + runs[start : start + 6] + parts[begin:]


def collection(
    count: int, *, words: int = 500, copied: float = 0.2, seed: int = 7, sources: Sequence[str] | None = None
) -> Collection:
    rng = np.random.default_rng(seed)
    stream, names = _vocabulary(rng, sources, count)
    made: list[np.ndarray] = []
    origin: list[int] = []
    for at in range(count):
        if at and rng.random() < copied:
            of = int(rng.integers(0, at))
            made.append(_edit(made[of], stream, rng))
            origin.append(origin[of])
        else:
            size = int(max(60, rng.normal(words, words / 4)))
            made.append(_details(_salad(stream, size, rng), names, rng))
            origin.append(at)
    return Collection([_written(part) for part in made], origin)
