/* Kernels compiled once an instruction set: SK_LEVEL 0 portable, 3 AVX2, 4 AVX-512; see sketch.h. */

/* Fold 64 bytes of ASCII to lower case; return which are word bytes (ASCII word characters and all others), in high
 * those that are not ASCII. */
SK_TARGET static inline uint64_t SK_NAME(classes)(const uint8_t *s, uint8_t *folded, uint64_t *high) {
#if SK_LEVEL == 4
    __m512i v = _mm512_loadu_si512(s);
    __mmask64 upper = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8('A')), _mm512_set1_epi8(26));
    __m512i low = _mm512_mask_add_epi8(v, upper, v, _mm512_set1_epi8(32));
    _mm512_storeu_si512(folded, low);
    *high = _mm512_movepi8_mask(v);
    return *high | _mm512_cmplt_epu8_mask(_mm512_sub_epi8(low, _mm512_set1_epi8('a')), _mm512_set1_epi8(26)) |
           _mm512_cmplt_epu8_mask(_mm512_sub_epi8(low, _mm512_set1_epi8('0')), _mm512_set1_epi8(10)) |
           _mm512_cmpeq_epi8_mask(low, _mm512_set1_epi8('_'));
#elif SK_LEVEL == 3
    uint64_t word = 0;
    int k;
    *high = 0;
    for (k = 0; k < 2; k++) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(s + 32 * k)), t, in, low, any;
        t = _mm256_sub_epi8(v, _mm256_set1_epi8('A'));
        in = _mm256_cmpeq_epi8(_mm256_min_epu8(t, _mm256_set1_epi8(25)), t);
        low = _mm256_add_epi8(v, _mm256_and_si256(in, _mm256_set1_epi8(32)));
        _mm256_storeu_si256((__m256i *)(folded + 32 * k), low);
        t = _mm256_sub_epi8(low, _mm256_set1_epi8('a'));
        any = _mm256_cmpeq_epi8(_mm256_min_epu8(t, _mm256_set1_epi8(25)), t);
        t = _mm256_sub_epi8(low, _mm256_set1_epi8('0'));
        any = _mm256_or_si256(any, _mm256_cmpeq_epi8(_mm256_min_epu8(t, _mm256_set1_epi8(9)), t));
        any = _mm256_or_si256(any, _mm256_cmpeq_epi8(low, _mm256_set1_epi8('_')));
        word |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_or_si256(any, v)) << (32 * k);
        *high |= (uint64_t)(uint32_t)_mm256_movemask_epi8(v) << (32 * k);
    }
    return word;
#else
    uint64_t word = 0;
    int i;
    *high = 0;
    for (i = 0; i < 64; i++) {
        uint8_t c = s[i];
        uint64_t other = c >> 7;
        c = (uint8_t)(c + (((uint8_t)(c - 'A') < 26) << 5));
        folded[i] = c;
        *high |= other << i;
        word |= (uint64_t)(((uint8_t)(c - 'a') < 26) | ((uint8_t)(c - '0') < 10) | (c == '_') | other) << i;
    }
    return word;
#endif
}

/* Append the places of the bits set, from base on; eight entries past the last are written. */
SK_TARGET static inline uint32_t *SK_NAME(places)(uint32_t *e, uint32_t base, uint64_t bits) {
#if SK_LEVEL >= 3
    /* a byte at a time from a table: a loop over bits ends where no processor expects it */
    int k;
#if !defined(__clang__)
#pragma GCC unroll 8
#endif
    for (k = 0; k < 8; k++) {
        unsigned byte = (unsigned)(bits >> 8 * k) & 255u;
        __m256i at = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)sk_places[byte]));
        _mm256_storeu_si256((__m256i *)e, _mm256_add_epi32(at, _mm256_set1_epi32((int)(base + 8u * (unsigned)k))));
        e += __builtin_popcount(byte);
    }
#else
    while (bits) {
        *e++ = base + (uint32_t)__builtin_ctzll(bits);
        bits &= bits - 1;
    }
#endif
    return e;
}

