/* The loops of textscan.h for one width of character; included once for each, with SK_UNIT and SK_NAME(x) defined. */

/* What a run of SK_RUN characters holds that is not printable ASCII, tab or line feed, in a form compilers vectorise. */
static inline unsigned SK_NAME(sk_run)(const SK_UNIT *s) {
    SK_UNIT amp = 0, ret = 0, odd = 0;
    for (int i = 0; i < SK_RUN; i++) {
        SK_UNIT u = s[i];
        amp |= (SK_UNIT)(u == '&');
        ret |= (SK_UNIT)(u == '\r');
        odd |= (SK_UNIT)((SK_UNIT)(u - 0x20) > 0x5E) & (SK_UNIT)(u != '\n') & (SK_UNIT)(u != '\t') & (SK_UNIT)(u != '\r');
    }
    return (amp ? SK_HAS_AMPERSAND : 0) | (ret ? SK_HAS_RETURN : 0) | (odd ? SK_HAS_ODD : 0);
}

SK_CLONES static void SK_NAME(sk_scan)(const SK_UNIT *s, size_t n, const sk_table *t, sk_found *out) {
    uint32_t last = 0, seen = 0;
    for (size_t i = 0; i < n;) {
        size_t stop = n;
        if (n - i >= SK_RUN) {
            unsigned has = SK_NAME(sk_run)(s + i);
            if (!(has & SK_HAS_ODD)) {
                if (has & SK_HAS_AMPERSAND) seen |= t->flags[t->classes['&']];
                if (has & SK_HAS_RETURN) seen |= t->flags[t->classes['\r']];
                out->pairs += t->pairs[last * t->width + t->classes[s[i]]];
                i += SK_RUN;
                last = t->classes[s[i - 1]];
                continue;
            }
            stop = i + SK_RUN;
        }
        for (; i < stop; i++) {
            uint32_t ch = s[i], c;
            if (ch >= 0xFFFF) {
                c = t->classes[0xFFFF];
                if (ch < 0x1F000 || ch >= 0x1FC00) seen |= t->astral;
                out->foreign++;
            } else {
                c = t->classes[ch];
                if (ch >= 0x80) {
                    if (t->flags[c] & t->western) out->western++;
                    else out->foreign++;
                }
            }
            if (c | last) {
                seen |= t->flags[c];
                out->pairs += t->pairs[last * t->width + c];
                last = c;
            }
        }
    }
    out->flags = seen;
}

/* Write the text with line ends in one form, without the characters that go, with a space for those that become one;
   return its length. `breaks`: the text has line feeds, so a lone return is a space. */
SK_CLONES static size_t SK_NAME(sk_tidy)(const SK_UNIT *s, size_t n, SK_UNIT *out, const sk_table *t, int breaks, sk_counts *count) {
    SK_UNIT *o = out;
    for (size_t i = 0; i < n;) {
        size_t stop = n;
        if (n - i >= SK_RUN) {
            if (!(SK_NAME(sk_run)(s + i) & (SK_HAS_ODD | SK_HAS_RETURN))) {
                memcpy(o, s + i, SK_RUN * sizeof(SK_UNIT));
                o += SK_RUN;
                i += SK_RUN;
                continue;
            }
            stop = i + SK_RUN;
        }
        while (i < stop) {
            uint32_t ch = s[i];
            if (ch - 0x20 <= 0x5E || ch == '\n') {
                *o++ = s[i++];
                continue;
            }
            if (ch == '\r') {
                size_t end = i;
                while (end < n && s[end] == '\r') end++;
                count->returns += end - i;
                if (!breaks) for (; i < end; i++) *o++ = '\n';
                else if (end < n && s[end] == '\n') i = end; /* the line feed follows */
                else for (; i < end; i++) *o++ = ' ';
                continue;
            }
            uint32_t what = ch >= 0xFFFF ? ((ch & 0xFFFE) == 0xFFFE ? t->gone : 0) : t->flags[t->classes[ch]];
            if (what & t->gone) count->gone++;
            else if (what & t->space) { *o++ = ' '; count->spaces++; }
            else *o++ = s[i];
            i++;
        }
    }
    return (size_t)(o - out);
}

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
