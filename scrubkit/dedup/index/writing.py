"""New runs from texts, and one run from several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubkit.dedup.bands import Bands
from scrubkit.dedup.cluster import collapse
from scrubkit.dedup.index.batch import (
    BITS,
    Batch,
    band_postings,
    exact_postings,
    id_postings,
    local_postings,
)
from scrubkit.dedup.index.candidates import by_bands, by_words
from scrubkit.dedup.index.judge import jaccard_of
from scrubkit.dedup.index.rarity import Rarity, add_cells, bits_for, counted
from scrubkit.dedup.index.runs import EXACT_COPY, LEADER, NEAR_COPY, Documents, Postings, pack
from scrubkit.dedup.index.view import View
from scrubkit.dedup.near import SAME_JACCARD, near_edges, of_like_length, stands_in, threshold
from scrubkit.dedup.templates import without_templates
from scrubkit.kernels.postings import copy_slices, directory_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Given", "documents_of", "held_in_vain", "merged", "postings_of"]


@dataclass(frozen=True, slots=True)
class Given:
    """Documents to add, one entry each."""

    texts: Sequence[str]
    ids: Sequence[str]
    dates: Sequence[str | None]
    sources: Sequence[str | None]


def documents_of(
    view: View, batch: Batch, given: Given, serial: int, bands: Bands, *, n: int, jaccard: float
) -> Documents:
    """Return the columns of new documents: each is a leader, or a copy of an earlier one in the index or among them."""
    leader, kind = _leaders(view, batch, given.texts, serial, bands, n=n, jaccard=jaccard)
    sizes = np.diff(batch.made.stem_offsets)
    stems = batch.stems
    if (kind == EXACT_COPY).any():
        stems = stems[np.repeat(kind != EXACT_COPY, sizes)]
        sizes = np.where(kind == EXACT_COPY, 0, sizes)
    return Documents(
        serial=np.arange(serial, serial + len(batch)),
        leader=leader,
        kind=kind,
        hashes=batch.hashes,
        words=batch.made.words,
        every=batch.made.every,
        chars=np.array([len(text) for text in given.texts], np.int32),
        local=np.zeros(len(batch), np.uint8),
        signatures=batch.made.signatures,
        stem_end=np.cumsum(sizes),
        stems=stems,
        ids=pa.array([name.encode("utf-8", "surrogatepass") for name in given.ids], pa.large_binary()),
        texts=pa.array([pack(text) for text in given.texts], pa.large_binary()),
        dates=pa.array(given.dates, pa.large_string()),
        sources=pa.array(given.sources, pa.large_string()),
    )


def _leaders(
    view: View, batch: Batch, texts: Sequence[str], serial: int, bands: Bands, *, n: int, jaccard: float
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the serial of each text's leader and the text's kind."""
    size = len(batch)
    leader, kind = np.arange(serial, serial + size), np.zeros(size, np.uint8)
    hashes = batch.hashes.copy()
    # an empty text equals nothing, not even another
    hashes[~batch.filled, 0] = np.flatnonzero(~batch.filled)
    _, first, group = np.unique(hashes, axis=0, return_index=True, return_inverse=True)
    twin = first[group.reshape(-1)]
    kind[twin != np.arange(size)] = EXACT_COPY
    known = by_words(view, batch)
    led = view.leader[known.at]
    standing = (led >= 0) & view.counted[led]
    rows, first = np.unique(known.asked[standing], return_index=True)
    at = known.at[standing][first]
    leader[rows] = view.serial[view.leader[at]]
    kind[rows] = np.where(view.kind[at] == NEAR_COPY, NEAR_COPY, EXACT_COPY)
    new = np.flatnonzero(kind == LEADER)
    pairs = by_bands(view, batch, bands, new)
    asked, at = pairs.asked, pairs.at
    perms = batch.made.signatures.shape[1]
    agreement = (view.signatures(at, perms) == batch.made.signatures[asked]).mean(axis=1)
    likely = (agreement >= threshold(SAME_JACCARD, perms)) & view.counted[at]
    likely &= of_like_length(view.words[at], batch.made.words[asked])
    asked, at = asked[likely], at[likely]
    same = jaccard_of(view, texts, asked, at, words=n)[:, 0] >= SAME_JACCARD
    rows, first = np.unique(asked[same], return_index=True)
    leader[rows], kind[rows] = view.serial[at[same][first]], NEAR_COPY
    new = new[kind[new] == LEADER]
    near = near_edges(batch.corpus, batch.made, new, n=n, jaccard=jaccard, bands=bands)
    near = without_templates(batch.corpus, near, batch.made.words)
    same = stands_in(near, batch.made.words)
    own = collapse(size, near.left[same], near.right[same])
    moved = np.flatnonzero(own != np.arange(size))
    leader[moved], kind[moved] = serial + own[moved], NEAR_COPY
    # copies word for word within the batch follow what became of the first of them
    twins = np.flatnonzero(twin != np.arange(size))
    leader[twins] = leader[twin[twins]]
    # of a near copy its twin has the words, not of that one's leader: it keeps stems of its own
    kind[twins] = np.where(kind[twin[twins]] == NEAR_COPY, NEAR_COPY, EXACT_COPY)
    return leader, kind


