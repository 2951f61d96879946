/* The rows of features of one page, from scanned blocks and the tree of elements. The order of the columns is that of
   html_features.NAMES. */
#ifndef SCRUBKIT_HTML_COLUMNS_H
#define SCRUBKIT_HTML_COLUMNS_H
#include "html_features.h"

enum { SK_COLUMNS = 76, SK_PAGE_COLUMNS = 17, SK_LEVELS = 6 };
/* Ordinals of the tags that features name, filled from Python. */
typedef struct { int h1, h6, p, li, article, main, form, nav, footer, cards[10]; } sk_tag_names;

typedef struct {
    size_t n, m;
    const long *starts, *ends, *links, *owner, *parent;
    const uint8_t *tag;
    const uint64_t *klass;
    const uint32_t *hints;
    sk_chars text;
    double html_chars, anchors;
    const sk_tag_names *names;
    int hint_bits[7];  /* cookie foot nav comment meta related hidden */
    int share_bits[4]; /* article list product review */
} sk_page;

typedef struct {
    sk_own *own;
    double *words, *link, *prose, *before, *before_good;
    double *sums; /* m x 4: words, linked words, prose words, words of ended sentences */
    int32_t *depth, *up, *at, *best, *card, *article, *section;
    double *most, *same;
    uint8_t *near; /* m x 10 */
    int32_t *sig_of, *first_of, *copies;
    double *sig; /* per signature: blocks, words, linked words */
    int32_t *same_of;
    double *sections; /* n + 1 x 4: words, linked words, good words, blocks */
    sk_map repeats, signatures, siblings;
} sk_work;

static double sk_max(double a, double b) { return a > b ? a : b; }

static void sk_sum_up(const sk_page *p, sk_work *w) {
    size_t n = p->n, m = p->m;
    for (size_t i = 0; i < n; i++) {
        double *s = w->sums + 4 * p->owner[i], words = w->words[i];
        s[0] += words;
        s[1] += w->link[i] * words;
        s[2] += w->prose[i];
        s[3] += w->own[i].terminal && words >= 5 ? words : 0.0;
    }
    for (size_t e = m - 1; e > 0; e--)
        for (int k = 0; k < 4; k++) w->sums[4 * p->parent[e] + k] += w->sums[4 * e + k];
    for (size_t e = 1; e < m; e++) w->depth[e] = w->depth[p->parent[e]] + 1;
}

/* The deepest element reached from the body by the child with most prose while it holds a share of the page's. */
static size_t sk_holder(const sk_page *p, const sk_work *w, double share) {
    double least = share * sk_max(1.0, w->sums[2]);
    size_t e = 0;
    while (w->best[e] >= 0 && w->sums[4 * w->best[e] + 2] >= least) e = (size_t)w->best[e];
    (void)p;
    return e;
}

/* Levels up to the common ancestor with a target (up) and that ancestor (at), for every element. */
static void sk_meet(const sk_page *p, sk_work *w, size_t target) {
    memset(w->up, 0xFF, p->m * sizeof(int32_t));
    for (long e = (long)target; e >= 0; e = p->parent[e]) { w->up[e] = 0; w->at[e] = (int32_t)e; }
    for (size_t e = 1; e < p->m; e++)
        if (w->up[e] < 0) { w->up[e] = w->up[p->parent[e]] + 1; w->at[e] = w->at[p->parent[e]]; }
}

static void sk_nearest(const sk_page *p, sk_work *w) {
    const int tags[3] = {p->names->footer, p->names->nav, p->names->main};
    for (size_t e = 0; e < p->m; e++) {
        uint8_t *near = w->near + SK_NEAREST * e;
        const uint8_t *above = e ? w->near + SK_NEAREST * p->parent[e] : NULL;
        for (int k = 0; k < SK_NEAREST; k++) {
            int cap = k < 7 ? SK_FAR : SK_FAR - 1;
            int here = k < 7 ? (int)(p->hints[e] >> p->hint_bits[k] & 1) : p->tag[e] == tags[k - 7];
            if (here) near[k] = 0;
            else if (above && above[k] < SK_FAR) near[k] = (uint8_t)(above[k] + 1 > cap ? cap : above[k] + 1);
            else near[k] = SK_FAR;
        }
    }
}

