"""Main content of HTML pages: quality beside peers, and processor time against them.

usage: python benchmarks/extraction.py BENCH_DIR [--pages N] [--quality-pages N] [--predictions OOF.jsonl] [--speed-only]

Quality is measured on the pages of ``BENCH_DIR/wcxb-dev``; our texts are out of fold, made by
``training/html_model.py --predictions`` (run here if the file is not given). Time is thread CPU time per page, best of
three, all tools interleaved in random order in one process; quote ratios, not milliseconds. Peers are measured where
they are installed: resiliparse, trafilatura, readability-lxml.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "training")]

from html_data import Truth, load_html, load_truths  # noqa: E402
from html_metrics import TYPES, score_page, table  # noqa: E402

from scrubkit.core.document import Document, Meta  # noqa: E402
from scrubkit.ingest import html as layout  # noqa: E402
from scrubkit.kernels.dom import Walker, bind  # noqa: E402
from scrubkit.model import html_scores  # noqa: E402
from scrubkit.model.select import select  # noqa: E402

Extractor = Callable[[str], str]
_REPEATS = 3


def scrubkit_text(html: str) -> str:
    """Return the main content: parse, lay out, metadata, features, trees, selection, text."""
    page = layout.layout_html(html)
    scored = html_scores.scored(Document("", page.text, page.blocks, Meta(**page.meta)))
    flags = select(scored.probabilities, scored.words, least=25)
    starts, ends, text = page.blocks.starts, page.blocks.ends, page.text
    return "".join(text[starts[i] : ends[i]] for i in range(len(flags)) if flags[i])


def through_public_api(html: str) -> str:
    """Return the same, the tree walked through selectolax's public interface."""
    direct = layout._walker
    layout._walker = _public_walker  # type: ignore[assignment]
    try:
        return scrubkit_text(html)
    finally:
        layout._walker = direct


@lru_cache(maxsize=1)
def _public_walker() -> Walker | None:
    return bind(layout._tables(), direct=False)


def peers() -> dict[str, Extractor]:
    """Return the extractors at hand, each with the settings it has by default."""
    found: dict[str, Extractor] = {}
    try:
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = partial(extract_plain_text, main_content=True)
    except ImportError:
        print("resiliparse is not installed")
    try:
        import trafilatura

        found["trafilatura"] = lambda html: trafilatura.extract(html) or ""
    except ImportError:
        print("trafilatura is not installed")
    try:
        from lxml.html import fromstring
        from readability import Document as Readable

        def readability(html: str) -> str:
            try:
                summary = Readable(html).summary()
                return str(fromstring(summary).text_content()) if summary.strip() else ""
            except Exception:  # noqa: BLE001 - a peer's failure is an empty text, whatever it raises
                return ""

        found["readability"] = readability
    except ImportError:
        print("readability-lxml is not installed")
    return found


def peer_scores(task: tuple[str, list[Truth], dict[str, str]]) -> list[dict[str, float]]:
    """Return the measures of one peer on each page."""
    name, pages, sources = task
    extract = peers()[name]
    return [score_page(page, extract(sources[page.id])) for page in pages]


def quality(pages: list[Truth], sources: dict[str, str], ours: dict[str, str], tools: dict[str, Extractor]) -> None:
    """Print word F1, precision, recall, snippets and F1 by type; peers run two at a time."""
    columns = ("f1", "precision", "recall", "with", "absent", "with truth", *TYPES)
    print(f"{len(pages):<5}pages    " + "".join(f"{name[:9]:>10}" for name in columns))
    line("scrubkit", pages, [score_page(page, ours[page.id]) for page in pages], columns)
    chosen = {page.id: sources[page.id] for page in pages}
    with ProcessPoolExecutor(2) as pool:
        for name, scores in zip(tools, pool.map(peer_scores, [(name, pages, chosen) for name in tools]), strict=True):
            line(name, pages, scores, columns)


def line(name: str, pages: list[Truth], scores: list[dict[str, float]], columns: tuple[str, ...]) -> None:
    """Print one row of the table of quality."""
    means = table(pages, scores)
    print(f"{name:<14}" + "".join(f"{means[column]:>10.3f}" for column in columns), flush=True)


def speed(sources: dict[str, str], count: int, tools: dict[str, Extractor]) -> None:
    """Print median and mean CPU milliseconds a page, and the ratio of medians to resiliparse and trafilatura."""
    ids = random.Random(0).sample(sorted(sources), min(count, len(sources)))
    run: dict[str, Callable[[str], Any]] = {
        "scrubkit": scrubkit_text,
        "public walk": through_public_api,
        **{name: tool for name, tool in tools.items() if name in ("resiliparse", "trafilatura")},
    }
    best: dict[str, dict[str, float]] = {name: {} for name in run}
    order = random.Random(1)
    for _ in range(_REPEATS):
        for page in order.sample(ids, len(ids)):
            for name in order.sample(sorted(run), len(run)):
                started = time.thread_time()
                run[name](sources[page])
                spent = time.thread_time() - started
                best[name][page] = min(best[name].get(page, spent), spent)
    medians = {name: statistics.median(spent.values()) for name, spent in best.items()}
    heads = [name for name in ("resiliparse", "trafilatura") if name in medians]
    print(
        f"\n{len(ids)} pages" + "".join(f"{head:>20}" for head in ("median ms", "mean ms", *(f"/ {h}" for h in heads)))
    )
    for name, spent in best.items():
        ratios = "".join(f"{medians[name] / medians[head]:>20.3f}" for head in heads)
        print(f"{name:<12}{1e3 * medians[name]:>17.3f}{1e3 * statistics.mean(spent.values()):>20.3f}{ratios}")


def out_of_fold(bench: Path, given: Path | None) -> dict[str, str]:
    """Return our texts by page, from models that did not see the page's domain."""
    path = given
    if path is None:
        path = Path(tempfile.mkdtemp()) / "oof.jsonl"
        trainer = ROOT / "training" / "html_model.py"
        subprocess.run([sys.executable, trainer, bench, "--check", "--predictions", path], check=True)
    with path.open(encoding="utf-8") as lines:
        return {row["id"]: row["text"] for row in map(json.loads, lines)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--pages", type=int, default=200, help="pages to time")
    parser.add_argument("--quality-pages", type=int, default=10_000, help="pages to score, all by default")
    parser.add_argument("--predictions", type=Path, help="our out-of-fold texts")
    parser.add_argument("--speed-only", action="store_true")
    options = parser.parse_args()
    folder = options.bench / "wcxb-dev"
    truths = list(load_truths(folder))
    sources = {truth.id: load_html(folder, truth.id) for truth in truths}
    tools = peers()
    if not options.speed_only:
        some = random.Random(0).sample(truths, min(options.quality_pages, len(truths)))
        quality(some, sources, out_of_fold(options.bench, options.predictions), tools)
    speed(sources, options.pages, tools)


if __name__ == "__main__":
    main()
