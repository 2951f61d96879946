# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled features of the blocks of an HTML page; ``html_features.py`` holds the reference and the meaning."""

from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.stddef cimport size_t
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from cpython.array cimport array, clone


cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)


cdef extern from "html_columns.h" nogil:
    enum:
        SK_COLUMNS
        SK_HINT_MAX
        SK_HINT_SLOTS
        SK_NEAREST
    ctypedef struct sk_hint:
        uint8_t *word
        uint8_t *but
        uint8_t length
        uint8_t but_length
        uint8_t bit
        uint8_t left
        uint8_t right
        int16_t next
    ctypedef struct sk_hints:
        sk_hint *hints
        int16_t *head
        int16_t shorts
        uint8_t *starts
        int count
    unsigned sk_hint_slot(uint8_t a, uint8_t b, uint8_t c)
    uint32_t sk_hint_mask(const sk_hints *h, const uint8_t *s, size_t n)
    ctypedef struct sk_names:
        pass
    int sk_names_new(sk_names *m, size_t items)
    void sk_names_free(sk_names *m)
    void sk_look(const sk_hints *h, sk_names *m, const uint8_t *s, size_t n, uint64_t *klass, uint32_t *hints)
    ctypedef struct sk_map:
        pass
    int sk_map_new(sk_map *m, size_t items)
    void sk_map_free(sk_map *m)
    ctypedef struct sk_chars:
        int kind
        const void *data
    ctypedef struct sk_own:
        double words
        double in_title
        uint8_t terminal
        int64_t chars
    sk_own sk_scan_block(const sk_chars *t, int64_t first, int64_t last, sk_map *title)
    void sk_collect_title(const sk_chars *t, int64_t length, sk_map *title)
    ctypedef struct sk_tag_names:
        int h1, h6, p, li, article, main, form, nav, footer
        int *cards
    ctypedef struct sk_page:
        size_t n, m
        const long *starts
        const long *ends
        const long *links
        const long *owner
        const long *parent
        const uint8_t *tag
        const uint64_t *klass
        const uint32_t *hints
        sk_chars text
        double html_chars, anchors
        const sk_tag_names *names
        int *hint_bits
        int *share_bits
    ctypedef struct sk_work:
        sk_own *own
        double *words
        double *link
        double *prose
        double *before
        double *before_good
        double *sums
        int32_t *depth
        int32_t *up
        int32_t *at
        int32_t *best
        int32_t *card
        int32_t *article
        int32_t *section
        double *most
        double *same
        uint8_t *near
        int32_t *sig_of
        int32_t *first_of
        int32_t *copies
        double *sig
        int32_t *same_of
        double *sections
        sk_map repeats
        sk_map signatures
        sk_map siblings
    void sk_rows(const sk_page *p, sk_work *w, float *out)


cdef array _FLOATS = array("f"), _DOUBLES = array("d")


