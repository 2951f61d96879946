"""py3langid's model read as it is unpacked: each table goes to its place as it comes out of the file.

The library writes what is unpacked to a temporary file, 68 MB, reads that, sums it and copies it: half of what unpacking
costs again, for a model that a process may need for one page.
"""

from __future__ import annotations

import lzma
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Tables", "read_tables"]

_PIECE = 1 << 18
_MEMBER = struct.Struct("<4s2xHH16xHH")  # signature, flags, method, lengths of name and extra field
_STREAMED = 8  # the flag of a member whose sizes follow it


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables of a model under the names that ``py3langid.langid.LanguageIdentifier`` has for them."""

    nb_ptc: NDArray[Any]
    nb_pc: NDArray[Any]
    nb_classes: list[str]
    tk_nextmove: NDArray[Any]
    tk_row: NDArray[Any]
    tk_output: NDArray[Any]


def read_tables(path: Path) -> Tables | None:
    """Return the tables of a model file, ``None`` where it is not laid out as those of py3langid 0.4.

    That is an archive of NumPy's arrays, stored one behind the other and compressed as a whole.
    """
    try:
        found = dict(_members(_Unpacked(path.read_bytes())))
        return Tables(
            found["ptc"],
            found["pc"],
            found["classes"].tolist(),
            found["nextmove"],
            found["nextmove_row"],
            found["out_feat"],
        )
    except (OSError, EOFError, KeyError, ValueError, struct.error, lzma.LZMAError):
        return None


class _Unpacked:
    """A compressed file as a stream; ``lzma.open`` would copy each byte once more."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._unpack = lzma.LZMADecompressor()

    def read(self, size: int = _PIECE, /) -> bytes:
        """Return so many bytes, fewer only at the end."""
        out = b""
        while len(out) < size and not self._unpack.eof:
            part = self._unpack.decompress(self._data, size - len(out))
            self._data = b""
            if not part and self._unpack.needs_input:
                raise EOFError("the file is cut off")
            out = out + part if out else part
        return out


def _members(stream: _Unpacked) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the arrays of an archive with their names; what follows them is read for the check sum."""
    while True:
        signature, flags, method, name, extra = _MEMBER.unpack(stream.read(_MEMBER.size))
        if signature != b"PK\3\4":
            break
        if method or flags & _STREAMED:
            raise ValueError("not stored as it is")
        told = stream.read(name).decode().removesuffix(".npy")
        stream.read(extra)
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ValueError("an array of another version")
        shape, columns_first, kind = np.lib.format.read_array_header_1_0(stream)
        if columns_first or kind.hasobject:
            raise ValueError("not laid out by rows")
        array = np.empty(shape, kind)
        place = array.reshape(-1).view(np.uint8)
        for at in range(0, len(place), _PIECE):
            place[at : at + _PIECE] = np.frombuffer(stream.read(min(_PIECE, len(place) - at)), np.uint8)
        yield told, array
    while stream.read():
        pass
