# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled sketch of UTF-8 documents; ``sketch_reference.py`` states the same in plain Python."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memchr

import numpy as np


cdef extern from "sketch.h" nogil:
    ctypedef struct sk_tokens:
        uint64_t *kept
        size_t keeps
    ctypedef struct sk_room:
        sk_tokens t
    ctypedef struct sk_rules:
        const uint32_t *table
        const uint8_t *ascii
        int filter
        size_t long_line
        size_t short_line
        size_t least
    ctypedef struct sk_ops:
        int level
    ctypedef struct sk_result:
        uint32_t *signature
        int32_t *words
        int32_t *every
        uint64_t *text
        uint32_t *stem
        uint8_t *flag
        int64_t *stem_offset
    sk_ops sk_choose(int)
    int sk_sketch(const sk_rules*, const sk_ops*, const uint8_t*, const int64_t*, int64_t, const uint8_t*,
                  const int64_t*, int, const uint32_t*, const uint32_t*, int, sk_result*)
    int sk_reserve(sk_room*, size_t, int)
    void sk_release(sk_room*)
    const uint8_t *sk_dropped(const uint8_t*, const int64_t*, int64_t)
    void sk_document(const sk_rules*, const sk_ops*, const uint8_t*, size_t, const uint8_t*, sk_tokens*)
    void sk_grams(const uint64_t*, size_t, int, uint64_t*)
    size_t sk_gram_count(size_t, int)


cdef extern from "sketch_lines.h" nogil:
    size_t sk_line_ends(const uint8_t*, size_t)
    uint64_t sk_line_hash(const uint8_t*, size_t, uint8_t*)


def level(int most=4):
    """Return the instruction set in use: 0 portable, 3 AVX2, 4 AVX-512."""
    return sk_choose(most).level


cdef sk_rules _rules(const uint32_t[::1] table, const uint8_t[::1] ascii, rules):
    cdef sk_rules r
    r.table = &table[0]
    r.ascii = &ascii[0]
    r.filter, r.long_line, r.short_line, r.least = rules
    return r


def sketch(const uint8_t[::1] data, const int64_t[::1] offset, const uint32_t[::1] table, const uint8_t[::1] ascii,
           rules, const uint8_t[::1] drop, const int64_t[::1] line_offset, int n, const uint32_t[::1] a,
           const uint32_t[::1] b, bint stems, int most):
    """Return ``(signatures, words, every, text, stem, flag, stem_offset)`` of the documents."""
    cdef int64_t docs = offset.shape[0] - 1
    cdef int perms = <int>a.shape[0]
    cdef sk_rules r = _rules(table, ascii, rules)
    cdef sk_ops ops = sk_choose(most)
    cdef sk_result out
    cdef int failed
    cdef bint dropping = line_offset.shape[0] > 1
    total = int(offset[docs] - offset[0])
    signature = np.empty((docs, perms), np.uint32)
    words = np.empty(docs, np.int32)
    every = np.empty(docs, np.int32)
    text = np.empty((docs, 2), np.uint64)
    room = total // 2 + docs + 1 if stems else 1
    stem = np.empty(room, np.uint32)
    flag = np.empty(room, np.uint8)
    stem_offset = np.zeros(docs + 1, np.int64)
    cdef uint32_t[:, ::1] signature_ = signature
    cdef int32_t[::1] words_ = words
    cdef int32_t[::1] every_ = every
    cdef uint64_t[:, ::1] text_ = text
    cdef uint32_t[::1] stem_ = stem
    cdef uint8_t[::1] flag_ = flag
    cdef int64_t[::1] stem_offset_ = stem_offset
    if docs:
        out.signature = &signature_[0, 0] if perms else NULL
        out.words = &words_[0]
        out.every = &every_[0]
        out.text = &text_[0, 0]
        out.stem = &stem_[0] if stems else NULL
        out.flag = &flag_[0]
        out.stem_offset = &stem_offset_[0]
        with nogil:
            failed = sk_sketch(&r, &ops, &data[0], &offset[0], docs, &drop[0] if dropping else NULL,
                               &line_offset[0] if dropping else NULL, n, &a[0] if perms else NULL,
                               &b[0] if perms else NULL, perms, &out)
        if failed == -2:
            raise ValueError("a text of 2 GB or more cannot be sketched; split it")
        if failed:
            raise MemoryError
    used = int(stem_offset[docs])
    return signature, words, every, text, stem[:used], flag[:used], stem_offset


