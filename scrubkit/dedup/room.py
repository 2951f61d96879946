"""Where the arrays of a search lie: in memory, or on disk once they would take more than the memory given."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.kernels.groups import scatter

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Column", "Parts", "Room"]

# Reading one row of a mapped file maps sixteen pages around it.
_AROUND = 1 << 16
_LEAST_ROWS, _LEAST_BYTES, _CHUNK = 256, 1 << 20, 1 << 25


class Room:
    """How many bytes intermediate arrays may take; what does not fit lies in files of a folder of its own.

    ``memory=None`` keeps everything in memory. The folder is made at need, inside ``folder`` where one is given, and
    goes with the room.
    """

    def __init__(self, memory: int | None = None, folder: Path | None = None) -> None:
        self.memory = memory
        self._parent = folder
        self._folder: Path | None = None
        self._maps: list[Any] = []
        self._held = 0
        self._files = 0
        self._end: Any = None

    @property
    def spilling(self) -> bool:
        """Whether arrays go to disk by now."""
        return self.memory is not None and self._held > self.memory // 4

    @property
    def chunk(self) -> int:
        """How many bytes of texts or rows to work on at once."""
        return _CHUNK if self.memory is None else max(_LEAST_BYTES, min(_CHUNK, self.memory // 32))

    @property
    def rows(self) -> int:
        """How many rows of a mapped file to read anywhere before :meth:`release`."""
        return 1 << 62 if self.memory is None else max(_LEAST_ROWS, self.memory // (16 * _AROUND))

    def column(self, dtype: Any, size: int | None = None) -> Column:
        """Return a column that grows at its end, to ``size`` values where that is known."""
        return Column(self, np.dtype(dtype), size)

    def fits(self, size: int) -> bool:
        """Whether so many bytes more have room in memory."""
        return self.memory is None or self._held + size <= self.memory // 4

    def parts(self, count: int, shift: int) -> Parts:
        """Return numbers kept apart by ``value >> shift``, which is below ``count``."""
        return Parts(self, count, shift)

    def hold(self, size: int) -> None:
        """Take note of so many bytes more (or fewer) in memory."""
        self._held += size

    def file(self) -> Path:
        """Return the path of a new file."""
        if self._folder is None:
            if self._parent is not None:
                self._parent.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix="scrubkit-dedup-", dir=self._parent))
            self._end = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._files += 1
        return self._folder / f"{self._files}.column"

    def mapped(self, path: Path, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return the file as an array that is read where it is touched."""
        array = np.memmap(path, dtype, "r")
        self._maps.append(array._mmap)  # type: ignore[attr-defined]
        return np.asarray(array)

    def release(self) -> None:
        """Give back the memory of mapped pages; they are read again when touched."""
        import mmap

        if hasattr(mmap, "MADV_DONTNEED"):
            for held in self._maps:
                held.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Remove the folder; arrays that were mapped must not be used any more."""
        if self._end is not None:
            self._end()


class Column:
    """An array that grows at its end: in memory until the room is full, then in a file.

    One whose size is known and fits is made at once: nothing is copied when it is whole.
    """

    def __init__(self, room: Room, dtype: np.dtype[Any], size: int | None = None) -> None:
        self._room, self._dtype = room, dtype
        self._whole: NDArray[Any] | None = None
        self._at = 0
        if size is not None and room.fits(size * dtype.itemsize):
            self._whole = np.empty(size, dtype)
            room.hold(self._whole.nbytes)
        self._parts: list[NDArray[Any]] = []
        self._path: Path | None = None
        self._file: Any = None
        self._size = 0

    def add(self, values: NDArray[Any]) -> None:
        """Append values."""
        if self._whole is not None:
            self._whole[self._at : self._at + len(values)] = values
            self._at += len(values)
            return
        values = np.ascontiguousarray(values, self._dtype)
        self._size += values.nbytes
        if self._file is not None:
            self._file.write(values.data)
            return
        self._parts.append(values)
        self._room.hold(values.nbytes)
        if self._room.spilling:
            self._path = self._room.file()
            self._file = self._path.open("wb")
            for part in self._parts:
                self._file.write(part.data)
                self._room.hold(-part.nbytes)
            self._parts = []

    def array(self) -> NDArray[Any]:
        """Return all values; nothing can be added any more."""
        if self._whole is not None:
            return self._whole[: self._at]
        if self._file is not None:
            self._file.close()
            assert self._path is not None
            return self._room.mapped(self._path, self._dtype) if self._size else np.zeros(0, self._dtype)
        if len(self._parts) == 1:
            return self._parts[0]
        out = np.concatenate([np.zeros(0, self._dtype), *self._parts])
        self._parts = [out]
        return out


class Parts:
    """Numbers of 64 bits in parts by their upper bits, in memory or in Arrow files of one batch a part."""

    def __init__(self, room: Room, count: int, shift: int) -> None:
        self._room, self._count, self._shift = room, count, shift
        self._blocks: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []
        self._held = 0
        self._files: list[Path] = []

    def add(self, values: NDArray[np.uint64]) -> None:
        """Add values in any order."""
        if not len(values):
            return
        if self._count == 1:
            self._blocks.append((values, np.array([0, len(values)])))
        else:
            self._blocks.append(scatter(values, self._shift, self._count))
        self._held += values.nbytes
        self._room.hold(values.nbytes)
        if self._room.spilling and self._held > self._room.chunk:
            self._spill()

    def __iter__(self) -> Iterator[NDArray[np.uint64]]:
        """Iterate over the parts in ascending order; the values of a part are in no order."""
        import pyarrow as pa

        readers = [pa.ipc.open_file(pa.OSFile(str(path))) for path in self._files]
        for at in range(self._count):
            held = [reader.get_batch(at).column(0).to_numpy() for reader in readers]
            yield self._part(at, held)
        for reader in readers:
            reader.close() if hasattr(reader, "close") else None
        for path in self._files:
            path.unlink()
        self._room.hold(-self._held)
        self._files, self._blocks, self._held = [], [], 0

    def _part(self, at: int, more: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
        held = [values[begin[at] : begin[at + 1]] for values, begin in self._blocks]
        return np.concatenate([np.zeros(0, np.uint64), *held, *more])

    def _spill(self) -> None:
        import pyarrow as pa

        path = self._room.file().with_suffix(".arrow")
        schema = pa.schema([("value", pa.uint64())])
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            for at in range(self._count):
                writer.write_batch(pa.record_batch([pa.array(self._part(at, []))], schema=schema))
        self._files.append(path)
        self._room.hold(-self._held)
        self._blocks, self._held = [], 0
