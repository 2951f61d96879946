/* Work on pairs of documents: shared shingles, shared stems in order. pairs.py states the same in plain Python. */
#ifndef SCRUBKIT_PAIRS_H
#define SCRUBKIT_PAIRS_H
#include "pairs_groups.h"
#include "pairs_stems.h"

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
