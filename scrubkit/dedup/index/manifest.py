"""The manifest of an index: one SQLite file that says which runs there are, what was removed, and in which scheme.

A run exists when the manifest names it. Writers hold SQLite's write lock from first to last, so there is one at a
time and the lock goes with a process that dies; everything a writer did becomes visible by its one commit. Readers
see the manifest as it was when they opened it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scrubkit.core.errors import ConfigError, InputError, OutputError
from scrubkit.dedup.index.files import FileStamp

__all__ = ["FORMAT", "NAME", "Manifest", "RunEntry", "Snapshot"]

NAME = "manifest.sqlite"
FORMAT = 2
"""Version of the layout of runs and of what is hashed into postings."""

WAIT = 10.0
"""Seconds to wait for another writer."""

_TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE runs (name TEXT PRIMARY KEY, first INTEGER NOT NULL, documents INTEGER NOT NULL, files TEXT NOT NULL);
CREATE TABLE removed (serial INTEGER PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run as the manifest knows it: folder, serial number of its first document, how many, its files' stamps."""

    name: str
    first: int
    documents: int
    files: Mapping[str, FileStamp]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The manifest at one moment."""

    about: Mapping[str, str]
    runs: tuple[RunEntry, ...]
    removed: tuple[int, ...]

    @property
    def next_serial(self) -> int:
        """The number that the next document gets; numbers are never given twice."""
        return int(self.about["next-serial"])


class Manifest:
    """The manifest in the folder of an index."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def exists(self) -> bool:
        """Whether there is a manifest that was made to its end."""
        if not self.path.is_file():
            return False
        try:
            with closing(self._open()) as database:
                return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone())
        except sqlite3.DatabaseError as error:
            raise self._broken(error) from error

    def create(self, about: Mapping[str, str]) -> None:
        """Make an empty manifest; where another process made one in the meantime that one stands."""
        with closing(self._open()) as database, _errors(self.path):
            database.execute("BEGIN IMMEDIATE")
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone():
                for statement in _TABLES.strip().split(";")[:-1]:
                    database.execute(statement)
                rows = {"format": str(FORMAT), "next-serial": "0", **about}
                database.executemany("INSERT INTO about VALUES (?, ?)", list(rows.items()))
            database.execute("COMMIT")

    def read(self) -> Snapshot:
        """Return the manifest as it stands; :class:`InputError` where it is no manifest."""
        try:
            with closing(self._open()) as database:
                database.execute("BEGIN")
                return _snapshot(database)
        except (
            sqlite3.Error,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ) as error:  # what rows hold may be torn
            raise self._broken(error) from error

    def check(self, wanted: Mapping[str, str], about: Mapping[str, str]) -> None:
        """Raise :class:`ConfigError`, naming both, where the index was made otherwise than is asked for."""
        made = about.get("format", "?")
        if made != str(FORMAT):
            raise ConfigError(
                f"the index has format {made}, this version of scrubkit reads {FORMAT}",
                place=str(self.path.parent),
                remedy="use the version that made it, or build a new index with 'scrubkit index add'",
            )
        for key, value in wanted.items():
            if about.get(key) != value:
                raise ConfigError(
                    f"the index was made with {key} {about.get(key, 'unknown')}, asked for is {value}",
                    place=str(self.path.parent),
                    remedy=f"leave the {key} as the index has it, or build a new index in another folder",
                )

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Give the one writer; what it changed is committed when the block ends without an error."""
        with closing(self._open()) as database:
            with _errors(self.path):
                database.execute("BEGIN IMMEDIATE")
            try:
                yield Writing(database, self.path)
            except BaseException:
                if database.in_transaction:  # on some errors SQLite has taken everything back itself
                    database.execute("ROLLBACK")
                raise
            with _errors(self.path):
                database.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        try:
            database = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
        except sqlite3.Error as error:
            raise InputError(f"cannot be opened: {error}", place=str(self.path)) from error
        database.execute("PRAGMA synchronous = FULL")
        return database

    def _broken(self, error: Exception) -> InputError:
        return InputError(
            f"is no manifest of an index: {error}", place=str(self.path), remedy="put it back from a copy of the index"
        )


class Writing:
    """What a writer may do to the manifest; :class:`OutputError` where that cannot be written, as on a full disk."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database, self._path = database, path

    def read(self) -> Snapshot:
        """Return the manifest as this writer sees it."""
        with _errors(self._path):
            return _snapshot(self._database)

    def replace_runs(self, gone: tuple[str, ...], new: tuple[RunEntry, ...]) -> None:
        """Take runs out and put others in."""
        self._each("DELETE FROM runs WHERE name = ?", [(name,) for name in gone])
        rows = [
            (run.name, run.first, run.documents, json.dumps({key: asdict(stamp) for key, stamp in run.files.items()}))
            for run in new
        ]
        self._each("INSERT INTO runs VALUES (?, ?, ?, ?)", rows)

    def set(self, key: str, value: str) -> None:
        """Set what is known of the index."""
        self._each("INSERT OR REPLACE INTO about VALUES (?, ?)", [(key, value)])

    def remove(self, serials: list[int]) -> None:
        """Mark documents as removed."""
        self._each("INSERT OR IGNORE INTO removed VALUES (?)", [(serial,) for serial in serials])

    def forget(self, serials: list[int]) -> None:
        """Take the marks of removed documents away that stand in no run any more."""
        self._each("DELETE FROM removed WHERE serial = ?", [(serial,) for serial in serials])

    def _each(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        with _errors(self._path):
            self._database.executemany(statement, rows)


def _snapshot(database: sqlite3.Connection) -> Snapshot:
    about = dict(database.execute("SELECT key, value FROM about"))
    rows: list[tuple[Any, ...]] = list(
        database.execute("SELECT name, first, documents, files FROM runs ORDER BY first")
    )
    if about.get("format") == str(FORMAT):  # of another format nothing is known
        float(about["jaccard"]), int(about["next-serial"])
    runs = tuple(_run_entry(*row) for row in rows)
    return Snapshot(about, runs, tuple(serial for (serial,) in database.execute("SELECT serial FROM removed")))


def _run_entry(name: Any, first: Any, documents: Any, files: Any) -> RunEntry:
    """Return the entry of a row; ``ValueError`` where it cannot be one: a name is a folder's, never a path."""
    if not isinstance(name, str) or name in ("", ".", "..") or set(name) & set("/\\\0"):
        raise ValueError(f"{name!r} is no name of a run")
    if not isinstance(first, int) or not isinstance(documents, int) or first < 0 or documents < 1:
        raise ValueError(f"run {name} cannot hold {documents!r} documents from {first!r} on")
    return RunEntry(name, first, documents, {key: FileStamp(**stamp) for key, stamp in json.loads(files).items()})


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise OutputError(
                "another process is writing to the index",
                place=str(path.parent),
                remedy="run the command again when that one has ended",
            ) from error
        raise OutputError(f"cannot be written: {error}", place=str(path)) from error
