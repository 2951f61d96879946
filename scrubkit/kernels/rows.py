"""The rows of a page in columns, and the phrases in them: what rules ask of a page, computed in one pass.

A row is a block that is not blank. Each has the text it shows, a comparison form (no bullet mark, one space, straight
quotes, no case), counts, and flags (:data:`scrubkit.kernels.rows_classes.FLAGS`): the classes of characters are those of
Python's own methods, so the compiled rows say what the plain reference says, character for character.

Phrases are looked for in the comparison forms: whole rows by hash, others wherever a word begins. Cost is linear in the
text and hardly grows with the number of phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from scrubkit.kernels.rows_classes import FLAGS, WHERE
from scrubkit.kernels.rows_reference import count_words, fold, fold_open, strip_marks

if TYPE_CHECKING:
    from scrubkit.core.document import BlockTable

try:
    _rows: Any = import_module("scrubkit.kernels._rows")
    _cues: Any = import_module("scrubkit.kernels._cues")
except ImportError:  # no compiler at installation: the plain reference serves
    _rows = _cues = None

__all__ = [
    "FLAGS", "Found", "Phrase", "Phrases", "Rows", "compile_phrases", "count_words", "fold", "fold_open", "read_rows",
    "strip_marks",
]  # fmt: skip


class Rows(Protocol):
    """The rows of a page; numbers of rows count from 0."""

    @property
    def seen(self) -> int:
        """The flags of all rows together."""

    @property
    def curly(self) -> int:
        """Curly quotation marks of the page."""

    @property
    def straight(self) -> int:
        """Straight quotation marks that stand behind no digit."""

    @property
    def linked(self) -> bool:
        """Whether it is known what is a link."""

    def __len__(self) -> int: ...
    def text(self, row: int) -> str:
        """Return a row's text without white space at its ends."""

    def plain(self, row: int) -> str:
        """Return a row's text without bullet marks."""

    def fold(self, row: int) -> str:
        """Return a row's text in comparison form."""

    def flags(self, row: int) -> int:
        """Return the flags of a row."""

    def blocks(self) -> list[int]:
        """Return the block of each row."""

    def words(self) -> list[int]:
        """Return the words of each row."""

    def sentences(self) -> list[int]:
        """Return the sentence marks of each row."""

    def links(self) -> list[float | None]:
        """Return the share of each row's characters inside links, ``None`` where unknown."""

    def prose_before(self) -> list[int]:
        """Return the words in prose rows before each row, and of the page."""

    def flagged(self, flags: int) -> list[bool]:
        """Return for each row whether it has one of some flags."""

    def select(
        self, have: int, lack: int = 0, first: int = 0, stop: int = -1, least: int = 0, most: int = 0x7FFFFFFF
    ) -> list[int]:
        """Return the rows with all of some flags and none of others, of ``least`` to ``most`` words."""

    def runs(self, have: int, lack: int, but: int, least: int) -> list[tuple[int, int]]:
        """Return first and last row of each longest run of rows with some flags and without others, ``but`` aside."""

    def body(self) -> tuple[int, int]:
        """Return the first and the last row of prose, ``(len, -1)`` where there is none."""

    def copies(self, row: int) -> list[int]:
        """Return the rows with the same comparison form, in order."""

    def first_copy(self, row: int) -> int:
        """Return the first row with the same comparison form."""

    def sharing(self, words: list[str], least: float, first: int, most: int) -> list[tuple[int, int]]:
        """Return ``(row, how many)`` of the ``first`` rows of at most ``most`` words that have a share of some words.

        The words differ from each other; a row has at least ``least`` of them, counted from 0 to 1, and one.
        """

    def standing(self, words: list[str], have: int, stop: int) -> set[str]:
        """Return those of some words (of one character or more) that stand in a row before ``stop`` with some flags."""

    def last(self, have: int, stop: int = -1) -> int:
        """Return the last row (before ``stop``, if given) with all of some flags, -1 where there is none."""

    def copied(self, have: int, lack: int, least: int) -> list[tuple[int, int, int, int]]:
        """Return ``(row, first, copies, number)`` of each row of a comparison form that stands more than once.

        ``first`` is the first row of the form, which has the flags asked for; ``copies`` counts all its rows,
        ``number`` those before this one. The form has at least ``least`` characters.
        """

    def close_copies(self, lack: int, most: int, least: int) -> list[tuple[int, int]]:
        """Return ``(row, the copy before it)`` where a comparison form comes back within ``most`` rows.

        The row has none of some flags, and the form at least ``least`` characters.
        """

    def groups(self) -> list[list[int]]:
        """Return the rows of each comparison form that stands more than once, in the order of their first rows."""


