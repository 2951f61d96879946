"""Findings as SARIF 2.1.0, the format code hosts read.

After the OASIS standard "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Code hosts refuse
runs above 25,000 results; what is beyond :data:`MAX_RESULTS` is counted in a notification, not silently lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from scrubkit.catalogue.located import Located
from scrubkit.catalogue.rule import Rule

__all__ = ["MAX_RESULTS", "level_of", "sarif"]

MAX_RESULTS = 25_000
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def level_of(code: str, action: str) -> str:
    """Return how grave a finding is: faults and broken formats are errors, notes are notes.

    >>> level_of("FMT001", "note"), level_of("NAV001", "remove"), level_of("BYL001", "note")
    ('error', 'warning', 'note')
    """
    if code.startswith(("ERR", "FMT")):
        return "error"
    return "note" if action == "note" else "warning"


def _rule(rule: Rule) -> dict[str, Any]:
    help_text = "\n\n".join(part for part in (rule.rationale, rule.known_problems) if part)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.rationale or rule.summary},
        "help": {"text": help_text or rule.summary},
        "defaultConfiguration": {"level": level_of(rule.code, rule.action)},
        "properties": {"tags": [rule.kind], "precision": "high" if rule.score >= 0.9 else "medium"},
    }


def _result(finding: Located, index: Mapping[str, int]) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": finding.line, "startColumn": finding.column}
    if (finding.end_line, finding.end_column) >= (finding.line, finding.column):
        region |= {"endLine": finding.end_line, "endColumn": finding.end_column}
    if finding.record is not None:
        # Columns count within the record's text, which is not a place in the file.
        region = {"startLine": finding.line}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": _uri(finding.path)}, "region": region}}
    if finding.record is not None:
        location["logicalLocations"] = [{"name": finding.record, "kind": "object"}]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": level_of(finding.code, finding.action),
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"scrubkitTextHash/v1": finding.text_hash},
        "rank": round(100 * finding.score, 1),
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    return result


def _uri(path: str) -> str:
    """Return a relative URI reference; a first segment with a colon would read as a scheme, so it is escaped."""
    return quote(path.replace("\\", "/"), safe="/~")


def sarif(findings: Sequence[Located], rules: Mapping[str, Rule], version: str) -> str:
    """Return a SARIF log with one run; ``rules`` are those that the findings name."""
    used = sorted({finding.code for finding in findings} & set(rules))
    index = {code: i for i, code in enumerate(used)}
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "scrubkit", "version": version, "rules": [_rule(rules[code]) for code in used]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index) for finding in findings[:MAX_RESULTS]],
    }
    if len(findings) > MAX_RESULTS:
        left = len(findings) - MAX_RESULTS
        text = f"{left} more findings are not listed: code hosts refuse more than {MAX_RESULTS} a run"
        notification = {"level": "warning", "message": {"text": text}}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [notification]}]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False) + "\n"
