"""What the elements of an HTML page say of the rows they hold: by name (class, id, role) and by tag.

Each element has a number of 64 bits: four fields of 12 bits, each with the number of the word that its own name says in
that field's vocabulary (0: none), and two bits for ``footer`` and ``article``. A row has what its element says, or else
the nearest ancestor that says anything. What the words are, and which number a name has, is for the caller to know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from scrubkit.core.document import BlockTable
    from scrubkit.kernels.rows import Phrases

try:
    _owners: Any = import_module("scrubkit.kernels._owners")
except ImportError:  # no compiler at installation: the plain reference serves
    _owners = None

__all__ = ["FIELDS", "WIDTH", "Owners", "Plain", "read_owners"]

WIDTH, FIELDS = 12, 4
_MASK = (1 << WIDTH) - 1
_FOOTER = 1 << (WIDTH * FIELDS)
_ARTICLE = _FOOTER << 1


class Owners(Protocol):
    """What each row's element and its ancestors say. ``present`` has the bits of all rows together."""

    present: int

    def select(self, field: int) -> list[tuple[int, int]]:
        """Return ``(row, number)`` of each row of which a field says something."""

    def footer(self) -> list[int]:
        """Return the rows inside of a footer that is not inside of, and does not hold, an article."""


class Plain:
    """The reference of :class:`Owners`, in plain Python."""

    def __init__(
        self,
        parent: Any,
        attrs: tuple[str, ...],
        tags: tuple[str, ...],
        owner: Any,
        blocks: list[int],
        stems: Phrases,
        known: Mapping[str, int],
        ask: Callable[[str], int],
    ) -> None:
        found: list[int] = []
        for above, name, tag in zip(parent, attrs, tags, strict=True):
            number = known.get(name) if name and stems.within(name) else 0
            own = ask(name) if number is None else number
            own |= _FOOTER if tag == "footer" else _ARTICLE if tag == "article" else 0
            found.append(_inherit(own, found[above] if above >= 0 else 0))
        self._rows = [found[owner[block]] for block in blocks]
        self.present = 0
        for own in self._rows:
            self.present |= own

    def select(self, field: int) -> list[tuple[int, int]]:
        """Return ``(row, number)`` of each row of which a field says something."""
        return [
            (row, own >> WIDTH * field & _MASK) for row, own in enumerate(self._rows) if own >> WIDTH * field & _MASK
        ]

    def footer(self) -> list[int]:
        """Return the rows inside of a footer that is not inside of, and does not hold, an article."""
        return [row for row, own in enumerate(self._rows) if own & (_FOOTER | _ARTICLE) == _FOOTER]


def _inherit(own: int, above: int) -> int:
    own |= above & (_FOOTER | _ARTICLE)
    for field in range(FIELDS):
        if not own & _MASK << WIDTH * field:
            own |= above & _MASK << WIDTH * field
    return own


def read_owners(
    blocks: BlockTable, rows: list[int], stems: Phrases, known: dict[str, int], ask: Callable[[str], int]
) -> Owners | None:
    """Return what the elements of a page say of its rows (blocks by number), ``None`` for flattened text.

    A name in which none of the ``stems`` stands says nothing. ``known`` has the numbers of names seen before; ``ask``
    gives that of any other.
    """
    tree, owner = blocks.elements, blocks.element
    if tree is None or owner is None:
        return None
    made = Plain if _owners is None else _owners.Owners
    out: Owners = made(tree.parent, tree.attrs, tree.tags, owner, rows, stems, known, ask)
    return out
