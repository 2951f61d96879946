"""The report: what it is made of, and how it behaves in a real browser."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.core import ScrubkitError
from scrubkit.report import write
from scrubkit.report.collect import DocumentRow, collect

EVIL = "</script><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"
STORY = "The ferry runs again from the first of May. Its engine was taken apart over the winter. Bicycles go free."
COPY = "The ferry will run again from the first of May. Its engine was taken apart over winter. Fares stay the same."


def entry(text: str, start: int, code: str = "NAV001", score: float = 0.9, **because: Any) -> dict[str, Any]:
    return {
        "code": code, "start": start, "end": start + len(text), "text": text, "replacement": "", "score": score,
        "because": because, "codes": [code],
    }  # fmt: skip


def document(number: int, text: str, *entries: dict[str, Any], **told: Any) -> dict[str, Any]:
    gone = sum(len(e["text"]) for e in entries)
    return {
        "id": f"doc-{number}", "place": f"a.jsonl:{number}", "source": "a.jsonl", "line": number, "verdict": "kept",
        "codes": [], "meta": {"host": "news.example", "title": f"Title {number}", "language": "en"},
        "original_length": len(text), "clean_length": len(text) - gone, "entries": list(entries),
    } | told  # fmt: skip


def run_folder(folder: Path, ledger: list[dict[str, Any]], clusters: list[dict[str, Any]] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row) + "\n" for row in ledger).encode()
    (folder / "ledger.jsonl.zst").write_bytes(zstandard.compress(lines))
    (folder / "clusters.jsonl").write_text("".join(json.dumps(row) + "\n" for row in clusters or []))
    (folder / "stats.json").write_text(json.dumps({"documents": {"in": len(ledger), "kept": len(ledger)}}))
    return folder


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, list[str]]:
    """Return a run of four documents, one of them hostile, two of them copies, and their texts."""
    texts = [f"Skip to content\n{STORY}\n", f"Skip to content\n{COPY}\n", f"{EVIL}\n{EVIL} stays.\n", "Odd text.\n"]
    ledger = [
        document(1, texts[0], entry("Skip to content\n", 0, cue="skip to content")),
        document(2, texts[1], entry("Skip to content\n", 0)),
        document(3, texts[2], entry(f"{EVIL}\n", 0, "CMT001", 0.6, anchor=EVIL), meta={"host": EVIL, "title": EVIL}),
        document(4, texts[3], verdict="quarantined", codes=["ERR001"]),
    ]
    clusters = [
        {"id": "doc-1", "cluster": 0, "keeper": True, "verdict": "keeper", "score": None, "of": None},
        {"id": "doc-2", "cluster": 0, "keeper": False, "verdict": "rewrite", "score": 0.91, "of": "doc-1"},
        {"id": "doc-3", "cluster": 1, "keeper": True, "verdict": "unique", "score": None, "of": None},
    ]
    return run_folder(tmp_path / "out", ledger, clusters), texts


def test_page_is_whole_and_loads_nothing(small: tuple[Path, list[str]], tmp_path: Path) -> None:
    """One file; a policy that allows nothing from outside; not one address in it that a browser would load."""
    write(small[0], tmp_path / "r.html", texts=small[1])
    html = (tmp_path / "r.html").read_text()
    assert "default-src 'none'" in html
    assert not re.search(r"<(?:link|img|iframe|object|embed)\b|\bsrc=|@import|url\(", html)
    assert "onerror" not in html
    assert html.count("<script>") == 1


def test_page_depends_on_the_run_alone(small: tuple[Path, list[str]], tmp_path: Path) -> None:
    """The same run gives the same bytes."""
    for name in ("a.html", "b.html"):
        write(small[0], tmp_path / name, texts=small[1])
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_clusters_and_templates(small: tuple[Path, list[str]]) -> None:
    """Copies stand under what stays; lines that went from several pages of a source are its template."""
    run = collect(*small)
    assert run.clusters == [{"keeper": 0, "members": [(1, "rewrite", 0.91)]}]
    news = next(source for source in run.sources() if source["name"] == "news.example")
    assert news["template"] == [("Skip to content", "NAV001", 2)]


TEMPLATES = """version = 1
[[source]]
name = "news.example"
pages = 5
articles = 4
[[source.line]]
text = "Skip to content"
articles = 4
after = [""]
[[source.block]]
path = "div.side/p"
rows = 9
share = 0.9
[[source]]
name = "other.example"
[corpus]
[[corpus.line]]
text = "Sign in"
sources = 5
"""


def test_learned_templates_are_shown(small: tuple[Path, list[str]], tmp_path: Path) -> None:
    """The templates a run took out stand with their source, those of the corpus and of other sources apart."""
    assert collect(*small).learned() is None
    (small[0] / "templates.toml").write_text(TEMPLATES)
    run = collect(*small)
    told = {source["name"]: source["learned"] for source in run.sources()}
    assert told["news.example"]["lines"] == [["Skip to content", [""], [], 4]]
    assert told["news.example"]["blocks"] == [["div.side/p", 0.9, 9]]
    assert told[EVIL.lower()] is None
    learned = run.learned()
    assert learned is not None
    assert learned["elsewhere"] == 1
    assert learned["corpus"]["lines"][0][0] == "Sign in"
    (small[0] / "templates.toml").write_text("version = 2")
    with pytest.raises(ScrubkitError, match=r"templates\.toml"):
        write(small[0], tmp_path / "r.html")


def test_documents_worth_a_look(small: tuple[Path, list[str]]) -> None:
    """What was set aside comes first, then what went on a low score; a plain page is not worth a look."""
    worth = [row.worth() for row in collect(*small).documents]
    assert worth[3][0] == 1.0
    assert "ERR001" in worth[3][1]
    assert worth[2][0] > worth[0][0]
    assert "CMT001" in worth[2][1]


@given(st.lists(st.tuples(st.text(max_size=5), st.text(min_size=1, max_size=5)), max_size=6), st.text(max_size=5))
def test_segments_hold_the_whole_text(parts: list[tuple[str, str]], tail: str) -> None:
    """What stayed and what went, in order, are the text before cleaning."""
    text, entries = "", []
    for kept, gone in parts:
        text += kept
        entries.append(entry(gone, len(text)))
        text += gone
    text += tail
    row = DocumentRow("a", "s", "p", "", "", "kept", (), len(text), 0, tuple(entries), text)
    assert "".join(part if isinstance(part, str) else part[0] for part in row.segments()) == text


def test_without_texts_what_went_is_shown(small: tuple[Path, list[str]], tmp_path: Path) -> None:
    """The ledger alone makes a report of removals; texts that are not those of the ledger are not believed."""
    assert write(small[0], tmp_path / "r.html") > 0
    run = collect(small[0], ["other", *small[1][1:]])
    assert run.documents[0].text is None
    assert run.documents[0].segments()[0] == "\n…\n"
    assert run.documents[1].text == small[1][1]


def test_folder_that_holds_no_run(tmp_path: Path) -> None:
    """The message names the folder and what to name instead."""
    with pytest.raises(ScrubkitError, match="clean wrote with -o"):
        write(tmp_path, tmp_path / "r.html")
    run_folder(tmp_path / "out", [])
    (tmp_path / "out" / "stats.json").write_text("{")
    with pytest.raises(ScrubkitError, match=r"stats\.json"):
        write(tmp_path / "out", tmp_path / "r.html")


def test_command_reports_a_real_run(tmp_path: Path) -> None:
    """``scrubkit clean`` and then ``scrubkit report`` make a page with the texts of the run."""
    from scrubkit.cli import main

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(f"Skip to content\n\n{STORY}\n")
    out = str(tmp_path / "out")
    cleaned = CliRunner().invoke(
        main, ["clean", str(tmp_path / "in"), "-o", out, "-j", "1", "-q", "--no-dedup", "--ignore", "BPL"]
    )
    assert cleaned.exit_code == 0, cleaned.output
    told = CliRunner().invoke(main, ["report", out], catch_exceptions=False)
    assert told.exit_code == 0
    assert "report.html" in told.stderr
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a headless Chromium, driven by playwright."""
    api = pytest.importorskip("playwright.sync_api")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    with api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a file; at the end nothing may have been said or asked for."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def visit(path: Path, width: int = 1200, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith("file:") or not url.endswith(".html")] == []


