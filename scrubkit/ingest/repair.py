r"""Undo mojibake and entities, and say how, so that it can be done again.

ftfy does the recognising; this layer decides what it may touch and keeps a record. Its configuration is the one
corpus builders use: quotes stay curly, full-width forms stay wide, ligatures stay whole, and no line is added or
removed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

__all__ = ["Repaired", "repair", "replay"]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired text and the steps that made it: ``{"step": …, "line": …, "encoding": …}``, lines from 1."""

    text: str
    steps: tuple[Mapping[str, Any], ...] = ()


_SURROGATE = re.compile("[\ud800-\udfff]")
_ENTITY = re.compile("&#?[0-9A-Za-z]{1,24};")
_LINE_ENTITY = re.compile("&(?:#0*(?:10|13|133|8232|8233|11|12)|#[xX]0*(?:[aAdDbBcC]|85|2028|2029)|NewLine);")


def repair(text: str) -> Repaired:
    r"""Return the text with mojibake and entities undone; a text without either comes back as it is.

    Never adds or removes ``\n``; the result has no lone surrogates.

    >>> repair("na\u00c3\u00afve")
    Repaired(text='naïve', steps=({'step': 'ftfy', 'line': 1, 'plan': (('encode', 'latin-1'), ('decode', 'utf-8'))},))
    >>> replay("na\u00c3\u00afve", repair("na\u00c3\u00afve").steps)
    'naïve'
    """
    steps: list[Mapping[str, Any]] = []
    if not text.isascii() and _SURROGATE.search(text):
        text = _join_surrogates(text)
        steps.append({"step": "surrogates"})
    if text.isascii() and not ("&" in text and _ENTITY.search(text)):
        return Repaired(text, tuple(steps))
    text = _by_line(text, steps)
    return Repaired(text, tuple(steps))


def replay(text: str, steps: Sequence[Mapping[str, Any]]) -> str:
    """Return what the recorded steps make of ``text``.

    >>> replay("a &amp; b", [{"step": "ftfy", "line": 1, "plan": (("apply", "unescape_html"),)}])
    'a & b'
    """
    from ftfy import apply_plan

    for step in steps:
        if step["step"] == "surrogates":
            text = _join_surrogates(text)
        elif step["step"] == "ftfy":
            lines = text.split("\n")
            number = step["line"] - 1
            lines[number] = apply_plan(lines[number], [tuple(part) for part in step["plan"]])
            text = "\n".join(lines)
    return text


def _join_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _by_line(text: str, steps: list[Mapping[str, Any]]) -> str:
    import ftfy

    config = _config()
    if "<" in text:
        config = config._replace(unescape_html=False)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.isascii() and "&" not in line:
            continue
        chosen = config._replace(unescape_html=False) if _LINE_ENTITY.search(line) else config
        fixed, plan = ftfy.fix_and_explain(line, chosen)
        if fixed != line and "\n" not in fixed:
            lines[number] = fixed
            steps.append(
                {"step": "ftfy", "line": number + 1, "plan": tuple((p.action, p.parameter) for p in plan or ())}
            )
    return "\n".join(lines)


@cache
def _config() -> Any:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        remove_terminal_escapes=False,
        normalization=None,
    )
