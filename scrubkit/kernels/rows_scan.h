/* Included by rows.h once for each width of characters: SK_UNIT is a character, SK_NAME(x) the name of a function. */

#define SK_B(i) sk_bits(t, s[i])

/* Return where a text begins behind the bullet marks and spaces at its start. */
static int64_t SK_NAME(marks)(const sk_chars *t, const SK_UNIT *s, int64_t a, int64_t b) {
    for (;;) {
        while (a < b && (SK_B(a) & SK_SPACE)) a++;
        if (a == b) return b;
        int64_t q = a;
        if (SK_B(a) & SK_MARK) {
            while (q < b && (SK_B(q) & SK_MARK)) q++;
            if (q < b && !(SK_B(q) & SK_SPACE)) return a;
        } else if (s[a] == '[') {
            for (q++; q < b && q < a + 4 && (SK_B(q) & SK_DECIMAL); q++) {}
            if (q == a + 1 || q + 1 >= b || s[q] != ']' || !(SK_B(q + 1) & SK_SPACE)) return a;
            q++;
        } else if (s[a] == 'o' && a + 2 < b && (SK_B(a + 1) & SK_SPACE) && (SK_B(a + 2) & SK_SPACE)) {
            q++;
        } else {
            return a;
        }
        a = q;
    }
}

/* Append the comparison form of a stretch, open at its end, to the page's buffer; return where it starts there. */
static int64_t SK_NAME(fold_open)(sk_page *g, const SK_UNIT *s, int64_t a, int64_t b, uint32_t *any) {
    const sk_chars *t = g->chars;
    int64_t from = g->used, barred = -1;
    a = SK_NAME(marks)(t, s, a, b);
    while (b > a && (SK_B(b - 1) & SK_SPACE)) b--;
    if (!sk_reserve(g, 3 * (b - a) + 1)) return from;
    const uint32_t *known = t->bits, *folds = t->fold;
    uint32_t *out = g->buffer + g->used, seen = 0, space = SK_SPACE; /* spaces at the start are stripped anyway */
    for (; a < b; a++) {
        uint32_t c = s[a], bits = known[c], code = folds[c];
        if (!bits) {
            bits = t->learn(c);
            code = folds[c];
        }
        seen |= bits;
        if (!(code & SK_MANY)) {
            *out = code; /* a space behind a space is written over */
            out += !(bits & space);
            space = bits & SK_SPACE;
            continue;
        }
        const uint32_t *many = t->many[code & ~SK_MANY];
        g->used = out - g->buffer;
        for (uint32_t k = 1; k <= many[0]; k++) {
            sk_put(g, from, &barred, many[k]);
            seen |= sk_bits(t, many[k]);
        }
        out = g->buffer + g->used;
        space = 0;
    }
    g->used = out - g->buffer;
    *any |= seen;
    return sk_strip_spaces(g, from);
}

/* Append the comparison form of a row: of a long one its two ends and its length. */
static void SK_NAME(fold)(sk_page *g, const SK_UNIT *s, sk_row *r, uint32_t *any) {
    int64_t n = r->end - r->start;
    if (n <= SK_LONG) {
        r->fold = SK_NAME(fold_open)(g, s, r->start, r->end, any);
        if (!g->failed) r->fold = sk_strip_fold(g, r->fold);
    } else {
        char digits[24];
        int k = 0;
        r->fold = SK_NAME(fold_open)(g, s, r->start, r->start + SK_LONG / 2, any);
        if (!sk_reserve(g, 32)) return;
        g->buffer[g->used++] = ' ';
        g->buffer[g->used++] = 0;
        for (int64_t m = n; m; m /= 10) digits[k++] = (char)('0' + m % 10);
        while (k) g->buffer[g->used++] = (uint32_t)digits[--k];
        g->buffer[g->used++] = 0;
        g->buffer[g->used++] = ' ';
        int64_t joint = g->used, tail = SK_NAME(fold_open)(g, s, r->end - SK_LONG / 4, r->end, any);
        if (g->failed) return;
        tail = sk_strip_fold(g, tail);
        memmove(g->buffer + joint, g->buffer + tail, (size_t)(g->used - tail) * sizeof(uint32_t));
        g->used -= tail - joint;
    }
    if (g->failed) return;
    r->fold_length = (int32_t)(g->used - r->fold);
    r->hash = sk_hash(g->buffer + r->fold, r->fold_length);
}