@pytest.mark.slow
def test_views_and_filters(small: tuple[Path, list[str]], tmp_path: Path, visit: Callable[..., Any]) -> None:
    """Every view is shown; filters narrow the list; the text of a document shows what went and why."""
    (small[0] / "templates.toml").write_text(TEMPLATES)
    write(small[0], tmp_path / "r.html", texts=small[1])
    page = visit(tmp_path / "r.html")
    assert page.locator("svg").count() >= 2
    page.click("#tab-documents")
    page.wait_for_selector("#text")
    assert page.locator("#list li").count() == 4
    assert "NAV001 nav 0.90" in page.inner_text("#text")
    page.select_option("select[aria-label='all rules']", "CMT001")
    assert page.locator("#list li").count() == 1
    page.select_option("select[aria-label='all rules']", "")
    page.fill("#search", "title 2")
    assert page.locator("#list li").count() == 1
    page.click("#tab-worth")
    assert "doc-4" in page.inner_text("#list li:first-child")
    page.click("#tab-duplicates")
    page.wait_for_selector("#pair mark")
    assert "rewrite (0.91)" in page.inner_text("#pair")
    assert page.locator("#pair tbody tr").count() == 3
    page.click("#tab-sources")
    assert "Skip to content" in page.inner_text("#main")
    page.click("#main details details summary")
    assert "the edge of the page" in page.inner_text("#main table.learned >> nth=0")
    assert "1 source more that this run holds no document of" in page.inner_text("#main")


