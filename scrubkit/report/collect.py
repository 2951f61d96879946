"""What a report shows of a run, read from the files the run wrote."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrubkit.catalogue import FAMILIES, families, family_of
from scrubkit.catalogue.render import reasons
from scrubkit.core.errors import InputError
from scrubkit.io.results import result_file, result_lines
from scrubkit.report.told import Entry, Line, Manifest, Member, Meta, Stats
from scrubkit.templates.file import load
from scrubkit.templates.match import SourceTemplates, Templates
from scrubkit.templates.rows import source_name

__all__ = ["Collected", "DocumentRow", "collect"]

_TEMPLATE_LINES = 25
_LONGEST_LINE = 200

Segment = str | list[Any]
"""Text that stayed, or ``[text, code, score, reasons, replacement]`` of what went."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document: what became of it, and its text in segments where it is known."""

    id: str
    source: str
    place: str
    title: str
    language: str
    verdict: str
    reasons: tuple[str, ...]
    before: int
    after: int
    entries: tuple[Entry, ...]
    text: str | None = None

    def segments(self) -> list[Segment]:
        """Return the text in order: strings stayed, lists went. Without the text only what went."""
        out: list[Segment] = []
        at = 0
        for entry in self.entries:
            if self.text is None:
                out.append("\n…\n")
            elif entry["start"] > at:
                out.append(self.text[at : entry["start"]])
            why = reasons(entry["because"])
            out.append([entry["text"], entry["code"], round(entry["score"], 3), why, entry.get("replacement", "")])
            at = entry["end"]
        out.append("\n…\n" if self.text is None else self.text[at:])
        return [part for part in out if part]

    def worth(self) -> tuple[float, str]:
        """Return how much the document is worth a look, 0 to 1, and why: quarantined, unsure, nearly all gone."""
        unsure = [entry for entry in self.entries if entry["score"] < 0.75]
        chars = sum(len(entry["text"]) for entry in unsure)
        found = [(0.0, "")]
        if self.verdict == "quarantined":
            found.append((1.0, f"set aside by {', '.join(self.reasons)}"))
        if chars:
            codes = ", ".join(sorted({entry["code"] for entry in unsure}))
            found.append(
                (0.3 + 0.6 * chars / max(1, self.before), f"{chars} characters went on a score below 0.75: {codes}")
            )
        share = 1 - self.after / self.before if self.before else 0.0
        if share > 0.8 and self.verdict == "kept":
            found.append((0.3 + 0.5 * share, f"{share:.0%} of its characters went"))
        if self.verdict == "rejected":
            found.append((0.25, f"rejected by {', '.join(self.reasons)}"))
        return max(found)


@dataclass(slots=True)
class _Source:
    documents: int = 0
    before: int = 0
    after: int = 0
    lines: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass(slots=True)
class Collected:
    """A run as a report shows it: its documents, its clusters as positions of documents, its statistics."""

    documents: list[DocumentRow] = field(default_factory=list)
    clusters: list[dict[str, Any]] = field(default_factory=list)
    stats: Stats = field(default_factory=Stats)
    manifest: Manifest = field(default_factory=Manifest)
    templates: Templates | None = None

    def sources(self) -> list[dict[str, Any]]:
        """Return each source (host, or folder) with the lines that were taken out of several of its documents."""
        found: dict[str, _Source] = defaultdict(_Source)
        for number, row in enumerate(self.documents):
            source = found[row.source]
            source.documents += 1
            source.before += row.before
            source.after += row.after
            for entry in row.entries:
                for line in entry["text"].split("\n"):
                    if line.strip():
                        source.lines[" ".join(line.split())[:_LONGEST_LINE], entry["code"]].add(number)
        told = [
            {
                "name": name,
                "documents": source.documents,
                "before": source.before,
                "after": source.after,
                "template": _template(source.lines),
                "learned": _learned(self.templates.sources.get(name) if self.templates else None),
            }
            for name, source in found.items()
        ]
        return sorted(told, key=lambda source: (-source["documents"], source["name"]))

    def learned(self) -> dict[str, Any] | None:
        """Return what was learned of the corpus as a whole, and how many sources it was learned of that are not here.

        ``None`` where the run had no templates.
        """
        if self.templates is None:
            return None
        here = {row.source for row in self.documents}
        return {"corpus": _learned(self.templates.corpus), "elsewhere": len(self.templates.sources.keys() - here)}

    def rules(self) -> dict[str, dict[str, Any]]:
        """Return the codes that took something, with their names and how much, in the order of families."""
        from scrubkit.rulebook import all_rules

        hits: Counter[str] = Counter()
        chars: Counter[str] = Counter()
        documents: Counter[str] = Counter()
        for row in self.documents:
            codes = [entry["code"] for entry in row.entries]
            hits.update(codes)
            documents.update({*codes, *row.reasons})
            for entry in row.entries:
                chars[entry["code"]] += len(entry["text"]) - len(entry.get("replacement", ""))
        known = all_rules()
        order = {prefix: i for i, prefix in enumerate(families())}
        codes = sorted(documents, key=lambda code: (order.get(code[:3], len(order)), code))
        return {
            code: {
                "name": known[code].name if code in known else "",
                "summary": known[code].summary if code in known else "",
                "kind": family_of(code).kind if code[:3] in FAMILIES or code[:1] == "X" else "other",
                "hits": hits[code],
                "documents": documents[code],
                "characters": chars[code],
            }
            for code in codes
        }


