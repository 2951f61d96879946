/* What a page's tags would ask of a tree builder, followed tag by tag as markup.py describes. */
#ifndef SCRUBKIT_MARKUP_H
#define SCRUBKIT_MARKUP_H
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "markup_scan.h"
#include "markup_slim.h"

enum {
    SK_SHALLOW = 1, SK_RAW = 2, SK_FORMAT = 4, SK_SPECIAL = 8, SK_BARRIER = 16, SK_BREAKOUT = 32, SK_SVG = 64, SK_MATH = 128,
    SK_HTML_IN_SVG = 256, SK_HTML_IN_MATH = 512, SK_FORM = 1024, SK_FONT = 2048, SK_SCRIPT = 4096, SK_PLAIN = 8192,
    SK_ALONE = 16384, SK_MAYBE = 32768, SK_ENDS_P = 1 << 16, SK_P = 1 << 17, SK_BUTTON = 1 << 18, SK_ITEM = 1 << 19,
    SK_TERM = 1 << 20, SK_PASSED = 1 << 21, SK_LIST = 1 << 22, SK_CELL = 1 << 23, SK_STOPPED = 1 << 24, SK_TABLE = 1 << 25,
    SK_QUIET = 1 << 26, SK_HEADING = 1 << 27, SK_PART = 1 << 28, SK_RUBY = 1 << 29, SK_IMPLIED = 1 << 30
};
#define SK_OUT (1ull << 31)
#define SK_OPTION (1ull << 32)
#define SK_ENDS_OPTION (1ull << 33)
#define SK_FRAMESET (1ull << 34)
#define SK_BARE (1ull << 35)
#define SK_TYPED (1ull << 36)
#define SK_STYLE (1ull << 37)
#define SK_PICKY (1ull << 38)
#define SK_TELLS (1ull << 39)
enum { SK_CUT_DEEP, SK_CUT_STRANGE, SK_CUT_ATTRIBUTES, SK_CUT_FORMAT, SK_CUTS };
enum { SK_MOST_ACTIVE = 512, SK_KNOWN = 512, SK_SAME = 3, SK_IN_SVG = 1, SK_IN_MATH = 2 };

typedef struct { uint64_t name; uint64_t bits; uint32_t serial; uint8_t foreign, native; } sk_open;
typedef struct { uint64_t name, tag; uint64_t bits; uint32_t serial; int open; } sk_active;
typedef struct { size_t start, end; int kind; } sk_cut;

typedef struct {
    uint64_t known[SK_KNOWN];      /* hashes of known names, 0 where free */
    uint64_t bits[SK_KNOWN];
    size_t depth, attributes, names; /* the limits */
} sk_rules;

typedef struct {
    const sk_rules *rules;
    int strip, narrow;             /* leave out formatting; hold names against their limit */
    sk_open *stack;
    size_t open, over;
    sk_active active[SK_MOST_ACTIVE];
    size_t actives;
    uint32_t serial;
    uint64_t *seen;                /* hashes of names, open addressing, a power of two above twice the limit */
    size_t seen_mask, seen_count;
    sk_cut *cuts;
    size_t cut_count, cut_room;
    size_t tags, given, reopened, framesets, left_out[SK_CUTS];
    int failed;
    sk_slim slim;
} sk_page;

static uint64_t sk_name_hash(const uint8_t *s, size_t n, int fold) {
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < n; i++) h = (h ^ (fold ? sk_small(s[i]) : s[i])) * 0x100000001B3u;
    h ^= h >> 32;
    return h ? h : 1;
}

static void sk_know(sk_rules *r, uint64_t name, uint64_t bits) {
    size_t at = name % SK_KNOWN;
    while (r->known[at]) at = (at + 1) % SK_KNOWN;
    r->known[at] = name;
    r->bits[at] = bits;
}

static uint64_t sk_bits(const sk_rules *r, uint64_t name) {
    for (size_t at = name % SK_KNOWN; r->known[at]; at = (at + 1) % SK_KNOWN) if (r->known[at] == name) return r->bits[at];
    return 0;
}

