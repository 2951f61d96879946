/* Features of the blocks of an HTML page; html_features.py holds the reference and the meaning of each. */
#ifndef SCRUBKIT_HTML_FEATURES_H
#define SCRUBKIT_HTML_FEATURES_H
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__)
#define SK_INLINE_ALWAYS __attribute__((always_inline))
#else
#define SK_INLINE_ALWAYS
#endif

enum { SK_FAR = 12, SK_DATE_CHARS = 200, SK_NEAREST = 10 };

/* ---- hints: plain words looked for in class names, chained by their first three bytes; words of two bytes apart */
enum { SK_HINT_SLOTS = 4096, SK_HINT_MAX = 320 };
typedef struct { uint8_t word[20], but[4]; uint8_t length, but_length, bit, left, right; int16_t next; } sk_hint;
typedef struct { sk_hint hints[SK_HINT_MAX]; int16_t head[SK_HINT_SLOTS], shorts; uint8_t starts[256]; int count; } sk_hints;

static inline unsigned sk_hint_slot(uint8_t a, uint8_t b, uint8_t c) {
    return (((unsigned)a * 33u ^ b) * 33u ^ c) & (SK_HINT_SLOTS - 1);
}
static inline uint8_t sk_low(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c; }
static inline int sk_wordy(uint8_t c) { c = sk_low(c); return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80; }

/* The bit of a word that stands at s + i, where it does not have it yet. */
static inline uint32_t sk_hint_at(const sk_hint *p, const uint8_t *s, size_t n, size_t i, uint32_t mask) {
    size_t k = 0, end = i + p->length;
    if (mask >> p->bit & 1 || end > n) return 0;
    while (k < p->length && sk_low(s[i + k]) == p->word[k]) k++;
    if (k < p->length || (p->left && i && sk_wordy(s[i - 1])) || (p->right && end < n && sk_wordy(s[end]))) return 0;
    if (p->but_length && end + p->but_length <= n) {
        for (k = 0; k < p->but_length && sk_low(s[end + k]) == p->but[k]; k++) {}
        if (k == p->but_length) return 0;
    }
    return 1u << p->bit;
}

static uint32_t sk_hint_mask(const sk_hints *h, const uint8_t *s, size_t n) {
    uint32_t mask = 0;
    if (n < 2) return 0;
    uint8_t a = sk_low(s[0]), b = sk_low(s[1]);
    for (size_t i = 0; i + 1 < n; i++) {
        uint8_t c = i + 2 < n ? sk_low(s[i + 2]) : 0;
        if (h->starts[a]) /* a word of two bytes may begin here */
            for (int at = h->shorts; at >= 0; at = h->hints[at].next) mask |= sk_hint_at(&h->hints[at], s, n, i, mask);
        for (int at = h->head[sk_hint_slot(a, b, c)]; at >= 0; at = h->hints[at].next)
            mask |= sk_hint_at(&h->hints[at], s, n, i, mask);
        a = b;
        b = c;
    }
    return mask;
}

/* ---- hashes */
#define SK_SEED 14695981039346656037ull
static inline uint64_t sk_fold(uint64_t h, uint64_t x) { h = (h ^ x) * 1099511628211ull; return h ^ (h >> 29); }

typedef struct { uint64_t *keys; int32_t *values; size_t mask; } sk_map;
static int sk_map_new(sk_map *m, size_t items) {
    size_t size = 16;
    while (size < items * 2) size *= 2;
    m->keys = calloc(size, sizeof(uint64_t));
    m->values = malloc(size * sizeof(int32_t));
    m->mask = size - 1;
    return m->keys && m->values ? 0 : -1;
}
static void sk_map_free(sk_map *m) { free(m->keys); free(m->values); }
/* The place of a key, which holds `fresh` if it was not there. */
static inline int32_t *sk_map_at(sk_map *m, uint64_t key, int32_t fresh) {
    key = key ? key : 1;
    size_t i = (size_t)(key ^ (key >> 32)) & m->mask;
    while (m->keys[i] && m->keys[i] != key) i = (i + 1) & m->mask;
    if (!m->keys[i]) { m->keys[i] = key; m->values[i] = fresh; }
    return &m->values[i];
}

