"""``scrubkit fit``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scrubkit.cli.options import input_options, limit_options, settings

if TYPE_CHECKING:
    from scrubkit.engine.fit import Fitted

__all__ = ["fit"]


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.  [stdout]")
@click.option(
    "--by",
    type=click.Choice(["auto", "host", "directory"]),
    default="auto",
    show_default=True,
    help="What a source is; auto: the host where it is known, else the folder.",
)
@click.option("--min-articles", type=click.IntRange(3), help="Articles a line must stand with.  [5]")
@click.option("--min-share", type=click.FloatRange(0, 1, min_open=True), help="Of a source, for labels.  [0.03]")
@click.option("--long-share", type=click.FloatRange(0, 1, min_open=True), help="For 8 words and more.  [0.2]")
@click.option("--memory", type=click.IntRange(1), metavar="MB", help="For the sketches of the counts.  [96]")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Worker processes.  [one a processor]")
@limit_options
@input_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def fit(sources: tuple[str, ...], output: Path | None, **given: Any) -> None:
    """Learn the templates of a corpus: lines and elements that a source puts on all its pages.

    Writes a TOML file to review, edit and commit: the lines of each source with counts, neighbours and an example.
    Use it with --templates FILE (or the key templates of the settings) in clean, check and diff. Copies of an
    article count once. Exit code 1: done, but some input was broken, or met a limit and was set aside.
    """
    from scrubkit.cli.progress import Shown
    from scrubkit.engine.fit import fit_corpus
    from scrubkit.io.atomic import write_atomic
    from scrubkit.templates import FitSettings, dump

    config = settings(given, sources[0])
    asked = {name: given[name] for name in ("min_articles", "min_share", "long_share") if given[name] is not None}
    if given["memory"] is not None:
        asked["memory"] = given["memory"] * 1_000_000
    with Shown(quiet=given["quiet"]) as shown:
        told = fit_corpus(
            sources, config, FitSettings(**asked), by=given["by"], jobs=given["jobs"] or 0, progress=shown.step
        )
    text = dump(told.templates)
    if output is None:
        sys.stdout.buffer.write(text.encode())
    else:
        write_atomic(output, text.encode())
    _tell(told, output, quiet=given["quiet"])
    sys.exit(1 if told.faults else 0)


def _tell(told: Fitted, output: Path | None, *, quiet: bool) -> None:
    for note in () if quiet else told.notes:
        click.echo(f"scrubkit: note: {note}", err=True)
    for fault in told.faults:
        click.echo(f"scrubkit: {fault}", err=True)
    if quiet:
        return
    lines = sum(len(source.lines) for source in told.templates.sources.values())
    blocks = sum(len(source.blocks) for source in told.templates.sources.values())
    where = f"; review {output}, then use it with --templates {output}" if output is not None else ""
    click.echo(
        f"scrubkit: {told.pages} pages: {lines} lines and {blocks} blocks of {len(told.templates.sources)} sources, "
        f"{len(told.templates.corpus.lines)} lines of the whole corpus{where}",
        err=True,
    )
    if told.crowded:
        click.echo(f"scrubkit: {told.crowded} lines of the whole corpus found no room and were not counted", err=True)
