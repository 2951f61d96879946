"""What the fuzzer starts from, made anew in each run. All of it is written for this, none is anybody's page."""

from __future__ import annotations

import gzip
import io
import json
import struct
from pathlib import Path

__all__ = ["seeds", "write_seeds"]

TEXTS = (
    "Le maître d'hôtel a servi un café crème très sucré à l'évêque, déjà âgé. ",
    "Старый мост через реку закрыли на ремонт, и жители ждут его открытия осенью. ",
    "昨日の夜、駅の前で友達に会いました。とても寒かったので、すぐに家に帰りました。",
    "Źródło rzeki leży wśród wzgórz. Żółw był bardzo ciężki. ",
    "أُغلق الجسر القديم فوق النهر للإصلاح، وتنتظر المدينة إعادة فتحه في الخريف. ",
)
PAGE = (
    "<!doctype html><html lang=en><head><title>Bridge reopens</title><meta charset=utf-8><meta property=og:title "
    'content="Bridge"><script type="application/ld+json">{"@type":"NewsArticle","headline":"Bridge","author":'
    '{"name":"Ada Day"},"datePublished":"2024-05-01"}</script></head><body><nav><ul><li><a href=/>Home</a><li><a '
    "href=/n>News</a></ul></nav><article><h1>Bridge reopens</h1><p class=byline>By Ada Day</p><p>The old bridge over "
    "the river reopened on Monday, two years after the flood that took its middle span.<p>The mayor walked across "
    "first &amp; the band followed.<table><tr><td>a<td>b</table><pre>x\n y</pre></article><div class=share>Share this "
    "article</div><footer>© 2024 The Daily. All rights reserved.</footer></body></html>"
)
FLAT = (
    "Home\nNews\nSport\n\nBridge reopens after two years\nBy Ada Day\n\nThe old bridge over the river reopened on Monday, "
    "two years after the flood that took its middle span.\nRead more: Ferry company sues the harbour board\n\nShare this "
    "article\nSign up for our newsletter\nLeave a Reply\nYour email address will not be published.\n© 2024 The Daily\n"
)
CONFIG = (
    'select = ["NAV", "BPL"]\nignore = ["NAV002"]\nkeep = "recall"\nlanguage = ["en"]\nmin-words = 10\n'
    'exclude = ["*.tmp"]\n[dedup]\naction = "tag"\njaccard = 0.7\n[check]\nselect = ["ENC"]\n[per-path-ignores]\n'
    '"old/*" = ["TCK"]\n[rules.QLT004]\nmin_words = 5\n'
)
ENTRY = {"code": "NAV001", "start": 0, "end": 5, "text": "Home\n", "replacement": "", "score": 0.9, "because": {"n": 1},
         "codes": ["NAV001"]}  # fmt: skip
LEDGER = {"id": "a", "place": "a", "source": "a.txt", "line": 0, "verdict": "rejected", "codes": ["LNG001"], "sha256": "",
          "meta": {"title": "Rain", "language": "en"}, "original_length": 15, "clean_length": 10, "text": "Rain fell.",
          "entries": [ENTRY]}  # fmt: skip
OUT = {key: value for key, value in LEDGER.items() if key != "text"} | {"out": "../../etc/passwd", "row": 1}
MANIFEST = {"scrubkit": "1.0", "config": {"text-field": "text"}, "outputs": ["a.jsonl"], "input": {"files": 1}}
STATS = {"documents": {"in": 2, "kept": 1}, "characters": {"in": 9, "removed": {"NAV001": 5}}, "faults": {}}
MEMBER = {"id": "a", "cluster": 0, "keeper": True, "verdict": "keeper", "score": 0.9, "of": None}
DEEP = b'{"because": ' + b"[" * 1200
WRONG = (None, -1, 1e300, 10**30, True, "é", [], {}, [[]], float("nan"), "\ud800", {"a": {"b": [1]}}, {"in": "x"})
TEMPLATES = (
    'version = 1\n[[source]]\nname = "example.org"\npages = 9\narticles = 9\n[[source.line]]\ntext = "Sign in"\n'
    'articles = 9\nafter = ["Menu", ""]\nbefore = ["Rain fell."]\nexample = "a"\n[[source.block]]\npath = "div/p"\n'
    'articles = 9\nrows = 9\nshare = 0.5\n[corpus]\npages = 9\n[[corpus.line]]\ntext = "Menu"\nsources = 5\n'
)
TEMPLATE_CHANGES = (
    ("version = 1", "version = []"), ("9", "-9"), ("9", "1e400"), ("9", "nan"), ("9", "[[1]]"), ('"Sign in"', "1"),
    ('["Menu", ""]', '[["Menu"]]'), ('["Menu", ""]', "{}"), ("[[source]]", "[source]"), ("[[source.line]]", "[source.line]"),
    ("[corpus]", "[[corpus]]"), ('"div/p"', "[" * 1200), ('"example.org"', '"\\u0000\\u007f\\n"'), ("0.5", "inf"),
)  # fmt: skip
RECORD = {"id": "a", "text": FLAT, "url": "https://example.org/a", "metadata": {"n": 1}}
WARC = (
    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:12345678-1234-1234-1234-123456789abc>\r\n"
    "WARC-Target-URI: https://example.org/a\r\nWARC-Date: 2024-05-01T00:00:00Z\r\nContent-Type: application/http; "
    "msgtype=response\r\nContent-Length: {size}\r\n\r\n"
)