/* ---- attribute strings: what was found in each, so that equal ones are looked into once */
typedef struct { const uint8_t *s; size_t n; uint64_t klass; uint32_t hints; } sk_name;
typedef struct { int32_t *place; sk_name *names; size_t mask; int32_t count; } sk_names;
static int sk_names_new(sk_names *m, size_t items) {
    size_t size = 16;
    while (size < items * 2) size *= 2;
    m->place = calloc(size, sizeof(int32_t)); /* one more than the place in names, 0 for none */
    m->names = malloc((items + 1) * sizeof(sk_name));
    m->mask = size - 1;
    m->count = 0;
    return m->place && m->names ? 0 : -1;
}
static void sk_names_free(sk_names *m) { free(m->place); free(m->names); }

/* The hash of the class name, which ends at the string's end or at two spaces or one at the end, and the hints. The
   string must stay where it is for as long as the names are in use. */
static void sk_look(const sk_hints *h, sk_names *m, const uint8_t *s, size_t n, uint64_t *klass, uint32_t *hints) {
    uint64_t key = n;
    size_t at = 0;
    for (uint64_t word; at + 8 <= n; at += 8) { memcpy(&word, s + at, 8); key = sk_fold(key, word); }
    for (; at < n; at++) key = sk_fold(key, s[at]);
    size_t i = (size_t)(key ^ (key >> 32)) & m->mask;
    sk_name *name = NULL;
    for (; m->place[i]; i = (i + 1) & m->mask) {
        name = &m->names[m->place[i] - 1];
        if (name->n == n && !memcmp(name->s, s, n)) break;
    }
    if (!m->place[i]) {
        uint64_t hash = 0;
        for (at = 0; at < n && !(s[at] == ' ' && (at + 1 >= n || s[at + 1] == ' ')); at++)
            hash = sk_fold(at ? hash : SK_SEED, s[at]);
        name = &m->names[m->count++];
        *name = (sk_name){s, n, hash, sk_hint_mask(h, s, n)};
        m->place[i] = m->count;
    }
    *klass = name->klass;
    *hints = name->hints;
}

/* ---- characters */
static inline int sk_unspaced_letter(Py_UCS4 c) {
    if (c < 0x0E01) return 0;
    if (c < 0x10A0) return (c <= 0x0E3A) || (c >= 0x0E40 && c <= 0x0E4E) || (c >= 0x0E81 && c <= 0x0EDF) ||
                           (c >= 0x1000 && c <= 0x103F) || (c >= 0x1050 && c <= 0x109F);
    if (c < 0x3005) return c >= 0x1780 && c <= 0x17D3;
    return c <= 0x3007 || (c >= 0x3041 && c <= 0x309F) || (c >= 0x30A1 && c <= 0x30FA) || (c >= 0x30FC && c <= 0x30FF) ||
           (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}
static inline int sk_mark(Py_UCS4 c) {
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0483 && c <= 0x0487) || (c >= 0x0591 && c <= 0x05BD) || c == 0x05BF ||
           c == 0x05C1 || c == 0x05C2 || (c >= 0x0610 && c <= 0x061A) || (c >= 0x064B && c <= 0x065F) || c == 0x0670 ||
           (c >= 0x06D6 && c <= 0x06ED) || (c >= 0x0900 && c <= 0x0963) || (c >= 0x0971 && c <= 0x0DFF) || c == 0x200C ||
           c == 0x200D;
}
static inline int sk_currency(Py_UCS4 c) { return c == '$' || (c >= 0xA2 && c <= 0xA5) || (c >= 0x20A0 && c <= 0x20CF); }
static inline int sk_digit(Py_UCS4 c) { return c >= '0' && c <= '9'; }
static int sk_terminal(Py_UCS4 c) {
    switch (c) {
    case '.': case '!': case '?': case ':': case ';': case '"': case 0x2026: case 0x201D: case 0xBB: case 0x0964: case 0x061F:
    case 0x06D4: case 0x3002: case 0xFF01: case 0xFF1F: case 0x17D4: case 0x104B: return 1;
    default: return 0;
    }
}

typedef struct { int kind; const void *data; } sk_chars;
static inline Py_UCS4 sk_at(const sk_chars *t, int64_t i) { return PyUnicode_READ(t->kind, t->data, (Py_ssize_t)i); }

