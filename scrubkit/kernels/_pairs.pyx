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
    void pk_rarity(const uint32_t*, const int64_t*, int64_t, int, double, uint32_t*, uint32_t*, const uint8_t*,
                   uint8_t*)
    int64_t pk_local_keys(const uint32_t*, const uint8_t*, const int64_t*, int64_t, int, int, int, int64_t, int,
                          uint64_t*, uint64_t*)
    int pk_totals(const uint32_t*, const uint8_t*, const int64_t*, int64_t, double*, double*, int32_t*)
    int pk_features(const pk_stems*, int64_t, const int64_t*, const int64_t*, int64_t, int, int, double, float*)


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


def bucket_pairs(const uint64_t[::1] keys, const int64_t[::1] order, int64_t cap, int64_t window):
    """Return ``(left, right, oversized)``: pairs of documents with equal keys; ``keys[order]`` ascends."""
    cdef Py_ssize_t n = order.shape[0], i = 0, j, x, y, total = 0, at = 0, oversized = 0
    cdef int step
    cdef int64_t[::1] left_, right_
    left = right = None
    left_ = right_ = np.empty(0, np.int64)
    for step in range(2):
        if step:
            left = np.empty(total, np.int64)
            right = np.empty(total, np.int64)
            left_ = left
            right_ = right
        i = 0
        with nogil:
            while i < n:
                j = i + 1
                while j < n and keys[order[j]] == keys[order[i]]:
                    j += 1
                if j - i > cap:
                    oversized += not step
                for x in range(i + 1, j):
                    y = i
                    while y < x:
                        if j - i > cap and y == i + window and y < x - window:
                            y = x - window
                        if step:
                            left_[at] = order[y]
                            right_[at] = order[x]
                            at += 1
                        else:
                            total += 1
                        y += 1
                i = j
    return left, right, oversized


def rarity(const uint32_t[::1] stems, const int64_t[::1] offsets, int bits, double documents,
           const uint8_t[::1] prior):
    """Return a rarity byte a stem."""
    out = np.zeros(max(1, stems.shape[0]), np.uint8)
    cdef uint8_t[::1] out_ = out
    cdef uint32_t[::1] frequency = np.zeros(1 << bits, np.uint32), last = np.zeros(1 << bits, np.uint32)
    if stems.shape[0]:
        with nogil:
            pk_rarity(&stems[0], &offsets[0], offsets.shape[0] - 1, bits, documents, &frequency[0], &last[0],
                      &prior[0], &out_[0])
    return out[: stems.shape[0]]


def local_keys(const uint32_t[::1] stems, const uint8_t[::1] rarities, const int64_t[::1] offsets, int low, int high,
               int window, int64_t most, int document_bits):
    """Return packed keys, document in the low bits, in document order."""
    cdef Py_ssize_t docs = offsets.shape[0] - 1, d, longest = 0, room = 1
    cdef int64_t written = 0, n
    for d in range(docs):
        n = (offsets[d + 1] - offsets[d]) * window
        longest = max(longest, n)
        room += min(n, most)
    out = np.empty(room, np.uint64)
    cdef uint64_t[::1] out_ = out, key = np.empty(longest + 1, np.uint64)
    if stems.shape[0]:
        with nogil:
            written = pk_local_keys(&stems[0], &rarities[0], &offsets[0], docs, low, high, window, most,
                                    document_bits, &key[0], &out_[0])
    return out[:written]


def run_pairs(const uint64_t[::1] keys, int document_bits, int64_t cap, Py_ssize_t docs):
    """Return ``(codes, live, oversized)``: pairs of documents in runs of equal keys, live keys a document."""
    cdef Py_ssize_t n = keys.shape[0], i, j, x, y, at = 0, total = 0
    cdef int64_t oversized = 0
    cdef uint64_t mask = ((<uint64_t>1) << document_bits) - 1, code
    live = np.zeros(docs, np.int64)
    cdef int64_t[::1] live_ = live
    cdef uint64_t[::1] codes_ = np.empty(1, np.uint64)
    cdef int step
    codes = None
    for step in range(2):
        if step:
            codes = np.empty(total, np.uint64)
            codes_ = codes
        i = 0
        with nogil:
            while i < n:
                j = i + 1
                code = keys[i] & ~mask
                while j < n and (keys[j] & ~mask) == code:
                    j += 1
                if j - i > cap:
                    oversized += step
                elif step:
                    for x in range(i, j):
                        if j - i > 1 and (x == i or keys[x] != keys[x - 1]):
                            live_[keys[x] & mask] += 1
                        if x > i and keys[x] == keys[x - 1]:
                            continue
                        for y in range(i, x):
                            if y > i and keys[y] == keys[y - 1]:
                                continue
                            codes_[at] = (keys[y] & mask) << 32 | (keys[x] & mask)
                            at += 1
                else:
                    total += (j - i) * (j - i - 1) // 2
                i = j
    return codes[:at], live, oversized


def totals(const uint32_t[::1] stems, const uint8_t[::1] rarities, const int64_t[::1] offsets):
    """Return ``(square, weight, distinct)`` a document."""
    cdef Py_ssize_t docs = offsets.shape[0] - 1
    cdef int failed
    square = np.zeros(max(docs, 1))
    weight = np.zeros(max(docs, 1))
    distinct = np.zeros(max(docs, 1), np.int32)
    cdef double[::1] square_ = square, weight_ = weight
    cdef int32_t[::1] distinct_ = distinct
    if stems.shape[0]:
        with nogil:
            failed = pk_totals(&stems[0], &rarities[0], &offsets[0], docs, &square_[0], &weight_[0], &distinct_[0])
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
        failed = pk_features(&s, offsets.shape[0] - 1, &left[0], &right[0], pairs, rare, near, least, &out_[0, 0])
    if failed:
        raise MemoryError
    return out
