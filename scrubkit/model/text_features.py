"""What the block model reads of a flattened text: one row of numbers a line that is not blank.

Blank lines and indentation are left out of account, because they tell more of the program that flattened the page
than of the page. The measures of single lines come from ``scrubkit.kernels.lines``; here they are put beside those of
the neighbours, of windows around the line, of the nearest prose and of the whole text.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.core.document import KINDS, BlockTable
from scrubkit.kernels.lines import MEASURES, measure
from scrubkit.model.text_links import without_links

if TYPE_CHECKING:
    from numpy.typing import NDArray

try:
    _context: Any = import_module("scrubkit.kernels._context")
except ImportError:  # no compiler at installation: the NumPy reference serves
    _context = None

__all__ = ["FEATURES", "Lines", "features", "lines_of", "reference_features"]

_BLANK = KINDS.index("blank")
_COLUMN = {name: i for i, name in enumerate(MEASURES)}
_FAR = 200.0
"""Distances in lines are cut here: farther is the same."""

_LOGS = ("chars", "words", "group_words", "copies", "alike", "word_chars")
_WINDOWS = (4, 10, 30, 100)
_NEIGHBOURS = (-2, -1, 1, 2)
_LAGS = range(2, 9)
_AROUND = 12

_NEIGHBOUR_COLUMNS = ("words", "capitals", "copies", "topic", "span_topic", "date")
_WINDOW_COLUMNS = ("prose_words", "topic_words", "span_words", "ends", "repeats", "bullets", "short", "titles", "dates")
_NEAR = (
    "prose_before", "prose_after", "words_since_prose", "words_to_prose", "from_span_start", "from_span_end",
    "span_share", "span_lines", "period_share", "period", "since_title",
)  # fmt: skip
_ALIKE = (
    "shape_lines", "shape_words", "shape_topic", "shape_span", "shape_repeats",
    "since_head", "section_words", "section_prose", "section_topic", "section_lines", "head_topic",
    "run_words", "run_share", "in_run", "from_run_start",
)  # fmt: skip
_PAGE = (
    "at", "at_words", "at_prose", "lines_left", "lines_before", "page_words", "page_lines", "page_prose", "page_mean",
    "page_bullets", "page_ends", "page_repeats", "page_dates", "page_money", "page_topic", "page_prose_lines",
    "page_prose_mean", "page_questions", "page_capitals", "page_digits", "page_longest", "page_script", "page_span_topic",
)  # fmt: skip

FEATURES: tuple[str, ...] = (
    *MEASURES,
    *(f"{name}[{d:+d}]" for d in _NEIGHBOURS for name in _NEIGHBOUR_COLUMNS),
    *(f"{name}~{r}" for r in _WINDOWS for name in (*_WINDOW_COLUMNS, "mean_words")),
    *_NEAR,
    *_ALIKE,
    *_PAGE,
)
"""The columns of :func:`features`; ``x[-1]`` is measure x of the line before, ``x~10`` a share among 21 lines."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text that are not blank: their block numbers and their measures, (n, len(MEASURES)) float32."""

    blocks: array[int]
    measures: NDArray[np.float32]

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.blocks)

    def column(self, name: str) -> NDArray[np.float32]:
        """Return one measure of all lines."""
        return self.measures[:, _COLUMN[name]]


def lines_of(text: str, table: BlockTable) -> Lines:
    """Return the lines of a text with their measures; of Markdown links the text alone is measured, see ``links``."""
    kinds = table.kinds
    blocks = array("l", [i for i, kind in enumerate(kinds) if kind != _BLANK])
    if len(blocks) == len(kinds):
        starts, ends = table.starts, table.ends
    else:
        starts, ends = (
            array("l", map(table.starts.__getitem__, blocks)),
            array("l", map(table.ends.__getitem__, blocks)),
        )
    plain = without_links(text, starts, ends)
    flat = measure(text, starts, ends) if plain is None else measure(*plain[:3])
    rows = np.frombuffer(flat, dtype=np.float32) if len(flat) else np.zeros(0, np.float32)
    rows = rows.reshape(len(blocks), len(MEASURES))
    if plain is not None:
        rows[:, _COLUMN["links"]] = plain.linked
    return Lines(blocks, rows)


