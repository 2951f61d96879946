# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled passes over a text's characters; ``textscan.py`` holds the references and the meaning."""

from libc.stdint cimport uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free, malloc


cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)
    object PyUnicode_New(Py_ssize_t size, uint32_t widest)
    object PyUnicode_FromKindAndData(int kind, const void *data, Py_ssize_t size)
    ctypedef struct PyObject
    PyObject *PyBytes_FromStringAndSize(const char *data, Py_ssize_t size)
    char *PyBytes_AS_STRING(PyObject *data)
    int _PyBytes_Resize(PyObject **data, Py_ssize_t size) except -1
    void Py_DECREF(PyObject *item)


cdef extern from "textscan.h" nogil:
    ctypedef struct sk_table:
        const uint8_t *classes
        const uint16_t *flags
        const uint8_t *pairs
        uint32_t width, western, astral, gone, space
    ctypedef struct sk_found:
        uint32_t flags
        size_t pairs, western, foreign, length
    ctypedef struct sk_counts:
        size_t returns, gone, spaces, shorter
    void sk_scan(int kind, const void *s, size_t n, const sk_table *t, sk_found *out)
    size_t sk_tidy(int kind, const void *s, size_t n, void *out, const sk_table *t, int breaks, sk_counts *count)
    size_t sk_seek(int kind, const void *s, size_t n, size_t at, const sk_table *t, uint32_t wanted)
    size_t sk_doubt(int kind, const void *s, size_t n, size_t at, const sk_table *t, uint32_t wanted)
    size_t sk_utf8(int kind, const void *s, size_t n, uint8_t *out)
    size_t sk_high(int kind, const void *s, size_t n, size_t at)


    int sk_scan_utf8(const uint8_t *s, size_t n, const sk_table *t, sk_found *out)
    size_t sk_tidy_utf8(const uint8_t *s, size_t n, uint8_t *out, const sk_table *t, int breaks, sk_counts *count)
    size_t sk_visible(int kind, const void *s, size_t n, void *out, size_t *gone)
    size_t sk_visible_utf8(const uint8_t *s, size_t n, uint8_t *out, size_t *gone)
    ctypedef struct sk_measure:
        size_t length
        uint32_t widest
    int sk_measure_utf8(const uint8_t *s, size_t n, sk_measure *out)
    void sk_write_1(const uint8_t *s, size_t n, uint8_t *out)
    void sk_write_2(const uint8_t *s, size_t n, uint16_t *out)
    void sk_write_4(const uint8_t *s, size_t n, uint32_t *out)


def utf8(str text not None):
    """Return the text in UTF-8, ``None`` where it holds a lone surrogate."""
    cdef int kind = PyUnicode_KIND(text)
    cdef const void *data = PyUnicode_DATA(text)
    cdef size_t n = PyUnicode_GET_LENGTH(text), size
    cdef PyObject *made = PyBytes_FromStringAndSize(NULL, n * (kind + 1 if kind < 4 else 4))
    cdef uint8_t *out
    if made == NULL:
        raise MemoryError
    out = <uint8_t *>PyBytes_AS_STRING(made)
    with nogil:
        size = sk_utf8(kind, data, n, out)
    if size == <size_t>-1:
        Py_DECREF(made)
        return None
    return _shrunk(made, size)


cdef object _shrunk(PyObject *made, size_t size):
    """Return new bytes, of which there are fewer than there was room for."""
    if _PyBytes_Resize(&made, size) < 0:
        raise MemoryError
    result = <object>made
    Py_DECREF(made)
    return result


def decode(bytes data not None):
    """Return the text of bytes in UTF-8, ``None`` where they are not."""
    cdef const uint8_t *s = data
    cdef size_t n = len(data)
    cdef sk_measure found
    cdef bint sound
    cdef void *out
    cdef int kind
    with nogil:
        sound = sk_measure_utf8(s, n, &found)
    if not sound:
        return None
    text = PyUnicode_New(found.length, min(found.widest, <uint32_t>0x10FFFF))
    if found.length == 0:
        return text
    out, kind = PyUnicode_DATA(text), PyUnicode_KIND(text)
    with nogil:
        if kind == 1:
            sk_write_1(s, n, <uint8_t *>out)
        elif kind == 2:
            sk_write_2(s, n, <uint16_t *>out)
        else:
            sk_write_4(s, n, <uint32_t *>out)
    return text


def visible(str text not None):
    """Return the text without the invisible characters that mean nothing where they stand, and how many went."""
    cdef int kind = PyUnicode_KIND(text)
    cdef const void *data = PyUnicode_DATA(text)
    cdef size_t n = PyUnicode_GET_LENGTH(text), size, gone = 0
    cdef void *out = malloc(n * kind + 1)
    if out == NULL:
        raise MemoryError
    with nogil:
        size = sk_visible(kind, data, n, out, &gone)
    try:
        return PyUnicode_FromKindAndData(kind, out, size) if gone else text, gone
    finally:
        free(out)


def visible_utf8(bytes data not None):
    """Return what :func:`visible` does of a text in UTF-8, which it must be."""
    cdef const uint8_t *s = data
    cdef size_t n = len(data), size, gone = 0
    cdef PyObject *made = PyBytes_FromStringAndSize(NULL, n)
    if made == NULL:
        raise MemoryError
    cdef uint8_t *out = <uint8_t *>PyBytes_AS_STRING(made)
    with nogil:
        size = sk_visible_utf8(s, n, out, &gone)
    return _shrunk(made, size), gone


