/* Passes over a text by the classes of its characters. Most text is runs of ASCII that no step touches: those are told by
   a few vector instructions and skipped, only the rest is looked up character by character. */
#ifndef SCRUBKIT_TEXTSCAN_H
#define SCRUBKIT_TEXTSCAN_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Compares and copies only: every instruction set gives the same. Clones need ifunc, which musl has not. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define SK_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define SK_CLONES
#endif

enum { SK_RUN = 32, SK_HAS_AMPERSAND = 1, SK_HAS_RETURN = 2, SK_HAS_ODD = 4 };

#include "textscan_utf8.h"
#include "textscan_visible.h"

/* classes: one a code unit, the last for all above U+FFFE; flags: one a class; pairs: width x width, 0 for two of ASCII. */
typedef struct {
    const uint8_t *classes;
    const uint16_t *flags;
    const uint8_t *pairs;
    uint32_t width, western, astral, gone, space;
} sk_table;

typedef struct { uint32_t flags; size_t pairs, western, foreign, length; } sk_found;
typedef struct { size_t returns, gone, spaces, shorter; } sk_counts;

/* Code points of one, two and four bytes, and UTF-8, whose characters take one to four units. */
#define SK_READ(s, n, i, size) (*(size) = 1, (uint32_t)(s)[i])
#define SK_CHECK SK_READ
#define SK_UNIT uint8_t
#define SK_NAME(x) x##_1
#include "textscan_units.h"
#include "textscan_codes.h"
#undef SK_UNIT
#undef SK_NAME
#define SK_UNIT uint16_t
#define SK_NAME(x) x##_2
#include "textscan_units.h"
#include "textscan_codes.h"
#undef SK_UNIT
#undef SK_NAME
#define SK_UNIT uint32_t
#define SK_NAME(x) x##_4
#include "textscan_units.h"
#include "textscan_codes.h"
#undef SK_UNIT
#undef SK_NAME
#undef SK_READ
#undef SK_CHECK
#define SK_READ(s, n, i, size) sk_step((s) + (i), (n) - (i), size)
#define SK_CHECK(s, n, i, size) sk_code((s) + (i), (n) - (i), size)
#define SK_UNIT uint8_t
#define SK_NAME(x) x##_utf8
#include "textscan_units.h"
#undef SK_UNIT
#undef SK_NAME
#undef SK_READ
#undef SK_CHECK

static void sk_scan(int kind, const void *s, size_t n, const sk_table *t, sk_found *out) {
    if (kind == 1) sk_scan_1((const uint8_t *)s, n, t, out);
    else if (kind == 2) sk_scan_2((const uint16_t *)s, n, t, out);
    else sk_scan_4((const uint32_t *)s, n, t, out);
}

static size_t sk_tidy(int kind, const void *s, size_t n, void *out, const sk_table *t, int breaks, sk_counts *count) {
    if (kind == 1) return sk_tidy_1((const uint8_t *)s, n, (uint8_t *)out, t, breaks, count);
    if (kind == 2) return sk_tidy_2((const uint16_t *)s, n, (uint16_t *)out, t, breaks, count);
    return sk_tidy_4((const uint32_t *)s, n, (uint32_t *)out, t, breaks, count);
}

static size_t sk_visible(int kind, const void *s, size_t n, void *out, size_t *gone) {
    if (kind == 1) return sk_visible_1((const uint8_t *)s, n, (uint8_t *)out, gone);
    if (kind == 2) return sk_visible_2((const uint16_t *)s, n, (uint16_t *)out, gone);
    return sk_visible_4((const uint32_t *)s, n, (uint32_t *)out, gone);
}

static size_t sk_seek(int kind, const void *s, size_t n, size_t at, const sk_table *t, uint32_t wanted) {
    if (kind == 1) return sk_seek_1((const uint8_t *)s, n, at, t, wanted);
    if (kind == 2) return sk_seek_2((const uint16_t *)s, n, at, t, wanted);
    return sk_seek_4((const uint32_t *)s, n, at, t, wanted);
}

static size_t sk_doubt(int kind, const void *s, size_t n, size_t at, const sk_table *t, uint32_t wanted) {
    if (kind == 1) return sk_doubt_1((const uint8_t *)s, n, at, t, wanted);
    if (kind == 2) return sk_doubt_2((const uint16_t *)s, n, at, t, wanted);
    return sk_doubt_4((const uint32_t *)s, n, at, t, wanted);
}

static size_t sk_utf8(int kind, const void *s, size_t n, uint8_t *out) {
    if (kind == 1) return sk_utf8_1((const uint8_t *)s, n, out);
    if (kind == 2) return sk_utf8_2((const uint16_t *)s, n, out);
    return sk_utf8_4((const uint32_t *)s, n, out);
}

static size_t sk_high(int kind, const void *s, size_t n, size_t at) {
    if (kind == 1) return sk_high_1((const uint8_t *)s, n, at);
    if (kind == 2) return sk_high_2((const uint16_t *)s, n, at);
    return sk_high_4((const uint32_t *)s, n, at);
}
#endif
