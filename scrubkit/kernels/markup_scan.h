/* Characters of markup, comments and texts that are no markup, as the standard's tokeniser reads them. */
#ifndef SCRUBKIT_MARKUP_SCAN_H
#define SCRUBKIT_MARKUP_SCAN_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline int sk_space(uint8_t c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }
static inline int sk_letter(uint8_t c) { return (uint8_t)((c | 32) - 'a') < 26; }
static inline uint8_t sk_small(uint8_t c) { return (uint8_t)(c - 'A') < 26 ? c + 32 : c; }

static size_t sk_after(const uint8_t *s, size_t n, size_t at, const char *what, size_t size) {
    while (at + size <= n) {
        const uint8_t *found = (const uint8_t *)memchr(s + at, what[0], n - at - size + 1);
        if (!found) break;
        at = (size_t)(found - s);
        if (!memcmp(found, what, size)) return at + size;
        at++;
    }
    return n;
}

/* Behind a comment whose "<!--" stands at `at`. */
static size_t sk_comment(const uint8_t *s, size_t n, size_t at) {
    size_t from = at + 4;
    if (from < n && s[from] == '>') return from + 1;
    if (from + 1 < n && s[from] == '-' && s[from + 1] == '>') return from + 2;
    while (from < n) {
        const uint8_t *found = (const uint8_t *)memchr(s + from, '-', n - from);
        if (!found) return n;
        from = (size_t)(found - s);
        if (from + 2 < n && s[from + 1] == '-') {
            if (s[from + 2] == '>') return from + 3;
            if (from + 3 < n && s[from + 2] == '!' && s[from + 3] == '>') return from + 4;
        }
        from++;
    }
    return n;
}

static int sk_names(const uint8_t *s, size_t n, size_t at, const uint8_t *name, size_t size) {
    if (at + size >= n) return 0;
    for (size_t i = 0; i < size; i++) if (sk_small(s[at + i]) != sk_small(name[i])) return 0;
    return sk_space(s[at + size]) || s[at + size] == '/' || s[at + size] == '>';
}

/* Where the end tag of an element stands whose text is no markup; n where there is none. */
static size_t sk_raw_end(const uint8_t *s, size_t n, size_t at, const uint8_t *name, size_t size, int script) {
    int state = 0; /* of a script: 1 within "<!--", 2 within a script in it */
    while (at < n) {
        const uint8_t *found = (const uint8_t *)memchr(s + at, '<', n - at);
        size_t next = found ? (size_t)(found - s) : n;
        if (state) {
            size_t out = sk_after(s, next, at >= 2 ? at - 2 : 0, "-->", 3);
            if (out < next || (next >= 3 && !memcmp(s + next - 3, "-->", 3) && next - 3 + 2 >= at)) state = 0;
        }
        if (!found) return n;
        at = next + 1;
        if (script && state == 0 && at + 3 <= n && !memcmp(s + at, "!--", 3)) { state = 1; at += 3; }
        else if (state == 1 && sk_names(s, n, at, name, size)) state = 2;
        else if (at < n && s[at] == '/' && sk_names(s, n, at + 1, name, size)) {
            if (state != 2) return at - 1;
            state = 1;
        }
    }
    return n;
}
#endif
