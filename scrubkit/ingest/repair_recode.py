"""UTF-8 read as something else: undoing it for a whole text, for a line, or for the sequences that show it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from scrubkit.ingest.repair_codecs import register
from scrubkit.ingest.repair_sparse import REACH, is_sparse, stretches
from scrubkit.ingest.text_scan import Scan, doubtful, scan_text
from scrubkit.kernels.textscan import FLAGS

__all__ = [
    "ENCODINGS", "ENOUGH", "Reading", "badness", "best", "likelier", "plausible", "readings", "recode", "sequences",
    "suspect", "turns",
]  # fmt: skip

ENCODINGS: tuple[str, ...] = (
    "latin-1",
    "sloppy-windows-1252",
    "sloppy-windows-1251",
    "sloppy-windows-1250",
    "sloppy-windows-1253",
    "sloppy-windows-1254",
    "sloppy-windows-1257",
    "iso-8859-2",
    "macroman",
    "cp437",
    "iso-8859-15",
    "cp850",
    "cp1256",
    "koi8-r",
    "cp866",
)
"""ftfy's sets in ftfy's order, then five it does not try; ``sloppy-`` sets let open bytes pass."""

ENOUGH = 6
"""Characters saved by a strict reading that need no other evidence: in a text that was not damaged every character
above ASCII would have to stand in a valid UTF-8 sequence by chance."""


class Reading(NamedTuple):
    """A text read strictly as UTF-8 that had been read as ``encoding``; ``saved`` is by how much it is shorter.

    ``sure`` readings stand alone; of the others several in one text must agree.
    """

    encoding: str
    text: str
    saved: int
    sure: bool


_IMPLAUSIBLE = re.compile("[\x80-\x9f\ue000-\uf8ff\ufffd\u0700-\u08ff\U000e0000-\U0010ffff]")
_SAMPLE = 4_000
_VARIED = 4
_PLENTY = 24  # so many that the heuristic is not asked: of text damaged twice it may find the first layer worse


def badness(text: str) -> int:
    """Return how many improbable character pairs ftfy's heuristic counts in ``text``.

    A text without any is told by its scan. Of others only the neighbourhood of what the scan found is searched, with
    the same result: whatever the heuristic matches would be found by itself, and is no longer than ``REACH``.
    """
    if not suspect(scan_text(text)):
        return 0
    from ftfy.badness import BADNESS_RE

    return sum(len(BADNESS_RE.findall(text, start, end)) for start, end in doubtful(text, REACH))


def suspect(found: Scan) -> bool:
    """Return whether a text may hold what ftfy's heuristic calls improbable; where not, it finds nothing there."""
    return found.pairs > 0 or bool(found.flags & FLAGS["bad"])


def recode(text: str, encoding: str) -> str | None:
    """Return the text whose UTF-8 bytes were read as ``encoding``, ``None`` where that cannot be.

    >>> recode("cafÃ©", "latin-1"), recode("café", "latin-1")
    ('café', None)
    """
    return _recoded(text, encoding, _first_stretch(text))


def _recoded(text: str, encoding: str, first: str) -> str | None:
    """Return :func:`recode`; ``first`` is tried first, so that most sets are told by a word, not by the whole text."""
    register()
    try:
        first.encode(encoding).decode("utf-8")
        if encoding.startswith("sloppy") and "\ufffd" in text:
            return None  # the sloppy sets would write it as a control
        return text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return None


def _first_stretch(text: str) -> str:
    """Return the first characters beyond ASCII: all of these sets hold ASCII, so sequences do not reach beyond them."""
    try:
        text.encode("ascii")
    except UnicodeEncodeError as error:
        return text[error.start : error.end]
    return ""


def readings(text: str) -> list[Reading]:
    """Return what each set makes of ``text`` that can be UTF-8 read as it, where that is likelier than the text."""
    first = _first_stretch(text)
    tried = ((encoding, _recoded(text, encoding, first)) for encoding in ENCODINGS)
    strict = [(encoding, fixed) for encoding, fixed in tried if fixed not in (None, text)]
    if not strict:
        return []
    bad, pairs = badness(text), scan_text(text).pairs
    found: list[Reading] = []
    for encoding, fixed in strict:
        assert fixed is not None
        after, saved = badness(fixed), len(text) - len(fixed)
        clean = (after <= bad or saved >= _PLENTY) and plausible(fixed, text)
        if after < bad or (clean and saved >= ENOUGH and (_varied(fixed) or _twice(fixed, encoding))):
            found.append(Reading(encoding, fixed, saved, sure=True))
        elif clean and scan_text(fixed).pairs < pairs and likelier(fixed, text):
            found.append(Reading(encoding, fixed, saved, sure=saved >= ENOUGH))
    return found


