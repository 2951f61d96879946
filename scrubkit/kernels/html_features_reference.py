"""Plain NumPy reference of the features of HTML blocks; slow, short, and what the kernel is compared with."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from scrubkit.core.document import BlockTable
from scrubkit.kernels.html_features import FAR, NAMES, NEAR, NO_CARD, SHARES, TAGS, PageInput
from scrubkit.kernels.html_hints import HINTS, hint_mask
from scrubkit.kernels.html_words import BlockWords, scan, tokens

__all__ = ["columns", "reference_rows"]

_ORDINAL = {tag: i for i, tag in enumerate(TAGS)}
_HEADINGS = tuple(_ORDINAL[f"h{i}"] for i in range(1, 7))
_CARDLESS = frozenset(_ORDINAL[tag] for tag in NO_CARD)
_PROSE, _PROSE_LINK, _GOOD_LINK, _SENTENCE = 12, 0.5, 0.4, 5

Columns = dict[str, NDArray[np.float64]]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def reference_rows(page: PageInput) -> tuple[array[float], array[float]]:
    """Return what ``html_features.feature_rows`` returns."""
    if not len(page.blocks):
        return array("f"), array("d")
    found, words = columns(page)
    rows = np.column_stack([found[name] for name in NAMES]).astype(np.float32)
    return array("f", rows.tobytes()), array("d", words.tobytes())


class _Tree:
    """Sums over the subtree of each element, levels, siblings."""

    def __init__(self, blocks: BlockTable, words: Floats, linked: Floats, prose: Floats, ended: Floats) -> None:
        tree = blocks.elements
        assert tree is not None
        assert blocks.element is not None
        self.parent = np.array(tree.parent, np.int64)
        self.tag = np.array([_ORDINAL.get(tag, len(TAGS)) for tag in tree.tags], np.int64)
        self.klass = [words.partition("  ")[0] for words in tree.attrs]
        self.hints = np.array([hint_mask(words) for words in tree.attrs], np.int64)
        self.owner = np.array(blocks.element, np.int64)
        m = len(self.parent)
        self.sums = np.zeros((4, m))
        for row, values in zip(self.sums, (words, linked, prose, ended), strict=True):
            np.add.at(row, self.owner, values)
        for e in range(m - 1, 0, -1):
            self.sums[:, self.parent[e]] += self.sums[:, e]
        self.depth = np.zeros(m, np.int64)
        for e in range(1, m):
            self.depth[e] = self.depth[self.parent[e]] + 1

    def level(self, k: int) -> Ints:
        """Return the k-th ancestor of each block's element, the body where there are fewer."""
        at = self.owner
        for _ in range(k):
            at = np.where(at > 0, self.parent[at], 0)
        return at

    def nearest(self, marked: Bools, cap: int) -> Ints:
        """Return for each block how many levels up the nearest marked element is, FAR where there is none."""
        up = np.full(len(self.parent), FAR, np.int64)
        for e in range(len(up)):
            if marked[e]:
                up[e] = 0
            elif e and up[self.parent[e]] < FAR:
                up[e] = min(up[self.parent[e]] + 1, cap)
        return up[self.owner]

    def meet(self, target: int) -> tuple[Ints, Ints, Ints]:
        """Return for each block levels up to the common ancestor with a target, down to the target, and it."""
        m = len(self.parent)
        path = np.zeros(m, bool)
        e = target
        while e >= 0:
            path[e] = True
            e = int(self.parent[e])
        up, at = np.zeros(m, np.int64), np.zeros(m, np.int64)
        for e in range(m):
            if path[e]:
                at[e] = e
            else:
                up[e], at[e] = up[self.parent[e]] + 1, at[self.parent[e]]
        common = at[self.owner]
        return up[self.owner], self.depth[target] - self.depth[common], common

    def holder(self, share: float) -> int:
        """Return the deepest element reached from the body by the child with most prose while it holds a share."""
        prose = self.sums[2]
        best = np.full(len(prose), -1, np.int64)
        for e in range(1, len(prose)):
            above = self.parent[e]
            if best[above] < 0 or prose[e] > prose[best[above]]:
                best[above] = e
        e = 0
        while best[e] >= 0 and prose[best[e]] >= share * max(1.0, prose[0]):
            e = int(best[e])
        return e