/* Whether the last characters end a sentence, closing quotes, brackets and notes after the mark allowed. */
static int SK_NAME(terminal)(const sk_chars *t, const SK_UNIT *s, int64_t a, int64_t b) {
    if (a == b || !(SK_B(b - 1) & (SK_TERM | SK_CLOSER))) return 0;
    if (b - a > SK_TAIL) a = b - SK_TAIL;
    for (int64_t p = b - 1; p >= a; p--) {
        if (!(SK_B(p) & SK_TERM)) continue;
        int64_t q = p + 1;
        while (q < b) {
            if (SK_B(q) & SK_CLOSER) {
                q++;
            } else if (s[q] == '[') {
                int64_t w = q + 1;
                while (w < b && (SK_B(w) & SK_WORD)) w++;
                if (w == q + 1 || w == b || s[w] != ']') break;
                q = w + 1;
            } else {
                break;
            }
        }
        if (q == b) return 1;
    }
    return 0;
}

static void SK_NAME(special)(sk_sum *m, const sk_chars *t, const SK_UNIT *s, int64_t i, const sk_row *r, int64_t low) {
    uint32_t c = s[i], bits = SK_B(i);
    if (bits & SK_WIDE) m->wide++;
    if ((bits & SK_TERM) && i < r->start + SK_COUNTED) m->sentences++;
    if (bits & SK_DECIMAL) {
        m->numbers += i == low || !(SK_B(i - 1) & SK_DECIMAL);
        m->nonzero |= c != '0';
        if (c > 127) m->dated = 1;
        else if (i + 3 < r->end && ((c == '1' && s[i + 1] == '9') || (c == '2' && s[i + 1] == '0')))
            m->dated |= s[i + 2] >= '0' && s[i + 2] <= '9' && s[i + 3] >= '0' && s[i + 3] <= '9';
    }
    switch (c) {
    case '"': case '\'': m->straight += i == r->start || !(SK_B(i - 1) & SK_DECIMAL); break;
    case 0x201c: case 0x201d: case 0x2018: case 0x2019: m->curly++; break;
    case '>': case '/': case '|':
        m->crumbs |= i > low && i + 1 < r->end && (SK_B(i - 1) & SK_SPACE) && (SK_B(i + 1) & SK_SPACE);
        break;
    case ':':
        m->crumbs |= i > low + 1 && i + 1 < r->end && s[i - 1] == ':' && (SK_B(i - 2) & SK_SPACE) &&
                     (SK_B(i + 1) & SK_SPACE);
        break;
    case '(': m->copyright |= i + 2 < r->end && (s[i + 1] | 32) == 'c' && s[i + 2] == ')'; break;
    case 0xa9: m->copyright = 1; break;
    case 'y':
        m->copyright |= i >= low + 2 && i + 5 < r->end && s[i - 1] == 'p' && s[i - 2] == 'o' && s[i + 1] == 'r' &&
                        s[i + 2] == 'i' && s[i + 3] == 'g' && s[i + 4] == 'h' && s[i + 5] == 't';
        break;
    default: break;
    }
}

static void SK_NAME(sum)(sk_sum *m, const sk_chars *t, const SK_UNIT *s, int64_t a, int64_t b, const sk_row *r,
                         int64_t low) {
    uint32_t any = m->any, last = m->last, words = 0;
    const uint32_t *known = t->bits;
    for (int64_t i = a; i < b; i++) {
        uint32_t bits = known[s[i]];
        if (!bits) bits = t->learn(s[i]);
        any |= bits;
        words += (bits & ~last & SK_RUN) != 0;
        last = bits;
        if (bits & SK_SPECIAL) SK_NAME(special)(m, t, s, i, r, low);
        /* The character behind the last of a string is NUL. */
        if ((s[i] == ' ') & (s[i + 1] == ' ') && i > r->start && !(SK_B(i - 1) & SK_SPACE)) {
            int64_t j = i + 2; /* the last character of a row is no space */
            while (s[j] == ' ') j++;
            m->twice |= !(SK_B(j) & SK_SPACE);
        }
    }
    m->any = any;
    m->last = last;
    m->words += words;
}

