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
/* Keeps the columns from falling on the same lines of the cache. */
#define SK_APART 16
#define SK_STRIDE (SK_ROWS + SK_APART)

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

/* Columns of `count` rows, `stride` numbers apart, each with its least and greatest value; padded by copies of the last
   row. */
static void sk_turn(const sk_trees *t, const float *rows, size_t count, size_t width, size_t stride, float *block, float *low, float *high) {
    size_t padded = (count + SK_LANES - 1) / SK_LANES * SK_LANES;
    for (size_t at = 0; at < padded; at += 16) { /* so that whole lines of the cache are read and written */
        size_t here = count - at < 16 ? count - at : 16;
        if (at >= count) here = 0;
        for (size_t u = 0; u < t->used; u++) {
            const float *from = rows + at * width + t->columns[u];
            float *to = block + u * stride + at;
            for (size_t r = 0; r < here; r++) to[r] = sk_finite(from[r * width]);
            float last = here ? to[here - 1] : to[-1];
            for (size_t r = here; r < 16; r++) to[r] = last;
        }
    }
    for (size_t u = 0; u < t->used; u++) {
        const float *column = block + u * stride;
        float least[8], most[8]; /* eight at once, since a compiler may not reorder the comparisons of floats by itself */
        for (int k = 0; k < 8; k++) least[k] = most[k] = column[k];
        for (size_t r = 8; r < padded; r += 8)
            for (int k = 0; k < 8; k++) {
                least[k] = column[r + k] < least[k] ? column[r + k] : least[k];
                most[k] = column[r + k] > most[k] ? column[r + k] : most[k];
            }
        low[u] = least[0];
        high[u] = most[0];
        for (int k = 1; k < 8; k++) {
            low[u] = least[k] < low[u] ? least[k] : low[u];
            high[u] = most[k] > high[u] ? most[k] : high[u];
        }
    }
}

/* The nodes of a tree that part the rows at hand, and in *lost the leaves that none of them can leave by. Nodes that
   all rows pass on one side (those that read features of the page are such) decide for all, and what lies below their
   other side is not looked at. */
static size_t sk_splits(const sk_trees *t, size_t node, size_t end, const float *block, size_t stride, const float *low,
                        const float *high, sk_split *splits, uint32_t *lost) {
    uint32_t reached = 0xFFFFFFFFu, gone = 0;
    size_t count = 0;
    for (; node < end; node++) {
        uint32_t left = t->left[node];
        if (!(reached & left)) continue;
        size_t slot = t->slots[node];
        float threshold = t->thresholds[node];
        if (high[slot] <= threshold) reached &= ~t->right[node];
        else if (low[slot] > threshold) { reached &= ~left; gone |= left; }
        else splits[count++] = (sk_split){block + slot * stride, threshold, left};
    }
    *lost = gone;
    return count;
}

/* leaf[r] = the leaf by which row r of SK_LANES rows from `at` on leaves: the lowest that is not lost to it */
#if defined(__GNUC__)
typedef float sk_v8f __attribute__((vector_size(32), aligned(4)));
typedef uint32_t sk_v8u __attribute__((vector_size(32), aligned(4)));
typedef int32_t sk_v8i __attribute__((vector_size(32), aligned(4)));
#define SK_LOSE(k) g##k |= (sk_v8u)(*(const sk_v8f *)(x + 8 * k) > threshold) & left
/* The number of the lowest bit is the exponent of that bit as a float (of -2^31 for the highest one). */
#define SK_LOWEST(k) do { \
        sk_v8u kept = ~g##k; \
        sk_v8f bit = __builtin_convertvector((sk_v8i)(kept & -kept), sk_v8f); \
        *(sk_v8i *)(leaf_ + 8 * k) = (((sk_v8i)bit >> 23) & 255) - 127; \
    } while (0)
#define SK_PASS(splits, count, at, lost, leaf) do { \
        int32_t *leaf_ = (leaf); \
        sk_v8u g0 = (sk_v8u){0} + (lost), g1 = g0, g2 = g0, g3 = g0; \
        for (size_t s_ = 0; s_ < (count); s_++) { \
            const float *x = (splits)[s_].x + (at); \
            sk_v8f threshold = (sk_v8f){0} + (splits)[s_].threshold; \
            sk_v8u left = (sk_v8u){0} + (splits)[s_].left; \
            SK_LOSE(0); SK_LOSE(1); SK_LOSE(2); SK_LOSE(3); \
        } \
        SK_LOWEST(0); SK_LOWEST(1); SK_LOWEST(2); SK_LOWEST(3); \
    } while (0)
#else
#define SK_PASS(splits, count, at, lost, leaf) do { \
        uint32_t gone_[SK_LANES]; \
        for (int r_ = 0; r_ < SK_LANES; r_++) gone_[r_] = (lost); \
        for (size_t s_ = 0; s_ < (count); s_++) \
            for (int r_ = 0; r_ < SK_LANES; r_++) \
                gone_[r_] |= (splits)[s_].x[(at) + r_] > (splits)[s_].threshold ? (splits)[s_].left : 0u; \
        for (int r_ = 0; r_ < SK_LANES; r_++) (leaf)[r_] = sk_lowest_bit(~gone_[r_]); \
    } while (0)
#endif

/* rows: n x width, row-major; out: n; block: used * (SK_STRIDE + 2) floats of scratch */
SK_CLONES static void sk_trees_scores(const sk_trees *t, const float *rows, size_t n, size_t width, double *out, float *block) {
    float *low = block + t->used * SK_STRIDE, *high = low + t->used;
    for (size_t from = 0; from < n; from += SK_ROWS) {
        size_t count = n - from < SK_ROWS ? n - from : SK_ROWS, node = 0;
        size_t stride = (count + SK_LANES - 1) / SK_LANES * SK_LANES + SK_APART;
        const double *leaves = t->leaves;
        double sum[SK_ROWS] = {0};
        sk_turn(t, rows + from * width, count, width, stride, block, low, high);
        for (size_t tree = 0; tree < t->trees; tree++) {
            sk_split splits[SK_LANES];
            uint32_t lost;
            int32_t leaf[SK_LANES];
            size_t nodes = t->sizes[tree], open = sk_splits(t, node, node + nodes, block, stride, low, high, splits, &lost);
            for (size_t at = 0; at < count; at += SK_LANES) {
                SK_PASS(splits, open, at, lost, leaf);
                for (size_t r = 0; r < SK_LANES; r++) sum[at + r] += leaves[leaf[r]];
            }
            node += nodes;
            leaves += nodes + 1;
        }
        memcpy(out + from, sum, count * sizeof(double));
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