def columns(page: PageInput) -> tuple[Columns, Floats]:
    """Return every feature of every block by name, each of shape (n_blocks,), and words a block."""
    blocks = page.blocks
    texts = [page.text[a:b].rstrip("\n\t ") for a, b in zip(blocks.starts, blocks.ends, strict=True)]
    title = frozenset(tokens(page.title))
    own = [scan(text, title) for text in texts]
    words = np.array([max(one.words, 1) for one in own], float)
    link = np.minimum(1.0, np.array(blocks.link_chars, float) / np.array([max(one.chars, 1) for one in own]))
    terminal = np.array([one.terminal for one in own])
    good = (words >= _PROSE) & (link < _GOOD_LINK)
    prose = np.where((words >= _PROSE) & (link < _PROSE_LINK), words, 0.0)
    tree = _Tree(blocks, words, link * words, prose, np.where(terminal & (words >= _SENTENCE), words, 0.0))
    total, prose_total = max(1.0, words.sum()), max(1.0, prose.sum())
    in_title = np.array([one.in_title for one in own])
    out: Columns = {}
    _own(out, tree, own, words, link, good, prose_total)
    _ancestors(out, tree, total, prose_total)
    _from_title(out, tree, in_title, words, total, prose_total)
    _sections(out, tree.tag[tree.owner], words, link, in_title)
    _repetition(out, tree, words, link, total, prose_total)
    _marked(out, tree)
    _articles(out, tree, total)
    out["n-1_tag"] = np.concatenate([[-1.0], out["tag"][:-1]])
    out["n1_tag"] = np.concatenate([out["tag"][1:], [-1.0]])
    _page(out, page, tree, own, total)
    return out, words


def _own(
    out: Columns, tree: _Tree, own: list[BlockWords], words: Floats, link: Floats, good: Bools, prose_total: float
) -> None:
    n = len(words)
    index = np.arange(n, dtype=float)
    before, good_before = (np.concatenate([[0.0], np.cumsum(w)])[:-1] for w in (words, np.where(good, words, 0.0)))
    out["tag"] = tree.tag[tree.owner].astype(float)
    out["ntok"] = np.log1p(words)
    out["linkd"] = link
    out["title_ov"] = np.array([one.in_title for one in own])
    copies: dict[str, list[int]] = {}
    for i, one in enumerate(own):
        copies.setdefault(one.key, []).append(i)
    out["isfirst"] = np.array([copies[one.key][0] == i for i, one in enumerate(own)], float)
    out["repeat"] = np.array([len(copies[one.key]) for one in own], float)
    out["idx_rel"] = index / n
    out["tok_rel"] = before / max(1.0, words.sum())
    out["before"] = good_before / prose_total
    out["from_firstgood"] = index - (int(np.argmax(good)) if good.any() else 0)


def _ancestors(out: Columns, tree: _Tree, total: float, prose_total: float) -> None:
    words, linked, prose, ended = tree.sums
    for k in range(6):
        at = tree.level(k)
        held = np.maximum(1.0, words[at])
        out[f"a{k}_share"] = words[at] / total
        out[f"a{k}_link"] = linked[at] / held
        out[f"a{k}_pcover"] = prose[at] / prose_total
        out[f"a{k}_term"] = ended[at] / held
    for name, share in (("80", 0.8), ("50", 0.5)):
        _common(out, name, tree, tree.holder(share), total, prose_total)


def _common(out: Columns, name: str, tree: _Tree, target: int, total: float, prose_total: float) -> None:
    up, down, common = tree.meet(target)
    out[f"lca{name}_up"], out[f"lca{name}_down"] = up.astype(float), down.astype(float)
    out[f"lca{name}_share"] = tree.sums[0][common] / total
    out[f"lca{name}_pcover"] = tree.sums[2][common] / prose_total


def _from_title(out: Columns, tree: _Tree, in_title: Floats, words: Floats, total: float, prose_total: float) -> None:
    """Distances from the main heading, or from the first block that repeats the title where there is none."""
    h1 = _ORDINAL["h1"]
    above = tree.tag[np.where(tree.owner > 0, tree.parent[tree.owner], tree.owner)]
    heads = np.flatnonzero((tree.tag[tree.owner] == h1) | (above == h1))
    alike = np.flatnonzero((in_title >= 0.8) & (words >= 3))
    head = int(heads[np.argmax(in_title[heads])]) if len(heads) else -1
    named = head if head >= 0 else int(alike[0]) if len(alike) else -1
    index = np.arange(len(words), dtype=float)
    out["from_h1"] = index - head if head >= 0 else np.full(len(words), -999.0)
    out["from_title"] = index - named if named >= 0 else np.full(len(words), -999.0)
    _common(out, "h1", tree, int(tree.owner[named]) if named >= 0 else 0, total, prose_total)


