# cython: language_level=3, boundscheck=False, wraparound=False
"""Compiled resolution of findings; ``resolve.py`` says what it means, ``core/ledger.py`` is the reference."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, qsort


cdef extern from "Python.h":
    str PyUnicode_Substring(object text, Py_ssize_t start, Py_ssize_t end)


cdef extern from "members.h":
    Py_ssize_t sk_member(object type, object name)
    object sk_field(object thing, Py_ssize_t offset)
    void sk_fill(object thing, Py_ssize_t offset, object value)
    object sk_bare(object type)


cdef extern from "resolve.h" nogil:
    ctypedef struct sk_claim:
        int64_t start, end
        double score
        int32_t rank, code
        uint8_t keep
    ctypedef struct sk_piece:
        int64_t start, end
        int32_t winner
    ctypedef struct sk_top:
        pass
    ctypedef struct sk_pieces:
        sk_piece *piece
        uint64_t *codes
        size_t length, room, width
    int sk_sweep(sk_claim *claim, size_t n, sk_top *room, int64_t *edges, int32_t *active, uint64_t *codes, sk_pieces *out)
    int sk_absorb(const sk_pieces *p, const uint8_t *kinds, const long *starts, const long *ends, size_t n,
                  int blank, int32_t *owner, sk_pieces *all)


cdef struct Ranked:
    double score
    int64_t start, end
    int32_t code, at
    uint8_t model


cdef int by_rank(const void *a, const void *b) noexcept nogil:
    """Typed rules before the model, the surer first, then by place and code; what is left is told apart in Python."""
    cdef const Ranked *x = <const Ranked *>a
    cdef const Ranked *y = <const Ranked *>b
    if x.model != y.model:
        return 1 if x.model else -1
    if x.score != y.score:
        return 1 if x.score < y.score else -1
    if x.start != y.start:
        return 1 if x.start > y.start else -1
    if x.end != y.end:
        return 1 if x.end > y.end else -1
    return (x.code > y.code) - (x.code < y.code)


cdef class Resolver:
    """Resolution for two classes with slots: what a finding is, and what an entry. Immutable."""

    cdef type finding, entry
    cdef Py_ssize_t of_start, of_end, of_code, of_action, of_score, of_because
    cdef Py_ssize_t start, end, code, text, score, because, codes, replacement

    def __init__(self, type finding not None, type entry not None):
        """Raises ``TypeError`` where a field is none of the class's slots."""
        self.finding, self.entry = finding, entry
        self.of_start, self.of_end, self.of_code, self.of_action, self.of_score, self.of_because = [
            place(finding, name) for name in ("start", "end", "code", "action", "score", "because")]
        self.start, self.end, self.code, self.text, self.score, self.because, self.codes, self.replacement = [
            place(entry, name) for name in ("start", "end", "code", "text", "score", "because", "codes", "replacement")]

    def resolve(self, str text not None, list findings not None, const uint8_t[::1] kinds, const long[::1] starts,
                const long[::1] ends, int blank):
        """Return the clean text and the entries that findings amount to, ``None`` where the plain version is to say."""
        cdef size_t size = len(text), n = 0, room = len(findings)
        cdef int64_t start, end
        cdef int keep
        cdef list acting = [], names
        cdef dict numbers = {}
        cdef str action, code
        cdef sk_claim *claims = <sk_claim *>malloc((room + 1) * sizeof(sk_claim))
        cdef Ranked *ranks = <Ranked *>malloc((room + 1) * sizeof(Ranked))
        cdef Swept swept
        if claims == NULL or ranks == NULL:
            free(claims)
            free(ranks)
            raise MemoryError
        try:
            for finding in findings:
                if type(finding) is not self.finding:
                    return None
                start, end = sk_field(finding, self.of_start), sk_field(finding, self.of_end)
                action, code = sk_field(finding, self.of_action), sk_field(finding, self.of_code)
                if <size_t>end > size:
                    raise ValueError(f"{code}: span {start}:{end} ends outside the text ({size})")
                if action == "replace":
                    return None
                keep = action == "keep"
                if end > start and (keep or action == "remove"):
                    claims[n].start, claims[n].end, claims[n].score = start, end, sk_field(finding, self.of_score)
                    claims[n].keep, claims[n].rank = keep, 0
                    numbers[code] = 0
                    acting.append(finding)
                    n += 1
            names = sorted(numbers)
            for n, name in enumerate(names):
                numbers[name] = n
            n = len(acting)
            by = self.rank(acting, numbers, claims, ranks)
            swept = Swept(len(names))
            swept.run(claims, n, kinds, starts, ends, blank)
            return self.told(text, swept, names, by)
        finally:
            free(claims)
            free(ranks)

    cdef list rank(self, list acting, dict numbers, sk_claim *claims, Ranked *ranks):
        """Give each claim its rank; return the removals in their order."""
        cdef size_t i, j, k, m = 0, n = len(acting)
        cdef list order = []
        cdef str code
        for i in range(n):
            code = sk_field(acting[i], self.of_code)
            claims[i].code = numbers[code]
            if not claims[i].keep:
                ranks[m].score, ranks[m].start, ranks[m].end = claims[i].score, claims[i].start, claims[i].end
                ranks[m].code, ranks[m].at = claims[i].code, <int32_t>i
                ranks[m].model = code.startswith("BPL")
                m += 1
        qsort(ranks, m, sizeof(Ranked), by_rank)
        i = 0
        while i < m:
            j = i + 1
            while j < m and by_rank(&ranks[i], &ranks[j]) == 0:
                j += 1
            if j - i > 1:
                same = [ranks[k].at for k in range(i, j)]
                same.sort(key=lambda at: acting[at].sort_key())
                for k in range(i, j):
                    ranks[k].at = same[k - i]
            for k in range(i, j):
                claims[ranks[k].at].rank = <int32_t>k
                order.append(acting[ranks[k].at])
            i = j
        return order

    cdef tuple told(self, str text, Swept swept, list names, list order):
        """Return the text without the pieces, and the entries."""
        cdef sk_pieces *p = swept.result
        cdef size_t i
        cdef Py_ssize_t at = 0, start, end
        cdef list kept = [], entries = []
        cdef dict seen = {}
        for i in range(p.length):
            start, end = p.piece[i].start, p.piece[i].end
            winner = order[p.piece[i].winner]
            entry = sk_bare(self.entry)
            sk_fill(entry, self.start, start)
            sk_fill(entry, self.end, end)
            sk_fill(entry, self.code, sk_field(winner, self.of_code))
            sk_fill(entry, self.text, PyUnicode_Substring(text, start, end))
            sk_fill(entry, self.score, sk_field(winner, self.of_score))
            sk_fill(entry, self.because, sk_field(winner, self.of_because))
            sk_fill(entry, self.codes, codes_of(p.codes + i * p.width, p.width, names, seen))
            sk_fill(entry, self.replacement, "")
            entries.append(entry)
            if start > at:
                kept.append(PyUnicode_Substring(text, at, start))
            at = end
        if at == 0:
            return text, tuple(entries)
        kept.append(PyUnicode_Substring(text, at, len(text)))
        return "".join(kept), tuple(entries)


