/* Gradient-boosted trees over float32 rows. A feature's value only matters by how many of its thresholds it lies above,
   so rows are turned to columns of these counts, a byte each (as in the training of histograms: Ke et al., "LightGBM",
   NeurIPS 2017), and 32 rows go through a tree at once, without a branch. */
#ifndef SCRUBKIT_TREES_H
#define SCRUBKIT_TREES_H
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Compares and masks only: every instruction set gives the same bits. Clones need ifunc, which musl has not. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define SK_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define SK_CLONES
#endif
#if defined(__GNUC__)
#define SK_ALWAYS inline __attribute__((always_inline)) /* into each clone */
#else
#define SK_ALWAYS
#endif

#define SK_LANES 32 /* rows of one vector */
#define SK_PAIR (2 * SK_LANES)
#define SK_TURN 16 /* rows turned at once */
#define SK_ROWS 512 /* rows scored at once: the columns of a page this long stay in the first-level cache */
#define SK_PIECE 255 /* thresholds of one column; a feature of more has several columns */

/* Rows that stand at leaf `first` of the tree and whose column is at least `bin` go on to leaf `middle`. In pre-order every
   row so comes to its leaf: a node's rows stand at its first leaf when the node is met, all others elsewhere. */
typedef struct { uint16_t column; int8_t bin, first, turn; } sk_node; /* turn: first ^ middle */
typedef struct {
    size_t trees, width, columns;
    uint8_t *sizes;      /* nodes of each tree; leaves are one more */
    sk_node *nodes;
    double *leaves;
    uint32_t *features;  /* [columns] feature of each column */
    uint32_t *cuts_from; /* [columns + 1] its thresholds within cuts, which rise */
    float *cuts;
    uint16_t *reads;     /* [nodes] feature that a node reads */
    float *values;       /* [nodes] mean raw score of the training rows at the node */
    uint32_t *ways;      /* [leaves + 1] where the way to a leaf begins within steps */
    uint8_t *steps;      /* the nodes on the way to each leaf, counted within the tree */
} sk_trees;

static int sk_by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* How many of n rising thresholds lie below x. */
static inline size_t sk_below(const float *cuts, size_t n, float x) {
    const float *base = cuts;
    while (n > 1) {
        size_t half = n / 2;
        base += base[half - 1] < x ? half : 0;
        n -= half;
    }
    return (size_t)(base - cuts) + (n && *base < x);
}

static void sk_trees_free(sk_trees *t) {
    free(t->sizes); free(t->nodes); free(t->leaves); free(t->features); free(t->cuts_from); free(t->cuts); free(t->ways);
    free(t->reads); free(t->values); free(t->steps);
    memset(t, 0, sizeof *t);
}

/* Columns and thresholds of the features that any node reads; column_of[feature] = its first column. 0, -1 without
   memory. */
static int sk_trees_columns(sk_trees *t, size_t nodes, const uint16_t *features, const float *thresholds, uint32_t *column_of) {
    float *sorted = malloc((nodes + 1) * sizeof *sorted);
    uint32_t *from = calloc(t->width + 2, sizeof *from);
    size_t room = t->width + nodes / SK_PIECE + 2, kept = 0;
    t->features = malloc(room * sizeof *t->features);
    t->cuts_from = malloc(room * sizeof *t->cuts_from);
    t->cuts = malloc((nodes + 1) * sizeof *t->cuts);
    int bad = !sorted || !from || !t->features || !t->cuts_from || !t->cuts;
    if (!bad) {
        for (size_t i = 0; i < nodes; i++) from[features[i] + 2]++;
        for (size_t f = 0; f < t->width; f++) from[f + 2] += from[f + 1];
        for (size_t i = 0; i < nodes; i++) sorted[from[features[i] + 1]++] = thresholds[i];
        for (size_t f = 0; f < t->width; f++) {
            float *own = sorted + from[f];
            size_t count = from[f + 1] - from[f], here = 0;
            qsort(own, count, sizeof *own, sk_by_size);
            column_of[f] = (uint32_t)t->columns;
            for (size_t i = 0; i < count; i++) {
                if (i && own[i] == own[i - 1]) continue;
                if (here++ % SK_PIECE == 0) {
                    t->features[t->columns] = (uint32_t)f;
                    t->cuts_from[t->columns++] = (uint32_t)kept;
                }
                t->cuts[kept++] = own[i];
            }
        }
        t->cuts_from[t->columns] = (uint32_t)kept;
        column_of[t->width] = (uint32_t)t->columns;
    }
    free(sorted);
    free(from);
    return bad ? -1 : 0;
}

