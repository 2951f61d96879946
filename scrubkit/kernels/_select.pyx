# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled choice of the blocks to keep; ``select.py`` holds the reference and the meaning."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t

from array import array


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
