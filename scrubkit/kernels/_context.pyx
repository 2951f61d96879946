# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Compiled context of measured lines: neighbours, windows, distances to prose, the page.

``scrubkit/model/text_features.py`` holds the reference in NumPy and the meaning of every column.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport log1p, rint


cdef enum:
    BASES = 10    # columns of which windows take shares
    LOGS = 6
    NEAR = 11
    SHAPES = 640  # signatures of lines
    ALIKE = 15    # columns on lines of one shape, on sections and on runs of prose
    PAGE = 23
    MOST = 64


cdef class Context:
    """The places of the measures that are read, and the shape of a row of features."""

    cdef Py_ssize_t columns, width, neighbours, offsets, windows
    cdef Py_ssize_t logs[LOGS]
    cdef Py_ssize_t neighbour[MOST]
    cdef Py_ssize_t offset[MOST]
    cdef Py_ssize_t window[MOST]
    cdef Py_ssize_t around, first_lag, last_lag
    cdef double far
    cdef Py_ssize_t words, prose, topic, span_topic, ends, copies, bullet, numbered, capitals, date, in_span, is_title
    cdef Py_ssize_t starts_upper, money, questions, digits, chars, upper

    def __init__(self, dict at, tuple logs, tuple neighbour, tuple offsets, tuple windows, tuple lags,
                 Py_ssize_t around, double far, Py_ssize_t width):
        cdef Py_ssize_t i
        self.columns, self.width, self.around, self.far = len(at), width, around, far
        self.first_lag, self.last_lag = min(lags), max(lags)
        self.neighbours, self.offsets, self.windows = len(neighbour), len(offsets), len(windows)
        if width != self.columns + self.neighbours * self.offsets + self.windows * BASES + NEAR + ALIKE + PAGE or len(logs) != LOGS:
            raise ValueError("the kernel and its caller disagree about the columns")
        for i in range(LOGS):
            self.logs[i] = at[logs[i]]
        for i in range(self.neighbours):
            self.neighbour[i] = at[neighbour[i]]
        for i in range(self.offsets):
            self.offset[i] = offsets[i]
        for i in range(self.windows):
            self.window[i] = windows[i]
        self.words, self.prose, self.topic, self.span_topic = at["words"], at["prose"], at["topic"], at["span_topic"]
        self.ends, self.copies, self.bullet, self.numbered = at["ends"], at["copies"], at["bullet"], at["numbered"]
        self.capitals, self.date, self.in_span, self.is_title = at["capitals"], at["date"], at["in_span"], at["is_title"]
        self.starts_upper, self.money, self.questions = at["starts_upper"], at["money"], at["questions"]
        self.digits, self.chars, self.upper = at["digits"], at["chars"], at["upper"]

    def features(self, const float[::1] measures, float[::1] out):
        """Fill ``out`` with one row of features for each row of measures."""
        cdef Py_ssize_t n = measures.shape[0] // self.columns
        if n * self.columns != measures.shape[0] or n * self.width != out.shape[0]:
            raise ValueError("measures and out do not fit")
        if n == 0:
            return
        cdef double *sums = <double *>PyMem_Malloc((n + 1) * BASES * sizeof(double))
        cdef double *spare = <double *>PyMem_Malloc(((n + 1) * 5 + SHAPES * 5) * sizeof(double))
        if sums == NULL or spare == NULL:
            PyMem_Free(sums)
            PyMem_Free(spare)
            raise MemoryError
        with nogil:
            self._own(n, &measures[0], &out[0])
            self._windows(n, &measures[0], &out[0], sums)
            self._near(n, &measures[0], &out[0], spare)
            self._shapes(n, &measures[0], &out[0], spare)
            self._sections(n, &measures[0], &out[0], spare)
            self._runs(n, &measures[0], &out[0], spare)
            self._page(n, &measures[0], &out[0])
        PyMem_Free(sums)
        PyMem_Free(spare)

    cdef void _own(self, Py_ssize_t n, const float *m, float *out) noexcept nogil:
        cdef Py_ssize_t i, j, d, at
        cdef float *row
        for i in range(n):
            row = out + i * self.width
            for j in range(self.columns):
                row[j] = m[i * self.columns + j]
            for j in range(LOGS):
                row[self.logs[j]] = <float>log1p(row[self.logs[j]])
        for i in range(n):
            row = out + i * self.width + self.columns
            for d in range(self.offsets):
                at = i + self.offset[d]
                for j in range(self.neighbours):
                    row[j] = out[at * self.width + self.neighbour[j]] if 0 <= at < n else -1
                row += self.neighbours

    cdef void _windows(self, Py_ssize_t n, const float *m, float *out, double *sums) noexcept nogil:
        cdef Py_ssize_t i, j, r, low, high
        cdef const float *line
        cdef double *total
        cdef float *row
        cdef double words, count, part
        for j in range(BASES):
            sums[j] = 0
        for i in range(n):
            line = m + i * self.columns
            total = sums + (i + 1) * BASES
            words = line[self.words]
            total[0] = words
            total[1] = words * line[self.prose]
            total[2] = words * line[self.topic]
            total[3] = words * line[self.span_topic]
            total[4] = line[self.ends]
            total[5] = line[self.copies] > 1
            total[6] = max(line[self.bullet], line[self.numbered])
            total[7] = words <= 5
            total[8] = line[self.capitals] > <float>0.6 and words >= 2
            total[9] = line[self.date]
            for j in range(BASES):
                total[j] += total[j - BASES]
        for i in range(n):
            row = out + i * self.width + self.columns + self.neighbours * self.offsets
            for r in range(self.windows):
                low = max(<Py_ssize_t>0, i - self.window[r])
                high = min(n, i + self.window[r] + 1)
                count = high - low
                words = sums[high * BASES] - sums[low * BASES]
                for j in range(1, BASES):
                    part = sums[high * BASES + j] - sums[low * BASES + j]
                    row[j - 1] = part / (max(1.0, words) if j < 4 else count)
                row[BASES - 1] = <float>log1p(words / count)
                row += BASES

    cdef inline double _clip(self, double x) noexcept nogil:
        return -self.far if x < -self.far else self.far if x > self.far else x

    cdef void _near(self, Py_ssize_t n, const float *m, float *out, double *spare) noexcept nogil:
        cdef double *cut = spare
        cdef double *after = spare + (n + 1)
        cdef double *shape = spare + 2 * (n + 1)
        cdef double *best = spare + 3 * (n + 1)
        cdef double *equal = spare + 4 * (n + 1)
        cdef Py_ssize_t i, lag, low, high, first = -1, last = 0, title = -1, before = -1, following = n
        cdef Py_ssize_t base = self.columns + self.neighbours * self.offsets + self.windows * BASES
        cdef const float *line
        cdef float *row
        cdef double gain = 0, here, share
        cut[0] = 0
        for i in range(n):
            line = m + i * self.columns
            cut[i + 1] = cut[i] + line[self.words]
            if line[self.in_span] != 0:
                first = i if first < 0 else first
                last = i
            if line[self.is_title] != 0 and title < 0:
                title = i
            here = min(rint(<float>(2 * out[i * self.width + self.words])), 9.0)
            shape[i] = here * 4 + line[self.bullet] * 2 + line[self.starts_upper]
            best[i] = 0
            out[i * self.width + base + 9] = 0
        for i in range(first, last + 1):
            line = m + i * self.columns
            gain += line[self.words] if line[self.prose] != 0 else -4.0 - line[self.words] * 0.5
        share = gain / max(1.0, cut[n])
        for i in range(n - 1, -1, -1):
            if m[i * self.columns + self.prose] != 0:
                following = i
            after[i] = following
        for lag in range(self.first_lag, self.last_lag + 1):
            if n <= lag:
                break
            equal[0] = 0
            for i in range(n):
                equal[i + 1] = equal[i] + (i >= lag and shape[i] == shape[i - lag])
            for i in range(n):
                low = max(<Py_ssize_t>0, i - self.around)
                high = min(n, i + self.around + 1)
                here = (equal[high] - equal[low]) / (high - low)
                if here > best[i]:
                    best[i] = here
                    out[i * self.width + base + 9] = lag
        for i in range(n):
            row = out + i * self.width + base
            if m[i * self.columns + self.prose] != 0:
                before = i
            following = <Py_ssize_t>after[i]
            row[0] = min(<double>(i - before), self.far) if before >= 0 else self.far
            row[1] = min(<double>(following - i), self.far) if following < n else self.far
            row[2] = log1p(max(0.0, cut[i] - cut[before + 1])) if before >= 0 else 9.0
            row[3] = log1p(max(0.0, cut[following] - cut[i + 1])) if following < n else 9.0
            row[4] = self._clip(i - first)
            row[5] = self._clip(last - i)
            row[6] = share
            row[7] = log1p(last - first + 1)
            row[8] = best[i]
            row[10] = self._clip(i - title) if title >= 0 else -self.far - 1

    cdef void _shapes(self, Py_ssize_t n, const float *m, float *out, double *spare) noexcept nogil:
        cdef double *shape = spare
        cdef double *sums = spare + n
        cdef double *held
        cdef double words = 0
        cdef Py_ssize_t i, j, mark, base = self.width - PAGE - ALIKE
        cdef const float *line
        cdef float *row
        for i in range(SHAPES * 5):
            sums[i] = 0
        for i in range(n):
            line = m + i * self.columns
            mark = <Py_ssize_t>min(rint(<float>(2 * out[i * self.width + self.words])), 9.0) * 64
            mark += 32 * (line[self.bullet] != 0 or line[self.numbered] != 0) + 16 * (line[self.ends] != 0)
            mark += 8 * (line[self.starts_upper] != 0) + 4 * (line[self.date] != 0)
            mark += 2 * (line[self.digits] > <float>0.3) + (line[self.capitals] > <float>0.6)
            shape[i] = mark
            held = sums + mark * 5
            held[0] += 1
            held[1] += line[self.words]
            held[2] += line[self.span_topic]
            held[3] += line[self.in_span]
            held[4] += line[self.copies] > 1
            words += line[self.words]
        for i in range(n):
            row = out + i * self.width + base
            held = sums + <Py_ssize_t>shape[i] * 5
            row[0] = log1p(held[0])
            row[1] = held[1] / max(1.0, words)
            for j in range(2, 5):
                row[j] = held[j] / held[0]

    cdef bint _heads(self, Py_ssize_t i, Py_ssize_t n, const float *m) noexcept nogil:
        cdef const float *line = m + i * self.columns
        if line[self.words] > 12 or line[self.ends] != 0 or line[self.prose] != 0:
            return False
        if line[self.bullet] != 0 or line[self.numbered] != 0:
            return False
        if i + 1 < n and line[self.columns + self.prose] != 0:
            return True
        return i + 2 < n and line[2 * self.columns + self.prose] != 0

    cdef void _sections(self, Py_ssize_t n, const float *m, float *out, double *spare) noexcept nogil:
        cdef Py_ssize_t i, j, at = 0, end, head, base = self.width - PAGE - ALIKE + 5
        cdef double words, prose, topic
        cdef const float *line
        cdef float *row
        while at < n:
            head = at if self._heads(at, n, m) else -1
            words = prose = topic = 0
            end = at
            while end < n and (end == at or not self._heads(end, n, m)):
                line = m + end * self.columns
                words += line[self.words]
                prose += line[self.words] * line[self.prose]
                topic += line[self.words] * line[self.span_topic]
                end += 1
            for i in range(at, end):
                row = out + i * self.width + base
                row[0] = min(<double>(i - head), self.far) if head >= 0 else self.far + 1
                row[1] = log1p(words)
                row[2] = prose / max(1.0, words)
                row[3] = topic / max(1.0, words)
                row[4] = log1p(<double>(end - at))
                row[5] = m[head * self.columns + self.span_topic] if head >= 0 else -1
            at = end

    cdef void _runs(self, Py_ssize_t n, const float *m, float *out, double *spare) noexcept nogil:
        cdef double *size = spare
        cdef double *first = spare + n
        cdef double *last = spare + 2 * n
        cdef double *after = spare + 3 * n
        cdef Py_ssize_t i, at, begin, before = -1, following = n, near, base = self.width - PAGE - ALIKE + 11
        cdef double words, most = 0
        cdef float *row
        i = 0
        while i < n:  # runs: lines of prose at most three others apart
            if m[i * self.columns + self.prose] == 0:
                i += 1
                continue
            begin = before = at = i
            words = 0
            while at < n and at - before <= 4:
                if m[at * self.columns + self.prose] != 0:
                    words += m[at * self.columns + self.words]
                    before = at
                at += 1
            for at in range(begin, before + 1):
                size[at], first[at], last[at] = words, begin, before
            most = max(most, words)
            i = before + 1
        for i in range(n - 1, -1, -1):
            if m[i * self.columns + self.prose] != 0:
                following = i
            after[i] = following
        before = -1
        for i in range(n):
            row = out + i * self.width + base
            if m[i * self.columns + self.prose] != 0:
                before = i
            following = <Py_ssize_t>after[i]
            if before < 0 and following == n:
                row[0] = row[1] = row[2] = row[3] = 0
                continue
            near = following if before < 0 or (following < n and following - i <= i - before) else before
            row[0] = log1p(size[near])
            row[1] = size[near] / most
            row[2] = first[near] <= i and i <= last[near]
            row[3] = self._clip(i - first[near])

    cdef void _page(self, Py_ssize_t n, const float *m, float *out) noexcept nogil:
        cdef double page[PAGE]
        cdef Py_ssize_t i, j, base = self.width - PAGE
        cdef double words = 0, prose_words = 0, prose = 0, seen = 0, seen_prose = 0, longest = 0, questions = 0
        cdef const float *line
        cdef float *row
        for j in range(PAGE):
            page[j] = 0
        for i in range(n):
            line = m + i * self.columns
            words += line[self.words]
            prose += line[self.prose]
            prose_words += line[self.words] * line[self.prose]
            longest = max(longest, <double>line[self.chars])
            page[9] += max(line[self.bullet], line[self.numbered])
            page[10] += line[self.ends]
            page[11] += line[self.copies] > 1
            page[12] += line[self.date]
            page[13] += line[self.money]
            page[14] += line[self.topic]
            questions += line[self.questions]
            page[18] += line[self.capitals]
            page[19] += line[self.digits]
            page[21] += line[self.upper] == 0
            page[22] += line[self.span_topic]
        for j in range(9, PAGE):
            page[j] /= n
        page[5] = log1p(words)
        page[6] = log1p(n)
        page[7] = prose_words / max(1.0, words)
        page[8] = log1p(words / n)
        page[15] = log1p(prose)
        page[16] = log1p(prose_words / max(1.0, prose))
        page[17] = log1p(questions)
        page[20] = log1p(longest)
        for i in range(n):
            line = m + i * self.columns
            row = out + i * self.width + base
            row[0] = <double>i / n
            row[1] = seen / max(1.0, words)
            row[2] = seen_prose / max(1.0, prose_words)
            row[3] = log1p(n - 1 - i)
            row[4] = log1p(i)
            for j in range(5, PAGE):
                row[j] = page[j]
            seen += line[self.words]
            seen_prose += line[self.words] * line[self.prose]