class Phrase(NamedTuple):
    """A phrase in comparison form, the code it speaks for, and where it must stand (see ``rows_classes.WHERE``)."""

    text: str
    code: str
    where: str


class Found(Protocol):
    """The phrases found in a page: of each code the first in a row, or all of them. ``present``: codes found at all."""

    present: frozenset[str]

    def hits(self, code: int = -1) -> list[tuple[int, int, int, int]]:
        """Return ``(row, entry, start, end)`` of each hit, or of those of one code, by row."""

    def rows_of(self, code: int) -> list[int]:
        """Return the rows in which a code was found."""

    def among(self, row: int) -> int:
        """Return how many of the two rows before and after a row have a cue that the row itself has not."""

    def cued(self) -> list[int]:
        """Return the rows that have a cue of any code."""


class Phrases(Protocol):
    """Phrases ready to be looked for. ``names`` are the codes by number."""

    names: list[str]

    def find(self, rows: Rows, every: bool = False) -> Found:  # noqa: FBT001, FBT002  as the kernel takes it
        """Return what is found in the rows: of each code the first hit a row, or every one."""

    def within(self, text: str) -> int:
        """Return, as bits, the codes of which a piece stands in a text in any case; -1 where it is not told."""


def read_rows(text: str, blocks: BlockTable, roles: bytes, *, structured: bool) -> Rows:
    """Return the rows of a laid-out text.

    ``roles`` says of each kind of block: 1 blank, 2 cell or preformatted, 4 heading or caption, 8 list item.
    Where the page is not ``structured`` a list item is told by its bullet mark.
    """
    if _rows is None:
        from scrubkit.kernels import warn_once
        from scrubkit.kernels.rows_reference import Rows as Plain

        warn_once("rows")
        return Plain(text, blocks.starts, blocks.ends, blocks.kinds, blocks.link_chars, roles, structured)
    rows: Rows = _rows.Rows(text, blocks.starts, blocks.ends, blocks.kinds, blocks.link_chars, roles, structured)
    return rows


def compile_phrases(
    phrases: Sequence[Phrase], *, stems: Iterable[str] = (), menus: Iterable[str] = ()
) -> tuple[Phrases, list[int]]:
    """Return phrases ready to be looked for, and by entry the index of its phrase.

    Of hits that are equal otherwise the phrase given first is reported. A row is *claimed* by a cue of several words,
    or by cues of one family in it and beside it; codes in ``stems`` are no cues, and cues of families in ``menus``
    (three letters) claim nothing.
    """
    texts = [phrase.text for phrase in phrases]
    if any(len(phrase.text) < 2 for phrase in phrases if phrase.where == "piece"):
        raise ValueError("a piece has two characters or more")
    order = sorted(range(len(phrases)), key=texts.__getitem__)
    names = list(dict.fromkeys(phrase.code for phrase in phrases))
    number = {name: i for i, name in enumerate(names)}
    families = {name: i for i, name in enumerate(dict.fromkeys(name[:3] for name in names))}
    stem, menu = frozenset(stems), frozenset(menus)
    cue = [0 if name in stem else 1 if name[:3] in menu else 3 for name in names]
    place = {where: i for i, where in enumerate(WHERE)}
    arguments = (
        names,
        cue,
        [families[name[:3]] for name in names],
        [texts[i] for i in order],
        [number[phrases[i].code] for i in order],
        [place[phrases[i].where] for i in order],
    )
    if _cues is None:
        from scrubkit.kernels.phrases_reference import Phrases as Plain

        plain: Any = Plain(*arguments)  # it takes the plain rows only
        return plain, order
    compiled: Phrases = _cues.Phrases(*arguments)
    return compiled, order
