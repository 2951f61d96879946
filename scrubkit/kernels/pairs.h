/* Work on pairs of documents: shared shingles, shared stems in order. pairs.py states the same in plain Python. */
#ifndef SCRUBKIT_PAIRS_H
#define SCRUBKIT_PAIRS_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t *key;
    uint32_t *stamp, *count;
    uint8_t *seen;
    size_t mask;
    uint32_t now;
} pk_set;

static void pk_set_free(pk_set *s) {
    free(s->key);
    free(s->stamp);
    free(s->count);
    free(s->seen);
    memset(s, 0, sizeof *s);
}

static int pk_set_init(pk_set *s, size_t most) {
    size_t size = 64;
    memset(s, 0, sizeof *s);
    while (size < 2 * most) size *= 2;
    s->mask = size - 1;
    s->key = malloc(8 * size);
    s->stamp = calloc(size, 4);
    s->count = malloc(4 * size);
    s->seen = malloc(size);
    if (s->key && s->stamp && s->count && s->seen) return 0;
    pk_set_free(s);
    return -1;
}

static inline size_t pk_slot(const pk_set *s, uint64_t key) {
    size_t at = (size_t)(key >> 17) & s->mask;
    while (s->stamp[at] == s->now && s->key[at] != key) at = (at + 1) & s->mask;
    return at;
}

/* out: for each pair Jaccard of the sets, share of left's values found in right, share of right's found in left.
 * Pairs that follow each other with the same right document share one table. */
static int pk_overlap(const uint64_t *value, const int64_t *offset, int64_t docs, const int64_t *left,
                      const int64_t *right, int64_t pairs, float *out) {
    pk_set set;
    size_t longest = 0;
    int64_t d, p, held = -1;
    size_t distinct = 0;
    for (d = 0; d < docs; d++)
        if ((size_t)(offset[d + 1] - offset[d]) > longest) longest = (size_t)(offset[d + 1] - offset[d]);
    if (pk_set_init(&set, longest)) return -1;
    {
        /* slots touched by the current right document, to clear its marks */
        uint32_t *slots = malloc(4 * (longest + 1));
        pk_set own;
        if (!slots || pk_set_init(&own, longest)) {
            free(slots);
            pk_set_free(&set);
            return -1;
        }
        for (p = 0; p < pairs; p++) {
            const uint64_t *a = value + offset[left[p]], *b = value + offset[right[p]];
            size_t na = (size_t)(offset[left[p] + 1] - offset[left[p]]);
            size_t nb = (size_t)(offset[right[p] + 1] - offset[right[p]]);
            size_t i, both = 0, in_left = 0, in_right = 0, only = 0;
            if (right[p] != held) {
                held = right[p];
                set.now++;
                distinct = 0;
                for (i = 0; i < nb; i++) {
                    size_t at = pk_slot(&set, b[i]);
                    if (set.stamp[at] != set.now) {
                        set.stamp[at] = set.now;
                        set.key[at] = b[i];
                        set.count[at] = 0;
                        slots[distinct++] = (uint32_t)at;
                    }
                    set.count[at]++;
                }
            }
            for (i = 0; i < distinct; i++) set.seen[slots[i]] = 0;
            own.now++;
            for (i = 0; i < na; i++) {
                size_t at = pk_slot(&set, a[i]);
                if (set.stamp[at] == set.now) {
                    in_left++;
                    if (!set.seen[at]) {
                        set.seen[at] = 1;
                        both++;
                        in_right += set.count[at];
                    }
                } else {
                    size_t mine = pk_slot(&own, a[i]);
                    if (own.stamp[mine] != own.now) {
                        own.stamp[mine] = own.now;
                        own.key[mine] = a[i];
                        only++;
                    }
                }
            }
            out[3 * p] = distinct + only ? (float)both / (float)(distinct + only) : 0;
            out[3 * p + 1] = na ? (float)in_left / (float)na : 0;
            out[3 * p + 2] = nb ? (float)in_right / (float)nb : 0;
        }
        pk_set_free(&own);
        free(slots);
    }
    pk_set_free(&set);
    return 0;
}

#if defined(__GNUC__)
#define pk_fetch(p) __builtin_prefetch(p, 1)
#else
#define pk_fetch(p) (void)0
#endif
#define PK_RARITY 0.08664339756999316 /* ln 2 / 8: a rarity byte counts eighths of a bit */
#define PK_STEM_BITS 17               /* stems are compared by this many bits: the table stays in the cache */
#define PK_AHEAD 12 /* stems that the table is asked for ahead of time */
#define PK_SLOT (((uint32_t)1 << PK_STEM_BITS) - 1)

