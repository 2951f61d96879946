"""The search in bounded memory: the same answer from files, odd input at size, and what is told of it."""

from __future__ import annotations

import gc
import json
import random
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.cli import main
from scrubkit.core import ConfigError, ScrubkitError
from scrubkit.dedup import bands_for, find_duplicates, miss_probability
from scrubkit.dedup.bands import BandKeys, split_codes
from scrubkit.dedup.collect import collect
from scrubkit.dedup.local_pairs import _strongest
from scrubkit.dedup.names import Names, Repeated
from scrubkit.dedup.room import Room
from scrubkit.dedup.scheme import Scheme
from scrubkit.dedup.shingle import corpus_of, signatures

WORDS = [
    a + b for a in ("ba", "lo", "mi", "tru", "ske", "war", "no", "fi") for b in ("nd", "st", "ra", "lem", "ck", "ton")
]


def story(rng: random.Random, sentences: int = 6) -> list[str]:
    return [
        " ".join(rng.choice(WORDS) + rng.choice(WORDS) for _ in range(rng.randrange(7, 14))) + f" {rng.randrange(90)}."
        for _ in range(sentences)
    ]


def texts_of(count: int = 160, seed: int = 1) -> list[str]:
    """Stories, copies with a sentence more or less, exact copies, page furniture, empty and one-word texts."""
    rng = random.Random(seed)
    made: list[list[str]] = []
    for at in range(count):
        if at > 10 and rng.random() < 0.4:
            lines = list(rng.choice(made))
            if rng.random() < 0.7:
                del lines[rng.randrange(len(lines)) :]
                lines += story(rng, rng.randrange(1, 3))
        else:
            lines = story(rng)
        made.append(lines)
    texts = ["\n".join(["Read the newest of our stories in the app today.", *lines]) for lines in made]
    return [*texts, "", "Yes", "yes!", "\u200b", " ", "\ud800 half"]


def told(found):
    edges = [(e.a, e.b, e.verdict, e.score, dict(e.evidence)) for cluster in found for e in cluster.edges]
    related = [(e.a, e.b, e.score) for e in found.related]
    return list(found.rows()), found.dropped, found.coverage, found.scores, edges, related, dict(found.stats)


@pytest.mark.parametrize("layers", [("exact",), ("exact", "near"), ("exact", "near", "rewrite")])
def test_bounded_memory_gives_the_same_answer(layers, tmp_path):
    """Whether all lies in memory or nearly nothing: the same rows, scores, edges and numbers."""
    texts = texts_of()
    dates = [f"2024-01-{1 + at % 28:02}" if at % 3 else None for at in range(len(texts))]
    settings = {"layers": layers, "dates": dates, "against": texts[5:9], "evidence": "full"}
    free = find_duplicates(texts, **settings)
    bounded = find_duplicates(iter(texts), memory=20_000, folder=tmp_path, **settings)
    assert any(tmp_path.iterdir())
    assert told(free) == told(bounded)


