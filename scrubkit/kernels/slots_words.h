/* The words of a text with what they look like. slots_reference.py states the same in plain Python. */
#ifndef SCRUBKIT_SLOTS_WORDS_H
#define SCRUBKIT_SLOTS_WORDS_H
#include "sketch.h"

#define SL_NUMBER 1  /* has a digit */
#define SL_NAME 2    /* begins with a capital, inside a sentence */
#define SL_OPENS 4   /* begins with a capital, after the end of a sentence, a colon or a quotation mark */
#define SL_CASELESS 8 /* of a script that has no capitals */
#define SL_CHARACTER 16 /* a character of a script without spaces */
#define SL_SHORT 32  /* at most three letters */

typedef struct {
    uint64_t *word, *letters; /* letters: which of 64 classes of letters the word has */
    uint8_t *flag;
    uint8_t *scratch;
    size_t words;
} sl_tokens;

/* Capitals of the scripts that have them, among what text is written in today. */
static int sl_upper(uint32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z';
    if (c < 0x100) return c >= 0xC0 && c <= 0xDE && c != 0xD7;
    if (c < 0x180) {
        if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c & 1;
        return c == 0x178 || (c != 0x138 && c != 0x149 && !(c & 1));
    }
    if (c >= 0x386 && c <= 0x3AB) return c != 0x387 && c != 0x390;
    if (c >= 0x400 && c <= 0x42F) return 1;
    if (c >= 0x4C1 && c <= 0x4CE) return c & 1;
    if (c >= 0x460 && c <= 0x52F) return c == 0x4C0 || (c > 0x481 && c < 0x48A ? 0 : !(c & 1));
    if (c >= 0x531 && c <= 0x556) return 1;
    return c >= 0x1E00 && c <= 0x1EFF && !(c >= 0x1E96 && c <= 0x1E9D) && !(c & 1);
}

static inline int sl_cased(uint32_t c) { return c < 0x590 || (c >= 0x1E00 && c < 0x2000) || (c >= 0xFF21 && c <= 0xFF5A); }

typedef struct {
    uint64_t letters;
    size_t bytes, count;
    uint8_t flag;
    int number; /* begins with a digit */
} sl_word;

static void sl_close(sl_tokens *t, sl_word *w) {
    if (!w->bytes) return;
    memset(t->scratch + w->bytes, 0, 8);
    t->word[t->words] = sk_bytes(t->scratch, w->bytes);
    t->letters[t->words] = w->letters;
    t->flag[t->words++] = (uint8_t)(w->flag | (w->count <= 3 ? SL_SHORT : 0));
    memset(w, 0, sizeof *w);
}

/* Append the words of s[i..end), a line. */
static void sl_line(const uint32_t *table, const uint8_t *ascii, const uint8_t *s, size_t i, size_t end, sl_tokens *t) {
    sl_word w;
    int opens = 1;
    memset(&w, 0, sizeof w);
    while (i < end) {
        size_t width;
        uint32_t point, e;
        uint8_t f = ascii[s[i]];
        if (f) { /* a run of ASCII letters and digits */
            if (!w.bytes) {
                w.number = f >= '0' && f <= '9';
                if (s[i] >= 'A' && s[i] <= 'Z') w.flag |= opens ? SL_OPENS : SL_NAME;
                opens = 0;
            }
            {
                uint8_t *to = t->scratch + w.bytes, seen = 0;
                uint64_t letters = 0;
                size_t from = i;
                do {
                    seen |= (uint8_t)(f - '0') < 10;
                    *to++ = f;
                    letters |= 1ull << (f & 63);
                } while (++i < end && (f = ascii[s[i]]));
                w.bytes += i - from;
                w.count += i - from;
                w.letters |= letters;
                w.flag |= seen ? SL_NUMBER : 0;
            }
            continue;
        }
        point = sk_point(s, i, end, &width);
        e = sk_entry(table, point);
        i += width;
        if (e == SK_SKIP) continue;
        if (e <= SK_TERMINAL) {
            int title;
            if (w.number && (point == ',' || point == '.') && i < end && s[i] >= '0' && s[i] <= '9') continue;
            /* a capital and one or two letters before a point: Mr. Dr. J. */
            title = point == '.' && w.bytes && w.count <= 3 && (w.flag & (SL_NAME | SL_OPENS));
            sl_close(t, &w);
            if ((e == SK_TERMINAL || point == ':' || point == '"' || (point >= 0x2018 && point <= 0x201F) || point == 0xAB) && !title)
                opens = 1;
            continue;
        }
        if (e & (SK_IDEOGRAM | SK_UNSPACED)) {
            sl_close(t, &w);
            w.bytes = sk_put(t->scratch, e & SK_POINT);
            w.count = 1;
            w.letters = 1ull << (e & 63);
            w.flag = SL_CASELESS | SL_CHARACTER;
            sl_close(t, &w);
            opens = 0;
            continue;
        }
        if (!w.bytes) {
            w.number = (e & SK_DIGIT) != 0;
            if (!w.number && !sl_cased(point)) w.flag |= SL_CASELESS;
            else if (sl_upper(point)) w.flag |= opens ? SL_OPENS : SL_NAME;
            opens = 0;
        }
        if (e & SK_DIGIT) w.flag |= SL_NUMBER;
        w.bytes += sk_put(t->scratch + w.bytes, e & SK_POINT);
        w.letters |= 1ull << (e & 63);
        w.count++;
    }
    sl_close(t, &w);
}

/* Fill t with the words of the lines of a document that take part, as sk_document chooses them. */
static void sl_document(const sk_rules *r, const uint8_t *s, size_t len, const uint8_t *drop, sl_tokens *t) {
    int filter = r->filter;
    for (;;) {
        size_t at = 0, line = 0;
        t->words = 0;
        while (at < len) {
            const uint8_t *newline = memchr(s + at, '\n', len - at);
            size_t end = newline ? (size_t)(newline - s) : len, words = t->words, k;
            sl_line(r->table, r->ascii, s, at, end, t);
            k = t->words - words;
            if ((drop && drop[line]) ||
                (filter && k <= r->long_line && (k <= r->short_line || !sk_ends_sentence(r->table, s, at, end))))
                t->words = words;
            at = end + 1;
            line++;
        }
        if ((!filter && !drop) || t->words >= r->least) return;
        if (filter) filter = 0;
        else drop = NULL;
    }
}
#endif
