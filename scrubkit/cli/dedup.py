"""``scrubkit dedup``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

import click

from scrubkit.cli.options import input_options, settings

__all__ = ["dedup"]


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SRC...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for clusters.jsonl.")
@click.option("--jaccard", type=click.FloatRange(0, 1), help="Share of word 5-grams of near duplicates.  [0.8]")
@click.option("--keep", "policy", metavar="POLICY", help="Which member stays.  [longest]")
@click.option("--preferred-source", multiple=True, metavar="HOST", help="For --keep preferred-source, best first.")
@click.option("--min-coverage", type=click.FloatRange(0, 1), help="Drop only what the keeper holds.  [0.5]")
@click.option("--max-drop", type=click.FloatRange(0, 1), help="Fail if more than this share would go.")
@click.option("--memory", metavar="SIZE", help="What the search may take, e.g. 512M; the rest lies on disk.  [64M]")
@click.option("--against", type=click.Path(path_type=Path), metavar="REF", help="Find what is already in REF.")
@click.option("--inside", is_flag=True, help="With --against: tell what of REF stands within long documents too.")
@click.option("--clean/--as-is", "cleaned", default=False, help="Clean pages before comparing.  [as is]")
@click.option("--evidence", is_flag=True, help="Add what made the verdict to each row.")
@input_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def dedup(sources: tuple[str, ...], output: Path | None, **given: Any) -> None:
    """Find documents that say the same: exact, reprinted, abridged, updated and rewritten copies.

    Writes clusters.jsonl to the folder -o (without it: to standard output), one row a document: id, cluster,
    keeper, verdict, score, of (the keeper's id). Nothing is removed. With --against only documents of SRC are told,
    and a copy of a document in REF is never a keeper. Texts are compared as they stand; --clean takes boilerplate
    out of them before, which is what scrubkit clean does.
    """
    from scrubkit.config import KeepPolicy
    from scrubkit.engine.compare import compare

    policies = get_args(KeepPolicy)
    if given["policy"] is not None and given["policy"] not in policies:
        raise click.UsageError(f"--keep {given['policy']}: choose from {', '.join(policies)}")
    table = {
        "jaccard": given["jaccard"],
        "keep": given["policy"],
        "preferred-source": given["preferred_source"] or None,
        "min-coverage": given["min_coverage"],
        "max-drop": given["max_drop"],
        "memory": given["memory"],
    }
    if given["inside"] and given["against"] is None:
        raise click.UsageError("--inside looks for documents of a reference; name one with --against REF")
    config = settings(given, sources[0], table)

    def say(message: str) -> None:
        if not given["quiet"]:
            click.echo(f"scrubkit: {message}", err=True)

    faults = compare(
        sources,
        output,
        config,
        say,
        against=given["against"],
        cleaned=given["cleaned"],
        evidence=given["evidence"],
        inside=given["inside"],
        stdout=sys.stdout.buffer,
    )
    sys.exit(1 if faults else 0)
