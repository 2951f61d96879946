# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled rows of a page and the phrases in them; ``rows.py`` holds the meaning, ``rows_reference.py`` the reference."""

from cpython.unicode cimport PyUnicode_FromKindAndData, PyUnicode_READ_CHAR, PyUnicode_Substring
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from scrubkit.kernels import rows_classes as classes


cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)


cdef sk_chars CHARS
CHARS.bits = <uint32_t *>calloc(SK_POINTS, sizeof(uint32_t))  # untouched pages of it take no memory
CHARS.fold = <uint32_t *>calloc(SK_POINTS, sizeof(uint32_t))
if CHARS.bits == NULL or CHARS.fold == NULL:
    raise MemoryError
CHARS.learn = _learn

cdef dict _EXTRA = {}
for _chars, _bits in (
    (classes.MARKS, SK_MARK), (classes.TERMINAL, SK_TERM | SK_SPECIAL), (classes.CLOSING, SK_CLOSER),
    (classes.OPENINGS, SK_OPENING), (classes.BEHIND, SK_BEHIND), (classes.COUNT_CHARS, SK_COUNT_CHAR), ("(（", SK_FRAME),
    ("←⟵→⟶«‹»›<>", SK_ARROWED), ("›»→▸", SK_CRUMBED), ("\"'“”‘’:>/|(©y", SK_SPECIAL),
):
    for _char in _chars:
        _EXTRA[_char] = _EXTRA.get(_char, 0) | _bits


cdef uint32_t _learn(uint32_t code) noexcept with gil:
    """Ask Python what a character is, once."""
    cdef str char = chr(code), folded
    cdef uint32_t bits = SK_KNOWN | <uint32_t>_EXTRA.get(char, 0)
    cdef uint32_t k
    if CHARS.bits[code]:  # another thread was first
        return CHARS.bits[code]
    if char.isspace():
        bits |= SK_SPACE
    if char.isalnum() or code == c"_":
        bits |= SK_WORD
    if any([low <= code <= high for low, high in classes.WIDE]):
        bits |= SK_WIDE | SK_SPECIAL
    elif bits & SK_WORD:
        bits |= SK_RUN
    if char.isdigit():
        bits |= SK_DIGIT
    if char.isdecimal():
        bits |= SK_DECIMAL | SK_SPECIAL | SK_CLOSER
    if char.isalnum() and not any([low <= code <= high for low, high in classes.APART]):
        bits |= SK_JOINED
    if char.isalpha():
        bits |= SK_ALPHA
    folded = classes.QUOTES.get(char, char).casefold()
    if bits & SK_SPACE:
        CHARS.fold[code] = 32
    elif len(folded) == 1 and folded not in "ı\u0307" and folded.isalpha() == char.isalpha():
        CHARS.fold[code] = ord(folded)
    elif CHARS.used < 512:  # there are about 110 such characters
        for k in range(len(folded)):
            CHARS.many[CHARS.used][k + 1] = ord(folded[k])
        CHARS.many[CHARS.used][0] = len(folded)
        CHARS.fold[code] = SK_MANY | CHARS.used
        CHARS.used += 1
    CHARS.bits[code] = bits
    for char in folded:  # so that what stands in a comparison form is known
        if not CHARS.bits[<uint32_t>ord(char)]:
            _learn(ord(char))
    return bits


for _code in range(128):
    _learn(_code)


cdef const sk_chars *characters() noexcept nogil:
    return &CHARS


for _word in classes.OPENERS:
    sk_opener_put(&CHARS, word_hash(_word))


cdef class Wanted:
    """Words that are looked for in rows."""

    cdef sk_words words

    def __dealloc__(self):
        free(self.words.keys)
        free(self.words.seen)

    def __init__(self, list words):
        cdef Py_ssize_t i
        cdef str word
        self.words.size = 16
        while self.words.size < 2 * len(words):
            self.words.size *= 2
        self.words.keys = <uint64_t *>calloc(self.words.size, sizeof(uint64_t))
        self.words.seen = <int32_t *>calloc(self.words.size, sizeof(int32_t))
        if self.words.keys == NULL or self.words.seen == NULL:
            raise MemoryError
        for word in words:
            sk_want(&self.words, word_hash(word), PyUnicode_READ_CHAR(word, 0), len(word))

    def met(self, list words):
        """Return those that were met."""
        cdef uint64_t at, key
        cdef str word
        cdef set out = set()
        for word in words:
            key = word_hash(word)
            at = key & <uint64_t>(self.words.size - 1)
            while self.words.keys[at] != key:
                at = (at + 1) & <uint64_t>(self.words.size - 1)
            if self.words.seen[at]:
                out.add(word)
        return out


cdef uint64_t word_hash(str word) except? 0:
    cdef Py_ssize_t n = len(word), i
    cdef uint32_t *codes = <uint32_t *>malloc((n + 1) * sizeof(uint32_t))
    cdef uint64_t out
    if codes == NULL:
        raise MemoryError
    for i in range(n):
        codes[i] = PyUnicode_READ_CHAR(word, i)
    out = sk_hash(codes, n)
    free(codes)
    return out


