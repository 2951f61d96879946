# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled n-gram gains and draws; ``langid.py`` holds the references and the meaning."""

import numpy as np

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport cos, log, sin, sqrt
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t


cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)
    uint32_t PyUnicode_READ(int kind, void *data, Py_ssize_t index) nogil


cdef struct Tables:
    const uint16_t *ids
    const uint8_t *upper
    const uint64_t *keys
    const int32_t *rows
    int shift
    uint32_t mask


cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define scrub_prefetch(p) __builtin_prefetch(p)
    #else
    #define scrub_prefetch(p) ((void)(p))
    #endif
    """
    void scrub_prefetch(const void *place) noexcept nogil


# How many look-ups ahead memory is asked for: the tables are larger than any cache near the processor.
cdef enum:
    AHEAD = 12


cdef inline uint32_t slot_of(const Tables *t, uint64_t key) noexcept nogil:
    return <uint32_t>((key * <uint64_t>0x9E3779B97F4A7C15) >> t.shift)


cdef Py_ssize_t look_up(const Tables *t, const uint64_t *wanted, Py_ssize_t n, int32_t *found) noexcept nogil:
    """Write the rows of those keys that the table holds, in their order."""
    cdef Py_ssize_t i, hits = 0
    cdef uint32_t slot
    for i in range(n):
        if i + AHEAD < n:
            slot = slot_of(t, wanted[i + AHEAD])
            scrub_prefetch(&t.keys[slot])
            scrub_prefetch(&t.rows[slot])
        slot = slot_of(t, wanted[i])
        while t.keys[slot] != 0:
            if t.keys[slot] == wanted[i]:
                found[hits] = t.rows[slot]
                hits += 1
                break
            slot = (slot + 1) & t.mask
    return hits


cdef Py_ssize_t walk(const Tables *t, int kind, void *data, Py_ssize_t n, uint64_t *wanted) noexcept nogil:
    """Write the key of each run, in the order langdetect meets them."""
    cdef Py_ssize_t i, hits = 0, latin = 0, other = 0
    cdef uint32_t ch
    cdef uint64_t a = 0, b = 1, c
    cdef int size = 1
    cdef bint up, drop_latin, last_up = False, capital = False
    for i in range(n):
        ch = PyUnicode_READ(kind, data, i)
        latin += 65 <= ch <= 122
        other += ch >= 0x300
    drop_latin = latin * 2 < other
    for i in range(n):
        ch = PyUnicode_READ(kind, data, i)
        if drop_latin and 65 <= ch <= 122:
            continue
        c = t.ids[ch] if ch < 65536 else 0
        up = t.upper[ch] != 0 if ch < 65536 else False
        if b == 1:
            size = 1
            capital = False
            if c == 1:
                continue
        if size < 3:
            size += 1
        if not up:
            capital = False
        elif last_up:
            capital = True
        last_up = up
        if not capital:
            if c > 1:
                wanted[hits] = <uint64_t>1 << 39 | c
                hits += 1
            wanted[hits] = <uint64_t>2 << 39 | b << 13 | c
            hits += 1
            if size == 3:
                wanted[hits] = <uint64_t>3 << 39 | a << 26 | b << 13 | c
                hits += 1
        a = b
        b = c
    return hits


cdef double unit(const uint32_t *words, Py_ssize_t *at) noexcept nogil:
    """Python's random.random()."""
    cdef uint32_t high = words[at[0]] >> 5, low = words[at[0] + 1] >> 6
    at[0] += 2
    return (high * 67108864.0 + low) / 9007199254740992.0


cdef Py_ssize_t draw(const uint32_t *words, Py_ssize_t *at, Py_ssize_t n, int bits) noexcept nogil:
    """Python's random.choice(): whole bits, drawn again while too great."""
    cdef Py_ssize_t picked = words[at[0]] >> (32 - bits)
    at[0] += 1
    while picked >= n:
        picked = words[at[0]] >> (32 - bits)
        at[0] += 1
    return picked


