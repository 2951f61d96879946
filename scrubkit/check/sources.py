"""Which files a check reads and what each holds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from scrubkit.core.errors import InputError

__all__ = ["SUFFIXES", "Content", "Excludes", "content_of", "find_files", "matches"]

Content = Literal["text", "html", "records"]

SUFFIXES: dict[str, Content] = {
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "records",
    ".ndjson": "records",
    ".jsonl.gz": "records",
    ".jsonl.zst": "records",
    ".ndjson.gz": "records",
    ".ndjson.zst": "records",
    ".txt.gz": "text",
    ".html.gz": "html",
}


def content_of(name: str) -> Content | None:
    """Return what a file of this name holds, ``None`` where the name does not say.

    >>> content_of("a/b.JSONL.gz"), content_of("page.html"), content_of("notes.md")
    ('records', 'html', None)
    """
    base = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    parts = base.split(".")
    for count in (2, 1):
        if len(parts) > count:
            found = SUFFIXES.get("." + ".".join(parts[-count:]))
            if found is not None:
                return found
    return None


def matches(path: str, pattern: str) -> bool:
    """Return whether a path, or a folder above it, matches a glob; ``*`` also crosses slashes, as in git's pathspecs.

    >>> matches("data/raw/a.txt", "data/raw"), matches("data/raw/a.txt", "*.html"), matches("x/raw/a.txt", "raw/*")
    (True, False, True)
    """
    pattern = pattern.replace("\\", "/").rstrip("/").removeprefix("./")
    parts = path.replace("\\", "/").removeprefix("./").split("/")
    for end in range(len(parts), 0, -1):
        for start in range(end):
            if fnmatch("/".join(parts[start:end]), pattern):
                return True
    return False


@dataclass(frozen=True, slots=True)
class Excludes:
    """Globs of paths that are not checked; ``force`` applies them to files named one by one, too."""

    patterns: tuple[str, ...] = ()
    force: bool = False

    def __call__(self, path: str) -> bool:
        """Return whether a path is left out."""
        return any(matches(path, pattern) for pattern in self.patterns)


def find_files(paths: Sequence[str], excludes: Excludes) -> tuple[list[str], list[InputError]]:
    """Return the files to check, each once, sorted, and an error for each path that does not exist.

    Folders are searched for the known endings.

    A file that is named is read whatever its ending, unless ``excludes.force`` leaves it out. Hidden folders are
    passed over and links to folders are not followed, so a loop of links ends; a link to a file outside of the folder
    is an error, for whoever put it there would have that file read, and with ``--fix`` written. A path that does not
    exist stops nothing: the others are checked, and it is told.
    """
    out: set[str] = set()
    missing: list[InputError] = []
    for path in paths:
        if Path(path).is_dir():
            found, outside = _inside(path, _walk(path, excludes))
            out.update(found)
            missing += outside
        elif not Path(path).exists():
            remedy = "check the spelling and the current folder"
            missing.append(InputError("no such file or folder", place=path, remedy=remedy))
        elif not (excludes.force and excludes(_posix(path))):
            out.add(_posix(path))
    return sorted(out), missing


def _inside(folder: str, paths: Iterable[str]) -> tuple[list[str], list[InputError]]:
    """Return the files that lie in a folder, and an error for each link that leads out of it."""
    found: list[str] = []
    outside: list[InputError] = []
    home = Path(os.path.realpath(folder))
    for path in paths:
        target = Path(os.path.realpath(path)) if Path(path).is_symlink() else home
        if target.is_relative_to(home):
            found.append(path)
        else:
            remedy = "name the file itself to check it, or leave the link out with exclude"
            outside.append(InputError(f"is a link out of the folder, to {target}", place=path, remedy=remedy))
    return found, outside


def _walk(folder: str, excludes: Excludes) -> Iterator[str]:
    for root, folders, names in os.walk(folder):
        folders[:] = [f for f in _visible(folders) if not excludes(_posix(Path(root) / f))]
        for name in _visible(names):
            path = _posix(Path(root) / name)
            if content_of(name) is not None and not excludes(path):
                yield path


def _visible(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")]


def _posix(path: str | Path) -> str:
    return Path(path).as_posix()