def _warc() -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE.encode()
    return WARC.format(size=len(http)).encode() + http + b"\r\n\r\n"


def _parquet(*, arrow: bool) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"id": ["a", "b"], "text": [FLAT, "Rain fell."], "url": ["https://example.org/a", None]})
    sink = io.BytesIO()
    if arrow:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    else:
        pq.write_table(table, sink, compression="none")
    return sink.getvalue()


def _run_seeds() -> list[bytes]:
    """Return files of a run, whole and with one value in the place of another; the first byte says which file."""
    rows = (LEDGER, OUT, {}, [1], "x", LEDGER | {"id": 1}, LEDGER | {"before": {"lines": [[9, "x"]]}})
    out = [b"\x01" + json.dumps(row).encode() + b"\n" for row in rows]
    for at, value in enumerate((LEDGER, MANIFEST, STATS, MEMBER)):
        head = bytes([8 * at + 1])
        out += [head + json.dumps(other).encode() for other in (value, [], 1, None)]
        out += [head + json.dumps({**value, key: wrong}).encode() for key in value for wrong in WRONG]
    out += [bytes([8 * at + 1]) + DEEP for at in range(4)]
    out.append(b"\x09" + json.dumps({"config": {"text-field": 1}}).encode())
    return [
        *out,
        b"\x11" + json.dumps({"documents": {"kept": -1, "in": 10**400}}).encode(),
        b"\x20" + TEMPLATES.encode(),
    ]


def _check_seeds(lines: bytes) -> list[bytes]:
    """Return files of records, text and HTML with what a check finds; the first byte says which kind."""
    records = [
        lines, b"\xef\xbb\xbf" + lines, lines.replace(b"\n", b"\r\n\r\n"), lines[:-9], b'{"id": "a", "id": "b"}\n\n[]\n1\n',
        b'{"id": ' + b"9" * 5000 + b"}", b'{"text": "a\\u0000\\ud800"}', DEEP, b'{"text": "caf\xe9"}', b'{"id": "a", "text": NaN}',
    ]  # fmt: skip
    texts = [FLAT.encode(), FLAT.encode("utf-16"), FLAT.replace("\n", "\r\n").encode(), b"a\x00b\x1b[31m\xff", b""]
    return [b"\x00" + data for data in records] + [b"\x01" + data for data in texts] + [b"\x02" + PAGE.encode()]


def _changed(old: str, new: str) -> bytes:
    assert old in TEMPLATES
    return TEMPLATES.replace(old, new).encode()


def seeds() -> dict[str, list[bytes]]:
    """Return the seeds of each target."""
    lines = "\n".join(json.dumps(RECORD) for _ in range(2)).encode()
    files = [lines, lines, lines, lines, b"id,text,url\na,Rain fell.,https://example.org\n", b"id\ttext\na\tRain\n"]
    files += [_warc()] * 3 + [_parquet(arrow=False), _parquet(arrow=True), PAGE.encode(), FLAT.encode()]
    files += [PAGE.encode(), FLAT.encode()]
    legacy = ("cp1252", "koi8-r", "shift_jis", "cp1250", "cp1256")
    decode = [bytes([i]) + (text * 2).encode(set_) for i, (text, set_) in enumerate(zip(TEXTS, legacy, strict=True))]
    decode += [b"\x00" + text.encode(set_) for text in TEXTS for set_ in ("utf-8", "utf-16", "utf-16-le", "utf-32-be")]
    decode += [b"\x80" + PAGE.encode(), b"\x00" + TEXTS[2].encode("iso2022_jp"), b"\x00caf\xe9", b"\x00a\x00b"]
    repair = [bytes([i]) + text.encode() for text in TEXTS for i in range(8)]
    repair += [b"\x00" + text.encode().decode("latin-1").encode() for text in TEXTS]
    repair += [b"\x01a &amp;amp; b &eacute;\r\nc\xe2\x80\x8bd\xc2\xad \x1b[31mred\x1b[0m\n<p>&lt;"]
    resolve = [bytes([n]) + struct.pack(">HHBBBB", 3, 40, n, n, 200, n) * n + FLAT.encode() for n in range(1, 7)]
    report = [b"\x00a\x00</script><script>alert(1)</script>\x00javascript:alert(1)\x00NAV001", b"\x01<!--\x00-->"]
    return {
        "decode": decode,
        "repair": repair,
        "html": [PAGE.encode(), b"<table><tr><td>a<p>b</table>c<pre>\n\n x</pre><iframe>d<noscript>e</noscript>"],
        "clean": [b"\x00" + FLAT.encode(), b"\x01" + PAGE.encode(), b"\x02" + TEXTS[1].encode() * 4],
        "resolve": resolve,
        "read": [bytes([128 + i]) + data for i, data in enumerate(files)] + [b"\x01" + gzip.compress(lines, mtime=0)],
        "config": [CONFIG.encode(), b"", b"keep = 1", b"[dedup]\njaccard = 2.0"],
        "index": [bytes([i, 0, 0, 0, 0]) + b"\xff" * 8 for i in range(6)] + [b"\x01\x00\x00\x10\x80abc"],
        "report": report,
        "ledger": _run_seeds(),
        "check": _check_seeds(lines),
        "templates": [TEMPLATES.encode(), b"version = 1", *(_changed(*change) for change in TEMPLATE_CHANGES)],
    }


def write_seeds(name: str, folder: Path) -> None:
    """Write the seeds of one target to a folder, a file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds()[name]):
        (folder / f"{number:02d}").write_bytes(data)
