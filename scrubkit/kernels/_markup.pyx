# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled reading of a page's tags; ``markup.py`` holds the reference and the meaning."""

from libc.stdint cimport uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset


cdef extern from "Python.h":
    ctypedef struct PyObject
    PyObject *PyBytes_FromStringAndSize(const char *data, Py_ssize_t size) except NULL
    char *PyBytes_AS_STRING(PyObject *data)
    int _PyBytes_Resize(PyObject **data, Py_ssize_t size) except -1
    void Py_XDECREF(PyObject *item)


cdef extern from "markup.h" nogil:
    enum:
        SK_CUTS
        SK_MOST_ACTIVE
    ctypedef struct sk_open:
        uint64_t name
    ctypedef struct sk_cut:
        size_t start, end
        int kind
    ctypedef struct sk_rules:
        size_t depth, attributes, names
    ctypedef struct sk_slim:
        uint8_t *data
        size_t made, done
        int off, told
    void sk_slim_to(sk_slim *o, const uint8_t *s, size_t to)
    ctypedef struct sk_page:
        sk_slim slim
        const sk_rules *rules
        int strip, narrow, failed
        sk_open *stack
        uint64_t *seen
        size_t seen_mask
        sk_cut *cuts
        size_t cut_count, tags, given, reopened, framesets
        size_t left_out[4]
    uint64_t sk_name_hash(const uint8_t *s, size_t n, int fold)
    void sk_know(sk_rules *r, uint64_t name, uint64_t bits)
    void sk_follow(sk_page *p, const uint8_t *s, size_t n)


cdef class Reader:
    """The known names and the limits."""

    cdef sk_rules rules

    def __cinit__(self, dict names not None, size_t depth, size_t attributes, size_t most):
        cdef bytes name
        cdef const uint8_t *data
        memset(&self.rules, 0, sizeof(sk_rules))
        self.rules.depth, self.rules.attributes, self.rules.names = depth, attributes, most
        for name, bits in names.items():
            data = name
            sk_know(&self.rules, sk_name_hash(data, len(name), 1), bits)

    def follow(self, bytes data not None, bint strip, bint narrow, bint slim=False, bint told=False):
        """Return ``(cuts, left_out, tags, attributes, reopened, framesets, slim)``; a cut is ``(start, end, kind)``.

        ``slim`` is the page in less bytes, ``None`` where it is not wanted or not to be had; with ``told`` what it says of
        itself stays.
        """
        cdef PyObject *made = NULL
        cdef sk_page page
        cdef const uint8_t *s = data
        cdef size_t n = len(data), i, size = 1
        memset(&page, 0, sizeof(page))
        page.rules, page.strip, page.narrow = &self.rules, strip, narrow
        while narrow and size < 2 * self.rules.names + 2:
            size *= 2
        page.stack = <sk_open *>calloc(self.rules.depth + SK_MOST_ACTIVE + 2, sizeof(sk_open))
        page.seen = <uint64_t *>calloc(size, sizeof(uint64_t))
        page.seen_mask = size - 1
        page.slim.off, page.slim.told = not slim, told
        try:
            if slim:
                made = PyBytes_FromStringAndSize(NULL, n)
                page.slim.data = <uint8_t *>PyBytes_AS_STRING(made)
            if page.stack == NULL or page.seen == NULL:
                raise MemoryError
            with nogil:
                sk_follow(&page, s, n)
                if not page.slim.off:
                    sk_slim_to(&page.slim, s, n)
            if page.failed:
                raise MemoryError
            cuts = [(page.cuts[i].start, page.cuts[i].end, page.cuts[i].kind) for i in range(page.cut_count)]
            less = None
            if not page.slim.off:
                _PyBytes_Resize(&made, page.slim.made)
                less = <object>made
            left_out = [page.left_out[i] for i in range(<size_t>SK_CUTS)]
            return cuts, left_out, page.tags, page.given, page.reopened, page.framesets, less
        finally:
            Py_XDECREF(made)
            free(page.stack)
            free(page.seen)
            free(page.cuts)
