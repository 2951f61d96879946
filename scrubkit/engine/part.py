"""The third stage: write what is kept, what is set aside with its bytes, and the ledger of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from scrubkit.core.errors import InputError
from scrubkit.engine.account import Account
from scrubkit.engine.duplicates import Fate, single
from scrubkit.engine.originals import Originals
from scrubkit.engine.outputs import Outputs, record_row
from scrubkit.engine.rows import Row, as_json, fault_row, from_json, strict_json
from scrubkit.io.atomic import write_within
from scrubkit.io.faults import Rejected
from scrubkit.io.records import Fields
from scrubkit.io.sources import SourceFile, fit_name, is_archive
from scrubkit.io.streams import base_suffix
from scrubkit.io.writers import LineWriter, open_lines

__all__ = ["ledger_line", "part"]


def part(
    rows: Iterable[Row],
    fates: Iterable[Fate] | None,
    folder: Path,
    *,
    files: Mapping[str, SourceFile],
    form: str,
    fields: Fields,
    lost: list[Row],
) -> Account:
    """Write all results of a run but ``stats.json`` and ``manifest.json`` below ``folder``; return the account.

    ``fates`` has one entry for each kept row, in order; ``None``: they were compared with nothing. A kept row that
    cannot be written as its source asks, because that is gone or changed since it was cleaned, is set aside as broken
    with its clean text, and added to ``lost``.
    """
    account = Account()
    of_kept = None if fates is None else iter(fates)
    numbers = count()
    with ExitStack() as stack:
        out = Outputs(folder, files, form, fields)
        aside = _Aside(folder / "rejected", Originals(files), stack)
        ledger = stack.enter_context(open_lines(folder / "ledger.jsonl.zst"))
        clusters = stack.enter_context(open_lines(folder / "clusters.jsonl"))
        for row in rows:
            fate = None
            if row.status == "kept":
                fate = single(row.id, next(numbers)) if of_kept is None else next(of_kept)
            status, codes = _verdict(row, fate)
            place: tuple[str, int | None] | None = None
            if status == "kept":
                assert fate is not None
                try:
                    place = out.add(row, fate.tag)
                    account.tagged += bool(fate.tag)
                except InputError as error:
                    row, status, codes = _gone(row, error, fields), "broken", ()  # noqa: PLW2901  it takes its place
                    lost.append(_named(row))
            account.add(row, status, codes)
            if place is None:
                aside.add(row, status, codes, fate)
            if fate is not None:
                clusters.write(as_json(fate.told) + b"\n")
            if row.fault is None:
                ledger.write(ledger_line(row, status, codes, place))
        out.close()
    return account


def _verdict(row: Row, fate: Fate | None) -> tuple[str, tuple[str, ...]]:
    if fate is not None and fate.drop:
        return "duplicates", (fate.code or "DUP002",)
    return row.status, row.codes


def _gone(row: Row, error: InputError, fields: Fields) -> Row:
    """Return a broken record in the place of a row whose source is gone; its bytes are the cleaned record's."""
    why = f"{error.message}; its clean text is set aside, without the other columns"
    data = as_json(record_row(row, {}, fields))
    remedy = "put the file back and run again"
    return fault_row(Rejected(row.place, "gone", why, remedy, data, row.rel, row.line, row.id))


def _named(row: Row) -> Row:
    """Return a broken record without its bytes, for a message: a whole file may be gone."""
    fault = row.fault and msgspec.structs.replace(row.fault, data=None)
    return Row(row.rel, row.line, row.place, row.id, row.status, fault=fault)


_SINGULAR = {"duplicates": "duplicate"}


