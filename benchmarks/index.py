"""The index: what it costs to build, to ask, and how an answer compares with building anew.

Documents are synthetic (``synthetic.py``), a fifth of them edited copies of earlier ones; what is asked are further
documents of the same collection. CPU seconds of one process; only the ratio means something. *Building* is adding all
documents and putting the runs together; *asking* is opening the index and answering, the files being in the page
cache as they are after building. A right answer names a document with the same origin.

usage: python benchmarks/index.py [--documents 100000] [--asked 10000] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from pathlib import Path

from synthetic import collection

from scrubkit.dedup.index import open_index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=500)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    made = collection(given.documents + given.asked, words=given.words)
    known, asked = made.texts[: given.documents], made.texts[given.documents :]
    size = sum(map(len, known)) / 1e6
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    folder = given.folder or Path(tempfile.mkdtemp())
    try:
        start = time.process_time()
        index = open_index(folder / "index", create=True)
        index.add(known, ids=map(str, range(len(known))))
        added = time.process_time()
        index.compact()
        built = time.process_time() - start
        compacted = time.process_time() - added
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start = time.process_time()
        index = open_index(folder / "index")
        found = list(index.query(asked))
        took = time.process_time() - start
        stats = index.stats()
    finally:
        shutil.rmtree(folder / "index", ignore_errors=True)
    origin = made.origin
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
    print(f"memory {peak:8.0f} MB at most, {base:.0f} MB of them the texts and the program")
    print(f"found  {told} of {wanted} copies; {right} matches right, {wrong} wrong")


if __name__ == "__main__":
    main()
