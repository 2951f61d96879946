"""A page as rules see it: its visible blocks as rows, each property computed once.

Rules speak of rows (blocks that are not blank), so they need not know whether a text has blank lines between all
lines, between some or none; ``gap`` says where there were any.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from scrubkit.core.document import KINDS, Document

__all__ = ["Sheet", "count_words", "fold", "fold_open", "strip_marks"]

_BLANK = KINDS.index("blank")
_LONG = 4_000  # characters from which only the ends of a line are compared
_COUNTED = 20_000  # characters of a line in which words are counted

# Marks that renderers of HTML put before list items and headings: * + - • ◦ ▪ ● ■ ▸ ► › » # o [1] 1.
_MARKS = re.compile(
    r"^(?:[\s\u00a0\u3000]*(?:[*+\-•◦▪●■□▸►‣›»·–—#>|⁃∙○✓✔]+(?=\s|$)|\[\d{1,3}\](?=\s)|o(?=\s\s)))*[\s\u00a0\u3000]*"
)
_SPACE = re.compile(r"\s+")
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u200b": "", "\u00ad": ""}
)
_WORD = re.compile(r"\w+")
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_TERMINAL = re.compile(r"""[.!?…。！？।؟۔።։](?:["'”’»“)\]›」』*†\d]|\[\w+\])*$""")
_STRONG_TERMINAL = re.compile(r"[.!?…。！？।؟۔።։]")


def strip_marks(text: str) -> str:
    """Return a line without the bullet or heading mark a renderer put before it.

    >>> strip_marks("  • * Politics "), strip_marks("-5 degrees")
    ('Politics', '-5 degrees')
    """
    return text[_MARKS.match(text).end() :].strip()  # type: ignore[union-attr]


def fold(text: str) -> str:
    """Return the form in which lines and cues are compared: no marks, one space, straight quotes, caseless.

    Of a line of more than 4,000 characters only its two ends and its length are compared: no cue is that long,
    and a scrape that is one line of 50 MB must not be copied five times.

    >>> fold("  • READER’S   Choice:")
    "reader's choice"
    """
    if len(text) > _LONG:
        return f"{fold_open(text[: _LONG // 2])} \x00{len(text)}\x00 {fold(text[-_LONG // 4 :])}"
    plain = fold_open(text)
    return plain.strip(" :.…>|\u200e\u200f").strip() or plain


def fold_open(text: str) -> str:
    """Return :func:`fold` without the cut at the end: ``"Read also:"`` keeps its colon, which is half the cue."""
    plain = _SPACE.sub(" ", strip_marks(text)).translate(_QUOTES).casefold()
    # Turkish capitals fold to i with a dot above; without it "İmza" and "imza" are one word.
    return plain.replace("i\u0307", "i").replace("ı", "i").strip()


def count_words(text: str) -> int:
    r"""Return the number of words: runs of ``\w``, and one word for two characters in scripts without spaces.

    >>> count_words("three short words"), count_words("今日は良い天気です")
    (3, 4)
    """
    if len(text) > _COUNTED:  # enough to know that it is long
        return count_words(text[:_COUNTED]) * len(text) // _COUNTED
    if text.isascii():
        return len(_WORD.findall(text))
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text) if wide else text)) + wide // 2