/* Where the runs of word bytes begin and end; the end of a run with other than ASCII has its top bit set. */
SK_TARGET static void SK_NAME(edges)(const uint8_t *s, size_t len, sk_tokens *t) {
    uint32_t *e = t->edge;
    uint64_t carry = 0;
    size_t i, mixed = (size_t)-1; /* the run that is known to hold other characters */
    for (i = 0; i < len; i += 64) {
        uint64_t high, word, turn;
        if (i + 64 <= len)
            word = SK_NAME(classes)(s + i, t->folded + i, &high);
        else {
            uint8_t rest[64] = {0};
            memcpy(rest, s + i, len - i);
            word = SK_NAME(classes)(rest, t->folded + i, &high);
        }
        turn = word ^ (word << 1 | carry);
        carry = word >> 63;
        if (!high) {
            size_t begun = (size_t)(e - t->edge);
            if (turn && (begun & 1) && mixed == begun - 1) {
                *e++ = (uint32_t)(i + (size_t)__builtin_ctzll(turn)) | 0x80000000u;
                turn &= turn - 1;
            }
            e = SK_NAME(places)(e, (uint32_t)i, turn);
            continue;
        }
        {
            uint64_t done = 0; /* bits of high before this place are accounted for */
            while (turn) {
                unsigned at = (unsigned)__builtin_ctzll(turn);
                size_t begun = (size_t)(e - t->edge);
                turn &= turn - 1;
                if (begun & 1) {
                    uint64_t inside = high & ~done & (((uint64_t)1 << at) - 1);
                    *e++ = (uint32_t)(i + at) | (inside || mixed == begun - 1 ? 0x80000000u : 0);
                } else
                    *e++ = (uint32_t)(i + at);
                done = ((uint64_t)1 << at) - 1;
            }
            if (((size_t)(e - t->edge) & 1) && (high & ~done)) mixed = (size_t)(e - t->edge) - 1;
        }
    }
    memset(t->folded + len, 0, 8);
    if ((e - t->edge) & 1) {
        size_t begun = (size_t)(e - t->edge);
        *e++ = (uint32_t)len | (mixed == begun - 1 ? 0x80000000u : 0);
    }
    t->edges = (size_t)(e - t->edge);
}

/* 32-bit hashes of m word n-grams: the polynomial rolls on from one to the next, in both halves at once. */
SK_TARGET static void SK_NAME(grams)(const uint64_t *restrict word, size_t m, int n, uint32_t *restrict gram) {
    uint64_t h = 0, g = 0, top = 1;
    size_t i, half = m / 2;
    const uint64_t *next = word + n;
    int k;
    if (!m) return;
    for (k = 0; k < n; k++) {
        h = h * SK_K1 + word[k];
        g = g * SK_K1 + word[half + (size_t)k];
        top *= SK_K1;
    }
    gram[0] = (uint32_t)(sk_mix(h) >> 32);
    gram[half] = (uint32_t)(sk_mix(g) >> 32);
    for (i = 0; i + 1 < half; i++) {
        h = h * SK_K1 + (next[i] - word[i] * top);
        g = g * SK_K1 + (next[half + i] - word[half + i] * top);
        gram[i + 1] = (uint32_t)(sk_mix(h) >> 32);
        gram[half + i + 1] = (uint32_t)(sk_mix(g) >> 32);
    }
    if (m & 1 && half) { /* the second half has one more */
        i = m - 1;
        g = g * SK_K1 + (next[i - 1] - word[i - 1] * top);
        gram[i] = (uint32_t)(sk_mix(g) >> 32);
    }
}

#if SK_LEVEL == 4
/* Take two hashes into 128 running minima. */
SK_TARGET static SK_ALWAYS void SK_NAME(two)(const uint32_t *gram, const __m512i *A, const __m512i *B, __m512i *least) {
    __m512i x = _mm512_set1_epi32((int)gram[0]), y = _mm512_set1_epi32((int)gram[1]);
    int k;
#if !defined(__clang__)
#pragma GCC unroll 8
#endif
    for (k = 0; k < 8; k++) {
        least[k] = _mm512_min_epu32(least[k], _mm512_add_epi32(_mm512_mullo_epi32(x, A[k]), B[k]));
        least[k] = _mm512_min_epu32(least[k], _mm512_add_epi32(_mm512_mullo_epi32(y, A[k]), B[k]));
    }
}
#elif SK_LEVEL == 3
/* Take two hashes into 32 running minima. */
SK_TARGET static SK_ALWAYS void SK_NAME(two)(const uint32_t *gram, const __m256i *A, const __m256i *B, __m256i *least) {
    __m256i x = _mm256_set1_epi32((int)gram[0]), y = _mm256_set1_epi32((int)gram[1]);
    int k;
#if !defined(__clang__)
#pragma GCC unroll 4
#endif
    for (k = 0; k < 4; k++) {
        least[k] = _mm256_min_epu32(least[k], _mm256_add_epi32(_mm256_mullo_epi32(x, A[k]), B[k]));
        least[k] = _mm256_min_epu32(least[k], _mm256_add_epi32(_mm256_mullo_epi32(y, A[k]), B[k]));
    }
}
#endif

