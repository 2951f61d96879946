"""Write ``scrubkit/dedup/prior.bin``: how rare a stem is at most, by its language.

English counts come from the main texts of web pages (documents that hold the stem); other languages from short
public texts, where a stem's share of the tokens says how likely a document of 400 words holds it. In those a stem
counts only if two kinds of text have it, or one often: the words of the Universal Declaration alone are no function
words.

usage: python training/stem_prior.py BENCH  (the folder with wcxb-dev, dedup-dev and language-sets.json.gz)
"""

from __future__ import annotations

import collections
import gzip
import json
import sys
import zlib
from pathlib import Path

import numpy as np

from scrubkit.dedup.shingle import corpus_of, signatures
from scrubkit.kernels.sketch import Rules

OUT = Path(__file__).parent.parent / "scrubkit" / "dedup" / "prior.bin"
DOCUMENT_WORDS = 400
ALL = Rules(prose_only=False)


def rarity_byte(share: float) -> int:
    return int(np.clip(round(-8 * np.log2(share)), 0, 254))


def token_counts(texts: list[str]) -> tuple[collections.Counter[int], int]:
    sketch = signatures(corpus_of(texts, rules=ALL, anchors=None))
    return collections.Counter(sketch.stems.tolist()), max(1, len(sketch.stems))


def languages(bench: Path) -> dict[int, int]:
    sets = json.loads(gzip.decompress((bench / "language-sets.json.gz").read_bytes()))
    kinds = {"sentences": 0, "short<50": 0, "tweets": 1, "udhr docs": 2}
    texts: dict[str, list[list[str]]] = collections.defaultdict(lambda: [[], [], []])
    for name, kind in kinds.items():
        for language, text in sets[name]:
            texts[language][kind].append(text)
    least: dict[int, int] = {}
    for parts in texts.values():
        counted = [token_counts(part) for part in parts if part]
        total = sum(size for _, size in counted)
        for stem in set().union(*(c for c, _ in counted)):
            kinds_with = sum(stem in c for c, _ in counted)
            count = sum(c[stem] for c, _ in counted)
            if count < 3 or (kinds_with < 2 and count < 8):
                continue
            share = 1 - np.exp(-(count - 1) / total * DOCUMENT_WORDS)
            least[stem] = min(least.get(stem, 255), rarity_byte(share))
    return least


def english(bench: Path) -> dict[int, int]:
    with gzip.open(bench / "dedup-dev" / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        used = {json.loads(line)["text"][:200] for line in lines}
    texts = []
    for path in sorted((bench / "wcxb-dev" / "ground-truth").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        text = record.get("main_content") or record.get("ground_truth", {}).get("main_content") or ""
        if len(text.split()) >= 80 and text[:200] not in used:
            texts.append(text)
    sketch = signatures(corpus_of(texts, rules=ALL, anchors=None))
    held: collections.Counter[int] = collections.Counter()
    for i in range(len(texts)):
        held.update(set(sketch.stems[sketch.stem_offsets[i] : sketch.stem_offsets[i + 1]].tolist()))
    print(len(texts), "pages")
    return {stem: rarity_byte((n - 0.5) / len(texts)) for stem, n in held.items() if n >= 4}


def main() -> None:
    bench = Path(sys.argv[1])
    least = languages(bench)
    others = len(least)
    for stem, rarity in english(bench).items():
        least[stem] = min(least.get(stem, 255), rarity)
    stems = np.array(sorted(least), np.uint32)
    rarity = np.array([least[int(s)] for s in stems], np.uint8)
    packed = zlib.compress(np.diff(stems, prepend=np.uint32(0)).astype("<u4").tobytes() + rarity.tobytes(), 9)
    OUT.write_bytes(packed)
    print(f"{others} stems of other languages, {len(stems)} in all, {len(packed)} bytes")


if __name__ == "__main__":
    main()
