"""``scrubkit index``: keep an index of a corpus and look documents up in it."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scrubkit.cli.options import input_options, settings

if TYPE_CHECKING:
    from scrubkit.engine.compare import Seen

__all__ = ["index"]

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_SOURCES = click.argument("sources", nargs=-1, required=True, metavar="SRC...")
_CLEANED = click.option("--clean/--as-is", "cleaned", default=False, help="Clean pages before.  [as is]")
_QUIET = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")


@click.group()
def index() -> None:
    """Keep an index of a corpus on disk, to ask whether documents are in it already, and as which.

    An index answers as 'scrubkit dedup' would over its documents and the one asked about. It is never left half
    written: a command that is killed has done nothing.
    """


@index.command()
@_FOLDER
@_SOURCES
@click.option(
    "--existing",
    type=click.Choice(["error", "skip", "replace"]),
    default="error",
    show_default=True,
    help="Where an id is in the index already.",
)
@click.option("--jaccard", type=click.FloatRange(0, 1, min_open=True), help="For a new index.  [0.8]")
@_CLEANED
@input_options
@_QUIET
def add(folder: Path, sources: tuple[str, ...], **given: Any) -> None:
    """Add the documents of SRC to the index in DIR, which is made where there is none."""
    from scrubkit.dedup.index import open_index

    faults: list[str] = []
    with open_index(folder, create=True, jaccard=given["jaccard"]) as opened:
        count = opened.add(_documents(sources, given, faults), existing=given["existing"])
        _say(given, f"{count} document{'s' * (count != 1)} added; {folder} holds {len(opened)}")
    sys.exit(1 if faults else 0)


@index.command()
@_FOLDER
@_SOURCES
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write, not the output.")
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Most matches a document.")
@click.option("--duplicates", "only", is_flag=True, help="Leave out matches that are no duplicates (same event).")
@click.option("--inside", is_flag=True, help="Find documents that stand somewhere within long ones; slower.")
@click.option("--unknown", is_flag=True, help="Tell only documents without a duplicate in the index.")
@click.option("--evidence", is_flag=True, help="Add what made the verdict to each match.")
@_CLEANED
@input_options
@_QUIET
def query(folder: Path, sources: tuple[str, ...], **given: Any) -> None:
    """Tell for each document of SRC which documents of the index say the same.

    Writes one JSON line a document: id, and matches with id, verdict, score, coverage (the share of the document
    that the match holds) and within (the share of the match that the document holds), the surest first. A document
    whose id is in the index is compared with the others too, so it may match itself. Ends with 0, or 1 where records
    were broken.
    """
    from scrubkit.dedup.index import open_index
    from scrubkit.io.writers import open_lines

    faults: list[str] = []
    waiting: deque[str] = deque()  # ids of the documents that the index has read and not yet answered, in order
    documents = _noted(_documents(sources, given, faults), waiting)
    told = known = 0
    with open_index(folder) as opened, _sink(given["output"], open_lines) as sink:
        found = opened.query(documents, limit=given["limit"], inside=given["inside"], evidence=given["evidence"])
        for matches in found:
            name = waiting.popleft()
            told += 1
            duplicate = any(match.duplicate for match in matches)
            known += duplicate
            if given["unknown"] and duplicate:
                continue
            shown = [_row(match) for match in matches if match.duplicate or not given["only"]]
            sink.write(_json({"id": name, "matches": shown}))
    _say(given, f"{told} document{'s' * (told != 1)}: {known} of them are in the index already")
    sys.exit(1 if faults else 0)


@index.command()
@_FOLDER
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--from", "listed", type=click.File("r", encoding="utf-8"), help="File with one id a line; - for input.")
@click.option("--missing", type=click.Choice(["error", "ignore"]), default="error", show_default=True)
@_QUIET
def remove(folder: Path, ids: tuple[str, ...], listed: Any, **given: Any) -> None:
    """Remove documents from the index by id; 'compact' lets their bytes go."""
    from scrubkit.dedup.index import open_index

    names = [*ids, *(line.rstrip("\r\n") for line in listed or () if line.strip())]
    if not names:
        raise click.UsageError("name ids, or a file of them with --from")
    with open_index(folder) as opened:
        count = opened.remove(names, missing=given["missing"])
        _say(given, f"{count} document{'s' * (count != 1)} removed; {folder} holds {len(opened)}")


@index.command()
@_FOLDER
@_QUIET
def compact(folder: Path, **given: Any) -> None:
    """Put the runs of the index together and let removed documents go."""
    from scrubkit.dedup.index import open_index

    with open_index(folder) as opened:
        opened.compact()
        told = opened.stats()
        _say(given, f"{folder} holds {told['documents']} documents in {told['runs']} runs, {told['bytes']} bytes")


@index.command()
@_FOLDER
@click.option("--verify", is_flag=True, help="Read every byte and compare it with its checksum.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def stats(folder: Path, **given: Any) -> None:
    """Tell what the index holds and how it was made."""
    from scrubkit.dedup.index import open_index

    with open_index(folder) as opened:
        told = opened.stats(verify=given["verify"])
    if given["form"] == "json":
        click.echo(json.dumps(told))
        return
    told["bands"] = "{} x {}".format(*told["bands"])
    for name, value in told.items():
        click.echo(f"{name.replace('_', ' '):16}{value}")
    if given["verify"]:
        click.echo("every file is as it was written")


def _documents(sources: tuple[str, ...], given: dict[str, Any], faults: list[str]) -> Iterator[Seen]:
    from scrubkit.engine.compare import Seen
    from scrubkit.filters import repair_encoding
    from scrubkit.io import read_as
    from scrubkit.pipeline import Pipeline

    config = settings(given, sources[0])
    pipeline = config.pipeline() if given["cleaned"] else Pipeline([repair_encoding()])

    def fault(told: Any) -> None:
        faults.append(str(told))
        if not given["quiet"]:
            click.echo(f"scrubkit: {told}", err=True)

    records = read_as(config, sources, on_fault=fault)
    for batch in pipeline.run(records):
        for page in batch:
            if page.verdict:
                yield Seen(page)


def _noted(documents: Iterable[Seen], names: deque[str]) -> Iterator[Seen]:
    for document in documents:
        names.append(document.id)
        yield document


def _row(match: Any) -> dict[str, Any]:
    row = {name: getattr(match, name) for name in ("id", "verdict", "score", "coverage", "within")}
    return {**row, "evidence": match.evidence} if match.evidence else row


def _json(row: dict[str, Any]) -> bytes:
    from scrubkit.engine.rows import as_json

    return as_json(row) + b"\n"


def _sink(output: Path | None, open_lines: Any) -> Any:
    from contextlib import nullcontext

    sys.stdout.flush()
    return nullcontext(sys.stdout.buffer) if output is None else open_lines(output)


def _say(given: dict[str, Any], message: str) -> None:
    if not given["quiet"]:
        click.echo(f"scrubkit: {message}", err=True)
