# cython: language_level=3, boundscheck=False, wraparound=False
"""Findings made from hits without the cost of their checks; ``findings.py`` holds the meaning and the reference."""

from libc.stdint cimport int64_t
from libc.stdlib cimport free, malloc, qsort


cdef extern from "Python.h":
    ctypedef struct PyObject
    int PyUnicode_Compare(PyObject *, PyObject *) noexcept nogil  # of two strings; asked only where the GIL is held


cdef extern from "members.h":
    Py_ssize_t sk_member(object type, object name)
    object sk_field(object thing, Py_ssize_t offset)
    void sk_fill(object thing, Py_ssize_t offset, object value)
    object sk_bare(object type)


ctypedef struct Ranked:
    int64_t start, end
    double score
    PyObject *code  # borrowed, as the next two are
    PyObject *action
    PyObject *finding


cdef int by_text(PyObject *a, PyObject *b) noexcept nogil:
    return 0 if a == b else PyUnicode_Compare(a, b)


cdef int by_place(const void *a, const void *b) noexcept nogil:
    cdef const Ranked *x = <const Ranked *>a
    cdef const Ranked *y = <const Ranked *>b
    cdef int order
    if x.start != y.start:
        return 1 if x.start > y.start else -1
    if x.end != y.end:
        return 1 if x.end > y.end else -1
    order = by_text(x.code, y.code)
    if order == 0:
        order = by_text(x.action, y.action)
    return order if order else (x.score < y.score) - (x.score > y.score)


cdef class Maker:
    """Makes and sorts findings, objects of a class with slots. Immutable."""

    cdef type finding
    cdef frozenset plain
    cdef Py_ssize_t start, end, code, action, score, because, replacement

    def __init__(self, type finding not None, frozenset plain not None):
        """``plain`` are the actions that want no replacement. Raises ``TypeError`` where a field is no slot."""
        self.finding, self.plain = finding, plain
        places = [sk_member(finding, name)
                  for name in ("start", "end", "code", "action", "score", "because", "replacement")]
        if min(places) < 0:
            raise TypeError(f"{finding.__name__} has not the slots of a finding")
        self.start, self.end, self.code, self.action, self.score, self.because, self.replacement = places

    def page(self, const long[::1] starts, const long[::1] ends, list rows not None):
        """Return what takes the hits of a page; see :class:`scrubkit.kernels.findings.Made`."""
        cdef Made out = Made.__new__(Made)
        out.maker, out.starts, out.ends, out.rows, out.found = self, starts, ends, rows, []
        return out


cdef class Made:
    """The findings of a page; see :class:`scrubkit.kernels.findings.Made`."""

    cdef Maker maker
    cdef const long[::1] starts
    cdef const long[::1] ends
    cdef list rows
    cdef readonly list found

    def add(self, str code not None, str action not None, object score, object hits):
        """Append the finding of each hit of a rule."""
        cdef Maker maker = self.maker
        cdef list found = self.found, rows = self.rows
        cdef Py_ssize_t size = len(rows), count = self.starts.shape[0], first, last, opens, closes
        cdef long start, end
        cdef object because, own, acting, value, does, entry
        for first_, last_, because, own, acting in hits:
            first, last = first_, last_
            first += size if first < 0 else 0
            last += size if last < 0 else 0
            if not (0 <= first < size and 0 <= last < size):
                raise IndexError("no such row")
            opens, closes = rows[first], rows[last]
            if not (0 <= opens < count and 0 <= closes < self.ends.shape[0]):
                raise IndexError("a row of no block")
            start, end = self.starts[opens], self.ends[closes]
            does = action if acting is None else acting
            value = score if own is None else own
            if not because:
                because = {}
            if start <= end and does in maker.plain and type(does) is str and (
                    type(value) is float or type(value) is int):
                entry = sk_bare(maker.finding)
                sk_fill(entry, maker.code, code)
                sk_fill(entry, maker.start, start)
                sk_fill(entry, maker.end, end)
                sk_fill(entry, maker.action, does)
                sk_fill(entry, maker.score, value)
                sk_fill(entry, maker.because, because)
                sk_fill(entry, maker.replacement, None)
            else:
                entry = maker.finding(code, start, end, does, value, because)  # which says what is wrong with it
            found.append(entry)

    def order(self):
        """Sort the findings by place, code, action and score; return whether that tells all of them apart."""
        cdef Maker maker = self.maker
        cdef list found = self.found, before = found[:]
        cdef size_t n = len(found), i
        cdef bint told = True
        cdef Ranked *ranks = <Ranked *>malloc((n + 1) * sizeof(Ranked))
        if ranks == NULL:
            raise MemoryError
        try:
            for i in range(n):
                finding = before[i]
                if type(finding) is not maker.finding:
                    return False
                code, action = <str?>sk_field(finding, maker.code), <str?>sk_field(finding, maker.action)
                ranks[i].start, ranks[i].end = sk_field(finding, maker.start), sk_field(finding, maker.end)
                ranks[i].score = sk_field(finding, maker.score)
                ranks[i].code, ranks[i].action = <PyObject *>code, <PyObject *>action
                ranks[i].finding = <PyObject *>finding
            qsort(ranks, n, sizeof(Ranked), by_place)
            for i in range(n):
                found[i] = <object>ranks[i].finding
                told = told and not (i and by_place(&ranks[i - 1], &ranks[i]) == 0)
        finally:
            free(ranks)
        return told
