"""``scrubkit eval``."""

from __future__ import annotations

import json
from math import isnan
from pathlib import Path
from typing import Any

import click

from scrubkit.cli.options import cleaning_options, settings

__all__ = ["evaluate"]


@click.command()
@click.argument("gold", type=click.Path(path_type=Path), metavar="GOLD")
@cleaning_options
@click.option("--config", "file", type=click.Path(), help="Settings file; default: the nearest one upward.")
@click.option("--isolated", is_flag=True, help="Read no settings file.")
@click.option("--errors", is_flag=True, help="List everything that is not as the gold says.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def evaluate(gold: Path, errors: bool, form: str, **given: Any) -> None:  # noqa: FBT001  click passes flags by name
    """Score cleaning against GOLD: a folder with sources and gold/, or texts beside a gold.jsonl (or that file).

    Scored are lines by kind, pages, metadata, duplicates and encodings, as far as the gold speaks of them.
    """
    from scrubkit import evaluation
    from scrubkit.page import Page, Record

    folder = gold.parent if gold.is_file() else gold
    config = settings(given, str(folder))
    pipeline = config.pipeline()

    def clean(data: bytes | str, *, url: str | None, media_type: str | None, id: str) -> Page:
        record = Record(id, data, url=url, media_type=media_type, place=str(folder / id))
        return pipeline.guarded([Page(record)])[0]

    result = evaluation.evaluate(folder, clean=clean)
    if form == "json":
        figures = {name: None if isnan(value) else value for name, value in result.figures().items()}
        click.echo(json.dumps({"documents": result.documents, **figures}, indent=1))
    else:
        click.echo(evaluation.render(result), nl=False)
    if errors:
        click.echo(evaluation.render_errors(result), nl=False, err=form == "json")
