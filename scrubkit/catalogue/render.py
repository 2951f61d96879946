"""Rules and findings as text and Markdown; everything here is made from the catalogue entry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scrubkit.catalogue.rule import Rule, families

__all__ = [
    "excerpt_of",
    "message_of",
    "reasons",
    "rule_data",
    "rule_markdown",
    "rule_text",
    "rules_markdown",
    "rules_text",
    "visible",
]

EXCERPT_CHARS = 60
_DEEPEST = 3
"""Lists in lists of what a finding says that are still written out."""

_SPACE = re.compile(r"\s+")


def visible(text: str) -> str:
    r"""Return a text that is safe to print: what a terminal would act on stands as an escape.

    Scrapes hold escape sequences, right-to-left overrides and NULs; printed raw they would repaint the terminal
    or hide what was found.

    >>> visible("red \x1b[31m \u202e")
    'red \\x1b[31m \\u202e'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def excerpt_of(text: str, limit: int = EXCERPT_CHARS) -> str:
    r"""Return the beginning of a text on one line, at most ``limit`` characters, safe to print.

    >>> excerpt_of("  Skip to\n content ")
    'Skip to content'
    """
    plain = visible(_SPACE.sub(" ", text[: 4 * limit]).strip())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


def _value(value: Any, depth: int = 0) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, str):
        return f'"{excerpt_of(value, 40)}"'
    if isinstance(value, (list, tuple, set, frozenset, Mapping)) and depth > _DEEPEST:
        return "…"
    if isinstance(value, (list, tuple, set, frozenset)):
        shown = [_value(item, depth + 1) for item in list(value)[:5]]
        return ", ".join(shown) + (", …" if len(value) > 5 else "")
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value(item, depth + 1)}" for key, item in list(value.items())[:5])
    return str(value)


def reasons(because: Mapping[str, Any]) -> str:
    """Return the numbers behind a finding as words.

    >>> reasons({"labels": 5, "link_density": 0.8333, "cue": "skip to content"})
    'labels 5, link density 0.833, cue "skip to content"'
    """
    parts = []
    for key, value in because.items():
        name = key.replace("_", " ")
        if value is None or key == "traceback":
            continue
        if isinstance(value, bool):
            parts.append(name if value else f"not {name}")
        else:
            parts.append(f"{name} {_value(value)}")
    return ", ".join(parts)


def message_of(rule: Rule, because: Mapping[str, Any], excerpt: str = "") -> str:
    """Return the sentence a finding is reported with: the rule's summary, what was found, why.

    >>> rule = Rule("NAV001", "skip-link", "Skip link.", "It leads nowhere in a text.")
    >>> message_of(rule, {"words": 4}, "Skip to main content")
    'Skip link: "Skip to main content" (words 4)'
    """
    summary = rule.summary.rstrip(". ")
    shown = f'{summary}: "{excerpt}"' if excerpt else summary
    why = reasons(because)
    return f"{shown} ({why})" if why else shown


def _facts(rule: Rule) -> list[tuple[str, str]]:
    return [
        ("Family", f"{rule.family.prefix}: {rule.family.title}"),
        ("Kind", rule.kind),
        ("Scope", rule.scope),
        ("Action", rule.action),
        ("Status", f"{rule.status}, since {rule.since}"),
        ("Score", f"{rule.score:g}"),
        *([("Plug-in", rule.origin)] if rule.origin else []),
    ]


def _example(example: str) -> list[str]:
    return example.strip("\n").split("\n") if example.strip() else []


