# cython: language_level=3, boundscheck=False, wraparound=False
"""Findings made from hits without the cost of their checks; ``findings.py`` holds the meaning and the reference."""


cdef extern from "Python.h":
    int PyObject_GenericSetAttr(object, object, object) except -1


def add(list made, type finding, frozenset plain, str code, str action, object score, object hits,
        const long[::1] starts, const long[::1] ends, list rows):
    """Append to ``made`` what sorts a finding, and the finding, of each hit of a rule."""
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
        if start <= end and does in plain:
            entry = finding.__new__(finding)
            PyObject_GenericSetAttr(entry, "code", code)
            PyObject_GenericSetAttr(entry, "start", start)
            PyObject_GenericSetAttr(entry, "end", end)
            PyObject_GenericSetAttr(entry, "action", does)
            PyObject_GenericSetAttr(entry, "score", value)
            PyObject_GenericSetAttr(entry, "because", because)
            PyObject_GenericSetAttr(entry, "replacement", None)
        else:
            entry = finding(code, start, end, does, value, because)  # which says what is wrong with it
        made.append((start, end, code, does, -value, len(made), entry))


def order(list made):
    """Sort what :func:`add` appended; return whether two of them differ in nothing that was compared."""
    cdef Py_ssize_t i
    cdef tuple one, other
    made.sort()
    for i in range(1, len(made)):
        one, other = made[i - 1], made[i]
        if (one[0] == other[0] and one[1] == other[1] and one[2] == other[2] and one[3] == other[3]
                and one[4] == other[4]):
            return True
    return False
