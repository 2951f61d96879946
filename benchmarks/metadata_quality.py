"""Metadata of flattened text against WCXB's annotations, and what the quality rules' defaults reject of clean texts.

usage: python benchmarks/metadata_quality.py BENCH_DIR [--every N]

Prints, for article pages, how often title, author and date are right, wrong or not told (two renderers; a title or
author is right where it holds the annotated one or is held by it), then how many clean texts each rule would reject:
WCXB's main contents by page type, and the Universal Declaration of Human Rights in 152 languages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from scrubkit.core import Document, resolve
from scrubkit.ingest.layout import layout_text
from scrubkit.ingest.text_meta import text_metadata
from scrubkit.rules.quality import RULES, judge

FIELDS = {"title": "title", "author": "author", "date": "publish_date"}
CODES = frozenset(rule.code for rule in RULES)


def fold(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def outcome(field: str, said: str | None, truth: str | None) -> str:
    if not said or not truth:
        return "no truth" if not truth else "not told"
    if field == "date":
        return "right" if said[:10] == truth[:10] else "wrong"
    return "right" if fold(said) in fold(truth) or fold(truth) in fold(said) else "wrong"


def metadata(bench: Path, every: int) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    with gzip.open(bench / "flat-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if number % every or row["page_type"] != "article":
                continue
            truth = json.loads((bench / "wcxb-dev" / "ground-truth" / f"{row['id']}.json").read_text("utf-8"))
            said = text_metadata(layout_text("\n".join(part["text"] for part in row["lines"])))
            for field, name in FIELDS.items():
                counts[field, outcome(field, said.get(field), truth["ground_truth"].get(name))] += 1
    return counts


def clean_texts(bench: Path, every: int) -> Iterator[tuple[str, str]]:
    listed: dict[str, Any] = json.loads((bench / "wcxb-dev" / "metadata.json").read_text("utf-8"))["files"]
    for name, facts in sorted(listed.items())[::every]:
        truth = json.loads((bench / "wcxb-dev" / "ground-truth" / f"{name}.json").read_text("utf-8"))["ground_truth"]
        if truth.get("main_content"):
            yield facts["page_type"], truth["main_content"]
    with gzip.open(bench / "language-sets.json.gz", "rt", encoding="utf-8") as packed:
        yield from (("udhr", text) for _, text in json.load(packed)["udhr docs"])


def rejected(bench: Path, every: int) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    total: Counter[str] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    for kind, text in clean_texts(bench, every):
        layout = layout_text(text)
        document = Document("a", layout.text, layout.blocks)
        found = {finding.code for finding in judge(document, resolve(document, []), codes=CODES, params={})}
        total[kind] += 1
        hits.update((kind, code) for code in found | ({"any"} if found else set()))
    return total, hits


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    counts = metadata(options.bench, options.every)
    for field in FIELDS:
        right, wrong, untold = (counts[field, key] for key in ("right", "wrong", "not told"))
        print(
            f"{field:<8}right {right:<6}wrong {wrong:<6}not told {untold:<6}precision {right / max(1, right + wrong):.3f}"
        )
    total, hits = rejected(options.bench, options.every)
    for kind, texts in total.most_common():
        codes = ", ".join(f"{code} {n}" for (of, code), n in sorted(hits.items()) if of == kind and code != "any")
        print(f"{kind:<16}{texts:>5} texts  rejected {hits[kind, 'any'] / texts:.3f}  {codes}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
