"""A real spider, crawling a server on this machine, with the item pipeline in its settings."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import scrubkit

pytest.importorskip("scrapy")

pytestmark = pytest.mark.interop

PAGES = {
    "/": '<a href="/rain">1</a><a href="/menu">2</a><a href="/snow">3</a>',
    "/rain": "<html><body><nav><ul><li><a href='/'>Home</a></li><li><a href='/n'>News</a></li></ul></nav><h1>Rain</h1>"
    + "<p>Rain fell on the valley all day, and by the evening the river had risen by more than two metres.</p>" * 2
    + "<footer>Copyright 2024 The Herald. All rights reserved.</footer></body></html>",
    "/menu": "<nav><ul><li><a href='/'>Home</a></li><li><a href='/n'>News</a></li></ul></nav>",
    "/snow": "<h1>Snow</h1><p>Snow fell on the hills all night, and by the morning the passes were closed to cars.</p>"
    "<p>Farmers who had left their flocks on the high pastures set out before dawn to dig the animals out.</p>",
}

SPIDER = """
import scrapy


class Spider(scrapy.Spider):
    name = "news"
    custom_settings = {
        "ITEM_PIPELINES": {"scrubkit.interop.CleanItem": 300},
        "SCRUBKIT_FIELD": "body",
        "FEEDS": {"out.jsonl": {"format": "jsonlines"}},
        "TELNETCONSOLE_ENABLED": False,
    }

    async def start(self):
        yield scrapy.Request(self.address, self.parse)

    def parse(self, response):
        for link in response.css("a::attr(href)").getall():
            yield response.follow(link, self.page)

    def page(self, response):
        yield {"url": response.url, "body": response.body}
"""


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = PAGES.get(self.path)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((found or "").encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_a_spider_exports_clean_texts(site: str, tmp_path: Path) -> None:
    """Pages with text come out clean with what was taken; a page of nothing but a menu is dropped by name."""
    (tmp_path / "spider.py").write_text(SPIDER)
    env = {**os.environ, "PYTHONPATH": str(Path(scrubkit.__file__).parent.parent)}
    command = [sys.executable, "-m", "scrapy", "runspider", "spider.py", "-a", f"address={site}"]
    told = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr[-2000:]
    rows = {row["url"][len(site) :]: row for row in map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())}
    assert sorted(rows) == ["rain", "snow"], told.stderr[-2000:]
    assert "Home" not in rows["rain"]["body"]
    assert "All rights reserved" not in rows["rain"]["body"]
    assert rows["rain"]["scrubkit"]["verdict"] == "kept"
    assert "rejected by QLT" in told.stderr
