"""Pages made of two: the main content of one in the frame of another, as more pages to train on."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from html_data import Page, words
from numpy.typing import NDArray

from scrubkit.core.document import BlockTable, Elements
from scrubkit.kernels.html_features import PageInput, feature_rows
from scrubkit.model.html_features import FEATURES, page_input

__all__ = ["Grafted", "grafted"]

_HELD = 0.95
_LEAST_WORDS = 50


@dataclass(frozen=True)
class Grafted:
    """The training rows of one page that was made of two of the same fold."""

    fold: int
    x: NDArray[np.float32]
    y: NDArray[np.int64]
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class _Place:
    """Where a page holds its main content: elements from ``first`` to ``end``, blocks from ``low`` to ``high``."""

    first: int
    end: int
    low: int
    high: int


@dataclass(frozen=True)
class _Part:
    """A page, its place, and the labels of its blocks."""

    page: Page
    place: _Place
    y: NDArray[np.int64]


def grafted(pages: Sequence[Page], folds: NDArray[np.int64], labels: Sequence[NDArray[np.int64]]) -> Iterator[Grafted]:
    """Yield one page for each that has its content in one element below the body; both are of one fold and type."""
    places = [_place(page, y) for page, y in zip(pages, labels, strict=True)]
    chance = random.Random(0)
    for fold in sorted(set(folds.tolist())):
        for kind in sorted({page.type for page in pages}):
            hosts = [
                _Part(page, place, y)
                for page, place, y, of in zip(pages, places, labels, folds, strict=True)
                if of == fold and page.type == kind and place is not None
            ]
            donors = hosts[:]
            chance.shuffle(donors)
            yield from (
                _join(fold, host, donor) for host, donor in zip(hosts, donors, strict=True) if host is not donor
            )


def _place(page: Page, y: NDArray[np.int64]) -> _Place | None:
    """Return the deepest element that holds 95 % of the content's words, ``None`` where that is the body."""
    tree, owner = page.document.blocks.elements, np.array(page.document.blocks.element)
    assert tree is not None
    size = len(tree.parent)
    held, end = np.zeros(size), np.arange(1, size + 1)
    np.add.at(held, owner, y * page.counts)
    below: dict[int, list[int]] = {}
    for k in range(size - 1, 0, -1):
        above = tree.parent[k]
        held[above] += held[k]
        end[above] = max(end[above], end[k])
        below.setdefault(above, []).append(k)
    at, found = 0, [0]
    while found:
        at = found[-1]
        found = [k for k in below.get(at, ()) if held[k] >= _HELD * held[0]]
    if at == 0 or held[0] < _LEAST_WORDS:
        return None
    inside = np.flatnonzero((owner >= at) & (owner < end[at]))
    return _Place(at, int(end[at]), int(inside[0]), int(inside[-1]) + 1)


def _join(fold: int, outside: _Part, inside: _Part) -> Grafted:
    host, donor, here, there = outside.page, inside.page, outside.place, inside.place
    outer, inner = host.document.blocks, donor.document.blocks
    shift, moved = (there.end - there.first) - (here.end - here.first), here.first - there.first
    parts = [
        (host, outside.y, range(here.low), 0, False),
        (donor, inside.y, range(there.low, there.high), moved, True),
        (host, outside.y, range(here.high, len(outer)), shift, False),
    ]
    starts, ends, links, owner = array("l"), array("l"), array("l"), array("l")
    texts, kinds, y, weight = [], bytearray(), [], []
    at, due = 0, max(50, len(words(donor.truth)))
    for page, marks, span, by, given in parts:
        table = page.document.blocks
        assert table.link_chars is not None
        assert table.element is not None
        for k in span:
            texts.append(page.document.text[table.starts[k] : table.ends[k]])
            starts.append(at)
            at += len(texts[-1])
            ends.append(at)
            kinds.append(table.kinds[k])
            links.append(table.link_chars[k])
            owner.append(table.element[k] + (by if given or table.element[k] >= here.end else 0))
            y.append(int(marks[k]) if given else 0)
            # what the host has of content outside of the place says nothing here
            weight.append(min(page.counts[k] / due, 0.5) + 0.002 if given or not marks[k] else 0.0)
    tree = _tree(host, donor, here, there)
    a, b = page_input(host.document), page_input(donor.document)
    share, other = 1 - (here.high - here.low) / len(outer), (there.high - there.low) / len(inner)
    chars, anchors = a.html_chars * share + b.html_chars * other, a.anchors * share + b.anchors * other
    table = BlockTable(starts, ends, bytes(kinds), links, owner, tree)
    rows, _ = feature_rows(PageInput("".join(texts), table, b.title, int(chars), int(anchors)))
    x = np.frombuffer(rows, np.float32).reshape(-1, len(FEATURES))
    return Grafted(fold, x, np.array(y), np.array(weight))


def _tree(host: Page, donor: Page, here: _Place, there: _Place) -> Elements:
    """Return the host's elements with those of its place put for by the donor's."""
    outer, inner = host.document.blocks.elements, donor.document.blocks.elements
    assert outer is not None
    assert inner is not None
    shift = (there.end - there.first) - (here.end - here.first)
    parent = list(outer.parent[: here.first])
    parent.append(outer.parent[here.first])
    parent += [above - there.first + here.first for above in inner.parent[there.first + 1 : there.end]]
    parent += [above if above < here.first else above + shift for above in outer.parent[here.end :]]
    cut = slice(there.first, there.end)
    return Elements(
        array("l", parent),
        outer.tags[: here.first] + inner.tags[cut] + outer.tags[here.end :],
        outer.attrs[: here.first] + inner.attrs[cut] + outer.attrs[here.end :],
        outer.hidden[: here.first] + inner.hidden[cut] + outer.hidden[here.end :],
    )
