/* The same page with less in it: attributes that no reader asks for, what stands in scripts, styles and comments. The
   tree built of it has the same elements and texts in the same places; markup.py says what for. Where metadata are read,
   too, more stays. */
#ifndef SCRUBKIT_MARKUP_SLIM_H
#define SCRUBKIT_MARKUP_SLIM_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What stays of a tag's attributes. All of them where the tree builder compares or reads them. */
enum { SK_ALL, SK_NONE, SK_TYPE, SK_ASKED, SK_MARKED = 4 /* and those that say who wrote the page and when */ };

typedef struct {
    uint8_t *data;     /* as long as the page */
    size_t made, done; /* written so far; read so far of the page */
    int off;           /* nothing is written: the page is not asked for, or beyond following */
    int told;          /* what the page says of itself stays */
} sk_slim;

static inline void sk_slim_to(sk_slim *o, const uint8_t *s, size_t to) {
    memcpy(o->data + o->made, s + o->done, to - o->done);
    o->made += to - o->done;
    o->done = to;
}

/* Leave out what stands from `from` to `to`. */
static inline void sk_slim_out(sk_slim *o, const uint8_t *s, size_t from, size_t to) {
    sk_slim_to(o, s, from);
    o->done = to;
}

/* Put one space for what stands between two attributes that stay. */
static inline void sk_slim_gap(sk_slim *o, const uint8_t *s, size_t from, size_t to) {
    sk_slim_out(o, s, from, to);
    o->data[o->made++] = ' ';
}

/* End a tag: its bracket stands at `to`, `alone` says that a slash before it closes the element. */
static inline void sk_slim_shut(sk_slim *o, const uint8_t *s, size_t from, size_t to, int alone) {
    if (!alone) sk_slim_out(o, s, from, to);
    else if (to - from > 1) sk_slim_gap(o, s, from, to - 1); /* the slash is no part of a bare value */
}

static int sk_slim_is(const uint8_t *s, size_t n, const char *word, size_t size) {
    if (n != size) return 0;
    for (size_t i = 0; i < n; i++) if ((s[i] | ((uint8_t)(s[i] - 'A') < 26 ? 32 : 0)) != (uint8_t)word[i]) return 0;
    return 1;
}

static int sk_slim_has(const uint8_t *s, size_t n, const char *word, size_t size) {
    for (const uint8_t *end = s + n, *at = s; (size_t)(end - at) >= size; at++) {
        at = (const uint8_t *)memchr(at, word[0], (size_t)(end - at) - size + 1);
        if (!at) return 0;
        if (!memcmp(at, word, size)) return 1;
    }
    return 0;
}

/* Whether the start tag of a script may be that of data on the page. */
static int sk_slim_data(const uint8_t *s, size_t n) {
    for (size_t i = 0; i + 7 <= n; i++) if (s[i] == '&' || sk_slim_is(s + i, 7, "ld+json", 7)) return 1;
    return 0;
}

static int sk_slim_marks(const uint8_t *s, size_t size) {
    return sk_slim_is(s, size, "itemprop", 8) || sk_slim_is(s, size, "rel", 3) || sk_slim_is(s, size, "datetime", 8) ||
           sk_slim_is(s, size, "content", 7);
}

/* Whether an attribute stays: a name of `size` bytes at s, `n` bytes with its value. */
static int sk_slim_keeps(int what, const uint8_t *s, size_t size, size_t n) {
    if (what & SK_MARKED && sk_slim_marks(s, size)) return 1;
    what &= ~SK_MARKED;
    if (what != SK_ASKED) return what == SK_TYPE && sk_slim_is(s, size, "type", 4);
    switch (s[0] | 32) {
    case 'c': return sk_slim_is(s, size, "class", 5);
    case 'i': return sk_slim_is(s, size, "id", 2) || sk_slim_is(s, size, "itemprop", 8);
    case 'r': return sk_slim_is(s, size, "role", 4);
    case 'h': return sk_slim_is(s, size, "hidden", 6);
    case 'a': return sk_slim_is(s, size, "aria-hidden", 11);
    /* of style only what may say that nothing is displayed */
    case 's': return sk_slim_is(s, size, "style", 5) && (sk_slim_has(s, n, "none", 4) || sk_slim_has(s, n, "&", 1));
    default: return 0;
    }
}
#endif
