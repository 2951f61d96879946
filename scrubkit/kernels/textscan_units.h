/* The loops of textscan.h for one form of text, included once for each: SK_UNIT is what its characters are made of, SK_NAME(x)
   the name of a function of this form, SK_READ(s, n, i, size) the character at s[i] and the number of its units, SK_CHECK the
   same with 0 units for what is none. */

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

/* Return whether it is text at all: bytes may be none. */
SK_CLONES static int SK_NAME(sk_scan)(const SK_UNIT *s, size_t n, const sk_table *t, sk_found *out) {
    uint32_t last = 0, seen = 0;
    size_t more = 0; /* units of characters beyond their first */
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
        for (size_t size; i < stop; i += size) {
            uint32_t ch = SK_CHECK(s, n, i, &size), c;
            if (!size) return 0;
            more += size - 1;
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
    out->length = n - more;
    return 1;
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
                else if (end < n && s[end] == '\n') { count->shorter += end - i; i = end; } /* the line feed follows */
                else for (; i < end; i++) *o++ = ' ';
                continue;
            }
            size_t size;
            ch = SK_READ(s, n, i, &size);
            uint32_t what = ch >= 0xFFFF ? ((ch & 0xFFFE) == 0xFFFE ? t->gone : 0) : t->flags[t->classes[ch]];
            if (what & t->gone) { count->gone++; count->shorter++; }
            else if (what & t->space) { *o++ = ' '; count->spaces++; }
            else for (size_t k = 0; k < size; k++) *o++ = s[i + k];
            i += size;
        }
    }
    return (size_t)(o - out);
}

/* Whether a right-to-left letter stands in the line around `at`. */
static int SK_NAME(sk_line_turns)(const SK_UNIT *s, size_t n, size_t at) {
    size_t i = at, size;
    while (i && s[i - 1] != '\n') i--;
    for (; i < n && s[i] != '\n'; i += size)
        if (SK_IN(sk_right_to_left, SK_READ(s, n, i, &size))) return 1;
    return 0;
}

/* Write the text without the invisible characters that mean nothing where they stand; return its length. */
SK_CLONES static size_t SK_NAME(sk_visible)(const SK_UNIT *s, size_t n, SK_UNIT *out, size_t *gone) {
    SK_UNIT *o = out;
    uint32_t before = 0; /* the last character written, 0 where a line begins */
    int turns = -1;      /* of the line: not looked at yet */
    for (size_t i = 0, size; i < n;) {
        if (n - i >= SK_RUN && !(SK_NAME(sk_run)(s + i) & SK_HAS_ODD)) {
            memcpy(o, s + i, SK_RUN * sizeof(SK_UNIT));
            o += SK_RUN;
            i += SK_RUN;
            if (turns >= 0 && memchr(s + i - SK_RUN, '\n', SK_RUN * sizeof(SK_UNIT))) turns = -1;
            before = s[i - 1] == '\n' ? 0 : s[i - 1];
            continue;
        }
        for (size_t stop = n - i >= SK_RUN ? i + SK_RUN : n; i < stop; i += size) {
            uint32_t ch = SK_READ(s, n, i, &size), next = 0;
            if (sk_invisible(ch)) {
                int stays;
                if (sk_turns(ch)) stays = turns >= 0 ? turns : (turns = SK_NAME(sk_line_turns)(s, n, i));
                else {
                    size_t wide;
                    if (i + size < n) next = SK_READ(s, n, i + size, &wide);
                    stays = sk_means(ch, before, next == '\n' ? 0 : next);
                }
                if (!stays) { (*gone)++; continue; }
            }
            if (ch == '\n') turns = -1;
            before = ch == '\n' ? 0 : ch;
            for (size_t k = 0; k < size; k++) *o++ = s[i + k];
        }
    }
    return (size_t)(o - out);
}
