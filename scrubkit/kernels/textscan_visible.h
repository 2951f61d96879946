/* Which invisible characters mean something where they stand; the ranges are those of ingest/normalise.py. */
#ifndef SCRUBKIT_TEXTSCAN_VISIBLE_H
#define SCRUBKIT_TEXTSCAN_VISIBLE_H
#include <stddef.h>
#include <stdint.h>

typedef uint32_t sk_range[2];

/* Letters that join or form conjuncts, and emoji: there a joiner changes what is read. */
static const sk_range sk_joining[] = {
    {0x600, 0x7FF}, {0x840, 0xDFF}, {0xF00, 0x109F}, {0x1780, 0x18AF}, {0x1B00, 0x1BFF}, {0x2190, 0x27BF}, {0x2B00, 0x2BFF},
    {0xA840, 0xA87F}, {0xA8E0, 0xA8FF}, {0xABC0, 0xABFF}, {0xFB50, 0xFDFF}, {0xFE0F, 0xFE0F}, {0xFE70, 0xFEFC},
    {0x10A00, 0x10FFF}, {0x11000, 0x11FFF}, {0x1F000, 0x1FAFF}};
/* Scripts without spaces between words, where a zero-width space marks the break. */
static const sk_range sk_unspaced[] = {{0xE00, 0xEFF}, {0xF00, 0x109F}, {0x1780, 0x17FF}, {0x1950, 0x19DF},
    {0x1A20, 0x1AAF}, {0xA9E0, 0xA9FF}, {0xAA60, 0xAADF}};
static const sk_range sk_right_to_left[] = {{0x590, 0x8FF}, {0xFB1D, 0xFDCF}, {0xFDF0, 0xFDFF}, {0xFE70, 0xFEFC},
    {0x10800, 0x10FFF}, {0x1E800, 0x1EFFF}};

#define SK_IN(table, c) sk_within(table, sizeof(table) / sizeof(sk_range), c)
static inline int sk_within(const sk_range *r, size_t k, uint32_t c) {
    for (size_t i = 0; i < k; i++)
        if (c <= r[i][1]) return c >= r[i][0];
    return 0;
}

static inline int sk_turns(uint32_t c) {
    return c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static inline int sk_invisible(uint32_t c) {
    return (c >= 0x200B && c <= 0x2069 && (c <= 0x200F || c >= 0x2060 || (c >= 0x202A && c <= 0x202E))) || c == 0x61C
        || c == 0x180E || (c >= 0xE0001 && c <= 0xE007F);
}

/* Whether it joins, breaks or marks anything between these two; 0 stands for the end of a line. Turning is the line's. */
static inline int sk_means(uint32_t c, uint32_t before, uint32_t after) {
    if (c == 0x200C || c == 0x200D) return SK_IN(sk_joining, before) && (c == 0x200D || SK_IN(sk_joining, after));
    if (c == 0x200B || c == 0x2060) return SK_IN(sk_unspaced, before) || SK_IN(sk_unspaced, after);
    if (c == 0x180E) return before >= 0x1800 && before <= 0x18AF;
    return c >= 0xE0020 && c <= 0xE007F && (before == 0x1F3F4 || (before >= 0xE0020 && before <= 0xE007F));
}
#endif
