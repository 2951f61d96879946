/* The loops of textscan.h for one width of code points; included once for each, after textscan_units.h. */

/* The next character from `at` on that has one of the flags; n where there is none. Only for flags of no ASCII character. */
SK_CLONES static size_t SK_NAME(sk_seek)(const SK_UNIT *s, size_t n, size_t at, const sk_table *t, uint32_t wanted) {
    while (at < n) {
        if (n - at >= SK_RUN && !(SK_NAME(sk_run)(s + at) & SK_HAS_ODD)) { at += SK_RUN; continue; }
        size_t stop = n - at >= SK_RUN ? at + SK_RUN : n;
        for (; at < stop; at++) {
            uint32_t ch = s[at];
            uint32_t what = ch < 0xFFFF ? t->flags[t->classes[ch]] : ch < 0x1F000 || ch >= 0x1FC00 ? t->astral : 0;
            if (what & wanted) return at;
        }
    }
    return n;
}

/* Where from `at` on the next character stands that has one of the flags or is improbable after the one before; n where
   there is none. As in the scan, two characters of ASCII are never improbable. */
SK_CLONES static size_t SK_NAME(sk_doubt)(const SK_UNIT *s, size_t n, size_t at, const sk_table *t, uint32_t wanted) {
    uint32_t last = at ? t->classes[s[at - 1] < 0xFFFF ? s[at - 1] : 0xFFFF] : 0;
    for (size_t stop; at < n;) {
        stop = n - at >= SK_RUN ? at + SK_RUN : n;
        if (stop - at == SK_RUN && !(SK_NAME(sk_run)(s + at) & SK_HAS_ODD)) {
            if (t->pairs[last * t->width + t->classes[s[at]]]) return at;
            at = stop;
            last = t->classes[s[at - 1]];
            continue;
        }
        for (; at < stop; at++) {
            uint32_t c = t->classes[s[at] < 0xFFFF ? s[at] : 0xFFFF];
            if (t->pairs[last * t->width + c] || t->flags[c] & wanted) return at;
            last = c;
        }
    }
    return n;
}

/* Write the text as UTF-8, at most 3 bytes a code unit of the narrow widths and 4 of the wide; return its length, or
   SIZE_MAX where a lone surrogate has no UTF-8. */
SK_CLONES static size_t SK_NAME(sk_utf8)(const SK_UNIT *s, size_t n, uint8_t *out) {
    uint8_t *o = out;
    for (size_t i = 0; i < n;) {
        if (n - i >= SK_RUN) {
            SK_UNIT high = 0;
            for (int k = 0; k < SK_RUN; k++) high |= s[i + k];
            if (high < 0x80) {
                for (int k = 0; k < SK_RUN; k++) o[k] = (uint8_t)s[i + k];
                o += SK_RUN;
                i += SK_RUN;
                continue;
            }
        }
        size_t stop = n - i >= SK_RUN ? i + SK_RUN : n;
        for (; i < stop; i++) {
            uint32_t c = s[i];
            if (c < 0x80) *o++ = (uint8_t)c;
            else if (c < 0x800) { *o++ = (uint8_t)(0xC0 | c >> 6); *o++ = (uint8_t)(0x80 | (c & 63)); }
            else if (c < 0x10000) {
                if (c >= 0xD800 && c < 0xE000) return SIZE_MAX;
                *o++ = (uint8_t)(0xE0 | c >> 12); *o++ = (uint8_t)(0x80 | (c >> 6 & 63)); *o++ = (uint8_t)(0x80 | (c & 63));
            } else {
                *o++ = (uint8_t)(0xF0 | c >> 18); *o++ = (uint8_t)(0x80 | (c >> 12 & 63));
                *o++ = (uint8_t)(0x80 | (c >> 6 & 63)); *o++ = (uint8_t)(0x80 | (c & 63));
            }
        }
    }
    return (size_t)(o - out);
}

/* Where from `at` on the next character beyond ASCII stands; n where there is none. */
SK_CLONES static size_t SK_NAME(sk_high)(const SK_UNIT *s, size_t n, size_t at) {
    while (n - at >= SK_RUN) {
        SK_UNIT high = 0;
        for (int k = 0; k < SK_RUN; k++) high |= s[at + k];
        if (high >= 0x80) break;
        at += SK_RUN;
    }
    while (at < n && s[at] < 0x80) at++;
    return at;
}
