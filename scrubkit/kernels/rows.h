/* The rows of a page: what a character is, what a row holds, and the form in which rows are compared.

   Characters are classified by Python when they are first met, so that no table has to be made at start-up and
   every class is what Python's own methods say. rows_scan.h holds what depends on the width of a text's characters. */
#ifndef SCRUBKIT_ROWS_H
#define SCRUBKIT_ROWS_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SK_POINTS = 0x110000, SK_LONG = 4000, SK_COUNTED = 20000, SK_TAIL = 12, SK_OPENER = 16 };

/* Classes of a character. */
enum {
    SK_KNOWN = 1, SK_SPACE = 2, SK_WORD = 4, SK_RUN = 8, SK_DIGIT = 16, SK_DECIMAL = 32, SK_WIDE = 64, SK_MARK = 128,
    SK_TERM = 256, SK_CLOSER = 512, SK_JOINED = 1024, SK_ALPHA = 2048, SK_SPECIAL = 4096, SK_ARROWED = 8192,
    SK_CRUMBED = 16384, SK_OPENING = 65536, SK_BEHIND = 131072, SK_COUNT_CHAR = 262144,
    SK_FRAME = 524288
};

/* What a row is, in the order of rows.FLAGS. */
enum {
    SK_TERMINAL = 1 << 0, SK_MARKED = 1 << 1, SK_PROSE = 1 << 2, SK_LABEL = 1 << 3, SK_TABLE = 1 << 4,
    SK_DIGITS = 1 << 5, SK_TEXT_DIGITS = 1 << 6, SK_COUNT = 1 << 7, SK_SHARES = 1 << 8, SK_TIMES = 1 << 9,
    SK_CRUMBS = 1 << 10, SK_ARROWS = 1 << 11, SK_NUMBERS = 1 << 12, SK_SINGLE = 1 << 13, SK_ZERO = 1 << 14,
    SK_FORUM = 1 << 15, SK_COPYRIGHT = 1 << 16, SK_DOUBLE_SPACE = 1 << 17, SK_STRAIGHT = 1 << 18, SK_CURLY = 1 << 19,
    SK_COPIED = 1 << 20, SK_BETWEEN = 1 << 21, SK_TITLED = 1 << 22, SK_OPENED = 1 << 23, SK_BRACKET = 1 << 24,
    SK_LETTERS = 1 << 25, SK_CLAIMED = 1 << 26, SK_MINUTES = 1 << 27,
    SK_DATED = 1 << 28
};

typedef struct sk_chars {
    uint32_t (*learn)(uint32_t); /* asks Python; takes the GIL */
    uint32_t *bits;          /* classes by code point, 0 where not yet known */
    uint32_t *fold;          /* comparison form: a code point, or SK_MANY and the place of what needs care */
    uint32_t many[512][4];   /* their number (0: dropped), then up to three code points */
    uint32_t used;
    uint64_t openers[256];   /* hashes of rows_classes.OPENERS; 0: an empty place */
} sk_chars;

#define SK_MANY 0x80000000u

typedef struct {
    int64_t start, end, plain; /* the stripped text, and where it begins behind bullet marks */
    int64_t fold;              /* place in the page's buffer of comparison forms */
    uint64_t hash;
    double link;
    int32_t fold_length, words, sentences, block, first, next;
    uint32_t flags;
} sk_row;

typedef struct {
    const sk_chars *chars;
    sk_row *rows;
    int64_t count;
    uint32_t *buffer;
    int64_t used, room;
    uint32_t seen;
    int64_t curly, straight;
    int failed;
} sk_page;

/* What is summed over the characters of a row. */
typedef struct {
    uint32_t any, last;
    int64_t words, wide, sentences, numbers, straight, curly;
    int crumbs, copyright, twice, nonzero, dated;
} sk_sum;

static inline uint32_t sk_bits(const sk_chars *t, uint32_t code) {
    uint32_t bits = t->bits[code];
    return bits ? bits : t->learn(code);
}