cdef class Scanner:
    """Tables of tags and hints; :meth:`rows` makes the features of one page. Immutable, shared between threads."""

    cdef sk_hints *hints
    cdef sk_tag_names names
    cdef int hint_bits[7]
    cdef int share_bits[4]
    cdef dict ordinals
    cdef int other

    def __cinit__(self):
        self.hints = <sk_hints *>calloc(1, sizeof(sk_hints))
        if self.hints == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.hints)

    def __init__(self, tags, no_card, patterns, near, shares):
        """Take tag names in order of ordinals, names that make no card, patterns ``(bit, word, but, left, right)``.

        ``near`` and ``shares`` are the bits of the hints whose distance and whose share are features.
        """
        cdef int i
        cdef sk_hint *hint
        cdef unsigned slot
        if len(patterns) > SK_HINT_MAX or len(near) != 7 or len(shares) != 4 or len(no_card) != 10:
            raise ValueError("tables do not fit")
        self.ordinals = {tag: i for i, tag in enumerate(tags)}
        self.other = len(tags)
        find = self.ordinals.__getitem__
        self.names.h1, self.names.h6 = find("h1"), find("h6")
        self.names.p, self.names.li, self.names.article = find("p"), find("li"), find("article")
        self.names.main, self.names.form = find("main"), find("form")
        self.names.nav, self.names.footer = find("nav"), find("footer")
        for i in range(10):
            self.names.cards[i] = find(no_card[i])
        for i in range(7):
            self.hint_bits[i] = near[i]
        for i in range(4):
            self.share_bits[i] = shares[i]
        for i in range(SK_HINT_SLOTS):
            self.hints.head[i] = -1
        self.hints.shorts = -1
        for i, (bit, word, but, left, right) in enumerate(patterns):
            hint = &self.hints.hints[i]
            word, but = word.encode(), but.encode()
            if not 2 <= len(word) <= 20 or len(but) > 4:
                raise ValueError(f"pattern {word!r} does not fit")
            hint.bit, hint.length, hint.but_length = bit, len(word), len(but)
            hint.left, hint.right = left, right
            memcpy(hint.word, <const char *>word, len(word))
            memcpy(hint.but, <const char *>but, len(but))
            if len(word) == 2:
                hint.next = self.hints.shorts
                self.hints.shorts = i
                self.hints.starts[word[0]] = 1
                continue
            slot = sk_hint_slot(word[0], word[1], word[2])
            hint.next = self.hints.head[slot]
            self.hints.head[slot] = i
        self.hints.count = len(patterns)

    def mask(self, str attrs):
        """Return the hints of one attribute string as a bit mask."""
        cdef Py_ssize_t size
        cdef const char *data = PyUnicode_AsUTF8AndSize(attrs, &size)
        return sk_hint_mask(self.hints, <const uint8_t *>data, size)

    def rows(self, str text, const long[::1] starts, const long[::1] ends, const long[::1] links,
             const long[::1] owner, const long[::1] parent, tuple tags, tuple attrs, str title,
             double html_chars, double anchors):
        """Return the features as a row-major ``array('f')`` of n_blocks x 76, and the words of each block."""
        cdef sk_page page
        cdef sk_work work
        cdef sk_chars heading
        cdef sk_map known
        cdef size_t n = starts.shape[0], m = parent.shape[0], i
        cdef int64_t title_chars = len(title)
        cdef float[::1] rows
        cdef double[::1] counts
        out, words = clone(_FLOATS, SK_COLUMNS * n, False), clone(_DOUBLES, n, False)
        if n == 0:
            return out, words
        if (len(tags) != m or len(attrs) != m or <size_t>ends.shape[0] != n or <size_t>links.shape[0] != n
                or <size_t>owner.shape[0] != n):
            raise ValueError("columns differ in length")
        for i in range(n):
            if not (0 <= owner[i] < <long>m and 0 <= starts[i] <= ends[i] <= len(text)):
                raise ValueError(f"block {i} does not fit")
        for i in range(1, m):
            if not 0 <= parent[i] < <long>i:
                raise ValueError(f"element {i} does not follow its parent")
        cdef uint8_t *tag = <uint8_t *>malloc(m)
        cdef uint64_t *klass = <uint64_t *>malloc(m * 8)
        cdef uint32_t *hints = <uint32_t *>malloc(m * 4)
        cdef char *memory = <char *>calloc(1, _size(n, m))
        memset(&known, 0, sizeof(sk_map))
        memset(&work, 0, sizeof(sk_work))
        try:
            if tag == NULL or klass == NULL or hints == NULL or memory == NULL:
                raise MemoryError
            self.elements(tags, attrs, tag, klass, hints)
            page.n, page.m = n, m
            page.starts, page.ends, page.links = &starts[0], &ends[0], &links[0]
            page.owner, page.parent = &owner[0], &parent[0]
            page.tag, page.klass, page.hints = tag, klass, hints
            page.text.kind, page.text.data = PyUnicode_KIND(text), PyUnicode_DATA(text)
            page.html_chars, page.anchors = html_chars, anchors
            for i in range(4):
                page.share_bits[i] = self.share_bits[i]
            for i in range(7):
                page.hint_bits[i] = self.hint_bits[i]
            page.names = &self.names
            heading.kind, heading.data = PyUnicode_KIND(title), PyUnicode_DATA(title)
            rows, counts = out, words
            _lay(&work, memory, n, m)
            if (sk_map_new(&known, 2 * len(title) + 8) or sk_map_new(&work.repeats, n)
                    or sk_map_new(&work.signatures, m) or sk_map_new(&work.siblings, m)):
                raise MemoryError
            with nogil:
                sk_collect_title(&heading, title_chars, &known)
                for i in range(n):
                    work.own[i] = sk_scan_block(&page.text, starts[i], ends[i], &known)
                    work.words[i] = work.own[i].words
                    work.link[i] = min(1.0, links[i] / max(1.0, <double>work.own[i].chars))
                    if work.words[i] >= 12 and work.link[i] < 0.5:
                        work.prose[i] = work.words[i]
                    counts[i] = work.words[i]
                sk_rows(&page, &work, &rows[0])
        finally:
            free(tag)
            free(klass)
            free(hints)
            free(memory)
            sk_map_free(&known)
            sk_map_free(&work.repeats)
            sk_map_free(&work.signatures)
            sk_map_free(&work.siblings)
        return out, words

    cdef int elements(self, tuple tags, tuple attrs, uint8_t *tag, uint64_t *klass, uint32_t *hints) except -1:
        """Fill the columns of elements; equal attribute strings are looked into once."""
        cdef Py_ssize_t i, size, m = len(tags)
        cdef dict ordinals = self.ordinals
        cdef object known
        cdef sk_names seen
        if sk_names_new(&seen, m):
            raise MemoryError
        try:
            for i in range(m):
                known = ordinals.get(tags[i])
                tag[i] = self.other if known is None else known
                words = attrs[i]
                if words:
                    data = PyUnicode_AsUTF8AndSize(words, &size)
                    sk_look(self.hints, &seen, <const uint8_t *>data, size, &klass[i], &hints[i])
                else:
                    klass[i] = hints[i] = 0
        finally:
            sk_names_free(&seen)
        return 0


