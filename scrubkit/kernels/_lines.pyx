# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled measures of lines; ``lines.py`` holds the reference and the meaning of every column."""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memset


cdef extern from "Python.h" nogil:
    int _PyUnicode_IsAlpha(Py_UCS4)
    int _PyUnicode_IsUppercase(Py_UCS4)
    int _PyUnicode_IsLowercase(Py_UCS4)
    int _PyUnicode_IsDecimalDigit(Py_UCS4)
    int _PyUnicode_IsDigit(Py_UCS4)
    int _PyUnicode_IsNumeric(Py_UCS4)
    int _PyUnicode_IsWhitespace(Py_UCS4)
    Py_UCS4 _PyUnicode_ToLowercase(Py_UCS4)
    int PyUnicode_KIND(object)
    void *PyUnicode_DATA(object)
    Py_UCS4 PyUnicode_READ(int kind, void *data, Py_ssize_t index)

cdef enum:
    WORD = 1
    ALPHA = 2
    UPPER = 4
    LOWER = 8
    DIGIT = 16
    SPACE = 32
    SENTENCE = 64
    COMMA = 128
    SCRIPT = 256
    CLOSING = 512
    SEPARATOR = 1024
    OPENING = 2048
    BULLET = 4096
    MONEY = 8192
    PUNCT = 16384

cdef enum:  # columns, in the order of MEASURES
    C_CHARS, C_WORDS, C_LETTERS, C_DIGITS, C_UPPER, C_CAPITALS, C_COMMAS, C_SENTENCES, C_ENDS, C_COLON, C_ELLIPSIS
    C_STARTS_UPPER, C_STARTS_LOWER, C_STARTS_MARK, C_BULLET, C_NUMBERED, C_HEADING, C_SEPARATORS, C_ADDRESS, C_MONEY
    C_DATE, C_QUESTIONS, C_BRACKETS, C_DISTINCT, C_WORD_CHARS, C_SYMBOLS, C_LINKS, C_COPIES, C_FIRST, C_ALIKE
    C_GROUP_WORDS, C_GROUP_SENTENCES, C_GROUP_AT, C_PROSE, C_TOPIC, C_IN_SPAN, C_SPAN_TOPIC
    C_TITLE, C_IS_TITLE, C_COUNT

cdef extern from * nogil:
    """
    #define SK_FNV_START 2166136261u
    #define SK_FNV_STEP 16777619u
    #define SK_SPREAD 2654435769u
    """
    uint32_t FNV_START "SK_FNV_START"
    uint32_t FNV_STEP "SK_FNV_STEP"
    uint32_t SPREAD "SK_SPREAD"

cdef enum:
    ALPHABETS_END = 0x590
    BMP = 0x10000

ctypedef struct Word:
    uint32_t hash
    int32_t line      # last line that held it, plus one
    int32_t prose     # prose lines that hold it
    int32_t span      # those of them in the main run of prose
    int32_t title     # 1 where the title holds it

ctypedef struct Tables:
    Word *words
    uint32_t words_mask
    uint32_t *copies  # pairs (hash, count)
    uint32_t *alike
    uint32_t lines_mask


cdef inline uint32_t _fnv(uint32_t h, Py_UCS4 code) noexcept nogil:
    return (h ^ <uint32_t>code) * FNV_STEP


cdef inline Word *_find(Word *table, uint32_t mask, uint32_t h) noexcept nogil:
    """Return the entry of a hash; an entry never used has line 0."""
    cdef uint32_t at = (h * SPREAD) & mask
    while table[at].line != 0 and table[at].hash != h:
        at = (at + 1) & mask
    return &table[at]


cdef inline uint32_t *_tally(uint32_t *table, uint32_t mask, uint32_t h) noexcept nogil:
    """Return where a hash is counted; never counted where the count is 0."""
    cdef uint32_t at = (h * SPREAD) & mask
    while table[2 * at + 1] != 0 and table[2 * at] != h:
        at = (at + 1) & mask
    table[2 * at] = h
    return &table[2 * at + 1]


