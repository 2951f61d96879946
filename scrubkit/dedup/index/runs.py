"""Runs: what an index holds of a slice of its documents, as arrays to write and as files mapped back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import zstandard

from scrubkit.core.errors import InputError
from scrubkit.dedup.index.files import check_file, flush_folder, map_columns, numbers, stamp_of, write_columns
from scrubkit.dedup.index.manifest import RunEntry

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["EXACT_COPY", "FOLDER", "LEADER", "NEAR_COPY", "Documents", "Postings", "Run", "pack", "write_run"]

FOLDER = "runs"
LEADER, NEAR_COPY, EXACT_COPY = 0, 1, 2
"""What a document is: the first of its kind, a near-exact copy of an earlier one, a copy word for word."""

_FILES = ("documents", "stems", "keys", "directory", "frequencies", "furniture")


@dataclass(frozen=True, slots=True, eq=False)
class Documents:
    """Columns of documents, one entry each; ``stems`` end to end, document ``d`` up to ``stem_end[d]``.

    ``serial`` int64 ascends and is never given twice; ``leader`` int64 is the serial of the document that stands for
    this one in the rewrite layer; ``kind`` uint8; ``hashes`` uint64 (documents, 2) of all folded words; ``words`` and
    ``every`` int32 as in a sketch; ``chars`` int32; ``local`` uint8: how many local keys; ``signatures`` uint32;
    ``stems`` uint32 with the lowest bit set for numbers; ``ids`` and ``texts`` (zstandard) binary, ``dates`` and
    ``sources`` strings or null, as Arrow arrays.
    """

    serial: NDArray[np.int64]
    leader: NDArray[np.int64]
    kind: NDArray[np.uint8]
    hashes: NDArray[np.uint64]
    words: NDArray[np.int32]
    every: NDArray[np.int32]
    chars: NDArray[np.int32]
    local: NDArray[np.uint8]
    signatures: NDArray[np.uint32]
    stem_end: NDArray[np.int64]
    stems: NDArray[np.uint32]
    ids: pa.Array
    texts: pa.Array
    dates: pa.Array
    sources: pa.Array

    def __len__(self) -> int:
        """How many documents."""
        return len(self.serial)

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Where each document's stems begin, and the end."""
        return np.append(np.zeros(1, np.int64), self.stem_end)


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """What is looked up in: sorted keys and their directory; how many documents hold a stem; furniture lines."""

    keys: NDArray[np.uint64]
    directory: NDArray[np.uint32]
    cells: NDArray[np.uint32]
    counts: NDArray[np.uint32]
    furniture: NDArray[np.uint64]


def pack(text: str) -> bytes:
    """Return a text as it is stored: UTF-8, compressed, with its own checksum."""
    return _compressor().compress(text.encode("utf-8", "surrogatepass"))


def _compressor() -> zstandard.ZstdCompressor:
    if not _tools:
        _tools["pack"] = zstandard.ZstdCompressor(level=1, write_checksum=True)
    tool: zstandard.ZstdCompressor = _tools["pack"]
    return tool


_tools: dict[str, Any] = {}  # making a compressor costs more than compressing an article


def write_run(folder: Path, name: str, documents: Documents, postings: Postings) -> RunEntry:
    """Write a run and return its entry; it is there, whole and on the disk, or not at all."""
    place = folder / FOLDER / name
    making = place.with_name(f"{name}.tmp")
    making.mkdir(parents=True)
    columns = {
        "documents": {
            field.name: _column(getattr(documents, field.name))
            for field in fields(Documents)
            if field.name not in ("stems",)
        },
        "stems": {"stem": documents.stems},
        "keys": {"key": postings.keys},
        "directory": {"at": postings.directory},
        "frequencies": {"cell": postings.cells, "count": postings.counts},
        "furniture": {"line": postings.furniture},
    }
    for kind in _FILES:
        write_columns(making / f"{kind}.arrow", columns[kind])
    stamps = {kind: stamp_of(making / f"{kind}.arrow") for kind in _FILES}
    flush_folder(making)
    making.rename(place)
    flush_folder(place.parent)
    return RunEntry(name, int(documents.serial[0]), len(documents), stamps)


def _column(values: Any) -> pa.Array:
    if isinstance(values, pa.Array) or values.ndim == 1:
        return values
    flat = pa.array(np.ascontiguousarray(values).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])


_REMEDY = "put the file back from a copy of the index"


class Run:
    """A run of documents, mapped from its files; arrays are views of them."""

    def __init__(self, folder: Path, entry: RunEntry) -> None:
        self.entry, self.place = entry, folder / FOLDER / entry.name
        self._maps: dict[str, Mapping[str, pa.Array]] = {kind: self._map(kind) for kind in _FILES}

    def __len__(self) -> int:
        """How many documents."""
        return self.entry.documents

    def _map(self, kind: str) -> Mapping[str, pa.Array]:
        path = self.place / f"{kind}.arrow"
        stamp = self.entry.files.get(kind)
        if stamp is None:
            raise InputError("is not in the manifest", place=str(path), remedy=_REMEDY)
        check_file(path, stamp, whole=False)
        return map_columns(path)

    def verify(self) -> None:
        """Read every byte; :class:`InputError`, naming the file, where one is not as it was written."""
        for kind in _FILES:
            check_file(self.place / f"{kind}.arrow", self.entry.files[kind], whole=True)

    @cached_property
    def documents(self) -> Documents:
        """The columns."""
        columns = self._maps["documents"]
        out: dict[str, Any] = {"stems": numbers(self._maps["stems"]["stem"])}
        for name, column in columns.items():
            if pa.types.is_fixed_size_list(column.type):
                out[name] = numbers(column.values).reshape(-1, column.type.list_size)
            else:
                out[name] = column if name in ("ids", "texts", "dates", "sources") else numbers(column)
        if len(out["serial"]) != self.entry.documents:
            place = str(self.place / "documents.arrow")
            raise InputError(
                f"holds {len(out['serial'])} documents, not {self.entry.documents}", place=place, remedy=_REMEDY
            )
        return Documents(**out)

    @cached_property
    def postings(self) -> Postings:
        """What is looked up in."""
        count = self._maps["frequencies"]
        return Postings(
            numbers(self._maps["keys"]["key"]),
            numbers(self._maps["directory"]["at"]),
            numbers(count["cell"]),
            numbers(count["count"]),
            numbers(self._maps["furniture"]["line"]),
        )

    def id(self, at: int) -> str:
        """Return the user's id of a document."""
        return str(bytes(self.documents.ids[at].as_py()), "utf-8", "surrogatepass")

    def texts(self, places: Sequence[int]) -> list[str]:
        """Return the texts of documents; :class:`InputError`, naming the file, where one cannot be read back."""
        column = self.documents.texts
        data = memoryview(column.buffers()[2])
        ends = np.frombuffer(column.buffers()[1], np.int64)[column.offset :]
        tool = zstandard.ZstdDecompressor()  # one for all of them: making it costs more than a text
        out = []
        for at, begin, end in zip(places, ends[places].tolist(), ends[1:][places].tolist(), strict=True):
            try:
                out.append(tool.decompress(data[begin:end]).decode("utf-8", "surrogatepass"))
            except zstandard.ZstdError as error:
                raise InputError(
                    f"is damaged: the text of document {self.id(at)!r} cannot be read back ({error})",
                    place=str(self.place / "documents.arrow"),
                    remedy=_REMEDY,
                ) from error
        return out

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(stamp.size for stamp in self.entry.files.values())
