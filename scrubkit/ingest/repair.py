r"""Undo mojibake and entities, and say how, so that it can be done again.

ftfy does the recognising; this layer decides what it may touch and keeps a record. Its configuration is the one
corpus builders use: quotes stay curly, full-width forms stay wide, ligatures stay whole, and no line is added or
removed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from scrubkit.ingest.repair_recode import ENCODINGS, badness, best_whole, recode, sequences

__all__ = ["Repaired", "repair", "replay"]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired text and the steps that made it: ``{"step": …, "line": …, "encoding": …}``, lines from 1."""

    text: str
    steps: tuple[Mapping[str, Any], ...] = ()


Steps = list[Mapping[str, Any]]

_SURROGATE = re.compile("[\ud800-\udfff]")
_ENTITY = re.compile("&#?[0-9A-Za-z]{1,24};")
_LINE_ENTITY = re.compile("&(?:#0*(?:10|13|133|8232|8233|11|12)|#[xX]0*(?:[aAdDbBcC]|85|2028|2029)|NewLine);")
_ROUNDS = 4


def repair(text: str) -> Repaired:
    r"""Return the text with mojibake and entities undone; a text without either comes back as it is.

    Never adds or removes ``\n``; the result has no lone surrogates.

    >>> repair("na\u00c3\u00afve")
    Repaired(text='naïve', steps=({'step': 'recode', 'line': None, 'encoding': 'latin-1'},))
    >>> replay("na\u00c3\u00afve", repair("na\u00c3\u00afve").steps)
    'naïve'
    """
    steps: Steps = []
    if not text.isascii() and _SURROGATE.search(text):
        text = _join_surrogates(text)
        steps.append({"step": "surrogates"})
    if text.isascii() and not ("&" in text and _ENTITY.search(text)):
        return Repaired(text, tuple(steps))
    for _ in range(_ROUNDS):
        before = text
        text = _whole(_entities(text, steps), steps)
        text = _lines(text, steps)
        if text == before:
            break
    return Repaired(text, tuple(steps))


def replay(text: str, steps: Sequence[Mapping[str, Any]]) -> str:
    """Return what the recorded steps make of ``text``.

    >>> replay("a &amp; b", [{"step": "entities", "line": 1}])
    'a & b'
    """
    for step in steps:
        if step.get("line") is None:
            text = _apply(text, step)
        else:
            lines = text.split("\n")
            lines[step["line"] - 1] = _apply(lines[step["line"] - 1], step)
            text = "\n".join(lines)
    return text


def _apply(text: str, step: Mapping[str, Any]) -> str:
    from ftfy import apply_plan

    name = step["step"]
    if name == "surrogates":
        return _join_surrogates(text)
    if name == "recode":
        return recode(text, step["encoding"]) or text
    if name == "sequences":
        return sequences(text, step["encoding"])
    if name == "entities":
        from ftfy.fixes import unescape_html

        return str(unescape_html(text))
    return str(apply_plan(text, [tuple(part) for part in step["plan"]]))


def _join_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _entities(text: str, steps: Steps) -> str:
    """Undo entities line by line up to the first line that holds a ``<``: from there on it may be markup."""
    if "&" not in text:
        return text
    from ftfy.fixes import unescape_html

    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "<" in line:
            break
        if "&" in line and not _LINE_ENTITY.search(line):
            fixed = unescape_html(line)
            if fixed != line:
                lines[number] = fixed
                steps.append({"step": "entities", "line": number + 1})
    return "\n".join(lines)


def _whole(text: str, steps: Steps) -> str:
    for _ in range(_ROUNDS):
        if text.isascii():
            break
        found = best_whole(text)
        if found is None:
            break
        steps.append({"step": "recode", "line": None, "encoding": found[0]})
        text = found[1]
    return text


def _lines(text: str, steps: Steps) -> str:
    from ftfy.badness import is_bad

    if text.isascii() or not is_bad(text):
        return text
    lines = text.split("\n")
    seen: Counter[str] = Counter()
    for number, line in enumerate(lines):
        if line.isascii() or not is_bad(line):
            continue
        lines[number] = _line(line, number + 1, steps, seen)
    if seen:
        likely = seen.most_common(1)[0][0]
        for number, line in enumerate(lines):
            if line.isascii():
                continue
            fixed = recode(line, likely)
            if fixed is not None and fixed != line:
                lines[number] = fixed
                steps.append({"step": "recode", "line": number + 1, "encoding": likely})
    return "\n".join(lines)


def _line(line: str, number: int, steps: Steps, seen: Counter[str]) -> str:
    found = best_whole(line)
    if found is not None:
        steps.append({"step": "recode", "line": number, "encoding": found[0]})
        seen[found[0]] += 1
        return found[1]
    import ftfy

    fixed, plan = ftfy.fix_and_explain(line, _config())
    by_sequences = _by_sequences(line)
    if by_sequences is not None and badness(by_sequences[1]) <= badness(fixed):
        steps.append({"step": "sequences", "line": number, "encoding": by_sequences[0]})
        return by_sequences[1]
    if fixed != line and "\n" not in fixed:
        steps.append({"step": "ftfy", "line": number, "plan": tuple((p.action, p.parameter) for p in plan or ())})
        return str(fixed)
    return line


def _by_sequences(line: str) -> tuple[str, str] | None:
    before = badness(line)
    best: tuple[int, str, str] | None = None
    for encoding in ENCODINGS:
        fixed = sequences(line, encoding)
        if fixed == line:
            continue
        after = badness(fixed)
        if after < before and (best is None or after < best[0]):
            best = (after, encoding, fixed)
    return None if best is None or best[0] > 0.35 * before else best[1:]


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
