/* UTF-8 of Python strings; utf8.py holds the reference. Pages are mostly ASCII with a few wide characters, which makes
   Python keep every character in two or four bytes: sixteen at a time are looked at, and narrowed where they are ASCII. */
#ifndef SCRUBKIT_UTF8_H
#define SCRUBKIT_UTF8_H
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Bytes needed; *lone counts halves of surrogate pairs, which UTF-8 has not. */
static size_t sk_utf8_size1(const uint8_t *s, size_t n) {
    size_t more = 0;
    for (size_t i = 0; i < n; i++) more += s[i] >> 7;
    return n + more;
}
static size_t sk_utf8_size2(const uint16_t *s, size_t n, size_t *lone) {
    size_t more = 0, found = 0;
    for (size_t at = 0; at < n;) { /* sums of a stretch fit into as few bits as the characters */
        size_t end = at + 8192 < n ? at + 8192 : n;
        uint16_t part = 0, odd = 0;
        for (; at < end; at++) {
            part = (uint16_t)(part + (s[at] > 0x7F) + (s[at] > 0x7FF));
            odd = (uint16_t)(odd + ((s[at] & 0xF800) == 0xD800));
        }
        more += part;
        found += odd;
    }
    *lone = found;
    return n + more;
}
static size_t sk_utf8_size4(const uint32_t *s, size_t n, size_t *lone) {
    size_t more = 0, found = 0;
    for (size_t at = 0; at < n;) {
        size_t end = at + 65536 < n ? at + 65536 : n;
        uint32_t part = 0, odd = 0;
        for (; at < end; at++) {
            part += (s[at] > 0x7F) + (uint32_t)(s[at] > 0x7FF) + (uint32_t)(s[at] > 0xFFFF);
            odd += (s[at] & 0xFFFFF800u) == 0xD800;
        }
        more += part;
        found += odd;
    }
    *lone = found;
    return n + more;
}

static inline uint8_t *sk_utf8_put(uint8_t *out, uint32_t c) {
    if (c < 0x80) *out++ = (uint8_t)c;
    else if (c < 0x800) { *out++ = (uint8_t)(0xC0 | c >> 6); *out++ = (uint8_t)(0x80 | (c & 63)); }
    else {
        if (c < 0x10000) *out++ = (uint8_t)(0xE0 | c >> 12);
        else { *out++ = (uint8_t)(0xF0 | c >> 18); *out++ = (uint8_t)(0x80 | (c >> 12 & 63)); }
        *out++ = (uint8_t)(0x80 | (c >> 6 & 63));
        *out++ = (uint8_t)(0x80 | (c & 63));
    }
    return out;
}

static void sk_utf8_write1(const uint8_t *s, size_t n, uint8_t *out) {
    for (size_t i = 0; i < n; i++) out = sk_utf8_put(out, s[i]);
}
static void sk_utf8_write2(const uint16_t *s, size_t n, uint8_t *out) {
    size_t i = 0;
    while (i < n) {
#if defined(__SSE2__)
        const __m128i high = _mm_set1_epi16((short)0xFF80), zero = _mm_setzero_si128();
        for (; i + 16 <= n; i += 16, out += 16) {
            __m128i a = _mm_loadu_si128((const __m128i *)(s + i)), b = _mm_loadu_si128((const __m128i *)(s + i + 8));
            __m128i wide = _mm_and_si128(_mm_or_si128(a, b), high);
            if (_mm_movemask_epi8(_mm_cmpeq_epi16(wide, zero)) != 0xFFFF) break;
            _mm_storeu_si128((__m128i *)out, _mm_packus_epi16(a, b));
        }
#endif
        for (size_t end = i + 16 < n ? i + 16 : n; i < end; i++) out = sk_utf8_put(out, s[i]);
    }
}
static void sk_utf8_write4(const uint32_t *s, size_t n, uint8_t *out) {
    size_t i = 0;
    while (i < n) {
#if defined(__SSE2__)
        const __m128i high = _mm_set1_epi32((int)0xFFFFFF80), zero = _mm_setzero_si128();
        for (; i + 16 <= n; i += 16, out += 16) {
            const __m128i *from = (const __m128i *)(s + i);
            __m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1), c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
            __m128i wide = _mm_and_si128(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d)), high);
            if (_mm_movemask_epi8(_mm_cmpeq_epi32(wide, zero)) != 0xFFFF) break;
            _mm_storeu_si128((__m128i *)out, _mm_packus_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d)));
        }
#endif
        for (size_t end = i + 16 < n ? i + 16 : n; i < end; i++) out = sk_utf8_put(out, s[i]);
    }
}
#endif
