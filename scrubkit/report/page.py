"""The report as one file: markup, style, script and packed data; nothing is loaded from anywhere."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from importlib import resources
from typing import Any

from scrubkit.report.collect import Collected, DocumentRow

__all__ = ["page"]

CHUNK_DOCUMENTS = 64
BUDGET = 24_000_000
"""Bytes of packed texts a page may hold; a browser opens that in seconds."""


def page(run: Collected, title: str, *, budget: int = BUDGET) -> str:
    """Return the page.

    All documents are listed. Texts are packed until ``budget`` bytes are reached, those most worth a look first;
    the rest are listed without their text, and the page says so.
    """
    worth = [row.worth() for row in run.documents]
    order = sorted(range(len(worth)), key=lambda at: -worth[at][0])
    chunks, where = _pack(run.documents, order, budget)
    index = _index(run, worth, where)
    style, script, frame = (_asset(name) for name in ("report.css", "report.js", "report.html"))
    parts = {
        "title": escape(title),
        "subtitle": escape(_subtitle(run)),
        "version": escape(run.manifest.scrubkit),
        "style": style,
        "script": script,
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        "index": _packed(index),
        "chunks": "\n".join(_chunk(number, data) for number, data in enumerate(chunks)),
    }
    # Not str.format: style and script are full of braces. One pass, so that no part can name another.
    return "".join(_filled(frame, parts))


def _filled(frame: str, parts: dict[str, str]) -> Iterator[str]:
    import re

    at = 0
    for match in re.finditer(r"\{(\w+)\}", frame):
        yield frame[at : match.start()]
        yield parts[match[1]]
        at = match.end()
    yield frame[at:]


def _subtitle(run: Collected) -> str:
    told = run.stats.documents
    kept, given = told.get("kept", 0), told.get("in", len(run.documents))
    return f"{kept:,} of {given:,} documents kept"


def _chunk(number: int, data: str) -> str:
    return f'<script type="application/octet-stream" id="chunk-{number}">{data}</script>'


def _asset(name: str) -> str:
    return (resources.files("scrubkit.report") / "assets" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _packed(value: Any) -> str:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    # No time in the header: the same run gives the same page. Base64 holds nothing a browser could take for markup.
    return b64encode(gzip.compress(data, 6, mtime=0)).decode()


def _pack(
    documents: Sequence[DocumentRow], order: Sequence[int], budget: int
) -> tuple[list[str], dict[int, tuple[int, int]]]:
    """Return packed chunks of documents' segments and where each document's are: chunk and slot."""
    chunks: list[str] = []
    where: dict[int, tuple[int, int]] = {}
    spent = 0
    for start in range(0, len(order), CHUNK_DOCUMENTS):
        members = order[start : start + CHUNK_DOCUMENTS]
        data = _packed([documents[at].segments() for at in members])
        spent += len(data)
        if spent > budget and chunks:
            break
        where |= {at: (len(chunks), slot) for slot, at in enumerate(members)}
        chunks.append(data)
    return chunks, where


def _index(run: Collected, worth: Sequence[tuple[float, str]], where: dict[int, tuple[int, int]]) -> dict[str, Any]:
    rows = run.documents
    sources = run.sources()
    source_at = {source["name"]: at for at, source in enumerate(sources)}
    verdicts = sorted({row.verdict for row in rows})
    cluster_of = {
        at: number
        for number, cluster in enumerate(run.clusters)
        for at in (cluster["keeper"], *(member[0] for member in cluster["members"]))
    }
    rules = run.rules()
    nowhere = (-1, -1)
    return {
        "stats": {"documents": run.stats.documents or {"in": len(rows)}},
        "rules": rules,
        "kinds": sorted({rule["kind"] for rule in rules.values()}),
        "verdicts": verdicts,
        "sources": sources,
        "learned": run.learned(),
        "clusters": run.clusters,
        "notes": {
            "no_text": f"The texts of {len(rows) - len(where):,} documents are left out, to keep the page small."
        },
        "docs": {
            "id": [row.id for row in rows],
            "place": [row.place for row in rows],
            "title": [row.title for row in rows],
            "language": [row.language for row in rows],
            "source": [source_at[row.source] for row in rows],
            "verdict": [verdicts.index(row.verdict) for row in rows],
            "reasons": [list(row.reasons) for row in rows],
            "codes": [sorted({*row.reasons, *(entry["code"] for entry in row.entries)}) for row in rows],
            "before": [row.before for row in rows],
            "after": [row.after for row in rows],
            "worth": [round(score, 3) for score, _ in worth],
            "why": [why for _, why in worth],
            "cluster": [cluster_of.get(at, -1) for at in range(len(rows))],
            "chunk": [where.get(at, nowhere)[0] for at in range(len(rows))],
            "slot": [where.get(at, nowhere)[1] for at in range(len(rows))],
        },
    }
