"""Other people's language identifiers, each asked in one way: pycld2 and py3langid.

Either may be missing; both are loaded at first use. pycld2 is ready at once; py3langid unpacks 70 MB, which costs most
of a second of a process: so it is asked last, and only where it is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrubkit.core.patterns import lazily
from scrubkit.ingest.language_sample import spread
from scrubkit.ingest.language_votes import fold_code

if TYPE_CHECKING:
    from scrubkit.kernels.langid_bytes import ByteModel

__all__ = ["SIBLINGS", "ask_bayes", "ask_cld2", "has_cld2", "main_part"]

SIBLINGS = frozenset({"id", "ms", "bs", "hr", "sr", "rw", "rn", "zu", "xh"})
"""Languages near enough to another one that the vote of one identifier does not tell them apart."""

_BAYES_WIDTH = 333
_BAYES_WINDOWS = 3
_LEAST = 200
# pycld2 raises on controls and noncharacters.
_UNFIT = lazily("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U0001fffe-\U0001ffff]")


def has_cld2() -> bool:
    """Return whether pycld2 is installed."""
    return _cld2() is not None


def ask_cld2(sample: str) -> tuple[tuple[tuple[str, float], ...], bool]:
    """Return the languages pycld2 names with their shares of the text, and whether it calls that reliable.

    >>> ask_cld2("Der alte Mann geht jeden Morgen langsam zum Fluss hinunter.")
    ((('de', 0.98),), True)
    """
    if _cld2() is None:
        return (), False
    reliable, _, found = _detected(sample)
    named = tuple(
        (fold_code(code), share / 100) for _, code, share, _ in found if code != "un" and "-" not in fold_code(code)
    )
    return named, bool(reliable)


def main_part(sample: str) -> str:
    """Return the sample without the stretches that pycld2 sees in another language than most of it.

    Menus in English before a text in a language with close kin blur the votes on it; what is left is at least half
    of the sample, else all of it comes back.
    """
    fit = _UNFIT.sub(" ", sample)
    told = _detected(fit, vectors=True)
    _give_back(told)
    _, _, found, stretches = told
    data = fit.encode()
    main = found[0][1]
    kept = [data[at : at + size] for at, size, _, code in stretches if code == main or {code, main} <= SIBLINGS]
    text = b"\n".join(kept).decode("utf-8", "ignore")
    return text if len(text) * 2 >= len(sample) and len(text) >= _LEAST else sample


def _detected(sample: str, *, vectors: bool = False) -> Any:
    import pycld2

    detect = pycld2.detect
    try:
        return detect(sample, bestEffort=True, returnVectors=vectors)
    except (pycld2.error, UnicodeEncodeError):
        return detect(_UNFIT.sub(" ", sample), bestEffort=True, returnVectors=vectors)


def _give_back(told: Any) -> None:
    """Take back the reference to a text's stretches that pycld2 0.42 adds and never drops: 230 bytes a text.

    Languages and stretches are made alike, so the latter have one more reference only where the fault is there.
    """
    if sys.implementation.name == "cpython" and told[3] and sys.getrefcount(told[3]) == sys.getrefcount(told[2]) + 1:
        import ctypes

        ctypes.pythonapi.Py_DecRef(ctypes.py_object(told[3]))


def ask_bayes(sample: str) -> tuple[tuple[str, float], ...] | None:
    """Return py3langid's three likeliest languages with their probabilities, ``None`` where it is not installed."""
    model = _bayes()
    if model is None:
        return None
    ranked = model.rank(spread(sample, windows=_BAYES_WINDOWS, width=_BAYES_WIDTH))
    return tuple((fold_code(code), float(p)) for code, p in ranked[:3])


@cache
def _cld2() -> Callable[..., Any] | None:
    try:
        import pycld2
    except ImportError:
        return None
    detect: Callable[..., Any] = pycld2.detect
    return detect


@cache
def _bayes() -> ByteModel | None:
    try:
        from py3langid import langid
    except ImportError:
        return None
    from scrubkit.kernels.langid_bytes import ByteModel
    from scrubkit.kernels.langid_model import read_tables

    tables = read_tables(Path(langid.__file__).parent / langid.MODEL_FILE)
    if tables is not None and (model := ByteModel(tables)).walks:
        return model
    return ByteModel(langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True))