@dataclass(frozen=True)
class Sheet:
    """The rows of a document and what rules ask of them. Columns are lists of equal length, one entry a row.

    >>> from scrubkit.core import Document
    >>> from scrubkit.ingest.layout import layout_text
    >>> layout = layout_text("  • Home\\n\\nRain fell on the town.\\n")
    >>> sheet = Sheet(Document("a", layout.text, layout.blocks))
    >>> sheet.plain, sheet.words, sheet.gap
    (['Home', 'Rain fell on the town.'], [1, 5], [0, 1])
    """

    document: Document

    @cached_property
    def rows(self) -> array[int]:
        """Index of each row's block."""
        kinds = self.document.blocks.kinds
        return array("l", (i for i in range(len(kinds)) if kinds[i] != _BLANK))

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def text(self) -> list[str]:
        """Each row's text without white space at its ends."""
        blocks, text = self.document.blocks, self.document.text
        return [text[blocks.starts[i] : blocks.ends[i]].strip() for i in self.rows]

    @cached_property
    def plain(self) -> list[str]:
        """Each row's text without bullet marks."""
        return [strip_marks(text) for text in self.text]

    @cached_property
    def fold(self) -> list[str]:
        """Each row's text in comparison form."""
        return [fold(text) for text in self.text]

    @cached_property
    def marked(self) -> list[bool]:
        """Whether a row began with a bullet mark (for HTML: is a list item)."""
        if self.is_html:
            item = KINDS.index("item")
            return [self.document.blocks.kinds[i] == item for i in self.rows]
        return [plain != text for plain, text in zip(self.plain, self.text, strict=True)]

    @cached_property
    def words(self) -> list[int]:
        """Words a row."""
        return [count_words(text) for text in self.plain]

    @cached_property
    def terminal(self) -> list[bool]:
        """Whether a row ends a sentence, closing quotes and brackets after the mark allowed."""
        return [_TERMINAL.search(text[-12:]) is not None for text in self.text]

    @cached_property
    def sentences(self) -> list[int]:
        """Sentence-ending marks a row: a rough count."""
        return [len(_STRONG_TERMINAL.findall(text[:_COUNTED])) for text in self.text]

    @cached_property
    def links(self) -> list[float | None]:
        """Share of a row's characters inside links, ``None`` where unknown."""
        chars = self.document.blocks.link_chars
        if chars is None:
            return [None] * len(self)
        return [min(1.0, chars[i] / max(1, len(text))) for i, text in zip(self.rows, self.text, strict=True)]

    @cached_property
    def gap(self) -> list[int]:
        """Blank blocks directly before each row (always 0 for HTML)."""
        rows = self.rows
        return [(i - rows[r - 1] - 1) if r else i for r, i in enumerate(rows)]

    @cached_property
    def prose(self) -> list[bool]:
        """Whether a row reads like running text: a dozen words, a sentence end (or 30 words), few links."""
        return [
            n >= 12 and (ends or n >= 30) and (link is None or link < 0.5)
            for n, ends, link in zip(self.words, self.terminal, self.links, strict=True)
        ]

    @cached_property
    def label(self) -> list[bool]:
        """Whether a row reads like a menu entry: one to four words, no sentence end, links if known."""
        return [
            0 < n <= 4 and len(text) <= 40 and not ends and (link is None or link >= 0.5)
            for n, text, ends, link in zip(self.words, self.plain, self.terminal, self.links, strict=True)
        ]

    @cached_property
    def prose_before(self) -> list[int]:
        """Words in prose rows before each row; one entry more than rows, the last is the page's total."""
        out = [0]
        for n, prose in zip(self.words, self.prose, strict=True):
            out.append(out[-1] + (n if prose else 0))
        return out

    @cached_property
    def copies(self) -> Mapping[str, list[int]]:
        """Rows by their comparison form."""
        out: defaultdict[str, list[int]] = defaultdict(list)
        for row, key in enumerate(self.fold):
            out[key].append(row)
        return out

    @cached_property
    def kind(self) -> list[str]:
        """The kind of each row's block."""
        kinds = self.document.blocks.kinds
        return [KINDS[kinds[i]] for i in self.rows]

    @property
    def is_html(self) -> bool:
        """Whether structure is known."""
        return self.document.is_html

    def hinted(self, pattern: re.Pattern[str]) -> list[str | None]:
        """Return for each row the first match of ``pattern`` in the class, id or role of its element or an ancestor.

        Each element's own attributes are searched once and inherited downward, so the cost is that of the
        distinct attribute strings, not of rows times depth. All ``None`` for flattened text.
        """
        blocks = self.document.blocks
        tree, owner = blocks.elements, blocks.element
        if tree is None or owner is None:
            return [None] * len(self)
        own: dict[str, str | None] = {"": None}
        found: list[str | None] = []
        for parent, attrs in zip(tree.parent, tree.attrs, strict=True):
            if attrs not in own:
                match = pattern.search(attrs.lower())
                own[attrs] = match.group() if match else None
            found.append(own[attrs] or (found[parent] if parent >= 0 else None))
        return [found[owner[i]] for i in self.rows]

    @cached_property
    def tags(self) -> list[frozenset[str]]:
        """Names of each row's element and its ancestors; empty for flattened text."""
        blocks = self.document.blocks
        tree, owner = blocks.elements, blocks.element
        if tree is None or owner is None:
            return [frozenset()] * len(self)
        known: list[frozenset[str]] = []
        for parent, tag in zip(tree.parent, tree.tags, strict=True):
            known.append((known[parent] if parent >= 0 else frozenset()) | {tag})
        return [known[owner[i]] for i in self.rows]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the text span of rows ``first`` to ``last``, both included, blank blocks between them too."""
        blocks = self.document.blocks
        return blocks.starts[self.rows[first]], blocks.ends[self.rows[last]]

    def row_at(self, offset: int) -> int:
        """Return the row whose block holds an offset, or the one before it."""
        return max(0, bisect_right(self.rows, self.document.blocks.at(offset)) - 1)
