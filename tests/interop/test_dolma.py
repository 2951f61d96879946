"""dolma attributes, carried out by dolma's own mixer (its compiled part, which needs none of its other packages)."""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from scrubkit.config import Config, Dedup
from scrubkit.core.errors import InputError
from scrubkit.engine.run import Plan, clean_corpus
from scrubkit.interop import export_attributes

BODY = (
    "Report {}: the river – the “Große Ache” – rose on Monday by {} metres and fell again in the evening.\n\n"
    "Farmers who had left their flocks on the high pastures set out before dawn to dig the animals out, she said.\n"
)


def write(path: Path, texts: list[str], extra: list[str] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        for number, text in enumerate(texts):
            stream.write(json.dumps({"id": f"{path.name}-{number}", "text": text, "source": "t"}) + "\n")
        stream.writelines(extra or [])


def read(path: Path) -> list[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Plain ones, one with line ends of Windows and mojibake, one that is nothing but a menu, a copy."""
    texts = [f"Skip to main content\n\n{BODY.format(i, i)}\nShare this article\n" for i in range(6)]
    texts[3] = texts[3].replace("–", "–".encode().decode("cp1252")).replace("\n", "\r\n")
    texts[4] = "Skip to main content\nHome | News | Sport\n"
    write(tmp_path / "set" / "documents" / "a.jsonl.gz", [*texts, texts[0]])
    write(
        tmp_path / "set" / "documents" / "sub" / "b.jsonl.gz", [texts[1].replace("river", "brook") + BODY.format(9, 8)]
    )
    return tmp_path / "set" / "documents"


def test_attributes_mirror_the_documents(documents: Path, tmp_path: Path) -> None:
    """The same files, rows and ids; spans point at the words that went, in the user's own text."""
    clean_corpus(Plan((str(documents),), tmp_path / "out", Config(dedup=Dedup(max_drop=1.0)), jobs=1))
    assert export_attributes(tmp_path / "out", documents, tmp_path / "set" / "attributes") == 8
    for name in ("a.jsonl.gz", "sub/b.jsonl.gz"):
        rows, told = read(documents / name), read(tmp_path / "set" / "attributes" / "scrubkit" / name)
        assert [row["id"] for row in rows] == [row["id"] for row in told]
        for row, attributes in zip(rows, told, strict=True):
            for key, spans in attributes["attributes"].items():
                for start, end, score in spans:
                    assert 0 <= start < end <= len(row["text"])
                    assert 0 < score <= 1
                    if key.endswith("__share"):
                        assert row["text"][start:end].strip() == "Share this article"
    told = read(tmp_path / "set" / "attributes" / "scrubkit" / "a.jsonl.gz")
    assert "scrubkit__scrubkit__share" in told[3]["attributes"]
    assert "scrubkit__scrubkit__rejected" in told[4]["attributes"]
    assert (
        "scrubkit__scrubkit__duplicate" in told[0]["attributes"]
        or "scrubkit__scrubkit__duplicate" in told[6]["attributes"]
    )


def test_folders_that_do_not_belong_together_are_refused(documents: Path, tmp_path: Path) -> None:
    """A run without a ledger, and one over other documents."""
    with pytest.raises(InputError, match="holds no ledger"):
        export_attributes(tmp_path, documents, tmp_path / "x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").write_text("Rain fell.")
    with pytest.raises(InputError, match=r"no \.jsonl files"):
        export_attributes(tmp_path, tmp_path / "empty", tmp_path / "x")


def test_other_documents_under_the_same_names_are_refused(documents: Path, tmp_path: Path) -> None:
    """A text that is another than the one cleaned, and one that is gone, are named; no foreign spans are written."""
    clean_corpus(Plan((str(documents),), tmp_path / "out", Config(dedup=Dedup(max_drop=1.0)), jobs=1))
    other = tmp_path / "other"
    write(other / "a.jsonl.gz", [f"Rain fell on day {number}.\n\nAll of it." for number in range(7)])
    with pytest.raises(InputError, match=r"a\.jsonl\.gz:1: is not the text that was cleaned \(give the folder"):
        export_attributes(tmp_path / "out", other, tmp_path / "x")
    rows = read(documents / "a.jsonl.gz")
    write(documents / "a.jsonl.gz", [row["text"] for row in rows[:-1]])
    with pytest.raises(InputError, match=r"documents: has no record a\.jsonl\.gz:7, but the ledger has"):
        export_attributes(tmp_path / "out", documents, tmp_path / "x")


def test_a_run_over_several_folders_is_refused(documents: Path, tmp_path: Path) -> None:
    """Its files have other names in the ledger; nothing is written where rows without attributes would have been."""
    write(tmp_path / "more" / "c.jsonl.gz", [BODY.format(7, 7)])
    sources = (str(documents), str(tmp_path / "more"))
    clean_corpus(Plan(sources, tmp_path / "out", Config(dedup=Dedup(max_drop=1.0)), jobs=1))
    with pytest.raises(InputError, match=r"no row of these documents; it has rows of documents/a\.jsonl\.gz, .*hold a"):
        export_attributes(tmp_path / "out", documents, tmp_path / "x")
    assert not (tmp_path / "x").exists()


@pytest.mark.interop
def test_their_mixer_makes_our_texts(documents: Path, tmp_path: Path) -> None:
    """Spans cut and documents excluded by dolma are those of scrubkit's own output."""
    spec = importlib.util.find_spec("dolma")
    if spec is None or spec.submodule_search_locations is None:
        pytest.skip("dolma is not installed")
    (binary,) = Path(next(iter(spec.submodule_search_locations))).glob("dolma.*.so")
    native = importlib.util.spec_from_file_location("dolma", binary)
    assert native is not None
    assert native.loader is not None
    dolma = importlib.util.module_from_spec(native)
    native.loader.exec_module(dolma)
    clean_corpus(Plan((str(documents),), tmp_path / "out", Config(dedup=Dedup(enabled=False)), jobs=1))
    export_attributes(tmp_path / "out", documents, tmp_path / "set" / "attributes")
    told = read(tmp_path / "set/attributes/scrubkit/a.jsonl.gz") + read(
        tmp_path / "set/attributes/scrubkit/sub/b.jsonl.gz"
    )
    keys = sorted(
        {key for row in told for key in row["attributes"] if not key.endswith(("__rejected", "__quarantined"))}
    )
    stream = {
        "name": "clean",
        "documents": [f"{documents}/*.jsonl.gz", f"{documents}/sub/*.jsonl.gz"],
        "attributes": ["scrubkit"],
        "output": {"path": str(tmp_path / "mixed"), "max_size_in_bytes": 10**9},
        "filter": {"include": [], "exclude": ["$.attributes[?(@.scrubkit__scrubkit__rejected)]"]},
        "span_replacement": [{"span": f"$.attributes.{key}", "min_score": 0.0, "replacement": ""} for key in keys],
    }
    (tmp_path / "work").mkdir()
    work = {"input": str(tmp_path / "work"), "output": str(tmp_path / "work")}
    dolma.mixer_entrypoint(json.dumps({"streams": [stream], "processes": 1, "work_dir": work}))
    mixed = {row["id"]: row["text"] for path in (tmp_path / "mixed").glob("*.gz") for row in read(path)}
    ours = {
        row["id"]: row["text"]
        for path in (tmp_path / "out").rglob("*.jsonl.gz")
        for row in read(path)
        if path.parent.name != "lines"
    }
    assert mixed.keys() == ours.keys()
    for name, text in ours.items():
        if name != "a.jsonl.gz-3":  # repair is no span: there only the cuts are the same
            assert mixed[name] == text
    assert "Share this article" not in mixed["a.jsonl.gz-3"]


@pytest.mark.parametrize("line", [b"[]", b"{}", b'{"source": 1}', b"[" * 9999, b"\xff"])
def test_a_ledger_that_no_run_wrote(tmp_path: Path, line: bytes) -> None:
    """A row of another shape is refused by file and line."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/a.jsonl").write_text('{"id": "a", "text": "Rain fell."}\n')
    (tmp_path / "out").mkdir()
    (tmp_path / "out/ledger.jsonl.zst").write_bytes(zstandard.compress(line))
    with pytest.raises(InputError, match=r"ledger\.jsonl\.zst:1: is not a line that a run writes"):
        export_attributes(tmp_path / "out", tmp_path / "documents", tmp_path / "attributes")