static inline uint64_t pk_mix(uint64_t h) {
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBull;
    return h ^ (h >> 31);
}

static inline uint8_t pk_rarity_of(double documents, uint32_t frequency) {
    double q = nearbyint(8.0 * log2(documents / (double)(frequency ? frequency : 1)));
    return q < 0 ? 0 : q > 255 ? 255 : (uint8_t)q;
}

/* Count in how many documents each stem stands, by its upper bits: added to table. The stems of a document are told
 * apart in a small set first, so the table, larger than any cache, has no room for whom it was seen with last. */
static int pk_frequencies(const uint32_t *stem, const int64_t *offset, int64_t docs, int bits, uint32_t *table) {
    int shift = 32 - bits;
    int64_t d, i, longest = 0, distinct;
    size_t size = 64;
    uint64_t *seen; /* document + 1 << 32 | stem */
    uint32_t *once;
    for (d = 0; d < docs; d++)
        if (offset[d + 1] - offset[d] > longest) longest = offset[d + 1] - offset[d];
    while ((int64_t)size < 2 * longest) size *= 2;
    seen = calloc(size, 8);
    once = malloc(4 * (size_t)(longest + 1));
    if (!seen || !once) {
        free(seen);
        free(once);
        return -1;
    }
    for (d = 0; d < docs; d++) {
        uint64_t own = (uint64_t)(d + 1) << 32;
        int64_t n = offset[d + 1] - offset[d];
        int down = 26; /* a set of 64 at least */
        while (((int64_t)1 << (32 - down)) < 2 * n) down--;
        distinct = 0;
        for (i = offset[d]; i < offset[d + 1]; i++) {
            uint32_t cell = stem[i] >> shift;
            size_t at = cell * 0x9E3779B1u >> down, mask = ((size_t)1 << (32 - down)) - 1;
            while (seen[at] >> 32 == own >> 32 && (uint32_t)seen[at] != cell) at = (at + 1) & mask;
            if (seen[at] >> 32 == own >> 32) continue;
            seen[at] = own | cell;
            once[distinct++] = cell;
            pk_fetch(table + cell);
        }
        for (i = 0; i < distinct; i++) table[once[i]]++;
    }
    free(seen);
    free(once);
    return 0;
}

/* Rarity byte by the upper bits of a stem: 8 log2(documents / documents that hold it), at most what the prior says. */
static void pk_rarity_table(const uint32_t *table, size_t size, double documents, const uint8_t *prior, uint8_t *of) {
    uint8_t few[4096];
    size_t k;
    for (k = 0; k < 4096; k++) few[k] = pk_rarity_of(documents, (uint32_t)k);
    for (k = 0; k < size; k++) {
        uint32_t f = table[k];
        uint8_t q = f < 4096 ? few[f] : pk_rarity_of(documents, f);
        of[k] = q < prior[k] ? q : prior[k];
    }
}

#define PK_CELL(k) ((unsigned)(((k) * 0xD6E8FEB86659FD93ull) >> 52)) /* which of 4096 ranges a second hash lies in */

#define PK_SHORT 2   /* of a document with less than this part of the keys it may have the less rare stems count too: */
#define PK_COMMON 16 /* those that stand in up to four times as many documents (eighths of a bit) */

/* Hashes of the unordered pairs of stems of a document, of those as rare as asked for, at most `window` apart. */
static int64_t pk_pairs_within(const uint32_t *stem, const uint8_t *rarity, int64_t size, int low, int high, int window,
                               uint64_t *key) {
    uint64_t ring[16];
    int64_t i, j, rare = 0, n = 0;
    for (i = 0; i < size; i++) {
        uint64_t x;
        if (rarity[i] < low || rarity[i] > high) continue;
        x = pk_mix((uint64_t)stem[i] + 1);
        for (j = rare > window ? rare - window : 0; j < rare; j++) {
            uint64_t y = ring[j & 15];
            if (x != y) {
                uint64_t h = (x + y) * 0x9E3779B97F4A7C15ull;
                key[n++] = h ^ (h >> 29);
            }
        }
        ring[rare++ & 15] = x;
    }
    return n;
}

