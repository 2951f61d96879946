"""The interface for plug-ins: packages that add rules, cues, readers and language backends.

What is listed in ``__all__`` is stable: it changes as semantic versioning says, and nothing else that a plug-in could
import is promised. A package becomes a plug-in by entry points, one group for each thing it can add::

    [project.entry-points."scrubkit.rules"]
    forum = "scrubkit_forum:RULES"              # a sequence of Family and Rule

    [project.entry-points."scrubkit.cues"]
    nl = "scrubkit_forum:DUTCH"                 # language = cues by rule code, or the path of a TOML file

    [project.entry-points."scrubkit.readers"]
    mbox = "scrubkit_forum:read_mbox"           # ending = function (path) -> records

    [project.entry-points."scrubkit.languages"]
    stopwords = "scrubkit_forum:identify"       # backend = function (text) -> (code, probability)

Plug-ins are imported when they are asked for, never at start-up.
"""

from __future__ import annotations

from collections.abc import Iterable

from scrubkit.catalogue.rule import Family, Hit, Param, Rule
from scrubkit.page import Record
from scrubkit.rules.cues import Cue, CueHit, load_cues
from scrubkit.rules.run import CueSheet as Sheet
from scrubkit.rules.run import find

__all__ = ["CueHit", "Family", "Hit", "Param", "Record", "Rule", "Sheet", "example_failures", "found_lines"]


def found_lines(rule: Rule, text: str, cues: dict[str, dict[str, list[str]]] | None = None) -> set[int]:
    r"""Return which lines of a flattened text a rule finds, counted from 1: what a test of a rule asks.

    ``cues`` are the plug-in's own, as its entry point gives them; the cues of scrubkit are there besides.

    >>> rule = Rule("XDM001", "asterisk-line", "Line of asterisks", "A ruler.", scope="document",
    ...             test=lambda sheet: (Hit(i, i) for i, row in enumerate(sheet.text) if set(row) == {"*"}))
    >>> found_lines(rule, "Rain fell.\n\n* * *\n****\n")
    {4}
    """
    from scrubkit.core import Document
    from scrubkit.ingest.layout import layout_text
    from scrubkit.rules.cues import shipped_cues

    layout = layout_text(text)
    own: tuple[Cue, ...] = load_cues(cues, "und", "cues") if cues is not None else ()
    found = find(Document("text", layout.text, layout.blocks), [rule], cues=(*shipped_cues(), *own))
    crashed = next((finding for finding in found if finding.code == "ERR001"), None)
    if crashed is not None:
        raise AssertionError(str(crashed.because["traceback"]))
    lines: set[int] = set()
    for finding in found:
        first = layout.text.count("\n", 0, finding.start) + 1
        part = layout.text[finding.start : finding.end].rstrip("\n").split("\n")
        lines |= {first + i for i, line in enumerate(part) if line.strip()}
    return lines


def example_failures(rule: Rule, cues: dict[str, dict[str, list[str]]] | None = None) -> Iterable[str]:
    """Return the lines of a rule's example that are not found as it says; empty where the example holds.

    >>> rule = Rule("XDM001", "asterisk-line", "Line of asterisks", "A ruler.", scope="document",
    ...             example="- ****", test=lambda sheet: [])
    >>> list(example_failures(rule))
    ['not found: ****']
    """
    lines = rule.example.rstrip("\n").split("\n")
    wanted = {number for number, line in enumerate(lines, 1) if line.startswith("- ")}
    plain = [line[2:] if line.startswith("- ") else line.removeprefix("  ") for line in lines]
    found = found_lines(rule, "\n".join(plain) + "\n", cues)
    return [f"{'not found' if number in wanted else 'found'}: {plain[number - 1]}" for number in sorted(wanted ^ found)]