def ledger_line(row: Row, status: str, codes: tuple[str, ...], place: tuple[str, int | None] | None) -> bytes:
    """Return the ledger's line on a document: with the clean text, everything its text before cleaning takes.

    The clean text stands in the file ``out`` (as its row number ``row``), or under ``text`` where the document was
    not kept.
    """
    told: dict[str, Any] = {
        "id": row.id,
        "place": row.place,
        "source": row.rel,
        "line": row.line,
        "verdict": _SINGULAR.get(status, status),
        "codes": list(codes),
        "sha256": row.sha256,
        "meta": row.meta,
        "original_length": row.chars,
        "clean_length": len(row.text),
    }
    if row.before is not None:
        told["before"] = row.before
    if place is None:
        told["text"] = row.text
    else:
        told["out"], told["row"] = place
    head = None if row.entries else strict_json(told)
    if head is not None:
        return b'%b,"entries":%b}\n' % (head[:-1], row.ledger or b"[]")
    # A line that holds what strict JSON does not is written by another encoder as a whole.
    told["entries"] = row.entries or (from_json(row.ledger) if row.ledger else [])
    return as_json(told) + b"\n"


class _Aside:
    """Writes ``rejected/``: a row for each document that is not kept, and its bytes.

    Pages lie under ``files/`` by their relative name. Records lie line by line under ``lines/`` in a file named as
    their source; ``line`` in ``records.jsonl`` is the 1-based line there.
    """

    def __init__(self, folder: Path, originals: Originals, stack: ExitStack) -> None:
        self._folder = folder
        self._originals = originals
        self._stack = stack
        self._told: LineWriter | None = None
        self._lines: dict[str, int] = {}
        self._open: tuple[str, ExitStack, LineWriter] | None = None
        stack.callback(self._close)

    def add(self, row: Row, status: str, codes: tuple[str, ...], fate: Fate | None) -> None:
        told: dict[str, Any] = {
            "id": row.id,
            "place": row.place,
            "verdict": _SINGULAR.get(status, status),
            "codes": list(codes),
        }
        if row.fault is not None:
            told |= {"fault": row.fault.fault, "reason": row.fault.reason, "remedy": row.fault.remedy}
        elif fate is not None:
            which = fate.told["of"]
            why = f"{fate.told['verdict']} of {which}" if which is not None else "stands more than once; none is kept"
            told |= {"reason": why, "of": which}
            told |= {"score": fate.told["score"], "coverage": fate.coverage, "cluster": fate.told["cluster"]}
        else:
            told |= {"reason": "; ".join(_say(code, because) for code, because in row.reasons) or _say(codes[0], {})}
            told["because"] = dict(row.reasons)
        data = row.fault.data if row.fault is not None else self._originals.of(row)
        told |= self._bytes(row, data)
        if self._told is None:
            self._told = self._stack.enter_context(open_lines(self._folder / "records.jsonl"))
        self._told.write(as_json(told) + b"\n")

    def _bytes(self, row: Row, data: bytes | None) -> dict[str, Any]:
        if data is None:
            return {"bytes": None}
        if not row.line or is_archive(base_suffix(row.rel)):
            name = fit_name(f"{row.rel}/{row.line}" if row.line else row.rel)
            write_within(self._folder / "files" / name, data)
            return {"bytes": f"rejected/files/{name}"}
        name = _plain_name(row.rel)
        if self._open is None or self._open[0] != name:
            self._close()
            stack = ExitStack()
            self._open = (name, stack, stack.enter_context(open_lines(self._folder / "lines" / name)))
        self._open[2].write(data + b"\n")
        self._lines[name] = self._lines.get(name, 0) + 1
        return {"bytes": f"rejected/lines/{name}", "line": self._lines[name]}

    def _close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


def _plain_name(rel: str) -> str:
    return fit_name(rel if rel.endswith((".jsonl", ".ndjson")) else f"{rel}.jsonl")


def _say(code: str, because: Mapping[str, Any]) -> str:
    from scrubkit.rulebook import all_rules

    rule = all_rules().get(code)
    numbers = ", ".join(f"{key} {value}" for key, value in because.items() if isinstance(value, (int, float, str)))
    return f"{code} {rule.name if rule else ''}".strip() + (f" ({numbers})" if numbers and len(numbers) < 300 else "")
