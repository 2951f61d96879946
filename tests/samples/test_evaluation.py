"""Scores are right on cases small enough to count by hand, whatever is being scored."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.core import InputError, Meta, ScrubkitError
from scrubkit.evaluation import (
    GoldCopy,
    GoldEncoding,
    GoldLine,
    GoldPage,
    Source,
    evaluate,
    load_gold,
    read_sources,
    render,
    render_errors,
    score_encoding,
    score_lines,
    score_meta,
    score_pages,
    score_pairs,
)

CORPUS = Path(__file__).resolve().parents[2] / "corpus_samples"


@dataclass(frozen=True)
class FakePage:
    """What the evaluation reads of a page."""

    text: str
    answers: list = field(default_factory=list)
    meta: Meta = field(default_factory=Meta)
    status: str = "kept"
    before: str = ""
    findings: tuple = ()

    @property
    def verdict(self):
        return SimpleNamespace(status=self.status)

    @property
    def document(self):
        return SimpleNamespace(text=self.before)

    def lines(self):
        return iter(self.answers)


def line(number, text, label, keep, source="a"):
    return GoldLine(source, number, text, label, keep)


GOLD = [
    line(1, "Home", "nav", False),
    line(2, "", "blank", False),
    line(3, "Rain", "title", True),
    line(4, "By A", "byline", True),
    line(5, "It rained.", "content", True),
    line(6, "It stopped.", "content", True),
    line(7, "A cloud", "caption", True),
    line(8, "A cloud", "caption", False),
    line(9, "Share", "share", False),
    line(10, "Nice!", "comments", False),
]


def answers(*dropped, kinds=None):
    kinds = kinds or {}
    return [(g.line_no, g.text, g.line_no not in dropped, kinds.get(g.line_no, "content"), None) for g in GOLD]


def write(folder: Path, name: str, rows: list[dict]) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


class TestLines:
    def test_a_perfect_cleaner_scores_one(self):
        """Everything right is 1 in every figure, and there are no errors."""
        kinds = {1: "nav", 9: "share", 10: "comments"}
        scores = score_lines({"a": GOLD}, {"a": answers(1, 8, 9, 10, kinds=kinds)})
        assert (scores.precision, scores.recall, scores.f1, scores.strict_f1) == (1, 1, 1, 1)
        assert (scores.content_recall, scores.kind_accuracy) == (1, 1)
        assert scores.errors == ()

    def test_keeping_everything_leaks_what_should_go(self):
        """Precision falls, recall does not; a share of nothing is nan, not 0."""
        scores = score_lines({"a": GOLD}, {"a": answers()})
        assert (scores.right, scores.leaked, scores.lost) == (4, 3, 0)
        assert scores.precision == pytest.approx(4 / 7)
        assert scores.recall == 1
        assert isnan(scores.kind_accuracy)
        assert [(e.line_no, e.what, e.label, e.code) for e in scores.errors] == [
            (1, "leaked", "nav", None),
            (9, "leaked", "share", None),
            (10, "leaked", "comments", None),
        ]

    def test_dropping_everything_loses_content(self):
        """Lost lines are listed with the rule that took them; no line kept makes precision nan."""
        given_lines = [(n, t, False, "nav", "NAV004") for n, t, *_ in answers()]
        scores = score_lines({"a": GOLD}, {"a": given_lines})
        assert scores.recall == 0
        assert scores.f1 == 0
        assert scores.content_recall == 0
        assert isnan(scores.precision)
        assert {(e.what, e.code) for e in scores.errors} == {("lost", "NAV004")}

    def test_captions_count_in_the_strict_figure_only(self):
        """A second caption that stays does not touch F1 but does touch strict F1."""
        scores = score_lines({"a": GOLD}, {"a": answers(1, 9, 10)})
        assert scores.f1 == 1
        assert scores.strict_f1 == pytest.approx(2 * 5 / (2 * 5 + 1))

    def test_kinds_have_their_own_precision_and_recall(self):
        """A line that goes under a wrong name counts as gone for its kind and against the precision of the other."""
        kinds = {1: "nav", 9: "nav", 5: "nav"}
        scores = score_lines({"a": GOLD}, {"a": answers(1, 5, 9, kinds=kinds)})
        nav = next(kind for kind in scores.kinds if kind.kind == "nav")
        share = next(kind for kind in scores.kinds if kind.kind == "share")
        comments = next(kind for kind in scores.kinds if kind.kind == "comments")
        assert (nav.gold, nav.removed, nav.named, nav.reported) == (1, 1, 1, 3)
        assert nav.precision == pytest.approx(1 / 3)
        assert (share.recall, share.named) == (1, 0)
        assert comments.recall == 0
        assert scores.kind_accuracy == 0.5

    def test_a_line_without_answer_is_an_error(self):
        """A cleaner that changed the number of lines cannot be scored, and is told where."""
        with pytest.raises(ScrubkitError, match="a:10"):
            score_lines({"a": GOLD}, {"a": answers()[:-1]})

    @given(st.sets(st.integers(1, 10)))
    def test_counts_add_up(self, dropped):
        """Whatever is dropped, every scored line is right, leaked, lost or dropped."""
        scores = score_lines({"a": GOLD}, {"a": answers(*dropped)})
        assert scores.right + scores.leaked + scores.lost + scores.dropped == 7
        assert sum(scores.strict) <= 9
        assert len(scores.errors) == scores.leaked + scores.lost


class TestPages:
    def test_layout_and_case_do_not_count(self):
        """White space, no-break spaces and case are no loss."""
        gold = [GoldPage("a", main=("It rained all day.",), gone=("Share this",))]
        scores = score_pages(gold, {"a": "IT\xa0rained\n  all day."})
        assert (scores.kept_share, scores.gone_share) == (1, 1)

    def test_a_word_less_is_a_paragraph_less(self):
        """A paragraph with a hole is lost; a string that stayed is leaked; both are named."""
        gold = [GoldPage("a", main=("It rained all day.",), gone=("Share this",))]
        scores = score_pages(gold, {"a": "It rained day. Share this"})
        assert (scores.kept, scores.removed) == (0, 0)
        assert [(e.what, e.wanted, e.got) for e in scores.errors] == [
            ("lost", "It rained all day.", None),
            ("leaked", None, "Share this"),
        ]

    def test_pages_without_strings_are_not_counted(self):
        """Gold that only names metadata is not a page to keep or remove from."""
        scores = score_pages([GoldPage("a", meta={"title": "x"})], {"a": "x"})
        assert scores.pages == 0
        assert isnan(scores.kept_share)


class TestMeta:
    @pytest.mark.parametrize(
        ("name", "wanted", "got", "right"),
        [
            ("title", "Rain “again”", 'RAIN  "again"', True),
            ("title", "Rain", "Rain - The Paper", False),
            ("author", "Ann Lee", "Ann Lee", True),
            ("author", "Ann Lee", None, False),
            ("date", "2026-02-01", "2026-02-01T09:00:00+01:00", True),
            ("date", "2026-02-01", "1 February 2026", False),
            ("language", "zh", "zh-Hans", True),
            ("language", "es", "en", False),
            ("credit", "Ann Lee", "With reporting by Ann Lee in Oslo", True),
        ],
    )
    def test_fields_agree_in_their_own_way(self, name, wanted, got, right):
        """Dates by day, languages by subtag, credits by containment, the rest by their words."""
        scores = score_meta([GoldPage("a", meta={name: wanted})], {"a": Meta(**{name: got})})
        assert scores.accuracy == right
        assert len(scores.errors) == (not right)

    def test_a_field_the_gold_does_not_name_is_not_asked_for(self):
        """Only stated fields are counted."""
        scores = score_meta([GoldPage("a", meta={"title": "x"})], {"a": Meta(title="x", author="nobody")})
        assert [field.name for field in scores.fields] == ["title"]


class TestPairs:
    GOLD = (
        GoldCopy("a", "x", "original"),
        GoldCopy("b", "x", "reprint"),
        GoldCopy("c", "x", "rewrite", "flood"),
        GoldCopy("d", "d", "original", "flood"),
        GoldCopy("e", "e"),
    )

    def test_a_perfect_clustering(self):
        """All pairs found, none made up, every relation found."""
        scores = score_pairs(self.GOLD, {"a": 0, "b": 0, "c": 0, "d": 1, "e": 2})
        assert (scores.precision, scores.recall) == (1, 1)
        assert [(row.relation, row.found, row.total) for row in scores.relations] == [
            ("reprint", 1, 1),
            ("rewrite", 1, 1),
        ]
        assert scores.same_event_merged == 0

    def test_merged_reports_of_one_event_are_counted_apart(self):
        """Independent reports put together are wrong pairs, and the worst kind of them."""
        scores = score_pairs(self.GOLD, {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2})
        assert (scores.gold, scores.reported, scores.right) == (3, 2, 1)
        assert (scores.same_event, scores.same_event_merged) == (1, 1)
        assert {(e.what, e.a, e.b, e.relation) for e in scores.errors} == {
            ("missed", "a", "c", "rewrite"),
            ("missed", "b", "c", "reprint / rewrite"),
            ("merged", "c", "d", "same event"),
        }

    def test_all_apart_has_no_precision(self):
        """No pair reported: recall 0, precision nan."""
        scores = score_pairs(self.GOLD, {name: name for name in "abcde"})
        assert scores.recall == 0
        assert isnan(scores.precision)

    @given(st.lists(st.integers(0, 3), min_size=5, max_size=5))
    def test_names_of_labels_do_not_matter(self, labels):
        """Renaming every label changes nothing."""
        one = score_pairs(self.GOLD, dict(zip("abcde", labels, strict=True)))
        two = score_pairs(self.GOLD, {name: f"cluster {label}" for name, label in zip("abcde", labels, strict=True)})
        assert one == two


class TestEncoding:
    def test_an_encoding_is_right_where_it_reads_the_same(self):
        """windows-1252 is right for a file in iso-8859-1 that both read alike, utf-8 is not."""
        source = Source("a", "Prüfung".encode("iso-8859-1"))
        gold = [GoldEncoding("a", "iso-8859-1", "Prüfung")]
        for used, told in (("windows-1252", 1), ("utf-8", 0), ("no-such-codec", 0), (None, 0)):
            scores = score_encoding(gold, {"a": source}, {"a": Meta(decoding={"encoding": used})}, {"a": "Prüfung"})
            assert (scores.told, scores.phrases) == (told, 1)

    def test_a_phrase_that_is_still_damaged_is_missing(self):
        """Mojibake that nobody repaired is an error with the phrase that was wanted."""
        source = Source("a", "Ã¼".encode())
        scores = score_encoding(
            [GoldEncoding("a", "utf-8", "ü")], {"a": source}, {"a": Meta(decoding={"encoding": "utf-8"})}, {"a": "Ã¼"}
        )
        assert scores.told == 1
        assert [(e.what, e.wanted) for e in scores.errors] == [("phrase", "ü")]


class TestFolders:
    def test_lines_alone(self, tmp_path):
        """Texts beside a gold.jsonl are scored by lines; nothing else is."""
        (tmp_path / "a.txt").write_text("Home\nIt rained.\n", encoding="utf-8")
        write(
            tmp_path,
            "gold.jsonl",
            [
                {"file": "a.txt", "line_no": 1, "text": "Home", "label": "nav", "keep": False},
                {"file": "a.txt", "line_no": 2, "text": "It rained.", "label": "content", "keep": True},
            ],
        )
        seen = []

        def clean(data, **known):
            seen.append((data, known))
            return FakePage(
                "It rained.\n", [(1, "Home", False, "nav", "NAV001"), (2, "It rained.", True, "content", None)]
            )

        result = evaluate(tmp_path, clean=clean)
        assert seen == [(b"Home\nIt rained.\n", {"url": None, "media_type": "text/plain", "id": "a.txt"})]
        assert result.lines is not None
        assert result.lines.f1 == 1
        assert (result.pages, result.meta, result.pairs, result.encoding) == (None, None, None, None)

    def test_files_and_records_together(self, tmp_path):
        """Files are found by path, records by id; every part that has gold is scored; a crash is named."""
        (tmp_path / "pages").mkdir()
        (tmp_path / "pages/a.html").write_bytes("<p>Prüfung</p><p>Share".encode("cp1252"))
        write(tmp_path, "feed.jsonl", [{"id": "r1", "text": "Prüfung", "url": "https://a.example/1", "metadata": {}}])
        write(
            tmp_path,
            "gold/pages.jsonl",
            [{"file": "pages/a.html", "main": ["Prüfung"], "gone": ["Share"], "title": "T"}],
        )
        write(
            tmp_path,
            "gold/clusters.jsonl",
            [
                {"file": "pages/a.html", "cluster": "c", "relation": "original", "language": "de"},
                {"id": "r1", "cluster": "c", "relation": "reprint", "language": "de"},
            ],
        )
        write(tmp_path, "gold/encoding.jsonl", [{"file": "pages/a.html", "encoding": "cp1252", "phrase": "Prüfung"}])
        write(
            tmp_path,
            "gold/lines.jsonl",
            [{"id": "r1", "line_no": 1, "text": "Prüfung", "label": "content", "keep": True}],
        )

        def clean(data, *, url, **_):
            meta = Meta(title="T", language="de", decoding={"encoding": "windows-1252"})
            if isinstance(data, str):
                assert url == "https://a.example/1"
                crash = SimpleNamespace(code="ERR001", action="quarantine", because={"error": "KeyError: 'x'"})
                return FakePage(data, [(1, data, True, "content", None)], meta, "quarantined", findings=(crash,))
            return FakePage("Prüfung", [], meta, before="Prüfung")

        result = evaluate(tmp_path, clean=clean, find_duplicates=lambda pages: [0] * len(pages))
        assert [fault.source for fault in result.quarantined] == ["r1"]
        assert {value for value in result.figures().values() if not isnan(value)} == {0, 1}
        assert result.figures()["same_event_merged"] == 0
        # The record has gold for its language although it has no row in pages.jsonl.
        assert result.meta is not None
        assert {field.name: field.total for field in result.meta.fields} == {"title": 1, "language": 1}
        assert "pages      1: kept 1.000 of 1 paragraphs" in render(result)
        assert render_errors(result) == "r1 quarantined: KeyError: 'x'\n"

    def test_labels_may_come_as_clusters(self, tmp_path):
        """What the search for duplicates returns is taken as it is: its ``cluster_of`` holds the labels."""
        (tmp_path / "a.txt").write_text("x", encoding="utf-8")
        (tmp_path / "b.txt").write_text("x", encoding="utf-8")
        write(tmp_path, "gold/clusters.jsonl", [{"file": name, "cluster": "c"} for name in ("a.txt", "b.txt")])
        result = evaluate(
            tmp_path,
            clean=lambda data, **kwargs: FakePage("x"),
            find_duplicates=lambda pages: SimpleNamespace(cluster_of=(0, 0)),
        )
        assert result.pairs is not None
        assert result.pairs.recall == 1

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ('{"file": "a.txt"', "gold.jsonl:1: not JSON"),
            ("[1]", "gold.jsonl:1: not a JSON object"),
            ('{"line_no": 1, "text": "", "keep": true}', "row without file or id, label"),
            (
                '{"file": "b.txt", "line_no": 1, "text": "", "label": "nav", "keep": false}',
                "b.txt: the gold names a source that is not there",
            ),
        ],
    )
    def test_bad_gold_is_refused_by_place(self, tmp_path, row, message):
        """Broken rows and missing sources are told by file and line before anything is cleaned."""
        (tmp_path / "gold.jsonl").write_text(row + "\n", encoding="utf-8")
        with pytest.raises(InputError) as caught:
            evaluate(tmp_path, clean=lambda *a, **k: pytest.fail("cleaned"))
        assert message in str(caught.value)

    def test_a_folder_without_gold_is_refused(self, tmp_path):
        """The remedy says what was expected."""
        with pytest.raises(InputError, match="no gold found"):
            load_gold(tmp_path)

    def test_a_folder_without_gold_names_the_remedy(self, tmp_path):
        """The message ends with what to do."""
        with pytest.raises(InputError) as caught:
            load_gold(tmp_path)
        assert "gold.jsonl" in str(caught.value)


class TestRender:
    def test_languages_are_shown_apart(self, tmp_path):
        """Where the gold names several languages each has its line of figures, the one with most lines first."""
        rows = []
        for name, count in (("a.txt", 1), ("b.txt", 2)):
            (tmp_path / name).write_text("x\n" * count, encoding="utf-8")
            rows += [
                {"file": name, "line_no": n + 1, "text": "x", "label": "content", "keep": True} for n in range(count)
            ]
        write(tmp_path, "gold/lines.jsonl", rows)
        write(
            tmp_path,
            "gold/clusters.jsonl",
            [{"file": name, "cluster": name, "language": tag} for name, tag in (("a.txt", "de"), ("b.txt", "tr"))],
        )

        def clean(data, **known):
            return FakePage("", [(n, "x", known["id"] == "a.txt", "nav", "NAV001") for n in (1, 2)])

        result = evaluate(tmp_path, clean=clean, find_duplicates=lambda pages: range(len(pages)))
        assert [(name, scores.recall) for name, scores in result.languages.items()] == [("tr", 0), ("de", 1)]
        assert "  de        1.000  1.000  1.000           1.000\n" in render(result) + "\n"

    def test_a_lost_line_names_the_rule(self):
        """Errors are one line each: place, what, label, code, text cut to a readable length."""
        found = [(n, t, n != 6, "related", "REL003") for n, t, *_ in answers()]
        from scrubkit.evaluation import Evaluation

        result = Evaluation("x", 1, lines=score_lines({"a": GOLD}, {"a": found}))
        assert "a:6 lost content by REL003: It stopped.\n" in render_errors(result)
        assert "a:1 leaked nav: Home\n" in render_errors(result)
        assert "kind right -" in render(result)


def test_the_sample_corpus_scores_one_for_its_own_gold():
    """A cleaner that knows the gold scores 1 in lines and pages: files, gold and scoring fit together."""
    gold = load_gold(CORPUS)
    sources = read_sources(CORPUS, gold.sources)
    pages = {page.source: page for page in gold.pages}

    def clean(data, **given):
        name = given["id"]
        lines = [(g.line_no, g.text, g.keep, g.label, None) for g in gold.lines.get(name, ())]
        known = pages.get(name)
        text = (
            "\n".join(known.main)
            if known and known.main
            else "\n".join(g.text for g in gold.lines.get(name, ()) if g.keep)
        )
        return FakePage(text, lines, Meta(**known.meta) if known else Meta())

    labels = [copy.cluster for copy in gold.copies]
    result = evaluate(CORPUS, clean=clean, find_duplicates=lambda pages: labels)
    assert result.documents == len(sources) >= 50
    assert result.encoding is not None
    figures = {name: value for name, value in result.figures().items() if not name.startswith("encoding")}
    assert figures.pop("same_event_merged") == 0
    assert set(figures.values()) == {1}
