"""Where the arrays of a search lie: in memory, or on disk once they would take more than the memory given."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from scrubkit.kernels.groups import scatter

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Column", "Parts", "Room"]

# Reading one row of a mapped file maps sixteen pages around it.
_AROUND = 1 << 16
# Arrays below this share of the memory stay where they are: a file for each would cost more than they take.
_SMALL = 1024
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

    @property
    def together(self) -> int:
        """How many numbers of 64 bits a step may make before they are put away."""
        return self.chunk // 8 if self.memory is not None else 1 << 20

    def column(self, dtype: Any, size: int | None = None) -> Column:
        """Return a column that grows at its end, to ``size`` values where that is known."""
        return Column(self, np.dtype(dtype), size)

    def keep(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values that are wanted for long, in a file once the room is full: what has an entry a document."""
        if self._stays(values.nbytes):
            return values
        path = self.file()
        with path.open("wb") as stream:
            stream.write(np.ascontiguousarray(values).data.cast("B"))
        return self.mapped(path, values.dtype).reshape(values.shape)

    def filled(self, size: int, dtype: Any, value: Any) -> NDArray[Any]:
        """Return ``size`` times a value, to be written to, in a file once the room is full."""
        kind = np.dtype(dtype)
        if self._stays(size * kind.itemsize):
            return np.full(size, value, kind)
        path = self.file()
        with path.open("wb") as stream:
            stream.truncate(size * kind.itemsize)
        out = self.mapped(path, kind, "r+")
        step = max(1, self.chunk // kind.itemsize)
        for at in range(0, size if value else 0, step):
            out[at : at + step] = value
            self.release()
        return out

    def _stays(self, size: int) -> bool:
        """Whether an array of so many bytes stays in memory; it is taken note of then."""
        if self.memory is None or size <= self.memory // _SMALL:
            return True
        if self.fits(size):
            self.hold(size)
            return True
        return False

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

    def mapped(self, path: Path, dtype: np.dtype[Any], mode: Literal["r", "r+"] = "r") -> NDArray[Any]:
        """Return the file as an array that is read, and with ``r+`` written, where it is touched."""
        array = np.memmap(path, dtype, mode)
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

    def add(self, values: NDArray[Any], *, lent: bool = False) -> None:
        """Append values; those that are ``lent`` will be written over, and are copied unless they go to a file."""
        if self._whole is not None:
            self._whole[self._at : self._at + len(values)] = values
            self._at += len(values)
            return
        values = np.ascontiguousarray(values, self._dtype)
        self._size += values.nbytes
        if self._file is not None:
            self._file.write(values.data)
            return
        self._parts.append(values.copy() if lent else values)
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

    def close(self) -> None:
        """Give up the values; arrays that were returned stay."""
        if self._file is not None:
            self._file.close()
        self._room.hold(-sum(part.nbytes for part in self._parts))
        self._parts = []


class Parts:
    """Numbers of 64 bits in parts by their upper bits, in memory or in one file.

    The file holds what was put there at a time one after the other, each by part: one descriptor, however many.
    """

    def __init__(self, room: Room, count: int, shift: int) -> None:
        self._room, self._count, self._shift = room, count, shift
        self._blocks: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []
        self._held = 0
        self._path: Path | None = None
        self._begins: list[NDArray[np.int64]] = []  # where each part begins in the file, a row a time
        self._size = 0

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
        """Iterate over the parts in ascending order, once; the values of a part are in no order."""
        stream = None if self._path is None else self._path.open("rb")
        try:
            for at in range(self._count):
                yield self._part(at, self._read(stream, at))
        finally:
            if stream is not None and self._path is not None:
                stream.close()
                self._path.unlink()
            self._room.hold(-self._held)
            self._path, self._begins, self._blocks, self._held = None, [], [], 0

    def _read(self, stream: Any, at: int) -> list[NDArray[np.uint64]]:
        held = []
        for begin in self._begins:
            out = np.empty(int(begin[at + 1] - begin[at]), np.uint64)
            if len(out):
                stream.seek(8 * int(begin[at]))
                stream.readinto(out.data.cast("B"))
                held.append(out)
        return held

    def _part(self, at: int, more: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
        held = [values[begin[at] : begin[at + 1]] for values, begin in self._blocks]
        return np.concatenate([np.zeros(0, np.uint64), *held, *more])

    def _spill(self) -> None:
        if self._path is None:
            self._path = self._room.file()
        values, begin = self._blocks[0]
        if len(self._blocks) > 1:  # small ones together, so that a part is not read back by the handful
            values = np.concatenate([values for values, _ in self._blocks])
            begin = np.array([0, len(values)])
            if self._count > 1:
                values, begin = scatter(values, self._shift, self._count)
        with self._path.open("ab") as stream:
            stream.write(values.data)
        self._begins.append(begin + self._size)
        self._size += len(values)
        self._room.hold(-self._held)
        self._blocks, self._held = [], 0
