/* The set of blocks with the highest expected F score; select.py holds the reference and the meaning. */
#ifndef SCRUBKIT_SELECT_H
#define SCRUBKIT_SELECT_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct { double p; size_t at; } sk_chance;

static inline int sk_before(const sk_chance *a, const sk_chance *b) { return a->p > b->p || (a->p == b->p && a->at < b->at); }

/* Sort by falling probability, equal ones by place: insertion in runs of eight, then merging. room: n more. */
static void sk_sort(sk_chance *a, sk_chance *room, size_t n) {
    for (size_t from = 0; from < n; from += 8) {
        size_t end = from + 8 < n ? from + 8 : n;
        for (size_t i = from + 1; i < end; i++) {
            sk_chance x = a[i];
            size_t k = i;
            for (; k > from && sk_before(&x, &a[k - 1]); k--) a[k] = a[k - 1];
            a[k] = x;
        }
    }
    for (size_t run = 8; run < n; run *= 2) {
        for (size_t from = 0; from < n; from += 2 * run) {
            size_t middle = from + run < n ? from + run : n, end = from + 2 * run < n ? from + 2 * run : n;
            size_t i = from, j = middle, k = from;
            while (i < middle && j < end) room[k++] = sk_before(&a[j], &a[i]) ? a[j++] : a[i++];
            while (i < middle) room[k++] = a[i++];
            while (j < end) room[k++] = a[j++];
        }
        memcpy(a, room, n * sizeof *a);
    }
}

/* flags: n, 1 where a block is kept; room: 2 n chances */
static void sk_select(const double *p, const double *words, size_t n, double weight, double least, uint8_t *flags, sk_chance *room) {
    double total = 0, hits = 0, kept = 0, best_score = 0;
    size_t count = 0, best;
    memset(flags, 1, n);
    for (size_t i = 0; i < n; i++)
        if (p[i] == p[i]) { room[count++] = (sk_chance){p[i], i}; total += p[i] * words[i]; }
    best = count;
    if (total < least) best = 0;
    else {
        sk_sort(room, room + count, count);
        for (size_t rank = 0; rank < count; rank++) {
            hits += room[rank].p * words[room[rank].at];
            kept += words[room[rank].at];
            /* Blocks of one probability stand or fall together: equal evidence must not be split by position. */
            if (rank + 1 < count && room[rank + 1].p == room[rank].p) continue;
            double score = kept > 0 ? hits / (kept + weight * total) : 0.0;
            if (score > best_score) { best_score = score; best = rank + 1; }
        }
    }
    for (size_t rank = best; rank < count; rank++) flags[room[rank].at] = 0;
}

/* log-odds times a factor; NaN stays NaN */
static void sk_temper(const double *p, size_t n, double factor, double *out) {
    for (size_t i = 0; i < n; i++) {
        double safe = p[i] > 1 - 1e-9 ? 1 - 1e-9 : p[i] < 1e-9 ? 1e-9 : p[i];
        out[i] = p[i] != p[i] ? p[i] : 1 / (1 + exp(-factor * log(safe / (1 - safe))));
    }
}
#endif