cdef bint trials(const int32_t *found, Py_ssize_t hits, const int32_t *starts, const uint8_t *langs,
                 const double *shares, const uint32_t *words, Py_ssize_t supply, Py_ssize_t m, double *prob,
                 double *weight, double *out) noexcept nogil:
    """Do what langdetect does: seven times draw runs until one language is nearly certain."""
    cdef Py_ssize_t at = 0, i, j, trial, step
    cdef int32_t row
    cdef int bits = 0
    cdef double alpha, turn, radius, spare = 0.0, total, top
    while hits >> bits:
        bits += 1
    for trial in range(7):
        if at + 64 > supply:
            return False
        if trial % 2 == 0:
            turn = unit(words, &at) * 6.283185307179586
            radius = sqrt(-2.0 * log(1.0 - unit(words, &at)))
            alpha = 0.5 + cos(turn) * radius * 0.05
            spare = sin(turn) * radius
        else:
            alpha = 0.5 + spare * 0.05
        for i in range(m):
            prob[i] = 1.0 / m
        step = 0
        while True:
            if at + 64 > supply:
                return False
            row = found[draw(words, &at, hits, bits)]
            for i in range(m):
                weight[i] = alpha / 10000
            for j in range(starts[row], starts[row + 1]):
                weight[langs[j]] += shares[j]
            for i in range(m):
                prob[i] *= weight[i]
            if step % 5 == 0:
                total = 0.0
                for i in range(m):
                    total += prob[i]
                top = 0.0
                for i in range(m):
                    prob[i] /= total
                    if prob[i] > top:
                        top = prob[i]
                if top > 0.99999 or step >= 1000:
                    break
            step += 1
        for i in range(m):
            out[i] += prob[i] / 7
    return True


cdef class Finder:
    """The tables of n-grams, held for as long as their pointers are in use."""

    cdef Tables t
    cdef tuple held
    cdef const int32_t[::1] starts
    cdef const uint8_t[::1] langs
    cdef const int16_t[::1] gains
    cdef const double[::1] shares
    cdef Py_ssize_t m

    def __init__(self, const uint16_t[::1] ids, const uint8_t[::1] upper, const uint64_t[::1] keys,
                 const int32_t[::1] rows, const int32_t[::1] starts, const uint8_t[::1] langs,
                 const int16_t[::1] gains, const double[::1] shares, Py_ssize_t m):
        cdef uint32_t size = <uint32_t>keys.shape[0]
        if ids.shape[0] != 65536 or upper.shape[0] != 65536 or size < 2 or size & (size - 1) or langs.shape[0] == 0:
            raise ValueError("not tables of n-grams")
        if gains.shape[0] != langs.shape[0] or shares.shape[0] != langs.shape[0] or m > 256:
            raise ValueError("columns of n-gram tables differ in length")
        self.held = (ids, upper, keys, rows)
        self.t.ids, self.t.upper, self.t.keys, self.t.rows = &ids[0], &upper[0], &keys[0], &rows[0]
        self.starts, self.langs, self.gains, self.shares, self.m = starts, langs, gains, shares, m
        self.t.mask = size - 1
        self.t.shift = 64
        while size > 1:
            size >>= 1
            self.t.shift -= 1

    def score(self, str text, int32_t[::1] out):
        """Add to ``out`` what each known run of ``text`` gains each language; return how many there are."""
        cdef int kind = PyUnicode_KIND(text)
        cdef void *data = PyUnicode_DATA(text)
        cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text), hits, i, j
        cdef int32_t *found
        cdef uint64_t *wanted
        if out.shape[0] != self.m:
            raise ValueError(f"one number a language is wanted: {self.m}")
        wanted = <uint64_t *>PyMem_Malloc((3 * n + 1) * (sizeof(uint64_t) + sizeof(int32_t)))
        if wanted == NULL:
            raise MemoryError
        found = <int32_t *>(wanted + 3 * n + 1)
        with nogil:
            hits = look_up(&self.t, wanted, walk(&self.t, kind, data, n, wanted), found)
            for i in range(hits):
                if i + 2 * AHEAD < hits:
                    scrub_prefetch(&self.starts[found[i + 2 * AHEAD]])
                if i + AHEAD < hits:
                    scrub_prefetch(&self.langs[self.starts[found[i + AHEAD]]])
                    scrub_prefetch(&self.gains[self.starts[found[i + AHEAD]]])
                for j in range(self.starts[found[i]], self.starts[found[i] + 1]):
                    out[self.langs[j]] += self.gains[j]
        PyMem_Free(wanted)
        return hits

    def sample(self, str text, const uint32_t[::1] words, double[::1] out):
        """Add to ``out`` the probabilities langdetect gives; return the known runs, -1 where ``words`` ran out."""
        cdef int kind = PyUnicode_KIND(text)
        cdef void *data = PyUnicode_DATA(text)
        cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text), hits
        cdef double prob[256]
        cdef double weight[256]
        cdef bint enough = True
        cdef int32_t *found
        cdef uint64_t *wanted
        if out.shape[0] != self.m:
            raise ValueError(f"one number a language is wanted: {self.m}")
        wanted = <uint64_t *>PyMem_Malloc((3 * n + 1) * (sizeof(uint64_t) + sizeof(int32_t)))
        if wanted == NULL:
            raise MemoryError
        found = <int32_t *>(wanted + 3 * n + 1)
        with nogil:
            hits = look_up(&self.t, wanted, walk(&self.t, kind, data, n, wanted), found)
            if hits:
                enough = trials(found, hits, &self.starts[0], &self.langs[0], &self.shares[0], &words[0],
                                words.shape[0], self.m, prob, weight, &out[0])
        PyMem_Free(wanted)
        return hits if enough else -1


