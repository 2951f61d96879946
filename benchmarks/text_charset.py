"""Charset detection: the files of known encoding, and pages transcoded to their language's legacy sets."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from scrubkit.ingest.decode import decode
from scrubkit.ingest.decode_labels import codec_of, decode_counting

Read = Callable[[bytes], str]

NEAR = 0.005
"""Share of characters that may differ."""

LEGACY = {
    "en": ["windows-1252"], "de": ["iso-8859-1", "iso-8859-15"], "fr": ["iso-8859-1", "iso-8859-15"], "es": ["iso-8859-1"], "it": ["iso-8859-1"],
    "pt": ["iso-8859-1"], "nl": ["iso-8859-1"], "sv": ["iso-8859-1"], "no": ["iso-8859-1"], "da": ["iso-8859-1"],
    "fi": ["iso-8859-1"], "pl": ["iso-8859-2", "windows-1250"], "cs": ["iso-8859-2", "windows-1250"],
    "sk": ["windows-1250"], "hu": ["iso-8859-2", "windows-1250"], "ro": ["iso-8859-2"], "hr": ["windows-1250"],
    "sl": ["windows-1250"], "ru": ["windows-1251", "koi8-r"], "uk": ["windows-1251"], "bg": ["windows-1251"],
    "el": ["windows-1253", "iso-8859-7"], "tr": ["windows-1254", "iso-8859-9"], "he": ["windows-1255"],
    "ar": ["windows-1256"], "th": ["windows-874"], "ja": ["shift_jis", "euc-jp"], "ko": ["euc-kr"], "zh": ["gb18030", "big5"],
    "lt": ["windows-1257"], "lv": ["windows-1257"], "et": ["windows-1257"], "vi": ["windows-1258"],
}  # fmt: skip
_META = re.compile(rb"<meta[^>]*charset[^>]*>|<\?xml[^>]*\?>", re.IGNORECASE)


def near(got: str, want: str) -> bool:
    """Return whether two texts are equal but for one character in two hundred; a byte order mark is no character."""
    got, want = got.lstrip("\ufeff"), want.lstrip("\ufeff")
    if got == want:
        return True
    if len(got) == len(want):
        return sum(a != b for a, b in zip(got, want, strict=True)) <= NEAR * len(want)
    if abs(len(got) - len(want)) > NEAR * len(want):
        return False
    if (Counter(got) - Counter(want)).total() > NEAR * len(want):
        return False
    return _beside(got, want, int(NEAR * len(want)))


def _beside(got: str, want: str, limit: int) -> bool:
    """Return whether two texts can be laid beside one another with at most ``limit`` characters left over.

    A walk in step that, where they part, looks for the nearest place at which sixteen characters agree again: exact
    alignment is quadratic, and the garble of a wrong reading is its worst case.
    """
    i = j = left = 0
    while i < len(got) and j < len(want):
        if got[i] == want[j]:
            i, j = i + 1, j + 1
            continue
        step = _resume(got[i : i + 80], want[j : j + 80])
        left += max(step)
        if left > limit:
            return False
        i, j = i + step[0], j + step[1]
    return left + len(got) - i + len(want) - j <= limit


def _resume(got: str, want: str) -> tuple[int, int]:
    for far in range(1, 60):
        for a, b in ((far, far), *((far, k) for k in range(far)), *((k, far) for k in range(far))):
            if got[a : a + 16] == want[b : b + 16]:
                return a, b
    return 60, 60


def peers() -> dict[str, Read]:
    """Return ours and what is installed of others, each as bytes to text."""
    found: dict[str, Read] = {"scrubkit": lambda data: decode(data, html=b"<html" in data[:2048].lower()).text}
    try:
        import charset_normalizer

        found["charset-normalizer"] = lambda data: str(charset_normalizer.from_bytes(data).best() or "")
    except ImportError:
        pass
    try:
        import chardet

        found["chardet"] = lambda data: data.decode(chardet.detect(data)["encoding"] or "cp1252", "replace")
    except ImportError:
        pass
    try:
        from chardetng_py import detect

        found["chardetng"] = lambda data: decode_counting(data, codec_of(detect(data, allow_utf8=True)) or "utf-8")[0]
    except ImportError:
        pass
    try:
        from resiliparse.parse.encoding import bytes_to_str, detect_encoding

        found["resiliparse"] = lambda data: bytes_to_str(data, detect_encoding(data))
    except ImportError:
        pass
    return found


def files(bench: Path) -> Iterator[tuple[str, bytes, str]]:
    """Yield folder, bytes and text of each file of known encoding; EUC-TW is left out: Python has no codec for it."""
    for folder in sorted((bench / "charset").iterdir()):
        label = folder.name
        while label and codec_of(label) is None and label.lower() not in ("utf-8-sig", "utf-32"):
            label = label.rpartition("-")[0]
        if not folder.is_dir() or not label:
            continue
        wide = label.upper().startswith(("UTF-16", "UTF-32")) or label.lower() == "utf-8-sig"
        for file in sorted(folder.iterdir()):
            data = file.read_bytes()
            yield folder.name, data, data.decode(label) if wide else decode_counting(data, codec_of(label) or "")[0]


def pages(bench: Path, limit: int | None = None) -> list[tuple[str, str]]:
    """Return ``(language, html)`` of the pages that a language other than English or a legacy letter makes telling."""
    from scrubkit.ingest.language import identify

    out = []
    for file in sorted((bench / "wcxb-dev/ground-truth").glob("*.json"))[:limit]:
        truth = json.loads(file.read_text())
        language = identify((truth.get("ground_truth") or truth).get("main_content") or "").code
        page = bench / "wcxb-dev/html" / f"{file.stem}.html.gz"
        if language in LEGACY and page.exists():
            out.append((language, gzip.decompress(page.read_bytes()).decode("utf-8", "replace")))
    return out


def transcoded(html: str, encoding: str) -> dict[str, tuple[bytes, str]] | None:
    """Return the page's bytes in a legacy set with its declaration absent, lying as UTF-8 and lying as ISO-8859-1.

    What the set cannot say becomes a numeric reference, as an editor would have written it.
    """
    body = _META.sub(b"", html.encode("utf-8", "replace")).decode()
    data = body.encode(encoding, "xmlcharrefreplace")
    if sum(b > 127 for b in data) < 10:
        return None
    want = decode_counting(data, codec_of(encoding) or encoding)[0]
    out = {"no declaration": (data, want)}
    for name, label in (("says utf-8", "utf-8"), ("says iso-8859-1", "iso-8859-1")):
        meta = f'<meta charset="{label}">'
        out[name] = (meta.encode() + data, meta + want)
    return out


def run(bench: Path) -> None:
    print("\n== Charset: share of files read right (0.5 % of characters may differ), time per KB relative to ours")
    tools = peers()
    right: dict[tuple[str, str], int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    spent: dict[str, int] = defaultdict(int)
    for name, data, want in cases(bench):
        total[name] += 1
        for tool, read in tools.items():
            start = time.process_time_ns()
            try:
                got = read(data)
            except (LookupError, UnicodeError, ValueError):
                got = ""
            spent[tool] += time.process_time_ns() - start
            ok = near(got, want)
            right[tool, name] += ok
            if tool == "scrubkit" and not ok:
                print(f"   scrubkit wrong: {name}: {len(data)} bytes, read as {decode(data, html=True).encoding}")
    for name, count in total.items():
        shares = "  ".join(f"{tool} {right[tool, name] / count:6.1%}" for tool in tools)
        print(f"{name:34s} n {count:4d}  {shares}")
    print("time, ours = 1:  " + "  ".join(f"{tool} {spent[tool] / spent['scrubkit']:.1f}" for tool in tools))


def cases(bench: Path) -> Iterator[tuple[str, bytes, str]]:
    """Yield every case of the table: name, bytes, the text they say."""
    for _, data, want in files(bench):
        yield "files of known encoding", data, want
    taken: Counter[str] = Counter()
    for language, html in pages(bench):
        taken[language] += 1
        if taken[language] > (60 if language == "en" else 20) or len(html) > 400_000:
            continue
        for encoding in LEGACY.get(language, ["windows-1252"]):
            for name, (data, want) in (transcoded(html, encoding) or {}).items():
                yield f"pages, {name}", data, want
        data = html.encode("utf-8", "replace")
        if sum(b > 127 for b in data) >= 40:
            at = data.find(b" ", len(data) // 2)
            yield "utf-8 pages, one stray byte", data[:at] + b"\xe9" + data[at + 1 :], html
        yield "utf-8 pages", data, html


def speed(bench: Path) -> None:
    """Print what decoding valid UTF-8 pages costs beside the bare codec."""
    raw = [html.encode("utf-8", "replace") for _, html in pages(bench, 300)]
    size = sum(map(len, raw)) / 1024
    spent = {"scrubkit": 0, "bytes.decode": 0}
    for _ in range(3):
        for data in raw:
            for name, read in (("scrubkit", lambda d: decode(d, html=True)), ("bytes.decode", lambda d: d.decode())):
                start = time.process_time_ns()
                read(data)
                spent[name] += time.process_time_ns() - start
    each = {name: ns / 3000 / size for name, ns in spent.items()}
    print(f"UTF-8 pages: {each['scrubkit']:.2f} µs/KB, bytes.decode alone {each['bytes.decode']:.2f} µs/KB")
