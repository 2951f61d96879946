"""The WCXB development pages as training data: layout, labels by alignment with the ground truth, folds."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from scrubkit.core.document import Document, Meta
from scrubkit.ingest.html import layout_html

__all__ = ["FOLDS", "Page", "Truth", "align", "load_html", "load_pages", "load_truths", "words"]

FOLDS = 5
_WORD = re.compile(r"\w+")
_MOST_CELLS = 4e9  # of the alignment's table, words of the page times words of the ground truth


@dataclass(frozen=True)
class Truth:
    """The ground truth of one page, and whose it is."""

    id: str
    domain: str
    type: str
    truth: str
    with_: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True)
class Page(Truth):
    """One page with its labels: ``share`` is the share of each block's words found in the ground truth."""

    document: Document
    texts: tuple[str, ...]
    counts: NDArray[np.int64]
    share: NDArray[np.float64]
    covered: float


def words(text: str) -> list[str]:
    """Return words as the benchmark's scorer counts them."""
    return _WORD.findall(text.lower())


def load_truths(root: Path) -> Iterator[Truth]:
    """Yield the ground truths of a benchmark folder in the order of their ids."""
    domains = json.loads((root / "metadata.json").read_text(encoding="utf-8"))["files"]
    for path in sorted((root / "ground-truth").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        truth = data.get("ground_truth") or {}
        kind = ((data.get("_internal") or {}).get("page_type") or {}).get("primary", "article")
        yield Truth(
            path.stem,
            domains[path.stem]["domain"],
            "collection" if kind == "category" else kind,
            truth.get("main_content") or "",
            tuple(truth.get("with") or ()),
            tuple(truth.get("without") or ()),
        )


def load_html(root: Path, name: str) -> str:
    """Return the source of a page."""
    return gzip.decompress((root / "html" / f"{name}.html.gz").read_bytes()).decode("utf-8", "replace")


def load_pages(root: Path) -> Iterator[Page]:
    """Yield the pages of a benchmark folder, laid out and labelled, in the order of their ids."""
    for known in load_truths(root):
        document = to_document(known.id, load_html(root, known.id))
        spans = zip(document.blocks.starts, document.blocks.ends, strict=True)
        texts = tuple(document.text[a:b].rstrip() for a, b in spans)
        blocks = [words(text) for text in texts]
        share, covered = align(blocks, words(known.truth))
        counts = np.array([len(block) for block in blocks], np.int64)
        yield Page(**vars(known), document=document, texts=texts, counts=counts, share=share, covered=covered)


def to_document(name: str, html: str) -> Document:
    layout = layout_html(html)
    return Document(name, layout.text, layout.blocks, Meta(**layout.meta))


def align(blocks: list[list[str]], truth: list[str]) -> tuple[NDArray[np.float64], float]:
    """Return for each block the share of its words in the ground truth, and how much of the truth was found.

    A longest common subsequence of all words keeps the order; blocks of up to 12 words need a run of four (or all)
    of theirs. Blocks of five words or more that stand verbatim in a part of the truth not yet used count too: some
    ground truths are out of order.
    """
    share = np.zeros(len(blocks))
    numbers: dict[str, int] = {}
    flat = [numbers.setdefault(word, len(numbers)) for block in blocks for word in block]
    owner = [i for i, block in enumerate(blocks) for _ in block]
    wanted = [numbers.setdefault(word, len(numbers)) for word in truth]
    if not wanted or not flat or len(flat) * len(wanted) > _MOST_CELLS:
        return share, 0.0
    hits, runs, used = _match(flat, owner, wanted, len(blocks))
    for i, block in enumerate(blocks):
        if block:
            share[i] = hits[i] / len(block)
            if 1 < len(block) <= 12 and runs[i] < min(len(block), 4):
                share[i] = min(share[i], 0.49)
    _rescue(blocks, truth, share, used)
    return share, sum(used) / len(wanted)


def _match(
    flat: list[int], owner: list[int], wanted: list[int], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], bytearray]:
    hits, runs, used = np.zeros(n, np.int64), np.zeros(n, np.int64), bytearray(len(wanted))
    for op in LCSseq.opcodes(flat, wanted):
        if op.tag == "equal":
            run, before = 0, -1
            for at in range(op.src_start, op.src_end):
                run = run + 1 if owner[at] == before else 1
                before = owner[at]
                hits[before] += 1
                runs[before] = max(runs[before], run)
            used[op.dest_start : op.dest_end] = b"\1" * (op.dest_end - op.dest_start)
    return hits, runs, used


def _rescue(blocks: list[list[str]], truth: list[str], share: NDArray[np.float64], used: bytearray) -> None:
    joined = f" {' '.join(truth)} "
    for i, block in enumerate(blocks):
        if share[i] < 0.7 and len(block) >= 5:
            at = joined.find(f" {' '.join(block)} ")
            if at >= 0:
                first = joined.count(" ", 0, at + 1) - 1
                if sum(used[first : first + len(block)]) < 0.5 * len(block):
                    share[i] = 1.0
                    used[first : first + len(block)] = b"\1" * len(block)
