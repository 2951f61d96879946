"""``scrubkit plugins``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from scrubkit.core.errors import ConfigError

if TYPE_CHECKING:
    from scrubkit.entrypoints import Plugged

__all__ = ["plugins"]


@click.command()
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def plugins(form: str) -> None:
    """List the plug-ins that are installed, and load each to see that it works.

    Ends with 1 where one of them does not.
    """
    from scrubkit import config, entrypoints

    try:
        config.load()
    except ConfigError as error:  # the list is what one looks at where the settings name a wrong one
        click.echo(f"scrubkit: error: {error}", err=True)
    rows = [_row(entry) for entry in entrypoints.installed()]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif not rows:
        click.echo("no plug-ins are installed", err=True)
    for row in rows if form == "text" else ():
        click.echo("  ".join((row["package"], row["version"], row["group"], row["entry point"], row["state"])))
    sys.exit(int(any(row["state"] not in ("on", "off") for row in rows)))


def _row(entry: Plugged) -> dict[str, str]:
    return {
        "package": entry.package,
        "version": entry.version,
        "group": entry.group,
        "entry point": f"{entry.name} = {entry.value}",
        "state": _state(entry),
    }


def _state(entry: Plugged) -> str:
    from scrubkit import entrypoints
    from scrubkit.rulebook import all_rules

    try:
        if entry not in entrypoints.active(entry.group):
            return "off"
        entrypoints.load(entry)
        if entry.group in ("scrubkit.rules", "scrubkit.cues"):
            all_rules()
    except ConfigError as error:
        return f"fault: {error.message}" if str(entry) == error.place else "on"
    return "on"
