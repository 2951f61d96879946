"""langdetect's answers without langdetect's sampling: its profiles, all n-grams counted, in compiled code.

langdetect draws n-grams at random until one language is nearly certain, seven times over. That mean tends to the
language with the greatest sum over *all* n-grams, which a table answers in microseconds and always alike. The
profiles are read from the installed langdetect at first use (about a fifth of a second, once a process).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scrubkit.kernels.langid import Profiles

__all__ = ["inventory", "likelihoods", "probabilities", "profiles"]

_FLOOR = 0.5 / 10_000  # langdetect's smoothing: alpha over base frequency
_LIMIT = 10_000  # characters langdetect reads at most
_MARKS = "\u0300\u0301\u0303\u0309\u0323"


def likelihoods(text: str, most: int | None = None) -> tuple[list[tuple[str, float]], int]:
    """Return the languages with their log-likelihoods over the floor, best first, and how many n-grams were known.

    ``most`` bounds how many languages are named.

    >>> likelihoods("Der Zug nach Hause fährt gleich.")[0][0][0]
    'de'
    """
    from scrubkit.kernels.langid import score

    table = profiles()
    gains, hits = score(table, _prepared(text))
    order = gains.argsort(kind="stable")[::-1][:most]
    return [(table.names[i], float(gains[i]) / 1000) for i in order.tolist()], hits


def probabilities(text: str) -> list[tuple[str, float]]:
    """Return what ``langdetect.detect_langs`` with seed 0 returns, ``[]`` where that raises.

    >>> [(code, round(p, 3)) for code, p in probabilities("Der Zug nach Hause fährt gleich.")]
    [('de', 1.0)]
    """
    from scrubkit.kernels.langid import sample

    table = profiles()
    found, _ = sample(table, _prepared(text)[:_LIMIT])
    return sorted(((table.names[i], float(found[i])) for i in (found > 0.1).nonzero()[0]), key=lambda x: -x[1])


def _prepared(text: str) -> str:
    if "://" in text:
        text = _address(text)
    if "@" in text:
        text = _mail(text)
    if not text.isascii() and any(mark in text for mark in _MARKS):
        from langdetect.utils.ngram import NGram

        text = NGram.normalize_vi(text)
    return text


def _address(text: str) -> str:
    from langdetect.detector import Detector

    return str(Detector.URL_RE.sub(" ", text))


def _mail(text: str) -> str:
    from langdetect.detector import Detector

    return str(Detector.MAIL_RE.sub(" ", text))


@cache
def inventory() -> frozenset[str]:
    """Return the languages langdetect has profiles of, in scrubkit's codes."""
    from scrubkit.ingest.language_votes import fold_code

    return frozenset(map(fold_code, profiles().names))


@cache
def profiles() -> Profiles:
    """Return langdetect's profiles as arrays."""
    import numpy as np

    from scrubkit.ingest.language_profiles import read_profiles
    from scrubkit.kernels.langid import Profiles, tabulate

    names, langs, codes, sizes, share = read_profiles()
    met = np.zeros(65536, np.bool_)
    met[codes] = True
    met[[0, ord(" ")]] = False
    letters = np.flatnonzero(met)
    number = np.zeros(65536, np.uint64)
    number[ord(" ")] = 1
    number[letters] = np.arange(2, len(letters) + 2)
    keys = _keys(number[codes], sizes)
    order = np.argsort(keys, kind="stable")  # within a row by language, as they were read
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    table, rows = tabulate(ordered[starts])
    bounds = np.append(starts, len(ordered)).astype(np.int32)
    gains = np.rint(1000 * np.log((share + _FLOOR) / _FLOOR)).astype(np.int16)
    ids, upper = _characters({chr(code): int(number[code]) for code in (ord(" "), *letters.tolist())})
    return Profiles(names, ids, upper, table, rows, bounds, langs[order], gains[order], share[order])


def _keys(numbers: NDArray[np.uint64], sizes: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the key of each n-gram: its length, then the numbers of its characters, the last one lowest."""
    import numpy as np

    from scrubkit.kernels.langid import BITS

    shift = np.uint64(BITS)
    key = sizes.astype(np.uint64)
    for place in range(3):
        key = (key << shift) | numbers[:, place]
    return key


def _characters(numbers: dict[str, int]) -> tuple[Any, Any]:
    """Return the number each character counts as, and whether it counts as a capital, as langdetect folds them."""
    import numpy as np
    from langdetect.utils.ngram import NGram

    ids, upper = np.zeros(65536, np.uint16), np.zeros(65536, np.uint8)
    for char, number in numbers.items():
        ids[ord(char)], upper[ord(char)] = number, char.isupper()
    for first, last in ((0x00, 0x24F), (0x600, 0x6FF), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x3040, 0x312F)):
        for code in range(first, last + 1):
            char = NGram.normalize(chr(code))
            ids[code], upper[code] = numbers.get(char, 0), char.isupper()
    for first, last in ((0x31A0, 0x31BF), (0xAC00, 0xD7AF)):
        ids[first : last + 1] = numbers.get(NGram.normalize(chr(first)), 0)
    for char, folded in NGram.CJK_MAP.items():
        ids[ord(char)] = numbers.get(folded, 0)
    for code in range(0x250, 0x590):  # capitals that no profile holds still open a run of capitals
        upper[code] = chr(code).isupper()
    return ids, upper
