/* Gradient-boosted trees over float32 rows. Node i of a tree splits the leaves [first, ...) at `middle`: rows whose
   feature is above the threshold lose the leaves [first, middle). The exit leaf is the lowest leaf left (QuickScorer,
   Lucchese et al., SIGIR 2015), so 32 rows go through a tree without a branch. Nodes that do not part the rows of a page
   are decided once for all of them. */
#ifndef SCRUBKIT_TREES_H
#define SCRUBKIT_TREES_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>
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

/* Rows scored at once. Columns of a page this long stay in the second-level cache. */
#define SK_ROWS 512
#define SK_LANES 32

typedef struct {
    size_t trees, used;          /* used: number of features that any node reads */
    const uint8_t *sizes;        /* nodes of each tree; leaves are one more */
    const int32_t *columns;      /* [used] column of each used feature in a row */
    const uint16_t *slots;       /* [nodes] index into columns */
    const float *thresholds;     /* [nodes] */
    const uint32_t *left, *right; /* [nodes] leaves below the left and the right child */
    const uint8_t *first, *middle;
    const float *values;         /* [nodes] mean raw score of the training rows at the node */
    const double *leaves;
} sk_trees;

static inline float sk_finite(float x) { return x == x ? x : 0.0f; }

/* A node that some of the rows at hand pass to the left and some to the right. */
typedef struct { const float *x; float threshold; uint32_t left; } sk_split;

/* Columns of `count` rows, each with its least and greatest value; padded by copies of the last row. */
static void sk_turn(const sk_trees *t, const float *rows, size_t count, size_t width, float *block, float *low, float *high) {
    size_t padded = (count + SK_LANES - 1) / SK_LANES * SK_LANES;
    for (size_t r = 0; r < padded; r++) {
        const float *row = rows + (r < count ? r : count - 1) * width;
        for (size_t u = 0; u < t->used; u++) block[u * SK_ROWS + r] = sk_finite(row[t->columns[u]]);
    }
    for (size_t u = 0; u < t->used; u++) {
        const float *column = block + u * SK_ROWS;
        float least = column[0], most = column[0];
        for (size_t r = 1; r < padded; r++) {
            least = column[r] < least ? column[r] : least;
            most = column[r] > most ? column[r] : most;
        }
        low[u] = least;
        high[u] = most;
    }
}

/* The nodes of a tree that part the rows at hand, and in *lost the leaves that none of them can leave by. Nodes that
   all rows pass on one side (those that read features of the page are such) decide for all, and what lies below their
   other side is not looked at. */
static size_t sk_splits(const sk_trees *t, size_t node, size_t end, const float *block, const float *low, const float *high,
                        sk_split *splits, uint32_t *lost) {
    uint32_t reached = 0xFFFFFFFFu, gone = 0;
    size_t count = 0;
    for (; node < end; node++) {
        uint32_t left = t->left[node];
        if (!(reached & left)) continue;
        size_t slot = t->slots[node];
        float threshold = t->thresholds[node];
        if (high[slot] <= threshold) reached &= ~t->right[node];
        else if (low[slot] > threshold) { reached &= ~left; gone |= left; }
        else splits[count++] = (sk_split){block + slot * SK_ROWS, threshold, left};
    }
    *lost = gone;
    return count;
}

/* gone[r] = leaves that row r of SK_LANES rows from `at` on cannot leave by */
#if defined(__GNUC__)
typedef float sk_v8f __attribute__((vector_size(32), aligned(4)));
typedef uint32_t sk_v8u __attribute__((vector_size(32), aligned(4)));
#define SK_LOSE(k) g##k |= (sk_v8u)(*(const sk_v8f *)(x + 8 * k) > threshold) & left
#define SK_PASS(splits, count, at, lost, gone) do { \
        sk_v8u g0 = (sk_v8u){0} + (lost), g1 = g0, g2 = g0, g3 = g0; \
        for (size_t s_ = 0; s_ < (count); s_++) { \
            const float *x = (splits)[s_].x + (at); \
            sk_v8f threshold = (sk_v8f){0} + (splits)[s_].threshold; \
            sk_v8u left = (sk_v8u){0} + (splits)[s_].left; \
            SK_LOSE(0); SK_LOSE(1); SK_LOSE(2); SK_LOSE(3); \
        } \
        *(sk_v8u *)(gone) = g0; *(sk_v8u *)((gone) + 8) = g1; *(sk_v8u *)((gone) + 16) = g2; *(sk_v8u *)((gone) + 24) = g3; \
    } while (0)
#else
#define SK_PASS(splits, count, at, lost, gone) do { \
        for (int r_ = 0; r_ < SK_LANES; r_++) (gone)[r_] = (lost); \
        for (size_t s_ = 0; s_ < (count); s_++) \
            for (int r_ = 0; r_ < SK_LANES; r_++) \
                (gone)[r_] |= (splits)[s_].x[(at) + r_] > (splits)[s_].threshold ? (splits)[s_].left : 0u; \
    } while (0)
#endif

/* rows: n x width, row-major; out: n; block: used * (SK_ROWS + 2) floats of scratch */
SK_CLONES static void sk_trees_scores(const sk_trees *t, const float *rows, size_t n, size_t width, double *out, float *block) {
    float *low = block + t->used * SK_ROWS, *high = low + t->used;
    for (size_t from = 0; from < n; from += SK_ROWS) {
        size_t count = n - from < SK_ROWS ? n - from : SK_ROWS, node = 0;
        const double *leaves = t->leaves;
        double *sum = out + from;
        sk_turn(t, rows + from * width, count, width, block, low, high);
        memset(sum, 0, count * sizeof(double));
        for (size_t tree = 0; tree < t->trees; tree++) {
            sk_split splits[SK_LANES];
            uint32_t lost, gone[SK_LANES];
            size_t nodes = t->sizes[tree], open = sk_splits(t, node, node + nodes, block, low, high, splits, &lost);
            for (size_t at = 0; at < count; at += SK_LANES) {
                size_t here = count - at < SK_LANES ? count - at : SK_LANES;
                SK_PASS(splits, open, at, lost, gone);
                for (size_t r = 0; r < here; r++) sum[at + r] += leaves[sk_lowest_bit(~gone[r])];
            }
            node += nodes;
            leaves += nodes + 1;
        }
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
