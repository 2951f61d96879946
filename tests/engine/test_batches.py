"""Cleaning inside other people's pipelines: columns in, the same columns out."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from scrubkit.config import Config
from scrubkit.core import ScrubkitError
from scrubkit.engine.batches import CleanBatch, CleanItem

STORY = "The bridge over the lower river was opened again on Monday after two years of repairs, said the council."
PAGE = f"Skip to main content\n\n{STORY}\n"


def test_a_mapping_of_lists_comes_back_as_one() -> None:
    """Rows stay in number and order; what is no text is told and left."""
    step = pickle.loads(pickle.dumps(CleanBatch()))
    out = step({"text": [PAGE, None, "Skip to main content"], "k": [1, 2, 3]})
    assert out["text"] == [f"{STORY}\n", None, ""]
    assert out["scrubkit_verdict"] == ["kept", "broken", "rejected"]
    assert out["k"] == [1, 2, 3]
    assert "NAV001" in out["scrubkit_ledger"][0]


@pytest.mark.parametrize("kind", ["table", "batch"])
def test_arrow_comes_back_as_arrow(kind: str) -> None:
    """Other columns keep their types, the text its own."""
    import pyarrow as pa

    table = pa.table({"n": pa.array([7], pa.int8()), "text": pa.array([PAGE], pa.large_string())})
    given = table if kind == "table" else table.to_batches()[0]
    out = CleanBatch()(given)
    assert type(out) is type(given)
    assert (out.schema.field("n").type, out.schema.field("text").type) == (pa.int8(), pa.large_string())
    assert out.column("text").to_pylist() == [f"{STORY}\n"]
    assert out.column("scrubkit_codes").to_pylist() == [[]]


def test_a_batch_without_the_column_is_told() -> None:
    """Wrong use raises the one error there is."""
    with pytest.raises(ScrubkitError, match="the batch has no column 'body'"):
        CleanBatch(Config(text_field="body"))({"text": ["a"]})


@pytest.mark.filterwarnings("ignore")
def test_datasets_map_takes_the_step(tmp_path: Any) -> None:
    """With the real library, where it is installed."""
    datasets = pytest.importorskip("datasets")
    try:
        data = datasets.Dataset.from_dict({"text": [PAGE] * 3, "id": ["a", "b", "c"]})
    except pickle.PicklingError:
        pytest.skip("this version of datasets does not work with this version of Arrow")
    out = data.map(CleanBatch(), batched=True, batch_size=2, load_from_cache_file=False)
    assert out["text"] == [f"{STORY}\n"] * 3


def test_a_scrapy_item_is_cleaned_or_dropped() -> None:
    """With Scrapy's own exception, where it is installed."""
    item = CleanItem().process_item({"text": PAGE, "url": "https://a.example/"})
    assert item["text"] == f"{STORY}\n"
    assert item["scrubkit"]["removed"] == {"NAV001": 22}
    assert CleanItem(drop=False).process_item({"text": "Skip to main content"})["scrubkit"]["verdict"] == "rejected"
    exceptions = pytest.importorskip("scrapy.exceptions")
    with pytest.raises(exceptions.DropItem, match="rejected by"):
        CleanItem().process_item({"text": "Skip to main content"})