static int sk_reserve(sk_page *g, int64_t more) {
    if (g->used + more <= g->room) return 1;
    int64_t room = g->room * 2 + more;
    uint32_t *grown = (uint32_t *)realloc(g->buffer, (size_t)room * sizeof(uint32_t));
    if (!grown) { g->failed = 1; return 0; }
    g->buffer = grown;
    g->room = room;
    return 1;
}

/* Put a code point into the buffer; i and a dot above are i, and so is the Turkish dotless i. */
static inline void sk_put(sk_page *g, int64_t from, int64_t *barred, uint32_t code) {
    if (code == 0x307 && g->used > from && g->buffer[g->used - 1] == 'i' && *barred != g->used - 1) {
        *barred = g->used - 1;
        return;
    }
    if (code == 0x131) {
        code = 'i';
        *barred = g->used;
    }
    g->buffer[g->used++] = code;
}

static inline int sk_cut(uint32_t c) {
    return c == ' ' || c == ':' || c == '.' || c == 0x2026 || c == '>' || c == '|' || c == 0x200e || c == 0x200f;
}

/* Strip what fold() strips; what would be nothing then stays as it is. Return the new start. */
static int64_t sk_strip_fold(sk_page *g, int64_t from) {
    int64_t a = from, b = g->used;
    while (a < b && sk_cut(g->buffer[a])) a++;
    while (b > a && sk_cut(g->buffer[b - 1])) b--;
    if (a == b) return from;
    g->used = b;
    return a;
}

static int64_t sk_strip_spaces(sk_page *g, int64_t from) {
    while (g->used > from && g->buffer[g->used - 1] == ' ') g->used--;
    while (from < g->used && g->buffer[from] == ' ') from++;
    return from;
}

static uint64_t sk_hash(const uint32_t *s, int64_t n) {
    uint64_t h = 0x9e3779b97f4a7c15ull ^ (uint64_t)n;
    int64_t i = 0;
    for (; i + 1 < n; i += 2) {
        h = (h ^ ((uint64_t)s[i] | (uint64_t)s[i + 1] << 32)) * 0xff51afd7ed558ccdull;
        h ^= h >> 32;
    }
    if (i < n) h = (h ^ s[i]) * 0xff51afd7ed558ccdull;
    return h ^ h >> 29;
}

/* Whether one of rows_classes.MINUTES stands in a comparison form. */
static int sk_minutes(const uint32_t *s, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        uint32_t a = s[i], b = i + 1 < n ? s[i + 1] : 0, c = i + 2 < n ? s[i + 2] : 0;
        if (a == 'm' && b == 'i' && c == 'n') return 1;
        if (a == 'd' && b == 'k') return 1;
        if (a == 'd' && b == 'a' && c == 'k' && i + 5 < n && s[i + 3] == 'i' && s[i + 4] == 'k' && s[i + 5] == 'a')
            return 1;
        if ((a == 0x43c && b == 0x438 && c == 0x43d) || (a == 0x62f && b == 0x642)) return 1;
        if (a == 0x5206 || a == 0xbd84) return 1;
    }
    return 0;
}

static void sk_opener_put(sk_chars *t, uint64_t hash) {
    uint32_t at = (uint32_t)hash & 255;
    while (t->openers[at]) at = (at + 1) & 255;
    t->openers[at] = hash;
}

static int sk_is_opener(const sk_chars *t, const uint32_t *s, int64_t n) {
    uint64_t hash = sk_hash(s, n);
    uint32_t at = (uint32_t)hash & 255;
    while (t->openers[at] && t->openers[at] != hash) at = (at + 1) & 255;
    return t->openers[at] != 0;
}