def features(lines: Lines) -> NDArray[np.float32]:
    """Return the features of each line, float32 of shape ``(len(lines), len(FEATURES))``; all finite.

    >>> from scrubkit.ingest.layout import layout_text
    >>> layout = layout_text("Home\\n\\nThe fair opens today, the mayor said.\\n")
    >>> features(lines_of(layout.text, layout.blocks)).shape == (2, len(FEATURES))
    True
    """
    if _context is None or len(lines) == 0:
        return reference_features(lines)
    out = np.empty((len(lines), len(FEATURES)), np.float32)
    _kernel().features(np.ascontiguousarray(lines.measures).reshape(-1), out.reshape(-1))
    return out


@cache
def _kernel() -> Any:
    return _context.Context(
        _COLUMN, _LOGS, _NEIGHBOUR_COLUMNS, _NEIGHBOURS, _WINDOWS, tuple(_LAGS), _AROUND, _FAR, len(FEATURES)
    )


def reference_features(lines: Lines) -> NDArray[np.float32]:
    """Return what :func:`features` returns, by NumPy alone; sums may differ in the last bit."""
    n = len(lines)
    out = np.empty((n, len(FEATURES)), np.float32)
    if n == 0:
        return out
    own = out[:, : len(MEASURES)]
    own[:] = lines.measures
    for name in _LOGS:
        np.log1p(own[:, _COLUMN[name]], out=own[:, _COLUMN[name]])
    at = len(MEASURES)
    for block in (_neighbours(own), _windows(lines, own), _near(lines, own), _alike(lines, own), _page(lines)):
        out[:, at : at + block.shape[1]] = block
        at += block.shape[1]
    return out


def _neighbours(own: NDArray[np.float32]) -> NDArray[np.float32]:
    n, reach = len(own), max(_NEIGHBOURS)
    padded = np.full((n + 2 * reach, len(_NEIGHBOUR_COLUMNS)), -1, np.float32)
    padded[reach : reach + n] = own[:, [_COLUMN[name] for name in _NEIGHBOUR_COLUMNS]]
    return np.concatenate([padded[reach + d : reach + d + n] for d in _NEIGHBOURS], axis=1)


