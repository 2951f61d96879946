"""Texts on their way into an index or to a query: their sketch and the keys that they are looked up by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from scrubkit.dedup.bands import Bands
from scrubkit.dedup.index.rarity import Rarity
from scrubkit.dedup.rewrite import SETTINGS
from scrubkit.dedup.scheme import Scheme
from scrubkit.dedup.shingle import FURNITURE_ANCHORS, among, corpus_of, furniture_lines, signatures
from scrubkit.kernels.groups import band_keys
from scrubkit.kernels.pairs import local_keys
from scrubkit.kernels.sketch import Corpus, Sketch, line_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BITS", "Batch", "band_postings", "corpus_with", "exact_postings", "id_postings", "local_postings", "sketch"]

BITS = 20
"""Low bits of a posting that hold the document's place: the most documents of a run is two to their power."""

_MASK = np.uint64((1 << BITS) - 1)
# Keys of different kinds stand in one list; these keep them apart.
_ID, _EXACT, _BAND = 0x1D5A_7E11_0C0F_FEE1, 0x2E8A_C7B3_5EED_0003, 0x3B4D_5A11_0DD5_0005


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Sketched texts: ``stems`` carry the flag for numbers in the lowest bit; ``hashes`` tell wordless texts apart."""

    corpus: Corpus
    made: Sketch
    stems: NDArray[np.uint32]
    hashes: NDArray[np.uint64]
    filled: NDArray[np.bool_]
    furniture: NDArray[np.uint64]

    def __len__(self) -> int:
        """How many texts."""
        return len(self.corpus)


def corpus_with(texts: Sequence[str], furniture: NDArray[np.uint64]) -> Corpus:
    """Return the texts as a corpus in which the lines with these hashes are left out."""
    corpus = corpus_of(texts, anchors=None)
    if not len(furniture):
        return corpus
    hashes, _, line_offsets = line_table(corpus.data, corpus.offsets)
    drop = among(furniture, hashes)
    return replace(corpus, drop=drop, line_offsets=line_offsets) if drop.any() else corpus


def sketch(texts: Sequence[str], scheme: Scheme, furniture: NDArray[np.uint64], *, learn: bool) -> Batch:
    """Return the sketch of texts; with ``learn`` the lines that recur among them as furniture are left out too."""
    if learn and len(texts) > FURNITURE_ANCHORS:
        bare = corpus_of(texts, anchors=None)
        drop, _ = furniture_lines(bare.data, bare.offsets, FURNITURE_ANCHORS)
        hashes, _, _ = line_table(bare.data, bare.offsets)
        furniture = np.union1d(furniture, hashes[drop == 1])
    corpus = corpus_with(texts, furniture)
    made = signatures(corpus, scheme)
    stems = (made.stems & np.uint32(0xFFFFFFFE)) | (made.numbers & np.uint8(1)).astype(np.uint32)
    hashes, filled = _text_hashes(corpus, made)
    return Batch(corpus, made, stems, hashes, filled, furniture)


def _text_hashes(corpus: Corpus, made: Sketch) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Return a 128-bit hash a text, of its folded words or where it has none of its bytes, and which are not empty."""
    hashes = made.text.copy()
    filled = np.ones(len(corpus), np.bool_)
    for at in np.flatnonzero(made.every == 0).tolist():
        bare = corpus.data[corpus.offsets[at] : corpus.offsets[at + 1]].tobytes().strip()
        hashes[at] = np.frombuffer(blake2b(bare, digest_size=16).digest(), "<u8")
        filled[at] = bool(bare)
    return hashes, filled


def _mixed(values: NDArray[np.uint64], tag: int) -> NDArray[np.uint64]:
    x = (values ^ np.uint64(tag)) * np.uint64(0xFF51AFD7ED558CCD)
    x ^= x >> np.uint64(32)
    x *= np.uint64(0xC4CEB9FE1A85EC53)
    return np.asarray(x ^ (x >> np.uint64(29)), np.uint64)


def _packed(hashes: NDArray[np.uint64], places: NDArray[np.int64]) -> NDArray[np.uint64]:
    return np.asarray((hashes & ~_MASK) | places.astype(np.uint64), np.uint64)


def id_postings(ids: Sequence[bytes], places: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a posting an id."""
    told = b"".join(blake2b(name, digest_size=8).digest() for name in ids)
    return _packed(_mixed(np.frombuffer(told, "<u8").astype(np.uint64), _ID), places)


def exact_postings(hashes: NDArray[np.uint64], places: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a posting for the text hash of each document."""
    return _packed(_mixed(hashes[:, 0] ^ (hashes[:, 1] << np.uint64(1)), _EXACT), places)


def band_postings(signatures: NDArray[np.uint32], places: NDArray[np.int64], bands: Bands) -> NDArray[np.uint64]:
    """Return ``bands.count`` postings a document, band by band."""
    keys = band_keys(signatures, bands.count, bands.rows)
    parts = [_packed(_mixed(key, _BAND + band), places) for band, key in enumerate(keys)]
    return np.concatenate(parts) if len(places) else np.zeros(0, np.uint64)


def local_postings(
    stems: NDArray[np.uint32],
    offsets: NDArray[np.int64],
    rarity: NDArray[np.uint8],
    seen: Rarity,
    *,
    highest: int,
    most: int = SETTINGS.keys,
) -> NDArray[np.uint64]:
    """Return ``most`` local pairs of rare stems of each document (its row in the low bits), ascending, each once.

    Stems above the rarity ``highest`` take no part. What is stored leaves none out at that end: a word that no other
    document had when this one came may stand in the next.
    """
    keys = local_keys(stems & np.uint32(0xFFFFFFFE), rarity, offsets, seen.lowest, highest, SETTINGS.window, most, BITS)
    keys.sort()
    return keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
