/* The walk over the tree that selectolax's lexbor has built, without a Python object per node.

   All access goes through lexbor's own exported functions, resolved at run time; the one thing assumed of its memory is
   where a text node keeps its characters, and sk_dom_selftest() checks that on a known page before first use. */
#ifndef SCRUBKIT_DOM_H
#define SCRUBKIT_DOM_H
#include "dom_blocks.h"

enum { SK_ELEMENT = 1, SK_TEXT_NODE = 3, SK_TEXT_AT = 96 };

struct sk_dom_api {
    void *(*child)(void *);
    void *(*next)(void *);
    void *(*parent)(void *);
    uintptr_t (*tag)(void *);
    int (*type)(void *);
    const uint8_t *(*name)(void *, size_t *);
    void *(*first_attribute)(void *);
    void *(*next_attribute)(void *);
    const uint8_t *(*attribute_name)(void *, size_t *);
    const uint8_t *(*attribute_value)(void *, size_t *);
};

/* Mark what the attributes of an inline element or a script say for the metadata. */
static void sk_notice(sk_dom_walk *w, void *node, int script) {
    for (void *a = w->api->first_attribute(node); a; a = w->api->next_attribute(a)) {
        size_t n = 0;
        sk_string value = {0, 0};
        const uint8_t *name = w->api->attribute_name(a, &n);
        if (!name || n < 3 || n > 8 || (name[0] != 'r' && name[0] != 'i' && name[0] != 'd' && name[0] != 't')) continue;
        int property = sk_is(name, n, "itemprop"), relation = sk_is(name, n, "rel"), kind = script && sk_is(name, n, "type");
        if (!script && sk_is(name, n, "datetime")) w->marks |= SK_MOMENT;
        if (!property && !relation && !kind) continue;
        value.data = w->api->attribute_value(a, &value.length);
        if (!value.data) continue;
        if (property) sk_notice_property(w, &value);
        if (relation && sk_has(value.data, value.length, "author")) w->marks |= SK_AUTHOR;
        if (kind && sk_has(value.data, value.length, "ld+json")) w->marks |= SK_LINKED;
    }
}

static void sk_attributes(sk_dom_walk *w, void *node, sk_dom_element *e) {
    static const char *const wanted[] = {"class", "id", "role", "itemprop"};
    sk_string value[4] = {{0, 0}, {0, 0}, {0, 0}, {0, 0}};
    for (void *a = w->api->first_attribute(node); a; a = w->api->next_attribute(a)) {
        size_t n = 0, m = 0;
        const uint8_t *name = w->api->attribute_name(a, &n);
        if (!name || n < 2 || n > 11) continue;
        switch (name[0]) {
        case 'c': case 'i': case 'r':
            for (int k = 0; k < 4; k++)
                if (sk_is(name, n, wanted[k])) {
                    value[k].data = w->api->attribute_value(a, &m);
                    value[k].length = value[k].data ? m : 0;
                }
            break;
        case 'h': if (sk_is(name, n, "hidden")) e->hidden = 1; break;
        case 'a':
            if (sk_is(name, n, "aria-hidden")) {
                const uint8_t *s = w->api->attribute_value(a, &m);
                if (sk_is(s, m, "true")) e->hidden = 1;
            }
            break;
        case 's':
            if (sk_is(name, n, "style")) {
                const uint8_t *s = w->api->attribute_value(a, &m);
                if (s && sk_has(s, m, "none") && sk_has(s, m, "display")) e->hidden = 1;
            }
            break;
        default: break;
        }
    }
    sk_store(w, e, value);
}

static void sk_open(sk_dom_walk *w, void *node, uintptr_t tag) {
    size_t n = 0;
    int known = sk_known(w, tag);
    const uint8_t *name = known ? NULL : w->api->name(node, &n);
    sk_dom_element *e = sk_begin(w, tag, known, name, n);
    if (!e) return;
    sk_attributes(w, node, e);
    sk_settle(w, e);
}

static int sk_role(const sk_dom_walk *w, void *node, uintptr_t tag) {
    if (sk_known(w, tag)) return w->tags->role[tag];
    size_t n = 0;
    const uint8_t *name = w->api->name(node, &n);
    return sk_named(w->tags, name, n);
}

/* Whether the element's content is to be walked. */
static int sk_enter(sk_dom_walk *w, void *node, uintptr_t tag, int role) {
    if ((role & 7) == SK_INLINE) {
        sk_notice(w, node, 0);
        sk_inline(w, role);
        return 1;
    }
    if ((role & 7) == SK_BLOCK) {
        sk_open(w, node, tag);
        return 1;
    }
    if ((role & 7) == SK_FRAME) {
        void *inside = w->api->child(node);
        if (inside && w->api->type(inside) == SK_TEXT_NODE) {
            const sk_string *s = (const sk_string *)((const uint8_t *)inside + SK_TEXT_AT);
            sk_frame(w, s->data, s->length);
        }
    }
    sk_mark(w, role);
    return 0;
}

static void sk_dom_run(sk_dom_walk *w, void *body) {
    const sk_dom_api *api = w->api;
    w->element = -1;
    sk_open(w, body, api->tag(body));
    void *node = api->child(body);
    while (node && !w->failed) {
        int type = api->type(node);
        if (type == SK_TEXT_NODE) {
            const sk_string *s = (const sk_string *)((const uint8_t *)node + SK_TEXT_AT);
            if (s->data) sk_text(w, s->data, s->length);
        } else if (type == SK_ELEMENT) {
            uintptr_t tag = api->tag(node);
            int role = sk_role(w, node, tag);
            if (role == SK_SKIP && tag == w->tags->script) sk_notice(w, node, 1);
            if (role != SK_SKIP && sk_enter(w, node, tag, role)) {
                void *child = api->child(node);
                if (child) { node = child; continue; }
                sk_leave(w, role);
            }
        }
        void *next = api->next(node);
        while (!next) {
            node = api->parent(node);
            if (!node || node == body) break;
            sk_leave(w, sk_role(w, node, api->tag(node)));
            next = api->next(node);
        }
        node = next;
    }
    if (!w->failed) sk_flush(w);
}

/* Say whether a library's nodes are as the walk reads them; `element` is <p class='c d' hidden> holding `word`. */
static int sk_dom_selftest(const sk_dom_api *api, void *element, const char *word) {
    size_t n = 0, m = 0;
    void *node = api->child(element);
    if (!node || api->type(element) != SK_ELEMENT || api->type(node) != SK_TEXT_NODE || api->parent(node) != element) return 0;
    const sk_string *s = (const sk_string *)((const uint8_t *)node + SK_TEXT_AT);
    if (s->length != strlen(word) || !s->data || memcmp(s->data, word, s->length)) return 0;
    const uint8_t *seen = api->name(element, &n);
    if (!sk_is(seen, n, "p")) return 0;
    void *a = api->first_attribute(element);
    if (!a) return 0;
    seen = api->attribute_name(a, &m);
    if (!sk_is(seen, m, "class")) return 0;
    seen = api->attribute_value(a, &m);
    if (!sk_is(seen, m, "c d")) return 0;
    a = api->next_attribute(a);
    if (!a) return 0;
    seen = api->attribute_name(a, &m);
    return sk_is(seen, m, "hidden") && !api->next_attribute(a) && !api->next(node);
}
#endif
