/* Words and stems of lines, compiled once an instruction set as sketch_isa.h is, which includes this. */

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