@pytest.mark.slow
def test_planted_script_stays_text(small: tuple[Path, list[str]], tmp_path: Path, visit: Callable[..., Any]) -> None:
    """Markup in titles, hosts, texts and evidence is shown as text in every view and never runs."""
    write(small[0], tmp_path / "r.html", texts=small[1])
    page = visit(tmp_path / "r.html")
    for view in ("overview", "documents", "worth", "duplicates", "sources"):
        page.click(f"#tab-{view}")
        page.wait_for_timeout(50)
        assert page.title() != "owned"
        assert page.locator("#main img, #main script").count() == 0
    page.click("#tab-documents")
    page.click("#list button[data-at='2']")
    page.wait_for_function("document.querySelector('#text')?.textContent.includes('stays.')")
    assert EVIL in page.inner_text("#text")


@pytest.mark.slow
def test_keyboard(small: tuple[Path, list[str]], tmp_path: Path, visit: Callable[..., Any]) -> None:
    """Views are reached by arrow keys, documents by j and k, the search by a slash."""
    write(small[0], tmp_path / "r.html", texts=small[1])
    page = visit(tmp_path / "r.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#tab-documents", "aria-selected") == "true"
    page.wait_for_selector("#text")
    page.keyboard.press("j")
    page.wait_for_function("document.querySelector('#detail h2')?.textContent === 'Title 2'")
    page.keyboard.press("k")
    page.wait_for_function("document.querySelector('#detail h2')?.textContent === 'Title 1'")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (1200, "dark"), (360, "light")])
def test_narrow_and_dark(
    width: int, scheme: str, small: tuple[Path, list[str]], tmp_path: Path, visit: Callable[..., Any]
) -> None:
    """The page is never wider than the screen, and its background follows the colour scheme and the button."""
    write(small[0], tmp_path / "r.html", texts=small[1])
    page = visit(tmp_path / "r.html", width, scheme)
    for view in ("overview", "documents", "duplicates", "sources"):
        page.click(f"#tab-{view}")
        page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    light = "rgb(255, 255, 255)"
    color = "getComputedStyle(document.body).backgroundColor"
    assert (page.evaluate(color) == light) == (scheme == "light")
    page.click("#theme")
    assert (page.evaluate(color) == light) == (scheme == "dark")


@pytest.mark.slow
def test_ten_thousand_documents(tmp_path: Path, visit: Callable[..., Any]) -> None:
    """Ten thousand documents are listed page by page, filtered and opened; texts over the budget are left out."""
    lines = [f"{STORY} Number {n}, told again in other words for the sake of length. " * 5 for n in range(40)]
    texts = [f"Skip to content\n{lines[n % 40]}{n}\n" for n in range(10_000)]
    ledger = [
        document(n, text, entry("Skip to content\n", 0), meta={"host": f"h{n % 50}.example", "title": f"Title {n}"})
        for n, text in enumerate(texts)
    ]
    write(run_folder(tmp_path / "out", ledger), tmp_path / "r.html", texts=texts)
    page = visit(tmp_path / "r.html")
    page.click("#tab-documents")
    page.wait_for_selector("#text")
    assert page.locator("#list li").count() == 200
    assert "page 1 of 50" in page.inner_text("#pages")
    page.fill("#search", "title 9999")
    page.wait_for_function("document.querySelectorAll('#list li').length === 1")
    assert "Number 39" in page.inner_text("#text")
    took = page.evaluate(
        "(() => { const t = performance.now(); state.filters.search = ''; list(); return performance.now() - t; })()"
    )
    assert took < 2000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("light", 1200, "light"), ("dark", 1200, "dark"), ("narrow", 390, "light")]
)
def test_screenshots(
    name: str, width: int, scheme: str, tmp_path: Path, visit: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pictures in the docs are made here, from the samples, where SCRUBKIT_SCREENSHOTS names a folder."""
    from scrubkit.cli import main

    folder = Path(os.environ.get("SCRUBKIT_SCREENSHOTS") or tmp_path).absolute()
    monkeypatch.chdir(Path(__file__).parents[2] / "corpus_samples")  # pictures show no folder of this machine
    sources = ["pages", "feed.jsonl"]
    out = tmp_path / "samples"
    options = ["-j", "1", "-q", "--learn-templates", *os.environ.get("SCRUBKIT_SCREENSHOT_OPTIONS", "").split()]
    cleaned = CliRunner().invoke(main, ["clean", *sources, "-o", str(out), *options])
    assert cleaned.exit_code in (0, 1), cleaned.output
    assert CliRunner().invoke(main, ["report", str(out), "-q"], catch_exceptions=False).exit_code == 0
    page = visit(out / "report.html", width, scheme)
    page.screenshot(path=folder / f"report-overview-{name}.png")
    page.click("#tab-documents")
    page.wait_for_selector("#text")
    page.click("#list li:nth-child(10) button")
    page.wait_for_selector("#list li:nth-child(10) button[aria-current=true]")
    page.wait_for_timeout(200)
    page.screenshot(path=folder / f"report-document-{name}.png")
    page.click("#tab-duplicates")
    told = page.locator("#cluster option", has_text="ferry-rams-pier").first.text_content()
    page.select_option("#cluster", label=told)  # a rewrite: other words, the same news
    page.wait_for_selector("#pair mark")
    page.screenshot(path=folder / f"report-duplicates-{name}.png")
    page.click("#tab-sources")
    page.click("#main details details summary")
    page.screenshot(path=folder / f"report-sources-{name}.png")
