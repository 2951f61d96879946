"""An index answers as a comparison of its documents with the text asked about would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrubkit.core import ConfigError, Document, Meta
from scrubkit.dedup import find_duplicates
from scrubkit.dedup.index import Index, open_index
from scrubkit.ingest.layout import layout_text

Make = Callable[..., Any]


def told(index: Index, text: str, **options: object) -> dict[str, str]:
    return {match.id: match.verdict for match in next(index.query([text], limit=99, **options))}  # type: ignore[arg-type]


def edges(texts: dict[str, str], text: str) -> dict[str, tuple[str, float]]:
    """Return what a comparison of everything with everything says of the text."""
    found = find_duplicates([*texts.values(), text], ids=[*texts, "?"], furniture=None)
    pairs = [edge for cluster in found for edge in cluster.edges if "?" in (edge.a, edge.b)]
    return {edge.a if edge.b == "?" else edge.b: (edge.verdict, edge.score) for edge in pairs}


@pytest.mark.parametrize("runs", [1, 4])
def test_same_answers_as_a_run_over_everything(
    tmp_path: Path, runs: int, corpus: Make, story: Make, reworded: Make
) -> None:
    """Each pair that a run over the index's texts and the one asked about finds is found, with verdict and score."""
    texts = corpus(40)
    names = list(texts)
    index = open_index(tmp_path / "i", create=True)
    for part in range(runs):
        mine = names[part::runs]
        index.add([texts[name] for name in mine], ids=mine)
    ordered = {name: texts[name] for part in range(runs) for name in names[part::runs]}
    asked = [reworded(texts["story-0"], 77), texts["story-6"], reworded(texts["story-12"], 5, 0.04)]
    asked += ["\n".join(texts["story-18"].split("\n")[1:]), f"{texts['story-24']}\n{story(900, 6)}", story(901)]
    for text in asked:
        wanted = edges(ordered, text)
        got = {match.id: match for match in next(index.query([text], limit=99))}
        assert wanted.keys() <= got.keys()
        for name, (verdict, score) in wanted.items():
            assert got[name].verdict == verdict
            assert got[name].score == pytest.approx(score, abs=2e-3)
        strangers = {name for name in got if got[name].duplicate and name.split("-")[1] not in _numbers(wanted)}
        assert not strangers


def test_pages_of_one_template_are_told_apart(tmp_path: Path) -> None:
    """A notice about another town and other people is no copy, as in a run; the same notice, brought up to date, is one."""
    notice = (
        "The library of {} will be run by {} from next spring. The trustees chose the former teacher from {} among nine "
        "people who had applied, and the mayor of {} hoped that the reading room would open on Sundays again. The "
        "retiring librarian moves to {} to be near her sister, and the town will miss her stories for children."
    )
    index = open_index(tmp_path / "i", create=True)
    mine = notice.format("Ashford", "Brown", "Chester", "Dalton", "Exmouth")
    index.add([mine], ids=["one"])
    other = notice.format("Kelso", "Lambert", "Morpeth", "Norton", "Oakham")
    copy = mine.replace("nine people who had applied", "a field of ten people")
    assert told(index, other) == {"one": "same event"}
    assert told(index, copy) == {"one": "updated"}


def _numbers(names: object) -> set[str]:
    return {str(name).split("-")[1] for name in names}  # type: ignore[attr-defined]


def test_verdicts(index: Index, texts: dict[str, str], story: Make, reworded: Make) -> None:
    """Exact, reprint, abridged and rewrite are told apart."""
    text = texts["story-1"]
    assert told(index, text.lower()) == {"story-1": "exact"}
    assert told(index, text.replace(text.split()[30], "rather", 1)) == {"story-1": "reprint"}
    assert told(index, "\n".join(text.split("\n")[:2])) == {"story-1": "abridged"}
    assert told(index, reworded(text, 3, 0.35)) == {"story-1": "rewrite"}
    assert told(index, story(4711)) == {}


def test_copies_of_a_copy(index: Index, story: Make) -> None:
    """All documents of a family are told, copies word for word too, the surest first."""
    found = next(index.query([story(6)], limit=99))
    assert {match.id for match in found} == {"story-6", "exact-6", "near-6", "short-6", "words-6"}
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert {match.id for match in found[:2]} == {"story-6", "exact-6"}
    assert len(next(index.query([story(6)], limit=2))) == 2


def test_an_answer_does_not_depend_on_the_other_questions(index: Index, texts: dict[str, str], reworded: Make) -> None:
    """What is asked beside a text changes nothing."""
    asked = [reworded(texts[f"story-{at}"], at) for at in range(30)]
    together = list(index.query(asked))
    alone = [next(index.query([text])) for text in asked]
    assert together == alone
    assert together[::-1] == list(index.query(asked[::-1]))


def test_texts_without_words(tmp_path: Path) -> None:
    """An empty text equals nothing, marks equal the same marks, one word itself."""
    index = open_index(tmp_path / "i", create=True)
    index.add(["", "🎉", "Yes", " \n"], ids="abcd")
    assert [[(m.id, m.verdict) for m in found] for found in index.query(["", "🎉", "YES!", "no", "🙂"])] == [
        [], [("b", "exact")], [("c", "exact")], [], []
    ]  # fmt: skip


def test_documents_are_taken_with_id_and_date(tmp_path: Path, story: Make) -> None:
    """Documents bring id, date and host; a longer text that is later by its date is an update."""
    text = story(3)
    longer = f"{text}\n{story(50, 6)}"
    documents = [
        Document("old", text, layout_text(text), Meta(date="2026-01-05")),
    ]
    index = open_index(tmp_path / "i", create=True)
    index.add(documents)
    asked = [Document("x", longer, layout_text(longer), Meta(date=date)) for date in ("2026-01-06", "2026-01-04")]
    assert [found[0].verdict for found in index.query(asked)] == ["updated", "abridged"]


def test_evidence(index: Index, texts: dict[str, str], reworded: Make) -> None:
    """Evidence comes with a match where it is asked for."""
    found = next(index.query([reworded(texts["story-2"], 8)], evidence=True))
    assert found[0].evidence["sentences"]
    assert found[0].evidence["numbers"]


def test_furniture_is_learned_when_documents_are_added(tmp_path: Path, story: Make) -> None:
    """Lines that stand beside many different articles are left out of comparison in the index and of what is asked."""
    frame = "Read all about the weather in your town, the traffic and the lottery numbers of this week on our pages."
    frame += "\nThe publisher is not responsible for the content of other pages that are linked to from this one here."
    index = open_index(tmp_path / "i", create=True)
    index.add([f"{frame}\n{story(at, 3)}" for at in range(12)], ids=map(str, range(12)))
    assert index.stats()["furniture_lines"] == 2
    assert told(index, f"{frame}\n{story(99, 3)}") == {}
    assert told(index, story(5, 3)) == {"5": "reprint"}


def test_wrong_arguments(index: Index) -> None:
    """What does not fit is refused in words."""
    with pytest.raises(ConfigError, match="one string"):
        next(index.query("a text"))
    with pytest.raises(TypeError, match="item 1 is int"):
        list(index.query(["a", 7]))
    with pytest.raises(ConfigError, match="limit"):
        next(index.query(["a"], limit=0))
    with pytest.raises(ConfigError, match="text 0 has no id"):
        index.add(["a text without an id"])
    with pytest.raises(ConfigError, match="fewer ids"):
        index.add(["one", "two"], ids=["new"])
    with pytest.raises(ConfigError, match="more ids"):
        index.add(["one"], ids=["new", "newer"])
