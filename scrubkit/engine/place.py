"""The output folder: whose it is, what stands in it, and how finished results come into it at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from scrubkit.core.errors import OutputError
from scrubkit.engine.outputs import RESERVED
from scrubkit.engine.rows import as_json
from scrubkit.io.atomic import output_errors, write_atomic
from scrubkit.io.results import typed

try:
    import fcntl
except ImportError:  # Windows has no such lock: two runs into one folder are not noticed there
    fcntl = None  # type: ignore[assignment]

__all__ = ["WORK", "Published", "claim", "publish", "refuse_overlap"]

WORK = ".scrubkit"
"""The folder under the output that holds a run's unfinished work; a later run goes on from it."""

_JOURNAL = "publish.json"

_locks: set[int] = set()


def refuse_overlap(out: Path, sources: Sequence[Path]) -> None:
    """Raise :class:`OutputError` where the output lies in the input or the input in the output."""
    real = out.resolve()
    for source in sources:
        if real == source or real.is_relative_to(source):
            what = "is the input itself" if real == source else f"lies inside the input {source}"
            raise OutputError(f"the output {what}", place=str(out), remedy="choose a folder beside it with -o")
        if source.is_relative_to(real):
            raise OutputError(
                f"the input {source} lies inside the output", place=str(out), remedy="choose another folder with -o"
            )


@contextmanager
def claim(out: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give the work folder below ``out``, for this process alone.

    A folder that holds something scrubkit did not write is refused unless ``overwrite`` says that results may come
    to stand in it.
    """
    if out.exists() and not out.is_dir():
        raise OutputError("is a file, not a folder", place=str(out), remedy="choose another place with -o")
    if out.is_dir() and not overwrite and not _ours(out) and any(out.iterdir()):
        raise OutputError(
            "is not empty and holds no earlier run of scrubkit",
            place=str(out),
            remedy="choose an empty folder, or say --overwrite to put the results beside what is there",
        )
    work = out / WORK
    with output_errors(work):
        work.mkdir(parents=True, exist_ok=True)
        handle = os.open(work / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputError("another run is writing here", place=str(out), remedy="wait for it to end") from error
        _locks.add(handle)
        yield work
    finally:
        _locks.discard(handle)
        os.close(handle)


def _let_go() -> None:
    """In a forked process: let the locks be the parent's alone, so that they end with it."""
    for handle in _locks:
        os.close(handle)
    _locks.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def _ours(out: Path) -> bool:
    return (out / "manifest.json").is_file() or (out / WORK).is_dir()


class Published(msgspec.Struct):
    """What is read of a manifest: the names directly under the output that its run put there."""

    outputs: list[str]


def _published(out: Path) -> set[str]:
    """Return the names directly under ``out`` that earlier runs put there."""
    names: set[str] = set()
    with suppress(OSError, ValueError):
        told = typed(Published)((out / "manifest.json").read_bytes())
        names |= {*told.outputs, "report.html"}  # a report shows one run
    with suppress(OSError, ValueError):
        names |= set(typed(list[str])((out / WORK / _JOURNAL).read_bytes()))
    return {name for name in names if name and "/" not in name and name not in (".", "..", WORK)}


def publish(out: Path, fresh: Path, *, overwrite: bool) -> None:
    """Move everything in ``fresh`` to ``out`` in the place of what earlier runs put there; the manifest last.

    What is to be replaced is noted before, so that a run that is killed here is finished by the next one.
    """
    # One page is one file: a path and a question to the system for each would cost more than moving it.
    names = sorted(os.listdir(fresh), key=lambda name: (name == "manifest.json", name))  # noqa: PTH208
    there = frozenset(os.listdir(out))  # noqa: PTH208
    old = _published(out)
    foreign = [n for n in names if n in there and n not in old and n not in RESERVED and (out / n).exists()]
    if foreign and not overwrite:
        raise OutputError(
            f"{foreign[0]!r} is in the way and is not of an earlier run",
            place=str(out),
            remedy="move it away or say --overwrite",
        )
    with output_errors(out):
        write_atomic(out / WORK / _JOURNAL, as_json(sorted(old | set(names))))
        for name in sorted(there & (old | set(names)), key=lambda name: (name != "manifest.json", name)):
            _remove(out / name)
        if hasattr(os, "sync"):
            os.sync()  # pages were written without a flush each; the manifest must not come before them
        for name in names:
            os.replace(f"{fresh}{os.sep}{name}", f"{out}{os.sep}{name}")  # noqa: PTH105


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
