# cython: language_level=3
"""What ``_cues.pyx`` reads of a page's rows."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t


cdef extern from "rows.h" nogil:
    enum:
        SK_POINTS, SK_MANY
        SK_KNOWN, SK_SPACE, SK_WORD, SK_RUN, SK_DIGIT, SK_DECIMAL, SK_WIDE, SK_MARK, SK_TERM, SK_CLOSER, SK_JOINED
        SK_ALPHA, SK_SPECIAL, SK_ARROWED, SK_CRUMBED, SK_OPENING, SK_BEHIND, SK_COUNT_CHAR, SK_FRAME
        SK_PROSE, SK_TABLE, SK_TITLED, SK_CLAIMED

    ctypedef struct sk_chars:
        uint32_t (*learn)(uint32_t) noexcept nogil
        uint32_t *bits
        uint32_t *fold
        uint32_t many[512][4]
        uint32_t used
        uint64_t openers[256]

    ctypedef struct sk_row:
        int64_t start, end, plain, fold
        uint64_t hash
        double link
        int32_t fold_length, words, sentences, block, first, next
        uint32_t flags

    ctypedef struct sk_page:
        const sk_chars *chars
        sk_row *rows
        int64_t count
        uint32_t *buffer
        int64_t used, room
        uint32_t seen
        int64_t curly, straight
        int failed

    ctypedef struct sk_words:
        uint64_t *keys
        int32_t *seen
        int64_t size
        uint64_t shapes

    void sk_want(sk_words *, uint64_t, uint32_t, int64_t)
    int sk_shared(sk_words *, const sk_page *, int32_t)
    int sk_measure(sk_page *, const void *, int, int64_t, int32_t)
    int sk_group(sk_page *)
    void sk_finish(sk_page *)
    void sk_opener_put(sk_chars *, uint64_t)
    uint64_t sk_hash(const uint32_t *, int64_t)
    uint32_t sk_bits(const sk_chars *, uint32_t)


cdef const sk_chars *characters() noexcept nogil


cdef class Rows:
    cdef sk_page page
    cdef readonly str source
    cdef readonly bint linked
    cdef int kind
    cdef void *data
    cdef sk_row *_row(self, Py_ssize_t row) except NULL
    cdef int _fill(self, const long[::1] starts, const long[::1] ends, const uint8_t[::1] kinds,
                   const long[::1] link_chars, const uint8_t[::1] roles, bint structured) noexcept nogil
