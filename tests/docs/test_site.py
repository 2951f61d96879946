"""The site: what it makes of the catalogue, and that it builds without a warning."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from worlds import ROOT


@pytest.fixture(scope="module")
def hook() -> Any:
    """Return the module that MkDocs calls."""
    pytest.importorskip("mkdocs")
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import docs_site
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    return docs_site


def test_every_rule_has_a_page(hook: Any) -> None:
    """Made from the catalogue: code, name, summary, reason and example stand in it."""
    from scrubkit.rulebook import all_rules

    pages = hook.rule_pages()
    for code, rule in all_rules().items():
        page = pages[f"rules/{code}.md"]
        assert rule.name in page
        assert rule.rationale in page
        assert f"({code}.md)" in pages["rules/index.md"]


def test_every_command_has_its_help(hook: Any) -> None:
    """Each verb of the group, those below ``config`` too."""
    from scrubkit.cli import COMMANDS

    page = hook.commands_page()
    for verb in COMMANDS:
        assert f"## scrubkit {verb}\n" in page
    assert "### scrubkit config show" in page


def test_tables_of_the_comparison_are_found(hook: Any) -> None:
    """Each is the table of another page, which has the command that prints it."""
    text = (ROOT / "docs" / "comparison.md").read_text()
    wanted = re.findall(r"<!-- table: (\S+) \| (.*?) \| (\d) -->", text)
    assert len(wanted) == text.count("<!-- table:") > 0
    for page, heading, number in wanted:
        assert hook.table_of(page, heading, int(number)).count("\n") >= 2, (page, heading)


def test_docstrings_become_markdown() -> None:
    """Examples become code blocks, roles become names."""
    pytest.importorskip("griffe")
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from docs_docstrings import markdown
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    assert markdown("Half::\n\n    x\n\n>>> 1 / 2\n0.5\n\n>>> 2\n2") == (
        "Half:\n\n    x\n\n```pycon\n>>> 1 / 2\n0.5\n\n>>> 2\n2\n```"
    )


@pytest.mark.slow
def test_site_builds_strictly_and_loads_nothing(tmp_path: Path) -> None:
    """No warning, no dead link or anchor; no page asks another host for a script, a style or a font."""
    pytest.importorskip("mkdocs")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path / "site")],
        cwd=ROOT, text=True, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 100
    asked = re.compile(
        r"<(?:script|img|iframe)[^>]+src=.?https?:|<link[^>]+rel=.?(?:stylesheet|preconnect)[^>]+https?:"
    )
    assert [page.name for page in pages if asked.search(page.read_text("utf-8"))] == []
    look(tmp_path / "site")


def look(site: Path) -> None:
    """Open pages in a real browser, light, dark and narrow: nothing is asked of another host, none is too wide."""
    api = pytest.importorskip("playwright.sync_api")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        return
    handler = partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, api.sync_playwright() as play:
        Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/"
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for width, scheme in ((1200, "light"), (1200, "dark"), (390, "light")):
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page = context.new_page()
            said: list[str] = []
            asked: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            for name in ("", "tutorial/", "rules/", "rules/CMT001/", "api/", "comparison/", "how-to/plugins/"):
                page.goto(base + name)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert said == []
            assert [url for url in asked if not url.startswith(base)] == []
            context.close()
        browser.close()
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """Serves the site and says nothing."""

    def log_message(self, *_: Any) -> None:
        pass