/* The smallest fmix32(gram) * a + b of each permutation. gram is overwritten and has room for 16 more entries:
 * it is filled up by repetition, which changes no minimum. The chain goes on meanwhile: vectors leave the rest of the
 * processor idle. */
SK_TARGET static void SK_NAME(minima)(uint32_t *restrict gram, size_t m, const uint32_t *restrict a,
                                      const uint32_t *restrict b, int perms, uint32_t *restrict least,
                                      sk_chain *restrict chain) {
    size_t i, full = (m + 15) & ~(size_t)15;
#if SK_LEVEL >= 3
    sk_chain c = *chain;
#endif
    int p = 0;
    if (!m) {
        for (; p < perms; p++) least[p] = 0xFFFFFFFFu;
        return;
    }
    for (i = 0; i < m; i++) gram[i] = sk_fmix32(gram[i]);
    for (; i < full; i++) gram[i] = gram[0];
#if SK_LEVEL == 4
    /* 128 running minima in eight registers */
    for (; p + 128 <= perms; p += 128) {
        __m512i A[8], B[8], least8[8];
        int k;
        for (k = 0; k < 8; k++) {
            A[k] = _mm512_loadu_si512(a + p + 16 * k);
            B[k] = _mm512_loadu_si512(b + p + 16 * k);
            least8[k] = _mm512_set1_epi32(-1);
        }
        for (i = 0; i < full && c.at + 2 <= c.words; i += 2) {
            SK_NAME(two)(gram + i, A, B, least8);
            sk_step(&c);
            sk_step(&c);
        }
        for (; i < full; i += 2) SK_NAME(two)(gram + i, A, B, least8);
        for (k = 0; k < 8; k++) _mm512_storeu_si512(least + p + 16 * k, least8[k]);
    }
#elif SK_LEVEL == 3
    /* 32 running minima in four registers */
    for (; p + 32 <= perms; p += 32) {
        __m256i A[4], B[4], least4[4];
        int k;
        for (k = 0; k < 4; k++) {
            A[k] = _mm256_loadu_si256((const __m256i *)(a + p + 8 * k));
            B[k] = _mm256_loadu_si256((const __m256i *)(b + p + 8 * k));
            least4[k] = _mm256_set1_epi32(-1);
        }
        for (i = 0; i < full && c.at + 2 <= c.words; i += 2) {
            SK_NAME(two)(gram + i, A, B, least4);
            sk_step(&c);
            sk_step(&c);
        }
        for (; i < full; i += 2) SK_NAME(two)(gram + i, A, B, least4);
        for (k = 0; k < 4; k++) _mm256_storeu_si256((__m256i *)(least + p + 8 * k), least4[k]);
    }
#endif
#if SK_LEVEL >= 3
    *chain = c;
#else
    (void)chain;
#endif
    for (; p + 4 <= perms; p += 4) {
        uint32_t a0 = a[p], a1 = a[p + 1], a2 = a[p + 2], a3 = a[p + 3];
        uint32_t b0 = b[p], b1 = b[p + 1], b2 = b[p + 2], b3 = b[p + 3];
        uint32_t m0 = ~0u, m1 = ~0u, m2 = ~0u, m3 = ~0u;
        for (i = 0; i < full; i++) {
            uint32_t x = gram[i], v0 = x * a0 + b0, v1 = x * a1 + b1, v2 = x * a2 + b2, v3 = x * a3 + b3;
            m0 = v0 < m0 ? v0 : m0;
            m1 = v1 < m1 ? v1 : m1;
            m2 = v2 < m2 ? v2 : m2;
            m3 = v3 < m3 ? v3 : m3;
        }
        least[p] = m0;
        least[p + 1] = m1;
        least[p + 2] = m2;
        least[p + 3] = m3;
    }
    for (; p < perms; p++) {
        uint32_t low = ~0u;
        for (i = 0; i < full; i++) {
            uint32_t v = gram[i] * a[p] + b[p];
            low = v < low ? v : low;
        }
        least[p] = low;
    }
}

#include "sketch_isa_words.h"
