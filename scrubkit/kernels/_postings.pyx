# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled look-up in sorted postings and rarity against a frequency table; ``postings.py`` states the same plainly."""
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from libc.string cimport memcpy

import numpy as np

# Stems of the document in whose company others are seen are told apart by so many bits: 128 KB stay in the cache.
cdef int SEEN_BITS = 20


def locate(const uint64_t[::1] keys, const uint32_t[::1] directory, const uint64_t[::1] wanted, int document_bits,
           int64_t most):
    """Return ``(start, count)``: where the postings of each wanted key begin, how many there are, at most ``most``."""
    cdef Py_ssize_t n = wanted.shape[0], i
    cdef int64_t at, end, low, high, middle, size = keys.shape[0]
    cdef uint64_t key, top
    cdef int shift = 64
    start = np.zeros(n, np.int64)
    count = np.zeros(n, np.int64)
    cdef int64_t[::1] start_ = start, count_ = count
    cdef int64_t cells = directory.shape[0] - 1
    while cells > 1:
        cells >>= 1
        shift -= 1
    if size == 0 or shift == 64:
        return start, count
    with nogil:
        for i in range(n):
            key = wanted[i] >> document_bits
            top = wanted[i] >> shift
            low = directory[top]
            high = directory[top + 1]
            while high - low > 8:
                middle = (low + high) >> 1
                if keys[middle] >> document_bits < key:
                    low = middle + 1
                else:
                    high = middle
            at = low
            while at < high and keys[at] >> document_bits < key:
                at += 1
            end = at
            while end < size and end - at < most and keys[end] >> document_bits == key:
                end += 1
            start_[i] = at
            count_[i] = end - at
    return start, count


def frequencies(const uint32_t[::1] stems, const int64_t[::1] offsets, int bits):
    """Return uint32 ``(2 ** bits)``: in how many documents each stem stands, by its first bits."""
    out = np.zeros(1 << bits, np.uint32)
    cdef uint32_t[::1] out_ = out, last = np.zeros(1 << bits, np.uint32)
    cdef Py_ssize_t docs = offsets.shape[0] - 1, d
    cdef int64_t i
    cdef uint32_t cell
    cdef int shift = 32 - bits
    with nogil:
        for d in range(docs):
            for i in range(offsets[d], offsets[d + 1]):
                cell = stems[i] >> shift
                if last[cell] != <uint32_t>(d + 1):
                    last[cell] = <uint32_t>(d + 1)
                    out_[cell] += 1
    return out


def ranked(const uint32_t[::1] table, const uint8_t[::1] ranks, const uint8_t[::1] prior):
    """Return uint16 a cell: its rarity in the low byte, in the high one that with one document more."""
    cdef Py_ssize_t n = table.shape[0], i
    cdef uint32_t most = <uint32_t>(ranks.shape[0] - 1), many
    cdef uint8_t low, high
    out = np.empty(n, np.uint16)
    cdef uint16_t[::1] out_ = out
    with nogil:
        for i in range(n):
            many = table[i]
            low = ranks[many if many < most else most]
            high = ranks[many + 1 if many + 1 < most else most]
            if prior[i] < low:
                low = prior[i]
            if prior[i] < high:
                high = prior[i]
            out_[i] = <uint16_t>((<int>high << 8) | low)
    return out


def paired_rarity(const uint32_t[::1] stems, const int64_t[::1] offsets, const int64_t[::1] asked,
                  const uint16_t[::1] ranks):
    """Return a rarity byte a stem; row ``asked[r]`` holds the document in whose company row ``r`` is seen."""
    out = np.zeros(max(1, stems.shape[0]), np.uint8)
    cdef uint8_t[::1] out_ = out
    cdef uint64_t[::1] held_ = np.zeros(1 << (SEEN_BITS - 6), np.uint64)
    cdef Py_ssize_t rows = offsets.shape[0] - 1, r
    cdef int64_t i, held = -1, x, cells = ranks.shape[0]
    cdef uint32_t stem, bit
    cdef uint16_t both
    cdef int shift = 32
    while cells > 1:
        cells >>= 1
        shift -= 1
    with nogil:
        for r in range(rows):
            x = asked[r]
            if x == r and (r + 1 == rows or asked[r + 1] != x) and (r == 0 or asked[r - 1] != x):
                for i in range(offsets[r], offsets[r + 1]):
                    out_[i] = <uint8_t>(ranks[stems[i] >> shift] >> 8)
                continue
            if x != held:
                if held >= 0:
                    for i in range(offsets[held], offsets[held + 1]):
                        held_[stems[i] >> (38 - SEEN_BITS)] = 0
                held = x
                for i in range(offsets[x], offsets[x + 1]):
                    bit = stems[i] >> (32 - SEEN_BITS)
                    held_[bit >> 6] |= <uint64_t>1 << (bit & 63)
            for i in range(offsets[r], offsets[r + 1]):
                stem = stems[i]
                bit = stem >> (32 - SEEN_BITS)
                both = ranks[stem >> shift]
                out_[i] = <uint8_t>(both >> 8 if (held_[bit >> 6] >> (bit & 63)) & 1 else both & 255)
    return out[: stems.shape[0]]


def copy_slices(const uint32_t[::1] source, const int64_t[::1] starts, const int64_t[::1] sizes, uint32_t[::1] target,
                const int64_t[::1] places):
    """Copy ``source[start : start + size]`` to ``target[place:]`` for each slice."""
    cdef Py_ssize_t n = starts.shape[0], i
    with nogil:
        for i in range(n):
            if sizes[i] > 0:
                memcpy(&target[places[i]], &source[starts[i]], 4 * sizes[i])