static void sk_repetition(const sk_page *p, sk_work *w, size_t *signatures) {
    size_t m = p->m, found = 0, groups = 0;
    uint64_t *chain = (uint64_t *)w->sections; /* borrowed: has room for m, sections come later */
    for (size_t e = 0; e < m; e++) {
        uint64_t self = sk_fold(sk_fold(SK_SEED, p->tag[e]), p->klass[e]);
        size_t above = e ? (size_t)p->parent[e] : 0;
        chain[e] = e ? sk_fold(chain[above], self) : 0;
        int32_t *place = sk_map_at(&w->signatures, chain[e], (int32_t)found);
        if (*place == (int32_t)found) found++;
        w->sig_of[e] = *place;
        place = sk_map_at(&w->siblings, sk_fold(sk_fold(SK_SEED, e ? above + 1 : 0), self), (int32_t)groups);
        if (*place == (int32_t)groups) groups++;
        w->same_of[e] = *place;
        w->same[*place] += 1.0;
    }
    for (size_t i = 0; i < p->n; i++) {
        double *s = w->sig + 3 * w->sig_of[p->owner[i]];
        s[0] += 1.0;
        s[1] += w->words[i];
        s[2] += w->words[i] * w->link[i];
    }
    *signatures = found;
    for (size_t e = 0; e < m; e++) {
        double same = w->same[w->same_of[e]];
        w->card[e] = e ? w->card[p->parent[e]] : -1;
        w->most[e] = e ? w->most[p->parent[e]] : 0.0;
        int excluded = same < 3;
        for (int k = 0; k < 10 && !excluded; k++) excluded = p->tag[e] == p->names->cards[k];
        if (!excluded) { w->card[e] = (int32_t)e; w->most[e] = sk_max(w->most[e], same); }
        w->article[e] = p->tag[e] == p->names->article ? (int32_t)e : e ? w->article[p->parent[e]] : -1;
    }
}

static int sk_heading(const sk_page *p, size_t block) {
    int tag = p->tag[p->owner[block]];
    return tag >= p->names->h1 && tag <= p->names->h6;
}

static void sk_sections(const sk_page *p, sk_work *w) {
    int32_t section = -1;
    memset(w->sections, 0, (p->n + 1) * 4 * sizeof(double));
    for (size_t i = 0; i < p->n; i++) {
        if (sk_heading(p, i)) section = (int32_t)i;
        w->section[i] = section;
        double *s = w->sections + 4 * (section + 1);
        s[0] += w->words[i];
        s[1] += w->link[i] * w->words[i];
        s[3] += 1.0;
    }
}

/* The main heading's block, -1 where none; *named: it, or the first block that repeats the title. */
static long sk_title_block(const sk_page *p, const sk_work *w, long *named) {
    long head = -1;
    *named = -1;
    for (size_t i = 0; i < p->n; i++) {
        long own = p->owner[i], above = own > 0 ? p->parent[own] : own;
        if ((p->tag[own] == p->names->h1 || p->tag[above] == p->names->h1) &&
            (head < 0 || w->own[i].in_title > w->own[head].in_title))
            head = (long)i;
        if (*named < 0 && w->own[i].in_title >= 0.8 && w->words[i] >= 3) *named = (long)i;
    }
    if (head >= 0) *named = head;
    return head;
}

/* The 21 values that are the same for all blocks of a page. */
static void sk_page_values(const sk_page *p, const sk_work *w, double total, size_t signatures, float *x) {
    const sk_tag_names *t = p->names;
    double n = (double)p->n, ps = 0, lis = 0, money = 0, date = 0, forms = 0, big = 0, mainsh = 0, hinted[4] = {0, 0, 0, 0};
    int seen = 0;
    for (size_t i = 0; i < p->n; i++) {
        int tag = p->tag[p->owner[i]];
        ps += tag == t->p;
        lis += tag == t->li;
        money += w->own[i].money;
        date += w->own[i].date;
    }
    for (size_t e = 0; e < p->m; e++) {
        forms += p->tag[e] == t->form;
        if (p->tag[e] == t->main && !seen) { seen = 1; mainsh = w->sums[4 * e] / total; }
        for (int k = 0; k < 4; k++) hinted[k] += p->hints[e] >> p->share_bits[k] & 1;
    }
    for (size_t s = 0; s < signatures; s++) big = sk_max(big, w->sig[3 * s + 1]);
    int k = 0;
    x[k++] = (float)log1p(total);
    x[k++] = (float)log1p(p->html_chars);
    x[k++] = (float)(p->html_chars / total);
    x[k++] = (float)(w->sums[2] / total);
    x[k++] = (float)(ps / n);
    x[k++] = (float)(lis / n);
    x[k++] = (float)(w->sums[3] / total);
    x[k++] = (float)(money / n);
    x[k++] = (float)(date / n);
    x[k++] = (float)(p->anchors / n);
    x[k++] = (float)forms;
    x[k++] = (float)(big / total);
    x[k++] = (float)mainsh;
    for (int h = 0; h < 4; h++) x[k++] = (float)(hinted[h] / (p->m ? (double)p->m : 1.0));
}

