"""The report: one self-contained page that shows what a run kept and removed, and why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

__all__ = ["write"]


def write(folder: Path, path: Path, *, texts: Iterable[str] | None = None, title: str | None = None) -> int:
    """Write the report of the run in ``folder`` (what ``scrubkit clean -o`` wrote) to ``path``; return its bytes.

    ``texts`` are the documents' texts before cleaning, in the order of the ledger, as
    ``scrubkit.engine.restore.restored`` rebuilds them; without them only what was taken out is shown. The page needs
    no network, loads nothing, and holds the texts as data, so that nothing in them is taken for markup.
    """
    from scrubkit.io.atomic import write_atomic
    from scrubkit.report.collect import collect
    from scrubkit.report.page import page

    run = collect(folder, texts)
    data = page(run, title or f"scrubkit: {folder.resolve().name}").encode("utf-8", "replace")
    write_atomic(path, data, flush=False)
    return len(data)
