# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled scoring of gradient-boosted trees; ``trees.py`` holds the reference and the meaning."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport exp, fabs, rint
from libc.stddef cimport size_t
from libc.stdint cimport int8_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset


cdef extern from "trees.h" nogil:
    enum:
        SK_PAIR
        SK_PIECE
        SK_ROWS
    ctypedef struct sk_node:
        uint16_t column
        int8_t bin
        int8_t first
        int8_t turn
    ctypedef struct sk_trees:
        size_t trees
        size_t width
        size_t columns
        uint8_t *sizes
        sk_node *nodes
        double *leaves
        uint32_t *cuts_from
        float *cuts
        uint16_t *reads
        float *values
    size_t sk_below(const float *cuts, size_t n, float x) noexcept
    void sk_trees_free(sk_trees *t) noexcept
    int sk_trees_columns(sk_trees *t, size_t nodes, const uint16_t *features, const float *thresholds,
                         uint32_t *column_of) noexcept
    int sk_trees_ways(sk_trees *t, size_t leaves) noexcept
    void sk_trees_scores(const sk_trees *t, const float *rows, size_t n, double *out, int8_t *block) noexcept
    void sk_trees_explain(const sk_trees *t, const float *rows, const size_t *which, size_t count, size_t trees,
                          double *out, int8_t *block) noexcept