def _sums(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return running sums with a row of zeros before the first."""
    out = np.zeros((len(columns) + 1, columns.shape[1]))
    np.cumsum(columns, axis=0, out=out[1:])
    return out


def _windows(lines: Lines, own: NDArray[np.float32]) -> NDArray[np.float64]:
    n = len(own)
    words = lines.column("words").astype(np.float64)
    columns = np.empty((n, 1 + len(_WINDOW_COLUMNS)))
    columns[:, 0] = words
    columns[:, 1] = words * lines.column("prose")
    columns[:, 2] = words * lines.column("topic")
    columns[:, 3] = words * lines.column("span_topic")
    columns[:, 4] = lines.column("ends")
    columns[:, 5] = lines.column("copies") > 1
    columns[:, 6] = np.maximum(lines.column("bullet"), lines.column("numbered"))
    columns[:, 7] = words <= 5
    columns[:, 8] = (lines.column("capitals") > 0.6) & (words >= 2)
    columns[:, 9] = lines.column("date")
    sums = _sums(columns)
    out = np.empty((n, len(_WINDOWS) * (len(_WINDOW_COLUMNS) + 1)))
    index = np.arange(n)
    width = len(_WINDOW_COLUMNS) + 1
    for i, reach in enumerate(_WINDOWS):
        low, high = np.maximum(0, index - reach), np.minimum(n, index + reach + 1)
        part = sums[high] - sums[low]
        count = (high - low).astype(np.float64)
        here = out[:, i * width : (i + 1) * width]
        here[:, :3] = part[:, 1:4] / np.maximum(1.0, part[:, :1])
        here[:, 3:-1] = part[:, 4:] / count[:, None]
        here[:, -1] = np.log1p(part[:, 0] / count)
    return out


def _near(lines: Lines, own: NDArray[np.float32]) -> NDArray[np.float64]:
    n = len(own)
    index = np.arange(n, dtype=np.float64)
    words, prose = lines.column("words").astype(np.float64), lines.column("prose") > 0
    before = _last(prose, index)
    after = n - 1 - _last(prose[::-1], index)[::-1]
    cut = np.concatenate([[0.0], np.cumsum(words)])
    first, last, share = _span(lines, words, prose)
    period_share, period = _periods(lines, own)
    title = np.flatnonzero(lines.column("is_title"))
    place = index.astype(np.int64)
    gap_before = cut[place] - cut[np.maximum(before, -1).astype(np.int64) + 1]
    gap_after = cut[np.minimum(after, n - 1).astype(np.int64)] - cut[np.minimum(place + 1, n)]
    has_before, has_after = before >= 0, after < n
    return np.column_stack([
        np.where(has_before, np.minimum(index - before, _FAR), _FAR),
        np.where(has_after, np.minimum(after - index, _FAR), _FAR),
        np.where(has_before, np.log1p(np.maximum(0, gap_before)), 9.0),
        np.where(has_after, np.log1p(np.maximum(0, gap_after)), 9.0),
        np.clip(index - first, -_FAR, _FAR),
        np.clip(last - index, -_FAR, _FAR),
        np.full(n, share),
        np.full(n, np.log1p(last - first + 1)),
        period_share,
        period,
        np.clip(index - title[0], -_FAR, _FAR) if len(title) else np.full(n, -_FAR - 1),
    ])  # fmt: skip


def _last(flag: NDArray[np.bool_], index: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each line the last line up to it that has the flag, -1 where none has."""
    return np.maximum.accumulate(np.where(flag, index, -1.0))


def _span(lines: Lines, words: NDArray[np.float64], prose: NDArray[np.bool_]) -> tuple[int, int, float]:
    """Return the first and last line of the main run of prose, and its prose less the rest as a share of all words."""
    inside = np.flatnonzero(lines.column("in_span"))
    first, last = int(inside[0]), int(inside[-1])
    here = slice(first, last + 1)
    gain = np.where(prose[here], words[here], -4.0 - words[here] * 0.5).sum()
    return first, last, float(gain / max(1.0, words.sum()))


def _periods(lines: Lines, own: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how strongly the shapes of lines repeat around each line, and at which lag (cards, threads, tables)."""
    n = len(own)
    shape = np.minimum(np.round(own[:, _COLUMN["words"]] * 2), 9) * 4
    shape += lines.column("bullet") * 2 + lines.column("starts_upper")
    share, lag_of = np.zeros(n), np.zeros(n)
    index = np.arange(n)
    low, high = np.maximum(0, index - _AROUND), np.minimum(n, index + _AROUND + 1)
    count = high - low
    for lag in _LAGS:
        if n <= lag:
            break
        sums = np.zeros(n + 1)
        np.cumsum(shape[lag:] == shape[:-lag], out=sums[lag + 1 :])
        here = (sums[high] - sums[low]) / count
        better = here > share
        share[better], lag_of[better] = here[better], lag
    return share, lag_of


def _page(lines: Lines) -> NDArray[np.float64]:
    n = len(lines)
    index = np.arange(n, dtype=np.float64)
    words, prose = lines.column("words").astype(np.float64), lines.column("prose").astype(np.float64)
    total, prose_words = words.sum(), (words * prose).sum()
    prose_lines = prose.sum()
    page = (
        np.log1p(total), np.log1p(n), prose_words / max(1.0, total), np.log1p(total / n),
        np.maximum(lines.column("bullet"), lines.column("numbered")).mean(), lines.column("ends").mean(),
        (lines.column("copies") > 1).mean(), lines.column("date").mean(), lines.column("money").mean(),
        lines.column("topic").mean(), np.log1p(prose_lines), np.log1p(prose_words / max(1.0, prose_lines)),
        np.log1p(lines.column("questions").sum()), lines.column("capitals").mean(), lines.column("digits").mean(),
        np.log1p(lines.column("chars").max()), (lines.column("upper") == 0).mean(), lines.column("span_topic").mean(),
    )  # fmt: skip
    out = np.empty((n, len(_PAGE)))
    out[:, 0] = index / n
    out[:, 1] = (np.cumsum(words) - words) / max(1.0, total)
    out[:, 2] = (np.cumsum(words * prose) - words * prose) / max(1.0, prose_words)
    out[:, 3] = np.log1p(n - 1 - index)
    out[:, 4] = np.log1p(index)
    out[:, 5:] = page
    return out


def _alike(lines: Lines, own: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.column_stack([_shapes(lines, own), _sections(lines), _runs(lines)])


def _shapes(lines: Lines, own: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return what the lines of the same length, marks and case on the page have in common (menus, cards, rows)."""
    words = lines.column("words").astype(np.float64)
    mark = np.minimum(np.round(own[:, _COLUMN["words"]] * 2), 9).astype(np.int64) * 64
    for weight, flag in (
        (32, (lines.column("bullet") != 0) | (lines.column("numbered") != 0)), (16, lines.column("ends") != 0),
        (8, lines.column("starts_upper") != 0), (4, lines.column("date") != 0),
        (2, lines.column("digits") > 0.3), (1, lines.column("capitals") > 0.6),
    ):  # fmt: skip
        mark += weight * flag
    count = np.bincount(mark)
    held = [lines.column("span_topic"), lines.column("in_span"), lines.column("copies") > 1]
    means = [np.bincount(mark, column) / np.maximum(1, count) for column in held]
    shares = np.bincount(mark, words) / max(1.0, words.sum())
    return np.column_stack([np.log1p(count), shares, *means])[mark]


def _sections(lines: Lines) -> NDArray[np.float64]:
    """Return what stands under the last line that looks like the heading of a paragraph: a short one right above it."""
    n = len(lines)
    words, prose = lines.column("words").astype(np.float64), lines.column("prose") != 0
    topic = lines.column("span_topic").astype(np.float64)
    padded = np.append(prose, [False, False])
    head = (words <= 12) & (lines.column("ends") == 0) & ~prose & (padded[1 : n + 1] | padded[2 : n + 2])
    head &= (lines.column("bullet") == 0) & (lines.column("numbered") == 0)
    section, index = np.cumsum(head), np.arange(n)
    above = np.maximum.accumulate(np.where(head, index, -1))
    total = np.bincount(section, words)
    some = np.maximum(1.0, total)
    held = np.column_stack([
        np.log1p(total), np.bincount(section, words * prose) / some, np.bincount(section, words * topic) / some,
        np.log1p(np.bincount(section)),
    ])  # fmt: skip
    since = np.where(above >= 0, np.minimum(index - above, _FAR), _FAR + 1)
    return np.column_stack([since, held[section], np.where(above >= 0, topic[np.maximum(above, 0)], -1)])


def _runs(lines: Lines) -> NDArray[np.float64]:
    """Return size and place of the nearest run of prose: lines of it at most three others apart."""
    n = len(lines)
    words, place = lines.column("words").astype(np.float64), np.flatnonzero(lines.column("prose"))
    if not len(place):
        return np.zeros((n, 4))
    index = np.arange(n)
    begins = np.append(True, np.diff(place) > 4)
    run = np.cumsum(begins) - 1
    size, first = np.bincount(run, words[place]), place[begins]
    last = np.append(place[np.flatnonzero(begins)[1:] - 1], place[-1])
    k = np.searchsorted(place, index)
    after, before = np.minimum(k, len(place) - 1), np.maximum(k - 1, 0)
    to_after = np.where(k < len(place), place[after] - index, n)
    to_before = np.where(k > 0, index - place[before], n)
    near = run[np.where(to_after <= to_before, after, before)]
    inside = (first[near] <= index) & (index <= last[near])
    start = np.clip(index - first[near], -_FAR, _FAR)
    return np.column_stack([np.log1p(size[near]), size[near] / size.max(), inside, start])
