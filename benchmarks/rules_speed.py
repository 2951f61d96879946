"""How long the typed rules take: milliseconds a page, beside resiliparse on the same pages, and whether cost is linear.

``python benchmarks/rules_speed.py`` reads pages of the WCXB development set and flattened texts from the folder named by
SCRUBKIT_BENCH. Both tools take turns on each page, CPU time is counted, and the ratio is what can be compared between
machines. Pages are laid out beforehand: rules alone are timed. ``--linear`` doubles pages made here instead.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from scrubkit.core import Document
from scrubkit.ingest import ingest
from scrubkit.rulebook import select_rules
from scrubkit.rules.run import find

PAGES, TEXTS, EVERY, ROUNDS = 100, 200, 3, 3


def html_pages(bench: Path) -> Iterator[tuple[Document, str]]:
    for path in sorted((bench / "wcxb-dev" / "html").glob("*.gz"))[: PAGES * EVERY : EVERY]:
        raw = gzip.decompress(path.read_bytes())
        yield ingest(raw, id=path.name, media_type="text/html"), raw.decode("utf-8", "replace")


def flat_texts(bench: Path) -> Iterator[tuple[Document, str]]:
    with gzip.open(bench / "flat-dev.jsonl.gz", "rt", encoding="utf-8") as file:
        for number, line in zip(range(TEXTS), file, strict=False):
            text = "\n".join(row["text"] for row in json.loads(line)["lines"])
            yield ingest(text, id=str(number), media_type="text/plain"), text


def seconds(work: Callable[[], object]) -> float:
    start = time.thread_time()
    work()
    return time.thread_time() - start


def compare(name: str, pages: list[tuple[Document, str]], peer: Callable[[str], object] | None) -> None:
    rules = select_rules()
    find(pages[0][0], rules)  # phrases are made ready once a process
    own, other = [], []
    for document, source in pages:
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(seconds(partial(find, document, rules)))
            if peer is not None:
                theirs.append(seconds(partial(peer, source)))
        own.append(min(ours) * 1e3)
        other += [min(theirs) * 1e3] if theirs else []
    line = f"{name}: {len(own)} pages, rules {statistics.median(own):.3f} ms median, {statistics.mean(own):.3f} mean"
    if other:
        line += f"; resiliparse {statistics.median(other):.3f} median, {statistics.mean(other):.3f} mean"
        line += f"; ratio of medians {statistics.median(own) / statistics.median(other):.2f}"
    print(line)


def shapes(size: int) -> dict[str, str]:
    prose = "The old bridge over the river reopened on Monday, two years after the flood that took its middle span.\n"
    return {
        "menu labels": "News\nSport\nWeather\n" * (size // 3),
        "different labels": "".join(f"Label {chr(97 + i % 26)}{chr(97 + i // 26 % 26)}x\n" for i in range(size))
        + prose,
        "cues": "Share this article\nMost Read\nLeave a Reply\nDisclaimer\n" * (size // 4),
        "notice links": "For informational purposes only.\n" + "To find out more, click here.\n" * size,
        "prose": prose * (size // 4),
        "numbers": "0 €\n1 2 3 4\n12 comments\n0:00 / 3:20\n" * (size // 4),
        "one line": "word and word, ©2020 by a, " * size,
    }


def linear(size: int) -> None:
    rules = select_rules()
    for name in shapes(8):
        pages = [ingest(shapes(n)[name], id="a", media_type="text/plain") for n in (size, 2 * size)]
        small, large = (seconds(partial(find, page, rules)) for page in pages)
        print(
            f"{name}: {size} rows {small * 1e3:.0f} ms, {2 * size} rows {large * 1e3:.0f} ms, {large / small:.2f} times"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--linear", action="store_true", help="double pages made here")
    parser.add_argument("--size", type=int, default=50_000, help="rows of the smaller one")
    arguments = parser.parse_args()
    if arguments.linear:
        linear(arguments.size)
        return
    bench = Path(os.environ["SCRUBKIT_BENCH"])
    try:
        from resiliparse.extract.html2text import extract_plain_text
    except ImportError:
        print("resiliparse is not installed: no ratio")
        compare("html", list(html_pages(bench)), None)
    else:
        compare("html", list(html_pages(bench)), lambda html: extract_plain_text(html, main_content=True))
    compare("text", list(flat_texts(bench)), None)


if __name__ == "__main__":
    main()
