/* Where two nearly equal texts differ: their alignment, and the kinds of the places where they differ.
 * slots_reference.py states the same in plain Python. */
#ifndef SCRUBKIT_SLOTS_H
#define SCRUBKIT_SLOTS_H
#include "slots_words.h"

enum { SL_NAMES, SL_NUMBERS, SL_UNMARKED, SL_LEAKS, SL_OTHER, SL_VARIANTS, SL_SAME_NUMBERS, SL_SAME_NAMES, SL_SAME, SL_WORDS, SL_REPEATED, SL_COLUMNS };
#define SL_GAP 24   /* between two anchors so many words are aligned one by one */
#define SL_SLOTS 64 /* so many slots are looked at for words that stand elsewhere too */
#define SL_WIDE 4   /* words a slot has at most, */
#define SL_WIDE_CHARACTERS 16
#define SL_ABSORBED 2 /* so many equal characters between two differences are chance */

typedef struct {
    const uint64_t *word, *letters;
    const uint8_t *flag;
    int64_t words;
} sl_text;

typedef struct {
    uint64_t *key;
    int32_t *place, *count;
    size_t size;
    int32_t *to, *from;          /* the partner of each word of a and of b, -1 without one */
    int32_t *at_a, *at_b, *tail, *parent;
    uint64_t filled[SL_SLOTS];   /* what stands in the slots of both texts, hashed */
    int32_t slots;
} sl_work;

static void sl_work_free(sl_work *w) {
    free(w->key);
    free(w->place);
    free(w->count);
    free(w->to);
    free(w->from);
    free(w->at_a);
    free(w->at_b);
    free(w->tail);
    free(w->parent);
    memset(w, 0, sizeof *w);
}

static int sl_work_init(sl_work *w, size_t longest) {
    memset(w, 0, sizeof *w);
    w->size = 64;
    while (w->size < 4 * longest) w->size *= 2;
    w->key = malloc(8 * w->size);
    w->place = malloc(4 * w->size);
    w->count = malloc(4 * w->size);
    w->to = malloc(4 * (longest + 1));
    w->from = malloc(4 * (longest + 1));
    w->at_a = malloc(4 * (longest + 1));
    w->at_b = malloc(4 * (longest + 1));
    w->tail = malloc(4 * (longest + 1));
    w->parent = malloc(4 * (longest + 1));
    if (w->key && w->place && w->count && w->to && w->from && w->at_a && w->at_b && w->tail && w->parent) return 0;
    sl_work_free(w);
    return -1;
}

static inline uint64_t sl_gram(const uint64_t *word, int n) {
    uint64_t h = 0;
    int k;
    for (k = 0; k < n; k++) h = h * SK_K1 + word[k];
    return sk_mix(h);
}

static inline size_t sl_cell(const sl_work *w, size_t size, uint64_t key) {
    size_t at = (size_t)(key >> 20) & (size - 1);
    while (w->count[at] && w->key[at] != key) at = (at + 1) & (size - 1);
    return at;
}

/* Links between runs of n words that stand once in each text; place: in b, count: 1 in b, 256 in a. */
static int32_t sl_links(sl_work *w, const sl_text *a, const sl_text *b, int n) {
    size_t size = 64, at;
    int64_t i;
    int32_t links = 0;
    while ((int64_t)size < 2 * (a->words + b->words)) size *= 2;
    memset(w->count, 0, 4 * size);
    for (i = 0; i + n <= b->words; i++) {
        uint64_t key = sl_gram(b->word + i, n);
        at = sl_cell(w, size, key);
        w->key[at] = key;
        w->place[at] = (int32_t)i;
        if ((w->count[at] & 255) < 2) w->count[at]++;
    }
    for (i = 0; i + n <= a->words; i++) {
        uint64_t key = sl_gram(a->word + i, n);
        at = sl_cell(w, size, key);
        w->key[at] = key;
        if (w->count[at] < 512) w->count[at] += 256;
    }
    for (i = 0; i + n <= a->words; i++) {
        at = sl_cell(w, size, sl_gram(a->word + i, n));
        if (w->count[at] == 257) {
            w->at_a[links] = (int32_t)i;
            w->at_b[links++] = w->place[at];
        }
    }
    return links;
}

