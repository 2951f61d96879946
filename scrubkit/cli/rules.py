"""``scrubkit rules``: the catalogue as a list, or as pages for the docs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scrubkit.cli.complete import complete_rules
from scrubkit.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrubkit.catalogue import Rule

__all__ = ["rules"]


@click.command()
@click.argument("names", nargs=-1, metavar="[CODE|FAMILY|NAME]...", shell_complete=complete_rules)
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
@click.option("--status", type=click.Choice(("stable", "preview", "deprecated")), help="Only rules of this status.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there; for Markdown, a folder of pages.")
def rules(names: tuple[str, ...], form: str, status: str | None, output: Path | None) -> None:
    """List the rules: code, name, status, what it does, summary.

    In Markdown with -o a folder gets one page a rule and index.md; without it one page holds them all.
    """
    from scrubkit.rulebook import all_rules

    named = {code for name in names for code in _codes(name)} if names else set(all_rules())
    chosen = [rule for code, rule in all_rules().items() if code in named and status in (None, rule.status)]
    if form == "markdown" and output is not None:
        _write_pages(chosen, output)
        return
    text = _text(chosen, form)
    if output is None:
        click.echo(text, nl=False)
        return
    from scrubkit.io.atomic import write_atomic

    write_atomic(output, text.encode())


def _text(chosen: Sequence[Rule], form: str) -> str:
    from scrubkit.catalogue.render import rule_data, rule_markdown, rules_markdown, rules_text

    if form == "json":
        return json.dumps([rule_data(rule) for rule in chosen], ensure_ascii=False, indent=1) + "\n"
    if form == "text":
        return rules_text(chosen)
    pages = "\n".join(rule_markdown(rule, level=2) for rule in chosen)
    return rules_markdown(chosen, link="#{anchor}", level=1) + "\n" + pages


def _write_pages(chosen: Sequence[Rule], folder: Path) -> None:
    from scrubkit.catalogue.render import rule_markdown, rules_markdown
    from scrubkit.io.atomic import write_atomic

    if folder.is_file():
        raise ConfigError("pages need a folder", place=str(folder), remedy="name a folder, or leave -o out")
    for rule in chosen:
        write_atomic(folder / f"{rule.code}.md", rule_markdown(rule).encode(), flush=False)
    write_atomic(folder / "index.md", rules_markdown(chosen).encode(), flush=False)


def _codes(name: str) -> list[str]:
    """Return the codes a name stands for, preview rules of a family included: a list leaves nothing out."""
    from scrubkit.catalogue import families
    from scrubkit.rulebook import all_rules, lookup

    if name.upper() == "ALL":
        return list(all_rules())
    if name.upper() in families():
        return [code for code in all_rules() if code.startswith(name.upper())]
    return [lookup(name).code]