cdef class Stretches:
    """Spans in ascending order, those that touch joined."""

    cdef list found
    cdef Py_ssize_t low, high

    def __cinit__(self):
        self.found, self.low, self.high = [], 0, -1

    cdef int add(self, Py_ssize_t start, Py_ssize_t end) except -1:
        if self.high < 0:
            self.low = max(0, start)
        elif start > self.high:
            self.found.append((self.low, self.high))
            self.low = start
        self.high = end
        return 0

    cdef list end(self):
        if self.high >= 0:
            self.found.append((self.low, self.high))
        return self.found


def neighbourhoods(str text not None, Py_ssize_t reach):
    """Return ``[(start, end), …]``: the stretches within ``reach`` characters of one beyond ASCII."""
    cdef int kind = PyUnicode_KIND(text)
    cdef const void *data = PyUnicode_DATA(text)
    cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text), at
    cdef Stretches found = Stretches()
    at = sk_high(kind, data, n, 0)
    while at < n:
        found.add(at - reach, min(n, at + 1 + reach))
        at = sk_high(kind, data, n, at + 1)
    return found.end()


cdef class Scanner:
    """The passes, bound to one table of classes."""

    cdef sk_table table
    cdef const uint8_t[::1] classes
    cdef const uint16_t[::1] flags
    cdef const uint8_t[::1] pairs

    def __cinit__(self, const uint8_t[::1] classes, const uint16_t[::1] flags, const uint8_t[::1] pairs, *,
                  int western, int astral, int gone, int space):
        cdef Py_ssize_t k = flags.shape[0]
        if classes.shape[0] != 65536 or pairs.shape[0] != k * k:
            raise ValueError("not a table of character classes")
        self.classes, self.flags, self.pairs = classes, flags, pairs
        self.table.classes = &classes[0]
        self.table.flags = &flags[0]
        self.table.pairs = &pairs[0]
        self.table.width = <uint32_t>k
        self.table.western, self.table.astral = western, astral
        self.table.gone, self.table.space = gone, space

    def scan(self, str text not None):
        """Return ``(flags, pairs, western, foreign)`` of a text."""
        cdef int kind = PyUnicode_KIND(text)
        cdef const void *data = PyUnicode_DATA(text)
        cdef size_t n = PyUnicode_GET_LENGTH(text)
        cdef sk_found found
        found.flags = 0
        found.pairs = found.western = found.foreign = 0
        with nogil:
            sk_scan(kind, data, n, &self.table, &found)
        return found.flags, found.pairs, found.western, found.foreign

    def tidy(self, str text not None, bint breaks):
        """Return ``(text, returns, gone, spaces)``: the text with line ends in one form, and what was changed."""
        cdef int kind = PyUnicode_KIND(text)
        cdef const void *data = PyUnicode_DATA(text)
        cdef size_t n = PyUnicode_GET_LENGTH(text), size
        cdef sk_counts count
        count.returns = count.gone = count.spaces = count.shorter = 0
        cdef void *out = malloc(n * kind + 1)
        if out == NULL:
            raise MemoryError
        with nogil:
            size = sk_tidy(kind, data, n, out, &self.table, breaks, &count)
        try:
            return PyUnicode_FromKindAndData(kind, out, size), count.returns, count.gone, count.spaces
        finally:
            free(out)

    def scan_utf8(self, bytes data not None):
        """Return what :meth:`scan` does of a text in UTF-8, and its length in characters; ``None`` where it is not."""
        cdef const uint8_t *s = data
        cdef size_t n = len(data)
        cdef sk_found found
        cdef bint sound
        found.flags = 0
        found.pairs = found.western = found.foreign = 0
        with nogil:
            sound = sk_scan_utf8(s, n, &self.table, &found)
        return (found.flags, found.pairs, found.western, found.foreign, found.length) if sound else None

    def tidy_utf8(self, bytes data not None, bint breaks):
        """Return ``(bytes, (returns, gone, spaces), shorter)`` of a text in UTF-8, which it must be."""
        cdef const uint8_t *s = data
        cdef size_t n = len(data), size
        cdef sk_counts count
        count.returns = count.gone = count.spaces = count.shorter = 0
        cdef PyObject *made = PyBytes_FromStringAndSize(NULL, n)
        if made == NULL:
            raise MemoryError
        cdef uint8_t *out = <uint8_t *>PyBytes_AS_STRING(made)
        with nogil:
            size = sk_tidy_utf8(s, n, out, &self.table, breaks, &count)
        return _shrunk(made, size), (count.returns, count.gone, count.spaces), count.shorter

    def seek(self, str text not None, Py_ssize_t at, uint32_t wanted):
        """Return where the next character with one of the flags stands, the text's length where none does."""
        cdef int kind = PyUnicode_KIND(text)
        cdef const void *data = PyUnicode_DATA(text)
        cdef size_t n = PyUnicode_GET_LENGTH(text), found
        with nogil:
            found = sk_seek(kind, data, n, <size_t>at, &self.table, wanted)
        return found

    def doubts(self, str text not None, Py_ssize_t reach, uint32_t wanted):
        """Return ``[(start, end), …]``: the stretches within ``reach`` of an improbable pair or a flagged character."""
        cdef int kind = PyUnicode_KIND(text)
        cdef const void *data = PyUnicode_DATA(text)
        cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text), at
        cdef Stretches found = Stretches()
        at = sk_doubt(kind, data, n, 0, &self.table, wanted)
        while at < n:
            found.add(at - 1 - reach, min(n, at + 1 + reach))
            at = sk_doubt(kind, data, n, at + 1, &self.table, wanted)
        return found.end()
