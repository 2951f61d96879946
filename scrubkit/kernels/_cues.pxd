# cython: language_level=3
"""What ``_owners.pyx`` asks of phrases."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from scrubkit.kernels._rows cimport sk_chars, sk_page


cdef extern from "cues.h" nogil:
    enum:
        SK_FILTER, SK_HEAD, SK_BEGINS, SK_PIECE_BEGINS, SK_TWO, SK_ONE, SK_AT_LINE, SK_AT_PIECE, SK_AT_COUNTED, SK_MAP

    ctypedef struct sk_phrase:
        const uint32_t *text
        int32_t length, lead, first, entries

    ctypedef struct sk_entry:
        int32_t phrase, code, where, rank

    ctypedef struct sk_stretch:
        uint64_t key
        int32_t low, high

    ctypedef struct sk_line:
        uint64_t hash
        int32_t phrase, counted

    ctypedef struct sk_phrases:
        const sk_chars *chars
        sk_phrase *phrases
        sk_entry *entries
        int32_t *order
        int32_t ordered
        sk_line *lines
        uint32_t lines_mask
        sk_stretch *stretches
        uint32_t stretches_mask
        uint8_t *filter
        uint64_t *heads
        uint64_t *whole
        int32_t codes
        int counted
        uint32_t pieces_from, ones_from

    ctypedef struct sk_found:
        int32_t row, entry, start, end

    ctypedef struct sk_finder:
        sk_found *found
        int64_t count, room
        int32_t *best
        int32_t *touched
        int32_t touches
        int every, failed

    uint32_t sk_pair(uint32_t, uint32_t)
    uint32_t sk_mixed(const uint32_t *, int32_t)
    void sk_map(uint64_t *, uint32_t)
    void sk_find(sk_finder *, const sk_phrases *, const sk_page *, int32_t)
    void sk_inside(sk_finder *, const sk_phrases *, const uint32_t *, int32_t, int32_t)


cdef class Phrases:
    cdef sk_phrases table
    cdef uint32_t *pool
    cdef uint8_t *several  # by phrase: 1 where it has a space
    cdef uint8_t *cue      # by code: 1 where it is a cue's, 2 where a row it names is no entry of a menu
    cdef int32_t *family   # by code
    cdef readonly list names
    cdef Py_ssize_t _read(self, list texts, list code, list where) except -1
    cdef int _index(self, Py_ssize_t count) except -1
    cdef void _line(self, int32_t phrase, int32_t start, int32_t end, int counted)
    cdef bint _alike(self, int32_t one, int32_t other) noexcept
    cdef int _stretch(self) except -1
    cdef int64_t say(self, str text) except? -2
