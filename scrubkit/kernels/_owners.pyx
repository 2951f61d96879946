# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled reading of what elements say of the rows they hold; ``owners.py`` holds the meaning and the reference."""

from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc

from scrubkit.kernels._cues cimport Phrases

cdef enum:
    WIDTH = 12
    FIELDS = 4

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
        cdef set silent = set()  # names on this page that say nothing
        if len(attrs) != n or len(tags) != n:
            raise ValueError("the columns of the elements differ in length")
        self.count = len(blocks)
        self.rows = <uint64_t *>malloc((self.count + 1) * sizeof(uint64_t))
        found = <uint64_t *>malloc((n + 1) * sizeof(uint64_t))
        try:
            if self.rows == NULL or found == NULL:
                raise MemoryError
            for i in range(n):
                found[i] = _inherit(_own(<str>attrs[i], <str>tags[i], stems, known, silent, ask), found[parent[i]] if 0 <= parent[i] < i else 0)
            for i in range(self.count):
                block = blocks[i]
                if not 0 <= block < owner.shape[0] or not 0 <= owner[block] < n:
                    raise IndexError("a block of no element")
                self.rows[i] = found[owner[block]]
                seen |= self.rows[i]
        finally:
            free(found)
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


cdef uint64_t _own(str attrs, str tag, Phrases stems, dict known, set silent, object ask) except? 1:
    cdef uint64_t own = 0
    if attrs:
        value = known.get(attrs)
        if value is None and attrs not in silent:
            if stems.say(attrs):
                value = ask(attrs)
            else:
                silent.add(attrs)
        own = 0 if value is None else value
    if len(tag) == 6 and tag == "footer":
        own |= FOOTER
    elif len(tag) == 7 and tag == "article":
        own |= ARTICLE
    return own


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