def _varied(fixed: str) -> bool:
    """Return whether several characters above ASCII come out; one and the same may be a name with a sign after it."""
    return len({char for char in set(fixed) if char > "\x7f"}) >= _VARIED


def _twice(fixed: str, encoding: str) -> bool:
    """Return whether what comes out can be read so again: valid UTF-8 twice over is no chance."""
    again = recode(fixed, encoding)
    return again is not None and len(fixed) - len(again) >= _VARIED


def likelier(fixed: str, text: str) -> bool:
    """Return whether ``fixed`` is more like a language than ``text`` is."""
    return _likelihood(fixed[:_SAMPLE]) > _likelihood(text[:_SAMPLE])


@lru_cache(maxsize=8)
def _likelihood(sample: str) -> float:
    """Return how likely a text is in its likeliest language; asked of one line for each set, and siblings often agree."""
    from scrubkit.ingest.language_fast import likelihoods

    return likelihoods(sample)[0][0][1]


def best(found: list[Reading]) -> Reading | None:
    """Return the likeliest of several readings: the least bad, with the fewest capitals inside words, most like a language.

    Sets that are siblings (windows-1250 and iso-8859-2, code pages 437 and 850) read the same damage as different
    letters, each of them valid; only words tell which was meant, and in a few characters the more usual set.
    """
    if len({reading.text for reading in found}) <= 1:
        return found[0] if found else None
    left = _least(_least(found, badness), turns)
    if len({reading.text for reading in left}) == 1:
        return left[0]
    if max(reading.saved for reading in left) < ENOUGH:
        return left[0]
    return max(left, key=lambda reading: _likelihood(reading.text[:_SAMPLE]))


def _least(found: list[Reading], cost: Callable[[str], int]) -> list[Reading]:
    costs = [cost(reading.text) for reading in found]
    return [reading for reading, own in zip(found, costs, strict=True) if own == min(costs)]


def turns(text: str) -> int:
    """Return how often a capital follows a small letter: it does in garble, hardly ever in a word."""
    return sum(a.islower() and b.isupper() for a, b in pairwise(text[:_SAMPLE]))


def plausible(fixed: str, text: str) -> bool:
    """Return whether ``fixed`` holds no control, private-use or rare-script character that ``text`` does not hold."""
    odd = _implausible(fixed)
    return not odd or odd <= _implausible(text)


def _implausible(text: str) -> set[str]:
    return {char for start, end in stretches(text, 0) for char in _IMPLAUSIBLE.findall(text, start, end)}


def sequences(text: str, encoding: str) -> str:
    """Return ``text`` with each stretch that is UTF-8 read as ``encoding`` put right, the rest as it is.

    >>> sequences("cafÃ© — thé", "latin-1")
    'café — thé'
    """
    register()

    def put_right(match: re.Match[str]) -> str:
        try:
            return match.group().encode(encoding).decode("utf-8")
        except UnicodeError:
            return match.group()

    pattern = _pattern(encoding)
    if not is_sparse(text):
        return pattern.sub(put_right, text)
    pieces: list[str] = []
    done = 0
    for start, end in stretches(text, 0):  # all characters of all sequences are beyond ASCII
        fixed, count = pattern.subn(put_right, text[start:end])
        if count:
            pieces += (text[done:start], fixed)
            done = end
    return "".join((*pieces, text[done:]))


@cache
def _pattern(encoding: str) -> re.Pattern[str]:
    """Match the characters of one UTF-8 sequence of two to four bytes as ``encoding`` reads them."""
    register()
    chars = {b: bytes([b]).decode(encoding, "ignore") for b in range(0x80, 0x100)}

    def those(first: int, last: int) -> str:
        return "[" + re.escape("".join(chars[b] for b in range(first, last + 1))) + "]"

    tail = those(0x80, 0xBF)
    return re.compile(f"{those(0xC2, 0xDF)}{tail}|{those(0xE0, 0xEF)}{tail}{{2}}|{those(0xF0, 0xF4)}{tail}{{3}}")