cdef size_t _size(size_t n, size_t m) noexcept:
    return n * (sizeof(sk_own) + 5 * 8 + 3 * 4 + 8) + m * (4 * 8 + 6 * 4 + 2 * 8 + SK_NEAREST + 2 * 4 + 3 * 8 + 8) + (
        4 * (n + 1) + m) * 8 + 1024


cdef char *_take(char **memory, size_t size) noexcept:
    cdef char *at = memory[0]
    memory[0] += (size + 7) & ~<size_t>7
    return at


cdef void _lay(sk_work *w, char *memory, size_t n, size_t m) noexcept:
    """Part one zeroed piece of memory among the arrays."""
    w.own = <sk_own *>_take(&memory, n * sizeof(sk_own))
    w.words = <double *>_take(&memory, n * 8)
    w.link = <double *>_take(&memory, n * 8)
    w.prose = <double *>_take(&memory, n * 8)
    w.before = <double *>_take(&memory, n * 8)
    w.before_good = <double *>_take(&memory, n * 8)
    w.section = <int32_t *>_take(&memory, n * 4)
    w.first_of = <int32_t *>_take(&memory, n * 4)
    w.copies = <int32_t *>_take(&memory, n * 4)
    w.sums = <double *>_take(&memory, m * 4 * 8)
    w.depth = <int32_t *>_take(&memory, m * 4)
    w.up = <int32_t *>_take(&memory, m * 4)
    w.at = <int32_t *>_take(&memory, m * 4)
    w.best = <int32_t *>_take(&memory, m * 4)
    w.card = <int32_t *>_take(&memory, m * 4)
    w.article = <int32_t *>_take(&memory, m * 4)
    w.most = <double *>_take(&memory, m * 8)
    w.same = <double *>_take(&memory, m * 8)
    w.near = <uint8_t *>_take(&memory, m * SK_NEAREST)
    w.sig_of = <int32_t *>_take(&memory, m * 4)
    w.same_of = <int32_t *>_take(&memory, m * 4)
    w.sig = <double *>_take(&memory, m * 3 * 8)
    w.sections = <double *>_take(&memory, (4 * (n + 1) + m) * 8)