/* Whether a line begins like "12 comments", "(3) replies", "4 thoughts on" or "comments". */
static int SK_NAME(counts)(const sk_chars *t, const SK_UNIT *s, int64_t a, int64_t b) {
    static const char word[] = "comment";
    if ((s[a] | 32) == 'c') {
        for (int k = 0; k < 7; k++)
            if (a + k >= b || (s[a + k] | 32) != (uint32_t)word[k]) return 0;
        return 1;
    }
    a += s[a] == '(';
    int64_t from = a;
    while (a < b && (SK_B(a) & SK_DECIMAL)) a++;
    if (a == from || a > from + 5) return 0;
    a += a < b && s[a] == ')';
    from = a;
    while (a < b && (SK_B(a) & SK_SPACE)) a++;
    return a > from && a < b && ((s[a] | 32) == 'c' || (s[a] | 32) == 'r' || (s[a] | 32) == 't');
}

static inline int SK_NAME(among)(uint32_t c, const char *letters) {
    if (c > 127) return 1;
    for (; *letters; letters++)
        if ((c | 32) == (uint32_t)*letters) return 1;
    return 0;
}

/* Whether what follows a number begins and ends like "shares", "k likes", "followers", "pin". */
static int SK_NAME(shares)(const sk_chars *t, const SK_UNIT *s, int64_t a, int64_t b) {
    while (a < b && ((SK_B(a) & SK_DECIMAL) || s[a] == '.' || s[a] == ',')) a++;
    while (a < b && (SK_B(a) & SK_SPACE)) a++;
    while (b > a && !(SK_B(b - 1) & SK_WORD)) b--;
    return b > a + 1 && SK_NAME(among)(s[a], "cfklmprst") && SK_NAME(among)(s[b - 1], "enpst");
}

/* Whether a line has nothing but what lists of page numbers have. */
static int SK_NAME(paging)(const sk_chars *t, const SK_UNIT *s, int64_t a, int64_t b) {
    for (; a < b; a++) {
        uint32_t c = s[a];
        if ((SK_B(a) & (SK_WORD | SK_SPACE)) || c == '<' || c == '>' || c == '|' || c == '.') continue;
        if (c != 0xab && c != 0xb7 && c != 0xbb && c != 0x2026 && c != 0x2039 && c != 0x203a) return 0;
    }
    return 1;
}

/* Whether a line begins with a word that opens bylines or lines of sources. */
static int SK_NAME(opens)(const sk_chars *t, const SK_UNIT *s, int64_t a, int64_t b) {
    uint32_t word[SK_OPENER], n = 0;
    if (s[a] >= 0x600) return (SK_B(a) & SK_OPENING) != 0;
    for (; a < b && (SK_B(a) & SK_ALPHA); a++) {
        uint32_t code = t->fold[s[a]];
        if (n == SK_OPENER) return 0;
        if (code & SK_MANY) code = t->many[code & ~SK_MANY][0] ? t->many[code & ~SK_MANY][1] : s[a];
        word[n++] = code == 0x131 ? 'i' : code;
    }
    return n && sk_is_opener(t, word, n);
}

/* Flags that rest on how a row begins and ends. */
static uint32_t SK_NAME(shape)(const sk_chars *t, const SK_UNIT *s, const sk_row *r, uint32_t any) {
    uint32_t flags = SK_NAME(terminal)(t, s, r->start, r->end) ? SK_TERMINAL : 0;
    int64_t n = r->end - r->plain, p = r->start;
    while (p < r->end && (!(SK_B(p) & SK_WORD) || s[p] == '_')) p++;
    if (p < r->end && SK_NAME(opens)(t, s, p, r->end)) flags |= SK_OPENED;
    if (!n) return flags;
    uint32_t c = s[r->plain], bits = SK_B(r->plain), z = s[r->end - 1];
    int number = (bits & SK_DECIMAL) != 0;
    if (n == 1) flags |= SK_SINGLE;
    if (n <= 140 && (any & SK_DIGIT) && SK_NAME(counts)(t, s, r->plain, r->end)) flags |= SK_COUNT;
    if (n <= 24 && (number || c == '.' || c == ',') && SK_NAME(shares)(t, s, r->plain, r->end)) flags |= SK_SHARES;
    if (n <= 60) {
        uint32_t low = c | 32;
        if ((z == ',' || (SK_B(r->end - 1) & SK_DECIMAL)) &&
            (c == '#' || low == 'p' || low == 'j' || low == 'm' || low == 'r' || low == 't' || low == 'l'))
            flags |= SK_FORUM;
        if ((low == 'r' || low == 'o') && ((z | 32) == 'e' || (z | 32) == 'y')) flags |= SK_FORUM;
    }
    if (n <= 40 && (number || c == '-'))
        for (int64_t i = r->plain; i < r->end; i++)
            if (s[i] == ':') flags |= SK_TIMES;
    return flags;
}

