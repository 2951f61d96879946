"""The immutable text of one page, tiled by blocks.

A :class:`Document` is made once, by ``scrubkit.ingest``; rules and models only read it. Its blocks are held as
columns (one array a property) and shown as :class:`Block` values on demand, so a page of ten thousand blocks
costs no ten thousand Python objects.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, overload

__all__ = ["KINDS", "Block", "BlockTable", "Document", "Elements", "Meta"]

KINDS: tuple[str, ...] = (
    "blank",  # white space only
    "line",  # a line of flattened text: what it was on the page is unknown
    "paragraph",
    "heading",
    "item",  # list item, definition term or description
    "cell",  # table cell
    "pre",
    "quote",
    "caption",
    "control",  # button, label, option, legend, form text
    "other",  # any other element with text of its own (div, span, section, …)
)
"""What a block is; a block's ``kind`` column holds the index into this tuple."""


@dataclass(frozen=True, slots=True)
class Block:
    """One tile of the text: ``document.text[start:end]``, separators after it included.

    ``path`` and ``link_chars`` are ``None`` where the input had no structure (flattened text), never ``""`` or
    0: "not known" and "none" are different answers to a rule.
    """

    index: int
    start: int
    end: int
    kind: str
    path: str | None = None
    link_chars: int | None = None
    hints: str | None = None
    element: int | None = None

    @property
    def tag(self) -> str | None:
        """The name of the element that holds the block, ``None`` for flattened text."""
        return None if self.path is None else self.path.rsplit("/", 1)[-1].split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class Elements:
    """The block-level elements of an HTML page in document order, as columns; element 0 is the body.

    ``parent[i]`` is the index of the enclosing element (-1 for the body), ``tags[i]`` its lower-case name and
    ``attrs[i]`` its class, id, role and itemprop joined by spaces (``""`` where it has none).
    ``hidden[i]`` is 1 where the element or an ancestor is marked as not shown.
    """

    parent: array[int]
    tags: tuple[str, ...]
    attrs: tuple[str, ...]
    hidden: bytes

    def __len__(self) -> int:
        return len(self.tags)

    def path(self, index: int) -> str:
        """Return the tag path from the body, ``body/div.main/p``: names with up to three class or id tokens."""
        parts: list[str] = []
        while index >= 0:
            tokens = self.attrs[index].split()[:3]
            parts.append(".".join((self.tags[index], *tokens)))
            index = self.parent[index]
        return "/".join(reversed(parts))

    def hints(self, index: int) -> str:
        """Return the class, id and role tokens of the element and its ancestors, nearest first."""
        parts: list[str] = []
        while index >= 0:
            if self.attrs[index]:
                parts.append(self.attrs[index])
            index = self.parent[index]
        return " ".join(parts)


@dataclass(frozen=True, slots=True, eq=False)
class BlockTable(Sequence[Block]):
    """All blocks of a text as columns of equal length; indexing makes a :class:`Block`.

    starts, ends
        Spans in code points; ``ends[i] == starts[i + 1]``, the first start is 0, the last end the text's length.
    kinds
        Index into :data:`KINDS`, one byte a block.
    link_chars
        Characters inside ``<a>``, or ``None`` for flattened text.
    element
        Index into ``elements`` of the element that holds the block, or ``None`` for flattened text.
    """

    starts: array[int]
    ends: array[int]
    kinds: bytes
    link_chars: array[int] | None = None
    element: array[int] | None = None
    elements: Elements | None = None

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, index: int) -> Block: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Block]: ...
    def __getitem__(self, index: int | slice) -> Block | Sequence[Block]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        i = range(len(self))[index]
        owner = None if self.element is None else self.element[i]
        tree = self.elements
        return Block(
            index=i,
            start=self.starts[i],
            end=self.ends[i],
            kind=KINDS[self.kinds[i]],
            path=None if tree is None or owner is None else tree.path(owner),
            link_chars=None if self.link_chars is None else self.link_chars[i],
            hints=None if tree is None or owner is None else tree.hints(owner),
            element=owner,
        )

    def __iter__(self) -> Iterator[Block]:
        return (self[i] for i in range(len(self)))

    def at(self, offset: int) -> int:
        """Return the index of the block that holds a code point offset."""
        return bisect_right(self.starts, offset) - 1


@dataclass(frozen=True, slots=True)
class Meta(Mapping[str, Any]):
    """What is known of a document besides its text. Also a read-only mapping: ``meta["title"]``.

    ``decoding`` says how bytes became text (``encoding``, ``source``, ``confidence``, ``replaced``), ``repairs``
    lists the steps that mended it, ``language_score`` is in 0 to 1, ``date`` is ISO 8601 where it could be read
    and as written otherwise, ``credit`` is another agency's contributor line, ``extra`` holds what else the page
    says of itself.
    """

    url: str | None = None
    host: str | None = None
    canonical_url: str | None = None
    media_type: str | None = None
    title: str | None = None
    author: str | None = None
    date: str | None = None
    site: str | None = None
    credit: str | None = None
    language: str | None = None
    language_score: float | None = None
    decoding: Mapping[str, Any] = field(default_factory=dict)
    repairs: tuple[Mapping[str, Any], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        if key not in self.__dataclass_fields__:
            raise KeyError(key)
        return getattr(self, key)

    def __iter__(self) -> Iterator[str]:
        return (f.name for f in fields(self))

    def __len__(self) -> int:
        return len(fields(self))


@dataclass(frozen=True, slots=True)
class Document:
    """One page after decoding, repair and layout: an immutable text, the blocks that tile it, its metadata.

    The text is always valid UTF-8 (no lone surrogates). For flattened text line *n* of ``text`` is line *n* of
    the input.

    >>> from array import array
    >>> blocks = BlockTable(array("l", [0, 6]), array("l", [6, 11]), bytes([1, 1]))
    >>> doc = Document("a", "hello\\nworld", blocks)
    >>> [doc.of(block) for block in doc.blocks]
    ['hello\\n', 'world']
    """

    id: str
    text: str
    blocks: BlockTable
    meta: Meta = field(default_factory=Meta)

    def of(self, block: Block) -> str:
        """Return the text of a block, its separator included."""
        return self.text[block.start : block.end]

    @property
    def is_html(self) -> bool:
        """Whether the page's structure is known."""
        return self.blocks.elements is not None
