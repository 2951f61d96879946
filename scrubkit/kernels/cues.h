/* Phrases found in the rows of a page.

   A phrase that is a whole row is looked up by the row's hash. The others are sorted, and wherever one may begin the six
   characters that stand there name, by their hash, a stretch of the sorted list, which is narrowed character by character;
   a shorter phrase is a stretch of its own. Before either is looked up a small map of bits is asked that tells most of what
   is not there and stays in the cache, as the tables themselves do not. No automaton is built: with ten thousand phrases
   that would cost a start-up more than most runs. */
#ifndef SCRUBKIT_CUES_H
#define SCRUBKIT_CUES_H
#include "rows.h"

enum { SK_AT_LINE, SK_AT_START, SK_AT_END, SK_AT_ANY, SK_AT_STEM, SK_AT_PIECE, SK_AT_COUNTED };
enum { SK_FILTER = 1 << 14, SK_HEAD = 6, SK_MAP_BITS = 17, SK_MAP = 1 << (SK_MAP_BITS - 6) };
/* In the filter: phrases of three characters or more begin so, a piece does, there is a phrase of two, of one. */
enum { SK_BEGINS = 1, SK_PIECE_BEGINS = 2, SK_TWO = 4, SK_ONE = 8 };

typedef struct {
    const uint32_t *text;
    int32_t length, lead; /* lead: count characters at its start, where counts around it are passed over */
    int32_t first, entries;
} sk_phrase;

typedef struct {
    int32_t phrase, code, where, rank;
} sk_entry;

typedef struct {
    uint64_t key;
    int32_t low, high;
} sk_stretch;

typedef struct {
    uint64_t hash;
    int32_t phrase, counted; /* -1: an empty place; counted: the hash is that of the phrase without counts */
} sk_line;

typedef struct {
    const sk_chars *chars;
    sk_phrase *phrases;
    sk_entry *entries;
    int32_t *order;  /* the phrases that may stand inside of a row, sorted */
    int32_t ordered;
    sk_line *lines;  /* hash table of phrases that are rows */
    uint32_t lines_mask;
    sk_stretch *stretches;
    uint32_t stretches_mask;
    uint8_t *filter; /* how phrases begin, by pair of characters; those of one character by it and 0 */
    uint64_t *heads; /* a map of how stretches begin, by sk_mixed of up to SK_HEAD characters */
    uint64_t *whole; /* a map of the hashes in lines */
    int32_t codes, cue_codes;
    int counted;
    uint32_t pieces_from, ones_from; /* the least character with which a piece begins, and a phrase of one character */
} sk_phrases;

typedef struct {
    int32_t row, entry, start, end;
} sk_found;

typedef struct {
    sk_found *found;
    int64_t count, room;
    int32_t *best; /* by code: the best of this row, plus one */
    int32_t *touched;
    int32_t touches;
    int every, failed;
} sk_finder;

static inline uint32_t sk_pair(uint32_t a, uint32_t b) {
    return ((a * 0x9e3779b1u) ^ (b * 0x85ebca6bu)) >> 16 & (SK_FILTER - 1);
}

static inline uint32_t sk_mix(uint32_t h, uint32_t c) { return (h ^ c) * 0x9e3779b1u; }

static inline int sk_mapped(const uint64_t *map, uint32_t h) {
    h >>= 32 - SK_MAP_BITS;
    return map[h >> 6] >> (h & 63) & 1;
}

static inline void sk_map(uint64_t *map, uint32_t h) {
    h >>= 32 - SK_MAP_BITS;
    map[h >> 6] |= (uint64_t)1 << (h & 63);
}

static inline uint32_t sk_mixed(const uint32_t *s, int32_t n) {
    uint32_t h = 0;
    for (int32_t i = 0; i < n; i++) h = sk_mix(h, s[i]);
    return h;
}