/* Link each row to the first and the next with the same comparison form. */
static int sk_group(sk_page *g) {
    int64_t size = 16;
    while (size < 2 * g->count) size *= 2;
    int32_t *table = (int32_t *)malloc((size_t)size * 2 * sizeof(int32_t)); /* first and last row of a form */
    if (!table) return 0;
    memset(table, 0xff, (size_t)size * 2 * sizeof(int32_t));
    for (int32_t i = 0; i < g->count; i++) {
        sk_row *r = &g->rows[i];
        uint64_t at = r->hash & (uint64_t)(size - 1);
        for (; table[2 * at] >= 0; at = (at + 1) & (uint64_t)(size - 1)) {
            const sk_row *o = &g->rows[table[2 * at]];
            if (o->hash == r->hash && o->fold_length == r->fold_length &&
                !memcmp(g->buffer + o->fold, g->buffer + r->fold, (size_t)r->fold_length * sizeof(uint32_t)))
                break;
        }
        r->next = -1;
        if (table[2 * at] < 0) {
            table[2 * at] = r->first = i;
        } else {
            r->first = table[2 * at];
            g->rows[table[2 * at + 1]].next = i;
            g->rows[r->first].flags |= SK_COPIED;
            r->flags |= SK_COPIED;
        }
        table[2 * at + 1] = i;
    }
    free(table);
    return 1;
}

/* What depends on neighbours, and what the page has at all. */
static void sk_finish(sk_page *g) {
    for (int64_t i = 0; i < g->count; i++) {
        sk_row *r = &g->rows[i];
        if (i && i + 1 < g->count && (r[-1].flags & SK_PROSE) && (r[1].flags & SK_PROSE)) r->flags |= SK_BETWEEN;
        g->seen |= r->flags;
    }
}

/* Words looked for in rows, by hash: two words of one 64-bit hash are taken for one, and callers compare again. */
typedef struct {
    uint64_t *keys; /* 0: an empty place */
    int32_t *seen;  /* the last row with the word, plus one */
    int64_t size;
    uint64_t shapes; /* how they begin and how long they are, a bit each: most words are told by that */
} sk_words;

static inline uint64_t sk_shape(uint32_t first, int64_t length) {
    return (uint64_t)1 << ((first * 5 + (uint32_t)length) & 63);
}

static void sk_want(sk_words *w, uint64_t hash, uint32_t first, int64_t length) {
    w->shapes |= sk_shape(first, length);
    uint64_t at = hash & (uint64_t)(w->size - 1);
    while (w->keys[at] && w->keys[at] != hash) at = (at + 1) & (uint64_t)(w->size - 1);
    w->keys[at] = hash;
}

/* Return how many of the words a row has. */
static int sk_shared(sk_words *w, const sk_page *g, int32_t row) {
    const sk_row *r = &g->rows[row];
    const uint32_t *s = g->buffer + r->fold;
    int out = 0;
    for (int32_t a = 0, b; a < r->fold_length; a = b + 1) {
        for (b = a; b < r->fold_length && (sk_bits(g->chars, s[b]) & SK_WORD); b++) {}
        if (a == b || !(w->shapes & sk_shape(s[a], b - a))) continue;
        uint64_t hash = sk_hash(s + a, b - a), at = hash & (uint64_t)(w->size - 1);
        while (w->keys[at] && w->keys[at] != hash) at = (at + 1) & (uint64_t)(w->size - 1);
        if (w->keys[at] != hash || w->seen[at] == row + 1) continue;
        w->seen[at] = row + 1;
        out++;
    }
    return out;
}

#define SK_GLUE_(a, b) a##b
#define SK_GLUE(a, b) SK_GLUE_(a, b)
#define SK_UNIT uint8_t
#define SK_NAME(x) SK_GLUE(sk1_, x)
#include "rows_scan.h"
#undef SK_UNIT
#undef SK_NAME
#define SK_UNIT uint16_t
#define SK_NAME(x) SK_GLUE(sk2_, x)
#include "rows_scan.h"
#undef SK_UNIT
#undef SK_NAME
#define SK_UNIT uint32_t
#define SK_NAME(x) SK_GLUE(sk4_, x)
#include "rows_scan.h"
#undef SK_UNIT
#undef SK_NAME

static int sk_measure(sk_page *g, const void *text, int width, int64_t i, int32_t marked) {
    if (width == 1) sk1_row(g, (const uint8_t *)text, &g->rows[i], marked);
    else if (width == 2) sk2_row(g, (const uint16_t *)text, &g->rows[i], marked);
    else sk4_row(g, (const uint32_t *)text, &g->rows[i], marked);
    return !g->failed;
}
#endif
