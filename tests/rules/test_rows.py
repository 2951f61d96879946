"""The compiled rows, phrases, owners and findings say what their plain references say."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.core.document import KINDS
from scrubkit.core.finding import Action, Finding
from scrubkit.ingest.layout import layout_text
from scrubkit.kernels import compiled, findings, owners, phrases_reference, rows, rows_reference
from scrubkit.kernels.rows import FLAGS, Phrase, compile_phrases

pytestmark = pytest.mark.skipif(not compiled(), reason="nothing is compiled here")

ROLES = bytes(
    (kind == "blank") | 2 * (kind in ("cell", "pre")) | 4 * (kind in ("heading", "caption")) | 8 * (kind == "item")
    for kind in KINDS
)
# Characters that the classes part, and pieces of lines that the flags are about.
PIECES = (
    "a", "B", "z", "é", "ß", "İ", "ı", "i\u0307", "\u0307", "ŉ", "ﬁ", "\u0345", "Σ", "ς", "о", "Ж", "م", "\u0661", "२", "字",
    "の", "글", "ก", "ￗ", "𝐀", "🙂", "²", "½", "Ⅷ", " ", "  ", "\t", "\u00a0", "\u3000", "\x1c", "\u200b", "\u00ad", "\u200e",
    ".", "!", "?", "…", "。", "؟", ":", "：", "::", ",", ";", "'", '"', "’", "“", "”", "»", "›", "«", "‹", "→", "←", "(", ")",
    "（", "[", "]", "[1]", "[12] ", "[1234] ", "o  ", "o ", "* ", "- ", "• ", "#", "|", "/", " / ", " > ", " :: ", "-", "—",
    "©", "(c)", "(C)", "Copyright", "COPYRIGHT", "0", "7", "00", "1.2K", "12:30", "©2020", "1 2 3", "comments (3)", "3 replies", "5 pins",
    "3 Min", "5dk", "12 мин", "3分", "Posts: 3",
    "reply", "by ", "By", "Автор", "PUBLİÉ", "autorın",
    "correspondents", "2024", "1999", "20", "文", "출처", "مصدر", "기자", "위원", "word ", "two words ", "and. ", "\r", "\x85", "\u2028", "\x00",
)  # fmt: skip
LINES = st.lists(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), max_size=8)


def both(
    text: str, links: Sequence[int] | None = None, kinds: bytes | None = None
) -> tuple[rows.Rows, rows_reference.Rows]:
    blocks = layout_text(text).blocks
    chars = None if links is None else array("l", [links[i % len(links)] for i in range(len(blocks))])
    own = blocks.kinds if kinds is None else bytes(kinds[i % len(kinds)] for i in range(len(blocks)))
    arguments = (text, blocks.starts, blocks.ends, own, chars, ROLES, links is not None)
    return rows._rows.Rows(*arguments), rows_reference.Rows(*arguments)


def names(flags: int) -> set[str]:
    return {name for name, bit in FLAGS.items() if flags & bit}


def check(one: rows.Rows, other: rows_reference.Rows) -> None:
    assert len(one) == len(other)
    every = range(len(other))
    for column in ("text", "plain", "fold"):
        assert [getattr(one, column)(i) for i in every] == [getattr(other, column)(i) for i in every]
    for column in ("blocks", "words", "sentences", "links", "prose_before", "body", "groups"):
        assert getattr(one, column)() == getattr(other, column)()
    assert [names(one.flags(i)) for i in every] == [names(other.flags(i)) for i in every]
    assert (one.seen, one.curly, one.straight, one.linked) == (other.seen, other.curly, other.straight, other.linked)
    assert [one.copies(i) for i in every] == [other.copies(i) for i in every]
    assert [one.first_copy(i) for i in every] == [other.first_copy(i) for i in every]
    have, lack = FLAGS["label"], FLAGS["digits"]
    assert one.select(have, lack, 1, -1, 1, 3) == other.select(have, lack, 1, -1, 1, 3)
    assert one.runs(have, lack, 2, 1) == other.runs(have, lack, 2, 1)
    for stop in (-1, 0, 2):
        assert one.last(have, stop) == other.last(have, stop)
    assert one.copied(FLAGS["letters"], lack, 2) == other.copied(FLAGS["letters"], lack, 2)
    assert one.close_copies(lack, 2, 2) == other.close_copies(lack, 2, 2)
    assert one.standing(["word", "two", "by", "é"], have, 4) == other.standing(["word", "two", "by", "é"], have, 4)
    assert one.sharing(["word", "two", "by"], 0.4, 5, 9) == other.sharing(["word", "two", "by"], 0.4, 5, 9)


@given(LINES)
def test_rows_of_flattened_text(lines: list[str]) -> None:
    """Columns and flags of flattened text are those of the reference, character for character."""
    check(*both("\n".join(lines)))


@given(LINES, st.lists(st.integers(0, 30), min_size=1, max_size=3), st.binary(min_size=1, max_size=4))
def test_rows_of_html(lines: list[str], links: list[int], kinds: bytes) -> None:
    """The same where kinds of blocks and links are known."""
    check(*both("\n".join(lines), links, bytes(kind % len(KINDS) for kind in kinds)))


@given(st.text(max_size=60))
def test_rows_of_any_text(text: str) -> None:
    """The same for any characters at all."""
    check(*both(text))


def test_every_character_is_read_as_python_reads_it() -> None:
    """All code points of the first two planes, folded and classified beside a letter."""
    for start in range(0, 0x20000, 512):
        chars = (chr(c) for c in range(start, start + 512) if not 0xD800 <= c < 0xE000)
        check(*both("\n".join(f"x{c}y {c}" for c in chars if c != "\n")))


@pytest.mark.parametrize("size", [3_999, 4_000, 4_001, 5_000, 19_999, 20_001, 41_000])
@pytest.mark.parametrize("piece", ["word, “İx” 字. ", "• ", "a", " \u200b b:"])
def test_long_rows(size: int, piece: str) -> None:
    """A long row is compared by its ends, and counted in its beginning."""
    check(*both((piece * (size // len(piece) + 1))[:size] + "\nshort\n"))


WHERE = ("line", "start", "end", "any", "stem", "counted")
PHRASES = st.lists(
    st.tuples(
        st.sampled_from(("a", "ab", "abc", "abcabc", "abcabcab", "bc a", "b", "12", "b (1)", "c b a b c", "字", "字字", "ab:", "©")),
        st.sampled_from(("NAV001", "NAV002", "SHR001", "CMT001")),
        st.sampled_from(WHERE),
    ),
    max_size=9,
)  # fmt: skip
TEXTS = st.lists(st.text("abc 1()字:©é", max_size=16), max_size=6)


def spec(lines: list[str], phrases: list[Phrase]) -> set[tuple[int, int, int, int]]:
    """Every place of every phrase, looked for one by one."""
    out = set()
    for row, text in enumerate(lines):
        for number, (phrase, _, where) in enumerate(phrases):
            for start in range(len(text) - len(phrase) + 1):
                end = start + len(phrase)
                if text[start:end] != phrase:
                    continue
                word = phrases_reference._is_word
                begins = not (start and word(text[start - 1]) and word(text[start]))
                ends = not (end < len(text) and word(text[end - 1]) and word(text[end]))
                rest = text[:start] + text[end:]
                stands = {
                    "line": not rest, "start": not start and ends, "end": end == len(text) and begins, "any": begins and ends,
                    "stem": begins, "counted": begins and ends and not rest.strip(" 0123456789.,()[]"), "piece": True,
                }  # fmt: skip
                if stands[where]:
                    out.add((row, number, start, end))
    return out


@given(TEXTS, PHRASES)
def test_phrases_are_found_where_they_stand(lines: list[str], given_: list[tuple[str, str, str]]) -> None:
    """Hash lookups find what looking at every place for every phrase finds, and so does the plain reference."""
    phrases = [Phrase(*one) for one in dict.fromkeys(given_)]
    fast, plain = both("\n".join(lines))
    found, order = compile_phrases(phrases, menus=("NAV",))
    hits = found.find(fast, True).hits()
    folded = [fast.fold(i) for i in range(len(fast))]
    assert {(row, order[entry], start, end) for row, entry, start, end in hits} == spec(folded, phrases)
    assert len(hits) == len(set(hits))
    kept, rows._cues = rows._cues, None
    try:
        reference = compile_phrases(phrases, menus=("NAV",))[0]
    finally:
        rows._cues = kept
    one, other = found.find(fast), reference.find(plain)
    assert sorted(one.hits()) == sorted(other.hits())
    assert (one.present, one.cued()) == (other.present, other.cued())
    assert [one.among(i) for i in range(len(fast))] == [other.among(i) for i in range(len(fast))]
    assert [names(fast.flags(i)) for i in range(len(fast))] == [names(plain.flags(i)) for i in range(len(fast))]


@given(st.text("abcX ", max_size=20), st.lists(st.sampled_from(("ab", "bca", "abcabcabc", "c a")), min_size=1))
def test_pieces_are_found_anywhere(text: str, pieces: list[str]) -> None:
    """A piece needs no word around it and no case."""
    phrases = compile_phrases([Phrase(piece, piece, "piece") for piece in dict.fromkeys(pieces)])[0]
    wanted = {piece for piece in pieces if piece in text.lower()}
    said = phrases.within(text)
    assert {name for i, name in enumerate(phrases.names) if said & 1 << i} == wanted


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[int], list[str], list[str], list[int]]:
    n = draw(st.integers(1, 12))
    parent = [-1, *(draw(st.integers(0, i - 1)) for i in range(1, n))]
    names_ = draw(st.lists(st.sampled_from(("", "x", "comment", "share", "é")), min_size=n, max_size=n))
    tags = draw(st.lists(st.sampled_from(("div", "footer", "article", "Footer")), min_size=n, max_size=n))
    return parent, names_, tags, draw(st.lists(st.integers(0, n - 1), max_size=9))


@given(trees())
def test_owners(tree: tuple[list[int], list[str], list[str], list[int]]) -> None:
    """What elements say is inherited as the reference inherits it."""
    parent, attrs, tags, owner = tree
    stems = compile_phrases([Phrase("comment", "a", "piece"), Phrase("share", "b", "piece")])[0]
    said = {"comment": 5, "share": 7 << owners.WIDTH, "é": 9 << 3 * owners.WIDTH}
    arguments = (tuple(attrs), tuple(tags), array("l", owner), list(range(len(owner))), stems, {}, said.__getitem__)
    one, other = owners._owners.Owners(array("l", parent), *arguments), owners.Plain(parent, *arguments)
    assert (one.present, one.footer()) == (other.present, other.footer())
    assert [one.select(i) for i in range(owners.FIELDS)] == [other.select(i) for i in range(owners.FIELDS)]


def test_owners_of_many_names() -> None:
    """All names of a page are read, however many, and one of wide characters is not taken for one with its bytes."""
    wide = "\u6162\u6364"
    attrs = [
        name for i in range(2000) for name in (f"name-{i}", wide, wide.encode("utf-16-le").decode(), f"name-{i // 2}")
    ]
    said = {name: number for number, name in enumerate(dict.fromkeys(attrs), 1) if number < 1 << owners.WIDTH}
    stems = compile_phrases([Phrase("na", "a", "piece"), Phrase("ba", "b", "piece")])[0]
    rest = (tuple(attrs), ("div",) * len(attrs), array("l", range(len(attrs))), list(range(len(attrs))), stems)
    one = owners._owners.Owners(array("l", [-1] * len(attrs)), *rest, {}, said.__getitem__)
    assert one.select(0) == [(row, said[name]) for row, name in enumerate(attrs)]


HITS = st.lists(
    st.tuples(
        st.integers(-2, 5), st.integers(0, 5), st.sampled_from(({}, {"a": 1}, {"a": 0.5})), st.sampled_from((None, 1, 0.25)),
        st.sampled_from((None, "keep", "note", "replace", "nothing")),
    ),
    max_size=6,
)  # fmt: skip


@given(HITS)
def test_findings(hits: list[tuple[int, int, dict[str, float], float | None, str | None]]) -> None:
    """Findings made without their checks are those that the checks let pass, in the same order."""
    starts, ends = array("l", [0, 3, 6, 9]), array("l", [3, 6, 9, 12])

    def told(made: findings.Made, action: Action) -> object:
        try:
            made.add("NAV001", action, 0.9, hits)
        except (ValueError, IndexError) as error:
            return type(error)
        return [(finding, type(finding.score)) for finding in made.found]

    page = (starts, ends, [0, 1, 3])
    for action in ("remove", "replace"):
        assert told(findings.made_of(*page), action) == told(findings.Plain(*page), action)


@given(
    HITS.map(lambda hits: [hit for hit in hits if hit[0] <= hit[1] < 3 and hit[0] >= 0 and hit[4] in (None, "keep")])
)
def test_order(hits: list[tuple[int, int, dict[str, float], float | None, str | None]]) -> None:
    """Findings are sorted by their own key."""
    made = findings.made_of(array("l", [0, 3, 6]), array("l", [3, 6, 9]), [0, 1, 2])
    for code in ("NAV001", "BIO001"):
        made.add(code, "remove", 0.9, hits)
    assert findings.in_order(made) == tuple(sorted(made.found, key=Finding.sort_key))