static inline const sk_stretch *sk_stretch_of(const sk_phrases *p, const uint32_t *s, int32_t length) {
    uint64_t key = sk_hash(s, length);
    uint32_t at = (uint32_t)key & p->stretches_mask;
    for (; p->stretches[at].low >= 0; at = (at + 1) & p->stretches_mask) {
        const sk_phrase *q = &p->phrases[p->order[p->stretches[at].low]];
        if (p->stretches[at].key == key && q->length >= length && !memcmp(q->text, s, (size_t)length * sizeof(uint32_t)))
            return &p->stretches[at];
    }
    return 0;
}

static int sk_keep(sk_finder *f, sk_found hit) {
    if (f->count == f->room) {
        int64_t room = f->room ? 2 * f->room : 256;
        sk_found *grown = (sk_found *)realloc(f->found, (size_t)room * sizeof(sk_found));
        if (!grown) { f->failed = 1; return 0; }
        f->found = grown;
        f->room = room;
    }
    f->found[f->count++] = hit;
    return 1;
}

/* Take a hit: all of them, or of each code the first in the row (the longer of two, then by rank). */
static void sk_take(sk_finder *f, const sk_phrases *p, sk_found hit) {
    int32_t code = p->entries[hit.entry].code;
    int32_t *best = &f->best[code];
    if (f->every) { sk_keep(f, hit); return; }
    if (!*best) {
        if (!sk_keep(f, hit)) return;
        *best = (int32_t)f->count;
        f->touched[f->touches++] = code;
        return;
    }
    sk_found *old = &f->found[*best - 1];
    if (hit.start < old->start ||
        (hit.start == old->start &&
         (hit.end > old->end || (hit.end == old->end && p->entries[hit.entry].rank < p->entries[old->entry].rank))))
        *old = hit;
}

static inline int sk_joined(const sk_phrases *p, uint32_t a, uint32_t b) {
    return (sk_bits(p->chars, a) & SK_JOINED) && (sk_bits(p->chars, b) & SK_JOINED);
}

static int sk_counts_around(const sk_phrases *p, const uint32_t *s, int32_t n, int32_t start, int32_t end) {
    for (int32_t i = 0; i < n; i++)
        if ((i < start || i >= end) && !(sk_bits(p->chars, s[i]) & SK_COUNT_CHAR)) return 0;
    return 1;
}

/* A phrase stands at start:end of a row: see for which of its entries that is the right place. */
static void sk_stand(sk_finder *f, const sk_phrases *p, const uint32_t *s, int32_t n, int32_t row, int32_t phrase,
                     int32_t start, int32_t end, int split) {
    const sk_phrase *q = &p->phrases[phrase];
    int apart = split && !(end < n && sk_joined(p, s[end - 1], s[end]));
    for (int32_t e = q->first; e < q->first + q->entries; e++) {
        int ok, where = p->entries[e].where;
        if (where == SK_AT_PIECE) ok = 1;
        else if (where == SK_AT_STEM) ok = split;
        else if (!apart) ok = 0;
        else if (where == SK_AT_ANY) ok = 1;
        else if (where == SK_AT_START) ok = start == 0;
        else if (where == SK_AT_END) ok = end == n;
        else ok = where == SK_AT_COUNTED && q->lead == q->length && sk_counts_around(p, s, n, start, end);
        /* other whole rows are found by their hash */
        if (ok) {
            sk_found hit = {row, e, start, end};
            sk_take(f, p, hit);
        }
    }
}

/* Return where in order[low, high) the phrases begin whose character at depth is at least c. */
static inline int32_t sk_bound(const sk_phrases *p, int32_t low, int32_t high, int32_t depth, uint32_t c) {
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const sk_phrase *q = &p->phrases[p->order[middle]];
        if (q->length <= depth || q->text[depth] < c) low = middle + 1;
        else high = middle;
    }
    return low;
}

static void sk_descend(sk_finder *f, const sk_phrases *p, const uint32_t *s, int32_t n, int32_t row, int32_t at,
                       const sk_stretch *t, int32_t depth, int split) {
    int32_t low = t->low, high = t->high;
    for (;;) {
        while (low < high && p->phrases[p->order[low]].length == depth) {
            sk_stand(f, p, s, n, row, p->order[low], at, at + depth, split);
            low++;
        }
        if (low == high || at + depth >= n || f->failed) return;
        uint32_t c = s[at + depth];
        low = sk_bound(p, low, high, depth, c);
        high = sk_bound(p, low, high, depth, c + 1);
        depth++;
    }
}