static void sk_rows(const sk_page *p, sk_work *w, float *out) {
    size_t n = p->n, signatures = 0;
    double total = 0, prose = 0;
    long first_good = -1;
    for (size_t i = 0; i < n; i++) {
        w->before[i] = total;
        w->before_good[i] = i ? w->before_good[i - 1] : 0.0;
        if (i && w->words[i - 1] >= 12 && w->link[i - 1] < 0.4) w->before_good[i] += w->words[i - 1];
        if (first_good < 0 && w->words[i] >= 12 && w->link[i] < 0.4) first_good = (long)i;
        total += w->words[i];
        prose += w->prose[i];
        int32_t *copy = sk_map_at(&w->repeats, w->own[i].key, (int32_t)i);
        w->first_of[i] = *copy;
        w->copies[*copy]++;
    }
    total = sk_max(1.0, total);
    prose = sk_max(1.0, prose);
    if (first_good < 0) first_good = 0;
    sk_sum_up(p, w);
    for (size_t e = 0; e < p->m; e++) w->best[e] = -1;
    for (size_t e = 1; e < p->m; e++) {
        int32_t *best = &w->best[p->parent[e]];
        if (*best < 0 || w->sums[4 * e + 2] > w->sums[4 * *best + 2]) *best = (int32_t)e;
    }
    sk_nearest(p, w);
    sk_repetition(p, w, &signatures);
    sk_sections(p, w);
    long named, head = sk_title_block(p, w, &named);
    double largest = 0;
    for (size_t e = 0; e < p->m; e++)
        if (p->tag[e] == p->names->article) largest = sk_max(largest, w->sums[4 * e]);
    largest = sk_max(1.0, largest);
    float page[SK_PAGE_COLUMNS];
    sk_page_values(p, w, total, signatures, page);
    for (size_t i = 0; i < n; i++) {
        float *x = out + SK_COLUMNS * i;
        long own = p->owner[i], at = own, level[SK_LEVELS];
        for (int k = 0; k < SK_LEVELS; k++) { level[k] = at; at = at > 0 ? p->parent[at] : 0; }
        const double *s[SK_LEVELS];
        double held[SK_LEVELS];
        for (int k = 0; k < SK_LEVELS; k++) { s[k] = w->sums + 4 * level[k]; held[k] = sk_max(1.0, s[k][0]); }
        int c = 0;
        x[c++] = p->tag[own];
        x[c++] = (float)log1p(w->words[i]);
        x[c++] = (float)w->link[i];
        x[c++] = (float)w->own[i].in_title;
        x[c++] = w->first_of[i] == (int32_t)i;
        x[c++] = (float)w->copies[w->first_of[i]];
        x[c++] = (float)((double)i / (double)n);
        x[c++] = (float)(w->before[i] / total);
        x[c++] = (float)(w->before_good[i] / prose);
        x[c++] = (float)((long)i - first_good);
        for (int k = 0; k < 4; k++) x[c++] = (float)(s[k][2] / prose);
        for (int k = 2; k < 4; k++) x[c++] = (float)(s[k][0] / total);
        x[c++] = (float)(s[1][1] / held[1]);
        for (int k = 1; k < 6; k++) x[c++] = (float)(s[k][3] / held[k]);
        c += 9; /* common ancestors: below */
        x[c++] = head >= 0 ? (float)((long)i - head) : -999.0f;
        x[c++] = named >= 0 ? (float)((long)i - named) : -999.0f;
        int32_t section = w->section[i];
        const double *sec = w->sections + 4 * (section + 1);
        x[c++] = section >= 0 ? (float)((int32_t)i - section) : -1.0f;
        x[c++] = (float)sec[3];
        x[c++] = (float)log1p(sec[0]);
        x[c++] = (float)(sec[1] / sk_max(1.0, sec[0]));
        x[c++] = section >= 0 ? (float)w->own[section].in_title : 0.0f;
        const double *sig = w->sig + 3 * w->sig_of[own];
        x[c++] = (float)log1p(sig[0]);
        x[c++] = (float)(sig[1] / sig[0]);
        x[c++] = (float)(sig[2] / sk_max(1.0, sig[1]));
        x[c++] = (float)(sig[1] / total);
        x[c++] = (float)w->most[own];
        x[c++] = (float)w->same[w->same_of[own]];
        x[c++] = w->card[own] >= 0 ? (float)(w->sums[4 * p->parent[w->card[own]] + 2] / prose) : 0.0f;
        int32_t article = w->article[own];
        x[c++] = article >= 0 ? (float)(w->sums[4 * article] / total) : 0.0f;
        x[c++] = article >= 0 ? (float)(w->sums[4 * article] / largest) : 0.0f;
        for (int k = 0; k < SK_NEAREST; k++) x[c++] = w->near[SK_NEAREST * own + k];
        x[c++] = i ? (float)p->tag[p->owner[i - 1]] : -1.0f;
        x[c++] = i + 1 < n ? (float)p->tag[p->owner[i + 1]] : -1.0f;
        memcpy(x + c, page, SK_PAGE_COLUMNS * sizeof(float));
    }
    const size_t targets[3] = {sk_holder(p, w, 0.8), sk_holder(p, w, 0.5), named >= 0 ? (size_t)p->owner[named] : 0};
    for (int k = 0; k < 3; k++) {
        sk_meet(p, w, targets[k]);
        for (size_t i = 0; i < n; i++) {
            float *x = out + SK_COLUMNS * i + 22 + 3 * k;
            int32_t common = w->at[p->owner[i]];
            float down = (float)(w->depth[targets[k]] - w->depth[common]), share = (float)(w->sums[4 * common] / total);
            x[0] = k < 2 ? (float)w->up[p->owner[i]] : down;
            x[1] = k < 2 ? down : share;
            x[2] = k < 2 ? share : (float)(w->sums[4 * common + 2] / prose);
        }
    }
}
#endif
