"""Cleaning as a step of other people's pipelines: ``datasets.map``, Ray Data, Scrapy."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from scrubkit.config import Config
from scrubkit.core.errors import ScrubkitError
from scrubkit.engine.rows import Row, as_json, row_of
from scrubkit.frames import column, with_columns
from scrubkit.page import Page, Record
from scrubkit.pipeline import Pipeline

__all__ = ["CleanBatch", "CleanItem"]


@dataclass
class CleanBatch:
    """A picklable step from a batch of columns to the same batch with the text cleaned.

    Takes what ``datasets.Dataset.map(batched=True)`` and Ray Data's ``map_batches(batch_format="pyarrow")`` give (a
    mapping of lists, an Arrow table or record batch) and returns the same kind. Rows are neither dropped nor
    reordered; added are ``scrubkit_verdict`` (``kept``, ``rejected``, ``quarantined``, ``broken``), ``scrubkit_codes``,
    ``scrubkit_language`` and ``scrubkit_ledger`` (JSON). A text that is no string is ``broken`` and left as it is.

    >>> step = CleanBatch(Config(select=("NAV",)))
    >>> out = step({"text": ["Skip to main content\\n\\nRain fell on the hills all day."], "n": [1]})
    >>> out["text"], out["scrubkit_verdict"], out["n"]
    (['Rain fell on the hills all day.'], ['kept'], [1])
    """

    config: Config = field(default_factory=Config)
    _pipeline: Pipeline | None = field(default=None, init=False, repr=False, compare=False)

    def __call__(self, batch: Any) -> Any:
        """Return the batch with its text cleaned and the columns added."""
        texts = column(batch, self.config.text_field)
        if texts is None:
            raise ScrubkitError(f"the batch has no column {self.config.text_field!r}", remedy="set text_field")
        self._pipeline = self._pipeline or self.config.pipeline()
        ids = column(batch, self.config.id_field) or range(len(texts))
        urls = column(batch, self.config.url_field) or [None] * len(texts)
        pages = {
            i: Page(Record(str(name), text, url=url if isinstance(url, str) else None))
            for i, (name, text, url) in enumerate(zip(ids, texts, urls, strict=True))
            if isinstance(text, (str, bytes))
        }
        cleaned = self._pipeline.guarded(list(pages.values())) if pages else ()
        rows = {i: row_of(page, "", i) for i, page in zip(pages, cleaned, strict=True)}
        every = [rows.get(i) for i in range(len(texts))]
        return with_columns(
            batch,
            {
                self.config.text_field: [
                    text if row is None else row.text for row, text in zip(every, texts, strict=True)
                ],
                "scrubkit_verdict": ["broken" if row is None else row.status for row in every],
                "scrubkit_codes": [[] if row is None else list(row.codes) for row in every],
                "scrubkit_language": [None if row is None else row.meta.get("language") for row in every],
                "scrubkit_ledger": [None if row is None else _ledger(row) for row in every],
            },
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return the settings alone: the pipeline is made anew where the step runs."""
        return {"config": self.config, "_pipeline": None}


def _ledger(row: Row) -> str:
    return as_json(row.entries).decode()


class CleanItem:
    """A Scrapy item pipeline: cleans one field of each item.

    In the project's settings: ``ITEM_PIPELINES = {"scrubkit.engine.batches.CleanItem": 300}`` and, where they differ,
    ``SCRUBKIT_FIELD`` (default ``"text"``; HTML or text), ``SCRUBKIT_DROP`` (default ``True``: items whose text is
    rejected raise ``DropItem`` with the codes). What was taken out comes to stand under ``scrubkit`` in the item
    where it has such a field.
    """

    def __init__(self, name: str = "text", *, drop: bool = True, config: Config | None = None) -> None:
        """Take the item's field, and whether rejected items are dropped."""
        self._name = name
        self._drop = drop
        self._pipeline = (config or Config()).pipeline()

    @classmethod
    def from_crawler(cls, crawler: Any) -> CleanItem:
        """Return the pipeline that a project's settings ask for."""
        settings = crawler.settings
        return cls(settings.get("SCRUBKIT_FIELD", "text"), drop=settings.getbool("SCRUBKIT_DROP", True))

    def process_item(self, item: Any, spider: Any = None) -> Any:
        """Return the item with its field cleaned; raise Scrapy's ``DropItem`` for one that is rejected."""
        del spider
        text = item.get(self._name)
        if not isinstance(text, (str, bytes)) or not text:
            return item
        name = str(item.get("url") or item.get("id") or "item")
        url = item.get("url") if isinstance(item.get("url"), str) else None
        row = row_of(self._pipeline.guarded([Page(Record(name, text, url=url))])[0], "", 0)
        if row.status != "kept" and self._drop:
            drop: type[Exception] = import_module("scrapy.exceptions").DropItem
            raise drop(f"{name}: {row.status} by {', '.join(row.codes)}")
        item[self._name] = row.text
        told = {"verdict": row.status, "codes": list(row.codes), "meta": row.meta, "removed": row.removed()}
        if not hasattr(item, "fields") or "scrubkit" in item.fields:
            item["scrubkit"] = told
        return item