static void sk_begin(sk_finder *f, const sk_phrases *p, const uint32_t *s, int32_t n, int32_t row, int32_t at,
                     uint32_t may, int split) {
    const sk_stretch *t;
    if (may & SK_ONE && (t = sk_stretch_of(p, s + at, 1))) sk_descend(f, p, s, n, row, at, t, 1, split);
    if (may & SK_TWO && at + 2 <= n && (t = sk_stretch_of(p, s + at, 2))) sk_descend(f, p, s, n, row, at, t, 2, split);
    if (!(may & SK_BEGINS)) return;
    uint32_t h = sk_mixed(s + at, 2);
    for (int32_t k = 3; k <= SK_HEAD && at + k <= n; k++) {
        h = sk_mix(h, s[at + k - 1]);
        if (sk_mapped(p->heads, h) && (t = sk_stretch_of(p, s + at, k))) sk_descend(f, p, s, n, row, at, t, k, split);
    }
}

static void sk_inside(sk_finder *f, const sk_phrases *p, const uint32_t *s, int32_t n, int32_t row) {
    const uint32_t *known = p->chars->bits;
    uint32_t before = 0;
    for (int32_t at = 0; at < n; at++) {
        uint32_t a = s[at], joined = known[a] & SK_JOINED; /* what is in a comparison form is known */
        int split = !(before & joined);
        before = joined;
        if (!split && a < p->pieces_from) continue;
        if (a == ' ') continue; /* no phrase begins with a space */
        uint32_t may = p->filter[sk_pair(a, at + 1 < n ? s[at + 1] : 0)];
        if (a >= p->ones_from) may |= p->filter[sk_pair(a, 0)] & SK_ONE;
        if (may && (split || (may & SK_PIECE_BEGINS))) sk_begin(f, p, s, n, row, at, may, split);
    }
}

static void sk_lines(sk_finder *f, const sk_phrases *p, const uint32_t *s, int32_t n, int32_t row, uint64_t hash,
                     int32_t core, int counted) {
    if (!sk_mapped(p->whole, (uint32_t)(hash >> 32))) return;
    for (uint32_t at = (uint32_t)hash & p->lines_mask; p->lines[at].phrase >= 0; at = (at + 1) & p->lines_mask) {
        if (p->lines[at].hash != hash || p->lines[at].counted != counted) continue;
        const sk_phrase *q = &p->phrases[p->lines[at].phrase];
        int32_t start = counted ? core - q->lead : 0, end = start + q->length;
        if (start < 0 || end > n || (!counted && end < n)) continue;
        if (memcmp(q->text, s + start, (size_t)q->length * sizeof(uint32_t))) continue;
        if (start && sk_joined(p, s[start - 1], s[start])) continue;
        if (end < n && sk_joined(p, s[end - 1], s[end])) continue;
        for (int32_t e = q->first; e < q->first + q->entries; e++) {
            sk_found hit = {row, e, start, end};
            if (p->entries[e].where == (counted ? SK_AT_COUNTED : SK_AT_LINE)) sk_take(f, p, hit);
        }
    }
}

/* Find the phrases of one row. */
static void sk_find(sk_finder *f, const sk_phrases *p, const sk_page *g, int32_t row) {
    const sk_row *r = &g->rows[row];
    const uint32_t *s = g->buffer + r->fold;
    int32_t n = r->fold_length, a = 0, b = n;
    sk_lines(f, p, s, n, row, r->hash, 0, 0);
    while (a < b && (sk_bits(p->chars, s[a]) & SK_COUNT_CHAR)) a++;
    while (b > a && (sk_bits(p->chars, s[b - 1]) & SK_COUNT_CHAR)) b--;
    if (p->counted && a < b) sk_lines(f, p, s, n, row, b - a < n ? sk_hash(s + a, b - a) : r->hash, a, 1);
    sk_inside(f, p, s, n, row);
    while (f->touches) f->best[f->touched[--f->touches]] = 0;
}
#endif