def rule_text(rule: Rule) -> str:
    """Return all that the catalogue knows of a rule, as plain text for a terminal."""
    lines = [f"{rule.code} {rule.name}", "", rule.summary, "", rule.rationale]
    example = _example(rule.example)
    if example:
        lines += ["", "Example (lines with - are found):", *(f"  {line}" for line in example)]
    if rule.params:
        lines += ["", "Parameters:"]
        lines += [f"  {p.name} = {p.default:g} {p.unit}".rstrip() + f": {p.meaning}" for p in rule.params]
    if rule.known_problems:
        lines += ["", "Known problems:", f"  {rule.known_problems}"]
    if rule.sources:
        lines += ["", "Sources:", *(f"  {source}" for source in rule.sources)]
    lines += ["", *(f"{name + ':':8} {value}" for name, value in _facts(rule))]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def rule_markdown(rule: Rule, level: int = 1) -> str:
    """Return the documentation page of a rule, its headings from ``level`` down."""
    head, sub = "#" * level, "#" * (level + 1)
    parts = [f"{head} {rule.code}: {rule.name}", rule.summary]
    parts.append("\n".join(["| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in _facts(rule))]))
    parts += [f"{sub} Why", rule.rationale]
    example = _example(rule.example)
    if example:
        # Four spaces need no fence, so an example may hold any characters.
        parts += [
            f"{sub} Example",
            "Lines that start with `-` are found.",
            "\n".join(f"    {line}" for line in example),
        ]
    if rule.params:
        rows = [f"| `{p.name}` | {p.default:g} | {_cell(p.unit)} | {_cell(p.meaning)} |" for p in rule.params]
        parts += [f"{sub} Parameters", "\n".join(["| name | default | unit | meaning |", "|---|---|---|---|", *rows])]
    if rule.known_problems:
        parts += [f"{sub} Known problems", rule.known_problems]
    if rule.sources:
        parts += [f"{sub} Sources", "\n".join(f"* {source}" for source in rule.sources)]
    return "\n\n".join(parts) + "\n"


def rules_text(rules: Sequence[Rule]) -> str:
    """Return a table of rules for a terminal: code, name, status, action, summary."""
    if not rules:
        return ""
    width = max(len(rule.name) for rule in rules)
    return "".join(
        f"{rule.code}  {rule.name:{width}}  {rule.status:10}  {rule.action:10}  {rule.summary}\n" for rule in rules
    )


def rules_markdown(rules: Iterable[Rule], link: str = "{code}.md", level: int = 1) -> str:
    """Return the overview: a table of rules for each family.

    ``link`` makes the address of a rule's page from ``{code}``, or from ``{anchor}`` where all stand on one page.
    """
    by_family: dict[str, list[Rule]] = {}
    for rule in rules:
        by_family.setdefault(rule.code[:3], []).append(rule)
    head, sub = "#" * level, "#" * (level + 1)
    parts = [f"{head} Rules", "Every rule has a code and a name; both are accepted wherever a rule is asked for."]
    parts += ["This page is made from the catalogue by `scrubkit rules --format markdown`."]
    for prefix, family in families().items():
        rows = [
            f"| [{rule.code}]({link.format(code=rule.code, anchor=_anchor(rule))}) | {rule.name} "
            f"| {_cell(rule.summary)} | {rule.status} |"
            for rule in by_family.get(prefix, ())
        ]
        if rows:
            parts += [f"{sub} {prefix}: {family.title}"]
            parts += ["\n".join(["| code | name | summary | status |", "|---|---|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def _anchor(rule: Rule) -> str:
    """Return the anchor that Markdown renderers make of a rule's heading."""
    return f"{rule.code.lower()}-{rule.name}"


def rule_data(rule: Rule) -> dict[str, Any]:
    """Return the entry as plain data, for JSON."""
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family.prefix,
        "kind": rule.kind,
        "summary": rule.summary,
        "rationale": rule.rationale,
        "example": rule.example,
        "scope": rule.scope,
        "action": rule.action,
        "score": rule.score,
        "status": rule.status,
        "since": rule.since,
        "params": [{"name": p.name, "default": p.default, "unit": p.unit, "meaning": p.meaning} for p in rule.params],
        "known_problems": rule.known_problems,
        "sources": list(rule.sources),
        "origin": rule.origin,
    }
