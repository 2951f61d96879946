# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled search for phrases in the rows of a page; ``rows.py`` holds the meaning."""

from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcmp, memset

from scrubkit.kernels._rows cimport Rows, SK_CLAIMED, SK_COUNT_CHAR, characters, sk_bits, sk_hash


cdef extern from "Python.h":
    int PyUnicode_IS_ASCII(object text)
    void *PyUnicode_DATA(object text)


cdef uint32_t _table_size(Py_ssize_t n):
    cdef uint32_t size = 16
    while size < 2 * n:
        size *= 2
    return size


cdef class Phrases:
    """Phrases ready to be looked for; see :class:`scrubkit.kernels.rows.Phrases`."""

    def __cinit__(self):
        memset(&self.table, 0, sizeof(sk_phrases))

    def __dealloc__(self):
        free(self.table.phrases)
        free(self.table.entries)
        free(self.table.order)
        free(self.table.lines)
        free(self.table.stretches)
        free(self.table.filter)
        free(self.table.heads)
        free(self.table.whole)
        free(self.pool)
        free(self.several)
        free(self.cue)
        free(self.family)

    def __init__(self, list names, list cue, list family, list texts, list code, list where):
        """``texts`` ascend; entry ``i`` says where text ``i`` must stand for which code; of equals the first ranks."""
        cdef Py_ssize_t n = len(texts), m = len(names), total = 0, i
        cdef str text
        for text in texts:
            total += len(text)
        self.names = names
        self.table.chars = characters()
        self.table.pieces_from = self.table.ones_from = 0xFFFFFFFF
        self.table.codes = <int32_t>m
        self.table.phrases = <sk_phrase *>calloc(n + 1, sizeof(sk_phrase))
        self.table.entries = <sk_entry *>calloc(n + 1, sizeof(sk_entry))
        self.table.order = <int32_t *>malloc((n + 1) * sizeof(int32_t))
        self.table.filter = <uint8_t *>calloc(SK_FILTER, 1)
        self.table.heads = <uint64_t *>calloc(SK_MAP, sizeof(uint64_t))
        self.table.whole = <uint64_t *>calloc(SK_MAP, sizeof(uint64_t))
        self.pool = <uint32_t *>malloc((total + 1) * sizeof(uint32_t))
        self.several = <uint8_t *>calloc(n + 1, 1)
        self.cue = <uint8_t *>calloc(m + 1, 1)
        self.family = <int32_t *>calloc(m + 1, sizeof(int32_t))
        if (self.table.phrases == NULL or self.table.entries == NULL or self.table.order == NULL
                or self.table.filter == NULL or self.table.heads == NULL or self.table.whole == NULL
                or self.pool == NULL or self.several == NULL or self.cue == NULL or self.family == NULL):
            raise MemoryError
        for i in range(m):
            self.cue[i], self.family[i] = cue[i], family[i]
        self._index(self._read(texts, code, where))

    cdef Py_ssize_t _read(self, list texts, list code, list where) except -1:
        """Take over phrases and entries; return how many phrases there are."""
        cdef Py_ssize_t i, k, size, at = 0, count = 0
        cdef str text, last = None
        cdef sk_phrase *q = NULL
        for i in range(len(texts)):
            text = texts[i]
            if last is None or text != last:
                size = len(text)
                if not size:
                    raise ValueError("an empty phrase")
                q = &self.table.phrases[count]
                q.text, q.length, q.first = self.pool + at, <int32_t>size, <int32_t>i
                for k in range(size):
                    self.pool[at + k] = PyUnicode_READ_CHAR(text, k)
                    if self.pool[at + k] == 32:
                        self.several[count] = 1
                while q.lead < size and sk_bits(self.table.chars, q.text[q.lead]) & SK_COUNT_CHAR:
                    q.lead += 1
                at += size
                count += 1
                last = text
            q.entries += 1
            self.table.entries[i].phrase = <int32_t>(count - 1)
            self.table.entries[i].code = code[i]
            self.table.entries[i].where = where[i]
            self.table.entries[i].rank = <int32_t>i
        return count

    cdef int _index(self, Py_ssize_t count) except -1:
        cdef Py_ssize_t i, e
        cdef sk_phrase *q
        cdef int32_t where, end
        cdef int line, counted, inside, piece
        cdef uint32_t size = _table_size(2 * count)
        self.table.lines = <sk_line *>malloc(size * sizeof(sk_line))
        if self.table.lines == NULL:
            raise MemoryError
        memset(self.table.lines, 0xFF, size * sizeof(sk_line))
        self.table.lines_mask = size - 1
        for i in range(count):
            q = &self.table.phrases[i]
            line = counted = inside = piece = 0
            for e in range(q.first, q.first + q.entries):
                where = self.table.entries[e].where
                line |= where == SK_AT_LINE
                counted |= where == SK_AT_COUNTED and q.lead < q.length
                inside |= where != SK_AT_LINE and (where != SK_AT_COUNTED or q.lead == q.length)
                piece |= where == SK_AT_PIECE
            if line:
                self._line(<int32_t>i, 0, q.length, 0)
            if counted:
                self.table.counted = 1
                end = q.length
                while sk_bits(self.table.chars, q.text[end - 1]) & SK_COUNT_CHAR:
                    end -= 1
                self._line(<int32_t>i, q.lead, end, 1)
            if inside:
                if q.length == 1:
                    self.table.ones_from = min(self.table.ones_from, q.text[0])
                if piece:
                    self.table.pieces_from = min(self.table.pieces_from, q.text[0])
                self.table.order[self.table.ordered] = <int32_t>i
                self.table.ordered += 1
                self.table.filter[sk_pair(q.text[0], q.text[1] if q.length > 1 else 0)] |= (
                    (SK_PIECE_BEGINS if piece else 0)
                    | (SK_ONE if q.length == 1 else SK_TWO if q.length == 2 else SK_BEGINS)
                )
        return self._stretch()

    cdef void _line(self, int32_t phrase, int32_t start, int32_t end, int counted):
        cdef uint64_t key = sk_hash(self.table.phrases[phrase].text + start, end - start)
        cdef uint32_t at = <uint32_t>key & self.table.lines_mask
        while self.table.lines[at].phrase >= 0:
            at = (at + 1) & self.table.lines_mask
        self.table.lines[at].hash = key
        self.table.lines[at].phrase = phrase
        self.table.lines[at].counted = counted
        sk_map(self.table.whole, <uint32_t>(key >> 32))

    cdef bint _alike(self, int32_t one, int32_t other) noexcept:
        """Whether two sorted phrases begin alike: in the same six characters, or the shorter ones not at all."""
        cdef const sk_phrase *p = &self.table.phrases[self.table.order[one]]
        cdef const sk_phrase *q = &self.table.phrases[self.table.order[other]]
        return p.length >= SK_HEAD and q.length >= SK_HEAD and not memcmp(p.text, q.text, SK_HEAD * sizeof(uint32_t))

    cdef int _stretch(self) except -1:
        """Index the sorted phrases by how they begin."""
        cdef uint32_t size = _table_size(self.table.ordered), at
        cdef int32_t i = 0, end
        cdef uint64_t key
        cdef const sk_phrase *q
        self.table.stretches = <sk_stretch *>malloc(size * sizeof(sk_stretch))
        if self.table.stretches == NULL:
            raise MemoryError
        memset(self.table.stretches, 0xFF, size * sizeof(sk_stretch))
        self.table.stretches_mask = size - 1
        while i < self.table.ordered:
            q = &self.table.phrases[self.table.order[i]]
            key = sk_hash(q.text, min(q.length, SK_HEAD))
            sk_map(self.table.heads, sk_mixed(q.text, min(q.length, SK_HEAD)))
            end = i + 1
            while end < self.table.ordered and self._alike(i, end):
                end += 1
            at = <uint32_t>key & self.table.stretches_mask
            while self.table.stretches[at].low >= 0:
                at = (at + 1) & self.table.stretches_mask
            self.table.stretches[at].key = key
            self.table.stretches[at].low = i
            self.table.stretches[at].high = end
            i = end
        return 0

    def find(self, Rows rows, bint every=False):
        """Return what is found in the rows: of each code the first hit a row, or every one."""
        cdef Found out = Found.__new__(Found)
        cdef sk_finder f
        cdef int32_t i
        memset(&f, 0, sizeof(sk_finder))
        f.every = every
        f.best = <int32_t *>calloc(2 * self.table.codes + 2, sizeof(int32_t))
        if f.best == NULL:
            raise MemoryError
        f.touched = f.best + self.table.codes + 1
        with nogil:
            for i in range(<int32_t>rows.page.count):
                sk_find(&f, &self.table, &rows.page, i)
        free(f.best)
        out.found, out.count, out.phrases, out.rows = f.found, f.count, self, rows
        if f.failed:
            raise MemoryError
        out._index()
        return out

    cdef int64_t say(self, str text) except? -2:
        cdef uint32_t small[256]
        cdef const uint8_t *data
        cdef Py_ssize_t n = len(text), i
        cdef sk_finder f
        cdef int32_t best[64]
        cdef int32_t touched[32]
        cdef int64_t out = 0
        if not PyUnicode_IS_ASCII(text) or n > 256 or self.table.codes > 32:
            return -1
        data = <const uint8_t *>PyUnicode_DATA(text)
        for i in range(n):
            small[i] = data[i] + 32 if 65 <= data[i] <= 90 else data[i]
            sk_bits(self.table.chars, small[i])  # learned where it is met for the first time
        memset(&f, 0, sizeof(sk_finder))
        memset(best, 0, sizeof(best))
        f.best, f.touched = best, touched
        sk_inside(&f, &self.table, small, <int32_t>n, 0)
        for i in range(f.touches):
            out |= <int64_t>1 << touched[i]
        free(f.found)
        return out

    def within(self, str text):
        """Return, as bits, the codes of which a phrase stands in a text, capitals not told from small letters.

        -1 (all of them) for a text that is not ASCII.
        """
        return self.say(text)


