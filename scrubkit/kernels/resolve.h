/* Which parts of a text go, and by whose word: a sweep over the ends of spans, then the blank blocks beside what goes.
   The meaning is that of scrubkit/core/ledger.py, step by step. */
#ifndef SCRUBKIT_RESOLVE_H
#define SCRUBKIT_RESOLVE_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A removal or keep; `rank` orders removals (0 claims a span first), `code` numbers the codes in their order. */
typedef struct { int64_t start, end; double score; int32_t rank, code; uint8_t keep; } sk_claim;
typedef struct { int64_t start, end; int32_t winner; } sk_piece;
typedef struct { double key; int64_t end; int32_t at; } sk_top;
typedef struct { sk_top *item; size_t length; } sk_heap;
typedef struct {
    sk_piece *piece;
    uint64_t *codes; /* `width` words a piece: the codes that spoke for it */
    size_t length, room, width;
} sk_pieces;

static void sk_push(sk_heap *h, double key, int64_t end, int32_t at) {
    size_t i = h->length++;
    while (i && key < h->item[(i - 1) / 2].key) { h->item[i] = h->item[(i - 1) / 2]; i = (i - 1) / 2; }
    h->item[i].key = key;
    h->item[i].end = end;
    h->item[i].at = at;
}

static void sk_pop(sk_heap *h) {
    sk_top last = h->item[--h->length];
    size_t i = 0, n = h->length;
    for (;;) {
        size_t c = 2 * i + 1;
        if (c >= n) break;
        if (c + 1 < n && h->item[c + 1].key < h->item[c].key) c++;
        if (!(h->item[c].key < last.key)) break;
        h->item[i] = h->item[c];
        i = c;
    }
    if (n) h->item[i] = last;
}

static void sk_close(sk_heap *h, int64_t start) {
    while (h->length && h->item[0].end <= start) sk_pop(h);
}

/* Add a piece, as part of the last one where that ends here and is by the same claim. */
static int sk_piece_add(sk_pieces *p, int64_t start, int64_t end, int32_t winner, const uint64_t *codes) {
    size_t w = p->width;
    if (p->length && p->piece[p->length - 1].end == start && p->piece[p->length - 1].winner == winner) {
        p->piece[p->length - 1].end = end;
        for (size_t k = 0; k < w; k++) p->codes[(p->length - 1) * w + k] |= codes[k];
        return 0;
    }
    if (p->length == p->room) {
        size_t room = p->room ? p->room * 2 : 128;
        sk_piece *piece = (sk_piece *)realloc(p->piece, room * sizeof(sk_piece));
        if (!piece) return -1;
        p->piece = piece;
        uint64_t *more = (uint64_t *)realloc(p->codes, room * w * sizeof(uint64_t));
        if (!more) return -1;
        p->codes = more;
        p->room = room;
    }
    sk_piece *q = &p->piece[p->length];
    q->start = start;
    q->end = end;
    q->winner = winner;
    memcpy(p->codes + p->length * w, codes, w * sizeof(uint64_t));
    p->length++;
    return 0;
}

static int sk_ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int sk_by_start(const void *a, const void *b) {
    int64_t x = ((const sk_claim *)a)->start, y = ((const sk_claim *)b)->start;
    return (x > y) - (x < y);
}

/* The runs in which removals outweigh keeps. `room` holds 4 heaps of n, `edges` 2n, `active` one count a code. */
static int sk_sweep(sk_claim *claim, size_t n, sk_top *room, int64_t *edges, int32_t *active, uint64_t *codes, sk_pieces *out) {
    sk_heap keeps = {room, 0}, removals = {room + n, 0}, ranked = {room + 2 * n, 0}, closing = {room + 3 * n, 0};
    size_t m = 0, upcoming = 0;
    qsort(claim, n, sizeof(sk_claim), sk_by_start);
    for (size_t i = 0; i < n; i++) { edges[m++] = claim[i].start; edges[m++] = claim[i].end; }
    qsort(edges, m, sizeof(int64_t), sk_ascending);
    memset(codes, 0, out->width * sizeof(uint64_t));
    for (size_t i = 0; i + 1 < m; i++) {
        int64_t start = edges[i], end = edges[i + 1];
        if (start == end) continue;
        while (closing.length && closing.item[0].end <= start) {
            int32_t code = closing.item[0].at;
            if (--active[code] == 0) codes[code / 64] &= ~((uint64_t)1 << (code % 64));
            sk_pop(&closing);
        }
        for (; upcoming < n && claim[upcoming].start == start; upcoming++) {
            const sk_claim *c = &claim[upcoming];
            if (c->keep) { sk_push(&keeps, -c->score, c->end, 0); continue; }
            sk_push(&removals, -c->score, c->end, 0);
            sk_push(&ranked, (double)c->rank, c->end, c->rank);
            sk_push(&closing, (double)c->end, c->end, c->code);
            if (active[c->code]++ == 0) codes[c->code / 64] |= (uint64_t)1 << (c->code % 64);
        }
        sk_close(&keeps, start);
        sk_close(&removals, start);
        sk_close(&ranked, start);
        if (removals.length && (!keeps.length || removals.item[0].key < keeps.item[0].key))
            if (sk_piece_add(out, start, end, ranked.item[0].at, codes)) return -1;
    }
    return 0;
}

