/* Pairs of documents in runs of equal keys, how often each comes, and clusters by average link. */
#ifndef SCRUBKIT_PAIRS_GROUPS_H
#define SCRUBKIT_PAIRS_GROUPS_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
#endif
