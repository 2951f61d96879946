# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled work on pairs of documents; ``pairs.py`` states the same in plain Python."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

import numpy as np


cdef extern from "pairs.h" nogil:
    int pk_overlap(const uint64_t*, const int64_t*, int64_t, const int64_t*, const int64_t*, int64_t, float*)
    ctypedef struct pk_stems:
        const uint32_t *stem
        const uint8_t *number
        const uint8_t *rarity
        const int64_t *offset
        const double *square
        const double *weight
        const int32_t *distinct
    int PK_FEATURES
    ctypedef struct pk_progress:
        int64_t at
        int64_t written
        int64_t oversized
        int64_t largest
    int pk_frequencies(const uint32_t*, const int64_t*, int64_t, int, uint32_t*)
    void pk_rarity_table(const uint32_t*, size_t, double, const uint8_t*, uint8_t*)
    pk_progress pk_run_pairs(const uint64_t*, int64_t, int, int64_t, int64_t, int32_t*, int64_t, uint64_t*, int64_t)
    void pk_scatter(const uint64_t*, int64_t, int, int64_t, uint64_t*, int64_t*)
    int64_t pk_count_pairs(const uint64_t*, int64_t, const int32_t*, double, int64_t, uint64_t*, int32_t*)
    int PK_DENSE
    void pk_average_link(int32_t, const int32_t*, const int32_t*, int64_t, double, int32_t, int32_t*, int32_t*)
    int64_t pk_local_keys(const uint32_t*, const uint8_t*, const int64_t*, int64_t, int, int, int, int64_t, int,
                          uint64_t*, uint64_t*)
    int pk_totals(const uint32_t*, const uint8_t*, const int64_t*, const int64_t*, int64_t, double*, double*, int32_t*)
    int pk_features(const pk_stems*, const int64_t*, const int64_t*, int64_t, int, int, double, float*)


def overlap(const uint64_t[::1] values, const int64_t[::1] offsets, const int64_t[::1] left, const int64_t[::1] right):
    """Return float32 (pairs, 3): Jaccard, share of left found in right, share of right found in left."""
    cdef int64_t pairs = left.shape[0]
    cdef int failed
    out = np.zeros((pairs, 3), np.float32)
    cdef float[:, ::1] out_ = out
    if pairs == 0 or values.shape[0] == 0:
        return out
    with nogil:
        failed = pk_overlap(&values[0], &offsets[0], offsets.shape[0] - 1, &left[0], &right[0], pairs, &out_[0, 0])
    if failed:
        raise MemoryError
    return out


def band_keys(const uint32_t[:, :] signatures, int count, int rows):
    """Return uint64 (bands, documents): a hash of each band of each signature."""
    cdef Py_ssize_t n = signatures.shape[0], d
    cdef int band, column
    cdef uint64_t key
    out = np.empty((count, n), np.uint64)
    cdef uint64_t[:, ::1] out_ = out
    with nogil:
        for d in range(n):
            for band in range(count):
                key = 0x9E3779B97F4A7C15ULL + <uint64_t>band
                for column in range(band * rows, (band + 1) * rows):
                    key = (key ^ signatures[d, column]) * 0xFF51AFD7ED558CCDULL
                    key ^= key >> 32
                out_[band, d] = key
    return out


def run_pairs(const uint64_t[::1] packed, int bits, int64_t cap, int64_t window, int32_t[::1] live, int64_t at,
              uint64_t[::1] out):
    """Return ``(at, written, oversized, largest)``; pairs, ``right << 32 | left``, are written to out."""
    cdef pk_progress p
    cdef int64_t n = packed.shape[0]
    cdef int32_t *counted = &live[0] if live is not None and live.shape[0] else NULL
    if n == 0:
        return 0, 0, 0, 0
    with nogil:
        p = pk_run_pairs(&packed[0], n, bits, cap, window, counted, at, &out[0], out.shape[0])
    return p.at, p.written, p.oversized, p.largest


def scatter(const uint64_t[::1] values, int shift, int64_t parts):
    """Return ``(values, offsets)``: the values by part."""
    out = np.empty(values.shape[0], np.uint64)
    offsets = np.zeros(parts + 1, np.int64)
    cdef uint64_t[::1] out_ = out
    cdef int64_t[::1] offsets_ = offsets
    if values.shape[0]:
        with nogil:
            pk_scatter(&values[0], values.shape[0], shift, parts, &out_[0], &offsets_[0])
    return out, offsets


def count_pairs(const uint64_t[::1] codes, const int32_t[::1] live, double fraction, int64_t least):
    """Return ``(codes, counts)`` of the pairs that share enough, in no order."""
    cdef int64_t n = codes.shape[0], written = 0
    out = np.empty(n, np.uint64)
    shared = np.empty(n, np.int32)
    cdef uint64_t[::1] out_ = out
    cdef int32_t[::1] shared_ = shared
    if n:
        with nogil:
            written = pk_count_pairs(&codes[0], n, &live[0], fraction, least, &out_[0], &shared_[0])
        if written < 0:
            raise MemoryError
    return out[:written].copy(), shared[:written].copy()


def average_link(const int64_t[::1] edges, const int64_t[::1] nodes, const int32_t[::1] left,
                 const int32_t[::1] right, const int64_t[::1] which, double link, int dense):
    """Return a label a node, numbered within its component; those looked at must not exceed PK_DENSE nodes."""
    cdef Py_ssize_t c, k, count = which.shape[0]
    label = np.zeros(nodes[nodes.shape[0] - 1], np.int32)
    between = np.empty(PK_DENSE * PK_DENSE, np.int32)
    cdef int32_t[::1] label_ = label, between_ = between
    with nogil:
        for k in range(count):
            c = which[k]
            pk_average_link(<int32_t>(nodes[c + 1] - nodes[c]), &left[edges[c]], &right[edges[c]],
                            edges[c + 1] - edges[c], link, dense, &between_[0], &label_[nodes[c]])
    return label


