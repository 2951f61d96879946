# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled scan of a text's characters; ``textscan.py`` holds the reference and the meaning."""

from libc.stdint cimport uint8_t, uint16_t, uint32_t


cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)


ctypedef fused unit:
    uint8_t
    uint16_t
    uint32_t


cdef struct Found:
    uint32_t flags
    Py_ssize_t pairs
    Py_ssize_t western
    Py_ssize_t foreign


cdef void scan_units(const unit *text, Py_ssize_t n, const uint8_t *classes, const uint16_t *flags,
                     const uint8_t *pairs, uint32_t k, uint16_t western, uint16_t gone, Found *out) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint32_t ch, c, last = 0, seen = 0
    for i in range(n):
        ch = text[i]
        if ch >= 0xFFFF:
            c = classes[0xFFFF]
            if ch < 0x1F000 or ch >= 0x1FC00:
                seen |= gone
            out.foreign += 1
        else:
            c = classes[ch]
            if ch >= 0x80:
                if flags[c] & western:
                    out.western += 1
                else:
                    out.foreign += 1
        if c | last:
            seen |= flags[c]
            out.pairs += pairs[last * k + c]
            last = c
    out.flags = seen


def scan(str text, const uint8_t[::1] classes, const uint16_t[::1] flags, const uint8_t[::1] pairs, int western, int gone):
    """Return ``(flags, pairs, western, foreign)`` of a text."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void *data = PyUnicode_DATA(text)
    cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
    cdef uint32_t k = <uint32_t>flags.shape[0]
    cdef Found found
    if classes.shape[0] != 65536 or <Py_ssize_t>pairs.shape[0] != <Py_ssize_t>k * k:
        raise ValueError("not a table of character classes")
    found.flags = 0
    found.pairs = found.western = found.foreign = 0
    with nogil:
        if kind == 1:
            scan_units[uint8_t](<const uint8_t *>data, n, &classes[0], &flags[0], &pairs[0], k, western, gone, &found)
        elif kind == 2:
            scan_units[uint16_t](<const uint16_t *>data, n, &classes[0], &flags[0], &pairs[0], k, western, gone, &found)
        else:
            scan_units[uint32_t](<const uint32_t *>data, n, &classes[0], &flags[0], &pairs[0], k, western, gone, &found)
    return found.flags, found.pairs, found.western, found.foreign
