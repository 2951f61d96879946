"""The benchmark data as documents with a label for every block, and what rules do to them."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrubkit.core import Document, Finding, resolve
from scrubkit.ingest.layout import layout_text

WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Labelled:
    """A document with a gold label and a weight (words) for each block that is judged; -1 is not judged."""

    document: Document
    labels: tuple[int, ...]
    weights: tuple[int, ...]
    groups: tuple[str, ...]


@dataclass
class RuleCount:
    """Over all documents: blocks hit, documents hit, words rightly and wrongly taken."""

    blocks: int = 0
    documents: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float:
        """Share of the words taken that were boilerplate."""
        return self.right / max(1, self.right + self.wrong)


@dataclass
class Tally:
    """Page scores by group and counts by rule."""

    scores: dict[str, list[tuple[float, float, float]]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[str, RuleCount] = field(default_factory=lambda: defaultdict(RuleCount))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder with their names."""
    out = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        out.update(file.name.encode())
        out.update(file.read_bytes())
    return out.hexdigest()


def flat_documents(bench: Path) -> Iterator[Labelled]:
    """Yield the labelled scrapes of ``flat-dev``; a line is a block, so label n is line n."""
    with gzip.open(bench / "flat-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for raw in map(json.loads, lines):
            texts = [line["text"].replace("\n", " ") for line in raw["lines"]]
            layout = layout_text("\n".join(texts) + "\n")
            yield Labelled(
                Document(f"{raw['id']}/{raw['renderer']}", layout.text, layout.blocks),
                tuple(line["label"] for line in raw["lines"]),
                tuple(len(WORD.findall(text)) for text in texts),
                ("all", raw["renderer"], raw["page_type"]),
            )


def html_documents(bench: Path) -> Iterator[Labelled]:
    """Yield the pages of ``wcxb-dev`` with blocks labelled by what of them stands in the ground truth."""
    from scrubkit.ingest import ingest

    for path in sorted((bench / "wcxb-dev" / "html").glob("*.html.gz")):
        key = path.name.split(".")[0]
        truth = json.loads((bench / "wcxb-dev" / "ground-truth" / f"{key}.json").read_text("utf-8"))
        main = (truth.get("ground_truth") or {}).get("main_content") or ""
        if not main.strip():
            continue
        document = ingest(gzip.decompress(path.read_bytes()), id=key, media_type="text/html")
        words = [WORD.findall(document.of(block).lower()) for block in document.blocks]
        yield Labelled(document, _labels(words, WORD.findall(main.lower())), tuple(map(len, words)), ("all",))


def _labels(blocks: list[list[str]], truth: list[str]) -> tuple[int, ...]:
    """A block is content when 60 % of its word triples stand in the truth; a shorter one beside content, if it does."""
    triples = set(zip(truth, truth[1:], truth[2:], strict=False))
    joined = f" {' '.join(truth)} "
    labels = []
    for words in blocks:
        grams = list(zip(words, words[1:], words[2:], strict=False))
        if grams:
            labels.append(int(sum(gram in triples for gram in grams) >= 0.6 * len(grams)))
        else:
            labels.append(-1 if words and f" {' '.join(words)} " in joined else 0)
    return tuple(labels)


def tally(item: Labelled, findings: tuple[Finding, ...], into: Tally) -> None:
    """Add one document's page score and rule counts."""
    blocks = item.document.blocks
    taken: defaultdict[str, set[int]] = defaultdict(set)
    for finding in findings:
        if finding.code == "ERR001":
            raise RuntimeError(f"{item.document.id}: {finding.because['traceback']}")
        if finding.action == "remove":
            first = bisect_left(blocks.starts, finding.start)
            taken[finding.code].update(range(first, bisect_left(blocks.starts, finding.end)))
    for code, rows in taken.items():
        count = into.rules[code]
        count.documents += 1
        for row in rows:
            if row < len(item.labels) and item.weights[row] and item.labels[row] >= 0:
                count.blocks += 1
                count.wrong += item.weights[row] * item.labels[row]
                count.right += item.weights[row] * (1 - item.labels[row])
    keep = [1] * len(item.labels)
    for entry in resolve(item.document, findings).entries:
        for row in range(bisect_left(blocks.starts, entry.start), bisect_left(blocks.starts, entry.end)):
            if row < len(keep):
                keep[row] = 0
    score = page_score(item, keep)
    for group in item.groups:
        into.scores[group].append(score)


def page_score(item: Labelled, keep: list[int]) -> tuple[float, float, float]:
    """Return word-weighted F1, precision and recall of the kept blocks, as flat_score.py computes them."""
    rows = [(w, g, k) for w, g, k in zip(item.weights, item.labels, keep, strict=True) if g >= 0]
    hit = sum(w for w, g, k in rows if g and k)
    kept = sum(w for w, _, k in rows if k)
    wanted = sum(w for w, g, _ in rows if g)
    p, r = hit / max(1, kept), hit / max(1, wanted)
    return (2 * p * r / (p + r) if hit else 0.0), p, r


def merge(parts: list[Tally]) -> Tally:
    """Return the sum of tallies made by several processes."""
    out = Tally()
    for part in parts:
        for group, scores in part.scores.items():
            out.scores[group] += scores
        for code, count in part.rules.items():
            total = out.rules[code]
            total.blocks += count.blocks
            total.documents += count.documents
            total.right += count.right
            total.wrong += count.wrong
    return out


def means(tallied: Tally) -> dict[str, tuple[int, float, float, float]]:
    """Return documents, F1, precision and recall by group."""
    return {
        group: (len(rows), *(sum(row[i] for row in rows) / len(rows) for i in range(3)))
        for group, rows in sorted(tallied.scores.items())
    }


def render_rules(flat: Mapping[str, RuleCount], html: Mapping[str, RuleCount]) -> str:
    """Return a table of hits and word precision of every rule on both sets."""
    lines = [
        f"{'rule':<8}{'flat hits':>10}{'docs':>6}{'words':>8}{'prec':>7}   {'html hits':>10}{'docs':>6}{'words':>8}{'prec':>7}"
    ]
    for code in sorted({*flat, *html}):
        cells = []
        for counts in (flat, html):
            c = counts.get(code) or RuleCount()
            known = c.right + c.wrong
            cells.append(
                f"{c.blocks:>10}{c.documents:>6}{known:>8}" + (f"{c.precision:>7.3f}" if known else f"{'-':>7}")
            )
        lines.append(f"{code:<8}" + "   ".join(cells))
    return "\n".join(lines)


def as_data(counts: Counter[str] | Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping sorted by key, for stable files."""
    return dict(sorted(counts.items()))
