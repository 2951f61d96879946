# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled scoring of gradient-boosted trees; ``trees.py`` holds the reference and the meaning."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport exp, fabs
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memset


cdef extern from "trees.h" nogil:
    enum:
        SK_STRIDE
    ctypedef struct sk_trees:
        size_t trees
        size_t used
        const uint8_t *sizes
        const int32_t *columns
        const uint16_t *slots
        const float *thresholds
        const uint32_t *left
        const uint32_t *right
        const uint8_t *first
        const uint8_t *middle
        const float *values
        const double *leaves
    void sk_trees_scores(const sk_trees *t, const float *rows, size_t n, size_t width, double *out, float *block) noexcept
    void sk_trees_explain(const sk_trees *t, const float *row, size_t trees, double *out) noexcept


cdef class Forest:
    """The arrays of a model, held for as long as their pointers are in use."""

    cdef sk_trees t
    cdef tuple held
    cdef size_t width

    def __init__(self, const uint8_t[::1] sizes, const int32_t[::1] columns, const uint16_t[::1] slots,
                 const float[::1] thresholds, const uint32_t[::1] left, const uint32_t[::1] right, const uint8_t[::1] first,
                 const uint8_t[::1] middle, const float[::1] values, const double[::1] leaves, size_t width):
        self.held = (sizes, columns, slots, thresholds, left, right, first, middle, values, leaves)
        self.width = width
        self.t.trees = sizes.shape[0]
        self.t.used = columns.shape[0]
        if sizes.shape[0]:
            self.t.sizes = &sizes[0]
            self.t.leaves = &leaves[0]
        if slots.shape[0]:
            self.t.columns = &columns[0]
            self.t.slots = &slots[0]
            self.t.thresholds = &thresholds[0]
            self.t.left = &left[0]
            self.t.right = &right[0]
            self.t.first = &first[0]
            self.t.middle = &middle[0]
            self.t.values = &values[0]

    def scores(self, const float[::1] rows, double[::1] out, bint logistic=False):
        """Write the raw score of each row of a flat row-major buffer to ``out``, or the probability it stands for."""
        cdef size_t i, n = out.shape[0]
        cdef float *block
        if <size_t>rows.shape[0] != n * self.width:
            raise ValueError(f"{rows.shape[0]} numbers are not {n} rows of {self.width}")
        if n == 0:
            return
        block = <float *>PyMem_Malloc((self.t.used + 1) * (SK_STRIDE + 2) * sizeof(float))
        if block == NULL:
            raise MemoryError
        with nogil:
            sk_trees_scores(&self.t, &rows[0], n, self.width, &out[0], block)
            if logistic:
                for i in range(n):
                    out[i] = 1 / (1 + exp(-out[i]))
        PyMem_Free(block)

    def explain(self, const float[::1] row, size_t trees, double[::1] out):
        """Add to ``out`` (one number a feature) what each split on the row's way changed."""
        if <size_t>row.shape[0] != self.width or <size_t>out.shape[0] != self.width:
            raise ValueError(f"a row has {self.width} numbers")
        if trees > self.t.trees:
            trees = self.t.trees
        if trees == 0 or self.width == 0:
            return
        with nogil:
            sk_trees_explain(&self.t, &row[0], trees, &out[0])

    def strongest(self, const float[::1] rows, list which, size_t count):
        """Return ``[[(feature, move), …], …]``: what moved the scores of some rows of a buffer most, row by row."""
        cdef size_t row, width = self.width
        cdef double *moves = <double *>PyMem_Malloc(2 * (width + 1) * sizeof(double))
        cdef list found = []
        if moves == NULL:
            raise MemoryError
        try:
            for row in which:
                if (row + 1) * width > <size_t>rows.shape[0]:
                    raise ValueError(f"there is no row {row}")
                if width:
                    memset(moves, 0, width * sizeof(double))
                    with nogil:
                        sk_trees_explain(&self.t, &rows[row * width], self.t.trees, moves)
                found.append(largest(moves, width, count, moves + width))
        finally:
            PyMem_Free(moves)
        return found


cdef list largest(const double *moves, size_t width, size_t count, double *sizes):
    """Return the ``count`` largest of some moves with their numbers, of equal ones the first."""
    cdef size_t i, k, best
    cdef double most
    cdef list found = []
    for i in range(width):
        sizes[i] = fabs(moves[i])
    for k in range(min(count, width)):
        best, most = 0, -2.0
        for i in range(width):
            if sizes[i] > most:
                best, most = i, sizes[i]
        sizes[best] = -1.0
        found.append((best, moves[best]))
    return found
