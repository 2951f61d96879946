"""The index: what it costs to build, to ask, and how an answer compares with building anew.

Documents are synthetic (``synthetic.py``), a fifth of them edited copies of earlier ones; what is asked are further
documents of the same collection. CPU seconds of one process, those of making the texts left out; only the ratio means
something. *Building* is adding all documents and putting the runs together; *asking* is opening the index and
answering, the files being in the page cache as they are after building. A right answer names a document with the same
origin.

usage: python benchmarks/index.py [--documents 100000] [--asked 10000] [--words 500] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from synthetic import traced

from scrubkit.dedup.index import open_index


class Making:
    """Texts as they are made, the time that took, and what each was made from."""

    def __init__(self, documents: int, words: int) -> None:
        self._made = traced(documents, words=words)
        self.origin: list[int] = []
        self.seconds, self.characters = 0.0, 0

    def take(self, count: int) -> Iterator[str]:
        """Yield the next texts."""
        start = time.process_time()
        for text, origin in islice(self._made, count):
            self.origin.append(origin)
            self.characters += len(text)
            self.seconds += time.process_time() - start
            yield text
            start = time.process_time()


def build(folder: Path, texts: Making, documents: int) -> tuple[float, float]:
    """Return the CPU seconds of building, and those of putting the runs together among them."""
    start = time.process_time()
    index = open_index(folder, create=True)
    index.add(texts.take(documents), ids=map(str, range(documents)))
    added = time.process_time()
    index.compact()
    return time.process_time() - start - texts.seconds, time.process_time() - added


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=500)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    texts = Making(given.documents + given.asked, given.words)
    folder = given.folder or Path(tempfile.mkdtemp())
    try:
        built, compacted = build(folder / "index", texts, given.documents)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = texts.characters / 1e6
        asked = list(texts.take(given.asked))
        start = time.process_time()
        index = open_index(folder / "index")
        found = list(index.query(asked))
        took = time.process_time() - start
        stats = index.stats()
    finally:
        shutil.rmtree(folder / "index", ignore_errors=True)
    origin = texts.origin
    right = wrong = told = 0
    for at, matches in enumerate(found, given.documents):
        same = [origin[int(match.id)] == origin[at] for match in matches if match.duplicate]
        told += any(same)
        right += sum(same)
        wrong += len(same) - sum(same)
    wanted = sum(of < given.documents for of in origin[given.documents :])
    print(f"{given.documents} documents, {size:.0f} MB; index {stats['bytes'] / 1e6:.0f} MB in {stats['runs']} runs")
    print(
        f"build  {built:8.1f} s CPU, {built / given.documents * 1e6:.0f} us a document ({compacted:.1f} s compacting)"
    )
    print(f"query  {took:8.2f} s CPU, {took / given.asked * 1e6:.0f} us a document, {given.asked} documents")
    print(f"ratio  {took / built:8.2%} of the time of building")
    print(f"memory {peak:8.0f} MB at most while building, with what makes the texts")
    print(f"found  {told} of {wanted} copies; {right} matches right, {wrong} wrong")


if __name__ == "__main__":
    main()
