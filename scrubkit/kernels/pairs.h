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
#endif
