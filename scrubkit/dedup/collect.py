"""Texts that come one after the other to the columns of a search, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.dedup.room import Column, Room
from scrubkit.dedup.scheme import SCHEME, Scheme, fold_table
from scrubkit.dedup.shingle import FURNITURE_ANCHORS, among, learned, meetings, often_met, signatures
from scrubkit.kernels.buffers import joined
from scrubkit.kernels.sketch import Corpus, Rules, Sketch, line_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Collected", "collect"]

# Lines by their hash: 64 parts, so that a part of a billion lines is sorted in 128 MB.
_LINE_PARTS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """The texts as a corpus, their sketch, and how many characters each has (int32)."""

    corpus: Corpus
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

    The texts are read once and written to one column; furniture is learned from it, then all is sketched, block by
    block. In memory stay about fifty bytes a document besides what the room allows.
    """
    data, lengths = room.column(np.uint8), room.column(np.int32)
    sizes = room.column(np.int64)
    lines = room.parts(_LINE_PARTS, 58)
    for block in _blocks(texts, room.chunk):
        whole, offsets = joined(block)
        data.add(whole[: offsets[-1]])
        lengths.add(np.fromiter(map(len, block), np.int32, len(block)))
        sizes.add(np.diff(offsets))
        if anchors is not None:
            hashes, wide, _ = line_table(whole, offsets)
            lines.add(hashes[wide > 0])
    offsets = np.zeros(len(size := sizes.array()) + 1, np.int64)
    np.cumsum(size, out=offsets[1:])
    offsets, whole = room.keep(offsets), _filled(data.array())
    corpus = Corpus(whole, offsets, fold_table(), rules or Rules(), np.zeros(0, np.uint8), np.zeros(1, np.int64))
    if anchors is not None and len(corpus) > anchors:
        corpus = _without_furniture(corpus, often_met(lines, anchors), anchors, room)
    return Collected(corpus, _sketch(corpus, scheme, room, stems=stems), lengths.array())


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


def _filled(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Kernels take the address of the data: it must not be empty."""
    return data if len(data) else np.zeros(1, np.uint8)


def _pieces(corpus: Corpus, room: Room) -> Iterator[tuple[int, int, Corpus]]:
    """Yield ``(begin, end, corpus)``: the documents of a range as a corpus of their own."""
    at, size = 0, len(corpus)
    dropping = len(corpus.line_offsets) > 1
    while at < size:
        end = int(np.searchsorted(corpus.offsets, corpus.offsets[at] + room.chunk, side="right")) - 1
        end = min(size, max(at + 1, end))
        begin = int(corpus.offsets[at])
        data = _filled(corpus.data[begin : int(corpus.offsets[end])])
        drop, lines = corpus.drop, corpus.line_offsets
        if dropping:
            drop = drop[int(lines[at]) : int(lines[end])]
            lines = lines[at : end + 1] - lines[at]
        yield at, end, Corpus(data, corpus.offsets[at : end + 1] - begin, corpus.table, corpus.rules, drop, lines)
        room.release()
        at = end


def _without_furniture(corpus: Corpus, often: NDArray[np.uint64], anchors: int, room: Room) -> Corpus:
    if not len(often):
        return corpus

    def met(known: NDArray[np.uint64] | None) -> Iterable[NDArray[np.uint64]]:
        parts = room.parts(_LINE_PARTS, 32 + max(0, int(len(often) - 1).bit_length() - 6))
        for _, _, piece in _pieces(corpus, room):
            parts.add(meetings(often, known, *line_table(piece.data, piece.offsets)))
        return parts

    furniture = learned(often, met, anchors)
    if not len(furniture):
        return corpus
    drop, counts = room.column(np.uint8), room.column(np.int64)
    for _, _, piece in _pieces(corpus, room):
        hashes, _, line_offsets = line_table(piece.data, piece.offsets)
        drop.add(among(furniture, hashes))
        counts.add(np.diff(line_offsets))
    line_offsets = np.zeros(len(corpus) + 1, np.int64)
    np.cumsum(counts.array(), out=line_offsets[1:])
    return Corpus(corpus.data, corpus.offsets, corpus.table, corpus.rules, drop.array(), line_offsets)


def _sketch(corpus: Corpus, scheme: Scheme, room: Room, *, stems: bool) -> Sketch:
    kinds = (np.uint32, np.int32, np.int32, np.uint64, np.uint32, np.uint8, np.int64)
    columns: list[Column] = [room.column(kind) for kind in kinds]
    for _, _, piece in _pieces(corpus, room):
        made = signatures(piece, scheme, stems=stems)
        held: list[NDArray[Any]] = [made.signatures.reshape(-1), made.words, made.every, made.text.reshape(-1)]
        held += [made.stems, made.numbers, np.diff(made.stem_offsets)]
        for column, values in zip(columns, held, strict=True):
            column.add(values)
    signature, words, every, text, stem, number, counts = (column.array() for column in columns)
    offsets = np.zeros(len(corpus) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    room.release()
    return Sketch(
        signature.reshape(len(corpus), scheme.perms),
        words,
        every,
        text.reshape(-1, 2),
        stem,
        number,
        room.keep(offsets),
    )
