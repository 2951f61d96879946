"""What a run wrote is read by type: what no run writes is an error that names the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from msgspec import Struct

from scrubkit.core import InputError
from scrubkit.engine.restore import restored
from scrubkit.io.results import result_file, result_lines, typed
from scrubkit.report import write


class Told(Struct):
    id: str
    count: int = 0
    because: Any = None


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"1", b"{", b'{"id": 1}', b'{"id": "a", "count": "x"}', b'{"id": "\xff"}', b'{"id":' + b"[" * 9999],
)
def test_other_shapes_are_refused(data: bytes) -> None:
    """Whatever stands there, what is raised is one kind of error."""
    with pytest.raises(ValueError, match=r".+"):
        typed(Told)(data)


def test_what_a_run_writes_is_read() -> None:
    """NaN and lone surrogates, which plug-ins and users say, are no reason to refuse a run; unknown fields neither."""
    assert typed(Told)(b'{"id": "\\ud800", "because": NaN, "new": [1]}').id == "\ud800"


def test_file_and_line_are_named(tmp_path: Path) -> None:
    """The message says which file and which line of it; a file that may be absent has its value."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": "a"}\n{"id": 7}\n')
    with pytest.raises(InputError, match=r"a\.jsonl:2: is not a line that a run writes"):
        list(result_lines(path, Told))
    with pytest.raises(InputError, match=r"a\.jsonl: is not what a run writes"):
        result_file(path, Told)
    with pytest.raises(InputError, match="is not there"):
        result_file(tmp_path / "b.json", Told)
    with pytest.raises(InputError, match="cannot be read"):
        result_file(tmp_path, Told)
    assert result_file(tmp_path / "b.json", Told, absent=Told("x")).id == "x"


ENTRY = {"code": "NAV001", "start": 0, "end": 5, "text": "Home\n", "score": 0.9, "because": {}, "replacement": ""}
ROW = {"id": "a", "source": "a.jsonl", "line": 1, "verdict": "kept", "original_length": 9, "clean_length": 4,
       "entries": [ENTRY], "out": "a.jsonl", "row": 0}  # fmt: skip
MEMBER = {"id": "a", "cluster": 0, "keeper": True, "verdict": "keeper", "score": None}
RUN: dict[str, Any] = {
    "ledger.jsonl.zst": ROW, "clusters.jsonl": MEMBER, "stats.json": {"documents": {"in": 1, "kept": 1}},
    "manifest.json": {"scrubkit": "1.0", "config": {"text-field": "text"}}, "a.jsonl": {"text": "Rain"},
}  # fmt: skip


def _run(folder: Path, name: str | None = None, value: Any = None) -> Path:
    """Write the files of a run, one of them with another value."""
    for file, whole in RUN.items():
        data = json.dumps(value if file == name else whole).encode()
        (folder / file).write_bytes(zstandard.compress(data) if file.endswith(".zst") else data)
    return folder


@pytest.mark.parametrize("name", ["ledger.jsonl.zst", "clusters.jsonl", "stats.json", "manifest.json"])
@pytest.mark.parametrize("value", [[], 1, None, "x", [{}], float("nan")], ids=str)
def test_a_run_of_other_shapes(tmp_path: Path, name: str, value: Any) -> None:
    """A file of a run that holds another shape is refused under its own name, by the report and by restore."""
    _run(tmp_path, name, value)
    with pytest.raises(InputError) as told:
        write(tmp_path, tmp_path / "r.html")
    assert name in str(told.value)
    if name in ("ledger.jsonl.zst", "manifest.json"):
        with pytest.raises(InputError) as told:
            list(restored(tmp_path))
        assert name in str(told.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stats.json", {"documents": 5}),
        ("stats.json", {"documents": {"kept": "two"}}),
        ("stats.json", {"documents": {"kept": -1}}),
        ("stats.json", {"documents": {"in": 10**60}}),
        ("manifest.json", {"scrubkit": 1, "config": {"text-field": "text"}}),
        ("clusters.jsonl", MEMBER | {"score": "high"}),
        ("clusters.jsonl", MEMBER | {"cluster": None}),
        ("ledger.jsonl.zst", ROW | {"original_length": 10**400}),
        ("ledger.jsonl.zst", ROW | {"original_length": -1}),
        ("ledger.jsonl.zst", ROW | {"entries": [ENTRY | {"score": 7}]}),
        ("ledger.jsonl.zst", ROW | {"entries": [ENTRY | {"score": float("nan")}]}),
        ("ledger.jsonl.zst", ROW | {"entries": [ENTRY | {"because": []}]}),
        ("ledger.jsonl.zst", ROW | {"meta": 3}),
    ],
)
def test_values_that_cannot_be(tmp_path: Path, name: str, value: Any) -> None:
    """The report counts nothing that is no count."""
    with pytest.raises(InputError) as told:
        write(_run(tmp_path, name, value), tmp_path / "r.html")
    assert name in str(told.value)


@pytest.mark.parametrize(
    "change",
    [
        {"before": {"lines": [[9, "x"]]}},
        {"clean_length": 3},
        {"out": "a\0b"},
        {"out": "../a"},
        {"row": 5},
        {"text": "\ud800"},
    ],
)
def test_rows_that_do_not_fit_their_text(tmp_path: Path, change: dict[str, Any]) -> None:
    """A row that speaks of lines, rows or names that cannot be is refused, not an error of Python."""
    with pytest.raises(InputError):
        list(restored(_run(tmp_path, "ledger.jsonl.zst", ROW | {"clean_length": 4} | change)))


def test_the_whole_run_passes(tmp_path: Path) -> None:
    """The run that the cases above are changed from is shown and restored, a reason nested deeply included."""
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    row = ROW | {"entries": [ENTRY | {"because": {"deep": deep, "share": float("nan")}}]}
    _run(tmp_path, "ledger.jsonl.zst", row)
    assert write(tmp_path, tmp_path / "r.html") > 0
    assert [told.text for told in restored(tmp_path)] == ["Home\nRain"]
