/* Blocks and elements of a page as a state machine: it is told of text, starts and ends of elements, and fills columns.

   Whoever walks the tree feeds it: dom.h from lexbor's memory, _dom.pyx through selectolax's nodes. The meaning is that
   of scrubkit/ingest/html_walk.py. */
#ifndef SCRUBKIT_DOM_BLOCKS_H
#define SCRUBKIT_DOM_BLOCKS_H
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SK_BLOCK, SK_INLINE, SK_SKIP, SK_BREAK, SK_RULE, SK_META, SK_FRAME, SK_TEXT, SK_GAP = 8, SK_LINK = 16, SK_NAMED = 255 };
/* What the metadata may have to be asked for: elements that name an author or a date, JSON-LD outside the head. */
enum { SK_AUTHOR = 1, SK_PUBLISHED = 2, SK_MOMENT = 4, SK_LINKED = 8 };
enum { SK_IDS = 512 };
enum { SK_KIND_OTHER = 10, SK_KIND_PRE = 6 };

typedef struct sk_dom_api sk_dom_api;
typedef struct { const uint8_t *data; size_t length; } sk_string;

/* What tags mean, by lexbor's number and, for names it has no number for, by name. */
typedef struct {
    uint8_t role[SK_IDS], kind[SK_IDS], line[SK_IDS], cell[SK_IDS]; /* cell: 1 td/th, 2 tr */
    uintptr_t script;
    size_t named;
    const char *names[64];
    uint8_t roles[64];
} sk_dom_tags;

typedef struct { uint8_t *data; size_t length, room; } sk_bytes;
typedef struct { int64_t first, last; int64_t chars, links; int32_t owner; uint8_t kind, gap; } sk_dom_block;
typedef struct { int32_t parent, cell, row, held; uint32_t tag; size_t attrs, end; uint8_t hidden, line, kind; } sk_dom_element;

typedef struct {
    const sk_dom_api *api;
    const sk_dom_tags *tags;
    sk_bytes text, attrs, names, raw;
    sk_dom_block *blocks;
    size_t n_blocks, room_blocks;
    sk_dom_element *elements;
    size_t n_elements, room_elements;
    int64_t anchors, metas;
    int swallowed, cells, failed, marks;
    /* the block being filled */
    int64_t start, chars, links;
    int32_t element;
    uint32_t last;
    int space, line, gap, breaks, in_link, in_pre;
} sk_dom_walk;

static int sk_room(void **at, size_t *room, size_t need, size_t size) {
    if (need <= *room) return 0;
    size_t more = *room * 2 > need ? *room * 2 : need;
    if (more < 256) more = 256;
    void *moved = realloc(*at, more * size);
    if (!moved) return -1;
    *at = moved;
    *room = more;
    return 0;
}

static int sk_put(sk_dom_walk *w, sk_bytes *to, const void *data, size_t length) {
    if (sk_room((void **)&to->data, &to->room, to->length + length + 1, 1)) { w->failed = 1; return -1; }
    if (length) memcpy(to->data + to->length, data, length);
    to->length += length;
    return 0;
}

static inline size_t sk_decode(const uint8_t *s, size_t n, uint32_t *code) {
    uint8_t c = s[0];
    if (c < 0x80) { *code = c; return 1; }
    if (c < 0xE0 && n > 1) { *code = ((c & 31u) << 6) | (s[1] & 63u); return 2; }
    if (c < 0xF0 && n > 2) { *code = ((c & 15u) << 12) | ((s[1] & 63u) << 6) | (s[2] & 63u); return 3; }
    if (n > 3) { *code = ((c & 7u) << 18) | ((s[1] & 63u) << 12) | ((s[2] & 63u) << 6) | (s[3] & 63u); return 4; }
    *code = 0xFFFD;
    return n;
}

