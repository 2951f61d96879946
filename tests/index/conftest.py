"""A small corpus with copies of every kind, and an index of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from scrubkit.dedup.index import Index, open_index

WORDS = [
    f"{onset}{nucleus}{coda}"
    for onset in ("br", "d", "fl", "g", "kr", "l", "m", "pl", "s", "tr", "v", "z")
    for nucleus in ("a", "e", "io", "ou", "u")
    for coda in ("ck", "ld", "mber", "nte", "rt", "sh", "ven", "ling", "tor")
]


def _story(seed: int, sentences: int = 14) -> str:
    """Return an article of invented words and names, its own by its seed."""
    rng = random.Random(seed)
    names = [(rng.choice(WORDS) + rng.choice(WORDS)).capitalize() for _ in range(4)]
    out = []
    for _ in range(sentences):
        words = [rng.choice(WORDS) for _ in range(rng.randint(9, 15))]
        words[rng.randint(2, 7)] = rng.choice(names)
        words.insert(5, str(rng.randint(11, 9999)))
        out.append(" ".join(words).capitalize() + ".")
    return "\n".join(" ".join(out[i : i + 4]) for i in range(0, sentences, 4))


def _reworded(text: str, seed: int, share: float = 0.3) -> str:
    """Return a text with a share of its words replaced by others."""
    rng = random.Random(seed)
    return "\n".join(
        " ".join(w if w[0].isupper() or rng.random() > share else rng.choice(WORDS) for w in line.split())
        for line in text.split("\n")
    )


def _corpus(size: int = 60) -> dict[str, str]:
    """Return texts by id: two thirds originals, the others copies of them of every kind."""
    texts = {f"story-{at}": _story(at) for at in range(size)}
    for at in range(0, size, 6):
        text = texts[f"story-{at}"]
        lines = text.split("\n")
        texts[f"exact-{at}"] = text.upper()
        texts[f"near-{at}"] = text.replace(text.split()[20], "quite", 1)
        texts[f"short-{at}"] = "\n".join(lines[: max(2, len(lines) * 2 // 3)])
        texts[f"words-{at}"] = _reworded(text, at)
    return texts


@pytest.fixture(scope="session")
def story() -> Callable[..., str]:
    """Return the maker of articles."""
    return _story


@pytest.fixture(scope="session")
def reworded() -> Callable[..., str]:
    """Return the maker of reworded copies."""
    return _reworded


@pytest.fixture(scope="session")
def corpus() -> Callable[..., dict[str, str]]:
    """Return the maker of corpora."""
    return _corpus


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    return _corpus()


@pytest.fixture
def index(tmp_path: Path, texts: dict[str, str]) -> Index:
    """An index of the corpus, added in three calls."""
    opened = open_index(tmp_path / "corpus.index", create=True)
    items = list(texts.items())
    for begin in range(0, len(items), 34):
        part = dict(items[begin : begin + 34])
        opened.add(part.values(), ids=part.keys())
    return opened