def grams(const uint8_t[::1] data, const int64_t[::1] offset, const uint32_t[::1] table, const uint8_t[::1] ascii,
          rules, const uint8_t[::1] drop, const int64_t[::1] line_offset, int n, const int64_t[::1] which):
    """Return ``(values, offsets)``: 64-bit hashes of the word n-grams of the chosen documents, in text order."""
    cdef sk_rules r = _rules(table, ascii, rules)
    cdef sk_ops ops = sk_choose(4)
    cdef sk_room room
    cdef Py_ssize_t i, m, at = 0, longest = 0, total = 0, docs = which.shape[0]
    cdef int64_t d, size
    cdef int failed, width
    cdef bint dropping = line_offset.shape[0] > 1
    for i in range(docs):
        size = offset[which[i] + 1] - offset[which[i]]
        total += size // 2 + 2  # a word has a byte and a separator, or two bytes and more
        longest = max(longest, size)
    values = np.empty(total + 1, np.uint64)
    offsets = np.zeros(docs + 1, np.int64)
    cdef uint64_t[::1] values_ = values
    cdef int64_t[::1] offsets_ = offsets
    with nogil:
        failed = sk_reserve(&room, longest, 0)
        if not failed:
            for i in range(docs):
                d = which[i]
                sk_document(&r, &ops, &data[0] + offset[d], offset[d + 1] - offset[d],
                            sk_dropped(&drop[0], &line_offset[0], d) if dropping else NULL, &room.t)
                m = sk_gram_count(room.t.keeps, n)
                width = <int>room.t.keeps if <int>room.t.keeps < n else n
                sk_grams(room.t.kept, m, width, &values_[at])
                at += m
                offsets_[i + 1] = at
            sk_release(&room)
    if failed:
        raise MemoryError
    return values[:at], offsets


def line_table(const uint8_t[::1] data, const int64_t[::1] offset):
    """Return ``(hashes, sizes, line_offset)``: every line's bytes without spaces at its ends, numbers alike."""
    cdef Py_ssize_t docs = offset.shape[0] - 1, d, i, j, end, at, lines = 0, q = 0, longest = 0
    cdef const uint8_t *s
    cdef const uint8_t *found
    line_offset = np.zeros(docs + 1, np.int64)
    cdef int64_t[::1] line_offset_ = line_offset
    if docs == 0 or data.shape[0] == 0:
        return np.empty(0, np.uint64), np.empty(0, np.int32), line_offset
    s = &data[0]
    with nogil:
        for d in range(docs):
            at = offset[d]
            end = offset[d + 1]
            if at < end:
                lines += sk_line_ends(s + at, end - at) + (s[end - 1] != 10)
                longest = max(longest, end - at)
            line_offset_[d + 1] = lines
    hashes = np.empty(lines, np.uint64)
    sizes = np.empty(lines, np.int32)
    scratch = np.empty(longest + 24, np.uint8)
    cdef uint64_t[::1] hashes_ = hashes
    cdef int32_t[::1] sizes_ = sizes
    cdef uint8_t[::1] scratch_ = scratch
    with nogil:
        for d in range(docs):
            at = offset[d]
            end = offset[d + 1]
            while at < end:
                found = <const uint8_t*>memchr(s + at, 10, end - at)
                j = end if found == NULL else found - s
                i = at
                at = j + 1
                while i < j and s[i] <= 32:
                    i += 1
                while j > i and s[j - 1] <= 32:
                    j -= 1
                sizes_[q] = <int32_t>(j - i)
                hashes_[q] = sk_line_hash(s + i, j - i, &scratch_[0]) if j > i else 0
                q += 1
    return hashes, sizes, line_offset


def anchors(const uint64_t[::1] hashes, const int32_t[::1] sizes, const int64_t[::1] line_offset):
    """Return the hash of each document's longest line, the greatest hash among equals; 0 without lines."""
    cdef Py_ssize_t docs = line_offset.shape[0] - 1, d, q
    cdef int32_t longest
    cdef uint64_t best
    out = np.zeros(docs, np.uint64)
    cdef uint64_t[::1] out_ = out
    with nogil:
        for d in range(docs):
            longest = -1
            best = 0
            for q in range(line_offset[d], line_offset[d + 1]):
                if sizes[q] > longest or (sizes[q] == longest and hashes[q] > best):
                    longest = sizes[q]
                    best = hashes[q]
            out_[d] = best
    return out