/* For each block the piece that covers its last character if all of it is covered, else -1. */
static void sk_owners(const sk_pieces *p, const long *starts, const long *ends, size_t n, int32_t *owner) {
    size_t s = 0;
    for (size_t i = 0; i < n; i++) {
        while (s < p->length && p->piece[s].end <= starts[i]) s++;
        int64_t at = starts[i];
        size_t t = s;
        while (t < p->length && p->piece[t].start <= at && at < ends[i]) at = p->piece[t++].end;
        owner[i] = at >= ends[i] && ends[i] > starts[i] ? (int32_t)t - 1 : -1;
    }
}

/* Put `all` together from the pieces and from what blank blocks `first` to `stop` add to piece `beside`. */
static int sk_cover(const sk_pieces *p, size_t *next, int64_t start, int64_t end, int32_t beside, sk_pieces *all) {
    const size_t w = p->width;
    while (*next < p->length && p->piece[*next].end <= start) {
        const sk_piece *q = &p->piece[*next];
        if (sk_piece_add(all, q->start, q->end, q->winner, p->codes + *next * w)) return -1;
        ++*next;
    }
    if (*next && p->piece[*next - 1].end > start) start = p->piece[*next - 1].end; /* the piece put in last reaches on */
    while (start < end) {
        const sk_piece *q = *next < p->length ? &p->piece[*next] : NULL;
        int64_t stop = q && q->start < end ? q->start : end;
        if (stop > start && sk_piece_add(all, start, stop, p->piece[beside].winner, p->codes + (size_t)beside * w)) return -1;
        if (!q || q->start >= end) return 0;
        if (sk_piece_add(all, q->start, q->end, q->winner, p->codes + *next * w)) return -1;
        start = q->end;
        ++*next;
    }
    return 0;
}

/* Add blank blocks to the removals beside them, so that no hole stays where text went; see _spare_blanks there. */
static int sk_absorb(const sk_pieces *p, const uint8_t *kinds, const long *starts, const long *ends, size_t n,
                     int blank, int32_t *owner, sk_pieces *all) {
    size_t next = 0, last_kept = 0; /* one behind the last visible block that stays */
    int32_t before = -1;
    int seen = 0, stays = 0;
    sk_owners(p, starts, ends, n, owner);
    for (size_t i = 0; i < n; i++)
        if (kinds[i] != blank && owner[i] < 0) last_kept = i + 1;
    for (size_t at = 0; at < n;) {
        if (kinds[at] != blank) {
            before = owner[at++];
            if (before < 0) { seen = 1; stays = 0; }
            continue;
        }
        size_t stop = at;
        while (stop < n && kinds[stop] == blank) stop++;
        int32_t after = stop < n ? owner[stop] : -1;
        int above_kept = before < 0 && at > 0, below_kept = stop < n && after < 0;
        int32_t beside = before >= 0 ? before : after;
        if ((above_kept && (below_kept || last_kept > stop)) || (before >= 0 && below_kept && seen && !stays)) stays = 1;
        else if (beside >= 0 && sk_cover(p, &next, starts[at], ends[stop - 1], beside, all)) return -1;
        at = stop;
    }
    for (; next < p->length; next++) {
        const sk_piece *q = &p->piece[next];
        if (sk_piece_add(all, q->start, q->end, q->winner, p->codes + next * p->width)) return -1;
    }
    return 0;
}
#endif