cdef class Found:
    """Phrases found in a page; see :class:`scrubkit.kernels.rows.Found`."""

    cdef sk_found *found
    cdef int64_t count
    cdef Phrases phrases
    cdef Rows rows
    cdef int32_t *first  # by row: its first hit; one more than rows
    cdef readonly object present

    def __dealloc__(self):
        free(self.found)
        free(self.first)

    cdef int _index(self) except -1:
        """Number the hits by row, say which codes are there and which rows are claimed."""
        cdef Py_ssize_t n = self.rows.page.count, i
        cdef int64_t at = 0
        cdef int32_t code
        cdef set present = set()
        self.first = <int32_t *>malloc((n + 1) * sizeof(int32_t))
        if self.first == NULL:
            raise MemoryError
        for i in range(n):
            self.first[i] = <int32_t>at
            while at < self.count and self.found[at].row == i:
                code = self._code(at)
                present.add(code)
                at += 1
        self.first[n] = <int32_t>at
        self.present = frozenset([self.phrases.names[code] for code in present])
        for i in range(n):
            if self.first[i] < self.first[i + 1] and self._claimed(i):
                self.rows.page.rows[i].flags |= SK_CLAIMED
        return 0

    cdef inline int32_t _code(self, int64_t at) noexcept:
        return self.phrases.table.entries[self.found[at].entry].code

    cdef uint64_t _families(self, Py_ssize_t row) noexcept:
        cdef uint64_t out = 0
        cdef int64_t at
        if not 0 <= row < self.rows.page.count:
            return 0
        for at in range(self.first[row], self.first[row + 1]):
            if self.phrases.cue[self._code(at)] & 2:
                out |= <uint64_t>1 << (self.phrases.family[self._code(at)] & 63)
        return out

    cdef bint _claimed(self, Py_ssize_t row) noexcept:
        cdef uint64_t families = self._families(row)
        cdef int64_t at
        if not families:
            return False
        for at in range(self.first[row], self.first[row + 1]):
            if self.phrases.cue[self._code(at)] and self.phrases.several[self._phrase(at)]:
                return True
        return (families & (self._families(row - 1) | self._families(row + 1))) != 0

    cdef inline int32_t _phrase(self, int64_t at) noexcept:
        return self.phrases.table.entries[self.found[at].entry].phrase

    cdef bint _says_more(self, Py_ssize_t row, Py_ssize_t than) noexcept:
        """Whether a row has a cue whose phrase another has not."""
        cdef int64_t at, other
        for at in range(self.first[row], self.first[row + 1]):
            if not self.phrases.cue[self._code(at)]:
                continue
            for other in range(self.first[than], self.first[than + 1]):
                if self._phrase(other) == self._phrase(at) and self.phrases.cue[self._code(other)]:
                    break
            else:
                return True
        return False

    def among(self, Py_ssize_t row):
        """Return how many of the two rows before and after a row have a cue that the row itself has not."""
        cdef Py_ssize_t near
        cdef int out = 0
        if not 0 <= row < self.rows.page.count:
            raise IndexError("no such row")
        for near in range(max(0, row - 2), min(self.rows.page.count, row + 3)):
            if near != row and self._says_more(near, row):
                out += 1
        return out

    def hits(self, Py_ssize_t code=-1):
        """Return ``(row, entry, start, end)`` of each hit, or of those of one code, by row."""
        cdef int64_t at
        return [(self.found[at].row, self.found[at].entry, self.found[at].start, self.found[at].end)
                for at in range(self.count) if code < 0 or self._code(at) == code]

    def rows_of(self, Py_ssize_t code):
        """Return the rows in which a code was found."""
        cdef int64_t at
        return [self.found[at].row for at in range(self.count) if self._code(at) == code]

    def cued(self):
        """Return the rows that have a cue of any code."""
        cdef Py_ssize_t i
        cdef int64_t at
        cdef list out = []
        for i in range(self.rows.page.count):
            for at in range(self.first[i], self.first[i + 1]):
                if self.phrases.cue[self._code(at)]:
                    out.append(i)
                    break
        return out
