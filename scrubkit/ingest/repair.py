r"""Undo mojibake and entities, and say how, so that it can be done again.

ftfy does the recognising; this layer decides in what order and how far, and keeps a record. Its configuration is the
one corpus builders use: quotes stay curly, full-width forms stay wide, ligatures stay whole, and no line is added or
removed. The order, each step only where one pass over the characters found something improbable:

1. bytes of another script's legacy set read as latin-1 (``repair_legacy``);
2. entities, up to the first line with a ``<``: from there on the text may be markup (as in ``ftfy.fix_text``);
3. closing quotes whose last byte was lost (``repair_lost``);
4. the whole text as UTF-8 read in one wrong set: what explains all of it beats what explains a line;
5. each suspect line so, the lines voting for one set; then ftfy on the line, or, where a line is half damaged, only
   the sequences that show it;
6. the other lines, with the set that the suspect ones gave away.

Steps 2 to 6 repeat while they find something (double damage, damage below entities).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from scrubkit.ingest.normalise import normalise_step
from scrubkit.ingest.repair_legacy import read_legacy, undo_legacy
from scrubkit.ingest.repair_lost import MARK, WHOLE, closed_quotes
from scrubkit.ingest.repair_recode import (
    ENCODINGS,
    ENOUGH,
    Reading,
    badness,
    best,
    plausible,
    readings,
    recode,
    sequences,
    suspect,
)
from scrubkit.ingest.repair_sparse import gist
from scrubkit.ingest.text_scan import doubtful, scan_text
from scrubkit.kernels.textscan import FLAGS, neighbourhoods

__all__ = ["Repaired", "has_entities", "repair", "replay"]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired text and the steps that made it: ``{"step": …, "line": …, "encoding": …}``, lines from 1."""

    text: str
    steps: tuple[Mapping[str, Any], ...] = ()


Steps = list[Mapping[str, Any]]

_ENTITY = re.compile("&#?[0-9A-Za-z]{1,24};")
# References to line ends and other white space that would add a line or hide one.
_LINE_ENTITY = re.compile("&(?:#0*(?:10|11|12|13|133|8232|8233)|#[xX]0*(?:[aAbBcCdD]|85|2028|2029)|NewLine);")
_ROUNDS = 4
_LONGEST = 2_000_000
"""Longer lines are left alone, longer texts are read line by line only: the cost of each try grows with the length."""

_LEFT = 0.35
"""Sequences of a set are put right where that leaves at most this share of a line's badness."""


def repair(text: str) -> Repaired:
    r"""Return the text with mojibake and entities undone; a text without either comes back as it is.

    Never adds or removes ``\n``; the result has no lone surrogates.

    >>> repair("na\u00c3\u00afve")
    Repaired(text='naïve', steps=({'step': 'recode', 'line': None, 'encoding': 'latin-1'},))
    >>> replay("na\u00c3\u00afve", repair("na\u00c3\u00afve").steps)
    'naïve'
    """
    mended = _mended(text, lost=True)
    given = any(step["step"] == "quotes" for step in mended.steps)
    if given and WHOLE in mended.text and WHOLE not in text:  # no step took the byte up that was given back
        return _mended(text, lost=False)
    return mended


def _mended(text: str, *, lost: bool) -> Repaired:
    steps: Steps = []
    scan = scan_text(text)
    if scan.flags & FLAGS["surrogate"]:
        steps.append({"step": "surrogates", "line": None})
        text = normalise_step(text, steps[-1])
    legacy = read_legacy(text, scan)
    if legacy is not None:
        steps.append({"step": "legacy", "line": None, "encoding": legacy[1], "read_as": legacy[0]})
        text = legacy[2]
        scan = scan_text(text)
    for _ in range(_ROUNDS):
        before = text
        if scan.flags & FLAGS["ampersand"]:
            text = _entities(text, steps)
            scan = scan_text(text) if text is not before else scan
        if suspect(scan):
            text = _quotes(text, steps) if lost and MARK in text else text
            text = _lines(_whole(text, steps), steps)
        if text == before:
            break
        scan = scan_text(text)
    return Repaired(text, tuple(steps))


