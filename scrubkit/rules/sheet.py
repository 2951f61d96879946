"""A page as rules see it: its visible blocks as rows, each property computed once.

Rules speak of rows (blocks that are not blank), so they need not know whether a text has blank lines between all
lines, between some or none; ``gap`` says where there were any. The properties come from :mod:`scrubkit.kernels.rows`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, overload

from scrubkit.core.document import KINDS, Document
from scrubkit.kernels.rows import FLAGS, Rows, count_words, fold, fold_open, read_rows, strip_marks

__all__ = ["FLAGS", "Sheet", "column", "count_words", "fold", "fold_open", "strip_marks", "whole"]

_ROLES = bytes(
    (kind == "blank") | 2 * (kind in ("cell", "pre")) | 4 * (kind in ("heading", "caption")) | 8 * (kind == "item")
    for kind in KINDS
)


def whole(bound: float, *, up: bool = False) -> int:
    """Return a bound on counts, which a user may set to anything, as a whole number that a column can be compared with.

    >>> whole(12.5), whole(12.5, up=True), whole(float("inf"))
    (12, 13, 2147483647)
    """
    kept = min(max(bound, -1), 2**31 - 1)
    return math.ceil(kept) if up else math.floor(kept)


T = TypeVar("T")


class column(Generic[T]):  # noqa: N801  used as a decorator, as property is
    """A property that is computed when it is first asked for: ``functools.cached_property`` without its lock.

    A page is read by one thread, and asked for some twenty of these.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make, self._name, self.__doc__ = make, make.__name__, make.__doc__

    @overload
    def __get__(self, sheet: None, owner: Any = None) -> Self: ...
    @overload
    def __get__(self, sheet: object, owner: Any = None) -> T: ...
    def __get__(self, sheet: object | None, owner: Any = None) -> T | Self:
        if sheet is None:
            return self
        value = sheet.__dict__[self._name] = self._make(sheet)
        return value


class _Texts(Sequence[str]):
    """A column of texts, each made when it is asked for: most rows of a page nobody looks at."""

    __slots__ = ("_make", "_size")

    def __init__(self, make: Callable[[int], str], size: int) -> None:
        self._make, self._size = make, size

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return list(map(self._make, range(*index.indices(self._size))))
        return self._make(index)  # which counts from the end, too, and knows how many there are

    def __iter__(self) -> Iterator[str]:
        return map(self._make, range(self._size))

    def __repr__(self) -> str:
        return repr(list(self))


@dataclass(frozen=True)
class Sheet:
    """The rows of a document and what rules ask of them. Columns are sequences of equal length, one entry a row.

    >>> from scrubkit.core import Document
    >>> from scrubkit.ingest.layout import layout_text
    >>> layout = layout_text("  • Home\\n\\nRain fell on the town.\\n")
    >>> sheet = Sheet(Document("a", layout.text, layout.blocks))
    >>> sheet.plain, sheet.words, sheet.gap
    (['Home', 'Rain fell on the town.'], [1, 5], [0, 1])
    """

    document: Document

    @column
    def scan(self) -> Rows:
        """What one pass over the text found: flags of rows, and rows by flags."""
        document = self.document
        return read_rows(document.text, document.blocks, _ROLES, structured=document.is_html)

    @column
    def rows(self) -> list[int]:
        """Index of each row's block."""
        return self.scan.blocks()

    @column
    def size(self) -> int:
        """How many rows there are."""
        return len(self.scan)

    def __len__(self) -> int:
        return self.size

    @column
    def text(self) -> Sequence[str]:
        """Each row's text without white space at its ends."""
        return _Texts(self.scan.text, self.size)

    @column
    def plain(self) -> Sequence[str]:
        """Each row's text without bullet marks."""
        return _Texts(self.scan.plain, self.size)

    @column
    def fold(self) -> Sequence[str]:
        """Each row's text in comparison form."""
        return _Texts(self.scan.fold, self.size)

    @column
    def marked(self) -> list[bool]:
        """Whether a row began with a bullet mark (for HTML: is a list item)."""
        return self.scan.flagged(FLAGS["marked"])

    @column
    def words(self) -> list[int]:
        """Words a row."""
        return self.scan.words()

    @column
    def terminal(self) -> list[bool]:
        """Whether a row ends a sentence, closing quotes and brackets after the mark allowed."""
        return self.scan.flagged(FLAGS["terminal"])

    @column
    def sentences(self) -> list[int]:
        """Sentence-ending marks a row: a rough count."""
        return self.scan.sentences()

    @column
    def links(self) -> list[float | None]:
        """Share of a row's characters inside links, ``None`` where unknown."""
        return self.scan.links()

    @column
    def groups(self) -> list[list[int]]:
        """The rows of each comparison form that stands more than once, in the order of their first rows."""
        return self.scan.groups()

    @column
    def gap(self) -> list[int]:
        """Blank blocks directly before each row (always 0 for HTML)."""
        rows = self.rows
        return [(i - rows[r - 1] - 1) if r else i for r, i in enumerate(rows)]

    @column
    def prose(self) -> list[bool]:
        """Whether a row reads like running text: a dozen words, a sentence end (or 30 words), few links."""
        return self.scan.flagged(FLAGS["prose"])

    @column
    def label(self) -> list[bool]:
        """Whether a row reads like a menu entry: one to four words, no sentence end, links if known."""
        return self.scan.flagged(FLAGS["label"])

    @column
    def prose_before(self) -> list[int]:
        """Words in prose rows before each row; one entry more than rows, the last is the page's total."""
        return self.scan.prose_before()

    @property
    def is_html(self) -> bool:
        """Whether structure is known."""
        return self.document.is_html

    @column
    def body(self) -> tuple[int, int]:
        """First and last prose row; ``(len, -1)`` where there is none."""
        return self.scan.body()

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the text span of rows ``first`` to ``last``, both included, blank blocks between them too."""
        blocks = self.document.blocks
        return blocks.starts[self.rows[first]], blocks.ends[self.rows[last]]