def test_files_go_with_the_result(tmp_path):
    """The folder lasts as long as the result may be asked for edges, and no longer."""
    found = find_duplicates(texts_of(), memory=20_000, folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    del found
    gc.collect()
    assert not any(tmp_path.iterdir())


def test_what_has_an_entry_a_document_lies_in_files(tmp_path):
    """Eight times the documents: the result holds a few bytes more of each, in a few dozen files."""
    kept, files = [], []
    for size in (10, 500, 4000):  # the first loads what is loaded once
        rng = random.Random(5)
        drawn = ("".join(rng.choices("abdegiklmnoprstu", k=6 * 30)) for _ in range(size))
        texts = (" ".join(letters[at : at + 6] for at in range(0, len(letters), 6)) for letters in drawn)
        tracemalloc.start(1)
        found = find_duplicates(texts, memory=1 << 16, folder=tmp_path)
        gc.collect()
        kept.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        files.append(sum(1 for path in tmp_path.rglob("*") if path.is_file()))
        assert sum(row["keeper"] for row in found.rows()) == size
        del found
    assert kept[2] - kept[1] < 20 * 3500
    assert files[2] < 64


@pytest.mark.parametrize("memory", [None, 20_000])
def test_columns_read_in_blocks_are_those_of_one_pass(memory, tmp_path, monkeypatch):
    """Furniture, sketch and lengths of texts that come one by one are those of the texts together."""
    monkeypatch.setattr("scrubkit.dedup.collect._BLOCK", 9_000)
    texts = texts_of()
    corpus = corpus_of(texts)
    made = collect(iter(texts), Room(memory, tmp_path))
    whole = signatures(corpus)
    for name in ("signatures", "words", "every", "text", "stems", "numbers", "stem_offsets"):
        assert np.array_equal(getattr(whole, name), getattr(made.sketch, name)), name
    left_out = [
        [np.flatnonzero(of.drop[a:b]).tolist() for a, b in pairwise(of.line_offsets.tolist())]
        for of in (corpus, made.corpus)
    ]
    assert left_out[0] == left_out[1]
    assert corpus.drop.sum() >= 160
    assert made.lengths.tolist() == [len(text) for text in texts]


@pytest.mark.parametrize("memory", [None, 1 << 12])
def test_crowded_documents_keep_their_strongest_candidates(memory, tmp_path):
    """Of a document with too many pairs those with the most shared keys stay, the first of equals, from files too."""
    rng = np.random.default_rng(4)
    size, most = 60, 7
    codes = np.unique(np.array([b << 32 | a for b in range(size) for a in range(b) if rng.random() < 0.4], np.uint64))
    count = rng.integers(1, 9, len(codes)).astype(np.uint16)
    left, right = split_codes(codes)
    degree = np.bincount(left, minlength=size) + np.bincount(right, minlength=size)
    wanted = []
    for row in range(size):
        mine = np.flatnonzero((left == row) | (right == row))
        if degree[row] > most:
            wanted += mine[np.lexsort((mine, -count[mine].astype(int)))][:most].tolist()
    wanted += np.flatnonzero((degree[left] <= most) & (degree[right] <= most)).tolist()
    room = Room(memory, tmp_path)
    columns = room.column(np.uint64), room.column(np.uint16)
    for column, values in zip(columns, (codes, count), strict=True):
        column.add(values)
    kept = _strongest(*columns, degree.astype(np.int32), most, room)
    assert kept.tolist() == codes[sorted(set(wanted))].tolist()


def test_many_identical_documents_in_little_memory(tmp_path):
    """One bucket with everything is one cluster with one keeper, from files as from memory."""
    text = texts_of(1)[0]
    found = find_duplicates((text for _ in range(20_000)), memory=1 << 20, folder=tmp_path)
    assert len(found) == 1
    assert sum(row["keeper"] for row in found.rows()) == 1
    assert found.stats["largest_cluster"] == 20_000


@pytest.mark.slow
def test_a_million_identical_documents(tmp_path):
    """A million copies of one text cost time in proportion, and the guard against dropping them speaks."""
    text = "The bridge at Elmwick opens on Monday after four years of work."
    with pytest.raises(ScrubkitError, match="999999 of 1000000 documents"):
        find_duplicates((text for _ in range(1_000_000)), memory=1 << 26, folder=tmp_path, max_drop=0.5)


def test_oversized_buckets_are_told():
    """Pages that differ in a word fill buckets past the cap: one cluster all the same, and the numbers say so."""
    base = "\n".join(story(random.Random(3), 12))
    texts = [f"{base}\nThe clerk counted item number{i} twice today." for i in range(600)]
    for memory in (None, 1 << 20):
        found = find_duplicates(texts, layers=("exact", "near"), memory=memory)
        assert len(found) == 1
        assert found.stats["oversized_buckets"] > 0
        assert found.stats["largest_bucket"] >= 300


def test_ids_that_are_not_unique_and_not_text(tmp_path):
    """Equal ids stay apart by position, and an id with half a character comes back as it was."""
    text = texts_of(1)[0]
    found = find_duplicates([text, "Other.", text], ids=["\ud800", "x", "x"], memory=1 << 16, folder=tmp_path)
    assert [(row["id"], row["of"]) for row in found.rows()] == [("\ud800", None), ("x", None), ("x", "\ud800")]


def test_ids_that_do_not_fit_are_told(tmp_path):
    """Too few ids for an iterator are found out once it is at its end."""
    with pytest.raises(ConfigError, match="1 ids for 2 texts"):
        find_duplicates(iter(["a", "b"]), ids=["x"], memory=1 << 16, folder=tmp_path)


def test_names_hold_any_string():
    """What went in comes out, by index and by slice."""
    names = Names()
    for name in ("a", "", "\udcff", "日本"):
        names.add(name)
    assert names[:] == ("a", "", "\udcff", "日本")
    assert names[-1] == "日本"
    with pytest.raises(IndexError):
        names[4]


@pytest.mark.parametrize("similarity", [0.5, 0.65, 0.8, 0.9])
def test_pairs_are_missed_as_often_as_told(similarity):
    """Of pairs of a known similarity the bands in use miss the share that miss_probability says."""
    trials, scheme, bands = 500, Scheme(words=1), bands_for(0.8)
    common = round(300 * similarity)
    own = (300 - common) // 2
    texts = []
    for t in range(trials):
        both = [f"s{t}x{i}" for i in range(common)]
        texts += [" ".join(both + [f"{side}{t}x{i}" for i in range(own)]) for side in "ab"]
    keys = BandKeys(len(texts), bands, Room())
    keys.add(np.arange(len(texts)), signatures(corpus_of(texts, anchors=None), scheme, stems=False).signatures)
    left, right = split_codes(np.unique(np.concatenate(list(keys.pairs()[0]))))
    found = int(((right - left == 1) & (left % 2 == 0)).sum())
    miss = miss_probability(common / (common + 2 * own), bands)
    assert abs((trials - found) - trials * miss) <= 4 * (trials * miss * (1 - miss)) ** 0.5 + 2


def test_the_command_answers_the_same_in_little_memory(tmp_path):
    """scrubkit dedup --memory 40K writes the rows it writes without."""
    source = tmp_path / "in.jsonl"
    rows = [
        {"id": f"d{at}", "text": text}
        for at, text in enumerate(texts_of(80))
        if text.strip("\u200b ") and "\ud800" not in text
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    written = []
    for name, more in (("free", []), ("bounded", ["--memory", "40K"])):
        out = tmp_path / name
        result = CliRunner().invoke(main, ["dedup", str(source), "-o", str(out), "--isolated", *more])
        assert result.exit_code == 0, result.output
        written.append((out / "clusters.jsonl").read_bytes())
        assert [path.name for path in out.iterdir()] == ["clusters.jsonl"]
    assert written[0] == written[1]
    result = CliRunner().invoke(main, ["dedup", str(source), "--isolated", "--memory", "lots"])
    assert result.exit_code == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2**20 - 1), max_size=40), max_size=12), st.integers(0, 6))