static void SK_NAME(row)(sk_page *g, const SK_UNIT *s, sk_row *r, int32_t marked) {
    const sk_chars *t = g->chars;
    sk_sum m;
    uint32_t folded = 0, flags = r->flags;
    memset(&m, 0, sizeof m);
    while (r->start < r->end && (SK_B(r->start) & SK_SPACE)) r->start++;
    while (r->end > r->start && (SK_B(r->end - 1) & SK_SPACE)) r->end--;
    if (r->link >= 0) r->link = r->link / (double)(r->end > r->start ? r->end - r->start : 1);
    if (r->link > 1) r->link = 1;
    r->plain = SK_NAME(marks)(t, s, r->start, r->end);
    SK_NAME(sum)(&m, t, s, r->start, r->plain, r, r->start);
    uint32_t before = m.any;
    m.any = m.last = 0;
    m.words = m.wide = m.numbers = 0;
    m.crumbs = m.copyright = m.nonzero = 0;
    int64_t n = r->end - r->plain, cut = n > SK_COUNTED ? r->plain + SK_COUNTED : r->end;
    SK_NAME(sum)(&m, t, s, r->plain, cut, r, r->plain);
    int64_t words = m.words + m.wide / 2;
    if (n > SK_COUNTED) {
        words = words * n / SK_COUNTED;
        SK_NAME(sum)(&m, t, s, cut, r->end, r, r->plain);
    }
    r->words = (int32_t)words;
    r->sentences = (int32_t)m.sentences;
    uint32_t all = before | m.any;
    flags |= SK_NAME(shape)(t, s, r, m.any);
    if (marked < 0 ? r->plain != r->start : marked) flags |= SK_MARKED;
    if (m.any & SK_DIGIT) flags |= SK_DIGITS;
    if (all & SK_DIGIT) flags |= SK_TEXT_DIGITS;
    if (m.crumbs || (m.any & SK_CRUMBED)) flags |= SK_CRUMBS;
    if (all & SK_ARROWED) flags |= SK_ARROWS;
    if ((all & SK_BEHIND) && r->end - r->start <= 140) flags |= SK_OPENED;
    if (m.dated) flags |= SK_DATED;
    if (all & SK_FRAME) flags |= SK_BRACKET;
    if (n <= 60 && m.numbers >= 3 && SK_NAME(paging)(t, s, r->plain, r->end)) flags |= SK_NUMBERS;
    if (n <= 16 && m.numbers && !m.nonzero) flags |= SK_ZERO;
    if (m.copyright) flags |= SK_COPYRIGHT;
    if (m.twice) flags |= SK_DOUBLE_SPACE;
    if (m.straight) flags |= SK_STRAIGHT;
    if (m.curly) flags |= SK_CURLY;
    g->straight += m.straight;
    g->curly += m.curly;
    int few = !(r->link >= 0.5); /* not known, or fewer than half of the characters */
    if (words >= 12 && ((flags & SK_TERMINAL) || words >= 30) && few) flags |= SK_PROSE;
    if (words > 0 && words <= 4 && n <= 40 && !(flags & SK_TERMINAL) && !(r->link >= 0 && r->link < 0.5)) flags |= SK_LABEL;
    SK_NAME(fold)(g, s, r, &folded);
    if (folded & SK_ALPHA) flags |= SK_LETTERS;
    if (g->failed) return;
    if ((flags & SK_TEXT_DIGITS) && r->end - r->start <= 60 && sk_minutes(g->buffer + r->fold, r->fold_length))
        flags |= SK_MINUTES;
    r->flags = flags;
}
#undef SK_B
