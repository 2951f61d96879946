"""Language identification: accuracy, calibration, equality with langdetect, speed."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from scrubkit.ingest.language import identify
from scrubkit.ingest.language_votes import fold_code

Name = Callable[[str], tuple[str, float]]

MENU = (
    "Skip to content Home News Sport Business Weather Sign in Subscribe Read more about our cookies policy. "
    "Share this article Follow us Sign up for our newsletter Most read Related stories Terms of use Contact us. "
)


def same(a: str, b: str) -> bool:
    """Return whether two codes name one language; the two Norwegian standards count as one."""
    first, second = ("no" if fold_code(code) == "nn" else fold_code(code) for code in (a, b))
    return first == second


def sets(bench: Path) -> dict[str, list[list[str]]]:
    """Return the labelled sets and two made of them: documents of twenty sentences, and those under English menus."""
    found: dict[str, list[list[str]]] = json.loads(gzip.decompress((bench / "language-sets.json.gz").read_bytes()))
    by_language: dict[str, list[str]] = defaultdict(list)
    for code, text in found["sentences"]:
        by_language[code].append(text)
    documents = [[c, " ".join(t[i : i + 20])] for c, t in by_language.items() for i in range(0, len(t), 20)]
    found["documents of 20 sentences"] = [row for row in documents if len(row[1]) >= 500]
    found["same under 30 % English menus"] = [
        [c, (MENU * (len(t) // len(MENU) + 1))[: int(len(t) * 3 / 7)] + "\n" + t] for c, t in documents if c != "en"
    ]
    found["documents, Malay left out"] = [row for row in found["documents of 20 sentences"] if row[0] != "ms"]
    found["same under menus, Malay left out"] = [r for r in found["same under 30 % English menus"] if r[0] != "ms"]
    found["UDHR documents, 75 languages"] = [r for r in found["udhr docs"] if r[0] in by_language and len(r[1]) >= 500]
    return found


def peers() -> dict[str, Name]:
    found: dict[str, Name] = {
        "auto": lambda text: _pair(identify(text)),
        "langdetect-fast": lambda text: _pair(identify(text, backend="langdetect-fast")),
    }
    try:
        import pycld2

        from scrubkit.ingest.language_ask import _UNFIT

        found["pycld2"] = lambda text: (pycld2.detect(_UNFIT.sub(" ", text))[2][0][1], 0.0)
    except ImportError:
        pass
    try:
        import py3langid

        found["py3langid"] = lambda text: (py3langid.classify(text)[0], 0.0)
    except ImportError:
        pass
    return found


def _pair(found: object) -> tuple[str, float]:
    return found.code, found.score  # type: ignore[attr-defined]


def held_out(text: str) -> bool:
    """Return whether a text is in the half that the confidence was not fitted on."""
    return hashlib.blake2b(text.encode(), digest_size=1).digest()[0] % 2 == 1


def calibration_error(pairs: list[tuple[float, bool]], bins: int = 10) -> float:
    """Return the expected calibration error: the mean gap between stated and actual accuracy."""
    total = 0.0
    for b in range(bins):
        inside = [(p, ok) for p, ok in pairs if min(int(p * bins), bins - 1) == b]
        if inside:
            total += abs(sum(p for p, _ in inside) - sum(ok for _, ok in inside)) / len(pairs)
    return total


INDONESIAN = frozenset(
    [
        "bahwa",
        "karena",
        "mobil",
        "uang",
        "bisa",
        "kantor",
        "polisi",
        "partai",
        "musik",
        "gratis",
        "unduh",
        "perusahaan",
        "kualitas",
        "aktivitas",
        "diposting",
        "inggris",
        "prancis",
        "jepang",
        "eropa",
        "jenderal",
        "berbeda",
        "waktu",
        "kementerian",
        "agustus",
        "juni",
        "juli",
        "desember",
        "rabu",
        "sabtu",
        "jumat",
        "senin",
        "nomor",
        "tipe",
        "usaha",
        "cabang",
    ]
)
MALAY = frozenset(
    [
        "bahawa",
        "kerana",
        "kereta",
        "wang",
        "boleh",
        "pejabat",
        "polis",
        "parti",
        "muzik",
        "percuma",
        "muat",
        "syarikat",
        "kualiti",
        "aktiviti",
        "inggeris",
        "perancis",
        "jepun",
        "eropah",
        "jeneral",
        "berbeza",
        "ialah",
        "ogos",
        "jun",
        "julai",
        "disember",
        "khamis",
        "jumaat",
        "isnin",
        "nombor",
        "jenis",
        "perniagaan",
        "selepas",
    ]
)
"""Spellings and words that the standard of one of the two languages has and that of the other has not."""


def malay_gold(bench: Path) -> None:
    """Print whether the sentences labelled Malay are: spellings of either standard among them."""
    rows = sets(bench)["sentences"]
    for code in ("id", "ms"):
        words = " ".join(text for own, text in rows if own == code).lower().split()
        words = [word.strip(".,!?:;()\"'") for word in words]
        counts = [sum(word in standard for word in words) for standard in (INDONESIAN, MALAY)]
        print(f"sentences labelled {code}: {counts[0]} words of the Indonesian standard only, {counts[1]} of the Malay")


def run(bench: Path) -> None:
    """Print accuracy of every set and peer, and the calibration of ``auto`` on the half it was not fitted on."""
    print("\n== Language: share right (in brackets: on the half that nothing was fitted on), µs CPU a text")
    tools = peers()
    stated: list[tuple[float, bool]] = []
    for title, rows in sets(bench).items():
        cells = []
        for tool, name in tools.items():
            start = time.process_time_ns()
            answers = [name(text) for _, text in rows]
            spent = (time.process_time_ns() - start) / 1000 / len(rows)
            right = [same(code, got) for (code, _), (got, _) in zip(rows, answers, strict=True)]
            half = [ok for ok, (_, text) in zip(right, rows, strict=True) if held_out(text)]
            cells.append(f"{tool} {sum(right) / len(rows):6.1%} ({sum(half) / max(1, len(half)):6.1%}) {spent:5.0f} µs")
            if tool == "auto" and not title.startswith(("documents", "same", "UDHR")):
                scores = [(p, ok) for (_, p), ok, (_, t) in zip(answers, right, rows, strict=True) if held_out(t)]
                stated += scores
        print(f"{title:32s} n {len(rows):4d}  " + "  ".join(cells))
    malay_gold(bench)
    print(f"auto, expected calibration error on the held-out half: {calibration_error(stated):.4f} (n {len(stated)})")


def against_langdetect(bench: Path) -> None:
    """Print how often ``langdetect-fast`` answers as langdetect does, and the ratio of their times."""
    print("\n== langdetect-fast beside langdetect (seeded), interleaved")
    from langdetect import DetectorFactory, LangDetectException, detect

    DetectorFactory.seed = 0
    identify("eine Zeile zum Laden der Profile", backend="langdetect-fast")
    for title, rows in sets(bench).items():
        picked = rows[:: max(1, len(rows) // 150)]
        theirs = ours = equal = 0
        for _, text in picked:
            start = time.process_time_ns()
            try:
                wanted = fold_code(detect(text))
            except LangDetectException:
                wanted = "und"
            middle = time.process_time_ns()
            got = identify(text, backend="langdetect-fast").code
            end = time.process_time_ns()
            theirs, ours, equal = theirs + middle - start, ours + end - middle, equal + (got == wanted)
        print(f"{title:30s} n {len(picked):4d}  equal {equal / len(picked):6.1%}  {theirs / ours:5.1f} x faster")
