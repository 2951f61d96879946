"""A pipeline is a list of filters; one document is a batch of one."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from scrubkit.core.errors import ConfigError, ScrubkitError
from scrubkit.core.finding import Finding
from scrubkit.page import Page, Record, page_of

__all__ = ["Filter", "Pipeline"]

Filter = Callable[[Sequence[Page]], Sequence[Page]]
"""Any callable from pages to as many pages in the same order, with findings added. Filters drop nothing."""


@dataclass(frozen=True)
class Pipeline:
    """A plain list of filters, run batch by batch.

    >>> shout = lambda pages: [page.add([], {"extra": {"seen": True}}) for page in pages]
    >>> [page.text for batch in Pipeline([shout]).run(["Rain fell."]) for page in batch]
    ['Rain fell.']
    """

    filters: Sequence[Filter]

    def __post_init__(self) -> None:
        """Tell at once what is no filter: in a run it would be told of every page."""
        given: Any = self.filters
        if callable(given) or not isinstance(given, Sequence) or isinstance(given, str):
            what = f"a pipeline is made of a list of filters, not of {_named(given)}"
            raise ConfigError(what, remedy="write Pipeline([...])")
        for at, step in enumerate(given):
            if not callable(step):
                what = f"filter {at} of the pipeline, {step!r:.60}, is of type {type(step).__name__}"
                raise ConfigError(what, remedy="a filter is called with pages and returns pages")
            if getattr(step, "__module__", "") == "scrubkit.filters" and hasattr(step, "__qualname__"):
                name = getattr(step, "__name__", "")
                raise ConfigError(f"filter {at} of the pipeline, {name}, is not set up", remedy=f"write {name}()")

    def __call__(self, pages: Sequence[Page]) -> Sequence[Page]:
        """Return the pages with every filter's findings."""
        for step in self.filters:
            done = step(pages)
            if len(done) != len(pages):
                raise ScrubkitError(
                    f"filter {_name(step)} returned {len(done)} pages for {len(pages)}",
                    remedy="a filter adds findings; only writers part documents",
                )
            pages = done
        return pages

    def run(self, records: Iterable[Record | Page | bytes | str], *, batch_size: int = 256) -> Iterator[Sequence[Page]]:
        """Yield batches of pages, in order, with every filter's findings.

        ``records`` may be records of a reader, pages, or bare bytes and strings (their id is then their number).
        A filter that compares documents (near duplicates) sees one batch at a time: give it the whole corpus as
        one batch, or use ``scrubkit dedup``, where the corpus is larger than memory.
        """
        given: Any = records
        if isinstance(given, (str, bytes)):
            raise ConfigError("records is one text", remedy="write run([text]), or run(scrubkit.read(folder))")
        if batch_size < 1:
            raise ConfigError(f"batch_size={batch_size} holds no page", remedy="give 1 or more")
        source = iter(enumerate(records))
        while chunk := [page_of(number, item) for number, item in islice(source, batch_size)]:
            yield self.guarded(chunk)

    def guarded(self, pages: Sequence[Page]) -> Sequence[Page]:
        """Return what the filters make of the pages; where one crashes, page by page, so that only it is set aside."""
        try:
            return self(pages)
        except ScrubkitError:
            raise
        except Exception as error:  # noqa: BLE001  becomes ERR001 on the page it belongs to
            if len(pages) == 1:
                return [_crashed(pages[0], error)]
            return [page for single in pages for page in self.guarded([single])]


def _named(given: object) -> str:
    return f"{_name(given)} alone" if callable(given) else f"a {type(given).__name__}"


def _name(step: object) -> str:
    return getattr(step, "__name__", type(step).__name__)


def _crashed(page: Page, error: Exception) -> Page:
    because = {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc(limit=-4)}
    if "document" not in page.__dict__:
        # The source itself could not be laid out: keep what can be shown of it, as one block.
        from scrubkit.core.document import Document, Meta
        from scrubkit.ingest.layout import layout_text

        data = page.record.data
        shown = data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
        layout = layout_text(shown.encode("utf-8", "replace").decode())
        page.__dict__["document"] = Document(page.id, layout.text, layout.blocks, Meta(url=page.record.url))
    return page.add([Finding("ERR001", 0, len(page.document.text), "quarantine", 1.0, because)])
