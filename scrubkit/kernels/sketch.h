/* Fold, tokenise, hash and sign UTF-8 documents in one pass.
 *
 * Words are hashed over their folded UTF-8 bytes in chunks of eight, so a word of up to eight bytes costs one
 * multiplication. The plain Python statement of the same scheme stands in sketch.py.
 */
#ifndef SCRUBKIT_SKETCH_H
#define SCRUBKIT_SKETCH_H
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SK_TABLE 0x20000u
#define SK_SEPARATOR 0u
#define SK_SKIP 1u
#define SK_TERMINAL 2u
#define SK_POINT 0x1FFFFFu
#define SK_DIGIT (1u << 24)
#define SK_IDEOGRAM (1u << 25)
#define SK_UNSPACED (1u << 26)
#define SK_SYLLABLE (1u << 28)
#define SK_K1 0x9E3779B97F4A7C15ull
#define SK_SEED 0xCBF29CE484222325ull
#define SK_STEM 5u /* letters of a word that make its stem */
#define SK_PAD 64u
#if defined(__GNUC__) || defined(__clang__)
#define SK_ALWAYS inline __attribute__((always_inline))
#else
#define SK_ALWAYS inline
#endif

static inline uint64_t sk_mix(uint64_t h) {
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBull;
    return h ^ (h >> 31);
}

static inline uint32_t sk_fmix32(uint32_t h) {
    h ^= h >> 16;
    h *= 0x85EBCA6Bu;
    h ^= h >> 13;
    h *= 0xC2B2AE35u;
    return h ^ (h >> 16);
}