/* Pack keys with their document; of more than `most` those with the smallest hashes. */
static int64_t pk_sampled(const uint64_t *key, int64_t n, int64_t most, uint64_t mask, uint64_t own, uint64_t *out) {
    int32_t histogram[4096];
    int64_t i, taken = 0, written = 0;
    unsigned cell = 0;
    if (n > most) {
        memset(histogram, 0, sizeof histogram);
        for (i = 0; i < n; i++) histogram[PK_CELL(key[i])]++;
        while (cell < 4096 && taken + histogram[cell] <= most) taken += histogram[cell++];
    } else
        cell = 4096;
    for (i = 0; i < n; i++) { /* written, and written over where it does not stay: no branch */
        out[written] = (key[i] & ~mask) | own;
        written += PK_CELL(key[i]) < cell;
    }
    return written;
}

/* Keys of documents: unordered pairs of rare stems at most `window` rare stems apart, packed key | document. A short
 * document, of which there are few, has pairs of its less rare stems besides, as many as there is room for. Returns
 * how many were written to out (room: docs * most, and one). */
static int64_t pk_local_keys(const uint32_t *stem, const uint8_t *rarity, const int64_t *offset, int64_t docs,
                             int low, int high, int window, int64_t most, int document_bits, uint64_t *key,
                             uint64_t *out) {
    int64_t d, written = 0;
    uint64_t mask = ((uint64_t)1 << document_bits) - 1;
    for (d = 0; d < docs; d++) {
        int64_t first = offset[d], size = offset[d + 1] - first;
        int64_t n = pk_pairs_within(stem + first, rarity + first, size, low, high, window, key);
        written += pk_sampled(key, n, most, mask, (uint64_t)d, out + written);
        if (PK_SHORT * n <= most && low > 0) {
            int less = low > PK_COMMON ? low - PK_COMMON : 0;
            int64_t more = pk_pairs_within(stem + first, rarity + first, size, less, high, window, key);
            written += pk_sampled(key, more, most - n, mask, (uint64_t)d, out + written);
        }
    }
    return written;
}

typedef struct {
    const uint32_t *stem;
    const uint8_t *number, *rarity;
    const int64_t *offset;
    const double *square, *weight; /* a document: sum of squared rarities of distinct stems, sum of rarities */
    const int32_t *distinct;
} pk_stems;

/* Sums over a document's stems that the features divide by; which: the documents wanted, or NULL for all. */
static int pk_totals(const uint32_t *stem, const uint8_t *rarity, const int64_t *offset, const int64_t *which,
                     int64_t docs, double *square, double *weight, int32_t *distinct) {
    uint32_t *last = calloc((size_t)1 << PK_STEM_BITS, 4);
    int64_t d, i, row;
    if (!last) return -1;
    for (row = 0; row < docs; row++) {
        d = which ? which[row] : row;
        double s = 0, w = 0;
        int32_t u = 0;
        for (i = offset[d]; i < offset[d + 1]; i++) {
            double q = rarity[i] * PK_RARITY;
            uint32_t h = stem[i] >> (32 - PK_STEM_BITS);
            int fresh = last[h] != (uint32_t)row + 1;
            if (i + PK_AHEAD < offset[d + 1]) pk_fetch(last + (stem[i + PK_AHEAD] >> (32 - PK_STEM_BITS)));
            last[h] = (uint32_t)row + 1;
            w += q;
            s += fresh ? q * q : 0; /* no branch: nobody can guess it */
            u += fresh;
        }
        square[d] = s;
        weight[d] = w;
        distinct[d] = u;
    }
    free(last);
    return 0;
}

/* Pairs are packed right << 32 | left with left < right: however often a document is copied, no document has more
 * pairs as the right one than a bucket's cap allows, so parts by the right document are of a size. */

typedef struct {
    int64_t at;       /* where to go on: the entry whose pairs as the right one come next */
    int64_t written;
    int64_t oversized, largest;
} pk_progress;

/* Pairs of documents in runs of equal keys; packed ascends, the document in its low bits. In runs of more than cap
 * entries each document is paired with the first `window` and the `window` before it (none where window is 0). live:
 * NULL, or counts the runs of two to cap entries a document stands in. Stops when `room` may not hold what comes next. */
