# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled comparison of nearly equal texts; ``slots.py`` states the same in plain Python."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

import numpy as np


cdef extern from "slots.h" nogil:
    ctypedef struct sk_rules:
        const uint32_t *table
        const uint8_t *ascii
        int filter
        size_t long_line
        size_t short_line
        size_t least
    ctypedef struct sl_tokens:
        uint64_t *word
        uint64_t *letters
        uint8_t *flag
        uint8_t *scratch
        size_t words
    ctypedef struct sl_text:
        const uint64_t *word
        const uint64_t *letters
        const uint8_t *flag
        int64_t words
    ctypedef struct sl_work:
        pass
    enum:
        SL_COLUMNS
    void sl_document(const sk_rules*, const uint8_t*, size_t, const uint8_t*, sl_tokens*)
    int sl_work_init(sl_work*, size_t)
    void sl_work_free(sl_work*)
    void sl_compare(sl_work*, const sl_text*, const sl_text*, int32_t*)


def tokens(const uint8_t[::1] data, const int64_t[::1] offset, const uint32_t[::1] table,
           const uint8_t[::1] ascii, rules, const uint8_t[::1] drop, const int64_t[::1] line_offset,
           const int64_t[::1] which):
    """Return ``(words, letters, flags, offsets)`` of the chosen documents."""
    cdef sk_rules r
    cdef sl_tokens t
    cdef Py_ssize_t i, docs = which.shape[0]
    cdef int64_t d, size, total = 0, longest = 0, at = 0
    cdef bint dropping = line_offset.shape[0] > 1
    r.table = &table[0]
    r.ascii = &ascii[0]
    r.filter, r.long_line, r.short_line, r.least = rules
    for i in range(docs):
        size = offset[which[i] + 1] - offset[which[i]]
        total += size // 2 + 2
        longest = max(longest, size)
    # a document is written with all its lines before those that are left out are taken back
    word = np.empty(total + 8, np.uint64)
    letters = np.empty(total + 8, np.uint64)
    flag = np.empty(total + 8, np.uint8)
    offsets = np.zeros(docs + 1, np.int64)
    cdef uint64_t[::1] word_ = word, letters_ = letters
    cdef uint8_t[::1] flag_ = flag
    cdef int64_t[::1] offsets_ = offsets
    cdef uint8_t *scratch = <uint8_t*>malloc(2 * longest + 64)
    if scratch == NULL:
        raise MemoryError
    t.scratch = scratch
    with nogil:
        for i in range(docs):
            d = which[i]
            t.word = &word_[at]
            t.letters = &letters_[at]
            t.flag = &flag_[at]
            sl_document(&r, &data[0] + offset[d], offset[d + 1] - offset[d],
                        &drop[0] + line_offset[d] if dropping and line_offset[d] < line_offset[d + 1] else NULL, &t)
            at += t.words
            offsets_[i + 1] = at
        free(scratch)
    return word[:at], letters[:at], flag[:at], offsets


def compare(const uint64_t[::1] word, const uint64_t[::1] letters, const uint8_t[::1] flag,
            const int64_t[::1] offset, const int64_t[::1] left, const int64_t[::1] right):
    """Return int32 (pairs, columns): how often each kind of difference stands between two texts."""
    cdef sl_work w
    cdef sl_text a, b
    cdef Py_ssize_t p, pairs = left.shape[0], d
    cdef int64_t longest = 0
    out = np.zeros((pairs, SL_COLUMNS), np.int32)
    cdef int32_t[:, ::1] out_ = out
    if not pairs or not word.shape[0]:
        return out
    for d in range(offset.shape[0] - 1):
        longest = max(longest, offset[d + 1] - offset[d])
    if sl_work_init(&w, longest):
        raise MemoryError
    with nogil:
        for p in range(pairs):
            a.word = &word[0] + offset[left[p]]
            a.letters = &letters[0] + offset[left[p]]
            a.flag = &flag[0] + offset[left[p]]
            a.words = offset[left[p] + 1] - offset[left[p]]
            b.word = &word[0] + offset[right[p]]
            b.letters = &letters[0] + offset[right[p]]
            b.flag = &flag[0] + offset[right[p]]
            b.words = offset[right[p] + 1] - offset[right[p]]
            sl_compare(&w, &a, &b, &out_[p, 0])
        sl_work_free(&w)
    return out