cdef class Table:
    """The classes of all characters of the basic plane; those beyond are looked up one by one."""

    cdef uint16_t flags[BMP]
    cdef float prose_words
    cdef Py_ssize_t title_lines

    def __init__(self, dict special, tuple classes, int columns, float prose_words, Py_ssize_t title_lines):
        cdef Py_UCS4 code
        if columns != C_COUNT:
            raise ValueError(f"the kernel has {C_COUNT} columns, its caller {columns}")
        self.prose_words = prose_words
        self.title_lines = title_lines
        for code in range(BMP):
            self.flags[code] = _classify(code)
        for key, value in special.items():
            self.flags[<int>key] |= <uint16_t>value
        for flag, ranges in classes:
            for low, high in ranges:
                for code in range(low, min(high + 1, BMP)):
                    self.flags[code] |= <uint16_t>flag | WORD

    def measure(self, str text, const long[::1] starts, const long[::1] ends, float[::1] out):
        """Fill ``out`` with one row of measures a line."""
        cdef Py_ssize_t n = starts.shape[0], i, total = 0
        cdef Py_ssize_t size = len(text)
        if ends.shape[0] != n or out.shape[0] != n * C_COUNT:
            raise ValueError("starts, ends and out do not fit")
        for i in range(n):
            if not 0 <= starts[i] < ends[i] <= size or (i and starts[i] < ends[i - 1]):
                raise ValueError(f"line {i} is not a span of the text")
            total += ends[i] - starts[i]
        if n == 0:
            return
        cdef uint32_t capacity = 16, lines = 16
        cdef Tables t
        cdef Py_ssize_t *marks = <Py_ssize_t *>PyMem_Malloc((n + 1) * 2 * sizeof(Py_ssize_t))
        cdef uint32_t *hashes = <uint32_t *>PyMem_Malloc((total + 1) * sizeof(uint32_t))
        cdef uint8_t *longer = <uint8_t *>PyMem_Malloc(total + 1)
        cdef uint32_t *keys = <uint32_t *>PyMem_Malloc(n * 2 * sizeof(uint32_t))
        cdef int kind = PyUnicode_KIND(text)
        cdef void *data = PyUnicode_DATA(text)
        cdef Py_ssize_t count
        while lines < 2 * n:
            lines *= 2
        t.lines_mask = lines - 1
        t.words = NULL
        t.copies = <uint32_t *>PyMem_Calloc(2 * lines, sizeof(uint32_t))
        t.alike = <uint32_t *>PyMem_Calloc(2 * lines, sizeof(uint32_t))
        try:
            if marks == NULL or hashes == NULL or longer == NULL or keys == NULL or t.copies == NULL or t.alike == NULL:
                raise MemoryError
            with nogil:
                count = self._lines(kind, data, n, &starts[0], &ends[0], &out[0], hashes, longer, marks, keys)
            while capacity < 2 * count:
                capacity *= 2
            t.words_mask = capacity - 1
            t.words = <Word *>PyMem_Calloc(capacity, sizeof(Word))
            if t.words == NULL:
                raise MemoryError
            with nogil:
                _copies(n, &out[0], keys, &t)
                _groups(n, &out[0], self.prose_words)
                _span(n, &out[0])
                _topic(n, &out[0], hashes, longer, marks, &t, self.title_lines)
        finally:
            PyMem_Free(marks)
            PyMem_Free(hashes)
            PyMem_Free(longer)
            PyMem_Free(keys)
            PyMem_Free(t.copies)
            PyMem_Free(t.alike)
            PyMem_Free(t.words)

    cdef inline uint16_t _flags(self, Py_UCS4 code) noexcept nogil:
        if code < BMP:
            return self.flags[code]
        if 0x20000 <= code <= 0x3FFFF:
            return _classify(code) | SCRIPT | WORD
        return _classify(code)

    cdef Py_ssize_t _lines(self, int kind, void *data, Py_ssize_t n, const long *starts, const long *ends, float *out,
                           uint32_t *hashes, uint8_t *longer, Py_ssize_t *marks, uint32_t *keys) noexcept nogil:
        cdef Py_ssize_t i, a, b, count = 0
        for i in range(n):
            a = starts[i]
            b = ends[i]
            while a < b and self._flags(PyUnicode_READ(kind, data, a)) & SPACE:
                a += 1
            while b > a and self._flags(PyUnicode_READ(kind, data, b - 1)) & SPACE:
                b -= 1
            marks[i] = count
            count = self._one(kind, data, a, b, out + i * C_COUNT, hashes, longer, count, keys + 2 * i)
        marks[n] = count
        return count

    cdef Py_ssize_t _one(self, int kind, void *data, Py_ssize_t a, Py_ssize_t b, float *row, uint32_t *hashes,
                         uint8_t *longer, Py_ssize_t count, uint32_t *keys) noexcept nogil:
        """Measure the characters and words of one line."""
        cdef Py_ssize_t at, end
        cdef Py_UCS4 code
        cdef uint16_t f, g
        cdef long solid = 0, letters = 0, digits = 0, upper = 0, plain = 0, commas = 0
        cdef long runs = 0, script = 0, capitals = 0, chars = 0, weight
        cdef uint32_t exact = FNV_START, masked = FNV_START, word
        cdef double words
        for at in range(a, b):
            f = self._flags(PyUnicode_READ(kind, data, at))
            solid += not f & SPACE
            letters += (f & ALPHA) != 0
            digits += (f & DIGIT) != 0
            upper += (f & UPPER) != 0
            plain += (f & (WORD | SPACE | PUNCT)) != 0
            commas += (f & COMMA) != 0
        at = a
        while at < b:
            code = PyUnicode_READ(kind, data, at)
            f = self._flags(code)
            if not f & WORD:
                at += 1
                continue
            if f & SCRIPT:
                script += 1
                if at + 1 < b and self._flags(PyUnicode_READ(kind, data, at + 1)) & SCRIPT:
                    hashes[count] = _fnv(_fnv(FNV_START, code), PyUnicode_READ(kind, data, at + 1))
                    longer[count] = 1
                    count += 1
                exact = _fnv(exact, code)
                masked = _fnv(masked, code)
                at += 1
                continue
            word = FNV_START
            weight = 0
            end = at
            g = f
            while g & WORD and not g & SCRIPT:
                if g & (UPPER | ALPHA) and (code > 127 or g & UPPER):
                    code = _PyUnicode_ToLowercase(code)
                elif code > 127:
                    code = _PyUnicode_ToLowercase(code)
                word = _fnv(word, code)
                exact = _fnv(exact, code)
                masked = _fnv(masked, 48 if g & DIGIT else code)
                weight += 1 if code < ALPHABETS_END else 2
                end += 1
                if end == b:
                    break
                code = PyUnicode_READ(kind, data, end)
                g = self._flags(code)
            exact = _fnv(exact, 32)
            masked = _fnv(masked, 32)
            runs += 1
            chars += end - at
            capitals += (f & UPPER) != 0
            hashes[count] = word
            longer[count] = weight > 3 and f & ALPHA
            count += 1
            at = end
        keys[0] = exact
        keys[1] = masked
        words = runs + script * 0.5
        row[C_CHARS] = b - a
        row[C_WORDS] = words
        row[C_LETTERS] = <double>letters / max(1, solid)
        row[C_DIGITS] = <double>digits / max(1, solid)
        row[C_UPPER] = <double>upper / max(1, letters)
        row[C_SYMBOLS] = <double>(b - a - plain) / max(1, solid)
        row[C_CAPITALS] = <double>capitals / max(1, runs)
        row[C_WORD_CHARS] = <double>chars / max(1, runs)
        row[C_COMMAS] = commas / (words if words > 1.0 else 1.0)
        self._start(kind, data, a, b, row)
        self._end(kind, data, a, b, row)
        self._patterns(kind, data, a, b, row)
        return count

    cdef void _start(self, int kind, void *data, Py_ssize_t a, Py_ssize_t b, float *row) noexcept nogil:
        cdef Py_ssize_t at = a, first
        cdef Py_UCS4 code = PyUnicode_READ(kind, data, a)
        cdef uint16_t f
        cdef bint closing
        while at < b and at < a + 3 and self._flags(PyUnicode_READ(kind, data, at)) & BULLET:
            at += 1
        if at == b or (at > a and self._flags(PyUnicode_READ(kind, data, at)) & SPACE):
            row[C_BULLET] = 1
        elif b - a > 2 and code == 0x6F and PyUnicode_READ(kind, data, a + 1) == 0x20:
            at = a + 1
            row[C_BULLET] = 1
        elif code == 0x23:
            at = a
            while at < b and PyUnicode_READ(kind, data, at) == 0x23:
                at += 1
            if at < b and self._flags(PyUnicode_READ(kind, data, at)) & SPACE:
                row[C_HEADING] = 1
            else:
                at = a
        else:
            first = a + (code == 0x5B or code == 0x28)
            at = first
            while at < b and at < first + 3 and self._flags(PyUnicode_READ(kind, data, at)) & DIGIT:
                at += 1
            code = PyUnicode_READ(kind, data, at) if at < b else 0
            if at > first and (code == 0x29 or code == (0x5D if first > a else 0x2E)):
                at += 1
                if at == b or first > a or self._flags(PyUnicode_READ(kind, data, at)) & SPACE:
                    row[C_NUMBERED] = 1
                else:
                    at = a
            else:
                at = a
        while at < b and self._flags(PyUnicode_READ(kind, data, at)) & SPACE:
            at += 1
        if at < b:
            code = PyUnicode_READ(kind, data, at)
            f = self._flags(code)
            row[C_STARTS_UPPER] = (f & UPPER) != 0
            row[C_STARTS_LOWER] = (f & LOWER) != 0
            closing = (f & CLOSING) != 0 and code != 0x22 and code != 0x27 and code != 0x2A and code != 0x5F
            row[C_STARTS_MARK] = (f & (SENTENCE | COMMA)) != 0 or closing or code == 0x3A

    cdef void _end(self, int kind, void *data, Py_ssize_t a, Py_ssize_t b, float *row) noexcept nogil:
        cdef Py_ssize_t at = b - 1
        cdef Py_UCS4 code
        cdef bint ellipsis
        while at > a and self._flags(PyUnicode_READ(kind, data, at)) & (CLOSING | SPACE):
            at -= 1
        code = PyUnicode_READ(kind, data, at)
        row[C_COLON] = code == 0x3A or code == 0xFF1A
        ellipsis = code == 0x2026 or (
            at - a >= 2 and code == 0x2E and PyUnicode_READ(kind, data, at - 1) == 0x2E
            and PyUnicode_READ(kind, data, at - 2) == 0x2E
        )
        row[C_ELLIPSIS] = ellipsis
        row[C_ENDS] = (self._flags(code) & SENTENCE) != 0 and not ellipsis

    cdef bint _digit_near(self, int kind, void *data, Py_ssize_t a, Py_ssize_t b, Py_ssize_t at, int step) noexcept nogil:
        at += step
        if a <= at < b and self._flags(PyUnicode_READ(kind, data, at)) & SPACE:
            at += step
        return a <= at < b and (self._flags(PyUnicode_READ(kind, data, at)) & DIGIT) != 0

    cdef void _patterns(self, int kind, void *data, Py_ssize_t a, Py_ssize_t b, float *row) noexcept nogil:
        cdef Py_ssize_t at, end
        cdef Py_UCS4 code
        cdef uint16_t f, after, before = SPACE
        cdef long sentences = 0, questions = 0, brackets = 0, separators = 0, linked = 0, number = 0
        cdef bint address = False, money = False, date = False, bracket = False
        f = self._flags(PyUnicode_READ(kind, data, a))
        for at in range(a, b):
            code = PyUnicode_READ(kind, data, at)
            after = self._flags(PyUnicode_READ(kind, data, at + 1)) if at + 1 < b else SPACE
            if f & (SENTENCE | OPENING | SEPARATOR | MONEY):
                if f & SENTENCE and before & (WORD | CLOSING) and (after & (SPACE | CLOSING) or code > 0x2E80):
                    sentences += 1
                questions += code == 0x3F or code == 0xFF1F or code == 0x61F
                brackets += (f & OPENING) != 0
                bracket = bracket or code == 0x5B
                if f & SEPARATOR and before & SPACE and after & SPACE and at > a and at + 1 < b:
                    separators += 1
                if f & MONEY and not money:
                    money = self._digit_near(kind, data, a, b, at, 1) or self._digit_near(kind, data, a, b, at, -1)
            if not address:
                if code == 0x40:
                    address = True
                elif code == 0x3A:
                    address = (at + 2 < b and PyUnicode_READ(kind, data, at + 1) == 0x2F
                               and PyUnicode_READ(kind, data, at + 2) == 0x2F)
                elif code == 0x77:
                    address = (at + 3 < b and PyUnicode_READ(kind, data, at + 1) == 0x77
                               and PyUnicode_READ(kind, data, at + 2) == 0x77
                               and PyUnicode_READ(kind, data, at + 3) == 0x2E)
            if f & DIGIT:
                number += 1
            else:
                if number and not date:
                    if (code == 0x3A or code == 0x2F or code == 0x2E or code == 0x2D) and after & DIGIT:
                        date = True
                    elif number == 4:
                        date = _is_year(kind, data, at)
                number = 0
            before = f
            f = after
        if number == 4 and not date:
            date = _is_year(kind, data, b)
        at = a
        while bracket and at < b:
            if PyUnicode_READ(kind, data, at) != 0x5B:
                at += 1
                continue
            end = _link_end(kind, data, at, b)
            if end > 0:
                linked += end - at
                at = end
            else:
                at = -end
        row[C_SENTENCES] = sentences
        row[C_QUESTIONS] = questions
        row[C_BRACKETS] = brackets
        row[C_SEPARATORS] = separators
        row[C_ADDRESS] = address
        row[C_MONEY] = money
        row[C_DATE] = date
        row[C_LINKS] = <double>linked / (b - a)


