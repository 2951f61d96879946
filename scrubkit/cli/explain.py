"""``scrubkit explain``: a rule, or a line of a file and who decided over it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from scrubkit.cli.complete import complete_rules
from scrubkit.core.errors import ConfigError

__all__ = ["explain"]

_PLACE = re.compile(r"(.+?):(\d+)(?::\d+)?:?")


@click.command()
@click.argument("what", metavar="CODE|NAME|FILE:LINE", shell_complete=complete_rules)
@click.option("--format", "form", type=click.Choice(("text", "markdown", "json")), default="text", show_default=True)
@click.option("--select", metavar="CODES", help="For FILE:LINE: rules to ask (default: those that clean).")
@click.option("--config", "config_file", type=click.Path(dir_okay=False, path_type=Path), help="Settings file.")
def explain(what: str, form: str, select: str | None, config_file: Path | None) -> None:
    """Explain a rule by its code or name, or tell what was found on a line of a file, who won and why."""
    click.echo(_explained(what, form, select, config_file), nl=False)


def _explained(what: str, form: str, select: str | None, config_file: Path | None) -> str:
    place = _PLACE.fullmatch(what)
    if place is not None:
        if form == "markdown":
            raise ConfigError("a line is explained as text or json", remedy="use --format text or json")
        return _line(place[1], int(place[2]), form, select, config_file)
    if Path(what).exists():
        raise ConfigError("no line is named", place=what, remedy=f"write {what}:1 for its first line")
    from scrubkit.catalogue.render import rule_markdown, rule_text
    from scrubkit.rulebook import lookup

    rule = lookup(what)
    if form == "json":
        from scrubkit.catalogue.render import rule_data

        return _json(rule_data(rule))
    return rule_markdown(rule) if form == "markdown" else rule_text(rule)


def _line(path: str, line: int, form: str, select: str | None, config_file: Path | None) -> str:
    from scrubkit.check.explain import explain_line, explanation_text
    from scrubkit.cli.options import split_codes
    from scrubkit.config import load

    overrides = {} if select is None else {"select": split_codes(select, "--select")}
    config = load(path if Path(path).exists() else None, file=config_file, overrides=overrides)
    told = explain_line(path, line, config)
    return _json(told.as_dict()) if form == "json" else explanation_text(told)


def _json(data: dict[str, Any]) -> str:
    import json

    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