/* Length in bytes of the white space character at s, 0 where there is none: the characters of str.isspace(). */
static inline size_t sk_space(const uint8_t *s, size_t n) {
    uint8_t c = s[0];
    if (c < 0x80) return c == 32 || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
    if (c == 0xC2) return n > 1 && (s[1] == 0x85 || s[1] == 0xA0) ? 2 : 0;
    if (c < 0xE1 || c > 0xE3 || n < 3) return 0;
    if (c == 0xE1) return s[1] == 0x9A && s[2] == 0x80 ? 3 : 0;
    if (c == 0xE3) return s[1] == 0x80 && s[2] == 0x80 ? 3 : 0;
    if (s[1] == 0x80) return (s[2] >= 0x80 && s[2] <= 0x8A) || s[2] == 0xA8 || s[2] == 0xA9 || s[2] == 0xAF ? 3 : 0;
    return s[1] == 0x81 && s[2] == 0x9F ? 3 : 0;
}

/* Scripts that write no spaces between words; wants_gap() of the reference. */
static int sk_unspaced(uint32_t c) {
    return c > 0xF8FF || (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) ||
           (c >= 0x2E80 && c <= 0x9FFF);
}

static int sk_wants_gap(uint32_t a, uint32_t b, int edges) {
    if (!Py_UNICODE_ISALNUM(a) || !Py_UNICODE_ISALNUM(b)) return 0;
    if (edges == 1 && Py_UNICODE_ISUPPER(a) && Py_UNICODE_ISLOWER(b)) return 0;
    return !sk_unspaced(a) && !sk_unspaced(b);
}

/* Whether a byte is an ASCII character that stands for itself: neither space nor control. */
static inline int sk_solid(uint8_t c) { return c > 32 && c < 0x80; }

/* Characters of a text node with its white space collapsed, which is what a link counts; blank: it has none. */
static int64_t sk_visible(const uint8_t *s, size_t n) {
    int64_t count = 0;
    int space = 0;
    for (size_t i = 0; i < n;) {
        size_t k = sk_space(s + i, n - i);
        if (k) { space = count > 0; i += k; continue; }
        count += 1 + space;
        space = 0;
        for (i++; i < n && (s[i] & 0xC0) == 0x80; i++) {}
        for (; i < n && sk_solid(s[i]); i++) count++;
    }
    return count;
}

static void sk_collapse(sk_dom_walk *w, const uint8_t *s, size_t n) {
    if (sk_room((void **)&w->text.data, &w->text.room, w->text.length + n + 8, 1)) { w->failed = 1; return; }
    uint8_t *out = w->text.data + w->text.length;
    const uint8_t *begin = w->text.data + w->start;
    int64_t chars = w->chars;
    for (size_t i = 0; i < n;) {
        size_t k = sk_space(s + i, n - i);
        if (k) { w->space = 1; i += k; continue; }
        if (out > begin && (w->line || w->space)) { *out++ = w->line ? '\n' : ' '; chars++; }
        w->line = w->space = 0;
        for (;;) { /* to the next white space */
            chars++;
            *out++ = s[i++];
            while (i < n && (s[i] & 0xC0) == 0x80) *out++ = s[i++];
            for (; i < n && sk_solid(s[i]); chars++) *out++ = s[i++];
            if (i >= n || sk_space(s + i, n - i)) break;
        }
    }
    w->chars = chars;
    w->text.length = (size_t)(out - w->text.data);
}

static void sk_text(sk_dom_walk *w, const uint8_t *s, size_t n) {
    if (!n) return;
    uint32_t code;
    if (w->gap && !w->in_pre) {
        sk_decode(s, n, &code);
        if (w->last && sk_wants_gap(w->last, code, w->gap)) w->space = 1;
        w->gap = 0;
    }
    if (w->in_pre) sk_put(w, &w->raw, s, n);
    else sk_collapse(w, s, n);
    size_t at = n - 1;
    while (at && (s[at] & 0xC0) == 0x80) at--;
    sk_decode(s + at, n - at, &w->last);
    if (w->in_link || w->breaks) {
        int64_t seen = sk_visible(s, n);
        if (w->in_link) w->links += seen;
        if (seen) w->breaks = 0;
    }
}