cdef class Walker:
    """A state machine over bytes that names a feature at some states; ``langid_bytes.py`` has checked its tables."""

    cdef const uint32_t[::1] moves
    cdef const uint32_t[::1] rows
    cdef const int32_t[::1] features

    def __init__(self, const uint32_t[::1] moves, const uint32_t[::1] rows, const int32_t[::1] features):
        if moves.shape[0] % 256 or rows.shape[0] == 0 or rows.shape[0] != features.shape[0]:
            raise ValueError("not the tables of a state machine over bytes")
        self.moves, self.rows, self.features = moves, rows, features

    def visits(self, const uint8_t[::1] data):
        """Return the features met, ascending, and how often each was (int32 both)."""
        cdef Py_ssize_t i, n = data.shape[0], hits = 0
        cdef uint32_t state = 0
        cdef int32_t feature
        met = np.empty(n, np.int32)
        cdef int32_t[::1] out = met
        with nogil:
            for i in range(n):
                state = self.moves[(<Py_ssize_t>self.rows[state] << 8) + data[i]]
                feature = self.features[state]
                if feature >= 0:
                    out[hits] = feature
                    hits += 1
        return np.unique(met[:hits], return_counts=True)

    def scores(self, const int32_t[::1] found, const int64_t[::1] counts, const uint16_t[:, ::1] weights,
               const float[::1] halves):
        """Return the sum over features of ``log(1 + count)`` times their weights, which are half floats."""
        cdef Py_ssize_t i, j, m = weights.shape[1]
        cdef double times
        total = np.zeros(m)
        cdef double[::1] out = total
        if halves.shape[0] != 65536 or counts.shape[0] != found.shape[0]:
            raise ValueError("not features with counts, or not a table of half floats")
        with nogil:
            for i in range(found.shape[0]):
                times = log(1.0 + counts[i])
                for j in range(m):
                    out[j] += times * halves[weights[found[i], j]]
        return total
