"""``scrubkit report``."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["report", "write_report"]


@click.command()
@click.argument("corpus", type=click.Path(path_type=Path), metavar="OUT")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The page.  [OUT/report.html]")
@click.option("--title", help="Heading of the page.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing.")
def report(corpus: Path, output: Path | None, title: str | None, *, quiet: bool) -> None:
    """Write one page that shows what was kept and removed in OUT, the folder that scrubkit clean wrote.

    The page needs no network and no server: open it in a browser, or send it to somebody.
    """
    path = output or corpus / "report.html"
    size = write_report(corpus, path, title=title)
    if not quiet:
        click.echo(f"{path}: {size / 1e6:.1f} MB", err=True)


def write_report(corpus: Path, path: Path, *, title: str | None = None) -> int:
    """Write the report of a run with its texts; return the page's size in bytes."""
    from scrubkit.engine.restore import restored
    from scrubkit.report import write

    return write(corpus, path, texts=(document.seen for document in restored(corpus)), title=title)
