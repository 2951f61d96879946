"""Ways in which text gets damaged on its way through wrong character sets, as functions of clean text.

Each way returns the damaged text and what a perfect repair gives back, or ``None`` where a text cannot be damaged
that way (a character has no place in the set). ``LOSSLESS`` ways keep all information; for the rest part of it is
gone and no tool restores every text.
"""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable

__all__ = ["LOSSLESS", "WAYS", "Way", "clean_documents"]

Way = Callable[[str], "tuple[str, str] | None"]

_SENTENCE = re.compile(r"(?<=[.!?。！？।؟])\s+")


def _sloppy(codec: str) -> list[str]:
    """Return what each byte reads as; bytes the set leaves open read as the C1 control of their number."""
    return [bytes([b]).decode(codec, "ignore") or chr(b) for b in range(256)]


def _misread(text: str, codec: str) -> str | None:
    table = _TABLES.setdefault(codec, _sloppy(codec))
    return "".join(table[b] for b in text.encode())


_TABLES: dict[str, list[str]] = {}


def utf8_read_as(codec: str, times: int = 1) -> Way:
    def way(text: str) -> tuple[str, str] | None:
        out: str | None = text
        for _ in range(times):
            out = _misread(out, codec) if out is not None else None
        return None if out is None else (out, text)

    return way


def some_lines(codec: str, share: float) -> Way:
    def way(text: str) -> tuple[str, str] | None:
        rng = random.Random(len(text))
        lines = text.split("\n")
        picked = [i for i, line in enumerate(lines) if not line.isascii() and rng.random() < share]
        if not picked:
            return None
        for i in picked:
            lines[i] = _misread(lines[i], codec) or lines[i]
        return "\n".join(lines), text

    return way


def every_second_sentence(codec: str) -> Way:
    """All sentences in one line, every second one damaged."""

    def way(text: str) -> tuple[str, str] | None:
        flat = " ".join(text.split())
        parts = _SENTENCE.split(flat)
        if len(parts) < 4:
            return None
        clean = " ".join(parts)
        return " ".join((_misread(p, codec) or p) if i % 2 else p for i, p in enumerate(parts)), clean

    return way


def lossy_cp1252(text: str) -> tuple[str, str] | None:
    damaged = text.encode().decode("cp1252", "replace")
    return damaged, text


def dropped_cp1252(text: str) -> tuple[str, str] | None:
    damaged = text.encode().decode("cp1252", "ignore")
    return damaged, text


def nbsp_flattened(text: str) -> tuple[str, str] | None:
    damaged = (_misread(text, "latin-1") or text).replace("\xa0", " ")
    return damaged, text


def controls_stripped(text: str) -> tuple[str, str] | None:
    damaged = re.sub("[\x80-\x9f]", "", _misread(text, "latin-1") or text)
    return damaged, text


def c1_for_cp1252(text: str) -> tuple[str, str] | None:
    """windows-1252 bytes read as latin-1: quotes and dashes become C1 controls."""
    try:
        damaged = text.encode("cp1252").decode("latin-1")
    except UnicodeEncodeError:
        return None
    return (damaged, text) if damaged != text else None


def legacy_read_as(codec: str, script: str, read: str = "latin-1") -> Way:
    """Bytes of ``codec`` read as ``read``, for texts that are written in its script."""
    letters = re.compile(f"[{script}]")

    def way(text: str) -> tuple[str, str] | None:
        if len(letters.findall(text)) * 4 < len(text):
            return None
        try:
            data = text.encode(codec)
        except UnicodeEncodeError:
            return None
        table = _TABLES.setdefault(read, _sloppy(read))
        return "".join(table[b] for b in data), text

    return way


def entities(times: int = 1, after: str | None = None) -> Way:
    def way(text: str) -> tuple[str, str] | None:
        if "<" in text:
            return None
        damaged = (_misread(text, after) or text) if after else text
        for _ in range(times):
            damaged = html.escape(damaged, quote=True) if damaged is not text else _named(damaged)
        return damaged, text

    return way