/* The nodes on the way to every leaf. 1 where the nodes make no trees, -1 without memory. */
static int sk_trees_ways(sk_trees *t, size_t leaves) {
    size_t base, leaf_base, known = 0;
    t->ways = malloc((leaves + 1) * sizeof *t->ways);
    if (!t->ways) return -1;
    for (int write = 0; write < 2; write++) {
        if (write && !(t->steps = malloc(known + 1))) return -1;
        base = leaf_base = known = 0;
        for (size_t tree = 0; tree < t->trees; tree++) {
            int size = t->sizes[tree];
            for (int leaf = 0; leaf <= size; leaf++) {
                int low = 0, high = size + 1, node = 0;
                t->ways[leaf_base + (size_t)leaf] = (uint32_t)known;
                while (high - low > 1) {
                    const sk_node *at = t->nodes + base + node;
                    int middle = node < size ? at->first ^ at->turn : 0;
                    if (middle <= low || middle >= high) return 1;
                    if (write) t->steps[known] = (uint8_t)node;
                    known++;
                    if (leaf >= middle) { node += middle - low; low = middle; }
                    else { node += 1; high = middle; }
                }
            }
            base += (size_t)size;
            leaf_base += (size_t)size + 1;
        }
        t->ways[leaf_base] = (uint32_t)known;
    }
    return 0;
}

/* How many thresholds each of SK_TURN values is above. */
static SK_ALWAYS void sk_count(const float *cuts, size_t n, const uint32_t *bits, int8_t *out) {
    int32_t above[SK_TURN] = {0};
    float x[SK_TURN];
    memcpy(x, bits, sizeof x);
    for (int r = 0; r < SK_TURN; r++) x[r] = x[r] == x[r] ? x[r] : 0.0f; /* not a number counts as 0 */
    for (size_t k = 0; k < n; k++)
        for (int r = 0; r < SK_TURN; r++) above[r] += x[r] > cuts[k];
    for (int r = 0; r < SK_TURN; r++) out[r] = (int8_t)(above[r] - 128);
}

/* Counts of thresholds for each of `count` rows of a row-major buffer, chosen by `which` where it is given; one column
   after the other, each padded to `stride` by copies of the last row. Counts are stored less 128. */
static SK_ALWAYS void sk_turn(const sk_trees *t, const float *rows, const size_t *which, size_t count, size_t stride, int8_t *block) {
    const float *row[SK_TURN], *last = NULL;
    for (size_t at = 0; at < count; at += SK_TURN, last = row[SK_TURN - 1]) { /* so that whole lines of the cache are read */
        for (size_t r = 0; r < SK_TURN; r++) {
            size_t here = at + r < count ? at + r : count - 1;
            row[r] = rows + (which ? which[here] : here) * t->width;
        }
        for (size_t c = 0; c < t->columns; c++) {
            uint32_t bits[SK_TURN], before = 0, differ = last == NULL;
            int8_t *to = block + c * stride + at;
            size_t feature = t->features[c];
            for (size_t r = 0; r < SK_TURN; r++) memcpy(bits + r, row[r] + feature, sizeof *bits);
            if (last) memcpy(&before, last + feature, sizeof before);
            for (size_t r = 0; r < SK_TURN; r++) differ |= bits[r] ^ before;
            if (differ) sk_count(t->cuts + t->cuts_from[c], t->cuts_from[c + 1] - t->cuts_from[c], bits, to);
            else memset(to, to[-1], SK_TURN); /* what is the same for all of a page */
        }
    }
    size_t done = (count + SK_TURN - 1) / SK_TURN * SK_TURN;
    for (size_t c = 0; c < t->columns; c++) memset(block + c * stride + done, block[c * stride + done - 1], stride - done);
}