/* Align one by one what lies between two anchors: equal words from the front, from the back, then, where what is left is
 * short, by the fewest words that are put in, left out or replaced. */
static void sl_gap(sl_work *w, const sl_text *a, const sl_text *b, int64_t i, int64_t i_end, int64_t j, int64_t j_end) {
    uint8_t cost[SL_GAP + 1][SL_GAP + 1]; /* of what comes after */
    int64_t x, y;
#define SL_JOIN(p, q) (w->to[p] = (int32_t)(q), w->from[q] = (int32_t)(p))
    for (; i < i_end && j < j_end && a->word[i] == b->word[j]; i++, j++) SL_JOIN(i, j);
    for (; i < i_end && j < j_end && a->word[i_end - 1] == b->word[j_end - 1]; i_end--, j_end--) SL_JOIN(i_end - 1, j_end - 1);
    if (i == i_end || j == j_end || i_end - i > SL_GAP || j_end - j > SL_GAP) return;
#define SL_COST(p, q) cost[(p) - i][(q) - j]
    for (x = i_end; x >= i; x--)
        for (y = j_end; y >= j; y--) {
            if (x == i_end || y == j_end) SL_COST(x, y) = (uint8_t)(i_end - x + j_end - y);
            else if (a->word[x] == b->word[y]) SL_COST(x, y) = SL_COST(x + 1, y + 1);
            else {
                uint8_t best = SL_COST(x + 1, y + 1);
                if (SL_COST(x + 1, y) < best) best = SL_COST(x + 1, y);
                if (SL_COST(x, y + 1) < best) best = SL_COST(x, y + 1);
                SL_COST(x, y) = (uint8_t)(best + 1);
            }
        }
    for (x = i, y = j; x < i_end && y < j_end;) {
        if (a->word[x] == b->word[y]) {
            SL_JOIN(x, y);
            x++;
            y++;
        } else if (SL_COST(x + 1, y + 1) < SL_COST(x, y)) {
            x++;
            y++;
        } else if (SL_COST(x + 1, y) < SL_COST(x, y))
            x++;
        else
            y++;
    }
}

static void sl_align(sl_work *w, const sl_text *a, const sl_text *b, int n) {
    int32_t links = sl_links(w, a, b, n), length = 0, t, lo, hi;
    int64_t i, j, done_a = -1, done_b = -1, k;
    for (i = 0; i < a->words; i++) w->to[i] = -1;
    for (i = 0; i < b->words; i++) w->from[i] = -1;
    for (t = 0; t < links; t++) { /* the longest chain that rises in both */
        lo = 0;
        hi = length;
        while (lo < hi) {
            int32_t half = (lo + hi) / 2;
            if (w->at_b[w->tail[half]] < w->at_b[t]) lo = half + 1;
            else hi = half;
        }
        w->parent[t] = lo ? w->tail[lo - 1] : -1;
        w->tail[lo] = t;
        if (lo == length) length++;
    }
    if (length) {
        t = w->tail[length - 1];
        for (k = length - 1; k >= 0; k--) {
            w->tail[k] = t;
            t = w->parent[t];
        }
    }
    for (k = 0; k < length; k++) {
        i = w->at_a[w->tail[k]];
        j = w->at_b[w->tail[k]];
        if (i > done_a && j > done_b) sl_gap(w, a, b, done_a + 1, i, done_b + 1, j);
        for (t = 0; t < n; t++)
            if (i + t > done_a && j + t > done_b) {
                SL_JOIN(i + t, j + t);
                done_a = i + t;
                done_b = j + t;
            }
    }
    sl_gap(w, a, b, done_a + 1, a->words, done_b + 1, b->words);
}