static void sk_add_cut(sk_page *p, size_t start, size_t end, int kind, size_t count) {
    if (p->cut_count == p->cut_room) {
        size_t room = p->cut_room ? 2 * p->cut_room : 64;
        sk_cut *more = (sk_cut *)realloc(p->cuts, room * sizeof(sk_cut));
        if (!more) { p->failed = 1; return; }
        p->cuts = more;
        p->cut_room = room;
    }
    p->cuts[p->cut_count++] = (sk_cut){start, end, kind};
    p->left_out[kind] += count;
}

/* Whether a name is one too many on the page. */
static int sk_strange(sk_page *p, uint64_t name) {
    if (!p->narrow) return 0;
    size_t at = name & p->seen_mask;
    for (; p->seen[at]; at = (at + 1) & p->seen_mask) if (p->seen[at] == name) return 0;
    if (p->seen_count >= p->rules->names) return 1;
    p->seen[at] = name;
    p->seen_count++;
    return 0;
}

static int sk_foreign(const sk_page *p) { return p->open ? p->stack[p->open - 1].foreign : 0; }

/* Close all from a place on the stack on; formatting elements among them will be opened again. */
static void sk_close(sk_page *p, size_t at) {
    while (p->open > at) {
        const sk_open *top = &p->stack[--p->open];
        if (top->serial) for (size_t i = p->actives; i-- > 0;) if (p->active[i].serial == top->serial) { p->active[i].open = 0; break; }
    }
}

/* The place on the stack of what an end tag closes; the stack's size where it closes nothing. */
static size_t sk_closed(const sk_page *p, uint64_t name, uint64_t bits) {
    uint64_t stop = SK_SPECIAL;
    if (bits & SK_P) stop = SK_BARRIER | SK_BUTTON;
    else if (bits & SK_ITEM) stop = SK_BARRIER | SK_LIST;
    else if (bits & SK_SPECIAL && !(bits & SK_STOPPED)) stop = SK_BARRIER;
    /* within svg and math their own elements are looked at first, and HTML's end tags close none of them */
    for (size_t i = p->open; i-- > 0 && p->stack[i].native;) if (p->stack[i].name == name) return i;
    for (size_t i = p->open; i-- > 0;) {
        if (!p->stack[i].native && (p->stack[i].name == name || p->stack[i].bits & bits & SK_HEADING)) return i;
        if (p->stack[i].bits & stop) break;
    }
    return p->open;
}

static void sk_reopen(sk_page *p) {
    for (size_t i = 0; i < p->actives; i++) {
        sk_active *one = &p->active[i];
        if (one->open || p->open >= p->rules->depth + SK_MOST_ACTIVE) continue;
        one->open = 1;
        p->reopened++;
        p->stack[p->open++] = (sk_open){one->name, one->bits, one->serial, 0, 0};
    }
}

static void sk_activate(sk_page *p, uint64_t name, uint64_t bits, uint64_t tag) {
    size_t same = 0, first = 0;
    for (size_t i = p->actives; i-- > 0;) if (p->active[i].tag == tag) { same++; first = i; }
    if (same >= SK_SAME || p->actives == SK_MOST_ACTIVE) {
        if (same < SK_SAME) first = 0;
        memmove(p->active + first, p->active + first + 1, (--p->actives - first) * sizeof(sk_active));
    }
    p->active[p->actives++] = (sk_active){name, tag, bits, p->stack[p->open - 1].serial = ++p->serial, 1};
}

/* End a formatting element: what stands above it is opened again unless it is a special element, which stays. */
static void sk_unformat(sk_page *p, uint64_t name, uint64_t bits) {
    size_t i = p->actives, at = p->open;
    while (i-- > 0) if (p->active[i].name == name) break;
    if (i == (size_t)-1) { sk_close(p, sk_closed(p, name, bits)); return; }
    uint32_t serial = p->active[i].open ? p->active[i].serial : 0;
    memmove(p->active + i, p->active + i + 1, (--p->actives - i) * sizeof(sk_active));
    if (!serial) return;
    while (at-- > 0 && p->stack[at].serial != serial) if (p->stack[at].bits & SK_SPECIAL) return;
    if (at != (size_t)-1) sk_close(p, at);
}

