"""The filters of the text layer by themselves: on one text, on records and pages, on Arrow batches."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scrubkit as sk
from scrubkit.core.errors import ConfigError, InputError
from scrubkit.ingest.language import Language
from scrubkit.ingest.repair import replay

GERMAN = "Die alte Brücke über den Fluss wurde wegen Reparaturen gesperrt, und die Stadt wartet auf ihre Öffnung."
ENGLISH = "The old bridge over the river was closed for repairs, and the town waits for it to open again in autumn."
DAMAGED = GERMAN.encode().decode("cp1252")


def table(*texts: str | None, **more: list[Any]) -> pa.Table:
    return pa.table({"id": list(range(len(texts))), "text": pa.array(texts, pa.string()), **more})


def test_one_text_in_one_text_out() -> None:
    """On a string each filter gives a string, or a language, and nothing else."""
    assert sk.filters.repair_encoding()(DAMAGED) == GERMAN
    assert sk.filters.normalise()("20\u00a0km") == "20 km"
    assert sk.filters.normalise()(DAMAGED) == DAMAGED
    found = sk.filters.language()(GERMAN)
    assert isinstance(found, Language)
    assert found.code == "de"


def test_bytes_are_decoded() -> None:
    """Bytes in a legacy set come back as text, and their language is told."""
    assert sk.filters.repair_encoding()(GERMAN.encode("cp1252")) == GERMAN
    assert sk.filters.language()(GERMAN.encode("utf-16")).code == "de"


def test_markup_stays_markup() -> None:
    """Mending one text lays nothing out: tags, entities and line ends of HTML stand as they stood."""
    html = f"<p>{DAMAGED}</p>\n<p>a &amp; b</p>"
    assert sk.filters.repair_encoding()(html) == f"<p>{GERMAN}</p>\n<p>a &amp; b</p>"


@pytest.mark.parametrize("kind", ["records", "pages", "texts", "tuple"])
def test_sequences_become_pages(kind: str) -> None:
    """Records, pages and bare texts come back as pages in their order, with findings."""
    records = [sk.Record("a", DAMAGED), sk.Record("b", ENGLISH)]
    given = {"records": records, "pages": [sk.Page(r) for r in records], "texts": [DAMAGED, ENGLISH]}.get(kind)
    pages = sk.filters.language(keep={"en"})(sk.filters.repair_encoding()(given or tuple(records)))
    assert [page.text for page in pages] == [GERMAN, ENGLISH]
    assert [page.verdict.status for page in pages] == ["rejected", "kept"]
    assert "ENC003" in {finding.code for finding in pages[0].findings}
    assert [page.meta.language for page in pages] == ["de", "en"]


@pytest.mark.parametrize("batch", ["table", "batch", "mapping", "chunked"])
def test_batches_keep_their_rows_and_say_why(batch: str) -> None:
    """Every row stays; text is mended in place, verdict and findings are added, other columns pass through."""
    made: Any = table(DAMAGED, ENGLISH, None)
    if batch == "batch":
        made = made.to_batches()[0]
    elif batch == "mapping":
        made = made.to_pydict()
    elif batch == "chunked":
        made = pa.concat_tables([made.slice(0, 1), made.slice(1)])
    out = sk.filters.language(keep={"en"})(sk.filters.repair_encoding()(made))
    assert type(out) is type(made)
    rows = out if batch == "mapping" else out.to_pydict()
    assert list(rows) == ["id", "text", "repairs", "verdict", "findings", "language", "language_score"]
    assert rows["id"] == [0, 1, 2]
    assert rows["text"] == [GERMAN, ENGLISH, None]
    assert rows["language"] == ["de", "en", None]
    assert rows["verdict"] == ["rejected", "kept", "kept"]
    assert [[finding["code"] for finding in some] for some in rows["findings"]] == [["ENC003", "LNG001"], [], []]
    assert json.loads(rows["findings"][0][1]["because"])["wanted"] == ["en"]
    assert replay(DAMAGED, json.loads(rows["repairs"][0])) == GERMAN


def test_an_empty_batch_has_the_columns_too() -> None:
    """A batch without rows comes out with the same columns and types as one with rows."""
    full = sk.filters.language()(table(GERMAN))
    empty = sk.filters.language()(table(GERMAN).slice(0, 0))
    assert empty.schema == full.schema
    assert empty.num_rows == 0


def test_the_column_is_named_by_an_option() -> None:
    """Another column may hold the text, also a large or a binary one; an unknown one is told."""
    made = pa.table({"body": pa.array([DAMAGED], pa.large_string()), "raw": [GERMAN.encode("cp1252")]})
    assert sk.filters.repair_encoding(column="body")(made).schema.field("body").type == pa.large_string()
    assert sk.filters.repair_encoding(column="raw")(made)["raw"].to_pylist() == [GERMAN]
    with pytest.raises(ConfigError) as caught:
        sk.filters.language()(made)
    assert "column=" in str(caught.value)
    assert "body" in str(caught.value)


def test_what_is_no_text_is_told() -> None:
    """A number in the column, or an object that is no batch, is an error that names itself."""
    with pytest.raises(InputError) as caught:
        sk.filters.language()({"text": ["some words", 7]})
    assert "row 1" in str(caught.value)
    with pytest.raises(InputError):
        sk.filters.language()(3.5)


@pytest.mark.parametrize("make", [sk.filters.repair_encoding, sk.filters.normalise, sk.filters.language])
def test_filters_travel(make: Any) -> None:
    """Each can be sent to a worker and says the same there."""
    some = pickle.loads(pickle.dumps(make(column="body")))
    assert some == make(column="body")
    assert some({"body": [DAMAGED]}) == make(column="body")({"body": [DAMAGED]})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=6))
def test_a_batch_is_its_texts(texts: list[str | None]) -> None:
    """What a batch gives row by row is what each text gives alone; lone surrogates become valid text."""
    out = sk.filters.repair_encoding()({"text": texts})
    assert out["text"] == [None if text is None else sk.filters.repair_encoding()(text) for text in texts]
    pa.array(out["text"], pa.string())


def test_what_is_no_page_is_told() -> None:
    """A number among the pages is named, with its place, by a filter as by a pipeline."""
    with pytest.raises(ConfigError, match="record 1 is of type int"):
        sk.filters.language()(["a", 42])


def test_repair_after_a_filter_that_read_the_text_is_told() -> None:
    """Pages that were tagged for the text before it was mended are refused, not stripped of their tags."""
    pages = sk.filters.language()([f"{'Der Zug kommt heute später an, sagte die Bahn. ' * 4}"])
    with pytest.raises(ConfigError, match="comes after a filter"):
        sk.filters.repair_encoding()(pages)


def test_buffers_are_pages_of_a_pipeline() -> None:
    """A pipeline takes what the command and the filters take, bytes in any buffer."""
    pipeline = sk.Pipeline([sk.filters.repair_encoding()])
    (batch,) = pipeline.run([bytearray(b"caf\xc3\xa9"), memoryview(b"tea")])
    assert [page.text for page in batch] == ["café", "tea"]