/* The lines of preformatted text without their trailing white space and without empty lines around them. */
static void sk_lines(sk_dom_walk *w) {
    const uint8_t *s = w->raw.data;
    size_t n = w->raw.length, breaks = 0;
    int begun = 0;
    if (sk_room((void **)&w->text.data, &w->text.room, w->text.length + n + 8, 1)) { w->failed = 1; return; }
    for (size_t i = 0; i <= n;) {
        size_t end = i, last = i;
        while (end < n && s[end] != '\n') {
            size_t k = sk_space(s + end, n - end);
            if (k) { end += k; continue; }
            for (end++; end < n && (s[end] & 0xC0) == 0x80; end++) {}
            last = end;
        }
        if (last > i) {
            if (begun) for (; breaks; breaks--) { w->text.data[w->text.length++] = '\n'; w->chars++; }
            breaks = 0;
            begun = 1;
            for (size_t j = i; j < last; j++) w->chars += (s[j] & 0xC0) != 0x80;
            memcpy(w->text.data + w->text.length, s + i, last - i);
            w->text.length += last - i;
        }
        breaks++;
        i = end + 1;
    }
    w->raw.length = 0;
}

static void sk_flush(sk_dom_walk *w) {
    if (w->in_pre && w->raw.length) sk_lines(w);
    if (w->failed) return;
    if ((int64_t)w->text.length > w->start) {
        if (sk_room((void **)&w->blocks, &w->room_blocks, w->n_blocks + 1, sizeof(sk_dom_block))) { w->failed = 1; return; }
        sk_dom_block *b = &w->blocks[w->n_blocks++];
        sk_dom_element *e = &w->elements[w->element];
        b->first = w->start;
        b->last = (int64_t)w->text.length;
        b->chars = w->chars;
        b->links = w->links < w->chars ? w->links : w->chars;
        b->owner = w->element;
        b->kind = w->in_pre ? SK_KIND_PRE : e->kind;
        if (e->cell >= 0) w->elements[e->cell].held++;
        w->start = (int64_t)w->text.length;
    }
    w->chars = w->links = 0;
    w->last = 0;
    w->gap = w->space = w->line = 0;
}

static int sk_is(const uint8_t *s, size_t n, const char *word) { return s && strlen(word) == n && memcmp(s, word, n) == 0; }

static int sk_has(const uint8_t *s, size_t n, const char *word) {
    size_t k = strlen(word);
    for (size_t i = 0; i + k <= n; i++) if (s[i] == (uint8_t)word[0] && memcmp(s + i, word, k) == 0) return 1;
    return 0;
}

/* Append a value with its white space collapsed, a space before each word but the first of the string. */
static void sk_words(sk_dom_walk *w, const sk_string *value, size_t floor) {
    sk_bytes *to = &w->attrs;
    int space = to->length > floor;
    for (size_t i = 0; i < value->length;) {
        size_t k = sk_space(value->data + i, value->length - i);
        if (k) { space = to->length > floor; i += k; continue; }
        if (space) sk_put(w, to, " ", 1);
        space = 0;
        size_t from = i;
        while (i < value->length && (sk_solid(value->data[i]) || !sk_space(value->data + i, value->length - i))) i++;
        sk_put(w, to, value->data + from, i - from);
    }
}

static void sk_notice_property(sk_dom_walk *w, const sk_string *value) {
    if (sk_has(value->data, value->length, "author")) w->marks |= SK_AUTHOR;
    if (sk_has(value->data, value->length, "datePublished")) w->marks |= SK_PUBLISHED;
}

/* Keep class, id, role and itemprop as one string, the class ended by two spaces where more follows. */
static void sk_store(sk_dom_walk *w, sk_dom_element *e, const sk_string value[4]) {
    if (value[3].length) sk_notice_property(w, &value[3]);
    e->attrs = w->attrs.length;
    sk_words(w, &value[0], e->attrs);
    size_t rest = w->attrs.length;
    sk_put(w, &w->attrs, "  ", 2);
    for (int k = 1; k < 4; k++) sk_words(w, &value[k], rest + 2);
    if (w->attrs.length == rest + 2) w->attrs.length = rest;
    e->end = w->attrs.length;
}

static void sk_edge_line(sk_dom_walk *w) {
    if (w->raw.length && w->raw.data[w->raw.length - 1] != '\n') sk_put(w, &w->raw, "\n", 1);
}

