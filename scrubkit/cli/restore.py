"""``scrubkit restore``."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click

__all__ = ["restore"]


@click.command()
@click.argument("corpus", type=click.Path(path_type=Path), metavar="OUT")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only the document of this id; may be repeated.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to write the texts to.")
def restore(corpus: Path, ids: tuple[str, ...], output: Path | None) -> None:
    """Rebuild the texts before cleaning from OUT, the folder that scrubkit clean wrote.

    What is rebuilt is the text that rules saw: decoded, repaired and, for HTML, laid out. With one --id the text
    goes to standard output; otherwise JSONL with id and text does. With -o pages become files of their own names
    and records a JSONL file for each source.
    """
    from scrubkit.engine.restore import restored

    documents = restored(corpus, ids=ids)
    found = set()
    if output is not None:
        found = _to_folder(documents, output)
    else:
        from scrubkit.engine.rows import as_json

        for document in documents:
            found.add(document.id)
            data = document.text.encode() if len(ids) == 1 else as_json({"id": document.id, "text": document.text})
            sys.stdout.buffer.write(data if len(ids) == 1 else data + b"\n")
        sys.stdout.buffer.flush()
    missing = [name for name in ids if name not in found]
    for name in missing:
        click.echo(f"scrubkit: {corpus}: no document has the id {name!r} (ids stand in ledger.jsonl.zst)", err=True)
    if missing:
        sys.exit(2)


def _to_folder(documents: object, output: Path) -> set[str]:
    from collections.abc import Iterator
    from typing import cast

    from scrubkit.engine.restore import Restored, inside
    from scrubkit.engine.rows import as_json
    from scrubkit.io.atomic import write_atomic
    from scrubkit.io.writers import LineWriter, open_lines

    found: set[str] = set()
    count = 0
    name: str | None = None
    sink: LineWriter | None = None
    with ExitStack() as stack:
        for document in cast(Iterator[Restored], documents):
            found.add(document.id)
            count += 1
            path = inside(output, document.name)
            if not document.line:
                write_atomic(path, document.text.encode(), flush=False)
                continue
            if document.name != name or sink is None:
                stack.close()
                name, sink = document.name, stack.enter_context(open_lines(path))
            sink.write(as_json({"id": document.id, "text": document.text}) + b"\n")
    click.echo(f"scrubkit: {count} document{'s' * (count != 1)} restored to {output}", err=True)
    return found
