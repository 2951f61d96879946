"""A pipeline is a list of filters; one document is a batch of one."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from scrubkit.core.errors import ScrubkitError
from scrubkit.core.finding import Finding
from scrubkit.page import Page, Record

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
        source = iter(enumerate(records))
        while chunk := [_page(number, item) for number, item in islice(source, batch_size)]:
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


def _page(number: int, item: Record | Page | bytes | str) -> Page:
    if isinstance(item, Page):
        return item
    return Page(item if isinstance(item, Record) else Record(str(number), item))


def _name(step: Filter) -> str:
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
