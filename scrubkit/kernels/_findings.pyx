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

    def add(self, list made, str code, str action, object score, object hits, const long[::1] starts,
            const long[::1] ends, list rows):
        """Append to ``made`` the finding of each hit of a rule."""
        cdef Py_ssize_t size = len(rows), first, last
        cdef long start, end
        cdef object because, own, acting, value, does, entry
        for first_, last_, because, own, acting in hits:
            first, last = first_, last_
            first += size if first < 0 else 0
            last += size if last < 0 else 0
            if not (0 <= first < size and 0 <= last < size):
                raise IndexError("no such row")
            start, end = starts[<Py_ssize_t>rows[first]], ends[<Py_ssize_t>rows[last]]
            does = action if acting is None else acting
            value = score if own is None else own
            if not because:
                because = {}
            if start <= end and (does is action or does in self.plain) and type(does) is str and (
                    type(value) is float or type(value) is int):
                entry = sk_bare(self.finding)
                sk_fill(entry, self.code, code)
                sk_fill(entry, self.start, start)
                sk_fill(entry, self.end, end)
                sk_fill(entry, self.action, does)
                sk_fill(entry, self.score, value)
                sk_fill(entry, self.because, because)
                sk_fill(entry, self.replacement, None)
            else:
                entry = self.finding(code, start, end, does, value, because)  # which says what is wrong with it
            made.append(entry)

    def order(self, list made):
        """Sort findings by place, code, action and score; return whether that tells all of them apart."""
        cdef size_t n = len(made), i
        cdef bint told = True
        cdef Ranked *ranks = <Ranked *>malloc((n + 1) * sizeof(Ranked))
        cdef list before = made[:]
        if ranks == NULL:
            raise MemoryError
        try:
            for i in range(n):
                finding = before[i]
                if type(finding) is not self.finding:
                    return False
                code, action = <str?>sk_field(finding, self.code), <str?>sk_field(finding, self.action)
                ranks[i].start, ranks[i].end = sk_field(finding, self.start), sk_field(finding, self.end)
                ranks[i].score = sk_field(finding, self.score)
                ranks[i].code, ranks[i].action = <PyObject *>code, <PyObject *>action
                ranks[i].finding = <PyObject *>finding
            qsort(ranks, n, sizeof(Ranked), by_place)
            for i in range(n):
                made[i] = <object>ranks[i].finding
                told = told and not (i and by_place(&ranks[i - 1], &ranks[i]) == 0)
        finally:
            free(ranks)
        return told