cdef class Rows:
    """The rows of a page; see :class:`scrubkit.kernels.rows.Rows`."""

    def __cinit__(self):
        memset(&self.page, 0, sizeof(sk_page))

    def __dealloc__(self):
        free(self.page.rows)
        free(self.page.buffer)

    def __init__(self, str text, const long[::1] starts, const long[::1] ends, const uint8_t[::1] kinds,
                 const long[::1] link_chars, const uint8_t[::1] roles, bint structured):
        """``roles`` says of each kind of block: 1 blank, 2 cell or preformatted, 4 heading or caption, 8 list item."""
        cdef Py_ssize_t n = kinds.shape[0], i, size = len(text)
        cdef int64_t at = 0
        cdef int failed
        if starts.shape[0] != n or ends.shape[0] != n or (link_chars is not None and link_chars.shape[0] != n):
            raise ValueError("the columns of the blocks differ in length")
        for i in range(n):
            if kinds[i] >= roles.shape[0] or not 0 <= starts[i] <= ends[i] <= size:
                raise ValueError(f"block {i} is not a span of the text")
            at += not roles[kinds[i]] & 1
        self.source = text
        self.linked = link_chars is not None
        self.kind = PyUnicode_KIND(text)
        self.data = PyUnicode_DATA(text)
        self.page.chars = &CHARS
        self.page.room = size + size // 8 + 64
        self.page.rows = <sk_row *>malloc((at + 1) * sizeof(sk_row))
        self.page.buffer = <uint32_t *>malloc(self.page.room * sizeof(uint32_t))
        if self.page.rows == NULL or self.page.buffer == NULL:
            raise MemoryError
        with nogil:
            failed = self._fill(starts, ends, kinds, link_chars, roles, structured)
        if failed:
            raise MemoryError

    cdef int _fill(self, const long[::1] starts, const long[::1] ends, const uint8_t[::1] kinds,
                   const long[::1] link_chars, const uint8_t[::1] roles, bint structured) noexcept nogil:
        cdef sk_row *r
        cdef Py_ssize_t i
        cdef uint8_t role
        for i in range(kinds.shape[0]):
            role = roles[kinds[i]]
            if role & 1:
                continue
            r = &self.page.rows[self.page.count]
            r.start, r.end, r.block = starts[i], ends[i], <int32_t>i
            r.flags = (SK_TABLE if role & 2 else 0) | (SK_TITLED if role & 4 else 0)
            r.link = -1
            if self.linked:
                r.link = link_chars[i]  # a share once the text is stripped
            self.page.count += 1
        for i in range(self.page.count):
            r = &self.page.rows[i]
            if not sk_measure(&self.page, self.data, self.kind, i,
                              (roles[kinds[r.block]] & 8) != 0 if structured else -1):
                return 1
        if not sk_group(&self.page):
            return 1
        sk_finish(&self.page)
        return 0

    def __len__(self):
        return self.page.count

    @property
    def seen(self):
        """The flags of all rows together."""
        return self.page.seen

    @property
    def curly(self):
        """Curly quotation marks of the page."""
        return self.page.curly

    @property
    def straight(self):
        """Straight quotation marks that stand behind no digit."""
        return self.page.straight

    cdef sk_row *_row(self, Py_ssize_t row) except NULL:
        if row < 0:
            row += self.page.count
        if not 0 <= row < self.page.count:
            raise IndexError("no such row")
        return &self.page.rows[row]

    def text(self, Py_ssize_t row):
        """Return a row's text without white space at its ends."""
        cdef sk_row *r = self._row(row)
        return PyUnicode_Substring(self.source, r.start, r.end)

    def plain(self, Py_ssize_t row):
        """Return a row's text without bullet marks."""
        cdef sk_row *r = self._row(row)
        return PyUnicode_Substring(self.source, r.plain, r.end)

    def fold(self, Py_ssize_t row):
        """Return a row's text in comparison form."""
        cdef sk_row *r = self._row(row)
        return PyUnicode_FromKindAndData(4, self.page.buffer + r.fold, r.fold_length)

    def flags(self, Py_ssize_t row):
        """Return the flags of a row."""
        return self._row(row).flags

    def blocks(self):
        """Return the block of each row."""
        cdef Py_ssize_t i
        return [self.page.rows[i].block for i in range(self.page.count)]

    def words(self):
        """Return the words of each row."""
        cdef Py_ssize_t i
        return [self.page.rows[i].words for i in range(self.page.count)]

    def sentences(self):
        """Return the sentence marks of each row."""
        cdef Py_ssize_t i
        return [self.page.rows[i].sentences for i in range(self.page.count)]

    def links(self):
        """Return the share of each row's characters inside links, ``None`` where unknown."""
        cdef Py_ssize_t i
        if not self.linked:
            return [None] * self.page.count
        return [self.page.rows[i].link for i in range(self.page.count)]

    def prose_before(self):
        """Return the words in prose rows before each row, and of the page."""
        cdef Py_ssize_t i
        cdef int64_t total = 0
        cdef list out = [0]
        for i in range(self.page.count):
            if self.page.rows[i].flags & SK_PROSE:
                total += self.page.rows[i].words
            out.append(total)
        return out

    def flagged(self, uint32_t flags):
        """Return for each row whether it has one of some flags."""
        cdef Py_ssize_t i
        return [(self.page.rows[i].flags & flags) != 0 for i in range(self.page.count)]

    def select(self, uint32_t have, uint32_t lack=0, Py_ssize_t first=0, Py_ssize_t stop=-1, int32_t least=0,
               int32_t most=0x7FFFFFFF):
        """Return the rows with all of some flags and none of others, of ``least`` to ``most`` words."""
        cdef Py_ssize_t i
        cdef list out = []
        cdef sk_row *r
        if stop < 0 or stop > self.page.count:
            stop = self.page.count
        for i in range(max(0, first), stop):
            r = &self.page.rows[i]
            if (r.flags & have) == have and not r.flags & lack and least <= r.words <= most:
                out.append(i)
        return out

    def runs(self, uint32_t have, uint32_t lack, Py_ssize_t but, Py_ssize_t least):
        """Return first and last row of each longest run of rows with some flags and without others, ``but`` aside."""
        cdef Py_ssize_t i = 0, end
        cdef list out = []
        while i < self.page.count:
            end = i
            while (end < self.page.count and end != but and (self.page.rows[end].flags & have) == have
                   and not self.page.rows[end].flags & lack):
                end += 1
            if end - i >= least and end > i:
                out.append((i, end - 1))
            i = end + 1
        return out

    def body(self):
        """Return the first and the last row of prose, ``(len, -1)`` where there is none."""
        cdef Py_ssize_t first = 0, last = self.page.count - 1
        while first < self.page.count and not self.page.rows[first].flags & SK_PROSE:
            first += 1
        while last >= 0 and not self.page.rows[last].flags & SK_PROSE:
            last -= 1
        return first, last

    def copies(self, Py_ssize_t row):
        """Return the rows with the same comparison form, in order."""
        cdef list out = []
        cdef int32_t at = self._row(row).first
        while at >= 0:
            out.append(at)
            at = self.page.rows[at].next
        return out

    def first_copy(self, Py_ssize_t row):
        """Return the first row with the same comparison form."""
        return self._row(row).first

    def sharing(self, list words, double least, Py_ssize_t first, int32_t most):
        """Return ``(row, how many)`` of the ``first`` rows of at most ``most`` words that have a share of some words."""
        cdef Py_ssize_t i
        cdef int n
        cdef list out = []
        cdef Wanted wanted
        if not words:
            return out
        wanted = Wanted(words)
        for i in range(min(first, self.page.count)):
            if self.page.rows[i].words <= most:
                n = sk_shared(&wanted.words, &self.page, <int32_t>i)
                if n and n >= least * len(words) - 1e-9:
                    out.append((i, n))
        return out

    def standing(self, list words, uint32_t have, Py_ssize_t stop):
        """Return those of some words that stand in one of the first rows with all of some flags."""
        cdef Py_ssize_t i
        cdef Wanted wanted
        if not words:
            return set()
        wanted = Wanted(words)
        for i in range(min(stop, self.page.count)):
            if (self.page.rows[i].flags & have) == have:
                sk_shared(&wanted.words, &self.page, <int32_t>i)
        return wanted.met(words)

    def last(self, uint32_t have, Py_ssize_t stop=-1):
        """Return the last row (before a row, if given) with all of some flags, -1 where there is none."""
        cdef Py_ssize_t i = self.page.count if stop < 0 or stop > self.page.count else stop
        while i > 0:
            i -= 1
            if (self.page.rows[i].flags & have) == have:
                return i
        return -1

    def copied(self, uint32_t have, uint32_t lack, int32_t least):
        """Return ``(row, first, copies, number)`` of each row of a form that stands more than once."""
        cdef Py_ssize_t i, n
        cdef list out = [], form
        cdef sk_row *r
        for i in range(self.page.count):
            r = &self.page.rows[i]
            if r.first == i and r.next >= 0 and (r.flags & have) == have and not r.flags & lack and r.fold_length >= least:
                form = self.copies(i)
                for n in range(len(form)):
                    out.append((form[n], i, len(form), n))
        return out

    def close_copies(self, uint32_t lack, int32_t most, int32_t least):
        """Return ``(row, copy before it)`` where the two stand close together."""
        cdef Py_ssize_t i
        cdef int32_t at
        cdef list out = []
        for i in range(self.page.count):
            at = self.page.rows[i].next
            if (at >= 0 and at - i <= most and self.page.rows[i].fold_length >= least
                    and not self.page.rows[at].flags & lack):
                out.append((at, i))
        return out

    def groups(self):
        """Return the rows of each comparison form that stands more than once, in the order of their first rows."""
        cdef Py_ssize_t i
        return [self.copies(i) for i in range(self.page.count)
                if self.page.rows[i].first == i and self.page.rows[i].next >= 0]
