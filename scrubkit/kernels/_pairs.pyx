# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled work on pairs of documents; ``pairs.py`` states the same in plain Python."""
from libc.stdint cimport int64_t, uint64_t

import numpy as np


cdef extern from "pairs.h" nogil:
    int pk_overlap(const uint64_t*, const int64_t*, int64_t, const int64_t*, const int64_t*, int64_t, float*)


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