def test_parts_in_a_file_are_those_in_memory(blocks, bits):
    """Whatever was put there at a time, each part comes back once with all its values, from one file or from none."""
    read = []
    for memory in (None, 1):
        room = Room() if memory is None else _Crowded(memory)
        parts = room.parts(1 << bits, 20 - bits if bits else 63)
        for block in blocks:
            parts.add(np.array(block, np.uint64))
        read.append([sorted(part.tolist()) for part in parts])
        assert [part.tolist() for part in parts] == [[]] * (1 << bits), "once"
        room.close()
    assert read[0] == read[1]
    assert sorted(value for part in read[0] for value in part) == sorted(value for block in blocks for value in block)


class _Crowded(Room):
    """A room that is full at once and has no patience."""

    chunk = 64
    spilling = True


def test_values_kept_in_files_are_the_same_and_can_be_written(tmp_path):
    """An array that does not fit comes back from a file; one that was asked for filled takes what is written to it."""
    room = Room(1 << 16, tmp_path)
    values = np.arange(30_000).reshape(-1, 2)
    kept = room.keep(values)
    full = room.filled(50_000, np.float64, np.nan)
    names = room.filled(20_000, "<U8", "")
    full[7], names[8] = 0.5, "reprint"
    room.release()
    assert np.array_equal(kept, values)
    assert (full[7], names[8], names[9], int(np.isnan(full).sum())) == (0.5, "reprint", "", 49_999)
    assert len(list(tmp_path.rglob("*.column"))) == 3
    assert room.keep(values[:2]) is not None
    assert len(list(tmp_path.rglob("*.column"))) == 3, "a small one stays in memory"


def test_repeated_strings_of_any_number():
    """A value takes a byte, then two: what was said before stays."""
    told = Repeated()
    values = [None, *(f"host{at % 700}" for at in range(2000)), None]
    for value in values:
        told.add(value)
    assert list(told) == values
    assert len(told.distinct) == 701


def test_names_in_files_are_those_in_memory(tmp_path):
    """Ids past what is put together at a time come back from a file, in any order."""
    room = Room(1 << 14, tmp_path)
    names = Names(room)
    for at in range(10_000):
        names.add(f"page/{at}é" * (at % 3))
    room.release()
    assert [names[at] for at in (9_999, 0, 5_000, 4_096)] == [
        f"page/{at}é" * (at % 3) for at in (9_999, 0, 5_000, 4_096)
    ]
    assert any(tmp_path.rglob("*.column"))