def components(int64_t size, const int64_t[::1] left, const int64_t[::1] right):
    """Return the smallest node each node is joined to by edges."""
    root = np.arange(size, dtype=np.int64)
    cdef int64_t[::1] root_ = root
    cdef Py_ssize_t e
    cdef int64_t x, y
    with nogil:
        for e in range(left.shape[0]):
            x = left[e]
            y = right[e]
            while root_[x] != x:
                root_[x] = root_[root_[x]]
                x = root_[x]
            while root_[y] != y:
                root_[y] = root_[root_[y]]
                y = root_[y]
            if x < y:
                root_[y] = x
            else:
                root_[x] = y
        for e in range(size):
            root_[e] = root_[root_[e]]
    return root


def collapse(int64_t[::1] leader, const uint64_t[::1] codes):
    """Join each right document to its earliest left one that leads; codes, right << 32 | left, ascend."""
    cdef Py_ssize_t e
    cdef int64_t a, b
    with nogil:
        for e in range(codes.shape[0]):
            a = <int64_t>(codes[e] & 0xFFFFFFFFULL)
            b = <int64_t>(codes[e] >> 32)
            if leader[a] == a and leader[b] == b and a < b:
                leader[b] = a


def frequencies(const uint32_t[::1] stems, const int64_t[::1] offsets, int bits, uint32_t[::1] table):
    """Add to the table in how many documents each stem stands."""
    cdef int failed
    if stems.shape[0]:
        with nogil:
            failed = pk_frequencies(&stems[0], &offsets[0], offsets.shape[0] - 1, bits, &table[0])
        if failed:
            raise MemoryError


def rarity_table(const uint32_t[::1] table, double documents, const uint8_t[::1] prior):
    """Return the rarity byte by the upper bits of a stem."""
    out = np.empty(table.shape[0], np.uint8)
    cdef uint8_t[::1] out_ = out
    with nogil:
        pk_rarity_table(&table[0], table.shape[0], documents, &prior[0], &out_[0])
    return out


def rarity_of(const uint32_t[::1] stems, int bits, const uint8_t[::1] table):
    """Return the rarity byte of each stem."""
    out = np.empty(stems.shape[0], np.uint8)
    cdef uint8_t[::1] out_ = out
    cdef Py_ssize_t i
    cdef int shift = 32 - bits
    with nogil:
        for i in range(stems.shape[0]):
            out_[i] = table[stems[i] >> shift]
    return out


def local_keys(const uint32_t[::1] stems, const uint8_t[::1] rarities, const int64_t[::1] offsets, int low, int high,
               int window, int64_t most, int document_bits):
    """Return packed keys, document in the low bits, in document order."""
    cdef Py_ssize_t docs = offsets.shape[0] - 1, d, longest = 0, room = 1
    cdef int64_t written = 0, n
    for d in range(docs):
        n = (offsets[d + 1] - offsets[d]) * window
        longest = max(longest, n)
        room += min(2 * n, most)
    out = np.empty(room, np.uint64)
    cdef uint64_t[::1] out_ = out, key = np.empty(longest + 1, np.uint64)
    if stems.shape[0]:
        with nogil:
            written = pk_local_keys(&stems[0], &rarities[0], &offsets[0], docs, low, high, window, most,
                                    document_bits, &key[0], &out_[0])
    return out[:written]


def totals(const uint32_t[::1] stems, const uint8_t[::1] rarities, const int64_t[::1] offsets, which):
    """Return ``(square, weight, distinct)`` a document; zeros for those that are not asked for."""
    cdef Py_ssize_t docs = offsets.shape[0] - 1, asked = docs if which is None else len(which)
    cdef const int64_t[::1] which_ = offsets if which is None else which
    cdef const int64_t *rows = NULL if which is None or not asked else &which_[0]
    cdef int failed
    square = np.zeros(max(docs, 1))
    weight = np.zeros(max(docs, 1))
    distinct = np.zeros(max(docs, 1), np.int32)
    cdef double[::1] square_ = square, weight_ = weight
    cdef int32_t[::1] distinct_ = distinct
    if stems.shape[0]:
        with nogil:
            failed = pk_totals(&stems[0], &rarities[0], &offsets[0], rows, asked, &square_[0], &weight_[0], &distinct_[0])
        if failed:
            raise MemoryError
    return square[:docs], weight[:docs], distinct[:docs]


def features(const uint32_t[::1] stems, const uint8_t[::1] numbers, const uint8_t[::1] rarities,
             const int64_t[::1] offsets, sums, const int64_t[::1] left, const int64_t[::1] right, int rare, int near,
             double least):
    """Return float32 (pairs, features); left the document with fewer stems, equal rights beside each other."""
    cdef const double[::1] square = sums[0], weight = sums[1]
    cdef const int32_t[::1] distinct = sums[2]
    cdef pk_stems s
    cdef int failed
    cdef int64_t pairs = left.shape[0]
    out = np.zeros((pairs, PK_FEATURES), np.float32)
    cdef float[:, ::1] out_ = out
    if pairs == 0:
        return out
    if stems.shape[0] == 0:
        out[:, 6] = 1
        out[:, 7] = -1
        return out
    s.stem = &stems[0]
    s.number = &numbers[0]
    s.rarity = &rarities[0]
    s.offset = &offsets[0]
    s.square = &square[0]
    s.weight = &weight[0]
    s.distinct = &distinct[0]
    with nogil:
        failed = pk_features(&s, &left[0], &right[0], pairs, rare, near, least, &out_[0, 0])
    if failed:
        raise MemoryError
    return out