/* Take back the links of runs of a character or two between differences: two names share a vowel by chance. */
static void sl_absorb(sl_work *w, const sl_text *a, const sl_text *b) {
    int64_t i = 0, end, k;
    while (i < a->words) {
        if (w->to[i] < 0) {
            i++;
            continue;
        }
        for (end = i + 1; end < a->words && w->to[end] == w->to[end - 1] + 1;) end++;
        k = w->to[end - 1] + 1;
        if (end - i <= SL_ABSORBED && i > 0 && end < a->words && w->to[i] > 0 && k < b->words &&
            (w->to[i - 1] < 0 || w->from[w->to[i] - 1] < 0) && (w->to[end] < 0 || w->from[k] < 0))
            for (k = i; k < end; k++) {
                w->from[w->to[k]] = -1;
                w->to[k] = -1;
            }
        i = end;
    }
}

static inline uint8_t sl_any(const sl_text *t, int64_t i, int64_t end) {
    uint8_t all = 0;
    for (; i < end; i++) all |= t->flag[i];
    return all;
}

/* Whether all words of a run look like the parts of a name or number: capitals, digits, short words between them. */
static int sl_filled(const sl_text *t, int64_t i, int64_t end) {
    for (; i < end; i++)
        if (!(t->flag[i] & (SL_NUMBER | SL_NAME | SL_OPENS)) && (!(t->flag[i] & SL_SHORT) || t->flag[i] & SL_CASELESS)) return 0;
    return 1;
}

static int sl_caseless(const sl_text *t, int64_t i, int64_t end) {
    for (; i < end; i++)
        if (!(t->flag[i] & (SL_NUMBER | SL_CASELESS))) return 0;
    return 1;
}

