"""The search for duplicates as users call it: policies, guards, odd input, what rows and findings say."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.core import ConfigError, Document, Meta, ScrubkitError
from scrubkit.dedup import RULES, bands_for, find_duplicates, findings, miss_probability
from scrubkit.ingest.layout import layout_text

BASE = [
    "The council of Elmwick voted on Monday to rebuild the swimming baths after a debate of six hours.",
    "Architect Nadia Ferrow presented plans for a roof of glued timber and 412 solar panels.",
    "The baths had been closed since an inspector found corroded beams above the children's pool.",
    "Opponents pointed to the cost of 18.6 million and asked for a referendum in March.",
    "Swimming clubs from four villages had collected 9,300 signatures for the project.",
    "Work is to begin when the last swifts have left their nests under the eaves.",
]
TEXT = "\n".join(BASE)
SHORT = "\n".join(BASE[:4])
OTHER = "A lorry with twelve tons of apples overturned near Karsdorf and blocked the motorway until noon."


def partition(found):
    return {frozenset(c.positions) for c in found}


def test_empty_texts_equal_nothing():
    """Nothing says nothing: empty and blank texts are never duplicates, not even of each other."""
    found = find_duplicates(["", "", "  \n ", "\u200b", TEXT, ""])
    assert all(len(c) == 1 for c in found)


def test_no_texts_and_one_text():
    """Collections of none and of one have an answer."""
    assert list(find_duplicates([]).rows()) == []
    assert [row["verdict"] for row in find_duplicates([TEXT]).rows()] == ["unique"]


def test_one_word_texts():
    """A word equals itself whatever its case, and no other."""
    found = find_duplicates(["Yes", "no", "yes.", "NO!", "maybe", "🎉", "🎉"])
    assert partition(found) == {frozenset((0, 2)), frozenset((1, 3)), frozenset((4,)), frozenset((5, 6))}


def test_ids_need_not_be_unique():
    """Positions identify: equal ids are not merged and none is lost."""
    found = find_duplicates([TEXT, OTHER, TEXT], ids=["x", "x", "x"])
    assert partition(found) == {frozenset((0, 2)), frozenset((1,))}
    assert [row["id"] for row in found.rows()] == ["x", "x", "x"]


def test_many_identical_documents():
    """One bucket with everything stays cheap and ends with one keeper."""
    found = find_duplicates([TEXT] * 20_000)
    assert len(found) == 1
    assert sum(row["keeper"] for row in found.rows()) == 1


def test_many_nearly_identical_documents():
    """A thousand pages that differ in a word are one cluster though their buckets are oversized."""
    texts = [
        TEXT + "\n" + TEXT.replace("six", "ten") + f"\nThe clerk counted item number{i} twice today."
        for i in range(800)
    ]
    found = find_duplicates(texts, layers=("exact", "near"))
    assert found.stats["oversized_buckets"] > 0
    assert len(found) == 1


def test_exactly_one_keeper():
    """Each cluster keeps one member, whatever the policy; none of them with keep='none'."""
    texts = [SHORT, TEXT, OTHER, TEXT.upper()]
    for keep in ("longest", "earliest", "preferred-source", "first", "least-boilerplate", max):
        found = find_duplicates(texts, keep=keep)
        kept = Counter(row["cluster"] for row in found.rows() if row["keeper"])
        assert set(kept.values()) == {1}
        assert len(kept) == len(found)
    found = find_duplicates(texts, keep="none")
    assert [row["keeper"] for row in found.rows()] == [False, False, True, False]
    assert found.dropped == {0, 1, 3}


def test_policies():
    """The keeper is the one the policy names."""
    texts = [SHORT, TEXT, SHORT]
    dates = ["2024-05-02", "2024-05-03", "2024-05-01"]
    sources = ["copy.example", "wire.example", "blog.example"]

    def keeper(keep, **more):
        return find_duplicates(texts, dates=dates, sources=sources, keep=keep, **more)[0].keeper_at

    assert keeper("longest") == 1
    assert keeper("earliest") == 2
    assert keeper("first") == 0
    assert keeper("preferred-source", preferred=["blog.example"]) == 2
    assert keeper(lambda members: members[-1]) == 2


def test_wrong_arguments_are_named():
    """Each wrong argument is an error that names it."""
    for arguments, message in (
        ({"jaccard": 0.0}, "jaccard"),
        ({"layers": ("fuzzy",)}, "fuzzy"),
        ({"ids": ["a"]}, "1 ids for 2 texts"),
        ({"keep": "newest"}, "newest"),
        ({"keep": lambda members: -1}, "keep function"),
        ({"min_coverage": 2.0}, "min_coverage"),
    ):
        with pytest.raises(ConfigError, match=message):
            find_duplicates([TEXT, TEXT], **arguments)
    with pytest.raises(ConfigError, match="one string"):
        find_duplicates(TEXT)


def test_a_document_goes_only_where_its_keeper_covers_it():
    """The short copy is covered by the long one; the long one is not covered by the short one."""
    long_kept = find_duplicates([SHORT, TEXT], keep="longest", min_coverage=0.9)
    assert long_kept.dropped == {0}
    short_kept = find_duplicates([SHORT, TEXT], keep="first", min_coverage=0.9)
    assert len(short_kept) == 1
    assert short_kept.dropped == frozenset()
    assert [f.action for f in findings(short_kept).values()] == ["note"]


def test_findings_name_the_keeper():
    """The finding of a dropped document carries a code of the catalogue, the keeper, the verdict and the score."""
    found = find_duplicates([TEXT, OTHER, TEXT.upper()], ids=["a", "b", "c"])
    ((at, finding),) = findings(found).items()
    assert (at, finding.code, finding.action) == (2, "DUP001", "reject")
    assert finding.because["keeper"] == "a"
    assert finding.because["verdict"] == "exact"
    assert finding.code in {rule.code for rule in RULES}


def test_max_drop_stops_and_says_why():
    """A run that would drop nearly everything raises; a handful of documents does not."""
    with pytest.raises(ScrubkitError, match="would be dropped"):
        find_duplicates([TEXT] * 30, max_drop=0.5)
    with pytest.raises(ScrubkitError, match="would be dropped"):
        findings(find_duplicates([TEXT] * 30))
    assert findings(find_duplicates([TEXT] * 3))


def test_rows_have_the_agreed_keys():
    """One row a document in input order, singles too."""
    rows = list(find_duplicates([TEXT, OTHER, SHORT], ids=["a", "b", "c"]).rows())
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert all(set(row) == {"id", "cluster", "keeper", "verdict", "score", "of"} for row in rows)
    assert rows[2] == {
        "id": "c",
        "cluster": 0,
        "keeper": False,
        "verdict": "abridged",
        "score": rows[2]["score"],
        "of": "a",
    }


def test_dates_tell_an_update_from_an_abridgement():
    """The longer text is an update when it is the later one."""
    texts = [SHORT, TEXT]
    orders = (["2024-01-01", "2024-01-02"], ["2024-01-02", "2024-01-01"], None)
    verdicts = [next(find_duplicates(texts, dates=dates).rows())["verdict"] for dates in orders]
    assert verdicts == ["updated", "abridged", "abridged"]


def test_documents_are_read_too():
    """Documents bring their own ids and dates."""
    documents = [
        Document(name, text, layout_text(text).blocks, Meta(date=date))
        for name, text, date in (("p", SHORT, "2024-01-02"), ("q", TEXT, "2024-01-01"))
    ]
    found = find_duplicates(documents, keep="earliest")
    assert found[0].keeper == "q"
    assert found[0].members == ("p", "q")


def test_full_evidence():
    """Evidence shows the aligned sentences, the shared numbers and names."""
    found = find_duplicates([TEXT, SHORT], evidence="full")
    evidence = found[0].edges[0].evidence
    assert any(row["a"] == BASE[0] == row["b"] for row in evidence["sentences"])
    assert "18.6" in evidence["numbers"]
    assert "Nadia Ferrow" in evidence["names"]


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_of_documents_does_not_matter(rng: random.Random):
    """The same documents in another order form the same clusters."""
    texts = [
        TEXT,
        SHORT,
        OTHER,
        "\n".join(BASE[2:]),
        TEXT.replace("Monday", "Tuesday"),
        OTHER + " Nobody was hurt.",
        "",
        "Yes",
    ]
    order = list(range(len(texts)))
    rng.shuffle(order)
    found = find_duplicates([texts[i] for i in order])
    assert {frozenset(order[i] for i in group) for group in partition(found)} == partition(find_duplicates(texts))


def test_lone_surrogates_do_not_break_a_run():
    """A text that has no UTF-8 is compared all the same."""
    assert len(find_duplicates(["\ud800 broken " + TEXT, "\ud800 broken " + TEXT])) == 1


def test_bands_hold_their_promise():
    """The bands miss a pair at the threshold at most as often as asked, at any threshold."""
    for jaccard in (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0):
        assert miss_probability(jaccard, bands_for(jaccard)) <= 0.01


def test_catalogue_loads_without_numpy():
    """Listing the rules must not cost the import of NumPy."""
    code = "import sys, scrubkit.dedup.rules; sys.exit('numpy' in sys.modules or 'pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_against_another_collection():
    """A text that stands in the reference collection goes, whatever the policy; references stay and have no rows."""
    found = find_duplicates([TEXT, OTHER, SHORT], ids=["a", "b", "c"], against=[OTHER.upper(), TEXT])
    rows = list(found.rows())
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert [row["of"] for row in rows] == ["against:1", "against:0", "against:1"]
    assert found.dropped == {0, 1, 2}
    assert {f.because["keeper"] for f in findings(found).values()} == {"against:0", "against:1"}


def test_what_is_no_text_is_named() -> None:
    """A list with something else in it fails with the place of it, and a generator is as good as a list."""
    with pytest.raises(TypeError, match="item 1 is NoneType"):
        find_duplicates(["a text", None])
    assert len(list(find_duplicates(text for text in ("one text", "another")).rows())) == 2


def test_edges_are_put_in_order_once_for_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows with evidence are made block by block, and the edges of the whole run are sorted for the first of them only."""
    texts = [f"{TEXT}\nNumber {at // 2} of the series on baths." for at in range(12)]
    found = find_duplicates(texts, evidence="full")
    whole = list(find_duplicates(texts, evidence="full").rows(evidence=True))
    monkeypatch.setattr("scrubkit.dedup.result._ROWS", 2)
    calls = []
    sort = np.lexsort
    monkeypatch.setattr(np, "lexsort", lambda *keys: calls.append(1) or sort(*keys))
    assert list(found.rows(evidence=True)) == whole
    assert len(calls) == 1