/* leaf[r] = the leaf of SK_LANES * groups rows of the columns from x on in one tree */
#if defined(__GNUC__)
typedef int8_t sk_v32 __attribute__((vector_size(32), aligned(1)));
typedef double sk_v4 __attribute__((vector_size(32), aligned(8)));
/* No row stands at leaf -1, which `first` becomes for the rows below `bin`. */
#define SK_STEP(k) at##k ^= (at##k == ((bin > *(const sk_v32 *)(column + SK_LANES * k)) | first)) & turn
static SK_ALWAYS void sk_pass(const sk_node *nodes, size_t size, const int8_t *x, size_t stride, const int groups, uint8_t *leaf) {
    sk_v32 at0 = {0}, at1 = at0, at2 = at0, at3 = at0;
    for (const sk_node *i = nodes; i < nodes + size; i++) {
        const int8_t *column = x + i->column * stride;
        sk_v32 bin = (sk_v32){0} + i->bin, first = (sk_v32){0} + i->first, turn = (sk_v32){0} + i->turn;
        SK_STEP(0);
        SK_STEP(1);
        if (groups > 2) { SK_STEP(2); SK_STEP(3); }
    }
    *(sk_v32 *)leaf = at0;
    *(sk_v32 *)(leaf + SK_LANES) = at1;
    if (groups > 2) { *(sk_v32 *)(leaf + 2 * SK_LANES) = at2; *(sk_v32 *)(leaf + 3 * SK_LANES) = at3; }
}
static SK_ALWAYS void sk_add(const double *leaves, const uint8_t *leaf, size_t n, double *sum) {
    for (size_t r = 0; r < n; r += 4)
        *(sk_v4 *)(sum + r) += (sk_v4){leaves[leaf[r]], leaves[leaf[r + 1]], leaves[leaf[r + 2]], leaves[leaf[r + 3]]};
}
#else
static void sk_pass(const sk_node *nodes, size_t size, const int8_t *x, size_t stride, const int groups, uint8_t *leaf) {
    memset(leaf, 0, SK_LANES * groups);
    for (const sk_node *i = nodes; i < nodes + size; i++)
        for (int r = 0; r < SK_LANES * groups; r++)
            if (x[i->column * stride + r] >= i->bin && leaf[r] == i->first) leaf[r] ^= i->turn;
}
static void sk_add(const double *leaves, const uint8_t *leaf, size_t n, double *sum) {
    for (size_t r = 0; r < n; r++) sum[r] += leaves[leaf[r]];
}
#endif

/* rows: n x width, row-major; out: n; block: columns * SK_ROWS bytes of scratch */
SK_CLONES static void sk_trees_scores(const sk_trees *t, const float *rows, size_t n, double *out, int8_t *block) {
    for (size_t from = 0; from < n; from += SK_ROWS) {
        size_t count = n - from < SK_ROWS ? n - from : SK_ROWS;
        size_t stride = (count + SK_PAIR - 1) / SK_PAIR * SK_PAIR;
        const double *leaves = t->leaves;
        const sk_node *nodes = t->nodes;
        double sum[SK_ROWS];
        uint8_t leaf[SK_ROWS];
        memset(sum, 0, stride * sizeof *sum);
        sk_turn(t, rows + from * t->width, NULL, count, stride, block);
        for (size_t tree = 0; tree < t->trees; tree++) {
            size_t size = t->sizes[tree];
            size_t at = 0;
            for (; at + 2 * SK_PAIR <= stride; at += 2 * SK_PAIR) sk_pass(nodes, size, block + at, stride, 4, leaf + at);
            if (at < stride) sk_pass(nodes, size, block + at, stride, 2, leaf + at);
            sk_add(leaves, leaf, stride, sum);
            nodes += size;
            leaves += size + 1;
        }
        memcpy(out + from, sum, count * sizeof(double));
    }
}

/* out[row * width + feature] += what each split on the row's way changed, for at most SK_PAIR rows; only the first
   `trees` trees are walked. block: columns * SK_PAIR bytes of scratch */
SK_CLONES static void sk_trees_explain(const sk_trees *t, const float *rows, const size_t *which, size_t count, size_t trees,
                                       double *out, int8_t *block) {
    const sk_node *nodes = t->nodes;
    const uint16_t *reads = t->reads;
    const float *values = t->values;
    const double *leaves = t->leaves;
    const uint32_t *ways = t->ways;
    sk_turn(t, rows, which, count, SK_PAIR, block);
    for (size_t tree = 0; tree < trees; tree++) {
        size_t size = t->sizes[tree];
        uint8_t leaf[SK_PAIR];
        sk_pass(nodes, size, block, SK_PAIR, 2, leaf);
        for (size_t r = 0; r < count; r++) {
            const uint8_t *step = t->steps + ways[leaf[r]], *end = t->steps + ways[leaf[r] + 1];
            double *own = out + r * t->width;
            if (step == end) continue;
            for (; step + 1 < end; step++) own[reads[step[0]]] += (double)values[step[1]] - (double)values[step[0]];
            own[reads[*step]] += leaves[leaf[r]] - (double)values[*step];
        }
        nodes += size;
        reads += size;
        values += size;
        leaves += size + 1;
        ways += size + 1;
    }
}
#endif
