"""Main content of HTML pages: quality beside peers, and processor time against them.

usage: python benchmarks/extraction.py BENCH_DIR [--pages N] [--quality-pages N] [--predictions OOF.jsonl] [--speed-only]

Quality is measured on the pages of ``BENCH_DIR/wcxb-dev``; our texts are out of fold, made by
``training/html_model.py --predictions`` (run here if the file is not given). What is timed is ``scrubkit.extract(html)``,
the call a user makes, against the peers' calls from the same string to a text, in thread CPU time per page, best of
three, all tools interleaved in random order in one process; quote ratios, not milliseconds. Peers are measured where
they are installed: resiliparse, trafilatura, readability-lxml. ``--sizes`` times pages grown up to ten megabytes.
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

import scrubkit  # noqa: E402
from scrubkit.ingest import html as layout  # noqa: E402
from scrubkit.kernels.dom import Walker, bind  # noqa: E402

Extractor = Callable[[str], str]
_REPEATS = 3


def through_public_api(html: str) -> str:
    """Return what ``scrubkit.extract`` returns, the tree walked through selectolax's public interface."""
    direct = layout._walker
    layout._walker = _public_walker  # type: ignore[assignment]
    try:
        return scrubkit.extract(html)
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
    """Print CPU milliseconds a page, and against two peers the ratio of medians and the median ratio on a page."""
    ids = random.Random(0).sample(sorted(sources), min(count, len(sources)))
    run: dict[str, Callable[[str], Any]] = {
        "scrubkit": scrubkit.extract,
        "public walk": through_public_api,
        **{name: tool for name, tool in tools.items() if name in ("resiliparse", "trafilatura")},
    }
    best: dict[str, dict[str, float]] = {name: {} for name in run}
    order = random.Random(1)
    for _ in range(_REPEATS):
        for page in order.sample(ids, len(ids)):
            for name in order.sample(sorted(run), len(run)):
                spent = timed(run[name], sources[page])
                best[name][page] = min(best[name].get(page, spent), spent)
    heads = [name for name in ("resiliparse", "trafilatura") if name in best]
    titles = ("median ms", "mean ms", *(f"{what} {head[:6]}" for head in heads for what in ("medians /", "pages /")))
    print(f"\n{len(ids):<5}pages  " + "".join(f"{title:>17}" for title in titles))
    for name, spent in best.items():
        middle = statistics.median(spent.values())
        ratios = []
        for head in heads:
            ratios.append(middle / statistics.median(best[head].values()))
            ratios.append(statistics.median(spent[page] / best[head][page] for page in ids))
        values = (1e3 * middle, 1e3 * statistics.mean(spent.values()), *ratios)
        print(f"{name:<12}" + "".join(f"{value:>17.3f}" for value in values))


def timed(run: Callable[[str], Any], html: str) -> float:
    """Return the CPU seconds of one call."""
    started = time.thread_time()
    run(html)
    return time.thread_time() - started


def sizes(sources: dict[str, str], tools: dict[str, Extractor]) -> None:
    """Print CPU milliseconds a megabyte for pages whose body is repeated until they are as long as asked."""
    html = sources[sorted(sources)[len(sources) // 2]]
    body = html.find("<body")
    first = html.find(">", body) + 1 if body >= 0 else 0
    end = html.rfind("</body>")
    inside = html[first:end] if end > first else html[first:]
    run = {"scrubkit": scrubkit.extract, **{name: tools[name] for name in ("resiliparse",) if name in tools}}
    print("\nCPU ms/MB   " + "".join(f"{name:>17}" for name in run))
    for size in (100_000, 1_000_000, 3_000_000, 10_000_000):
        page = html[:first] + inside * max(1, size // len(inside)) + "</body></html>"
        costs = [min(timed(tool, page) for _ in range(_REPEATS)) / len(page) * 1e9 for tool in run.values()]
        print(f"{len(page) / 1e6:>6.1f} MB   " + "".join(f"{cost:>17.1f}" for cost in costs), flush=True)


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
    parser.add_argument("--sizes", action="store_true", help="time pages of up to ten megabytes, too")
    options = parser.parse_args()
    folder = options.bench / "wcxb-dev"
    truths = list(load_truths(folder))
    sources = {truth.id: load_html(folder, truth.id) for truth in truths}
    tools = peers()
    if not options.speed_only:
        some = random.Random(0).sample(truths, min(options.quality_pages, len(truths)))
        quality(some, sources, out_of_fold(options.bench, options.predictions), tools)
    speed(sources, options.pages, tools)
    if options.sizes:
        sizes(sources, tools)


if __name__ == "__main__":
    main()