cdef inline bint _is_year(int kind, void *data, Py_ssize_t end) noexcept nogil:
    cdef Py_UCS4 x = PyUnicode_READ(kind, data, end - 4), y = PyUnicode_READ(kind, data, end - 3)
    return (x == 0x31 and y == 0x39) or (x == 0x32 and y == 0x30)


cdef Py_ssize_t _link_end(int kind, void *data, Py_ssize_t at, Py_ssize_t b) noexcept nogil:
    """Return the end of the link that begins here, or minus the place from which to look on where it is none."""
    while at < b and PyUnicode_READ(kind, data, at) != 0x5D:
        at += 1
    if at + 1 >= b:
        return -b
    if PyUnicode_READ(kind, data, at + 1) != 0x28:
        return -(at + 1)
    while at < b and PyUnicode_READ(kind, data, at) != 0x29:
        at += 1
    return at + 1 if at < b else -b


cdef uint16_t _classify(Py_UCS4 code) noexcept nogil:
    cdef uint16_t f = 0
    cdef bint alpha = _PyUnicode_IsAlpha(code)
    if alpha:
        f |= ALPHA
    if code == 0x5F or alpha or _PyUnicode_IsDecimalDigit(code) or _PyUnicode_IsDigit(code) or _PyUnicode_IsNumeric(code):
        f |= WORD
    if _PyUnicode_IsUppercase(code):
        f |= UPPER
    if _PyUnicode_IsLowercase(code):
        f |= LOWER
    if _PyUnicode_IsDecimalDigit(code):
        f |= DIGIT
    if _PyUnicode_IsWhitespace(code):
        f |= SPACE
    return f