/* The place after the highest on the stack that has one of the bits, 0 where another stops the way to it. */
static size_t sk_above(const sk_page *p, uint64_t wanted, uint64_t stop, uint64_t but) {
    for (size_t i = p->open; i-- > 0;) {
        uint64_t bits = p->stack[i].bits;
        if (bits & wanted) return i + 1;
        if (bits & stop && !(bits & but)) return 0;
    }
    return 0;
}

/* End what a start tag of this name ends: an item, a term, a paragraph, a heading, a button, a cell, parts of a ruby. */
static void sk_imply(sk_page *p, uint64_t bits) {
    size_t at;
    if (bits & (SK_ITEM | SK_TERM) && (at = sk_above(p, bits & (SK_ITEM | SK_TERM), SK_SPECIAL, SK_PASSED))) sk_close(p, at - 1);
    if (bits & SK_BUTTON && (at = sk_above(p, SK_BUTTON, SK_BARRIER, 0))) sk_close(p, at - 1);
    if (bits & SK_ENDS_P && (at = sk_above(p, SK_P, SK_BARRIER | SK_BUTTON, 0))) sk_close(p, at - 1);
    if (bits & SK_HEADING && p->open && p->stack[p->open - 1].bits & SK_HEADING) sk_close(p, p->open - 1);
    if (bits & SK_CELL && (at = sk_above(p, SK_TABLE, SK_BARRIER, 0))) sk_close(p, at);
    if (bits & SK_ENDS_OPTION && p->open && p->stack[p->open - 1].bits & SK_OPTION) sk_close(p, p->open - 1);
    if (bits & SK_PART && sk_above(p, SK_RUBY, SK_BARRIER, 0))
        while (p->open && p->stack[p->open - 1].bits & SK_IMPLIED) sk_close(p, p->open - 1);
}

typedef struct { size_t start, name_end, end; int closing, alone, font, html; uint64_t name; uint64_t bits; } sk_tag;

/* What stays of a tag's attributes on the slim page: those of formatting elements are compared with each other. */
static int sk_stays(const sk_page *p, const sk_tag *t) {
    if (p->slim.off || t->closing || t->bits & SK_MAYBE || (t->bits & SK_FORMAT && !(t->bits & SK_ALONE))) return SK_ALL;
    if (p->slim.told && t->bits & SK_TELLS) return t->bits & SK_SCRIPT ? SK_TYPE | SK_MARKED : SK_ALL;
    const int more = p->slim.told ? SK_MARKED : 0;
    if (sk_foreign(p) == SK_IN_SVG && !(t->bits & SK_BREAKOUT)) return SK_NONE | more;
    return (t->bits & SK_TYPED ? SK_TYPE : t->bits & SK_BARE ? SK_NONE : SK_ASKED) | more;
}

/* What stands in a script or style is left out where its end is beyond doubt. */
static void sk_slim_raw(sk_page *p, const uint8_t *s, size_t n, const sk_tag *t, size_t end) {
    if (p->slim.off || end >= n || !(t->bits & (SK_SCRIPT | SK_STYLE))) return;
    if (t->bits & SK_SCRIPT && sk_slim_has(s + t->end, end - t->end, "<!--", 4)) return;
    if (p->slim.told && t->bits & SK_SCRIPT && sk_slim_data(s + t->start, t->end - t->start)) return;
    for (size_t i = p->open; i-- > 0;) if (p->stack[i].bits & SK_PICKY) return;
    sk_slim_out(&p->slim, s, t->end, end);
}