static pk_progress pk_run_pairs(const uint64_t *packed, int64_t n, int bits, int64_t cap, int64_t window, int32_t *live,
                                int64_t at, uint64_t *out, int64_t room) {
    pk_progress p = {at, 0, 0, 0};
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    int64_t most = cap > 2 * window ? cap : 2 * window, i = at, j = at;
    while (i > 0 && i < n && (packed[i - 1] & ~mask) == (packed[at] & ~mask)) i--;
    while (p.at < n) {
        int64_t x = p.at, y;
        uint64_t key = packed[x] & ~mask, own = packed[x] & mask;
        if (p.written + most > room) return p;
        if (x >= j) { /* a run begins, or is gone on with */
            if (x > at) i = x;
            j = x + 1;
            while (j < n && (packed[j] & ~mask) == key) j++;
            if (x == i && j - i > cap) {
                p.oversized++;
                if (j - i > p.largest) p.largest = j - i;
            }
        }
        if (j - i > cap && !window) {
            p.at = j;
            continue;
        }
        if (x == i || packed[x] != packed[x - 1]) {
            if (live && j - i > 1 && j - i <= cap) live[own]++;
            for (y = i; y < x; y++) {
                if (j - i > cap && y == i + window && y < x - window) y = x - window;
                if ((y > i && packed[y] == packed[y - 1]) || (packed[y] & mask) == own) continue;
                out[p.written++] = own << 32 | (packed[y] & mask);
            }
        }
        p.at++;
    }
    return p;
}

/* Put values into parts by value >> shift; begin: one more than parts. */
static void pk_scatter(const uint64_t *value, int64_t n, int shift, int64_t parts, uint64_t *out, int64_t *begin) {
    int64_t i, k;
    memset(begin, 0, sizeof *begin * (size_t)(parts + 1));
    for (i = 0; i < n; i++) begin[(value[i] >> shift) + 1]++;
    for (k = 0; k < parts; k++) begin[k + 1] += begin[k];
    for (i = 0; i < n; i++) out[begin[value[i] >> shift]++] = value[i];
    for (k = parts; k > 0; k--) begin[k] = begin[k - 1];
    begin[0] = 0;
}

#define PK_BUCKET 13 /* pairs are counted in tables of twice this many bits of entries, which stay in the cache */

/* Count equal pairs; those with enough, by the live keys of both, go to out and shared in any order. Returns how many,
 * -1 without memory. value is used up. */
static int64_t pk_count_pairs(const uint64_t *value, int64_t n, const int32_t *live, double fraction, int64_t least,
                              uint64_t *out, int32_t *shared) {
    int spread = 0;
    int64_t parts, k, i, written = 0, widest = 0;
    uint64_t *hashed, *key;
    int64_t *begin;
    int32_t *count;
    size_t size = 64, mask;
    while (n >> (PK_BUCKET + spread) > 1 && spread < 16) spread++;
    parts = (int64_t)1 << spread;
    hashed = malloc(8 * (size_t)(n + 1));
    begin = malloc(8 * (size_t)(parts + 2));
    if (!hashed || !begin) {
        free(hashed);
        free(begin);
        return -1;
    }
    memset(begin, 0, 8 * (size_t)(parts + 2));
#define PK_PART(v) (spread ? (int64_t)((v) * 0x9E3779B97F4A7C15ull >> (64 - spread)) : 0)
    for (i = 0; i < n; i++) begin[PK_PART(value[i]) + 1]++;
    for (k = 0; k < parts; k++) {
        if (begin[k + 1] > widest) widest = begin[k + 1];
        begin[k + 1] += begin[k];
    }
    for (i = 0; i < n; i++) hashed[begin[PK_PART(value[i])]++] = value[i];
    for (k = parts; k > 0; k--) begin[k] = begin[k - 1];
    begin[0] = 0;
    while ((int64_t)size < 2 * widest) size *= 2;
    mask = size - 1;
    key = malloc(8 * size);
    count = malloc(4 * size);
    if (!key || !count) {
        free(hashed);
        free(begin);
        free(key);
        free(count);
        return -1;
    }
    for (k = 0; k < parts; k++) {
        size_t own = 64, at;
        while ((int64_t)own < 2 * (begin[k + 1] - begin[k])) own *= 2;
        mask = own - 1;
        memset(count, 0, 4 * own);
        for (i = begin[k]; i < begin[k + 1]; i++) {
            uint64_t v = hashed[i];
            at = (size_t)((v * 0xD6E8FEB86659FD93ull) >> 30) & mask;
            while (count[at] && key[at] != v) at = (at + 1) & mask;
            key[at] = v;
            count[at]++;
        }
        for (at = 0; at < own; at++) {
            int32_t c = count[at], fewest, other;
            if (!c) continue;
            fewest = live[key[at] >> 32];
            other = live[key[at] & 0xFFFFFFFFu];
            if (other < fewest) fewest = other;
            if (c >= fraction * fewest && (fewest < 24 || c >= least)) {
                out[written] = key[at];
                shared[written++] = c;
            }
        }
    }
    free(hashed);
    free(begin);
    free(key);
    free(count);
    return written;
}

