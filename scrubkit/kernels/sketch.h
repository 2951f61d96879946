/* Fold, tokenise, hash and sign UTF-8 documents in one pass; the scheme stands in sketch_words.h. */
#ifndef SCRUBKIT_SKETCH_H
#define SCRUBKIT_SKETCH_H
#include "sketch_words.h"

/* 64-bit hashes of m word n-grams. */
static void sk_grams(const uint64_t *word, size_t m, int n, uint64_t *gram) {
    uint64_t h = 0, top = 1;
    size_t i;
    int k;
    if (!m) return;
    for (k = 0; k < n; k++) {
        h = h * SK_K1 + word[k];
        top *= SK_K1;
    }
    gram[0] = sk_mix(h);
    for (i = 1; i < m; i++) {
        h = h * SK_K1 + (word[i + (size_t)n - 1] - word[i - 1] * top);
        gram[i] = sk_mix(h);
    }
}

static inline size_t sk_gram_count(size_t words, int n) { return words >= (size_t)n ? words - (size_t)n + 1 : words > 0; }

/* Two hashes over all words of a text: each step waits for the one before, so it is taken beside other work. */
typedef struct {
    const uint64_t *word;
    size_t words, at;
    uint64_t x, y;
} sk_chain;

static inline void sk_step(sk_chain *c) {
    c->x = (c->x ^ c->word[c->at++]) * SK_K1;
    c->x ^= c->x >> 29;
    c->y = (c->y << 27 | c->y >> 37) + c->x;
}

#define SK_LEVEL 0
#define SK_NAME(x) x##_base
#define SK_TARGET
#include "sketch_isa.h"
#undef SK_LEVEL
#undef SK_NAME
#undef SK_TARGET
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define SK_X86 1
#include <immintrin.h>
/* The places of the bits of a byte, the lowest first; filled by sk_choose. */
static uint8_t sk_places[256][8];
#define SK_LANE(k) 4 * k, 4 * k + 1, 4 * k + 2, 4 * k + 3
#define SK_NONE 128, 128, 128, 128
/* Which bytes of four 32-bit values stay, moved to the front, by the bits of those that do. */
static const uint8_t sk_kept[16][16] = {
    {SK_NONE, SK_NONE, SK_NONE, SK_NONE},
    {SK_LANE(0), SK_NONE, SK_NONE, SK_NONE},
    {SK_LANE(1), SK_NONE, SK_NONE, SK_NONE},
    {SK_LANE(0), SK_LANE(1), SK_NONE, SK_NONE},
    {SK_LANE(2), SK_NONE, SK_NONE, SK_NONE},
    {SK_LANE(0), SK_LANE(2), SK_NONE, SK_NONE},
    {SK_LANE(1), SK_LANE(2), SK_NONE, SK_NONE},
    {SK_LANE(0), SK_LANE(1), SK_LANE(2), SK_NONE},
    {SK_LANE(3), SK_NONE, SK_NONE, SK_NONE},
    {SK_LANE(0), SK_LANE(3), SK_NONE, SK_NONE},
    {SK_LANE(1), SK_LANE(3), SK_NONE, SK_NONE},
    {SK_LANE(0), SK_LANE(1), SK_LANE(3), SK_NONE},
    {SK_LANE(2), SK_LANE(3), SK_NONE, SK_NONE},
    {SK_LANE(0), SK_LANE(2), SK_LANE(3), SK_NONE},
    {SK_LANE(1), SK_LANE(2), SK_LANE(3), SK_NONE},
    {SK_LANE(0), SK_LANE(1), SK_LANE(2), SK_LANE(3)},
};
#define SK_LEVEL 3
#define SK_NAME(x) x##_avx2
#define SK_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#include "sketch_isa.h"
#undef SK_LEVEL
#undef SK_NAME
#undef SK_TARGET
#define SK_LEVEL 4
#define SK_NAME(x) x##_avx512
#if defined(__clang__)
#define SK_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi,bmi2,lzcnt,popcnt")))
#else
#define SK_TARGET \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,bmi,bmi2,lzcnt,popcnt,prefer-vector-width=512")))
#endif
#include "sketch_isa.h"
#undef SK_LEVEL
#undef SK_NAME
#undef SK_TARGET
#endif

typedef struct {
    void (*edges)(const uint8_t *, size_t, sk_tokens *);
    void (*grams)(const uint64_t *, size_t, int, uint32_t *);
    void (*line)(const uint32_t *, const uint8_t *, const uint8_t *, size_t, size_t *, sk_tokens *);
    void (*minima)(uint32_t *, size_t, const uint32_t *, const uint32_t *, int, uint32_t *, sk_chain *);
    int level;
} sk_ops;

/* The fastest kernels this machine runs, not above the level asked for (0 portable, 3 AVX2, 4 AVX-512). */
static sk_ops sk_choose(int most) {
    sk_ops ops = {edges_base, grams_base, line_base, minima_base, 0};
#ifdef SK_X86
    if (!sk_places[255][7]) {
        unsigned byte, bit, n;
        for (byte = 0; byte < 256; byte++)
            for (bit = n = 0; bit < 8; bit++)
                if (byte >> bit & 1) sk_places[byte][n++] = (uint8_t)bit;
    }
    __builtin_cpu_init();
    if (most >= 4 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        sk_ops best = {edges_avx512, grams_avx512, line_avx512, minima_avx512, 4};
        return best;
    }
    if (most >= 3 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) {
        sk_ops good = {edges_avx2, grams_avx2, line_avx2, minima_avx2, 3};
        return good;
    }
#endif
    (void)most;
    return ops;
}

