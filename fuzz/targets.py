"""What is fuzzed: one function for each door that foreign bytes come in by, with the promises that must hold there.

Every function takes any bytes. It returns where the promises hold, and raises where one does not: a crash, an error a
user was not meant to see, a lost character. ``run.py`` drives them with coverage feedback, ``tests/fuzz`` with random
bytes and with the kept cases.
"""

from __future__ import annotations

import atexit
import codecs
import gzip
import random
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from common import a_folder, split
from targets_check import fuzz_check
from targets_run import fuzz_ledger, fuzz_report, fuzz_templates

from scrubkit.core import Document, Finding, ScrubkitError, resolve
from scrubkit.ingest import ingest
from scrubkit.ingest.decode import decode
from scrubkit.ingest.layout import layout_text
from scrubkit.ingest.normalise import normalise
from scrubkit.ingest.repair import repair, replay

__all__ = ["TARGETS", "Target"]

Target = Callable[[bytes], None]

_LABELS = (None, "utf-8", "iso-8859-1", "windows-1251", "shift_jis", "gb18030", "euc-kr", "utf-16", "koi8-r", "none")
_MISREAD = ("utf-8", "latin-1", "cp1252", "cp1251", "mac-roman", "cp437", "utf-16-le", "koi8-r")
_CODES = ("NAV001", "CMT001", "BPL001", "FTR003", "KEP001", "RPT001")
_ACTIONS = ("remove", "remove", "remove", "keep", "replace", "note", "reject", "quarantine")


def fuzz_decode(data: bytes) -> None:
    """Any bytes under any declaration are text without lone surrogates, read by a codec that exists."""
    choice, rest = split(data)
    found = decode(rest, declared=_LABELS[choice % len(_LABELS)], html=choice >= 128)
    found.text.encode()
    assert 0.0 <= found.confidence <= 1.0
    assert found.replaced >= 0
    codecs.lookup(found.encoding)
    if found.source in ("utf-8", "near-utf-8") and not set(rest) & set(b"\x1b~\x00"):
        assert found.text.count("\n") == rest.count(b"\n")


def fuzz_repair(data: bytes) -> None:
    """Repair and normalisation keep the lines, give valid text, replay; normalising again changes nothing."""
    choice, rest = split(data)
    codec = _MISREAD[choice % len(_MISREAD)]
    text = rest.decode(codec, "surrogateescape" if codec == "utf-8" and choice >= 128 else "replace")
    mended = repair(text)
    mended.text.encode()
    assert mended.text.count("\n") == text.count("\n")
    assert replay(text, mended.steps) == mended.text
    normal = normalise(mended.text, form="NFC" if choice % 2 else None)
    assert replay(mended.text, normal.steps) == normal.text
    assert normalise(normal.text, form="NFC" if choice % 2 else None).text == normal.text


def fuzz_html(data: bytes) -> None:
    """Any markup is laid out in blocks that tile the text, alike by the compiled walk and by the public one."""
    from selectolax.lexbor import LexborHTMLParser

    from scrubkit.ingest.html import lay_out, lay_out_plainly
    from scrubkit.ingest.html_limits import bounded

    html = data.decode("utf-8", "replace")
    document = ingest(html, media_type="text/html")
    assert "".join(document.of(block) for block in document.blocks) == document.text
    tree = LexborHTMLParser(bounded(html.encode())[0])
    fast, plain = lay_out(tree), lay_out_plainly(tree)
    assert fast.text == plain.text
    assert list(fast.blocks) == list(plain.blocks)


def fuzz_clean(data: bytes) -> None:
    """Whatever the page, no rule crashes on it, nothing is lost, and the text before cleaning is rebuilt."""
    import scrubkit as sk

    choice, rest = split(data)
    page = sk.clean(rest, media_type=(None, "text/html", "text/plain")[choice % 3])
    crashed = [finding for finding in page.findings if finding.code == "ERR001"]
    assert not crashed, crashed[0].because
    document, ledger = page.document, page.ledger
    assert ledger.restore() == document.text
    assert len(ledger.text) + sum(ledger.counts().values()) == len(document.text) + sum(
        len(entry.replacement) for entry in ledger.entries
    )
    assert "\n".join(line.text for line in page.lines()) == document.text
    page.text.encode()


def fuzz_resolve(data: bytes) -> None:
    """Any findings in any order make one ledger, sorted and disjoint, from which the text is rebuilt."""
    from scrubkit.core import Ledger
    from scrubkit.core import restore as rebuilt

    choice, rest = split(data)
    head, tail = rest[: 8 * (choice % 16)], rest[8 * (choice % 16) :]
    text = tail.decode("utf-8", "replace")
    layout = layout_text(text)
    document = Document("x", layout.text, layout.blocks)
    findings = [_finding(head[at : at + 8], len(document.text)) for at in range(0, len(head) - 7, 8)]
    ledger = resolve(document, findings)
    assert ledger.restore() == document.text
    assert Ledger.of(document.text, ledger.entries) == ledger
    assert rebuilt(ledger.text, ledger.entries) == document.text
    random.Random(choice).shuffle(findings)
    assert resolve(document, findings) == ledger


