"""What the docs site makes at its build: rule pages, command pages, the changelog, the lists of its navigation.

A hook of MkDocs (``hooks:`` in ``mkdocs.yml``). Nothing it makes is kept in the repository, so nothing can be out of
step with the catalogue or the command line.
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import click
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(ROOT))  # the catalogue of this checkout, installed or not
BLOB = "https://github.com/scrubkit/scrubkit/blob/main/"

log = logging.getLogger("mkdocs.hooks")  # a warning there fails a strict build

_INCLUDED = re.compile(r"<!-- table: (\S+) \| (.*?) \| (\d) -->")
_LINK = re.compile(r"(?<!!)\]\((?P<target>(?:\.\./|\.)[^)#\s]*)(?P<anchor>#[^)]*)?\)")


def on_config(config: Any) -> Any:
    """Add to the navigation what is found: how-to pages, algorithms, rules by family."""
    for section in config.nav:
        if "Rules" in section:
            section["Rules"] = _rule_navigation()
        if "How to" in section:
            section["How to"] += _others("how-to", section["How to"])
        if "How it works" in section:
            at = section["How it works"].index("text-layer.md") + 1
            section["How it works"][at:at] = _others("algorithms", section["How it works"])
    return config


def _others(folder: str, known: list[str]) -> list[str]:
    found = sorted(path.relative_to(DOCS).as_posix() for path in (DOCS / folder).glob("*.md"))
    return [name for name in found if name not in known]


def _rule_navigation() -> list[Any]:
    from scrubkit.catalogue import FAMILIES
    from scrubkit.rulebook import all_rules

    out: list[Any] = [{"All rules": "rules/index.md"}]
    for prefix, family in FAMILIES.items():
        pages = [
            {f"{code} {rule.name}": f"rules/{code}.md"} for code, rule in all_rules().items() if code[:3] == prefix
        ]
        if pages:
            out.append({f"{prefix} {family.title.partition(':')[0]}": pages})
    return out


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made here."""
    made = {**rule_pages(), "commands.md": commands_page(), "changelog.md": (ROOT / "CHANGELOG.md").read_text("utf-8")}
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def rule_pages() -> dict[str, str]:
    """Return a page for each rule of scrubkit and one that lists them, by their place in the site."""
    from scrubkit.catalogue.render import rule_markdown, rules_markdown
    from scrubkit.rulebook import all_rules

    rules = [rule for rule in all_rules().values() if not rule.origin]
    pages = {f"rules/{rule.code}.md": rule_markdown(rule) + _origin_of_page() for rule in rules}
    return {**pages, "rules/index.md": rules_markdown(rules)}


def _origin_of_page() -> str:
    return "\nThis page is made from the catalogue; `scrubkit explain CODE` prints the same.\n"


def commands_page() -> str:
    """Return the help of every command, as the command prints it."""
    from scrubkit.cli import main

    parts = [
        "# Commands and their options",
        "What `scrubkit COMMAND --help` prints; [the page before](cli.md) tells more.",
    ]
    context = click.Context(main, info_name="scrubkit", max_content_width=100, terminal_width=100)
    parts.append(_help(context))
    for verb in main.list_commands(context):
        command = main.get_command(context, verb)
        assert command is not None
        parts += _command(click.Context(command, info_name=verb, parent=context, terminal_width=100), level=2)
    return "\n\n".join(parts) + "\n"


def _command(context: click.Context, *, level: int) -> list[str]:
    parts = [f"{'#' * level} {context.command_path}", _help(context)]
    if isinstance(context.command, click.Group):
        for verb in context.command.list_commands(context):
            inner = context.command.get_command(context, verb)
            assert inner is not None
            parts += _command(click.Context(inner, info_name=verb, parent=context, terminal_width=100), level=level + 1)
    return parts


def _help(context: click.Context) -> str:
    return f"```text\n{context.get_help()}\n```"


def table_of(page: str, heading: str, number: int) -> str:
    """Return one of the tables of a section, up to the next heading, so that each figure stands once in the docs."""
    lines = iter((DOCS / page).read_text("utf-8").split("\n"))
    tables: list[list[str]] = [[]]
    if any(line == heading for line in lines):
        fenced = False
        for line in lines:
            fenced ^= line.startswith("```")
            if line.startswith("#") and not fenced:
                break
            if line.startswith("|"):
                tables[-1].append(line)
            elif tables[-1]:
                tables.append([])
    if len(tables) < number or not tables[number - 1]:
        log.warning("docs/%s has no table %d below %r, which comparison.md shows", page, number, heading)
        return ""
    return "\n".join(tables[number - 1])


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Send links to files outside the folder to the repository, so that pages read well there and here."""
    markdown = _INCLUDED.sub(lambda match: table_of(match[1], match[2], int(match[3])), markdown)
    here = PurePosixPath("docs") / PurePosixPath(page.file.src_uri).parent
    if page.file.src_uri == "changelog.md":
        here = PurePosixPath(".")

    def turned(match: re.Match[str]) -> str:
        parts: list[str] = []
        for part in (here / match["target"]).parts:
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        if parts[:1] == ["docs"] or not (ROOT / "/".join(parts)).exists():
            return match[0]
        return f"]({BLOB}{'/'.join(parts)}{match['anchor'] or ''})"

    return _LINK.sub(turned, markdown)
