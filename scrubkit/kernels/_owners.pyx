# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled reading of what elements say of the rows they hold; ``owners.py`` holds the meaning and the reference."""

from libc.stdint cimport uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcmp, memcpy

from scrubkit.kernels._cues cimport Phrases

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)


cdef enum:
    WIDTH = 12
    FIELDS = 4
    KEPT = 512  # names of a page of which what they say is kept; a power of two

ctypedef struct sk_name:
    const char *data  # NULL: an empty place
    Py_ssize_t size, length
    uint64_t said

cdef uint64_t FOOTER = <uint64_t>1 << (WIDTH * FIELDS)
cdef uint64_t ARTICLE = FOOTER << 1


cdef class Owners:
    """What each row's element and its ancestors say; see :class:`scrubkit.kernels.owners.Owners`."""

    cdef uint64_t *rows
    cdef Py_ssize_t count
    cdef readonly object present

    def __dealloc__(self):
        free(self.rows)

    def __init__(self, const long[::1] parent, tuple attrs, tuple tags, const long[::1] owner, list blocks,
                 Phrases stems, dict known, object ask):
        cdef Py_ssize_t n = parent.shape[0], i, block
        cdef uint64_t *found
        cdef uint64_t seen = 0
        cdef sk_name *names
        if len(attrs) != n or len(tags) != n:
            raise ValueError("the columns of the elements differ in length")
        self.count = len(blocks)
        self.rows = <uint64_t *>malloc((self.count + 1) * sizeof(uint64_t))
        found = <uint64_t *>malloc((n + 1) * sizeof(uint64_t))
        names = <sk_name *>calloc(KEPT, sizeof(sk_name))
        try:
            if self.rows == NULL or found == NULL or names == NULL:
                raise MemoryError
            for i in range(n):
                found[i] = _inherit(_tag(<str>tags[i]) | _said(<str>attrs[i], names, stems, known, ask),
                                    found[parent[i]] if 0 <= parent[i] < i else 0)
            for i in range(self.count):
                block = blocks[i]
                if not 0 <= block < owner.shape[0] or not 0 <= owner[block] < n:
                    raise IndexError("a block of no element")
                self.rows[i] = found[owner[block]]
                seen |= self.rows[i]
        finally:
            free(found)
            free(names)
        self.present = seen

    def select(self, int field):
        """Return ``(row, number)`` of each row of which a field says something."""
        cdef Py_ssize_t i
        cdef uint64_t number
        cdef list out = []
        for i in range(self.count):
            number = self.rows[i] >> (WIDTH * field) & ((1 << WIDTH) - 1)
            if number:
                out.append((i, number))
        return out

    def footer(self):
        """Return the rows inside of a footer that is not inside of, and does not hold, an article."""
        cdef Py_ssize_t i
        return [i for i in range(self.count) if self.rows[i] & (FOOTER | ARTICLE) == FOOTER]


cdef inline uint64_t _tag(str tag) noexcept:
    if len(tag) == 6 and tag == "footer":
        return FOOTER
    return ARTICLE if len(tag) == 7 and tag == "article" else 0


cdef uint64_t _said(str attrs, sk_name *names, Phrases stems, dict known, object ask) except? 1:
    """What a name says; the last of the page's names with its hash is kept, for most names stand there many times."""
    cdef const char *data
    cdef Py_ssize_t size
    cdef sk_name *name
    if not attrs:
        return 0
    data = <const char *>PyUnicode_DATA(attrs)
    size = len(attrs) * PyUnicode_KIND(attrs)
    name = &names[_hash(data, size)]
    if name.data != NULL and name.size == size and name.length == len(attrs) and not memcmp(name.data, data, size):
        return name.said
    value = known.get(attrs, None) if stems.say(attrs) else 0
    name.said = ask(attrs) if value is None else value
    name.data, name.size, name.length = data, size, len(attrs)
    return name.said


cdef inline uint64_t _hash(const char *data, Py_ssize_t size) noexcept:
    cdef uint64_t out = size, part = 0
    while size >= 8:
        memcpy(&part, data, 8)
        out = (out ^ part) * <uint64_t>0x9e3779b97f4a7c15
        out ^= out >> 29
        data += 8
        size -= 8
    part = 0
    memcpy(&part, data, size)
    out = (out ^ part) * <uint64_t>0x9e3779b97f4a7c15
    return out >> 55  # as many bits as KEPT has


cdef inline uint64_t _inherit(uint64_t own, uint64_t above) noexcept:
    cdef int field
    cdef uint64_t mask = (1 << WIDTH) - 1
    own |= above & (FOOTER | ARTICLE)
    if not above:
        return own
    for field in range(FIELDS):
        if not own & mask:
            own |= above & mask
        mask <<= WIDTH
    return own