def _named(text: str) -> str:
    from html.entities import codepoint2name

    return "".join(f"&{codepoint2name[ord(c)]};" if ord(c) in codepoint2name else c for c in text)


WAYS: dict[str, Way] = {
    "utf-8 read as latin-1": utf8_read_as("latin-1"),
    "utf-8 read as cp1252": utf8_read_as("cp1252"),
    "utf-8 read as cp1251": utf8_read_as("cp1251"),
    "utf-8 read as cp1250": utf8_read_as("cp1250"),
    "utf-8 read as iso-8859-2": utf8_read_as("iso-8859-2"),
    "utf-8 read as macroman": utf8_read_as("mac-roman"),
    "utf-8 read as cp437": utf8_read_as("cp437"),
    "utf-8 read as cp1253": utf8_read_as("cp1253"),
    "utf-8 read as cp1254": utf8_read_as("cp1254"),
    "utf-8 read as cp1257": utf8_read_as("cp1257"),
    "utf-8 read as iso-8859-15": utf8_read_as("iso-8859-15"),
    "utf-8 read as cp850": utf8_read_as("cp850"),
    "utf-8 read as cp1256": utf8_read_as("cp1256"),
    "utf-8 read as koi8-r": utf8_read_as("koi8-r"),
    "double cp1252": utf8_read_as("cp1252", 2),
    "double cp1250": utf8_read_as("cp1250", 2),
    "double macroman": utf8_read_as("mac-roman", 2),
    "double cp1251": utf8_read_as("cp1251", 2),
    "25 % of lines cp1252": some_lines("cp1252", 0.25),
    "25 % of lines macroman": some_lines("mac-roman", 0.25),
    "25 % of lines cp1251": some_lines("cp1251", 0.25),
    "every second sentence cp1252": every_second_sentence("cp1252"),
    "every second sentence macroman": every_second_sentence("mac-roman"),
    "cp1252 with U+FFFD (lossy)": lossy_cp1252,
    "cp1252, open bytes dropped (lossy)": dropped_cp1252,
    "latin-1, no-break spaces flattened (lossy)": nbsp_flattened,
    "C1 controls stripped (lossy)": controls_stripped,
    "cp1252 read as latin-1": c1_for_cp1252,
    "entities": entities(),
    "entities twice": entities(2),
    "entities twice over cp1252": entities(2, "cp1252"),
    "cp1251 read as latin-1": legacy_read_as("cp1251", "\u0400-\u04ff"),
    "shift-jis read as latin-1": legacy_read_as("cp932", "\u3040-\u30ff"),
    "euc-kr read as latin-1": legacy_read_as("cp949", "\uac00-\ud7af"),
    "gbk read as latin-1": legacy_read_as("gbk", "\u4e00-\u9fff"),
    "cp1256 read as latin-1": legacy_read_as("cp1256", "\u0600-\u06ff"),
}

LOSSLESS = frozenset(name for name in WAYS if "lossy" not in name)


def clean_documents(rows: list[list[str]], size: int = 1500) -> list[tuple[str, str]]:
    """Return documents of about ``size`` characters, a sentence a line, from ``[[language, sentence], …]``.

    A document needs ten letters outside ASCII: damage has nothing to bite on in the rest. Sentences that hold C1
    controls, U+FFFD (damaged again or not), entities or a no-break space are left out: they are not clean.
    """
    by_language: dict[str, list[str]] = {}
    for code, sentence in rows:
        if not re.search("[\x80-\xa0\ufffd]|&#|ï¿½|ďż˝|â€", sentence):
            by_language.setdefault(code, []).append(" ".join(sentence.split()))
    out = []
    for code, sentences in sorted(by_language.items()):
        packs = _packed(sentences, size)
        out += [(code, text) for text in packs if len(text) - len(text.encode("ascii", "ignore")) >= 10]
    return out


def _packed(sentences: list[str], size: int) -> list[str]:
    packs: list[str] = []
    pack = ""
    for sentence in sentences:
        if pack and len(pack) + len(sentence) > size:
            packs.append(pack)
            pack = ""
        pack = f"{pack}\n{sentence}" if pack else sentence
    return [*packs, pack] if pack else packs
