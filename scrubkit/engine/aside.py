"""The rows of documents that ended the worker that cleaned them: set aside with their bytes, and with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scrubkit.config import Config
from scrubkit.engine.account import OVER_LIMIT
from scrubkit.engine.rows import Before, Row, as_json, digest, fault_row
from scrubkit.engine.work import Job
from scrubkit.io.faults import Rejected
from scrubkit.io.records import fields_of
from scrubkit.page import Record
from scrubkit.processes.limits import Death

__all__ = ["aside_by"]


def aside_by(config: Config) -> Callable[[Job, Death], list[Row]]:
    """Return what makes rows of the records of a piece that ended its worker.

    Where a limit was met the document is quarantined by ``ERR002``; its text is then the source as it stands, read as
    UTF-8, for it could not be decoded, laid out or cleaned. Where the worker crashed it counts as broken.
    """
    allowed: dict[str, Any] = {
        "seconds": config.max_seconds_per_document,
        "memory": config.max_memory_per_document,
    }

    def aside(job: Job, death: Death) -> list[Row]:
        found = list(job.task.records(fields_of(config)))
        return [_row(rel, line, item, death, allowed) for rel, line, item in found]

    return aside


def _row(rel: str, line: int, item: Record | Rejected, death: Death, allowed: dict[str, Any]) -> Row:
    if isinstance(item, Rejected):
        return fault_row(item)
    if death.limit is None:
        data = item.data.encode("utf-8", "replace") if isinstance(item.data, str) else item.data
        why = f"ended the worker that cleaned it ({death.how})"
        place = item.place or rel
        return fault_row(Rejected(place, "crash", why, "please report it", data, rel, line, item.id))
    because = {"limit": death.limit, "allowed": allowed[death.limit]}
    if not death.certain:
        because["signal"] = death.how
    text = item.data if isinstance(item.data, str) else item.data.decode("utf-8", "replace")
    text = text.encode("utf-8", "replace").decode()
    return Row(
        rel=rel,
        line=line,
        place=item.place or rel,
        id=item.id,
        status="quarantined",
        codes=(OVER_LIMIT,),
        text=text,
        chars=len(text),
        reasons=((OVER_LIMIT, because),),
        url=item.url,
        metadata=as_json(item.metadata) if item.metadata else b"",
        extra=as_json(item.extra) if item.extra else b"",
        sha256=digest(item.data),
        before=Before(),
    )
