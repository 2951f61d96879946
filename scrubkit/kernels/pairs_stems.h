/* The stems of documents: in how many they stand, how rare they are, the local pairs of them that stand for a document. */
#ifndef SCRUBKIT_PAIRS_STEMS_H
#define SCRUBKIT_PAIRS_STEMS_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
#endif