/* Start an element. `name` is for tags without a number that all documents share; NULL where memory is short. */
static sk_dom_element *sk_begin(sk_dom_walk *w, uintptr_t tag, int known, const uint8_t *name, size_t length) {
    int line = known && w->tags->line[tag];
    if (w->element >= 0) {
        if (w->in_pre && line) sk_edge_line(w);
        else sk_flush(w);
    }
    if (w->failed || sk_room((void **)&w->elements, &w->room_elements, w->n_elements + 1, sizeof(sk_dom_element))) {
        w->failed = 1;
        return NULL;
    }
    int32_t above = w->element, self = (int32_t)w->n_elements++;
    sk_dom_element *e = &w->elements[self];
    memset(e, 0, sizeof *e);
    e->parent = above;
    e->line = (uint8_t)line;
    e->kind = known ? w->tags->kind[tag] : SK_KIND_OTHER;
    e->cell = above >= 0 ? w->elements[above].cell : -1;
    e->row = above >= 0 ? w->elements[above].row : -1;
    if (known) {
        e->tag = (uint32_t)tag;
        if (w->tags->cell[tag] == 1) { e->cell = self; w->cells = 1; }
        if (w->tags->cell[tag] == 2) e->row = self;
    } else { /* names end in a zero in w->names; the tag is its place there, behind the numbers */
        e->tag = (uint32_t)(SK_IDS + w->names.length);
        sk_put(w, &w->names, name ? name : (const uint8_t *)"", name ? length : 0);
        sk_put(w, &w->names, "\0", 1);
    }
    w->element = self;
    return e;
}

/* The rest of the start, once the attributes are known. */
static void sk_settle(sk_dom_walk *w, sk_dom_element *e) {
    if (e->parent >= 0 && w->elements[e->parent].hidden) e->hidden = 1;
    if (w->in_pre || e->kind == SK_KIND_PRE) w->in_pre++;
}

static int sk_known(const sk_dom_walk *w, uintptr_t tag) { return tag < SK_IDS && w->tags->role[tag] != SK_NAMED; }


static void sk_close(sk_dom_walk *w) {
    sk_dom_element *e = &w->elements[w->element];
    if (w->in_pre > 1 && e->line) sk_edge_line(w);
    else sk_flush(w);
    if (w->in_pre) w->in_pre--;
    w->element = w->elements[w->element].parent;
}

static void sk_line_break(sk_dom_walk *w) {
    w->breaks++;
    if (w->in_pre) sk_put(w, &w->raw, "\n", 1);
    else if (w->breaks > 1) sk_flush(w);
    else { w->line = 1; w->last = 0; }
}

static int sk_named(const sk_dom_tags *tags, const uint8_t *name, size_t n) {
    for (size_t i = 0; i < tags->named; i++) if (sk_is(name, n, tags->names[i])) return tags->roles[i];
    return SK_BLOCK;
}

static void sk_leave(sk_dom_walk *w, int role) {
    if ((role & 7) == SK_BLOCK) { sk_close(w); return; }
    if (role & SK_GAP) w->gap++;
    if (role & SK_LINK) w->in_link--;
}

static void sk_inline(sk_dom_walk *w, int role) {
    if (role & SK_GAP) w->gap++;
    if (role & SK_LINK) { w->in_link++; w->anchors++; }
}

static void sk_frame(sk_dom_walk *w, const uint8_t *s, size_t n) { if (s && sk_has(s, n, "</noscript")) w->swallowed = 1; }

/* An element whose content is not walked but which is not nothing. */
static void sk_mark(sk_dom_walk *w, int role) {
    switch (role & 7) {
    case SK_BREAK: sk_line_break(w); break;
    case SK_RULE: sk_flush(w); break;
    case SK_META: w->metas++; break;
    default: break;
    }
}

static void sk_dom_free(sk_dom_walk *w) {
    free(w->text.data);
    free(w->attrs.data);
    free(w->names.data);
    free(w->raw.data);
    free(w->blocks);
    free(w->elements);
}

#endif
