"""What is fuzzed of files that a run, or ``fit``, wrote and that another may have changed: report, restore, templates."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode
from functools import cache
from pathlib import Path

from common import a_folder, split

from scrubkit.core import Document, ScrubkitError
from scrubkit.ingest.layout import layout_text

__all__ = ["fuzz_ledger", "fuzz_report", "fuzz_templates"]


def fuzz_report(data: bytes) -> None:
    """Whatever a text, an id or an address says, the report holds it as data: no element or handler comes of it."""
    from selectolax.lexbor import LexborHTMLParser

    from scrubkit.report import write

    choice, rest = split(data)
    parts = [part.decode("utf-8", "replace") for part in rest.split(b"\x00", 3)] + [""] * 4
    with a_folder() as folder:
        _run_folder(folder, choice, *parts[:4])
        write(folder, folder / "report.html", title=parts[3])
        tree = LexborHTMLParser((folder / "report.html").read_text("utf-8"))
    found = [(node.tag, sorted(node.attributes)) for node in tree.css("*")]
    assert found == _plain_report(), "what a document says became markup of the report"


_RUN_FILES = ("ledger.jsonl.zst", "manifest.json", "stats.json", "clusters.jsonl", "templates.toml")


def fuzz_ledger(data: bytes) -> None:
    """A run's folder with any bytes in one of its files is shown and restored, or that file is refused by name."""
    import zstandard

    from scrubkit.engine.restore import restored
    from scrubkit.report import write

    choice, rest = split(data)
    name = _RUN_FILES[choice // 8 % len(_RUN_FILES)]
    with a_folder() as folder:
        _run_folder(folder, choice, "a", "Rain fell.", "https://example.org/a", "NAV001")
        whole = name.endswith(".zst") and choice % 4
        (folder / name).write_bytes(zstandard.compress(rest, 1) if whole else rest)
        shown = folder / "report.html"
        for use in (
            lambda: write(folder, shown),
            lambda: list(restored(folder)),
            lambda: write(folder, shown, texts=(document.seen for document in restored(folder))),
        ):
            shown.unlink(missing_ok=True)
            try:
                use()
            except ScrubkitError as error:
                named = str(folder) in str(error) or "was changed since" in str(error)
                assert named, error  # noqa: PT017 (a promise, not a test)
            else:
                _assert_opens(shown)


def _assert_opens(path: Path) -> None:
    """What a browser unpacks of a report is strict JSON (it knows no NaN)."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} in the report")

    for packed in re.findall(r'octet-stream" id="[^"]*">([^<]*)<', path.read_text("utf-8") if path.is_file() else ""):
        json.loads(gzip.decompress(b64decode(packed)), parse_constant=refuse)


def fuzz_templates(data: bytes) -> None:
    """Any file of templates is read, written and read alike, and says what it says of a page; or is refused by name."""
    from scrubkit.templates import dump, loads

    try:
        templates = loads(data.decode("utf-8", "replace"), place="a.toml")
    except ScrubkitError as error:
        assert "a.toml" in str(error)  # noqa: PT017 (a promise, not a test)
        return
    assert loads(dump(templates)).sources.keys() == templates.sources.keys()
    layout = layout_text("Menu\nSign in\nRain fell.\nSign in\n")
    for source in [*templates.sources, "example.org"]:
        for finding in templates.findings(Document("a", layout.text, layout.blocks), source):
            assert 0 <= finding.start <= finding.end <= len(layout.text)


def _run_folder(folder: Path, choice: int, name: str, text: str, address: str, code: str) -> None:
    """Write what a run of two documents writes: one that is set aside, and one that stands in ``a.jsonl``."""
    import zstandard

    entry = {"code": code, "start": 0, "end": len(text), "text": text, "replacement": "", "score": 0.9,
             "because": {"cue": address}, "codes": [code]}  # fmt: skip
    row = {"id": name, "place": name, "source": address, "line": 0, "verdict": ("kept", "rejected")[choice % 2],
           "codes": [code], "sha256": "", "meta": {"title": text, "host": address, "language": code},
           "original_length": len(text), "clean_length": 0, "text": "", "entries": [entry]}  # fmt: skip
    kept = {**row, "id": "b", "verdict": "kept", "codes": [], "original_length": 4, "clean_length": 4, "entries": [],
            "out": "a.jsonl", "row": 0}  # fmt: skip
    del kept["text"]
    cluster = [{"id": told["id"], "cluster": 0, "keeper": told is kept, "verdict": "rewrite", "score": 0.9, "of": None}
               for told in (row, kept)]  # fmt: skip
    (folder / "ledger.jsonl.zst").write_bytes(zstandard.compress(_lines(row, kept), 1))
    (folder / "clusters.jsonl").write_bytes(_lines(*cluster))
    (folder / "a.jsonl").write_bytes(_lines({"id": "b", "text": "Rain"}))
    (folder / "stats.json").write_text(json.dumps({"documents": {"in": 2, "kept": 1}}))
    (folder / "manifest.json").write_text(
        json.dumps({"scrubkit": address, "sources": [name], "config": {"text-field": "text"}})
    )


def _lines(*rows: object) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@cache
def _plain_report() -> list[tuple[str, list[str]]]:
    from selectolax.lexbor import LexborHTMLParser

    from scrubkit.report import write

    with a_folder() as folder:
        _run_folder(folder, 0, "a", "Rain fell.", "https://example.org/a", "NAV001")
        write(folder, folder / "report.html", title="a")
        tree = LexborHTMLParser((folder / "report.html").read_text("utf-8"))
    return [(node.tag, sorted(node.attributes)) for node in tree.css("*")]
