"""``scrubkit restore``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import click

__all__ = ["restore"]


@click.command()
@click.argument("corpus", type=click.Path(path_type=Path), metavar="OUT")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only the document of this id; may be repeated.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to write the texts to.")
@click.option("--as-seen", is_flag=True, help="The text that rules saw, after repair and normalisation.")
def restore(corpus: Path, ids: tuple[str, ...], output: Path | None, as_seen: bool) -> None:  # noqa: FBT001
    """Rebuild the texts before cleaning from OUT, the folder that scrubkit clean wrote.

    Flattened text is rebuilt as it stood in the source, in UTF-8; of HTML the laid-out text is rebuilt, its bytes are
    in the input. With one --id the text goes to standard output; otherwise JSONL with id and text does. With -o
    pages become files of their own names and records a JSONL file for each source.
    """
    from scrubkit.engine.restore import restored

    documents = ((d.id, d.name, d.line, d.seen if as_seen else d.text) for d in restored(corpus, ids=ids))
    found = set()
    if output is not None:
        found = _to_folder(documents, output)
    else:
        from scrubkit.engine.rows import as_json

        for name, _, _, text in documents:
            found.add(name)
            data = text.encode() if len(ids) == 1 else as_json({"id": name, "text": text}) + b"\n"
            sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    missing = [name for name in ids if name not in found]
    for name in missing:
        click.echo(f"scrubkit: {corpus}: no document has the id {name!r} (ids stand in ledger.jsonl.zst)", err=True)
    if missing:
        sys.exit(2)


def _to_folder(documents: Iterable[tuple[str, str, int, str]], output: Path) -> set[str]:
    from scrubkit.engine.restore import inside
    from scrubkit.engine.rows import as_json
    from scrubkit.io.atomic import write_atomic
    from scrubkit.io.writers import LineWriter, open_lines

    found: set[str] = set()
    written: set[str] = set()
    count = 0
    open_name: str | None = None
    sink: LineWriter | None = None
    with ExitStack() as stack:
        for own, place, line, text in documents:
            name = place
            found.add(own)
            count += 1
            if not line:
                while name in written:  # a.txt.gz beside a.txt
                    name = f"{name.removesuffix('.txt')}_.txt"
                written.add(name)
                write_atomic(inside(output, name), text.encode(), flush=False)
                continue
            if name != open_name or sink is None:
                stack.close()
                open_name, sink = name, stack.enter_context(open_lines(inside(output, name)))
            sink.write(as_json({"id": own, "text": text}) + b"\n")
    click.echo(f"scrubkit: {count} document{'s' * (count != 1)} restored to {output}", err=True)
    return found
