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

#if SK_LEVEL >= 3
/* Four or eight 64-bit values at once. */
#if SK_LEVEL == 4
#define SK_LANES 8
#define SK_V __m512i
#define SK_SET(x) _mm512_set1_epi64((long long)(x))
#define SK_XOR(x, y) _mm512_xor_si512(x, y)
#define SK_AND(x, y) _mm512_and_si512(x, y)
#define SK_SUB(x, y) _mm512_sub_epi64(x, y)
#define SK_DOWN(x, by) _mm512_srli_epi64(x, by)
#define SK_UP(x, by) _mm512_slli_epi64(x, by)
#define SK_TIMES(x, by) _mm512_mullo_epi64(x, SK_SET(by))
#define SK_FIRST(x, unused) _mm512_srlv_epi64(_mm512_sllv_epi64(x, unused), unused)
#define SK_CLAMP(x) _mm512_max_epi64(x, _mm512_setzero_si512())
#define SK_IF_MORE(n, than, yes, no) _mm512_mask_mov_epi64(no, _mm512_cmpgt_epi64_mask(n, SK_SET(than)), yes)
#define SK_MORE(x, y) ((unsigned)_mm512_cmpgt_epi64_mask(x, y))
#define SK_LOAD(p) _mm512_loadu_si512(p)
#define SK_STORE(p, x) _mm512_storeu_si512(p, x)
#define SK_GATHER(base, at) _mm512_i64gather_epi64(at, base, 1)
#else
#define SK_LANES 4
#define SK_V __m256i
#define SK_SET(x) _mm256_set1_epi64x((long long)(x))
#define SK_XOR(x, y) _mm256_xor_si256(x, y)
#define SK_AND(x, y) _mm256_and_si256(x, y)
#define SK_SUB(x, y) _mm256_sub_epi64(x, y)
#define SK_DOWN(x, by) _mm256_srli_epi64(x, by)
#define SK_UP(x, by) _mm256_slli_epi64(x, by)
#define SK_TIMES(x, by) SK_NAME(times)(x, SK_SET(by), SK_SET((by) >> 32))
#define SK_FIRST(x, unused) _mm256_srlv_epi64(_mm256_sllv_epi64(x, unused), unused)
#define SK_CLAMP(x) _mm256_max_epi32(x, _mm256_setzero_si256())
#define SK_IF_MORE(n, than, yes, no) _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi64(n, SK_SET(than)))
#define SK_MORE(x, y) ((unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(x, y))))
#define SK_LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define SK_STORE(p, x) _mm256_storeu_si256((__m256i *)(p), x)
#define SK_GATHER(base, at) SK_NAME(gather)(base, edge)
SK_TARGET static inline __m256i SK_NAME(times)(__m256i x, __m256i low, __m256i high) {
    __m256i cross = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(x, 32), low), _mm256_mul_epu32(x, high));
    return _mm256_add_epi64(_mm256_mul_epu32(x, low), _mm256_slli_epi64(cross, 32));
}

SK_TARGET static inline __m256i SK_NAME(gather)(const uint8_t *base, const uint32_t *edge) {
    return _mm256_set_epi64x((long long)sk_load(base + edge[6]), (long long)sk_load(base + edge[4]),
                             (long long)sk_load(base + edge[2]), (long long)sk_load(base + edge[0]));
}
#endif

SK_TARGET static inline SK_V SK_NAME(mix)(SK_V h) {
    h = SK_TIMES(SK_XOR(h, SK_DOWN(h, 30)), 0xBF58476D1CE4E5B9ull);
    h = SK_TIMES(SK_XOR(h, SK_DOWN(h, 27)), 0x94D049BB133111EBull);
    return SK_XOR(h, SK_DOWN(h, 31));
}

SK_TARGET static inline SK_V SK_NAME(chunk)(SK_V h, SK_V bytes) {
    h = SK_TIMES(SK_XOR(h, bytes), SK_K1);
    return SK_XOR(h, SK_DOWN(h, 32));
}

/* Hash SK_LANES runs of up to sixteen ASCII bytes, no numbers that go on behind a comma or point: words to word, stems
 * (if wanted) to stem. Returns how many runs stand up to the last one that is none of these, and hashes nothing unless
 * that is 0. */
