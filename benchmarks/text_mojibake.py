"""Mojibake: what is restored of clean text damaged in known ways, what is left alone, and how fast."""

from __future__ import annotations

import gzip
import json
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corrupt import LOSSLESS, WAYS, clean_documents

from scrubkit.ingest.normalise import normalise
from scrubkit.ingest.repair import repair

Fix = Callable[[str], str]

CORPUS: dict[str, Any] = {
    "uncurl_quotes": False,
    "fix_latin_ligatures": False,
    "fix_character_width": False,
    "fix_line_breaks": False,
    "remove_control_chars": False,
    "remove_terminal_escapes": False,
    "normalization": None,
}
"""ftfy as corpus builders set it."""


def peers() -> dict[str, Fix]:
    """Return ours, ftfy a line and a text at a time, and plsfix where it is installed; each as text to text."""
    import ftfy

    found: dict[str, Fix] = {
        "scrubkit": lambda text: repair(text).text,
        "ftfy.fix_text": lambda text: ftfy.fix_text(text, **CORPUS),
        "ftfy whole": lambda text: ftfy.fix_and_explain(text, **CORPUS).text,
    }
    try:
        import plsfix

        config = plsfix.TextFixerConfig(
            uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False, fix_line_breaks=False,
            remove_control_chars=False, normalization=None,
        )  # fmt: skip
        found["plsfix"] = lambda text: plsfix.fix_text(text, config)
    except (ImportError, AttributeError, TypeError):
        pass
    return found


def sentences(bench: Path) -> list[list[str]]:
    rows: list[list[str]] = json.loads(gzip.decompress((bench / "language-sets.json.gz").read_bytes()))["sentences"]
    return rows


def flattened(bench: Path, limit: int | None = None) -> list[str]:
    """Return the flattened pages as texts."""
    out = []
    with gzip.open(bench / "flat-dev.jsonl.gz", "rt") as rows:
        for number, row in enumerate(rows):
            if limit is not None and number >= limit:
                break
            out.append("\n".join(line["text"] for line in json.loads(row)["lines"]))
    return out


def run(bench: Path) -> None:
    """Print the table of ways: share of documents restored exactly."""
    print("\n== Mojibake: share of damaged documents restored exactly")
    tools = peers()
    documents = clean_documents(sentences(bench))
    print(
        f"{len(documents)} documents in {len({code for code, _ in documents})} languages, every third of them; all for"
    )
    print("legacy bytes read as latin-1, where only those in the set's script count")
    for name, way in WAYS.items():
        some = documents if name.endswith("read as latin-1") and name[:5] != "utf-8" else documents[::3]
        cases = [made for _, text in some if (made := way(text)) is not None and made[0] != made[1]]
        right: dict[str, int] = defaultdict(int)
        for damaged, clean in cases:
            for tool, fix in tools.items():
                right[tool] += _tried(fix, damaged) == clean
        shares = "  ".join(f"{tool} {right[tool] / max(1, len(cases)):6.1%}" for tool in tools)
        whole = [case for case in cases if "\ufffd" not in case[0]]
        if len(whole) < len(cases):
            kept = sum(_tried(tools["scrubkit"], damaged) == clean for damaged, clean in whole)
            print(f"   {len(whole)} of the next row lost no character, scrubkit restores {kept} of them")
            quotes = [
                case for case in cases if "\ufffd" in case[0] and "\ufffd" not in way(case[1].replace("”", ""))[0]
            ]
            kept = sum(_tried(tools["scrubkit"], damaged) == clean for damaged, clean in quotes)
            print(f"   {len(quotes)} lost closing quotes alone, scrubkit restores {kept}; the rest lost letters")
        print(f"{name:44s} n {len(cases):3d}  {shares}{'' if name in LOSSLESS else '  (lossy)'}")


def _tried(fix: Fix, text: str) -> str:
    try:
        return fix(text)
    except (UnicodeError, ValueError):
        return text


