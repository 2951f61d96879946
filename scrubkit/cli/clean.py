"""``scrubkit clean``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scrubkit.cli.options import cleaning_options, input_options, limit_options, settings

if TYPE_CHECKING:
    from scrubkit.config import Config

__all__ = ["clean"]


@click.command()
@click.argument("sources", nargs=-1, metavar="SRC...")
@click.option("-o", "--output", type=click.Path(), help="Folder (or URL: s3://, …) for the corpus.")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Worker processes.  [one a processor]")
@cleaning_options
@click.option("--learn-templates", is_flag=True, help="Learn templates from the input first (scrubkit fit).")
@click.option("--no-dedup", is_flag=True, help="Do not look for duplicates.")
@click.option("--dedup-action", type=click.Choice(["drop", "tag"]), help="What becomes of duplicates.  [drop]")
@click.option("--max-drop", type=click.FloatRange(0, 1), help="Stop if more than this share are duplicates.  [0.5]")
@input_options
@limit_options
@click.option("--format-out", type=click.Choice(["same", "jsonl", "parquet"]), default="same", show_default=True)
@click.option("--engine", type=click.Choice(["embedded", "ray"]), default="embedded", show_default=True)
@click.option("--address", metavar="HOST:PORT", help="For --engine ray: the cluster.  [one of its own]")
@click.option("--report", type=click.Path(path_type=Path), help="Also write a page that shows what went and why.")
@click.option("--overwrite", is_flag=True, help="Write into a folder that is not empty.")
@click.option("--keep-work", is_flag=True, help="Keep unfinished work for a later run with other options.")
@click.option("--dry-run", is_flag=True, help="Do everything but write the results.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", count=True, help="Say more.")
def clean(sources: tuple[str, ...], output: str | None, **given: Any) -> None:
    """Clean scrapes into a corpus, with a reason for everything that went.

    SRC is a folder of .txt and .html pages, a folder of record files, a page, a .jsonl (.gz, .zst, .bz2) or
    .parquet file, or - for standard input. The clean documents come to stand in the output folder as they stood in
    the input; beside them ledger.jsonl.zst (what was taken out of each, and why), clusters.jsonl, rejected/,
    stats.json and manifest.json. Without -o one page or a stream of JSONL goes to standard output.

    Exit code 0: done. 1: done, but some input was broken and set aside. 2: wrong use, or an error.
    """
    if not sources:
        raise click.UsageError("Missing argument 'SRC...': name a folder, a file, or - for standard input.")
    dedup = {
        "enabled": False if given["no_dedup"] else None,
        "action": given["dedup_action"],
        "max-drop": given["max_drop"],
    }
    told = settings(given, sources[0], dedup)
    if given["report"] is not None and (output is None or given["dry_run"]):
        raise click.UsageError("--report shows the corpus that was written: it needs -o OUT and no --dry-run.")
    if given["learn_templates"] and (output is None or told.templates is not None):
        raise click.UsageError("--learn-templates needs -o OUT and goes without --templates.")
    if output is None:
        sys.exit(_to_stdout(sources, told, given))
    if "-" in sources:
        raise click.UsageError("standard input goes to standard output: leave -o out, or name files.")
    if given["learn_templates"]:
        told = _with_templates(sources, told, given)
    sys.exit(_to_place(sources, output, told, given))


def _to_stdout(sources: tuple[str, ...], config: Config, given: dict[str, Any]) -> int:
    if len(sources) > 1 or (sources[0] != "-" and Path(sources[0]).is_dir()):
        raise click.UsageError("a folder or several sources need -o OUT, the folder for the corpus.")
    from scrubkit.engine.stream import clean_stream

    def say(message: str) -> None:
        if not given["quiet"]:
            click.echo(f"scrubkit: {message}", err=True)

    faults = clean_stream(sources[0], sys.stdout.buffer, config, say)
    return 1 if faults else 0


def _with_templates(sources: tuple[str, ...], config: Config, given: dict[str, Any]) -> Config:
    import msgspec

    from scrubkit.cli.progress import Shown
    from scrubkit.engine.fit import fit_corpus
    from scrubkit.templates import dump

    with Shown(quiet=given["quiet"]) as shown:
        found = fit_corpus(sources, config, jobs=given["jobs"] or 0, progress=shown.step)
    return msgspec.structs.replace(config, learned=dump(found.templates))


def _to_place(sources: tuple[str, ...], output: str, config: Config, given: dict[str, Any]) -> int:
    from scrubkit.cli.progress import Shown
    from scrubkit.cli.summary import tell
    from scrubkit.engine.run import Plan, clean_corpus
    from scrubkit.engine.upload import clean_to_url
    from scrubkit.io.remote import is_url

    remote = is_url(output)
    if remote and given["report"] is not None:
        raise click.UsageError("--report needs a corpus in a folder; make it later with scrubkit report.")
    plan = Plan(
        sources=sources,
        out=Path(output),
        config=config,
        jobs=given["jobs"] or 0,
        form=given["format_out"],
        engine=given["engine"],
        address=given["address"],
        overwrite=given["overwrite"],
        dry_run=given["dry_run"],
        keep_work=given["keep_work"],
    )
    try:
        with Shown(quiet=given["quiet"]) as shown:
            result = clean_to_url(plan, output, shown.step) if remote else clean_corpus(plan, shown.step)
    except KeyboardInterrupt:
        click.echo("scrubkit: stopped (the same command goes on from here)", err=True)
        return 130
    tell(result, output, quiet=given["quiet"], verbose=given["verbose"], dry_run=plan.dry_run)
    if given["report"] is not None:
        _report(plan.out, given["report"], quiet=given["quiet"])
    return 1 if result.account.faults or result.account.over_limit or result.twice else 0


def _report(corpus: Path, path: Path, *, quiet: bool) -> None:
    from scrubkit.cli.report import write_report

    size = write_report(corpus, path)
    if not quiet:
        click.echo(f"scrubkit: {path}: report of {size / 1e6:.1f} MB", err=True)
