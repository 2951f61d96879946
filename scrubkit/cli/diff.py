"""``scrubkit diff``."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import click

from scrubkit.cli.options import cleaning_options, input_options, settings

__all__ = ["diff"]


@click.command()
@click.argument("source", metavar="FILE")
@cleaning_options
@click.option("--id", "ids", multiple=True, metavar="ID", help="Of a record file, only the record of this id.")
@click.option("-y", "--side-by-side", is_flag=True, help="What was beside what stays.")
@click.option("-U", "--context", type=click.IntRange(0), default=3, show_default=True, help="Kept lines around.")
@click.option("--all", "whole", is_flag=True, help="Show every line.")
@click.option("--width", type=click.IntRange(20), help="Columns to use.  [the terminal's]")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@input_options
def diff(source: str, **given: Any) -> None:
    """Show what cleaning takes out of a page, line by line, with the rule that took it.

    FILE is a page, a record file, or - for standard input. Colours are used on a terminal unless NO_COLOR is set.
    """
    from scrubkit.engine.show import Style, shown
    from scrubkit.io import read_as
    from scrubkit.page import Page

    config = settings(given, source)
    style = Style(
        width=given["width"] or shutil.get_terminal_size().columns,
        context=None if given["whole"] else given["context"],
        beside=given["side_by_side"],
        color=_color(given["color"]),
    )
    faults: list[object] = []
    pipeline = config.pipeline()
    found: set[str] = set()
    for record in read_as(config, source, on_fault=faults.append):
        if given["ids"] and record.id not in given["ids"]:
            continue
        found.add(record.id)
        page = pipeline.guarded([Page(record)])[0]
        for line in shown(page, style):
            click.echo(line, color=style.color)
    for fault in faults:
        click.echo(f"scrubkit: {fault}", err=True)
    missing = [name for name in given["ids"] if name not in found]
    for name in missing:
        click.echo(f"scrubkit: {source}: no record has the id {name!r}", err=True)
    sys.exit(2 if missing else 1 if faults else 0)


def _color(choice: str) -> bool:
    if choice == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return choice == "always"
