# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled look-up in sorted postings and rarity against a frequency table; ``postings.py`` states the same plainly."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from libc.string cimport memcpy

import numpy as np

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define sk_prefetch(p) __builtin_prefetch(p)
    #else
    #define sk_prefetch(p) (void)0
    #endif
    """
    void sk_prefetch(const void*) nogil

# What is looked up next is fetched so many entries ahead: first its place in the directory, then its postings.
cdef int AHEAD = 8

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
            if i + 2 * AHEAD < n:
                sk_prefetch(&directory[wanted[i + 2 * AHEAD] >> shift])
                at = directory[wanted[i + AHEAD] >> shift]
                sk_prefetch(&keys[at if at < size else 0])
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


def affordable(const int64_t[::1] asked, const int64_t[::1] count, int64_t size, int64_t cap, int64_t most):
    """Return ``(used, live)``: which keys are used, and how many a row."""
    cdef Py_ssize_t n = asked.shape[0], i
    cdef int64_t row, c, total, held
    used = np.zeros(n, np.uint8)
    live = np.zeros(size, np.int64)
    many = np.zeros((size, cap), np.int32)
    cdef uint8_t[::1] used_ = used
    cdef int64_t[::1] live_ = live
    cdef int32_t[:, ::1] many_ = many
    cdef int64_t[::1] last_ = np.zeros(size, np.int64), more_ = np.zeros(size, np.int64)
    with nogil:
        for i in range(n):
            if 0 < count[i] < cap:
                many_[asked[i], count[i]] += 1
        for row in range(size):
            total = 0
            last_[row] = cap
            for c in range(1, cap):
                held = many_[row, c]
                if total + held * c > most:
                    last_[row] = c
                    more_[row] = (most - total) // c
                    break
                total += held * c
        for i in range(n):
            c = count[i]
            row = asked[i]
            if c <= 0 or c >= cap or c > last_[row]:
                continue
            if c == last_[row]:
                if more_[row] == 0:
                    continue
                more_[row] -= 1
            used_[i] = 1
            live_[row] += 1
    return used, live


def gather(const uint64_t[::1] keys, const int64_t[::1] start, const int64_t[::1] found, const uint8_t[::1] used,
           const int64_t[::1] asked, int document_bits, int64_t base):
    """Return int64: ``asked << 40 | position`` of each hit of the keys used."""
    cdef Py_ssize_t n = start.shape[0], i
    cdef int64_t total = 0, to = 0, k
    cdef uint64_t mask = (<uint64_t>1 << document_bits) - 1
    for i in range(n):
        if used[i]:
            total += found[i]
    out = np.empty(total, np.int64)
    cdef int64_t[::1] out_ = out
    with nogil:
        for i in range(n):
            if i + AHEAD < n and used[i + AHEAD] and found[i + AHEAD]:
                sk_prefetch(&keys[start[i + AHEAD]])
            if used[i]:
                for k in range(start[i], start[i] + found[i]):
                    out_[to] = (asked[i] << 40) | (<int64_t>(keys[k] & mask) + base)
                    to += 1
    return out


def tally(const int64_t[::1] codes, const int64_t[::1] live, const uint8_t[::1] held, double fraction, int64_t least):
    """Return ``(codes, shared)`` of the pairs that stand often enough among ascending codes."""
    cdef Py_ssize_t n = codes.shape[0], i = 0, j, to = 0
    cdef int64_t fewest, other, mask = (<int64_t>1 << 40) - 1
    out = np.empty(n, np.int64)
    shared = np.empty(n, np.int64)
    cdef int64_t[::1] out_ = out, shared_ = shared
    with nogil:
        while i < n:
            j = i + 1
            while j < n and codes[j] == codes[i]:
                j += 1
            fewest = live[codes[i] >> 40]
            other = held[codes[i] & mask]
            if other < fewest:
                fewest = other
            if j - i >= fraction * fewest and (fewest < 24 or j - i >= least):
                out_[to] = codes[i]
                shared_[to] = j - i
                to += 1
            i = j
    return out[:to].copy(), shared[:to].copy()


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
                    if i + 2 * AHEAD < offsets[rows]:
                        sk_prefetch(&ranks[stems[i + 2 * AHEAD] >> shift])
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
                if i + 2 * AHEAD < offsets[rows]:
                    sk_prefetch(&ranks[stems[i + 2 * AHEAD] >> shift])
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