cdef void _copies(Py_ssize_t n, float *out, const uint32_t *keys, Tables *t) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint32_t *count
    for i in range(n):
        count = _tally(t.copies, t.lines_mask, keys[2 * i])
        out[i * C_COUNT + C_FIRST] = count[0] == 0
        count[0] += 1
        _tally(t.alike, t.lines_mask, keys[2 * i + 1])[0] += 1
    for i in range(n):
        out[i * C_COUNT + C_COPIES] = _tally(t.copies, t.lines_mask, keys[2 * i])[0]
        out[i * C_COUNT + C_ALIKE] = _tally(t.alike, t.lines_mask, keys[2 * i + 1])[0]


cdef inline bint _continues(const float *before, const float *row) noexcept nogil:
    if before[C_ENDS] != 0 or row[C_BULLET] != 0 or row[C_NUMBERED] != 0 or row[C_HEADING] != 0:
        return False
    return row[C_STARTS_LOWER] != 0 or row[C_STARTS_MARK] != 0


cdef void _groups(Py_ssize_t n, float *out, float prose_words) noexcept nogil:
    cdef Py_ssize_t at = 0, end, i
    cdef double words, sentences
    cdef float *row
    while at < n:
        end = at
        words = sentences = 0
        while end < n and (end == at or _continues(out + (end - 1) * C_COUNT, out + end * C_COUNT)):
            words += out[end * C_COUNT + C_WORDS]
            sentences += out[end * C_COUNT + C_SENTENCES]
            end += 1
        for i in range(at, end):
            row = out + i * C_COUNT
            row[C_GROUP_WORDS] = words
            row[C_GROUP_SENTENCES] = sentences
            row[C_GROUP_AT] = i - at
            row[C_PROSE] = (
                row[C_LETTERS] > <float>0.6 and row[C_SEPARATORS] <= 2
                and (row[C_WORDS] >= prose_words or (words >= 2 * prose_words and sentences >= 1))
            )
        at = end


