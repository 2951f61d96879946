r"""One form for characters that look or mean the same, without touching what an author chose.

What goes, what changes and what stays (the reasons and what other tools do stand in ``docs/text-layer.md``):

=====================================================  ====================================================
canonical form                                         NFC, a switch of its own
``\r\n``                                               ``\n``
a lone ``\r``                                          ``\n`` where the text has no ``\n`` at all, else a space
``\v \f``, U+0085, U+2028, U+2029                      a space: they never add a line
other C0 and C1 controls, terminal escapes             gone
U+FEFF, U+FFF9 to U+FFFC, U+206A to U+206F,            gone
noncharacters, soft hyphen
lone surrogates                                        U+FFFD (a pair becomes its character)
zero-width space, word joiner                          gone, but kept in scripts without word spaces
zero-width joiner and non-joiner                       kept beside letters that join and in emoji, else gone
bidi marks and embeddings                              kept in lines with right-to-left letters, else gone
no-break and typographic spaces                        a space; U+3000 stays
quotes, dashes, width, ligatures, private use          untouched
=====================================================  ====================================================
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scrubkit.core.choices import Form
from scrubkit.ingest.text_scan import scan_text, seek_text, tidy_text
from scrubkit.kernels.textscan import FLAGS
from scrubkit.kernels.visible import INVISIBLE, visible

__all__ = [
    "GONE",
    "INVISIBLE",
    "SPACES",
    "TIDIED",
    "Normalised",
    "composed",
    "normalise",
    "normalise_step",
]


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in one form, and which steps changed it: ``{"step": …, "count": …}`` in the order they ran."""

    text: str
    steps: tuple[Mapping[str, Any], ...] = ()


_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane + low) for plane in range(0, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF)
)
_ASCII = re.compile("[\x00-\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TERMINAL = re.compile("\x1b\\[[0-9;]*[A-Za-z]")
GONE = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u206a-\u206f\ufeff\ufff9-\ufffc{_NONCHARACTERS}]")
SPACES = re.compile("[\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]")


def normalise(text: str, *, form: Form = "NFC") -> Normalised:
    r"""Return ``text`` in one form; ``form=None`` leaves composed and decomposed letters as they are.

    The number of lines stays: a ``\n`` is neither added nor removed (``\r\n`` counts as one), save in a text whose
    only line ends are lone ``\r``. The result has no lone surrogates, and normalising it again changes nothing.

    >>> normalise("na\u0308iv\u00a0\u2009x\r\nok\u200b\x07").text
    'näiv  x\nok'
    >>> normalise("plain").steps
    ()
    """
    flags = scan_text(text).flags
    if not flags & _ANY:
        return Normalised(text)
    steps: list[Mapping[str, Any]] = []
    for name, flag, change in _CHANGES:
        if name == TIDIED[0] and flags & _TIDY:
            text = _tidy(text, steps)
        elif flags & FLAGS[flag] and name not in TIDIED:
            changed, count = change(text)
            if count:
                steps.append({"step": name, "line": None, "count": count})
                text = changed
    if form is not None and flags & FLAGS["form"] and (changed := composed(text)) != text:
        steps.append({"step": form.lower(), "line": None})
        text = changed
    return Normalised(text, tuple(steps))


def composed(text: str) -> str:
    """Return a text in NFC; only what stands around characters that may not be in it is read.

    Nothing composes with an ASCII character behind it, so a run ends there, and begins with the one in front.

    >>> composed("cafe\u0301 noir")
    'café noir'
    """
    pieces: list[str] = []
    end = 0
    at = seek_text(text, 0, FLAGS["form"])
    while at < len(text):
        start = at
        while start > end and text[start] > "\x7f":
            start -= 1
        after = _ASCII.search(text, at)
        stop = after.start() if after else len(text)
        pieces += (text[end:start], unicodedata.normalize("NFC", text[start:stop]))
        end = stop
        at = seek_text(text, end, FLAGS["form"])
    return "".join([*pieces, text[end:]]) if pieces else text


def _tidy(text: str, steps: list[Mapping[str, Any]]) -> str:
    """Do the three steps that look at single characters in one pass, and record each as if it had run alone."""
    done = tidy_text(text)
    counts = zip(TIDIED, (done.returns, done.gone, done.spaces), strict=True)
    steps += ({"step": name, "line": None, "count": count} for name, count in counts if count)
    return done.text


def normalise_step(text: str, step: Mapping[str, Any]) -> str:
    """Return what one recorded step makes of ``text``; ``KeyError`` for a step that is not of this module.

    >>> normalise_step("a\u00a0b", {"step": "spaces", "line": None, "count": 1})
    'a b'
    """
    name = step["step"]
    if name == "nfc":
        return unicodedata.normalize("NFC", text)
    changes = {known: change for known, _, change in _CHANGES}
    return changes[name](text)[0]


def _surrogates(text: str) -> tuple[str, int]:
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined, len(_SURROGATE.findall(text))


def _line_ends(text: str) -> tuple[str, int]:
    count = text.count("\r")
    if "\n" not in text:
        return text.replace("\r", "\n"), count
    return re.sub("\r+\n", "\n", text).replace("\r", " "), count


def _terminal_escapes(text: str) -> tuple[str, int]:
    return _TERMINAL.subn("", text)


def _gone(text: str) -> tuple[str, int]:
    return GONE.subn("", text)


def _spaces(text: str) -> tuple[str, int]:
    return SPACES.subn(" ", text)


_CHANGES: tuple[tuple[str, str, Callable[[str], tuple[str, int]]], ...] = (
    ("surrogates", "surrogate", _surrogates),
    ("terminal-escapes", "escape", _terminal_escapes),
    ("line-ends", "return", _line_ends),
    ("controls", "gone", _gone),
    ("spaces", "space", _spaces),
    ("invisible", "invisible", visible),
)
"""Each step with the flag of the characters that may need it."""

TIDIED = ("line-ends", "controls", "spaces")
"""The steps that look at single characters; one pass does them all."""

_TIDY = FLAGS["return"] | FLAGS["gone"] | FLAGS["space"]
_ANY = sum({FLAGS[flag] for _, flag, _ in _CHANGES}) | FLAGS["form"]