#define PK_DENSE 256

/* Average link over one component of at most PK_DENSE nodes; edges by falling score. label: the smallest node of each
 * node's cluster. between: PK_DENSE * PK_DENSE counters, cleared here. */
static void pk_average_link(int32_t nodes, const int32_t *left, const int32_t *right, int64_t edges, double link,
                            int32_t dense, int32_t *between, int32_t *label) {
    int32_t size[PK_DENSE], v;
    int64_t e;
    memset(between, 0, sizeof *between * (size_t)nodes * (size_t)nodes);
    for (v = 0; v < nodes; v++) {
        label[v] = v;
        size[v] = 1;
    }
    for (e = 0; e < edges; e++) between[left[e] * nodes + right[e]] = between[right[e] * nodes + left[e]] = 1;
    for (e = 0; e < edges; e++) {
        int32_t x = label[left[e]], y = label[right[e]], all, most;
        if (x == y) continue;
        all = size[x] * size[y];
        most = dense * (size[x] < size[y] ? size[x] : size[y]);
        if (between[x * nodes + y] < link * (all < most ? all : most)) continue;
        if (y < x) {
            v = x;
            x = y;
            y = v;
        }
        size[x] += size[y];
        for (v = 0; v < nodes; v++) {
            if (label[v] == y) label[v] = x;
            between[x * nodes + v] += between[y * nodes + v];
            between[v * nodes + x] = between[x * nodes + v];
        }
    }
}

#define PK_FEATURES 18
#define PK_PLACES 3 /* places of a stem that are tried for the chain */
#define PK_WIDE 40  /* links further apart than `near` join up to here where both documents agree on the distance */
enum { PK_CONTAINED, PK_JACCARD, PK_CHAIN, PK_COVERED, PK_COVERED_LONG, PK_ORDER, PK_GAP, PK_LENGTH, PK_RATIO,
       PK_NUMBERS, PK_NUMBER_COUNT, PK_ADJACENT, PK_RAW, PK_CHAIN_LENGTH, PK_KEPT_NEXT, PK_ALIGNED, PK_ALIGNED_LONG, PK_SHARED };

typedef struct {
    uint32_t *table;     /* stamp << PK_STEM_BITS | slot: 512 KB, which a core's own cache holds */
    int32_t (*place)[PK_PLACES];
    int32_t *count;
    uint8_t *seen;
    int32_t *at_a, *at_b, *tail, *lowest, *parent, *chain; /* lowest: at_b of the tails, ascending */
} pk_work;

static void pk_work_free(pk_work *w) {
    free(w->table);
    free(w->place);
    free(w->count);
    free(w->seen);
    free(w->at_a);
    free(w->at_b);
    free(w->tail);
    free(w->lowest);
    free(w->parent);
    free(w->chain);
    memset(w, 0, sizeof *w);
}

static int pk_work_init(pk_work *w, size_t longest) {
    size_t links = PK_PLACES * (longest + 2);
    memset(w, 0, sizeof *w);
    w->table = calloc((size_t)1 << PK_STEM_BITS, 4);
    w->place = malloc((longest + 2) * sizeof *w->place);
    w->count = malloc(4 * (longest + 2));
    w->seen = malloc(longest + 2);
    w->at_a = malloc(4 * links);
    w->at_b = malloc(4 * links);
    w->tail = malloc(4 * links);
    w->lowest = malloc(4 * links);
    w->parent = malloc(4 * links);
    w->chain = malloc(4 * links);
    if (w->table && w->place && w->count && w->seen && w->at_a && w->at_b && w->tail && w->lowest && w->parent && w->chain)
        return 0;
    pk_work_free(w);
    return -1;
}