SK_TARGET static inline unsigned SK_NAME(batch)(const uint8_t *folded, const uint32_t *edge, uint64_t *word,
                                                uint32_t *stem, uint8_t *flag, unsigned *stems, int wanted) {
    SK_V both = SK_LOAD(edge), begin = SK_AND(both, SK_SET(0xFFFFFFFFu)), n = SK_SUB(SK_DOWN(both, 32), begin);
    SK_V bits = SK_UP(n, 3), eight = SK_GATHER(folded, begin), letter = SK_AND(eight, SK_SET(0xFF)), h, more, five;
    unsigned number = SK_MORE(letter, SK_SET('0' - 1)) & SK_MORE(SK_SET('9' + 1), letter), kept, k;
    unsigned other = SK_MORE(n, SK_SET(16));
    for (k = number & ~other; k; k &= k - 1) {
        const uint8_t *behind = folded + edge[2 * (unsigned)__builtin_ctz(k) + 1];
        if ((behind[0] == ',' || behind[0] == '.') && (uint8_t)(behind[1] - '0') < 10) other |= k & (0 - k);
    }
    if (other) return 32 - (unsigned)__builtin_clz(other);
    h = SK_NAME(chunk)(SK_SET(SK_SEED), SK_FIRST(eight, SK_CLAMP(SK_SUB(SK_SET(64), bits))));
    more = SK_NAME(chunk)(h, SK_FIRST(SK_GATHER(folded + 8, begin), SK_SUB(SK_SET(128), bits)));
    SK_STORE(word, SK_NAME(mix)(SK_IF_MORE(n, 8, more, h)));
    if (!wanted) return *stems = 0;
    five = SK_NAME(chunk)(SK_SET(SK_SEED), SK_AND(eight, SK_SET(((uint64_t)1 << 8 * SK_STEM) - 1)));
    five = SK_NAME(mix)(SK_IF_MORE(n, SK_STEM, five, h));
    kept = SK_MORE(n, SK_SET(2)) | number;
    if (number) { /* its stem is the whole word */
        uint64_t stems64[SK_LANES];
        unsigned at = 0;
        SK_STORE((void *)stems64, five);
        for (k = kept; k; k &= k - 1) {
            unsigned lane = (unsigned)__builtin_ctz(k);
            int figures = (int)(number >> lane & 1);
            flag[at] = (uint8_t)(figures && edge[2 * lane + 1] - edge[2 * lane] > 1);
            stem[at++] = (uint32_t)((figures ? word[lane] : stems64[lane]) >> 32);
        }
        *stems = at;
        return 0;
    }
#if SK_LEVEL == 4
    _mm256_storeu_si256((__m256i *)stem, _mm256_maskz_compress_epi32((__mmask8)kept, _mm512_cvtepi64_epi32(SK_DOWN(five, 32))));
#else
    _mm_storeu_si128((__m128i *)stem,
                     _mm_shuffle_epi8(_mm256_castsi256_si128(_mm256_permutevar8x32_epi32(
                                          five, _mm256_setr_epi32(1, 3, 5, 7, 1, 3, 5, 7))),
                                      _mm_loadu_si128((const __m128i *)sk_kept[kept])));
#endif
    memset(flag, 0, SK_LANES);
    *stems = (unsigned)__builtin_popcount(kept);
    return 0;
}
#undef SK_V
#undef SK_SET
#undef SK_XOR
#undef SK_AND
#undef SK_SUB
#undef SK_DOWN
#undef SK_UP
#undef SK_TIMES
#undef SK_FIRST
#undef SK_CLAMP
#undef SK_IF_MORE
#undef SK_MORE
#undef SK_LOAD
#undef SK_STORE
#undef SK_GATHER
#endif

/* Append the words of s[..end) to t, from the runs at *at on, and what else is wanted. Runs of ASCII that are no
 * numbers are hashed as they stand in t->folded, several at once; a run with other characters, and a number with what
 * may belong to it beyond a comma or point, goes the careful way. */
SK_TARGET static SK_ALWAYS void SK_NAME(words)(const uint32_t *table, const uint8_t *ascii, const uint8_t *s, size_t end,
                                               size_t *at, sk_tokens *t, int stemmed) {
    const uint32_t *edge = t->edge;
    const uint8_t *folded = t->folded;
    size_t k = *at, edges = t->edges, alone = 0;
    while (k < edges && edge[k] < end) {
        size_t a, b;
#if SK_LEVEL >= 3
        if (!alone && k + 2 * SK_LANES <= edges && edge[k + 2 * SK_LANES - 2] < end) {
            unsigned stems;
            alone = SK_NAME(batch)(folded, edge + k, t->word + t->words, t->stem + t->stems, t->flag + t->stems, &stems,
                                   stemmed);
            if (!alone) {
                t->stems += stems;
                t->words += SK_LANES;
                k += 2 * SK_LANES;
                continue;
            }
        }
        alone -= alone > 0;
#else
        (void)alone;
#endif
        a = edge[k];
        b = edge[k + 1];
        k += 2;
        if ((uint8_t)(s[a] - '0') > 9 && !(b >> 31)) {
            uint64_t h = sk_bytes(folded + a, b - a);
            t->word[t->words++] = h;
            if (stemmed && b - a > 2) {
                if (b - a > SK_STEM) h = sk_bytes(folded + a, SK_STEM);
                t->flag[t->stems] = 0;
                t->stem[t->stems++] = (uint32_t)(h >> 32);
            }
        } else {
            b &= 0x7FFFFFFFu;
            while (k < edges && edge[k] == b + 1 && (s[b] == ',' || s[b] == '.') && s[b + 1] >= '0' && s[b + 1] <= '9') {
                b = edge[k + 1] & 0x7FFFFFFFu;
                k += 2;
                alone -= alone > 0;
            }
            sk_careful(table, ascii, s, a, b, t);
        }
    }
    *at = k;
}

SK_TARGET static void SK_NAME(line)(const uint32_t *table, const uint8_t *ascii, const uint8_t *s, size_t end,
                                    size_t *at, sk_tokens *t) {
    if (t->stemmed) SK_NAME(words)(table, ascii, s, end, at, t, 1);
    else SK_NAME(words)(table, ascii, s, end, at, t, 0);
}
#undef SK_LANES
