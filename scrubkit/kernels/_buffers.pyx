# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled joining of strings to one buffer; ``buffers.py`` states the same in plain Python."""
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memcpy, memset

import numpy as np


cdef extern from "Python.h":
    Py_ssize_t PyUnicode_GET_LENGTH(object)
    int PyUnicode_IS_ASCII(object)
    int PyUnicode_KIND(object)
    void *PyUnicode_DATA(object)

ctypedef fused unit:
    uint8_t
    uint16_t
    uint32_t


cdef int64_t _size(const unit *s, Py_ssize_t n) noexcept nogil:
    """Return how many bytes the characters take; a lone surrogate takes one."""
    cdef int64_t size = n
    cdef Py_ssize_t i
    for i in range(n):
        size += s[i] >= 0x80
        if unit is not uint8_t:
            size += (s[i] >= 0x800) - 2 * ((s[i] & ~<unit>0x7FF) == 0xD800)
        if unit is uint32_t:
            size += s[i] >= 0x10000
    return size


cdef void _write(const unit *s, Py_ssize_t n, uint8_t *to) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint32_t c
    for i in range(n):
        c = s[i]
        if c < 0x80:
            to[0] = <uint8_t>c
            to += 1
        elif c < 0x800:
            to[0] = <uint8_t>(0xC0 | c >> 6)
            to[1] = <uint8_t>(0x80 | (c & 63))
            to += 2
        elif c >> 11 == 27:  # D800 to DFFF
            to[0] = 63
            to += 1
        elif c < 0x10000:
            to[0] = <uint8_t>(0xE0 | c >> 12)
            to[1] = <uint8_t>(0x80 | (c >> 6 & 63))
            to[2] = <uint8_t>(0x80 | (c & 63))
            to += 3
        else:
            to[0] = <uint8_t>(0xF0 | c >> 18)
            to[1] = <uint8_t>(0x80 | (c >> 12 & 63))
            to[2] = <uint8_t>(0x80 | (c >> 6 & 63))
            to[3] = <uint8_t>(0x80 | (c & 63))
            to += 4


def joined(list texts, Py_ssize_t pad):
    """Return ``(data, offsets)`` of the texts; ``pad`` zeros follow the last."""
    cdef Py_ssize_t count = len(texts), i, n
    cdef int64_t at = 0
    cdef void *s
    cdef int kind
    offsets = np.zeros(count + 1, np.int64)
    cdef int64_t[::1] offsets_ = offsets
    for i in range(count):
        text = texts[i]
        if not isinstance(text, str):
            raise TypeError(f"text {i} is {type(text).__name__}, no string")
        n = PyUnicode_GET_LENGTH(text)
        s = PyUnicode_DATA(text)
        kind = PyUnicode_KIND(text)
        if PyUnicode_IS_ASCII(text):
            at += n
        elif kind == 1:
            at += _size(<const uint8_t*>s, n)
        elif kind == 2:
            at += _size(<const uint16_t*>s, n)
        else:
            at += _size(<const uint32_t*>s, n)
        offsets_[i + 1] = at
    data = np.empty(at + pad, np.uint8)
    cdef uint8_t[::1] data_ = data
    memset(&data_[0] + at, 0, pad)
    for i in range(count):
        text = texts[i]
        n = PyUnicode_GET_LENGTH(text)
        s = PyUnicode_DATA(text)
        kind = PyUnicode_KIND(text)
        if PyUnicode_IS_ASCII(text):
            memcpy(&data_[0] + offsets_[i], s, n)
        elif kind == 1:
            _write(<const uint8_t*>s, n, &data_[0] + offsets_[i])
        elif kind == 2:
            _write(<const uint16_t*>s, n, &data_[0] + offsets_[i])
        else:
            _write(<const uint32_t*>s, n, &data_[0] + offsets_[i])
    return data, offsets
