"""Hugging Face datasets: folders of save_to_disk through the command, objects through Python, with the real library."""

from __future__ import annotations

import json
import pickle
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

import scrubkit as sk
from scrubkit.config import Config, Dedup
from scrubkit.engine.run import Plan, clean_corpus
from scrubkit.interop import CleanBatch, clean_dataset, records_of
from scrubkit.io import saved_datasets

datasets = pytest.importorskip("datasets")

pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("ignore")]

CONFIG = Config(dedup=Dedup(enabled=False))
TEXT = "Skip to main content\n\nReport {}: the river rose on Monday by {} metres and fell again in the evening.\n"


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))


def made(count: int) -> Any:
    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "id": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["flood", "drought"]),
            "score": datasets.Value("float32"),
        }
    )
    rows = {
        "text": [TEXT.format(i, i) if i != 1 else " " for i in range(count)],
        "id": [f"d{i}" for i in range(count)],
        "label": [i % 2 for i in range(count)],
        "score": [float("nan") if i == 2 else i / 2 for i in range(count)],
    }
    return datasets.Dataset.from_dict(rows, features=features)


def test_a_saved_dataset_becomes_a_saved_dataset(tmp_path: Path) -> None:
    """Shards, class labels and NaN stay; a cache of map beside them is no part of it; an empty text is set aside."""
    made(40).save_to_disk(str(tmp_path / "in"), num_shards=2)
    (tmp_path / "in" / "cache-1234.arrow").write_bytes((tmp_path / "in" / "data-00000-of-00002.arrow").read_bytes())
    result = clean_corpus(Plan((str(tmp_path / "in"),), tmp_path / "out", CONFIG, jobs=1))
    assert result.account.documents == {"kept": 39, "broken": 1}
    back = datasets.load_from_disk(str(tmp_path / "out"))
    assert back.num_rows == 39
    assert back.features["label"].names == ["flood", "drought"]
    assert back[0]["text"].startswith("Report 0")
    assert back[1]["score"] != back[1]["score"]
    assert back["label"][1] == 0
    assert '"removed"' in back[0]["metadata"]


def test_a_saved_dict_keeps_its_splits(tmp_path: Path) -> None:
    """In their order."""
    datasets.DatasetDict({"train": made(6), "test": made(3)}).save_to_disk(str(tmp_path / "in"))
    clean_corpus(Plan((str(tmp_path / "in"),), tmp_path / "out", CONFIG, jobs=1))
    back = datasets.load_from_disk(str(tmp_path / "out"))
    assert {name: split.num_rows for name, split in back.items()} == {"train": 5, "test": 2}
    assert list(back) == ["train", "test"]
    assert next(record.id for record in sk.read(tmp_path / "in" / "test")) == "d0"


def test_one_split_of_a_saved_dict_becomes_a_dataset(tmp_path: Path) -> None:
    """Named alone it has no split's name: no list of splits stands in the result, which loads."""
    datasets.DatasetDict({"train": made(6), "test": made(3)}).save_to_disk(str(tmp_path / "in"))
    clean_corpus(Plan((str(tmp_path / "in" / "train"),), tmp_path / "out", CONFIG, jobs=1))
    assert not (tmp_path / "out" / "dataset_dict.json").exists()
    assert datasets.load_from_disk(str(tmp_path / "out")).num_rows == 5


def test_the_list_of_a_saved_dataset_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what finds the files and by what seals the result, however many shards there are; shards are hashed whole."""
    made(40).save_to_disk(str(tmp_path / "in"), num_shards=4)
    listed, asked = saved_datasets.listed, []

    def counted(folder: Path) -> frozenset[str] | None:
        asked.append(folder)
        return listed(folder)

    monkeypatch.setattr(saved_datasets, "listed", counted)
    clean_corpus(Plan((str(tmp_path / "in"),), tmp_path / "out", CONFIG, jobs=1))
    assert asked == [tmp_path / "in"] * 2
    shards = sorted((tmp_path / "out").glob("*.arrow"))
    told = blake2b(b"".join(shard.read_bytes() for shard in shards), digest_size=8).hexdigest()
    assert len(shards) == 4
    assert json.loads((tmp_path / "out" / "state.json").read_text())["_fingerprint"] == told


def test_objects_are_read_and_cleaned() -> None:
    """Rows as records; map in worker processes; streaming; the step survives pickling."""
    data = made(8)
    assert [record.id for record in records_of(data.select([0, 2]))] == ["d0", "d2"]
    step = pickle.loads(pickle.dumps(CleanBatch(CONFIG)))
    one = data.map(step, batched=True, batch_size=3, load_from_cache_file=False)
    two = clean_dataset(data, CONFIG, num_proc=2)
    assert one["text"] == two["text"]
    assert one["scrubkit_verdict"][:3] == ["kept", "rejected", "kept"]
    assert one.features["label"].names == ["flood", "drought"]
    kept = [row["id"] for row in clean_dataset(data.to_iterable_dataset(), CONFIG) if row["scrubkit_verdict"] == "kept"]
    assert kept == ["d0", "d2", "d3", "d4", "d5", "d6", "d7"]