def _sections(out: Columns, tag: Ints, words: Floats, link: Floats, in_title: Floats) -> None:
    n = len(tag)
    section = np.maximum.accumulate(np.where(np.isin(tag, _HEADINGS), np.arange(n), -1))
    slot = section + 1
    size, linked, count = (np.bincount(slot, weights=w, minlength=n + 1) for w in (words, link * words, np.ones(n)))
    out["hd_dist"] = np.where(section >= 0, np.arange(n) - section, -1.0)
    out["hd_title"] = np.where(section >= 0, in_title[section], 0.0)
    out["hd_secn"] = count[slot]
    out["hd_sectok"] = np.log1p(size[slot])
    out["hd_seclink"] = linked[slot] / np.maximum(1.0, size[slot])


def _repetition(out: Columns, tree: _Tree, words: Floats, link: Floats, total: float, prose_total: float) -> None:
    m = len(tree.parent)
    signature = np.zeros(m, np.int64)
    names: dict[tuple[int, int, str], int] = {}
    groups: dict[tuple[int, int, str], list[int]] = {}
    for e in range(1, m):
        above, tag, klass = int(tree.parent[e]), int(tree.tag[e]), tree.klass[e]
        signature[e] = names.setdefault((int(signature[above]), tag, klass), len(names) + 1)
        groups.setdefault((above, tag, klass), []).append(e)
    same = np.ones(m)
    for group in groups.values():
        same[group] = len(group)
    of = signature[tree.owner]
    count, held, linked = (np.bincount(of, weights=w) for w in (np.ones(len(of)), words, words * link))
    out["sig_n"] = np.log1p(count[of])
    out["sig_avg"] = held[of] / count[of]
    out["sig_link"] = linked[of] / np.maximum(1.0, held[of])
    out["sig_share"] = held[of] / total
    out["pg_bigsig"] = np.full(len(of), held.max() / total)
    card, most = np.full(m, -1), np.zeros(m)
    for e in range(m):
        if e:
            card[e], most[e] = card[tree.parent[e]], most[tree.parent[e]]
        if same[e] >= 3 and tree.tag[e] not in _CARDLESS:
            card[e], most[e] = e, max(most[e], same[e])
    mine = card[tree.owner]
    out["rep_nmax"] = most[tree.owner]
    out["rep_eln"] = same[tree.owner]
    out["rep_ppcover"] = np.where(mine >= 0, tree.sums[2][np.maximum(tree.parent[mine], 0)] / prose_total, 0.0)


def _marked(out: Columns, tree: _Tree) -> None:
    order = list(HINTS)
    for name in NEAR:
        out[f"h_{name}"] = tree.nearest((tree.hints >> order.index(name)) & 1 == 1, FAR).astype(float)
    for tag in ("footer", "nav", "main"):
        out[f"s_{tag}"] = tree.nearest(tree.tag == _ORDINAL[tag], FAR - 1).astype(float)
    for name in SHARES:
        share = ((tree.hints >> order.index(name)) & 1).sum() / len(tree.hints)
        out[f"pg_hp_{name}"] = np.full(len(tree.owner), share)


def _articles(out: Columns, tree: _Tree, total: float) -> None:
    words = tree.sums[0]
    article = tree.tag == _ORDINAL["article"]
    within = np.full(len(article), -1, np.int64)
    for e in range(len(article)):
        within[e] = e if article[e] else within[tree.parent[e]] if e else -1
    mine = within[tree.owner]
    largest = max(1.0, words[article].max()) if article.any() else 1.0
    out["art_share"] = np.where(mine >= 0, words[mine] / total, 0.0)
    out["art_rel"] = np.where(mine >= 0, words[mine] / largest, 0.0)


def _page(out: Columns, page: PageInput, tree: _Tree, own: list[BlockWords], total: float) -> None:
    n = len(own)
    tag = tree.tag[tree.owner]
    main = np.flatnonzero(tree.tag == _ORDINAL["main"])
    values = {
        "tot": np.log1p(total),
        "html": np.log1p(page.html_chars),
        "htmlratio": page.html_chars / total,
        "pshare": tree.sums[2][0] / total,
        "pshr": np.mean(tag == _ORDINAL["p"]),
        "lishare": np.mean(tag == _ORDINAL["li"]),
        "term": tree.sums[3][0] / total,
        "money": sum(one.money for one in own) / n,
        "date": sum(one.date for one in own) / n,
        "na": page.anchors / n,
        "nform": np.sum(tree.tag == _ORDINAL["form"]),
        "mainsh": tree.sums[0][main[0]] / total if len(main) else 0.0,
    }
    out.update({f"pg_{name}": np.full(n, value, float) for name, value in values.items()})
