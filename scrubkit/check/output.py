"""What a check prints: the findings in one of the formats, and what is said about them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from scrubkit.catalogue.located import Located
from scrubkit.catalogue.render import visible

__all__ = ["FORMATS", "render", "statistics", "summary"]

FORMATS = ("text", "json", "sarif", "github", "junit")


def render(
    findings: Sequence[Located], form: str, *, files: Sequence[str], style: Callable[[str, str], str] | None = None
) -> str:
    """Return the findings in a format; ``style(text, what)`` may colour ``path``, ``code`` and ``place`` of text."""
    if form == "json":
        return json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=1) + "\n"
    if form == "github":
        from scrubkit.catalogue.github import github

        return github(findings)
    if form == "junit":
        from scrubkit.catalogue.junit import junit

        return junit(findings, files)
    if form == "sarif":
        return _sarif(findings)
    return "".join(_line(finding, style or _plain) for finding in findings)


def _sarif(findings: Sequence[Located]) -> str:
    from scrubkit import __version__
    from scrubkit.catalogue.sarif import sarif
    from scrubkit.check.inspect import rule_of

    return sarif(findings, {code: rule_of(code) for code in {f.code for f in findings}}, __version__)


def _plain(text: str, what: str) -> str:  # noqa: ARG001
    return text


def _line(finding: Located, style: Callable[[str, str], str]) -> str:
    place = f":{finding.line}:{finding.column}"
    path = style(visible(finding.path), "path")
    return f"{path}{style(place, 'place')} {style(finding.code, 'code')} {finding.message}\n"


def statistics(findings: Sequence[Located], form: str, names: Mapping[str, str]) -> str:
    """Return how often each code was found, the most frequent first."""
    counts = sorted(Counter(finding.code for finding in findings).items(), key=lambda item: (-item[1], item[0]))
    fixable = {code for code, found in groupby(sorted(findings, key=_code), key=_code) if any(f.fixable for f in found)}
    if form == "json":
        rows = [{"code": c, "name": names[c], "count": n, "fixable": c in fixable} for c, n in counts]
        return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    width = len(str(counts[0][1])) if counts else 1
    return "".join(f"{n:{width}}  {c}  [{'*' if c in fixable else ' '}] {names[c]}\n" for c, n in counts)


def _code(finding: Located) -> str:
    return finding.code


def summary(findings: Sequence[Located], files: int, fixed: int, accepted: int) -> str:
    """Return the closing sentence, for standard error."""
    if not files:
        return (
            "0 files checked: there was none to check (.txt, .html, .jsonl and their compressed forms are looked for)"
        )
    shown = f"{files} file{'s' * (files != 1)} checked"
    parts = [f"{fixed} mended"] if fixed else []
    found = len(findings)
    parts.append(f"{found} finding{'s' * (found != 1)}" if found else "nothing found")
    fixable = sum(finding.fixable for finding in findings)
    if fixable:
        parts.append(f"{fixable} can be mended with --fix")
    if accepted:
        parts.append(f"{accepted} accepted by the baseline")
    return f"{shown}: {', '.join(parts)}"