typedef struct { double words, in_title; uint64_t key; uint8_t terminal, money, date; int64_t chars; } sk_own;
typedef struct { int64_t words, tokens, hits; int state; int64_t run; uint64_t hash; Py_UCS4 before; sk_map *title; int collect; } sk_scan;

/* What an ASCII character is; others are asked for. */
enum { SK_WORD = 1, SK_DIGIT = 2, SK_BLANK = 4, SK_UPPER = 8 };
#define SK_4(x) x, x, x, x
#define SK_26(x) SK_4(x), SK_4(x), SK_4(x), SK_4(x), SK_4(x), SK_4(x), x, x
static const uint8_t sk_ascii[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, SK_4(SK_BLANK), SK_BLANK, SK_4(0), SK_4(0), SK_4(0), 0, 0, SK_4(SK_BLANK),
    SK_BLANK, SK_4(0), SK_4(0), SK_4(0), 0, 0, 0,
    SK_4(SK_WORD | SK_DIGIT), SK_4(SK_WORD | SK_DIGIT), SK_WORD | SK_DIGIT, SK_WORD | SK_DIGIT, SK_4(0), 0, 0, 0,
    SK_26(SK_WORD | SK_UPPER), SK_4(0), SK_WORD, 0, SK_26(SK_WORD), SK_4(0), 0};

static inline void sk_token(sk_scan *s, uint64_t hash) {
    s->tokens++;
    if (!s->title) return;
    if (s->collect) *sk_map_at(s->title, hash, 1) = 1;
    else {
        uint64_t key = hash ? hash : 1;
        size_t i = (size_t)(key ^ (key >> 32)) & s->title->mask;
        while (s->title->keys[i] && s->title->keys[i] != key) i = (i + 1) & s->title->mask;
        s->hits += s->title->keys[i] == key;
    }
}
static inline void sk_end_run(sk_scan *s) {
    if (s->state == 1) { s->words++; sk_token(s, s->hash); }
    else if (s->state == 2) {
        s->words += (s->run + 1) / 2;
        if (s->run == 1) sk_token(s, sk_fold(SK_SEED, s->before));
    }
    s->state = 0;
}
/* A character above ASCII. */
static inline void sk_step(sk_scan *s, Py_UCS4 c, Py_UCS4 low) {
    if (sk_unspaced_letter(c)) {
        if (s->state == 2) { s->run++; sk_token(s, sk_fold(sk_fold(SK_SEED, s->before), low)); }
        else { sk_end_run(s); s->state = 2; s->run = 1; }
        s->before = low;
    } else if (Py_UNICODE_ISALNUM(c)) {
        if (s->state != 1) { sk_end_run(s); s->state = 1; s->hash = SK_SEED; }
        s->hash = sk_fold(s->hash, low);
    } else if (s->state == 1 && sk_mark(c)) s->hash = sk_fold(s->hash, low);
    else sk_end_run(s);
}

static inline int sk_gap(Py_UCS4 c) { return c != '\n' && (c < 0x80 ? sk_ascii[c] & SK_BLANK : Py_UNICODE_ISSPACE(c)); }

/* Whether an amount of money ends at i, a digit or a currency sign: the other stands before it, a space between or not. */
static int sk_amount(const sk_chars *t, int64_t i, int64_t first, int digit) {
    Py_UCS4 b = i > first ? sk_at(t, i - 1) : 0, a = i - 1 > first ? sk_at(t, i - 2) : 0;
    if (digit) return sk_currency(b) || (sk_gap(b) && sk_currency(a));
    return sk_digit(b) || (sk_gap(b) && sk_digit(a));
}

/* Whether the run of digits that begins at i is a year, or part of a date or time; nothing from `end` on is read. */
static int sk_moment(const sk_chars *t, int64_t i, int64_t end) {
    int64_t n = 1;
    while (i + n < end && sk_digit(sk_at(t, i + n))) n++;
    if (n == 4) {
        Py_UCS4 a = sk_at(t, i), b = sk_at(t, i + 1);
        return (a == '1' && b == '9') || (a == '2' && b == '0');
    }
    if (n > 2 || i + n + 1 >= end) return 0;
    Py_UCS4 c = sk_at(t, i + n);
    return (c == ':' || c == '/' || c == '.' || c == '-') && sk_digit(sk_at(t, i + n + 1));
}