def postings_of(
    view: View, documents: Documents, bands: Bands, furniture: NDArray[np.uint64], *, again: bool = False
) -> tuple[Documents, Postings]:
    """Return the documents with their numbers of local keys, and what they are looked up by.

    Rarity is that in the index with these documents in it; ``again`` says that the index has them already.
    """
    lead = np.flatnonzero(documents.kind == LEADER)
    stems, lead_offsets = _stems(documents, lead)
    cells, counts = counted(stems, lead_offsets)
    table = view.table(bits_for(view.stems_in_all + (0 if again else len(stems))))
    if not again:
        add_cells(table, (cells, counts))
    seen = Rarity.of(table, int(view.counted.sum()) + (0 if again else len(lead)))
    keys = local_postings(stems, lead_offsets, seen.alone(stems), seen, highest=255)
    mask = np.uint64((1 << BITS) - 1)
    rows = (keys & mask).astype(np.int64)
    local = np.zeros(len(documents), np.uint8)
    local[lead] = np.minimum(np.bincount(rows, minlength=len(lead)), 255)
    keys = (keys & ~mask) | lead[rows].astype(np.uint64)
    every = np.arange(len(documents))
    banded = np.flatnonzero((documents.kind != EXACT_COPY) & (documents.words > 0))
    filled = np.flatnonzero((documents.every > 0) | (documents.chars > 0))
    parts = [
        keys,
        band_postings(documents.signatures[banded], banded, bands),
        exact_postings(documents.hashes[filled], filled),
        id_postings([bytes(name.as_py()) for name in documents.ids], every),
    ]
    joined = np.concatenate(parts)
    joined.sort()
    made = Postings(joined, directory_of(joined), cells, counts, furniture)
    return replace(documents, local=local), made


def held_in_vain(view: View, first: int, last: int) -> bool:
    """Return whether the runs ``first`` to ``last - 1`` hold anything of removed documents that :func:`merged` lets go.

    Of a removed leader whose copies live that is its id and its text, once.
    """
    at = np.arange(int(view.base[first]), int(view.base[last]))
    if not view.needed[at].all():
        return True
    empty = len(pack(""))
    for run, _, places in view.split(at[~view.alive[at]]):
        ids, texts = (column.take(pa.array(places)) for column in (run.documents.ids, run.documents.texts))
        held = pc.or_(pc.greater(pc.binary_length(ids), 0), pc.greater(pc.binary_length(texts), empty))
        if pc.any(held).as_py():
            return True
    return False


def merged(view: View, first: int, last: int) -> Documents:
    """Return the living documents of the runs ``first`` to ``last - 1`` as one; there must be one that lives.

    A removed leader stays, without id and text, while copies of it live: it is by its keys that they are found.
    """
    begin, end = int(view.base[first]), int(view.base[last])
    at = np.arange(begin, end)
    kept = at[view.needed[begin:end]]
    columns: dict[str, Any] = {}
    parts = view.split(kept)
    for name in ("serial", "leader", "kind", "hashes", "words", "every", "chars", "local", "signatures"):
        columns[name] = np.concatenate([getattr(run.documents, name)[places] for run, _, places in parts])
    for name in ("ids", "texts", "dates", "sources"):
        columns[name] = pa.concat_arrays(
            [getattr(run.documents, name).take(pa.array(places)) for run, _, places in parts]
        )
    gone = np.flatnonzero(~view.alive[kept])
    if len(gone):
        columns["ids"] = _blanked(columns["ids"], gone, b"")
        columns["texts"] = _blanked(columns["texts"], gone, pack(""))
    held = [_stems(run.documents, places) for run, _, places in parts]
    sizes = np.concatenate([np.diff(offsets) for _, offsets in held])
    return Documents(stem_end=np.cumsum(sizes), stems=np.concatenate([stems for stems, _ in held]), **columns)


def _stems(documents: Documents, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return ``(stems, offsets)`` of some of the documents, without a copy where they are all of them."""
    if len(rows) == len(documents):
        return documents.stems, documents.offsets
    starts, sizes = documents.offsets[rows], np.diff(documents.offsets)[rows]
    offsets = np.append(np.zeros(1, np.int64), np.cumsum(sizes))
    out = np.empty(int(offsets[-1]), np.uint32)
    copy_slices(documents.stems, starts, sizes, out, offsets[:-1])
    return out, offsets


def _blanked(column: pa.Array, rows: NDArray[np.int64], value: bytes) -> pa.Array:
    mask = np.zeros(len(column), np.bool_)
    mask[rows] = True
    return pc.if_else(pa.array(mask), pa.scalar(value, column.type), column)
