"""Which language a text is in, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

__all__ = ["Backend", "Language", "identify", "identify_paragraphs", "spread"]

Backend = Literal["auto", "langdetect", "langdetect-fast"]


@dataclass(frozen=True, slots=True)
class Language:
    """An ISO 639-1 code (639-3 where there is none; ``und`` for not determined) and a probability that it is right."""

    code: str
    score: float


UNDETERMINED = Language("und", 0.0)
_LETTER = re.compile(r"[^\W\d_]")
_MIN_LETTERS = 6
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WINDOW = 340
_WINDOWS = 6


def identify(text: str, *, backend: Backend = "auto") -> Language:
    """Return the language of ``text``, ``und`` where there is too little text to tell.

    Long texts are read in windows spread over their length, never by a prefix: a page opens with menus that are
    often in English.

    >>> identify("Das Wetter war gestern besser als heute, sagte der Wirt.").code
    'de'
    >>> identify("12:30 +++ 4:1").code
    'und'
    """
    sample = spread(text)
    letters = len(_LETTER.findall(sample)) + 2 * len(_WIDE.findall(sample))
    if letters < _MIN_LETTERS:
        return UNDETERMINED
    return _backend(backend)(sample)


def identify_paragraphs(text: str, *, backend: Backend = "auto") -> tuple[tuple[int, int, Language], ...]:
    r"""Return ``(start, end, language)`` for each line that is not blank, in code points.

    >>> [(a, b, found.code) for a, b, found in identify_paragraphs("The river is high today.\nDer Fluss steht hoch.")]
    [(0, 24, 'en'), (25, 46, 'de')]
    """
    out: list[tuple[int, int, Language]] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            out.append((at, at + len(line), identify(line, backend=backend)))
        at += len(line) + 1
    return tuple(out)


def spread(text: str, *, windows: int = _WINDOWS, width: int = _WINDOW) -> str:
    """Return ``windows`` stretches of ``width`` characters at equal distances, or all of a shorter text.

    >>> spread("abcdefghij", windows=2, width=2)
    'ab ij'
    """
    if len(text) <= windows * width:
        return text
    step = (len(text) - width) / (windows - 1)
    return " ".join(text[int(i * step) : int(i * step) + width] for i in range(windows))


@cache
def _backend(name: Backend) -> Callable[[str], Language]:
    if name == "auto":
        try:
            import pycld2
        except ImportError:
            return _langdetect
        return lambda sample: _cld2(pycld2, sample)
    if name in ("langdetect", "langdetect-fast"):
        return _langdetect
    raise ValueError(f"unknown language backend {name!r}: choose auto, langdetect or langdetect-fast")


_CLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def _cld2(module: object, sample: str) -> Language:
    _, _, found = module.detect(_CLEAN.sub(" ", sample), bestEffort=True)  # type: ignore[attr-defined]
    code, percent = found[0][1], found[0][2]
    return UNDETERMINED if code == "un" else Language({"iw": "he", "zh-Hant": "zh"}.get(code, code), percent / 100)


def _langdetect(sample: str) -> Language:
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    DetectorFactory.seed = 0
    try:
        best = detect_langs(sample)[0]
    except LangDetectException:
        return UNDETERMINED
    return Language({"zh-cn": "zh", "zh-tw": "zh"}.get(best.lang, best.lang), best.prob)