cdef class Forest:
    """A model as the kernel reads it. Immutable, shared between threads."""

    cdef sk_trees t
    cdef tuple names

    def __cinit__(self):
        memset(&self.t, 0, sizeof(sk_trees))

    def __dealloc__(self):
        sk_trees_free(&self.t)

    def __init__(self, tuple names, const uint8_t[::1] sizes, const uint16_t[::1] features, const float[::1] thresholds,
                 const uint8_t[::1] first, const uint8_t[::1] middle, const float[::1] values, const double[::1] leaves):
        """Take the arrays of a model as they stand in its file, checked by ``trees.load``."""
        cdef size_t nodes = features.shape[0], i, cut, column
        cdef uint32_t *column_of
        cdef int made
        self.names = names
        self.t.trees, self.t.width = sizes.shape[0], len(names)
        self.t.sizes = <uint8_t *>malloc(sizes.shape[0] + 1)
        self.t.leaves = <double *>malloc((leaves.shape[0] + 1) * sizeof(double))
        self.t.nodes = <sk_node *>malloc((nodes + 1) * sizeof(sk_node))
        self.t.reads = <uint16_t *>malloc((nodes + 1) * sizeof(uint16_t))
        self.t.values = <float *>malloc((nodes + 1) * sizeof(float))
        column_of = <uint32_t *>PyMem_Malloc((self.t.width + 1) * sizeof(uint32_t))
        try:
            if (self.t.sizes == NULL or self.t.leaves == NULL or self.t.nodes == NULL or self.t.reads == NULL
                    or self.t.values == NULL or column_of == NULL):
                raise MemoryError
            if sizes.shape[0]:
                memcpy(self.t.sizes, &sizes[0], sizes.shape[0])
                memcpy(self.t.leaves, &leaves[0], leaves.shape[0] * sizeof(double))
            if nodes and sk_trees_columns(&self.t, nodes, &features[0], &thresholds[0], column_of):
                raise MemoryError
            for i in range(nodes):
                column = column_of[features[i]]
                cut = sk_below(self.t.cuts + self.t.cuts_from[column],
                               self.t.cuts_from[column_of[features[i] + 1]] - self.t.cuts_from[column], thresholds[i])
                self.t.nodes[i].column = <uint16_t>(column + cut / SK_PIECE)
                self.t.nodes[i].bin = <int8_t>(<int>(cut % SK_PIECE) - 127)
                self.t.reads[i], self.t.values[i] = features[i], values[i]
                self.t.nodes[i].first, self.t.nodes[i].turn = first[i], first[i] ^ middle[i]
            made = sk_trees_ways(&self.t, leaves.shape[0])
            if made < 0:
                raise MemoryError
            if made > 0:
                raise ValueError("the nodes of the model make no trees")
        finally:
            PyMem_Free(column_of)

    def scores(self, const float[::1] rows, double[::1] out, bint logistic=False):
        """Write the raw score of each row of a flat row-major buffer to ``out``, or the probability it stands for."""
        cdef size_t i, n = out.shape[0]
        cdef int8_t *block
        if <size_t>rows.shape[0] != n * self.t.width:
            raise ValueError(f"{rows.shape[0]} numbers are not {n} rows of {self.t.width}")
        if n == 0:
            return
        block = <int8_t *>PyMem_Malloc(self.t.columns * SK_ROWS + 1)
        if block == NULL:
            raise MemoryError
        with nogil:
            sk_trees_scores(&self.t, &rows[0], n, &out[0], block)
            if logistic:
                for i in range(n):
                    out[i] = 1 / (1 + exp(-out[i]))
        PyMem_Free(block)

    def explain(self, const float[::1] row, size_t trees, double[::1] out):
        """Add to ``out`` (one number a feature) what each split on the row's way changed."""
        if <size_t>row.shape[0] != self.t.width or <size_t>out.shape[0] != self.t.width:
            raise ValueError(f"a row has {self.t.width} numbers")
        cdef int8_t *block = <int8_t *>PyMem_Malloc(self.t.columns * SK_PAIR + 1)
        if block == NULL:
            raise MemoryError
        with nogil:
            sk_trees_explain(&self.t, &row[0], NULL, 1, min(trees, self.t.trees), &out[0], block)
        PyMem_Free(block)

    def strongest(self, const float[::1] rows, which, size_t count):
        """Return ``[{name: move, …}, …]``: what moved the scores of some rows of a buffer most, to two decimals."""
        cdef size_t width = self.t.width, asked = len(which), row, here, at, r
        cdef size_t chosen[SK_PAIR]
        cdef double *moves = <double *>PyMem_Malloc((SK_PAIR + 1) * width * sizeof(double))
        cdef int8_t *block = <int8_t *>PyMem_Malloc(self.t.columns * SK_PAIR + 1)
        cdef list found = []
        try:
            if moves == NULL or block == NULL:
                raise MemoryError
            for at in range(0, asked, SK_PAIR):
                here = min(asked - at, <size_t>SK_PAIR)
                for r in range(here):
                    row = which[at + r]
                    if (row + 1) * width > <size_t>rows.shape[0]:
                        raise ValueError(f"there is no row {row}")
                    chosen[r] = row
                memset(moves, 0, here * width * sizeof(double))
                with nogil:
                    sk_trees_explain(&self.t, &rows[0], chosen, here, self.t.trees, moves, block)
                for r in range(here):
                    found.append(self.largest(moves + r * width, count, moves + SK_PAIR * width))
        finally:
            PyMem_Free(moves)
            PyMem_Free(block)
        return found

    cdef dict largest(self, const double *moves, size_t count, double *sizes):
        """Return the ``count`` largest of some moves by name, of equal ones the first."""
        cdef size_t i, best, width = self.t.width
        cdef double most
        cdef dict found = {}
        for i in range(width):
            sizes[i] = fabs(moves[i])
        for _ in range(min(count, width)):
            best, most = 0, -2.0
            for i in range(width):
                if sizes[i] > most:
                    best, most = i, sizes[i]
            sizes[best] = -1.0
            found[self.names[best]] = hundredths(moves[best])
        return found


cdef object hundredths(double x):
    """Return ``round(x, 2)``: by arithmetic where no half is near, which no error of the product can then turn."""
    cdef double scaled = x * 100, whole = rint(scaled)
    if fabs(scaled) < 1e9 and fabs(fabs(scaled - whole) - 0.5) > 1e-6:
        return whole / 100
    return round(x, 2)
