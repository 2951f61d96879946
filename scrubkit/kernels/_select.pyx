# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled choice of the blocks to keep; ``select.py`` holds the reference and the meaning."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stddef cimport size_t
from libc.math cimport fabs, rint
from libc.stdint cimport uint8_t

from array import array


cdef extern from "members.h":
    Py_ssize_t sk_member(object type, object name)
    void sk_fill(object thing, Py_ssize_t offset, object value)
    object sk_bare(object type)


cdef extern from "select.h" nogil:
    ctypedef struct sk_chance:
        pass
    void sk_select(const double *p, const double *words, size_t n, double weight, double least, uint8_t *flags,
                   sk_chance *room) noexcept
    void sk_temper(const double *p, size_t n, double factor, double *out) noexcept


def choose(const double[::1] chances, const double[::1] words, double weight, double least):
    """Return a bytearray with 1 for each block that is kept."""
    cdef size_t n = chances.shape[0]
    cdef sk_chance *room
    cdef uint8_t[::1] kept
    if <size_t>words.shape[0] != n:
        raise ValueError(f"{n} probabilities for {words.shape[0]} numbers of words")
    flags = bytearray(n)
    if n == 0:
        return flags
    kept = flags
    room = <sk_chance *>PyMem_Malloc(2 * n * sizeof(sk_chance))
    if room == NULL:
        raise MemoryError
    with nogil:
        sk_select(&chances[0], &words[0], n, weight, least, &kept[0], room)
    PyMem_Free(room)
    return flags


def runs(const uint8_t[::1] flags, const double[::1] chances, const double[::1] words, double sure):
    """Return ``[(first, end, kept, mean, widest), …]`` of dropped blocks and of kept ones that are sure."""
    cdef size_t n = flags.shape[0], at = 0, end, widest
    cdef int state
    cdef double hits, total, weight
    cdef list found = []
    if <size_t>chances.shape[0] != n or <size_t>words.shape[0] != n:
        raise ValueError(f"{n} flags for {chances.shape[0]} probabilities and {words.shape[0]} numbers of words")
    while at < n:
        state = 0 if not flags[at] else 2 if chances[at] >= sure else 1
        end = widest = at
        hits = total = 0.0
        while end < n and state == (0 if not flags[end] else 2 if chances[end] >= sure else 1):
            weight = words[end] if words[end] > 1.0 else 1.0
            hits += chances[end] * weight
            total += weight
            if words[end] > words[widest]:
                widest = end
            end += 1
        if state != 1:
            found.append((at, end, state == 2, hits / total, widest))
        at = end
    return found


def temper(const double[::1] chances, double factor):
    """Return the probabilities with their log-odds multiplied, as ``array('d')``."""
    cdef size_t n = chances.shape[0]
    cdef double[::1] made
    out = array("d", bytes(8 * n))
    if n:
        made = out
        sk_temper(&chances[0], n, factor, &made[0])
    return out


cdef class Teller:
    """Findings of runs, for a class of findings with slots. Immutable."""

    cdef type finding
    cdef Py_ssize_t code, start, end, action, score, because, replacement

    def __init__(self, type finding not None):
        """Raises ``TypeError`` where a field is none of the class's slots."""
        places = [sk_member(finding, name) for name in ("code", "start", "end", "action", "score", "because", "replacement")]
        if min(places) < 0:
            raise TypeError(f"{finding.__name__} has no slots for all fields")
        self.finding = finding
        self.code, self.start, self.end, self.action, self.score, self.because, self.replacement = places

    def tell(self, list found, const long[::1] starts, const long[::1] ends, const long[::1] blocks, list moves,
             tuple codes, double sure, double most):
        """Return a finding for each run; ``moves`` explain the dropped ones in their order."""
        cdef Py_ssize_t first, end, dropped = 0, count = starts.shape[0]
        cdef long a, b
        cdef bint kept
        cdef double mean
        cdef dict because
        cdef list told = []
        if ends.shape[0] != count:
            raise ValueError("columns differ in length")
        for first, end, kept, mean, _ in found:
            if not 0 <= first < end <= blocks.shape[0]:
                raise IndexError(f"no run {first}:{end}")
            a, b = blocks[first], blocks[end - 1]
            if not (0 <= a <= b < count) or starts[a] > ends[b]:
                raise IndexError(f"no blocks {a} to {b}")
            because = {"probability": thousandths(mean), "blocks": end - first}
            if not kept:
                if moves[dropped]:
                    because["strongest"] = moves[dropped]
                dropped += 1
            one = sk_bare(self.finding)
            sk_fill(one, self.code, codes[1] if kept else codes[0])
            sk_fill(one, self.start, starts[a])
            sk_fill(one, self.end, ends[b])
            sk_fill(one, self.action, "keep" if kept else "remove")
            sk_fill(one, self.score, sure if kept else thousandths(min(most, 1 - mean)))
            sk_fill(one, self.because, because)
            sk_fill(one, self.replacement, None)
            told.append(one)
        return told


cdef object thousandths(double x):
    """Return ``round(x, 3)``: by arithmetic where no half is near, which no error of the product can then turn."""
    cdef double scaled = x * 1000, whole = rint(scaled)
    if fabs(scaled) < 1e9 and fabs(fabs(scaled - whole) - 0.5) > 1e-6:
        return whole / 1000
    return round(x, 3)