static inline uint64_t sk_load(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

/* Hash of n >= 1 bytes; eight bytes past the end must be readable. */
static inline uint64_t sk_bytes(const uint8_t *p, size_t n) {
    uint64_t h = SK_SEED;
    while (n > 8) {
        h = (h ^ sk_load(p)) * SK_K1;
        h ^= h >> 32;
        p += 8;
        n -= 8;
    }
    unsigned unused = (unsigned)(8 - n) * 8;
    h = (h ^ ((sk_load(p) << unused) >> unused)) * SK_K1;
    return sk_mix(h ^ (h >> 32));
}

typedef struct {
    uint64_t *word;  /* hash of each word of the text */
    uint64_t *kept;  /* of each word of those lines that are not left out: word itself where none is */
    uint64_t *some;  /* room for them */
    uint32_t *stem;  /* hash of each content stem */
    uint8_t *flag;   /* 1: the stem is a number of two digits or more */
    uint8_t *scratch;
    size_t words, keeps, stems;
    uint8_t *folded; /* the document with ASCII folded; 64 bytes past the end are written */
    uint32_t *edge;  /* where runs of word bytes (ASCII word characters, all others) begin and end, by turns */
    size_t edges;
    int stemmed;     /* stems are wanted beside the words */
} sk_tokens;

static inline size_t sk_put(uint8_t *to, uint32_t c) {
    if (c < 0x80) {
        to[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (uint8_t)(0xC0 | c >> 6);
        to[1] = (uint8_t)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (uint8_t)(0xE0 | c >> 12);
        to[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        to[2] = (uint8_t)(0x80 | (c & 63));
        return 3;
    }
    to[0] = (uint8_t)(0xF0 | c >> 18);
    to[1] = (uint8_t)(0x80 | (c >> 12 & 63));
    to[2] = (uint8_t)(0x80 | (c >> 6 & 63));
    to[3] = (uint8_t)(0x80 | (c & 63));
    return 4;
}

/* Decode one character of valid UTF-8 at s[i]; a truncated one at the end reads as a separator. */
static inline uint32_t sk_point(const uint8_t *s, size_t i, size_t end, size_t *width) {
    uint32_t c = s[i];
    if (c < 0x80) {
        *width = 1;
        return c;
    }
    if (c < 0xE0) {
        *width = 2;
        return i + 1 < end ? (c & 0x1F) << 6 | (s[i + 1] & 63u) : 0;
    }
    if (c < 0xF0) {
        *width = 3;
        return i + 2 < end ? (c & 0xF) << 12 | (s[i + 1] & 63u) << 6 | (s[i + 2] & 63u) : 0;
    }
    *width = 4;
    return i + 3 < end ? (c & 7) << 18 | (s[i + 1] & 63u) << 12 | (s[i + 2] & 63u) << 6 | (s[i + 3] & 63u) : 0;
}

static inline uint32_t sk_entry(const uint32_t *table, uint32_t point) {
    if (point < SK_TABLE) {
        uint32_t e = table[point];
        return e >> 31 ? (e ^ point) & 0x7FFFFFFFu : e;
    }
    return point >= 0x20000 && point < 0x32000 ? point | SK_IDEOGRAM : SK_SEPARATOR;
}

typedef struct {
    size_t bytes, letters, stem; /* of the word in scratch; stem: its bytes when SK_STEM letters were reached */
    int number;
} sk_word;

static inline void sk_close(sk_tokens *t, sk_word *w) {
    uint64_t h;
    if (!w->bytes) return;
    memset(t->scratch + w->bytes, 0, 8);
    h = sk_bytes(t->scratch, w->bytes);
    t->word[t->words++] = h;
    if (w->number || w->letters > 2) {
        if (!w->number && w->stem) h = sk_bytes(t->scratch, w->stem);
        t->flag[t->stems] = (uint8_t)(w->number && w->letters >= 2);
        t->stem[t->stems++] = (uint32_t)(h >> 32);
    }
    w->bytes = w->letters = w->stem = 0;
    w->number = 0;
}

typedef struct {
    uint8_t bytes[32];
    uint8_t width[4]; /* of the last four characters, newest last */
    size_t run;
} sk_dense;

/* One character of a script without spaces: it is a word; with those before it (two ideographs, four letters)
 * it makes a stem. */
static inline void sk_character(sk_tokens *t, sk_dense *d, uint32_t point, size_t window) {
    uint8_t now[16] = {0};
    size_t n = sk_put(now, point), held = (size_t)d->width[0] + d->width[1] + d->width[2] + d->width[3], k, total = 0;
    t->word[t->words++] = sk_bytes(now, n);
    /* bytes[] holds the last four characters; drop the oldest */
    memmove(d->bytes, d->bytes + d->width[0], held - d->width[0]);
    held -= d->width[0];
    d->width[0] = d->width[1];
    d->width[1] = d->width[2];
    d->width[2] = d->width[3];
    d->width[3] = (uint8_t)n;
    memcpy(d->bytes + held, now, n);
    held += n;
    memset(d->bytes + held, 0, 8);
    if (++d->run < window) return;
    for (k = 4 - window; k < 4; k++) total += d->width[k];
    t->flag[t->stems] = 0;
    t->stem[t->stems++] = (uint32_t)(sk_bytes(d->bytes + held - total, total) >> 32);
}

static inline void sk_dense_end(sk_dense *d) {
    d->run = 0;
    memset(d->width, 0, 4);
}

/* Append the words and stems of s[i..end) to t, character by character. */
static void sk_careful(const uint32_t *table, const uint8_t *ascii, const uint8_t *s, size_t i, size_t end, sk_tokens *t) {
    sk_word w = {0, 0, 0, 0};
    sk_dense d;
    memset(&d, 0, sizeof d);
    while (i < end) {
        uint32_t c = s[i];
        if (c < 0x80) {
            uint8_t f = ascii[c];
            if (!f) {
                if (w.bytes) {
                    if (w.number && (c == ',' || c == '.') && i + 1 < end && s[i + 1] >= '0' && s[i + 1] <= '9') {
                        i++;
                        continue;
                    }
                    sk_close(t, &w);
                }
                if (d.run) sk_dense_end(&d);
                i++;
                continue;
            }
            if (d.run) sk_dense_end(&d);
            if (!w.bytes) w.number = f >= '0' && f <= '9';
            do {
                t->scratch[w.bytes++] = f;
                if (++w.letters == SK_STEM) w.stem = w.bytes;
                i++;
            } while (i < end && (f = ascii[s[i]]));
            continue;
        }
        {
            size_t width;
            uint32_t point = sk_point(s, i, end, &width), e = sk_entry(table, point);
            i += width;
            if (e == SK_SKIP) continue;
            if (e <= SK_TERMINAL) {
                sk_close(t, &w);
                if (d.run) sk_dense_end(&d);
                continue;
            }
            if (e & (SK_IDEOGRAM | SK_UNSPACED)) {
                sk_close(t, &w);
                sk_character(t, &d, e & SK_POINT, e & SK_IDEOGRAM ? 2 : 4);
                continue;
            }
            if (d.run) sk_dense_end(&d);
            if (!w.bytes) w.number = (e & SK_DIGIT) != 0;
            w.bytes += sk_put(t->scratch + w.bytes, e & SK_POINT);
            w.letters += e & SK_SYLLABLE ? 3 : 1;
            if (w.letters >= SK_STEM && !w.stem) w.stem = w.bytes;
        }
    }
    sk_close(t, &w);
}

/* Whether the last character of the line that is no space ends or closes a sentence. */
static int sk_ends_sentence(const uint32_t *table, const uint8_t *s, size_t begin, size_t end) {
    size_t width, at;
    uint32_t e;
    while (end > begin) {
        at = end - 1;
        while (at > begin && (s[at] & 0xC0) == 0x80) at--;
        if (s[at] > ' ' && s[at] != 0x7F) {
            uint32_t point = sk_point(s, at, end, &width);
            e = sk_entry(table, point);
            if (e != SK_SKIP && point != 0xA0 && point != 0x3000) return e == SK_TERMINAL;
        }
        end = at;
    }
    return 0;
}

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
