/* Hashes of lines in which every number reads alike: furniture says "12 comments" here and "7 comments" there. */
#ifndef SCRUBKIT_SKETCH_LINES_H
#define SCRUBKIT_SKETCH_LINES_H
#include "sketch_words.h"

/* The zeros of decimal digits, nine more follow each; sketch_reference.py has the same list. */
static const uint16_t sk_zeros[] = {0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6,
                                    0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0xFF10};

#define SK_EACH(byte) (0x0101010101010101ull * (byte))

/* The top bits of those of eight bytes that are ASCII digits. */
static inline uint64_t sk_ascii_digits(uint64_t x) {
    uint64_t t = x ^ SK_EACH('0');
    return ~(((t & SK_EACH(0x7F)) + SK_EACH(0x76)) | t) & SK_EACH(0x80);
}

/* The same of those that may begin a digit: characters from 0xD9 on, too. */
static inline uint64_t sk_may_be_digits(uint64_t x) {
    return sk_ascii_digits(x) | (((x & SK_EACH(0x7F)) + SK_EACH(0x27)) & x & SK_EACH(0x80));
}

static inline int sk_is_digit(const uint8_t *p, size_t n, size_t *width) {
    uint32_t point;
    size_t k;
    *width = 1;
    if (*p < 0xD9) return (uint8_t)(*p - '0') < 10; /* it may be the middle of a character, too */
    point = sk_point(p, 0, n, width);
    for (k = 0; k < sizeof sk_zeros / sizeof *sk_zeros; k++)
        if (point - sk_zeros[k] < 10) return 1;
    return 0;
}

typedef struct {
    size_t read, made;
    int inside; /* a run of digits, for which a 0 is written already */
} sk_plain;

/* Go on behind `width` bytes of a run of digits. */
static inline void sk_plain_digits(sk_plain *o, uint8_t *to, size_t width) {
    to[o->made] = '0';
    o->made += !o->inside;
    o->inside = 1;
    o->read += width;
}

/* Take one character. */
static inline void sk_plain_next(sk_plain *o, const uint8_t *p, size_t n, uint8_t *to) {
    size_t width;
    if (sk_is_digit(p + o->read, n - o->read, &width)) {
        sk_plain_digits(o, to, width);
        return;
    }
    for (; width && o->read < n; width--) to[o->made++] = p[o->read++];
    o->inside = 0;
}

/* Bytes looked at together for digits, and which of them may begin one: a bit each. */
#if defined(__SSE2__)
#include <emmintrin.h>
#define SK_TOGETHER 16
static inline uint64_t sk_look(const uint8_t *p, uint8_t *to) {
    __m128i v = _mm_loadu_si128((const __m128i *)p), t = _mm_sub_epi8(v, _mm_set1_epi8('0'));
    __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(t, _mm_set1_epi8(9)), t);
    __m128i other = _mm_cmpeq_epi8(_mm_max_epu8(v, _mm_set1_epi8((char)0xD9)), v);
    _mm_storeu_si128((__m128i *)to, v);
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(digit, other));
}
#define SK_PLACE 1
#else
#define SK_TOGETHER 8
static inline uint64_t sk_look(const uint8_t *p, uint8_t *to) {
    memcpy(to, p, 8);
    return sk_may_be_digits(sk_load(p));
}
#define SK_PLACE 8
#endif

/* Copy n bytes with every run of digits as one 0; return how many were written. to has room for n + 24. */
static inline size_t sk_plain_numbers(const uint8_t *p, size_t n, uint8_t *to) {
    sk_plain o = {0, 0, 0};
    while (o.read < n) { /* as far as no digit can begin, and then the digits of ASCII */
        size_t left = n - o.read, plain = SK_TOGETHER, digits = 0;
        uint8_t rest[SK_TOGETHER];
        uint64_t found;
        if (left < SK_TOGETHER) {
            memset(rest, 0, sizeof rest);
            memcpy(rest, p + o.read, left);
        }
        found = sk_look(left < SK_TOGETHER ? rest : p + o.read, to + o.made);
        if (found) plain = (size_t)__builtin_ctzll(found) / SK_PLACE;
        else if (left < SK_TOGETHER) plain = left;
        o.made += plain;
        o.read += plain;
        o.inside &= !plain;
        if (!found) continue;
        while (o.read + digits < n && (uint8_t)(p[o.read + digits] - '0') < 10) digits++;
        if (digits) sk_plain_digits(&o, to, digits);
        else sk_plain_next(&o, p, n, to);
    }
    memset(to + o.made, 0, 8);
    return o.made;
}

/* Hash of a line of n >= 1 bytes with its numbers alike; scratch has room for n + 24. */
static inline uint64_t sk_line_hash(const uint8_t *p, size_t n, uint8_t *scratch) {
    return sk_bytes(scratch, sk_plain_numbers(p, n, scratch));
}

/* How many bytes are line ends. */
static inline size_t sk_line_ends(const uint8_t *p, size_t n) {
    size_t total = 0, i;
    while (n) {
        size_t part = n < 240 ? n : 240;
        uint8_t count = 0;
        for (i = 0; i < part; i++) count = (uint8_t)(count + (p[i] == '\n'));
        total += count;
        p += part;
        n -= part;
    }
    return total;
}
#endif
