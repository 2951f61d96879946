"""Read what a run wrote, as typed values: another may have changed it since, so nothing in it is taken on trust."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from scrubkit.core.errors import InputError
from scrubkit.io.streams import explain, lines, open_bytes

__all__ = ["result_file", "result_lines", "typed"]

Told = TypeVar("Told")

_REMEDY = "clean again"


def typed(kind: type[Told]) -> Callable[[bytes], Told]:
    """Return what makes a value of ``kind`` of JSON; it raises :class:`ValueError` that says what does not fit.

    What the strict decoder refuses and a run writes all the same is read: NaN and lone surrogates in what users and
    plug-ins say. Fields that ``kind`` does not name may hold anything.

    >>> typed(dict[str, int])(b'{"kept": 2}')
    {'kept': 2}
    """
    decode = msgspec.json.Decoder(kind).decode

    def read(data: bytes) -> Told:
        try:
            return decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if isinstance(error, msgspec.ValidationError):
                raise
            try:
                return msgspec.convert(json.loads(data), kind)
            except msgspec.ValidationError:
                raise
            except (ValueError, RecursionError):
                raise error from None
        except RecursionError:
            raise ValueError("is nested too deeply") from None

    return read


def result_file(path: Path, kind: type[Told], *, absent: Told | None = None) -> Told:
    """Return what a JSON file of a run holds, ``absent`` (where it is given) if there is no such file.

    Raises :class:`~scrubkit.core.InputError` that names the file where it cannot be read or holds something else.
    """
    try:
        return typed(kind)(path.read_bytes())
    except FileNotFoundError as error:
        if absent is not None:
            return absent
        raise InputError("is not there", place=str(path), remedy=_REMEDY) from error
    except OSError as error:
        raise InputError(f"cannot be read: {explain(error)}", place=str(path)) from error
    except ValueError as error:
        raise InputError(f"is not what a run writes: {error}", place=str(path), remedy=_REMEDY) from error


def result_lines(path: Path, kind: type[Told]) -> Iterator[Told]:
    """Yield what the lines of a JSON Lines file of a run hold.

    Raises :class:`~scrubkit.core.InputError` that names the file and the line, as :func:`result_file` does.
    """
    read = typed(kind)
    try:
        stream = open_bytes(path)
    except OSError as error:
        raise InputError(f"cannot be read: {explain(error)}", place=str(path)) from error
    with stream:
        for number, line in lines(stream, str(path)):
            try:
                told = read(line)
            except ValueError as error:
                raise InputError(
                    f"is not a line that a run writes: {error}", place=f"{path}:{number}", remedy=_REMEDY
                ) from error
            yield told