def _finding(data: bytes, size: int) -> Finding:
    start, end = sorted((int.from_bytes(data[0:2], "big") % (size + 1), int.from_bytes(data[2:4], "big") % (size + 1)))
    action = _ACTIONS[data[4] % len(_ACTIONS)]
    text = "…" * (data[7] % 3) if action == "replace" else None
    return Finding(_CODES[data[5] % len(_CODES)], start, end, action, data[6] / 255, {"n": data[7]}, text)  # type: ignore[arg-type]


_FILES = (
    "a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.jsonl.bz2", "a.csv", "a.tsv", "a.warc", "a.warc.gz", "a.wet", "a.parquet",
    "a.arrow", "a.html", "a.txt", "a.html.gz", "a.txt.zst",
)  # fmt: skip


def fuzz_read(data: bytes) -> None:
    """A file of any kind with any bytes gives records and named faults, or one error for the user."""
    from scrubkit.io import read

    choice, rest = split(data)
    name = _FILES[choice % len(_FILES)]
    with a_folder() as folder:
        (folder / name).write_bytes(_packed(name, rest) if choice >= 128 else rest)
        faults: list[object] = []
        try:
            for record in read(folder, include=["*"], on_fault=faults.append):
                assert isinstance(record.id, str)
                assert isinstance(record.data, (str, bytes))
                if isinstance(record.data, str):
                    record.data.encode("utf-8", "surrogatepass")
        except ScrubkitError as error:
            str(error)
        for fault in faults:
            str(fault).encode("utf-8", "surrogatepass")


def _packed(name: str, data: bytes) -> bytes:
    """Return what the name says: well compressed bytes, so that what is inside is reached."""
    if name.endswith(".gz"):
        return gzip.compress(data, 1, mtime=0)
    if name.endswith(".zst"):
        import zstandard

        return zstandard.compress(data, 1)
    if name.endswith(".bz2"):
        import bz2

        return bz2.compress(data, 1)
    return data


def fuzz_config(data: bytes) -> None:
    """Any settings file is read, or refused with an error that names it; what is read makes a pipeline or says why."""
    from scrubkit.config import load

    with a_folder() as folder:
        file = folder / "scrubkit.toml"
        file.write_bytes(data)
        try:
            settings = load(file=file)
            settings.pipeline()
            assert load(file=file).hash == settings.hash
        except ScrubkitError as error:
            str(error)


def fuzz_index(data: bytes) -> None:
    """An index with bytes of a file changed, cut or added is refused by name, or answers; it never crashes."""
    from scrubkit.dedup.index import open_index

    choice, rest = split(data)
    with a_folder() as folder:
        place = folder / "index"
        shutil.copytree(_index(), place)
        files = sorted(path for path in place.rglob("*") if path.is_file())
        file = files[choice % len(files)]
        old = bytearray(file.read_bytes())
        at = int.from_bytes(rest[:3], "big") % (len(old) + 1)
        old[at : at + len(rest[4:])] = rest[4:]
        file.write_bytes(old[: len(old) * rest[3] // 255] if len(rest) > 3 and rest[3] else old)
        try:
            with open_index(place) as index:
                list(index.query([_STORY, "Another text that nobody has seen before today."]))
                len(index)
        except ScrubkitError as error:
            str(error)


_STORY = "The ferry will run again from the first of May, the harbour board said on Monday after a long winter. "


@cache
def _index() -> Path:
    from scrubkit.dedup.index import open_index

    place = Path(tempfile.mkdtemp(prefix="scrubkit-fuzz-")) / "index"
    atexit.register(shutil.rmtree, place.parent, ignore_errors=True)
    with open_index(place, create=True) as index:
        index.add([_STORY, _STORY * 3, "Rain fell all day. " * 9], ids=["a", "b", "c"])
        index.add([f"{_STORY} Number {n}. " * 2 for n in range(20)], ids=[f"n{n}" for n in range(20)])
    return place


TARGETS: dict[str, Target] = {
    "decode": fuzz_decode,
    "repair": fuzz_repair,
    "html": fuzz_html,
    "clean": fuzz_clean,
    "resolve": fuzz_resolve,
    "read": fuzz_read,
    "config": fuzz_config,
    "index": fuzz_index,
    "report": fuzz_report,
    "ledger": fuzz_ledger,
    "templates": fuzz_templates,
    "check": fuzz_check,
}