static inline int sl_bits(uint64_t x) {
    x -= x >> 1 & 0x5555555555555555ull;
    x = (x & 0x3333333333333333ull) + (x >> 2 & 0x3333333333333333ull);
    return (int)(((x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Full) * 0x0101010101010101ull >> 56);
}

/* Whether two runs have most of their letters in common: two spellings of a name. */
static int sl_alike(const sl_text *a, int64_t i, int64_t i_end, const sl_text *b, int64_t j, int64_t j_end) {
    uint64_t x = 0, y = 0;
    for (; i < i_end; i++) x |= a->letters[i];
    for (; j < j_end; j++) y |= b->letters[j];
    return 5 * sl_bits(x & y) >= 3 * sl_bits(x | y);
}

/* Whether what fills a slot stands elsewhere in the text too, where the other text has it as well: each name of the
 * run, or each word, or each two characters beside each other. */
static int sl_elsewhere(const sl_text *t, const int32_t *partner, int64_t i, int64_t end) {
    int wide = (t->flag[i] & SL_CHARACTER) != 0, asked = 0;
    int64_t k;
    if (wide && end - i < 2) return 0;
    for (; i < end - wide; i++) {
        int found = 0;
        if (!(t->flag[i] & (SL_NAME | SL_CASELESS))) continue;
        asked = 1;
        for (k = 0; k < t->words - wide && !found; k++)
            found = partner[k] >= 0 && t->word[k] == t->word[i] && (!wide || (partner[k + 1] >= 0 && t->word[k + 1] == t->word[i + 1]));
        if (!found) return 0;
    }
    return asked;
}

/* Note what stands in a slot: how many slots hold the same two as another one. */
static int32_t sl_note(sl_work *w, const sl_text *a, int64_t i, int64_t i_end, const sl_text *b, int64_t j, int64_t j_end) {
    uint64_t h = 0;
    int32_t k, known = 0;
    for (; i < i_end; i++) h = h * SK_K1 + a->word[i];
    h = sk_mix(h);
    for (; j < j_end; j++) h = h * SK_K1 + b->word[j];
    if (w->slots == SL_SLOTS) return 0;
    for (k = 0; k < w->slots; k++) known += w->filled[k] == h;
    w->filled[w->slots++] = h;
    return known == 1 ? 2 : known > 1;
}

static void sl_edit(sl_work *w, const sl_text *a, const sl_text *b, int64_t i, int64_t i_end, int64_t j,
                    int64_t j_end, int32_t *out) {
    int64_t la = i_end - i, lb = j_end - j, most = la > lb ? la : lb, least = la < lb ? la : lb;
    uint8_t fa = sl_any(a, i, i_end), fb = sl_any(b, j, j_end);
    int wide = (fa | fb) & SL_CHARACTER ? SL_WIDE_CHARACTERS : SL_WIDE;
    if (most > wide) out[SL_OTHER] += 1 + (int32_t)(most / 8);
    else if (!least) {
        /* a first name, a title */
        int name = la ? sl_filled(a, i, i_end) : sl_filled(b, j, j_end);
        out[name && !((fa | fb) & SL_NUMBER) && ((fa | fb) & (SL_NAME | SL_OPENS)) ? SL_VARIANTS : SL_OTHER]++;
    } else if (sl_filled(a, i, i_end) && sl_filled(b, j, j_end)) {
        if (fa & fb & SL_NUMBER) out[SL_NUMBERS]++;
        else if (!(fa & SL_NAME) || !(fb & SL_NAME)) out[(fa & fb & SL_OPENS) || ((fa | fb) & SL_NUMBER) ? SL_VARIANTS : SL_OTHER]++;
        else if (sl_alike(a, i, i_end, b, j, j_end)) out[SL_VARIANTS]++;
        else if (out[SL_NAMES] + out[SL_UNMARKED] < SL_SLOTS &&
                 (sl_elsewhere(a, w->to, i, i_end) || sl_elsewhere(b, w->from, j, j_end))) out[SL_LEAKS]++;
        else {
            out[SL_NAMES]++;
            out[SL_REPEATED] += sl_note(w, a, i, i_end, b, j, j_end);
        }
    } else if (sl_caseless(a, i, i_end) && sl_caseless(b, j, j_end)) {
        if (fa & fb & SL_NUMBER) out[SL_NUMBERS]++;
        else if (sl_alike(a, i, i_end, b, j, j_end) || ((fa & SL_CHARACTER) && most < 2)) out[SL_VARIANTS]++;
        else if (out[SL_NAMES] + out[SL_UNMARKED] < SL_SLOTS &&
                 (sl_elsewhere(a, w->to, i, i_end) || sl_elsewhere(b, w->from, j, j_end))) out[SL_LEAKS]++;
        else {
            out[SL_UNMARKED]++;
            out[SL_REPEATED] += sl_note(w, a, i, i_end, b, j, j_end);
        }
    } else
        out[SL_OTHER]++;
}

static void sl_compare(sl_work *w, const sl_text *a, const sl_text *b, int32_t *out) {
    int64_t i = 0, j = 0, i_end, j_end, characters = 0;
    int dense;
    memset(out, 0, sizeof *out * SL_COLUMNS);
    w->slots = 0;
    for (i = 0; i < b->words; i++) characters += (b->flag[i] & SL_CHARACTER) != 0;
    dense = 2 * characters > b->words;
    sl_align(w, a, b, dense ? 4 : 2);
    if (dense) sl_absorb(w, a, b);
    for (i = 0; i < a->words; i++)
        if (w->to[i] >= 0) {
            out[SL_SAME]++;
            out[SL_SAME_NUMBERS] += a->flag[i] & SL_NUMBER;
            out[SL_SAME_NAMES] += (a->flag[i] & SL_NAME) != 0;
        }
    out[SL_WORDS] = (int32_t)(a->words > b->words ? a->words : b->words);
    i = 0;
    while (i < a->words || j < b->words) {
        for (i_end = i; i_end < a->words && w->to[i_end] < 0;) i_end++;
        for (j_end = j; j_end < b->words && w->from[j_end] < 0;) j_end++;
        if (i_end > i || j_end > j) sl_edit(w, a, b, i, i_end, j, j_end, out);
        i = i_end + 1;
        j = j_end + 1;
    }
}
#endif
