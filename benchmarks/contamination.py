"""Test items inside long documents: which of them are found, by ``--against`` and by ``index query --inside``.

Items are synthetic texts (``synthetic.py``) of a few sentences; each is put, word for word or with every seventh word
replaced, into the middle of a document of its own, among as many documents without any. Both commands see the same
texts. Printed are the shares found by the length of item and document, and documents without an item that were taken
to hold one.

usage: python benchmarks/contamination.py [--items 40]
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from synthetic import collection

from scrubkit.dedup import find_duplicates
from scrubkit.dedup.index import open_index

ITEMS, LENGTHS = (40, 80, 160), (300, 2000, 16000)


def cut(texts: Sequence[str], words: int) -> list[str]:
    """Return the first words of each text, to the end of a sentence."""
    return [" ".join(" ".join(text.split()[:words]).rsplit(".", 1)[:1]) + "." for text in texts]


def hidden(items: Sequence[str], hosts: Sequence[str], rng: random.Random, *, changed: float) -> list[str]:
    vocabulary = " ".join(hosts[:20]).split()
    out = []
    for item, host in zip(items, hosts, strict=True):
        words = [rng.choice(vocabulary) if rng.random() < changed else word for word in item.split()]
        paragraphs = host.split("\n\n")
        paragraphs[len(paragraphs) // 2 : len(paragraphs) // 2] = [" ".join(words)]
        out.append("\n\n".join(paragraphs))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=40)
    count = parser.parse_args().items
    print(
        f"{'item':>6}{'document':>10}{'changed':>9}{'against':>9}{'inside':>8}{'wrong against':>15}{'wrong inside':>14}"
    )
    for length in LENGTHS:
        hosts = collection(2 * count, words=length, copied=0, seed=length).texts
        for size in ITEMS:
            items = cut(collection(count, words=2 * size, copied=0, seed=size).texts, size)
            for changed in (0.0, 0.15):
                texts = [*hidden(items, hosts[:count], random.Random(size), changed=changed), *hosts[count:]]
                found = find_duplicates(texts, against=items)
                label = found.cluster_of
                against = [len({label[at], label[2 * count + at]}) == 1 for at in range(count)]
                wrong = sum(label[at] in label[2 * count :] for at in range(count, 2 * count))
                with tempfile.TemporaryDirectory() as folder, open_index(Path(folder) / "i", create=True) as index:
                    index.add(items, ids=map(str, range(count)))
                    told = [{m.id for m in got if m.duplicate} for got in index.query(texts, inside=True)]
                inside = sum(str(at) in told[at] for at in range(count))
                print(
                    f"{size:6}{length:10}{changed:9.0%}{sum(against) / count:9.2f}{inside / count:8.2f}"
                    f"{wrong:15}{sum(map(bool, told[count:])):14}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