/* The longest chain of links whose places rise in both documents; returns its length, links in w->chain. */
static int32_t pk_longest_chain(pk_work *w, int32_t links) {
    int32_t length = 0, t, lo, left, half, p;
    int32_t *restrict lowest = w->lowest;
    for (t = 0; t < links; t++) {
        int32_t b = w->at_b[t];
        lo = 0;
        if (length && lowest[length - 1] < b)
            lo = length;
        else {
            for (left = length; left > 1; left -= half) { /* without a branch on what is compared */
                half = left / 2;
                lo += lowest[lo + half - 1] < b ? half : 0;
            }
            lo += left && lowest[lo] < b;
        }
        w->parent[t] = lo ? w->tail[lo - 1] : -1;
        w->tail[lo] = t;
        lowest[lo] = b;
        length += lo == length;
    }
    if (length) {
        t = w->tail[length - 1];
        for (p = length - 1; p >= 0; p--) {
            w->chain[p] = t;
            t = w->parent[t];
        }
    }
    return length;
}

static void pk_chain_features(const pk_work *w, int32_t length, int32_t matched, const uint8_t *rarity, double least,
                              int64_t na, int64_t nb, int near, float *x) {
    double weight = 0, root = 2 * sqrt((double)matched);
    int64_t cover_a = 0, cover_b = 0, align_a = 0, align_b = 0, gap = 0, before = -1;
    int32_t p;
    for (p = 0; p < length; p++) {
        int32_t i = w->at_a[w->chain[p]], j = w->at_b[w->chain[p]];
        weight += rarity[i] * PK_RARITY;
        if (p) {
            int32_t da = i - w->at_a[w->chain[p - 1]], db = j - w->at_b[w->chain[p - 1]];
            int32_t wide = da > db ? da : db, off = da > db ? da - db : db - da;
            int close = wide <= near, even = close || (wide <= PK_WIDE && 5 * off <= wide);
            cover_a += close ? da : 1;
            cover_b += close ? db : 1;
            align_a += even ? da : 1;
            align_b += even ? db : 1;
        } else
            cover_a = cover_b = align_a = align_b = 1;
        if (i - before - 1 > gap) gap = i - before - 1;
        before = i;
    }
    if (na - 1 - before > gap) gap = na - 1 - before;
    x[PK_CHAIN] = (float)(weight / least);
    x[PK_COVERED] = (float)((double)cover_a / (double)na);
    x[PK_COVERED_LONG] = (float)((double)cover_b / (double)nb);
    x[PK_ALIGNED] = (float)((double)align_a / (double)na);
    x[PK_ALIGNED_LONG] = (float)((double)align_b / (double)nb);
    x[PK_GAP] = (float)((double)gap / (double)na);
    if (matched > 6) {
        double excess = (length - root) / (matched - root > 1 ? matched - root : 1);
        x[PK_ORDER] = (float)(excess > 0 ? excess : 0);
    } else
        x[PK_ORDER] = (float)(0.5 * length / (matched > 1 ? matched : 1));
    x[PK_CHAIN_LENGTH] = (float)log((double)length);
}

/* Features of pairs (a, b) with a no longer than b; pairs that follow each other with the same b share a table.
 * rare: rarity above which a stem may link; least: below this weighted containment the rest is not computed and
 * PK_LENGTH is -1. */
