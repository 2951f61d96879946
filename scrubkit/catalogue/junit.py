"""Findings as JUnit XML: one test suite, one case a file, one failure a file that lists its findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from scrubkit.catalogue.located import Located

__all__ = ["junit"]

# XML 1.0 has no way to write these, not even as references.
_FORBIDDEN = {*range(0x20), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)} - {0x9, 0xA, 0xD}
_TABLE = dict.fromkeys(_FORBIDDEN, "\ufffd")


def _safe(text: str) -> str:
    return escape(text.translate(_TABLE), quote=True).replace("\n", "&#10;").replace("\r", "&#13;")


def junit(findings: Sequence[Located], files: Iterable[str]) -> str:
    """Return the XML; files without findings are passed cases."""
    by_path: dict[str, list[Located]] = {path: [] for path in sorted(files)}
    for finding in findings:
        by_path.setdefault(finding.path, []).append(finding)
    failed = sum(1 for found in by_path.values() if found)
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="scrubkit" tests="{len(by_path)}" failures="{failed}" errors="0">',
        f'<testsuite name="scrubkit" tests="{len(by_path)}" failures="{failed}" errors="0">',
    ]
    for path, found in by_path.items():
        name = _safe(path)
        if not found:
            out.append(f'<testcase classname="scrubkit" name="{name}" file="{name}"/>')
            continue
        codes = ", ".join(sorted({finding.code for finding in found}))
        body = "\n".join(f"{f.path}:{f.line}:{f.column} {f.code} {f.message}" for f in found)
        out.append(
            f'<testcase classname="scrubkit" name="{name}" file="{name}" line="{found[0].line}">'
            f'<failure message="{len(found)} findings: {_safe(codes)}">{_safe(body)}</failure></testcase>'
        )
    out += ["</testsuite>", "</testsuites>", ""]
    return "\n".join(out)
