/* Gradient-boosted trees over float32 rows. Node i of a tree splits the leaves [first, ...) at `middle`: rows whose
   feature is above the threshold lose the leaves [first, middle). The exit leaf is the lowest leaf left (QuickScorer,
   Lucchese et al., SIGIR 2015), so 32 rows go through a tree without a branch. */
#ifndef SCRUBKIT_TREES_H
#define SCRUBKIT_TREES_H
#include <stddef.h>
#include <stdint.h>
#if defined(_MSC_VER)
#include <intrin.h>
static inline int sk_lowest_bit(uint32_t v) { unsigned long i; _BitScanForward(&i, v); return (int)i; }
#else
static inline int sk_lowest_bit(uint32_t v) { return __builtin_ctz(v); }
#endif

/* Compares and masks only: every instruction set gives the same bits. Clones need ifunc, which musl has not. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define SK_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define SK_CLONES
#endif

#define SK_ROWS 32

typedef struct {
    size_t trees, used;          /* used: number of features that any node reads */
    const uint8_t *sizes;        /* nodes of each tree; leaves are one more */
    const int32_t *columns;      /* [used] column of each used feature in a row */
    const uint16_t *slots;       /* [nodes] index into columns */
    const float *thresholds;     /* [nodes] */
    const uint32_t *masks;       /* [nodes] leaves that stay when the row is above the threshold */
    const uint8_t *first, *middle;
    const float *values;         /* [nodes] mean raw score of the training rows at the node */
    const double *leaves;
} sk_trees;

static inline float sk_finite(float x) { return x == x ? x : 0.0f; }

/* rows: n x width, row-major; out: n; block: used * SK_ROWS floats of scratch */
SK_CLONES static void sk_trees_scores(const sk_trees *t, const float *rows, size_t n, size_t width, double *out, float *block) {
    for (size_t at = 0; at < n; at += SK_ROWS) {
        size_t count = n - at < SK_ROWS ? n - at : SK_ROWS;
        for (size_t u = 0; u < t->used; u++) {
            const float *column = rows + at * width + (size_t)t->columns[u];
            float *to = block + u * SK_ROWS;
            for (size_t r = 0; r < count; r++) to[r] = sk_finite(column[r * width]);
            for (size_t r = count; r < SK_ROWS; r++) to[r] = 0.0f;
        }
        double sum[SK_ROWS] = {0};
        const double *leaves = t->leaves;
        size_t node = 0;
        for (size_t tree = 0; tree < t->trees; tree++) {
            uint32_t alive[SK_ROWS];
            size_t end = node + t->sizes[tree];
            for (int r = 0; r < SK_ROWS; r++) alive[r] = 0xFFFFFFFFu;
            for (; node < end; node++) {
                const float *x = block + (size_t)t->slots[node] * SK_ROWS;
                float threshold = t->thresholds[node];
                uint32_t mask = t->masks[node];
                for (int r = 0; r < SK_ROWS; r++) alive[r] &= x[r] > threshold ? mask : 0xFFFFFFFFu;
            }
            for (int r = 0; r < SK_ROWS; r++) sum[r] += leaves[sk_lowest_bit(alive[r])];
            leaves += t->sizes[tree] + 1;
        }
        for (size_t r = 0; r < count; r++) out[at + r] = sum[r];
    }
}

/* out[column] += what each split on the row's way changed; only the first `trees` trees are walked */
static void sk_trees_explain(const sk_trees *t, const float *row, size_t trees, double *out) {
    size_t base = 0;
    const double *leaves = t->leaves;
    for (size_t tree = 0; tree < trees; tree++) {
        int size = t->sizes[tree], lo = 0, hi = size + 1;
        size_t node = base;
        while (hi - lo > 1) {
            int32_t column = t->columns[t->slots[node]];
            double here = t->values[node], next;
            int middle = t->middle[node];
            if (sk_finite(row[column]) > t->thresholds[node]) { node += (size_t)(middle - lo); lo = middle; }
            else { node += 1; hi = middle; }
            next = hi - lo > 1 ? (double)t->values[node] : leaves[lo];
            out[column] += next - here;
        }
        base += (size_t)size;
        leaves += size + 1;
    }
}
#endif