def _template(lines: Mapping[tuple[str, str], set[int]]) -> list[tuple[str, str, int]]:
    often = [(line, code, len(where)) for (line, code), where in lines.items() if len(where) > 1]
    return sorted(often, key=lambda row: (-row[2], row[0]))[:_TEMPLATE_LINES]


def _learned(told: SourceTemplates | None) -> dict[str, Any] | None:
    """Return a template as it is shown: its most frequent lines with their places, its elements, how many more."""
    if told is None or not (told.lines or told.blocks):
        return None
    return {
        "articles": told.articles,
        "sizes": (len(told.lines), len(told.blocks)),
        "lines": [
            [line.text[:_LONGEST_LINE], list(line.after), list(line.before), line.articles]
            for line in told.lines[:_TEMPLATE_LINES]
        ],
        "blocks": [[block.path, round(block.share, 3), block.rows] for block in told.blocks[:_TEMPLATE_LINES]],
        "more": max(0, len(told.lines) - _TEMPLATE_LINES) + max(0, len(told.blocks) - _TEMPLATE_LINES),
    }


def collect(folder: Path, texts: Iterable[str] | None = None) -> Collected:
    """Return what there is to show of the run in ``folder``.

    ``texts`` are the documents' texts before cleaning, in the order of the ledger; without them only what was
    taken out is shown. Raises :class:`~scrubkit.core.InputError` where the folder holds no run, and where a file of
    it holds what no run writes.
    """
    ledger = folder / "ledger.jsonl.zst"
    if not ledger.is_file():
        remedy = "name the folder that scrubkit clean wrote with -o"
        raise InputError("holds no ledger.jsonl.zst", place=str(folder), remedy=remedy)
    given = iter(texts) if texts is not None else None
    rows = [_row(told, None if given is None else next(given, None)) for told in result_lines(ledger, Line)]
    return Collected(
        rows,
        _clusters(folder, rows),
        result_file(folder / "stats.json", Stats, absent=Stats()),
        result_file(folder / "manifest.json", Manifest, absent=Manifest()),
        load(templates) if (templates := folder / "templates.toml").is_file() else None,
    )


def _row(told: Line, text: str | None) -> DocumentRow:
    meta = told.meta or Meta()
    if text is not None and len(text) != told.original_length:
        text = None  # not the text the ledger speaks of
    return DocumentRow(
        id=told.id,
        source=source_name(host=meta.host, id=told.id, place=told.place),
        place=told.place or told.id,
        title=meta.title or "",
        language=meta.language or "",
        verdict=told.verdict,
        reasons=told.codes,
        before=told.original_length,
        after=told.clean_length,
        entries=told.entries,
        text=text,
    )


def _clusters(folder: Path, rows: Sequence[DocumentRow]) -> list[dict[str, Any]]:
    """Return the clusters of two and more; ids need not be unique, so equal ones are taken in their order."""
    path = folder / "clusters.jsonl"
    if not path.is_file():
        return []
    places: dict[str, deque[int]] = defaultdict(deque)
    for at, row in enumerate(rows):
        places[row.id].append(at)
    members: dict[int, list[tuple[int, Member]]] = defaultdict(list)
    for told in result_lines(path, Member):
        if told.verdict != "unique" and places[told.id]:
            members[told.cluster].append((places[told.id].popleft(), told))
    out = []
    for _, found in sorted(members.items()):
        keeper = next((at for at, told in found if told.keeper), found[0][0])
        others = [(at, told.verdict, told.score) for at, told in found if at != keeper]
        if others:
            out.append({"keeper": keeper, "members": others})
    return out
