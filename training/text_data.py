"""Labelled flattened texts to train and judge the line model on: scrapes, other renderings, variants, clean texts.

A sample is a list of lines, each main content (1) or not (0). From every scrape of the benchmark folder come
variants that differ as programs and scripts differ, not as pages do: other bullets, lines joined or hard-wrapped,
frames cut away in part or whole, letters without case, words without spaces between them. All draws come from a
generator seeded with the page's id, so a sample does not depend on what was read before it.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import textwrap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scrubkit.ingest.layout import layout_text
from scrubkit.model.text_features import FEATURES, features, lines_of

__all__ = ["Sample", "Table", "clean_of", "fold_of", "read_flat", "table_of", "titles", "variant_of", "wrapped"]

FOLDS = 5
_WORD = re.compile(r"\w+")
_BULLET = re.compile(r"^\s*(?:[*+•·▪‣–-]|o)(?=\s|$)\s*")
_SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "net", "org", "gob", "ne", "or"}


@dataclass(frozen=True)
class Sample:
    """One text: where it comes from, its lines and the label of each."""

    page: str
    domain: str
    page_type: str
    renderer: str
    lines: tuple[str, ...]
    labels: tuple[int, ...]

    @property
    def fold(self) -> int:
        """The fold of its registered domain: all pages of a site, in all renderings, are held out together."""
        return fold_of(self.domain)


@dataclass(frozen=True)
class Table:
    """A sample as numbers, one row a line that is not blank."""

    rows: NDArray[np.float32]
    labels: NDArray[np.int8]
    words: NDArray[np.float64]  # as the scorer counts them: runs of word characters
    measured: NDArray[np.float64]  # as the model counts them


def registered(host: str) -> str:
    """Return the domain one registers: the last two labels, three under ``co.uk`` and its like."""
    parts = host.lower().strip(".").split(".")
    keep = 3 if len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in _SECOND_LEVEL else 2
    return ".".join(parts[-keep:])


def fold_of(domain: str) -> int:
    """Return the fold, 0 to 4, that a registered domain always falls into."""
    return zlib.crc32(registered(domain).encode()) % FOLDS


def read_flat(bench: Path) -> Iterator[Sample]:
    """Yield the scrapes of ``flat-dev.jsonl.gz`` in file order."""
    pages = json.loads((bench / "wcxb-dev" / "metadata.json").read_text(encoding="utf-8"))["files"]
    with gzip.open(bench / "flat-dev.jsonl.gz", "rt", encoding="utf-8") as handle:
        for row in map(json.loads, handle):
            lines = tuple(line["text"] for line in row["lines"])
            labels = tuple(line["label"] for line in row["lines"])
            domain = pages[row["id"]]["domain"]
            yield Sample(row["id"], domain, row["page_type"], row["renderer"], lines, labels)


def titles(bench: Path) -> dict[str, str]:
    """Return the annotated title of each page."""
    out = {}
    for path in sorted((bench / "wcxb-dev" / "ground-truth").glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8")).get("ground_truth") or {}
        out[path.stem] = " ".join((truth.get("title") or "").split())
    return out


def table_of(sample: Sample) -> Table:
    """Return the features of a sample."""
    layout = layout_text("\n".join(sample.lines) + "\n")
    lines = lines_of(layout.text, layout.blocks)
    labels = np.array(sample.labels, np.int8)[np.array(lines.blocks, np.int64)]
    words = np.array([len(_WORD.findall(sample.lines[i])) for i in lines.blocks], np.float64)
    return Table(features(lines), labels, words, lines.column("words").astype(np.float64))


def empty_table() -> Table:
    """Return a table of no rows."""
    return Table(np.zeros((0, len(FEATURES)), np.float32), np.zeros(0, np.int8), np.zeros(0), np.zeros(0))


def clean_of(sample: Sample, title: str) -> Sample | None:
    """Return a text without any boilerplate: the title and the main content, everything to be kept."""
    rng = _rng(sample, "clean")
    kept = [line for line, label in zip(sample.lines, sample.labels, strict=True) if label]
    if sum(len(_WORD.findall(line)) for line in kept) < 40:
        return None
    if rng.random() < 0.3:  # as short as a news item
        paragraphs = [i for i, line in enumerate(kept) if len(line) > 120]
        if paragraphs:
            kept = kept[paragraphs[0] : paragraphs[0] + rng.randint(1, 6)]
    if title and rng.random() < 0.7:
        kept = [title, *kept]
    clean = replace(sample, renderer="clean", lines=tuple(kept), labels=(1,) * len(kept))
    return _rewritten(clean, rng)


def variant_of(sample: Sample, number: int) -> Sample:
    """Return the sample as another program, another script or a partial scrape might show it."""
    rng = _rng(sample, f"variant{number}")
    if rng.random() < 0.5:
        sample = _thinned(sample, rng)
    return replace(_rewritten(sample, rng), renderer="variant")


def _rng(sample: Sample, purpose: str) -> random.Random:
    return random.Random(f"{sample.page}/{sample.renderer}/{purpose}")


def _rewritten(sample: Sample, rng: random.Random) -> Sample:
    if rng.random() < 0.6:
        sample = _joined(sample)
    if rng.random() < 0.7:
        sample = _bulleted(sample, rng.choice(["", "", "• ", "- ", "* ", "▪ ", "  • ", "– "]))
    if rng.random() < 0.25:
        sample = wrapped(sample, rng.choice([60, 72, 78, 80, 100, 120]))
    kind = rng.random()
    if kind < 0.15:
        return _caseless(sample)
    if kind < 0.35:
        return _unspaced(sample)
    return _capitalised(sample, rng) if kind < 0.45 else sample


def _thinned(sample: Sample, rng: random.Random) -> Sample:
    """Cut away some of the runs of boilerplate: a partial scrape."""
    share = rng.uniform(0.2, 1.0)
    keep: list[int] = []
    labels, at = sample.labels, 0
    while at < len(labels):
        end = at
        piece = rng.choice([1, 3, 10, 30])
        while end < len(labels) and labels[end] == labels[at] and end - at < piece:
            end += 1
        if labels[at] or rng.random() > share:
            keep.extend(range(at, end))
        at = end
    return _taken(sample, keep)


def _taken(sample: Sample, keep: list[int]) -> Sample:
    return replace(sample, lines=tuple(sample.lines[i] for i in keep), labels=tuple(sample.labels[i] for i in keep))


def _joined(sample: Sample) -> Sample:
    """Join what a renderer broke at inline elements: a line that begins in lower case or with a mark."""
    lines: list[str] = []
    labels: list[int] = []
    for line, label in zip(sample.lines, sample.labels, strict=True):
        goes_on = bool(line) and (line[0].islower() or line[0] in ",.;:)’”") and not _BULLET.match(line)
        if lines and goes_on and labels[-1] == label and lines[-1][-1:] not in ".!?":
            lines[-1] += ("" if line[0] in ",.;:)" else " ") + line
        else:
            lines.append(line)
            labels.append(label)
    return replace(sample, lines=tuple(lines), labels=tuple(labels))


def _bulleted(sample: Sample, mark: str) -> Sample:
    return replace(sample, lines=tuple(_BULLET.sub(mark, line) or mark.strip() for line in sample.lines))


def wrapped(sample: Sample, width: int) -> Sample:
    """Return the sample with its lines broken before they are longer than ``width``, but not within words."""
    lines: list[str] = []
    labels: list[int] = []
    for line, label in zip(sample.lines, sample.labels, strict=True):
        parts = textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [line]
        lines += parts
        labels += [label] * len(parts)
    return replace(sample, lines=tuple(lines), labels=tuple(labels))


_DEVANAGARI = {code: 0x0905 + (code * 7) % 50 for code in range(ord("a"), ord("z") + 1)}
_FULL_WIDTH = str.maketrans({".": "。", ",": "，", "?": "？", "!": "！", ":": "：", ";": "；"})


def _caseless(sample: Sample) -> Sample:
    """Write Latin letters with letters of a script without case."""
    return replace(sample, lines=tuple(line.lower().translate(_DEVANAGARI) for line in sample.lines))


def _unspaced(sample: Sample) -> Sample:
    """Write each word with two characters (one if short) of a script without spaces."""

    def word(match: re.Match[str]) -> str:
        text = match[0].lower()
        if text.isdigit():
            return text
        code = zlib.crc32(text.encode())
        first = chr(0x4E00 + code % 6000)
        return first if len(text) < 4 else first + chr(0x4E00 + code // 6000 % 6000)

    def line_of(text: str) -> str:
        mark = _BULLET.match(text)
        head = mark[0] if mark else ""
        body = _WORD.sub(word, text[len(head) :]).translate(_FULL_WIDTH)
        return head + re.sub(r"(?<=[\u4e00-\u9fff，。！？；：]) (?=[\u4e00-\u9fff])", "", body).rstrip()

    return replace(sample, lines=tuple(line_of(line) for line in sample.lines))


def _capitalised(sample: Sample, rng: random.Random) -> Sample:
    """Capitalise a third of the words, the same ones everywhere: a language that writes nouns so."""
    salt = rng.randrange(2**16)

    def word(match: re.Match[str]) -> str:
        text = match[0]
        return text.capitalize() if zlib.crc32(f"{salt}{text}".encode()) % 3 == 0 and len(text) > 3 else text

    return replace(sample, lines=tuple(_WORD.sub(word, line) for line in sample.lines))
