"""``scrubkit rules``: the catalogue as a list."""

from __future__ import annotations

import json

import click

__all__ = ["rules"]


@click.command()
@click.argument("names", nargs=-1, metavar="[CODE|FAMILY|NAME]...")
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
@click.option("--status", type=click.Choice(("stable", "preview", "deprecated")), help="Only rules of this status.")
def rules(names: tuple[str, ...], form: str, status: str | None) -> None:
    """List the rules: code, name, status, what it does, summary."""
    from scrubkit.catalogue.render import rule_data, rules_markdown, rules_text
    from scrubkit.rulebook import all_rules

    chosen = list(all_rules().values())
    if names:
        named = {code for name in names for code in _codes(name)}
        chosen = [rule for rule in chosen if rule.code in named]
    chosen = [rule for rule in chosen if status is None or rule.status == status]
    if form == "json":
        text = json.dumps([rule_data(rule) for rule in chosen], ensure_ascii=False, indent=1) + "\n"
    else:
        text = rules_markdown(chosen) if form == "markdown" else rules_text(chosen)
    click.echo(text, nl=False)


def _codes(name: str) -> list[str]:
    """Return the codes a name stands for, preview rules of a family included: a list leaves nothing out."""
    from scrubkit.catalogue import FAMILIES
    from scrubkit.rulebook import all_rules, lookup

    if name.upper() == "ALL":
        return list(all_rules())
    if name.upper() in FAMILIES:
        return [code for code in all_rules() if code.startswith(name.upper())]
    return [lookup(name).code]
