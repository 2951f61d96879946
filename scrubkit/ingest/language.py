r"""Which language a text is in, and how sure that is.

Three backends behind one call:

``auto``
    pycld2 alone where the text is long and it is certain; else the votes of pycld2, py3langid and langdetect's
    profiles, weighed (``language_votes``). What is not installed is not asked.
``langdetect``
    The library, seeded.
``langdetect-fast``
    The same answers from compiled code (``language_fast``).

All read stretches spread over the text, never a prefix: a page opens with menus that are often in English. Fewer than
six letters are ``und``: no identifier abstains by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from scrubkit.ingest.language_scripts import script_language
from scrubkit.ingest.language_votes import Votes, decide, fold_code

__all__ = ["UNDETERMINED", "Backend", "Language", "ask", "identify", "identify_paragraphs", "spread"]

Backend = Literal["auto", "langdetect", "langdetect-fast"]


@dataclass(frozen=True, slots=True)
class Language:
    """An ISO 639-1 code (639-3 where there is none; ``und`` for not determined) and the chance that it is right."""

    code: str
    score: float


UNDETERMINED = Language("und", 0.0)
_LETTERS = re.compile(r"[^\W\d_]")
_IDEOGRAPHS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MIN_LETTERS = 6
_WINDOWS = 6
_WINDOW = 340
_LANGDETECT_LIMIT = 10_000
_BAYES_LIMIT = 1_000
_LONG = 400
_SURE = 0.97
_SIBLINGS = frozenset({"id", "ms", "bs", "hr", "sr"})  # near enough alike that one vote does not tell them apart
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+")
# pycld2 raises on controls and noncharacters.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U0001fffe-\U0001ffff]")


def identify(text: str, *, backend: Backend = "auto") -> Language:
    """Return the language of ``text``; ``und`` with score 0 where there is too little text to tell.

    >>> identify("Das Wetter war gestern besser als heute, sagte der Wirt.").code
    'de'
    >>> identify("12:30 +++ 4:1 😀").code
    'und'
    """
    find = _backend(backend)
    sample = spread(text, width=_WINDOW if backend == "auto" else _LANGDETECT_LIMIT // _WINDOWS)
    letters = len(_LETTERS.findall(sample[:400])) + 2 * len(_IDEOGRAPHS.findall(sample[:400]))
    if letters < _MIN_LETTERS and (len(sample) <= 400 or len(_LETTERS.findall(sample)) < _MIN_LETTERS):
        return UNDETERMINED
    return find(sample)


def identify_paragraphs(
    text: str, *, backend: Backend = "auto", shortest: int = 1
) -> tuple[tuple[int, int, Language], ...]:
    r"""Return ``(start, end, language)`` for each line of at least ``shortest`` characters that is not blank.

    >>> found = identify_paragraphs("The river is high today.\nDer Fluss steht heute hoch.")
    >>> [(start, end, language.code) for start, end, language in found]
    [(0, 24, 'en'), (25, 52, 'de')]
    """
    out: list[tuple[int, int, Language]] = []
    at = 0
    for line in text.split("\n"):
        if len(line) >= shortest and line.strip():
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


def ask(sample: str, *, enough: float = 2.0) -> Votes:
    """Return what each installed identifier says; only pycld2 where its share reaches ``enough`` on a long text."""
    from scrubkit.ingest.language_fast import inventory, likelihoods

    cld2, reliable = _ask_cld2(sample)
    if cld2 and reliable and cld2[0][1] >= enough and len(sample) >= _LONG and cld2[0][0] not in _SIBLINGS:
        return Votes(len(sample), cld2, reliable, asked=frozenset({"cld2"}))
    gains, runs = likelihoods(sample)
    profiles = tuple((fold_code(code), gain) for code, gain in gains[:4]) if runs else ()
    asked = {"profiles"} | ({"cld2"} if _cld2() else set()) | ({"bayes"} if _bayes() else set())
    return Votes(len(sample), cld2, reliable, _ask_bayes(sample), profiles, runs, inventory(), frozenset(asked))


def _auto(sample: str) -> Language:
    votes = ask(_ADDRESS.sub(" ", sample), enough=_SURE)
    if votes.asked == {"cld2"}:
        return Language(votes.cld2[0][0], 0.99)
    if votes.asked == {"profiles"} and (only := script_language(sample)) is not None:
        return Language(only, 0.95)
    found = decide(votes)
    return UNDETERMINED if found is None else Language(found[0], found[1])


def _ask_cld2(sample: str) -> tuple[tuple[tuple[str, float], ...], bool]:
    detect = _cld2()
    if detect is None:
        return (), False
    reliable, _, found = detect(_UNFIT.sub(" ", sample), bestEffort=True)
    named = tuple(
        (fold_code(code), share / 100) for _, code, share, _ in found if code != "un" and "-" not in fold_code(code)
    )
    return named, bool(reliable)


def _ask_bayes(sample: str) -> tuple[tuple[str, float], ...]:
    model = _bayes()
    if model is None:
        return ()
    return tuple(
        (fold_code(code), float(p)) for code, p in model.rank(spread(sample, windows=3, width=_BAYES_LIMIT // 3))[:3]
    )


@cache
def _cld2() -> Callable[..., Any] | None:
    try:
        import pycld2
    except ImportError:
        return None
    detect: Callable[..., Any] = pycld2.detect
    return detect


@cache
def _bayes() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        return None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _langdetect(sample: str) -> Language:
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    before, DetectorFactory.seed = DetectorFactory.seed, 0
    try:
        best = detect_langs(sample)[0]
    except (LangDetectException, IndexError):
        return UNDETERMINED
    finally:
        DetectorFactory.seed = before
    return Language(fold_code(best.lang), best.prob)


def _langdetect_fast(sample: str) -> Language:
    from scrubkit.ingest.language_fast import probabilities

    found = probabilities(sample)
    return Language(fold_code(found[0][0]), found[0][1]) if found else UNDETERMINED


def _backend(name: Backend) -> Callable[[str], Language]:
    known = {"auto": _auto, "langdetect": _langdetect, "langdetect-fast": _langdetect_fast}
    if name not in known:
        from scrubkit.ingest.language_plugged import plugged

        return plugged(name, tuple(known))
    return known[name]
