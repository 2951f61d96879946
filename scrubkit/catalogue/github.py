"""Findings as workflow commands of GitHub Actions, which shows them beside the changed lines."""

from __future__ import annotations

from collections.abc import Sequence

from scrubkit.catalogue.located import Located
from scrubkit.catalogue.sarif import level_of

__all__ = ["github"]

_COMMAND = {"error": "error", "warning": "warning", "note": "notice"}


def _data(text: str) -> str:
    """Return a message as a command takes it: ``%`` first, then the two characters that end a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def github(findings: Sequence[Located]) -> str:
    r"""Return one annotation a line.

    >>> print(github([Located("a,b.txt", 3, 1, 3, 5, "NAV001", "100 % menu")]), end="")
    ::notice file=a%2Cb.txt,line=3,col=1,endLine=3,endColumn=5,title=scrubkit NAV001::a,b.txt:3:1 NAV001 100 %25 menu
    """
    out = []
    for finding in findings:
        where = [("file", finding.path), ("line", str(finding.line))]
        if finding.record is None:
            where += [("col", str(finding.column)), ("endLine", str(finding.end_line))]
            # GitHub ignores a column range over several lines, and warns of it.
            where += [("endColumn", str(finding.end_column))] if finding.end_line == finding.line else []
        where.append(("title", f"scrubkit {finding.code}"))
        properties = ",".join(f"{name}={_property(value)}" for name, value in where)
        command = _COMMAND[level_of(finding.code, finding.action)]
        # The place is repeated in the message: logs show the message only.
        text = f"{finding.path}:{finding.line}:{finding.column} {finding.code} {finding.message}"
        out.append(f"::{command} {properties}::{_data(text)}\n")
    return "".join(out)