def replay(text: str, steps: Sequence[Mapping[str, Any]]) -> str:
    """Return what the recorded steps make of ``text``: those of :func:`repair` and of ``normalise``.

    >>> replay("a &amp; b", [{"step": "entities", "line": 1}])
    'a & b'
    """
    lines: list[str] | None = None
    for step in steps:
        if step["line"] is None:
            text = _apply(text if lines is None else "\n".join(lines), step)
            lines = None
        else:
            lines = text.split("\n") if lines is None else lines
            lines[step["line"] - 1] = _apply(lines[step["line"] - 1], step)
    return text if lines is None else "\n".join(lines)


def _apply(text: str, step: Mapping[str, Any]) -> str:
    name = step["step"]
    if name == "legacy":
        return undo_legacy(text, step["read_as"], step["encoding"])
    if name == "recode":
        return recode(text, step["encoding"]) or text
    if name == "sequences":
        return sequences(text, step["encoding"])
    if name == "entities":
        return _unescape(text)
    if name == "quotes":
        return closed_quotes(text)
    if name != "ftfy":
        return normalise_step(text, step)
    return _planned(text, tuple(tuple(part) for part in step["plan"]))


def _unescape(line: str) -> str:
    from ftfy.fixes import unescape_html

    return str(unescape_html(line))


def has_entities(text: str) -> bool:
    """Return whether a text holds anything like a reference to a character."""
    return _ENTITY.search(text) is not None


def _entities(text: str, steps: Steps) -> str:
    markup = text.find("<")
    until = len(text) if markup < 0 else text.rfind("\n", 0, markup) + 1
    if not has_entities(text[:until]):
        return text
    lines = text[:until].split("\n")
    for number, line in enumerate(lines):
        if "&" in line and not _LINE_ENTITY.search(line):
            fixed = _unescape(line)
            # a reference to a surrogate or to half of one is left as it stands
            if fixed != line and fixed.isascii() | (not scan_text(fixed).flags & FLAGS["surrogate"]):
                lines[number] = fixed
                steps.append({"step": "entities", "line": number + 1})
    fixed = "\n".join(lines) + text[until:]
    return text if fixed == text else fixed


def _quotes(text: str, steps: Steps) -> str:
    if len(text) > _LONGEST or len(text) - len(sequences(text, "sloppy-windows-1252")) < ENOUGH:
        return text  # one quotation alone does not show which set it was
    lines = text.split("\n")
    for number, line in enumerate(lines):
        closed = closed_quotes(line) if MARK in line else line
        if closed != line:
            lines[number] = closed
            steps.append({"step": "quotes", "line": number + 1})
    return "\n".join(lines)


def _whole(text: str, steps: Steps) -> str:
    for _ in range(_ROUNDS if len(text) <= _LONGEST else 0):
        found = best([some for some in readings(text) if some.sure]) if not text.isascii() else None
        if found is None:
            break
        steps.append({"step": "recode", "line": None, "encoding": found.encoding})
        text = found.text
    return text


def _lines(text: str, steps: Steps) -> str:
    if not suspect(scan_text(text)):
        return text
    suspects = _suspects(text)
    found = {line.number: readings(line.text) for line in suspects}
    likely = _likely(found)
    fixed = []
    for line in suspects:
        other = _line(line.text, line.number + 1, found[line.number], likely, steps)
        if other != line.text:
            fixed.append(line._replace(text=other))
    text = _with(text, fixed)
    return text if likely is None else _others(text, likely, steps)


def _with(text: str, fixed: list[_Line]) -> str:
    """Return the text with some of its lines as they are given."""
    pieces: list[str] = []
    end = 0
    for line in fixed:
        pieces += (text[end : line.start], line.text)
        end = text.find("\n", line.start)
        end = len(text) if end < 0 else end
    return "".join([*pieces, text[end:]]) if pieces else text