cdef Py_ssize_t place(type of, str name) except -1:
    cdef Py_ssize_t found = sk_member(of, name)
    if found < 0:
        raise TypeError(f"{of.__name__}.{name} is no slot")
    return found


cdef class Swept:
    """The pieces of a text that go. Owns its memory."""

    cdef sk_pieces found, all
    cdef sk_pieces *result

    def __cinit__(self, size_t codes):
        self.found.width = self.all.width = codes // 64 + 1
        self.result = &self.found

    def __dealloc__(self):
        free(self.found.piece)
        free(self.found.codes)
        free(self.all.piece)
        free(self.all.codes)

    cdef int run(self, sk_claim *claims, size_t n, const uint8_t[::1] kinds, const long[::1] starts,
                 const long[::1] ends, int blank) except -1:
        cdef size_t blocks = kinds.shape[0]
        cdef sk_top *heaps = <sk_top *>malloc((4 * n + 1) * sizeof(sk_top))
        cdef int64_t *edges = <int64_t *>malloc((2 * n + 1) * sizeof(int64_t))
        cdef int32_t *active = <int32_t *>calloc(self.found.width * 64, sizeof(int32_t))
        cdef uint64_t *codes = <uint64_t *>malloc(self.found.width * sizeof(uint64_t))
        cdef int32_t *owner = <int32_t *>malloc((blocks + 1) * sizeof(int32_t))
        cdef int failed = heaps == NULL or edges == NULL or active == NULL or codes == NULL or owner == NULL
        if not failed:
            with nogil:
                failed = sk_sweep(claims, n, heaps, edges, active, codes, &self.found)
                if not failed and self.found.length and blocks:
                    self.result = &self.all
                    failed = sk_absorb(&self.found, &kinds[0], &starts[0], &ends[0], blocks, blank, owner, &self.all)
        free(heaps)
        free(edges)
        free(active)
        free(codes)
        free(owner)
        if failed:
            raise MemoryError
        return 0


cdef tuple codes_of(const uint64_t *words, size_t width, list names, dict seen):
    """Return the codes whose bits are set, in their order; equal sets share one tuple."""
    cdef size_t i, k
    cdef object key = words[0] if width == 1 else (<const char *>words)[:width * 8]
    found = seen.get(key)
    if found is None:
        found = tuple([names[64 * k + i] for k in range(width) for i in range(64) if words[k] >> i & 1])
        seen[key] = found
    return <tuple>found