static int pk_features(const pk_stems *s, const int64_t *as, const int64_t *bs, int64_t pairs, int rare,
                       int near, double least, float *out) {
    pk_work w;
    size_t longest = 0;
    int64_t d, q, held = -1;
    uint32_t stamp = 0;
    int32_t slots = 0, numbers_b = 0;
    for (q = 0; q < 2 * pairs; q++) {
        d = q < pairs ? as[q] : bs[q - pairs];
        if ((size_t)(s->offset[d + 1] - s->offset[d]) > longest) longest = (size_t)(s->offset[d + 1] - s->offset[d]);
    }
    if (pk_work_init(&w, longest)) return -1;
    for (q = 0; q < pairs; q++) {
        int64_t a = as[q], b = bs[q], na = s->offset[a + 1] - s->offset[a], nb = s->offset[b + 1] - s->offset[b], i;
        const uint32_t *sa = s->stem + s->offset[a], *sb = s->stem + s->offset[b];
        const uint8_t *fa = s->number + s->offset[a], *fb = s->number + s->offset[b], *qa = s->rarity + s->offset[a];
        float *x = out + PK_FEATURES * q;
        double square = 0, smaller;
        int32_t both = 0, links = 0, matched = 0, previous = -1, next = 0, next_kept = 0, numbers = 0, numbers_hit = 0;
        memset(x, 0, sizeof(float) * PK_FEATURES);
        x[PK_GAP] = 1;
        x[PK_LENGTH] = -1;
        if (!na || !nb) continue;
        if (b != held) {
            held = b;
            if (++stamp >> (32 - PK_STEM_BITS)) {
                memset(w.table, 0, sizeof *w.table << PK_STEM_BITS);
                stamp = 1;
            }
            slots = numbers_b = 0;
            for (i = 0; i < nb; i++) {
                uint32_t h = sb[i] >> (32 - PK_STEM_BITS);
                int32_t z;
                if (i + PK_AHEAD < nb) pk_fetch(w.table + (sb[i + PK_AHEAD] >> (32 - PK_STEM_BITS)));
                if (w.table[h] >> PK_STEM_BITS != stamp) {
                    z = slots++;
                    w.table[h] = stamp << PK_STEM_BITS | (uint32_t)z;
                    w.count[z] = 0;
                } else
                    z = (int32_t)(w.table[h] & PK_SLOT);
                if (w.count[z] < PK_PLACES) w.place[z][w.count[z]] = (int32_t)i;
                w.count[z]++;
                numbers_b += fb[i] & 1;
            }
        }
        memset(w.seen, 0, (size_t)slots);
        for (i = 0; i < na; i++) {
            uint32_t v = w.table[sa[i] >> (32 - PK_STEM_BITS)];
            int hit = v >> PK_STEM_BITS == stamp;
            if (i + PK_AHEAD < na) pk_fetch(w.table + (sa[i + PK_AHEAD] >> (32 - PK_STEM_BITS)));
            if (fa[i] & 1) {
                numbers++;
                numbers_hit += hit;
            }
            if (hit) {
                int32_t z = (int32_t)(v & PK_SLOT), c = w.count[z] < PK_PLACES ? w.count[z] : PK_PLACES, p, r;
                if (!w.seen[z]) {
                    double weight = qa[i] * PK_RARITY;
                    w.seen[z] = 1;
                    square += weight * weight;
                    both++;
                }
                if (previous >= 0) {
                    int32_t cp = w.count[previous] < PK_PLACES ? w.count[previous] : PK_PLACES, ok = 0;
                    next++;
                    for (p = 0; p < c; p++)
                        for (r = 0; r < cp; r++) ok |= w.place[z][p] - w.place[previous][r] == 1;
                    next_kept += ok;
                }
                if (w.count[z] <= PK_PLACES && qa[i] > rare) {
                    matched++;
                    for (p = c - 1; p >= 0; p--) {
                        w.at_a[links] = (int32_t)i;
                        w.at_b[links++] = w.place[z][p];
                    }
                }
                previous = z;
            } else
                previous = -1;
        }
        smaller = s->square[a] < s->square[b] ? s->square[a] : s->square[b];
        x[PK_CONTAINED] = (float)(square / (smaller > 1e-6 ? smaller : 1e-6));
        {
            int32_t fewer = s->distinct[a] < s->distinct[b] ? s->distinct[a] : s->distinct[b];
            x[PK_RAW] = (float)((double)both / (fewer > 1 ? fewer : 1));
        }
        if (x[PK_CONTAINED] < least) continue;
        {
            double sum = s->square[a] + s->square[b] - square;
            double weight = s->weight[a] < s->weight[b] ? s->weight[a] : s->weight[b];
            int32_t length = pk_longest_chain(&w, links), some = numbers < numbers_b ? numbers : numbers_b;
            x[PK_SHARED] = (float)log(1 + square);
            x[PK_JACCARD] = (float)(square / (sum > 1e-6 ? sum : 1e-6));
            if (length) pk_chain_features(&w, length, matched, qa, weight > 1e-6 ? weight : 1e-6, na, nb, near, x);
            x[PK_LENGTH] = (float)log((double)na);
            x[PK_RATIO] = (float)log((double)nb / (double)na);
            x[PK_NUMBERS] = some ? (float)((double)(numbers_hit < some ? numbers_hit : some) / some) : 0.5f;
            x[PK_NUMBER_COUNT] = (float)((some < 20 ? some : 20) / 20.0);
            x[PK_ADJACENT] = (float)((double)next_kept / (na > 2 ? na - 1 : 1));
            x[PK_KEPT_NEXT] = (float)((double)next_kept / (next > 1 ? next : 1));
        }
    }
    pk_work_free(&w);
    return 0;
}
#endif