/* Read the attributes of a tag; note those that are too many. */
static void sk_attributes(sk_page *p, const uint8_t *s, size_t n, sk_tag *t, size_t *first, size_t *last, size_t *extra) {
    size_t at = t->name_end, count = 0;
    size_t hole = at; /* what stays of the tag ends there */
    sk_slim *slim = &p->slim;
    const int what = sk_stays(p, t);
    t->alone = t->font = t->html = 0;
    *first = *last = *extra = 0;
    for (;;) {
        size_t from = at;
        while (at < n && (sk_space(s[at]) || s[at] == '/')) at++;
        if (at >= n) { t->end = n; break; }
        if (s[at] == '>') {
            t->alone = s[at - 1] == '/';
            t->end = at + 1;
            if (what && at > hole) sk_slim_shut(slim, s, hole, at, at > from && t->alone);
            break;
        }
        size_t begin = at++; /* an equals sign in front is part of the name */
        while (at < n && !sk_space(s[at]) && s[at] != '/' && s[at] != '>' && s[at] != '=') at++;
        size_t name_end = at, value = at;
        while (value < n && sk_space(s[value])) value++;
        if (value < n && s[value] == '=') {
            value++;
            while (value < n && sk_space(s[value])) value++;
            if (value < n && (s[value] == '"' || s[value] == '\'')) {
                const uint8_t *quote = (const uint8_t *)memchr(s + value + 1, s[value], n - value - 1);
                at = quote ? (size_t)(quote - s) + 1 : n;
            } else {
                while (value < n && !sk_space(s[value]) && s[value] != '>') value++;
                at = value;
            }
        }
        count++;
        if (what && sk_slim_keeps(what, s + begin, name_end - begin, at - begin)) {
            if (begin > hole) sk_slim_gap(slim, s, hole, begin);
            hole = at;
        }
        if (t->bits & SK_FONT) {
            size_t size = name_end - begin;
            t->font |= (size == 5 && sk_name_hash(s + begin, 5, 1) == sk_name_hash((const uint8_t *)"color", 5, 0)) ||
                       (size == 4 && (sk_name_hash(s + begin, 4, 1) == sk_name_hash((const uint8_t *)"face", 4, 0) ||
                                      sk_name_hash(s + begin, 4, 1) == sk_name_hash((const uint8_t *)"size", 4, 0)));
        }
        if (t->bits & SK_MAYBE) {
            for (size_t i = name_end; i + 4 <= at; i++)
                t->html |= sk_small(s[i]) == 'h' && sk_small(s[i + 1]) == 't' && sk_small(s[i + 2]) == 'm' && sk_small(s[i + 3]) == 'l';
        }
        if (count > p->rules->attributes || sk_strange(p, p->narrow ? sk_name_hash(s + begin, name_end - begin, 1) : 0)) {
            if (!*extra) *first = from;
            *last = at;
            ++*extra;
        }
    }
    p->given += count;
}

static int sk_push(sk_page *p, const sk_tag *t, uint64_t bits, int foreign, int native) {
    /* a paragraph ends the one before it, so it nests no deeper: the text at the bottom keeps its paragraphs */
    if (p->open >= p->rules->depth + !!(bits & SK_P)) { p->over++; return SK_CUT_DEEP; }
    p->stack[p->open++] = (sk_open){t->name, bits, 0, (uint8_t)foreign, (uint8_t)native};
    return -1;
}

static int sk_start(sk_page *p, const uint8_t *s, const sk_tag *t, int *raw) {
    uint64_t bits = t->bits;
    int within = sk_foreign(p);
    p->framesets += (bits & SK_FRAMESET) != 0;
    if (within) {
        if (!(bits & SK_BREAKOUT) && !t->font) {
            int holds = within == SK_IN_SVG ? (bits & SK_HTML_IN_SVG) != 0 : bits & SK_HTML_IN_MATH || t->html;
            return t->alone ? -1 : sk_push(p, t, holds ? SK_SPECIAL | SK_BARRIER : 0, holds ? 0 : bits & SK_SVG ? SK_IN_SVG : within, 1);
        }
        while (sk_foreign(p)) p->open--;
    }
    if (bits & (SK_TERM | SK_BUTTON | SK_ENDS_P | SK_CELL | SK_PART | SK_ENDS_OPTION)) sk_imply(p, bits);
    if (!(bits & SK_QUIET)) sk_reopen(p);
    if (bits & SK_RAW) { *raw = 1; return -1; }
    if (bits & SK_SHALLOW) return -1;
    if (bits & SK_ALONE) { sk_unformat(p, t->name, bits); sk_reopen(p); }
    if (bits & (SK_SVG | SK_MATH)) return t->alone ? -1 : sk_push(p, t, 0, bits & SK_SVG ? SK_IN_SVG : SK_IN_MATH, 1);
    int cut = sk_push(p, t, bits, 0, 0);
    if (bits & SK_FORMAT && cut < 0) sk_activate(p, t->name, bits, sk_name_hash(s + t->start, t->end - t->start, 0));
    return cut;
}

