"""The five real scrapes: every line judged by kind, and none of them a copy of another."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SeedScore:
    """Line F1, recall of content, share of rightly dropped lines whose kind is right, clusters found."""

    line_f1: float
    content_recall: float
    kind_right: float
    files: int
    clusters: int
    report: str


def score_seeds(folder: Path) -> SeedScore:
    """Return how the default pipeline judges the scrapes; blank lines and captions are not scored."""
    import scrubkit as sk

    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()]
    pages = {path.name: sk.clean(path.read_bytes(), id=path.name) for path in sorted(folder.glob("*.txt"))}
    found = {(name, line.line_no): line for name, page in pages.items() for line in page.lines()}
    counts: Counter[str] = Counter()
    wrong = []
    for g in gold:
        if g["label"] in ("blank", "caption"):
            continue
        line = found[g["file"], g["line_no"]]
        counts["tp"] += g["keep"] and line.keep
        counts["fp"] += line.keep and not g["keep"]
        counts["fn"] += g["keep"] and not line.keep
        counts["content"] += g["label"] == "content"
        counts["content_kept"] += g["label"] == "content" and line.keep
        if not g["keep"] and not line.keep:
            counts["dropped"] += 1
            counts["typed"] += line.kind == g["label"]
        if g["keep"] != line.keep:
            wrong.append(
                f"  {'leaked' if line.keep else 'lost'} {g['file'][:3]}:{g['line_no']} {g['label']} {line.code or ''}"
            )
    f1 = 2 * counts["tp"] / max(1, 2 * counts["tp"] + counts["fp"] + counts["fn"])
    recall = counts["content_kept"] / max(1, counts["content"])
    kind = counts["typed"] / max(1, counts["dropped"])
    clusters = len({row["cluster"] for row in sk.find_duplicates([page.text for page in pages.values()]).rows()})
    head = f"seeds: line F1 {f1:.3f}  content recall {recall:.3f}  kind right {kind:.3f}  {clusters} clusters of {len(pages)}"
    return SeedScore(f1, recall, kind, len(pages), clusters, "\n".join([head, *wrong]))
