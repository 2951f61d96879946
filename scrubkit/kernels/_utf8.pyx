# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled UTF-8 encoder; ``utf8.py`` holds the reference and the meaning."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint16_t, uint32_t


cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)


cdef extern from "utf8.h" nogil:
    size_t sk_utf8_size1(const uint8_t *s, size_t n) noexcept
    size_t sk_utf8_size2(const uint16_t *s, size_t n, size_t *lone) noexcept
    size_t sk_utf8_size4(const uint32_t *s, size_t n, size_t *lone) noexcept
    void sk_utf8_write1(const uint8_t *s, size_t n, uint8_t *out) noexcept
    void sk_utf8_write2(const uint16_t *s, size_t n, uint8_t *out) noexcept
    void sk_utf8_write4(const uint32_t *s, size_t n, uint8_t *out) noexcept


def encode(str text not None):
    """Return the UTF-8 of a string, ``None`` where it holds lone surrogates."""
    cdef size_t n = len(text), size, lone = 0
    cdef int kind = PyUnicode_KIND(text)
    cdef void *data = PyUnicode_DATA(text)
    cdef uint8_t *to
    with nogil:
        if kind == 1:
            size = sk_utf8_size1(<const uint8_t *>data, n)
        elif kind == 2:
            size = sk_utf8_size2(<const uint16_t *>data, n, &lone)
        else:
            size = sk_utf8_size4(<const uint32_t *>data, n, &lone)
    if lone:
        return None
    out = PyBytes_FromStringAndSize(NULL, size)
    to = <uint8_t *>PyBytes_AS_STRING(out)
    with nogil:
        if kind == 1:
            sk_utf8_write1(<const uint8_t *>data, n, to)
        elif kind == 2:
            sk_utf8_write2(<const uint16_t *>data, n, to)
        else:
            sk_utf8_write4(<const uint32_t *>data, n, to)
    return out
