"""Files of a run: Arrow files that are mapped into memory, never rewritten, with what tells a torn one."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from scrubkit.core.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FileStamp", "check_file", "flush_folder", "map_columns", "stamp_of", "write_columns"]

_ENDS = 1 << 16
_BLOCK = 1 << 22
WHOLE_BELOW = 1 << 26
"""Files smaller than this many bytes are read through when the index is opened; of larger ones both ends."""

_REMEDY = "put the file back from a copy of the index, or build the index again with 'scrubkit index add'"


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What is known of a file when it was written: its bytes, the CRC-32 of all of them, and of both ends."""

    size: int
    whole: int
    ends: int


def write_columns(path: Path, columns: Mapping[str, Any]) -> None:
    """Write columns of equal length as one Arrow record batch, on the disk when this returns."""
    arrays = [column if isinstance(column, pa.Array) else pa.array(column) for column in columns.values()]
    batch = pa.record_batch(arrays, names=list(columns))
    with path.open("wb") as stream:
        with pa.ipc.new_file(stream, batch.schema) as writer:
            writer.write_batch(batch)
        stream.flush()
        os.fsync(stream.fileno())


def map_columns(path: Path) -> dict[str, pa.Array]:
    """Return the columns of a file, in place: nothing is read before it is looked at.

    :class:`~scrubkit.core.InputError`, naming the file, where it is no Arrow file or a part of one.
    """
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise InputError(f"is torn: {str(error).splitlines()[0]}", place=str(path), remedy=_REMEDY) from error
    return {name: table.column(name).chunk(0) for name in table.column_names}


def numbers(array: pa.Array) -> NDArray[Any]:
    """Return a column of numbers as NumPy sees it, in place."""
    out: NDArray[Any] = array.to_numpy(zero_copy_only=True)
    return out


def stamp_of(path: Path) -> FileStamp:
    """Return the stamp of a file as it stands on the disk."""
    return FileStamp(path.stat().st_size, _whole(path), _ends(path))


def check_file(path: Path, stamp: FileStamp, *, whole: bool) -> None:
    """Raise :class:`~scrubkit.core.InputError`, naming the file, where it is not what was written.

    ``whole`` reads all of it; without it a file of 64 MB and more is judged by its length and both its ends.
    """
    size = path.stat().st_size
    if size != stamp.size:
        raise InputError(f"is torn: {size} bytes of {stamp.size}", place=str(path), remedy=_REMEDY)
    sound = _whole(path) == stamp.whole if whole or size < WHOLE_BELOW else _ends(path) == stamp.ends
    if not sound:
        raise InputError("is damaged: its checksum is not that of the file written", place=str(path), remedy=_REMEDY)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder last, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(path: Path) -> int:
    crc = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            crc = zlib.crc32(block, crc)
    return crc


def _ends(path: Path) -> int:
    with path.open("rb") as stream:
        crc = zlib.crc32(stream.read(_ENDS))
        size = path.stat().st_size
        stream.seek(max(_ENDS, size - _ENDS) if size > _ENDS else size)
        return zlib.crc32(stream.read(_ENDS), crc)