def intact(bench: Path) -> None:
    """Print every line of clean sentences and real pages that repair changes, beside what ftfy does."""
    print("\n== Intact text: lines changed (the sentences that are damaged in the source are left out of the first)")
    tools = {name: fix for name, fix in peers().items() if name in ("scrubkit", "ftfy.fix_text")}
    rows = sentences(bench)
    clean = [text for _, text in clean_documents(rows)]
    for title, texts in (("clean sentences", clean), ("flattened pages", flattened(bench)[::2])):
        lines = sum(text.count("\n") + 1 for text in texts)
        changed: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for text in texts:
            for tool, fix in tools.items():
                fixed = fix(text)
                if fixed != text:
                    pairs = zip(text.split("\n"), fixed.split("\n"), strict=False)
                    changed[tool] += [(before, after) for before, after in pairs if before != after]
        print(f"{title}: {lines} lines, " + ", ".join(f"{tool} changed {len(changed[tool])}" for tool in tools))
        theirs = set(changed["ftfy.fix_text"])
        for before, after in [pair for pair in changed["scrubkit"] if pair not in theirs]:
            at = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
            print(f"   only ours: {before[max(0, at - 20) : at + 30]!r} -> {after[max(0, at - 20) : at + 30]!r}")
        ours = set(changed["scrubkit"])
        missed = [pair for pair in changed["ftfy.fix_text"] if pair not in ours]
        print(f"   changed by ftfy and not alike by ours: {len(missed)}")
        for before, after in missed[:10]:
            at = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
            print(f"   only ftfy: {before[max(0, at - 20) : at + 30]!r} -> {after[max(0, at - 20) : at + 30]!r}")


def published_cases(folder: Path | None) -> None:
    """Print how many of ftfy's own cases pass, from ``tests`` of its source distribution where that is at hand."""
    print("\n== ftfy's own published cases")
    if folder is None or not folder.exists():
        print("not run: pass --ftfy-cases DIR (pip download --no-binary :all: ftfy, then its tests folder)")
        return
    right = total = 0
    for file in sorted(folder.glob("**/*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            if case.get("expect") != "pass":
                continue
            wanted = (case.get("fixed-encoding", case["fixed"]), case["fixed"])
            layered = case["original"].encode().decode("latin-1")
            total += 1
            ok = repair(case["original"]).text in wanted and repair(layered).text in wanted
            right += ok
            if not ok:
                print(f"   {case['label']}: {repair(case['original']).text!r}")
    print(f"{right} of {total} pass, each also with a further layer of latin-1")


def speed(bench: Path) -> None:
    """Print throughput on real pages and whether the output is ftfy's."""
    print("\n== Speed of repair on flattened pages (CPU time, interleaved)")
    import ftfy

    texts = flattened(bench, 400)
    size = sum(len(text.encode()) for text in texts) / 1e6
    tools: dict[str, Fix] = {**peers(), "ftfy defaults": ftfy.fix_text, "repair + normalise": _both}
    spent: dict[str, int] = defaultdict(int)
    same = 0
    for fix in tools.values():
        _tried(
            fix, "Ã©tÃ©, cafÃ© crÃ¨me et ÃªtreÂ\u00a0Ã\u00a0 la plage"
        )  # what is loaded at first use is no matter of speed
    for text in texts:
        out = {}
        for tool, fix in tools.items():
            start = time.process_time_ns()
            out[tool] = _tried(fix, text)
            spent[tool] += time.process_time_ns() - start
        same += out["scrubkit"] == out["ftfy.fix_text"]
    for tool in tools:
        ratio = spent[tool] / spent["scrubkit"]
        print(f"{tool:20s} {size / (spent[tool] / 1e9):8.1f} MB/s   time, ours = 1: {ratio:7.1f}")
    print(f"output equal to ftfy.fix_text (corpus settings) on {same} of {len(texts)} texts")


def _both(text: str) -> str:
    return normalise(repair(text).text).text
