/* UTF-8 to code points: bytes are checked and counted first, then written at the width that the widest of them asks for.
   Most of a page's source is ASCII, which passes both times many bytes at once. */
#ifndef SCRUBKIT_TEXTSCAN_UTF8_H
#define SCRUBKIT_TEXTSCAN_UTF8_H
#include <stddef.h>
#include <stdint.h>

typedef struct { size_t length; uint32_t widest; } sk_measure;

static inline int sk_plain_run(const uint8_t *s) {
    uint8_t high = 0;
    for (int k = 0; k < SK_RUN; k++) high |= s[k];
    return high < 0x80;
}

/* The code point at s, of at most `left` bytes, and in *size its bytes; 0 bytes where it is none: too long a form, half of
   a pair, beyond U+10FFFF, cut off. */
static inline uint32_t sk_code(const uint8_t *s, size_t left, size_t *size) {
    uint32_t a = s[0];
    *size = 1;
    if (a < 0x80) return a;
    *size = 0;
    if (a < 0xC2 || a > 0xF4 || left < 2 || (s[1] & 0xC0) != 0x80) return 0;
    if (a < 0xE0) { *size = 2; return (a & 31) << 6 | (s[1] & 63); }
    if (left < 3 || (s[2] & 0xC0) != 0x80) return 0;
    if (a < 0xF0) {
        uint32_t c = (a & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (s[2] & 63);
        if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) *size = 3;
        return c;
    }
    if (left < 4 || (s[3] & 0xC0) != 0x80) return 0;
    uint32_t c = (a & 7) << 18 | (uint32_t)(s[1] & 63) << 12 | (uint32_t)(s[2] & 63) << 6 | (s[3] & 63);
    if (c >= 0x10000 && c <= 0x10FFFF) *size = 4;
    return c;
}

/* The same of bytes that were found to be UTF-8; of others it goes on byte by byte. */
static inline uint32_t sk_step(const uint8_t *s, size_t left, size_t *size) {
    uint32_t c = sk_code(s, left, size);
    if (!*size) *size = 1;
    return c;
}

/* Return whether the bytes are UTF-8, and in *out how many code points they are and which bits those have. */
SK_CLONES static int sk_measure_utf8(const uint8_t *s, size_t n, sk_measure *out) {
    uint32_t seen = 0;
    size_t count = 0, size;
    for (size_t i = 0; i < n;) {
        if (n - i >= SK_RUN && sk_plain_run(s + i)) { i += SK_RUN; count += SK_RUN; continue; }
        for (size_t stop = n - i >= SK_RUN ? i + SK_RUN : n; i < stop; i += size, count++) {
            seen |= sk_code(s + i, n - i, &size);
            if (!size) return 0;
        }
    }
    out->length = count;
    out->widest = seen;
    return 1;
}

#define SK_WRITE(unit, name) \
    SK_CLONES static void name(const uint8_t *s, size_t n, unit *o) { \
        for (size_t i = 0, size; i < n;) { \
            if (n - i >= SK_RUN && sk_plain_run(s + i)) { \
                for (int k = 0; k < SK_RUN; k++) o[k] = s[i + k]; \
                o += SK_RUN; \
                i += SK_RUN; \
                continue; \
            } \
            for (size_t stop = n - i >= SK_RUN ? i + SK_RUN : n; i < stop; i += size) *o++ = (unit)sk_code(s + i, n - i, &size); \
        } \
    }
SK_WRITE(uint8_t, sk_write_1)
SK_WRITE(uint16_t, sk_write_2)
SK_WRITE(uint32_t, sk_write_4)
#undef SK_WRITE
#endif