/* Inlined once for each width of characters: `kind` is a constant there. */
static inline SK_INLINE_ALWAYS sk_own sk_scan_kind(const int kind, const void *data, const sk_chars *t, int64_t first,
                                                   int64_t last, sk_map *title) {
    sk_own own = {0, 0, SK_SEED, 0, 0, 0, 0};
    sk_scan s = {0, 0, 0, 0, 0, 0, 0, title, 0};
    own.chars = last - first;
    const int64_t dated = own.chars < SK_DATE_CHARS ? last : first + SK_DATE_CHARS;
    uint64_t key = SK_SEED;
    for (int64_t i = first; i < last;) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c >= 0x80) {
            Py_UCS4 low = Py_UNICODE_TOLOWER(c);
            if (!Py_UNICODE_ISSPACE(c)) key = sk_fold(key, low);
            sk_step(&s, c, low);
            if (!own.money && sk_currency(c)) own.money = (uint8_t)sk_amount(t, i, first, 0);
            i++;
            continue;
        }
        unsigned is = sk_ascii[c];
        if (is & SK_WORD) {
            if (s.state != 1) { sk_end_run(&s); s.state = 1; s.hash = SK_SEED; }
            uint64_t hash = s.hash;
            int after_digit = 0;
            do { /* to the end of what is ASCII of the word */
                if (is & SK_DIGIT) {
                    if (!after_digit) {
                        if (!own.money) own.money = (uint8_t)sk_amount(t, i, first, 1);
                        if (!own.date && i < dated) own.date = (uint8_t)sk_moment(t, i, dated);
                    }
                    after_digit = 1;
                } else after_digit = 0;
                Py_UCS4 low = c | (is & SK_UPPER) * (32 / SK_UPPER);
                hash = sk_fold(hash, low);
                key = sk_fold(key, low);
                if (++i >= last) break;
                c = PyUnicode_READ(kind, data, i);
                is = c < 0x80 ? sk_ascii[c] : 0;
            } while (is & SK_WORD);
            s.hash = hash;
            continue;
        }
        i++;
        if (s.state) sk_end_run(&s);
        if (is & SK_BLANK) continue;
        key = sk_fold(key, c);
        if (c == '$' && !own.money) own.money = (uint8_t)sk_amount(t, i - 1, first, 0);
    }
    sk_end_run(&s);
    own.key = key;
    own.words = s.words > 0 ? (double)s.words : 1.0;
    own.in_title = s.tokens ? (double)s.hits / (double)s.tokens : 0.0;
    own.terminal = (uint8_t)(own.chars > 0 && sk_terminal(PyUnicode_READ(kind, data, last - 1)));
    return own;
}

static sk_own sk_scan_block(const sk_chars *t, int64_t first, int64_t last, sk_map *title) {
    while (last > first) {
        Py_UCS4 c = sk_at(t, last - 1);
        if (c != '\n' && c != '\t' && c != ' ') break;
        last--;
    }
    if (t->kind == PyUnicode_1BYTE_KIND) return sk_scan_kind(PyUnicode_1BYTE_KIND, t->data, t, first, last, title);
    if (t->kind == PyUnicode_2BYTE_KIND) return sk_scan_kind(PyUnicode_2BYTE_KIND, t->data, t, first, last, title);
    return sk_scan_kind(PyUnicode_4BYTE_KIND, t->data, t, first, last, title);
}

static void sk_collect_title(const sk_chars *t, int64_t length, sk_map *title) {
    sk_scan s = {0, 0, 0, 0, 0, 0, 0, title, 1};
    for (int64_t i = 0; i < length; i++) {
        Py_UCS4 c = sk_at(t, i);
        if (c >= 0x80) sk_step(&s, c, Py_UNICODE_TOLOWER(c));
        else if (sk_ascii[c] & SK_WORD) {
            if (s.state != 1) { sk_end_run(&s); s.state = 1; s.hash = SK_SEED; }
            s.hash = sk_fold(s.hash, sk_ascii[c] & SK_UPPER ? c | 32 : c);
        } else sk_end_run(&s);
    }
    sk_end_run(&s);
}
#endif
