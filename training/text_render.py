"""The benchmark's pages flattened by a program that no training text comes from, with labels of their own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from resiliparse.extract.html2text import extract_plain_text

from training.text_align import align
from training.text_data import Sample

__all__ = ["read_other_renderer"]


def read_other_renderer(bench: Path) -> Iterator[Sample]:
    """Yield pages rendered by resiliparse whose alignment finds 85 % of the reference with 85 % precision."""
    root = bench / "wcxb-dev"
    pages = json.loads((root / "metadata.json").read_text(encoding="utf-8"))["files"]
    for page, facts in sorted(pages.items()):
        with gzip.open(root / "html" / f"{page}.html.gz") as handle:
            html = handle.read().decode("utf-8", "replace")
        truth = json.loads((root / "ground-truth" / f"{page}.json").read_text(encoding="utf-8"))
        reference = (truth.get("ground_truth") or {}).get("main_content") or ""
        text = extract_plain_text(html, preserve_formatting=True, main_content=False, alt_texts=False)
        lines = [line for line in text.split("\n") if line.strip()]
        aligned = align(lines, reference) if lines else None
        if aligned is None or aligned[1] < 0.85 or aligned[2] < 0.85:
            continue
        kind = "collection" if facts["page_type"] == "category" else facts["page_type"]
        yield Sample(page, facts["domain"], kind, "resiliparse", tuple(lines), tuple(aligned[0]))