def _others(text: str, likely: str, steps: Steps) -> str:
    """Return the text with the lines that no step has read yet as the set that the suspect ones gave away."""
    done = {step["line"] for step in steps if step["line"] is not None}
    fixed: list[_Line] = []
    for line in _lines_at(text, neighbourhoods(text, 0)):
        other = None if line.number + 1 in done else recode(line.text, likely)
        if other is not None and other != line.text:
            fixed.append(line._replace(text=other))
            steps.append({"step": "recode", "line": line.number + 1, "encoding": likely})
    return _with(text, fixed)


class _Line(NamedTuple):
    """A line of a text: its number from 0, where it starts, what it says."""

    number: int
    start: int
    text: str


def _suspects(text: str) -> list[_Line]:
    """Return the lines that may be damaged."""
    return [
        line
        for line in _lines_at(text, doubtful(text, 0))
        if not line.text.isascii() and len(line.text) <= _LONGEST and suspect(scan_text(line.text))
    ]


def _lines_at(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[_Line]:
    """Yield the lines that spans, in order, have a part in: few of a page's thousands."""
    number = counted = done = 0
    for first, until in spans:
        at = max(first, done)
        while at < until:
            start = text.rfind("\n", done, at) + 1 or done
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            number += text.count("\n", counted, start)
            yield _Line(number, start, text[start:end])
            counted = start
            done = at = end + 1


def _likely(found: Mapping[int, list[Reading]]) -> str | None:
    """Return the set that most of the suspect lines' readings share, ``None`` where they do not amount to proof."""
    saved: Counter[str] = Counter()
    sure = set()
    for some in found.values():
        for reading in some:
            saved[reading.encoding] += reading.saved
            if reading.sure:
                sure.add(reading.encoding)
    proven = [encoding for encoding in ENCODINGS if encoding in sure or saved[encoding] >= ENOUGH]
    return max(proven, key=lambda encoding: saved[encoding], default=None)


def _line(line: str, number: int, found: list[Reading], likely: str | None, steps: Steps) -> str:
    """Return one suspect line repaired by the first of: a reading of all of it, ftfy, its damaged sequences."""
    reading = next((some for some in found if some.encoding == likely), None)
    reading = reading or best([some for some in found if some.sure])
    if reading is not None:
        steps.append({"step": "recode", "line": number, "encoding": reading.encoding})
        return reading.text
    if not badness(line):  # neither ftfy nor the sequences act on such a line, and a long one costs them seconds
        return line
    brief = gist(line)
    fixed, plan = _ftfy(brief)
    partly = not any(action == "encode" for action, _ in plan)
    some = _by_sequences(line) if partly else None
    if some is not None and badness(some[1]) <= badness(fixed):
        steps.append({"step": "sequences", "line": number, "encoding": some[0]})
        return some[1]
    if brief is not line:
        fixed = _planned(line, plan)
    if fixed != line and "\n" not in fixed:
        steps.append({"step": "ftfy", "line": number, "plan": plan})
        return fixed
    return line


def _ftfy(line: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    import ftfy

    fixed, steps = ftfy.fix_and_explain(line, _config())
    return str(fixed), tuple((step.action, step.parameter) for step in steps or ())


def _planned(line: str, plan: tuple[tuple[str, str], ...]) -> str:
    from ftfy import apply_plan

    return str(apply_plan(line, list(plan))) if plan else line


def _by_sequences(line: str) -> tuple[str, str] | None:
    """Return the set whose sequences explain a line's badness, ``None`` where none does or several do alike."""
    brief = gist(line)
    before = badness(brief)
    tried = [(encoding, sequences(brief, encoding)) for encoding in ENCODINGS]
    judged = [
        (badness(fixed), encoding, fixed) for encoding, fixed in tried if fixed != brief and plausible(fixed, brief)
    ]
    least = min((count for count, _, _ in judged), default=before)
    if not judged or least >= before or least > _LEFT * before:
        return None
    left = [
        Reading(code, fixed if brief is line else sequences(line, code), len(brief) - len(fixed), sure=True)
        for count, code, fixed in judged
        if count == least
    ]
    if len({fixed for _, _, fixed in judged}) > 1 and max(reading.saved for reading in left) < ENOUGH:
        return None
    found = best(left)
    return None if found is None else (found.encoding, found.text)


@cache
def _config() -> Any:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        remove_terminal_escapes=False,
        normalization=None,
    )
