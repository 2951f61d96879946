# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled joining of strings to one buffer; ``buffers.py`` states the same in plain Python."""
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memcpy, memset

import numpy as np


cdef extern from "Python.h":
    Py_ssize_t PyUnicode_GET_LENGTH(object)
    int PyUnicode_CheckExact(object)
    int PyUnicode_IS_ASCII(object)
    int PyUnicode_KIND(object)
    void *PyUnicode_DATA(object)


cdef extern from "textscan.h" nogil:
    size_t sk_utf8(int kind, const void *s, size_t n, uint8_t *out)


def joined(list texts, Py_ssize_t pad, held=None):
    """Return ``(data, offsets)`` of the texts; ``pad`` zeros follow the last. ``held`` is written to if it has room."""
    cdef Py_ssize_t count = len(texts), i, n, room = 0
    cdef size_t size
    cdef int64_t at = 0
    cdef int kind
    cdef bytes made
    offsets = np.zeros(count + 1, np.int64)
    cdef int64_t[::1] offsets_ = offsets
    for i in range(count):
        text = texts[i]
        if not isinstance(text, str):
            raise TypeError(f"text {i} is {type(text).__name__}, no string")
        kind = PyUnicode_KIND(text)
        # the most that its characters can take; what is not written to takes no memory
        room += PyUnicode_GET_LENGTH(text) * (1 if PyUnicode_IS_ASCII(text) else kind + 1 if kind < 4 else 4)
    data = held if held is not None and held.shape[0] >= room + pad else np.empty(room + pad, np.uint8)
    cdef uint8_t[::1] data_ = data
    for i in range(count):
        text = texts[i]
        n = PyUnicode_GET_LENGTH(text)
        if PyUnicode_IS_ASCII(text):
            memcpy(&data_[0] + at, PyUnicode_DATA(text), n)
            size = n
        else:
            size = sk_utf8(PyUnicode_KIND(text), PyUnicode_DATA(text), n, &data_[0] + at)
            if size == <size_t>-1:  # a lone surrogate
                made = text.encode("utf-8", "replace")
                size = len(made)
                memcpy(&data_[0] + at, <const uint8_t *>made, size)
        at += size
        offsets_[i + 1] = at
    memset(&data_[0] + at, 0, pad)
    return data[: at + pad], offsets


def lengths(list texts):
    """Return how many characters each text has, int32; None where one is no plain string."""
    cdef Py_ssize_t count = len(texts), i
    made = np.empty(count, np.int32)
    cdef int32_t[::1] made_ = made
    for i in range(count):
        text = texts[i]
        if not PyUnicode_CheckExact(text):
            return None
        made_[i] = <int32_t>PyUnicode_GET_LENGTH(text)
    return made
