/* Fold, tokenise and hash UTF-8 text character by character; sketch.h does the same to runs of ASCII, several at once.
 *
 * Words are hashed over their folded UTF-8 bytes in chunks of eight, so a word of up to eight bytes costs one
 * multiplication. The plain Python statement of the same scheme stands in sketch_reference.py.
 */
#ifndef SCRUBKIT_SKETCH_WORDS_H
#define SCRUBKIT_SKETCH_WORDS_H
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
#endif
