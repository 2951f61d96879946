"""Steps of a datatrove pipeline: read what scrubkit reads, clean, write what scrubkit writes.

datatrove calls each step with ``(documents, rank, world_size)`` and takes any callable that does so; these are such
callables, picklable, with ``name`` and ``type`` as its log expects. They need no datatrove to be imported.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from scrubkit.config import Config
from scrubkit.core.errors import ConfigError
from scrubkit.engine.rows import Row, as_json, from_json, row_of
from scrubkit.io.faults import Rejected
from scrubkit.io.records import fields_of
from scrubkit.io.sources import find_sources
from scrubkit.io.tasks import cut
from scrubkit.io.writers import open_lines
from scrubkit.page import Page, Record
from scrubkit.pipeline import Pipeline

__all__ = ["Clean", "Read", "Write"]

_BATCH = 256


@dataclass
class Read:
    """Reader: yields datatrove documents of everything :func:`scrubkit.read` can read.

    The files of an input are dealt to the ranks in turn, or, where there are fewer files than ranks, its pieces of
    work, for which every rank goes through all of it; ranks together yield everything once. What is broken is counted
    in ``faults`` and logged by the rank that has it, what is no readable file (a dead link) by the first. Bytes of
    pages (HTML, unknown encodings) stand in ``metadata`` under ``scrubkit_source`` until :class:`Clean` has read them,
    and decoded in ``text``.
    """

    source: str
    config: Config = field(default_factory=Config)
    name: str = "🧽 scrubkit reader"
    type: str = "📖 - READER"
    faults: list[Rejected] = field(default_factory=list, repr=False)

    def __call__(self, data: Iterable[Any] | None = None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yield what came before, then the documents of this rank."""
        document = _module("datatrove.data").Document
        yield from data or ()
        fields = fields_of(self.config)
        found = find_sources([self.source], include=self.config.include, exclude=self.config.exclude)
        if rank == 0:
            for note in found.notes:
                logging.getLogger(__name__).info(note)
            for fault in found.faults:
                self._broken(fault)
        if len(found.files) >= world_size:
            mine: Iterator[Any] = cut(found.files[rank::world_size], fields)
        else:
            mine = islice(cut(found.files, fields), rank, None, world_size)
        for piece in mine:
            if isinstance(piece, Rejected):
                self._broken(piece)
                continue
            for _, _, item in piece.records(fields):
                if isinstance(item, Rejected):
                    self._broken(item)
                else:
                    yield _document(document, item)

    def _broken(self, fault: Rejected) -> None:
        logging.getLogger(__name__).warning("%s", fault)
        self.faults.append(fault)


def _document(document: Any, record: Record) -> Any:
    metadata = {**record.metadata, **record.extra}
    if record.url is not None:
        metadata["url"] = record.url
    if isinstance(record.data, str):
        return document(text=record.data, id=record.id, metadata=metadata)
    metadata["scrubkit_source"] = record.data
    metadata["scrubkit_media_type"] = record.media_type
    return document(text=record.data.decode("utf-8", "replace"), id=record.id, metadata=metadata)


@dataclass
class Clean:
    """Filter: cleans the text of each document and passes on those that are kept.

    What was found goes to ``metadata["scrubkit"]`` (verdict, codes, language, characters removed by code). Documents
    that a rule rejects go to ``exclusion_writer`` where one is given (a datatrove writer, or :class:`Write`), with
    ``metadata["filter_reason"]`` as datatrove's own filters say it. ``stats`` are datatrove's (total, forwarded,
    dropped, dropped by code), so that its executor saves and merges them.
    """

    config: Config = field(default_factory=Config)
    exclusion_writer: Any = None
    name: str = "🧽 scrubkit"
    type: str = "🔻 - FILTER"
    stats: Any = None
    _pipeline: Pipeline | None = field(default=None, init=False, repr=False, compare=False)

    def __call__(self, data: Iterable[Any] | None = None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yield the kept documents, cleaned, in order."""
        del world_size
        self._pipeline = self._pipeline or self.config.pipeline()
        self.stats = self.stats or _module("datatrove.utils.stats").Stats(f"{self.type}: {self.name}")
        documents = iter(data or ())
        writer = self.exclusion_writer
        with writer if writer is not None else _Nothing() as out:
            while batch := list(islice(documents, _BATCH)):
                pages = [Page(_record(document)) for document in batch]
                for document, page in zip(batch, self._pipeline.guarded(pages), strict=True):
                    row = row_of(page, "", 0)
                    self._count(row)
                    _put_back(document, row)
                    if row.status == "kept":
                        yield document
                    elif writer is not None:
                        document.metadata["filter_reason"] = ",".join(row.codes)
                        out.write(document, rank)

    def _count(self, row: Row) -> None:
        kept = row.status == "kept"
        reasons = () if kept else ("dropped", *(f"dropped_{code}" for code in row.codes))
        for key in ("total", "forwarded") if kept else ("total", *reasons):
            self.stats[key].update(1, "doc")

    def __getstate__(self) -> dict[str, Any]:
        """Return the settings alone: the pipeline is made anew where the step runs."""
        return {**self.__dict__, "_pipeline": None}


def _record(document: Any) -> Record:
    told: Mapping[str, Any] = document.metadata
    url = told.get("url")
    source = told.get("scrubkit_source")
    return Record(
        str(document.id),
        document.text if source is None else source,
        url=url if isinstance(url, str) else None,
        media_type=told.get("scrubkit_media_type"),
    )


def _put_back(document: Any, row: Row) -> None:
    for key in ("scrubkit_source", "scrubkit_media_type"):
        document.metadata.pop(key, None)
    if row.status == "kept":  # what is set aside keeps its text, so that it can be judged again
        document.text = row.text
    document.metadata["scrubkit"] = from_json(
        as_json(
            {
                "verdict": row.status,
                "codes": row.codes,
                "language": row.meta.get("language"),
                "chars_in": row.chars,
                "removed": row.removed(),
            }
        )
    )


class _Nothing:
    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


@dataclass
class Write:
    """Writer: one file of records a rank, whole or not there, compressed by the ending.

    Usable at the end of a pipeline and as an ``exclusion_writer``. The record is ``{"id", "text", "metadata"}``, which
    scrubkit and datatrove's ``JsonlReader`` both read.
    """

    folder: str
    ending: str = "jsonl.zst"
    name: str = "🧽 scrubkit writer"
    type: str = "💽 - WRITER"
    _open: dict[int, tuple[Any, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __call__(self, data: Iterable[Any] | None = None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Write every document and pass it on."""
        del world_size
        with self:
            for document in data or ():
                self.write(document, rank)
                yield document

    def write(self, document: Any, rank: int = 0) -> None:
        """Write one document."""
        if rank not in self._open:
            context = open_lines(Path(self.folder, f"{rank:05d}.{self.ending}"))
            self._open[rank] = (context, context.__enter__())
        row = {"id": document.id, "text": document.text, "metadata": document.metadata}
        self._open[rank][1].write(as_json(row) + b"\n")

    def __enter__(self) -> Write:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        """Finish the files; after an error none of them comes to stand."""
        while self._open:
            _, (context, _) = self._open.popitem()
            context.__exit__(kind, error, trace)


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigError("datatrove is not installed", remedy="pip install datatrove") from error