/* An end tag within svg that closes nothing of it: what it leaves open there is more than is followed. */
static void sk_slim_doubt(sk_page *p, const sk_tag *t) {
    size_t i = p->open;
    if (!i || !p->stack[i - 1].native) return;
    while (i-- > 0 && p->stack[i].native) if (p->stack[i].name == t->name) return;
    p->slim.off = 1;
}

static int sk_end(sk_page *p, const sk_tag *t) {
    uint64_t bits = t->bits;
    sk_slim_doubt(p, t);
    if (bits & (SK_OUT | SK_P)) while (sk_foreign(p)) p->open--;
    if (bits & (SK_SHALLOW | SK_RAW) && !(p->open && p->stack[p->open - 1].native)) return -1;
    if (p->over && !(bits & SK_P)) { p->over--; return SK_CUT_DEEP; }
    if (bits & SK_FORMAT && !(p->open && p->stack[p->open - 1].native)) { sk_unformat(p, t->name, bits); return -1; }
    size_t at = sk_closed(p, t->name, bits);
    if (at == p->open) return -1;
    if (bits & SK_FORM) memmove(p->stack + at, p->stack + at + 1, (--p->open - at) * sizeof(sk_open));
    else sk_close(p, at);
    return -1;
}

/* Follow the tags of a page from `data`; the cuts are noted in order. */
static void sk_follow(sk_page *p, const uint8_t *s, size_t n) {
    size_t at = 0;
    while (at < n && !p->failed) {
        const uint8_t *found = (const uint8_t *)memchr(s + at, '<', n - at);
        if (!found) return;
        sk_tag t;
        t.start = (size_t)(found - s);
        if (t.start > at && !sk_foreign(p)) sk_reopen(p);
        at = t.start + 1;
        if (at >= n) return;
        if (s[at] == '!') {
            if (at + 2 < n && s[at + 1] == '-' && s[at + 2] == '-') {
                at = sk_comment(s, n, t.start);
                if (!p->slim.off && at - t.start > 7 && !memcmp(s + at - 3, "-->", 3)) sk_slim_out(&p->slim, s, t.start + 4, at - 3);
            }
            else if (n - at >= 8 && !memcmp(s + at, "![CDATA[", 8)) {
                size_t section = sk_after(s, n, at + 8, "]]>", 3), comment = sk_after(s, n, at, ">", 1);
                p->slim.off |= section != comment; /* which of them it is hangs on more than is followed */
                at = sk_foreign(p) ? section : comment;
            } else at = sk_after(s, n, at, ">", 1);
            continue;
        }
        if (s[at] == '?') { at = sk_after(s, n, at, ">", 1); continue; }
        t.closing = s[at] == '/';
        size_t name = at + (size_t)t.closing;
        if (name >= n) return;
        if (!sk_letter(s[name])) {
            if (t.closing) at = sk_after(s, n, name, ">", 1);
            continue;
        }
        t.name_end = name;
        while (t.name_end < n && !sk_space(s[t.name_end]) && s[t.name_end] != '/' && s[t.name_end] != '>') t.name_end++;
        t.name = sk_name_hash(s + name, t.name_end - name, 1);
        t.bits = sk_bits(p->rules, t.name);
        size_t first, last, extra;
        sk_attributes(p, s, n, &t, &first, &last, &extra);
        p->tags++;
        at = t.end;
        int raw = 0, cut;
        if (p->strip && t.bits & SK_FORMAT && !(t.bits & SK_ALONE)) cut = SK_CUT_FORMAT;
        else if (!t.bits && sk_strange(p, t.name)) cut = SK_CUT_STRANGE;
        else cut = t.closing ? sk_end(p, &t) : sk_start(p, s, &t, &raw);
        if (cut >= 0 || extra || t.bits & (SK_FRAMESET | SK_MATH)) p->slim.off = 1; /* MathML has too many ways out */
        if (cut >= 0) sk_add_cut(p, t.start, t.end, cut, 1);
        else if (extra) sk_add_cut(p, first, last, SK_CUT_ATTRIBUTES, extra);
        if (raw) {
            if (t.bits & SK_PLAIN) return;
            at = sk_raw_end(s, n, at, s + name, t.name_end - name, (t.bits & SK_SCRIPT) != 0);
            sk_slim_raw(p, s, n, &t, at);
        }
    }
}
#endif
