/* Kernels compiled once an instruction set: SK_LEVEL 0 portable, 3 AVX2, 4 AVX-512; see sketch.h. */

#define SK_GRAMS(N)                                               \
    for (i = 0; i < m; i++) {                                     \
        uint64_t h = 0;                                           \
        int k;                                                    \
        for (k = 0; k < (N); k++) h = h * SK_K1 + word[i + k];    \
        gram[i] = (uint32_t)(sk_mix(h) >> 32);                    \
    }

/* 32-bit hashes of m word n-grams. */
SK_TARGET static void SK_NAME(grams)(const uint64_t *restrict word, size_t m, int n, uint32_t *restrict gram) {
    size_t i;
    switch (n) {
        case 1: SK_GRAMS(1) break;
        case 2: SK_GRAMS(2) break;
        case 3: SK_GRAMS(3) break;
        case 5: SK_GRAMS(5) break;
        default: SK_GRAMS(n) break;
    }
}
#undef SK_GRAMS

/* The smallest fmix32(gram) * a + b of each permutation. gram is overwritten and has room for 16 more entries:
 * it is filled up by repetition, which changes no minimum. */
SK_TARGET static void SK_NAME(minima)(uint32_t *restrict gram, size_t m, const uint32_t *restrict a,
                                      const uint32_t *restrict b, int perms, uint32_t *restrict least) {
    size_t i, full = (m + 15) & ~(size_t)15;
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
        for (i = 0; i < m; i++) {
            __m512i x = _mm512_set1_epi32((int)gram[i]);
#if !defined(__clang__)
#pragma GCC unroll 8
#endif
            for (k = 0; k < 8; k++)
                least8[k] = _mm512_min_epu32(least8[k], _mm512_add_epi32(_mm512_mullo_epi32(x, A[k]), B[k]));
        }
        for (k = 0; k < 8; k++) _mm512_storeu_si512(least + p + 16 * k, least8[k]);
    }
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