typedef struct {
    const uint32_t *table;
    const uint8_t *ascii;
    int filter;          /* leave out lines that are no prose */
    size_t long_line;    /* a line of more words than this is prose whatever its end */
    size_t short_line;   /* a line of no more words than this is never prose */
    size_t least;        /* with fewer words left than this the filter is not used */
} sk_rules;

/* Fill t with the tokens of a document; drop: one byte a line, or NULL. */
static void sk_document(const sk_rules *r, const sk_ops *ops, const uint8_t *s, size_t len, const uint8_t *drop, sk_tokens *t) {
    int filter = r->filter;
    ops->edges(s, len, t);
    for (;;) {
        size_t at = 0, line = 0, run = 0;
        t->words = t->keeps = t->stems = 0;
        while (at < len) {
            const uint8_t *newline = memchr(s + at, '\n', len - at);
            size_t end = newline ? (size_t)(newline - s) : len, words = t->words, stems = t->stems, begin = at, k;
            ops->line(r->table, r->ascii, s, end, &run, t);
            k = t->words - words;
            at = end + 1;
            line++;
            if (!k) continue; /* an empty line neither stays nor goes */
            if ((drop && drop[line - 1]) ||
                (filter && k <= r->long_line && (k <= r->short_line || !sk_ends_sentence(r->table, s, begin, end)))) {
                if (t->keeps == words) memcpy(t->some, t->word, 8 * words);
                t->stems = stems;
            } else {
                if (t->keeps < words) memcpy(t->some + t->keeps, t->word + words, 8 * k);
                t->keeps += k;
            }
        }
        t->kept = t->keeps < t->words ? t->some : t->word;
        if ((!filter && !drop) || t->keeps >= r->least) return;
        /* too little left to compare: first without the filter, then without dropping lines */
        if (filter) filter = 0;
        else drop = NULL;
    }
}

/* The bytes of a document's lines that say which are left out, NULL where it has none. */
static inline const uint8_t *sk_dropped(const uint8_t *drop, const int64_t *line_offset, int64_t d) {
    return drop && line_offset[d] < line_offset[d + 1] ? drop + line_offset[d] : NULL;
}

typedef struct {
    sk_tokens t;
    uint32_t *gram;
} sk_room;

static void sk_release(sk_room *r) {
    free(r->t.word);
    free(r->t.some);
    free(r->t.stem);
    free(r->t.flag);
    free(r->t.scratch);
    free(r->t.folded);
    free(r->t.edge);
    free(r->gram);
    memset(r, 0, sizeof *r);
}

static int sk_reserve(sk_room *r, size_t bytes, int stemmed) {
    memset(r, 0, sizeof *r);
    r->t.stemmed = stemmed;
    r->t.word = malloc(8 * (bytes + SK_PAD));
    r->t.some = malloc(8 * (bytes + SK_PAD));
    r->t.stem = malloc(4 * (bytes + SK_PAD));
    r->t.flag = malloc(bytes + SK_PAD);
    r->t.scratch = malloc(2 * bytes + SK_PAD);
    r->t.folded = malloc(bytes + 2 * SK_PAD);
    r->t.edge = malloc(4 * (bytes + SK_PAD));
    r->gram = malloc(4 * (bytes + SK_PAD));
    if (r->t.folded && r->t.edge && r->t.word && r->t.some && r->t.stem && r->t.flag && r->t.scratch && r->gram) return 0;
    sk_release(r);
    return -1;
}

typedef struct {
    uint32_t *signature; /* documents x perms, or NULL */
    int32_t *words;
    int32_t *every;
    uint64_t *text;      /* two a document */
    uint32_t *stem;      /* room for one a two bytes of input and one a document, or NULL */
    uint8_t *flag;
    int64_t *stem_offset;
} sk_result;

static int sk_sketch(const sk_rules *r, const sk_ops *ops, const uint8_t *data, const int64_t *offset, int64_t docs,
                     const uint8_t *drop, const int64_t *line_offset, int n, const uint32_t *a, const uint32_t *b,
                     int perms, sk_result *out) {
    sk_room room;
    size_t longest = 0, stems = 0;
    int64_t d;
    for (d = 0; d < docs; d++) {
        size_t bytes = (size_t)(offset[d + 1] - offset[d]);
        if (bytes > longest) longest = bytes;
    }
    if (longest > 0x7FFFFF00u) return -2;
    if (sk_reserve(&room, longest, out->stem != NULL)) return -1;
    if (out->stem) out->stem_offset[0] = 0;
    for (d = 0; d < docs; d++) {
        sk_tokens *t = &room.t;
        sk_chain chain = {NULL, 0, 0, SK_SEED, SK_K1};
        size_t m;
        sk_document(r, ops, data + offset[d], (size_t)(offset[d + 1] - offset[d]), sk_dropped(drop, line_offset, d), t);
        out->words[d] = (int32_t)t->keeps;
        out->every[d] = (int32_t)t->words;
        chain.word = t->word;
        chain.words = t->words;
        if (out->signature) {
            m = sk_gram_count(t->keeps, n);
            ops->grams(t->kept, m, t->keeps < (size_t)n ? (int)t->keeps : n, room.gram);
            ops->minima(room.gram, m, a, b, perms, out->signature + d * perms, &chain);
        }
        while (chain.at < chain.words) sk_step(&chain);
        out->text[2 * d] = chain.x;
        out->text[2 * d + 1] = chain.y;
        if (out->stem) {
            memcpy(out->stem + stems, t->stem, 4 * t->stems);
            memcpy(out->flag + stems, t->flag, t->stems);
            stems += t->stems;
            out->stem_offset[d + 1] = (int64_t)stems;
        }
    }
    sk_release(&room);
    return 0;
}
#endif