cdef void _span(Py_ssize_t n, float *out) noexcept nogil:
    cdef Py_ssize_t i, start = 0, first = 0, last = 0
    cdef double total = 0, lowest = 0, best = 0
    cdef float *row
    for i in range(n):
        row = out + i * C_COUNT
        total += row[C_WORDS] if row[C_PROSE] != 0 else -4.0 - row[C_WORDS] * 0.5
        if i == 0 or total - lowest > best:
            best = total - lowest
            first = start
            last = i
        if total < lowest:
            lowest = total
            start = i + 1
    for i in range(first, last + 1):
        out[i * C_COUNT + C_IN_SPAN] = 1


cdef void _topic(Py_ssize_t n, float *out, const uint32_t *hashes, const uint8_t *longer, const Py_ssize_t *marks,
                 Tables *t, Py_ssize_t title_lines) noexcept nogil:
    cdef Py_ssize_t i, j, best = -1
    cdef long different, shared, longs, found, found_in_span
    cdef int32_t own, own_span
    cdef double value, best_value = 0, topic
    cdef float *row
    cdef Word *word
    for i in range(n):  # how many different words, and in how many prose lines each longer one stands
        row = out + i * C_COUNT
        different = 0
        for j in range(marks[i], marks[i + 1]):
            word = _find(t.words, t.words_mask, hashes[j])
            if word.line == i + 1:
                continue
            word.hash = hashes[j]
            word.line = <int32_t>(i + 1)
            different += 1
            if longer[j] and row[C_PROSE] != 0:
                word.prose += 1
                word.span += row[C_IN_SPAN] != 0
        row[C_DISTINCT] = different / <double>max(1, marks[i + 1] - marks[i])
    for i in range(n):
        row = out + i * C_COUNT
        longs = found = found_in_span = 0
        own = row[C_PROSE] != 0
        own_span = own and row[C_IN_SPAN] != 0
        for j in range(marks[i], marks[i + 1]):
            if not longer[j]:
                continue
            word = _find(t.words, t.words_mask, hashes[j])
            if word.line == -(i + 1):
                continue
            word.line = <int32_t>-(i + 1)
            longs += 1
            found += word.prose > own
            found_in_span += word.span > own_span
        topic = found / <double>max(1, longs)
        row[C_TOPIC] = topic
        row[C_SPAN_TOPIC] = found_in_span / <double>max(1, longs)
        if i < title_lines and 3 <= row[C_WORDS] <= 25 and row[C_PROSE] == 0:
            value = topic * min(<double>row[C_WORDS], 8.0) * (1.3 if row[C_COPIES] > 1 else 1.0)
            if value > best_value:
                best = i
                best_value = value
    if best < 0:
        return
    out[best * C_COUNT + C_IS_TITLE] = 1
    for j in range(marks[best], marks[best + 1]):
        _find(t.words, t.words_mask, hashes[j]).title = 1
    for i in range(n):
        different = shared = 0
        for j in range(marks[i], marks[i + 1]):
            word = _find(t.words, t.words_mask, hashes[j])
            if word.line == n + 1 + i:
                continue
            word.line = <int32_t>(n + 1 + i)
            different += 1
            shared += word.title
        out[i * C_COUNT + C_TITLE] = shared / <double>max(1, different)
