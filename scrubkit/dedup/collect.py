"""Texts that come one after the other to the columns of a search, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.dedup.furniture import Lines, left_out
from scrubkit.dedup.room import Column, Room
from scrubkit.dedup.scheme import SCHEME, Scheme, fold_table
from scrubkit.dedup.shingle import FURNITURE_ANCHORS, signatures
from scrubkit.kernels.buffers import Joiner, lengths
from scrubkit.kernels.sketch import Corpus, Rules, Sketch, Texts, line_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Collected", "collect"]

# Bytes of texts that are worked on at once: with all that is made of them they stay in the processor's cache.
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """The texts as a corpus, their sketch, and how many characters each has (int32)."""

    corpus: Corpus | Texts
    sketch: Sketch
    lengths: NDArray[np.int32]


def collect(
    texts: Iterable[str],
    room: Room,
    *,
    scheme: Scheme = SCHEME,
    stems: bool = True,
    anchors: int | None = FURNITURE_ANCHORS,
    rules: Rules | None = None,
) -> Collected:
    """Return what :func:`~scrubkit.dedup.shingle.corpus_of` and ``signatures`` return, texts held in ``room``.

    The texts are read once, block by block; furniture is learned from their lines, then all is sketched. Without a
    bound the texts stay the strings they are, else their bytes are written to one column. In memory stay about fifty
    bytes a document besides what the room allows.
    """
    held = list(texts) if room.memory is None else None
    data, characters, sizes = room.column(np.uint8), room.column(np.int32), room.column(np.int64)
    lines, joiner = Lines(room), Joiner()
    for block in _blocks(texts, min(room.chunk, _BLOCK)) if held is None else _slices(held):
        whole, offsets = joiner.joined(block)
        if held is None:
            data.add(whole[: offsets[-1]], lent=True)
        characters.add(_lengths(block))
        sizes.add(np.diff(offsets))
        if anchors is not None:
            lines.add(*line_table(whole, offsets))
    offsets = np.zeros(len(size := sizes.array()) + 1, np.int64)
    np.cumsum(size, out=offsets[1:])
    offsets = room.keep(offsets)
    drop, line_offsets = np.zeros(0, np.uint8), np.zeros(1, np.int64)
    if anchors is not None and len(size) > anchors:
        drop, line_offsets = left_out(lines, len(size), anchors, room)
    lines.close()
    rest = offsets, fold_table(), rules or Rules(), drop, line_offsets
    corpus = Corpus(_filled(data.array()), *rest) if held is None else Texts(held, *rest)
    return Collected(corpus, _sketch(corpus, scheme, room, stems=stems), characters.array())


def _blocks(texts: Iterable[str], most: int) -> Iterator[list[str]]:
    """Yield texts together until they have about so many characters."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text) + 64
        if size >= most:
            yield held
            held, size = [], 0
    if held:
        yield held


def _slices(texts: list[str]) -> Iterator[list[str]]:
    """Yield the same of texts that are there already."""
    ends = np.cumsum(_lengths(texts) + 64, dtype=np.int64)
    at = 0
    while at < len(texts):
        done = int(ends[at - 1]) if at else 0
        end = int(np.searchsorted(ends, done + _BLOCK)) + 1
        yield texts[at:end]
        at = end


def _lengths(texts: list[str]) -> NDArray[np.int32]:
    """Return how many characters each text has."""
    found = lengths(texts)
    return np.fromiter(map(len, texts), np.int32, len(texts)) if found is None else found


def _filled(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Kernels take the address of the data: it must not be empty."""
    return data if len(data) else np.zeros(1, np.uint8)


def _pieces(corpus: Corpus | Texts, room: Room) -> Iterator[Corpus]:
    """Yield the documents, some after the other, as corpora of their own, each to be used before the next."""
    at, size, done, joiner = 0, len(corpus), 0, Joiner()
    while at < size:
        end = int(np.searchsorted(corpus.offsets, corpus.offsets[at] + min(room.chunk, _BLOCK), side="right")) - 1
        end = min(size, max(at + 1, end))
        yield corpus.part(at, end, joiner) if isinstance(corpus, Texts) else corpus.part(at, end)
        if corpus.offsets[end] - done >= room.chunk:
            room.release()
            done = int(corpus.offsets[end])
        at = end
    room.release()


def _sketch(corpus: Corpus | Texts, scheme: Scheme, room: Room, *, stems: bool) -> Sketch:
    size = len(corpus)
    # what is not written to of an array takes no memory: a stem has two bytes of text at least
    most = (int(corpus.offsets[-1]) // 2 + size if stems else 0) if room.memory is None else None
    kinds = (np.uint32, np.int32, np.int32, np.uint64, np.uint32, np.uint8, np.int64)
    sizes = (size * scheme.perms, size, size, 2 * size, most, most, size)
    columns: list[Column] = [room.column(kind, values) for kind, values in zip(kinds, sizes, strict=True)]
    for piece in _pieces(corpus, room):
        made = signatures(piece, scheme, stems=stems)
        held: list[NDArray[Any]] = [made.signatures.reshape(-1), made.words, made.every, made.text.reshape(-1)]
        held += [made.stems, made.numbers, np.diff(made.stem_offsets)]
        for column, values in zip(columns, held, strict=True):
            column.add(values)
    signature, words, every, text, stem, number, counts = (column.array() for column in columns)
    offsets = np.zeros(size + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    room.release()
    return Sketch(
        signature.reshape(size, scheme.perms), words, every, text.reshape(-1, 2), stem, number, room.keep(offsets)
    )
