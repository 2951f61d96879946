"""What a user names as input, turned into a sorted list of files to read.

A folder is read for its pages (``.txt``, ``.html``, ``.htm``, compressed or not), recursively. A folder without
pages is read for its record files (JSONL, Parquet, …). Where both stand side by side only the pages are taken, and
what was passed over is told together with the option that takes it in.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from zlib import crc32

from scrubkit.core.errors import InputError
from scrubkit.io.faults import Rejected
from scrubkit.io.remote import RemoteFile, is_url, list_remote
from scrubkit.io.streams import base_suffix

__all__ = [
    "ARROW_SUFFIXES",
    "CSV_SUFFIXES",
    "LINE_SUFFIXES",
    "PAGE_SUFFIXES",
    "RECORD_SUFFIXES",
    "TABLE_SUFFIXES",
    "WARC_SUFFIXES",
    "SourceFile",
    "Sources",
    "find_sources",
    "fit_name",
    "is_archive",
    "is_records",
    "shown",
]

PAGE_SUFFIXES = (".txt", ".html", ".htm")
LINE_SUFFIXES = (".jsonl", ".ndjson")
ARROW_SUFFIXES = (".arrow", ".feather", ".ipc")
TABLE_SUFFIXES = (".parquet", *ARROW_SUFFIXES)
CSV_SUFFIXES = (".csv", ".tsv")
WARC_SUFFIXES = (".warc", ".wet")
_LONGEST = 240  # of the 255 bytes a name may have, with room for an ending
RECORD_SUFFIXES = (*LINE_SUFFIXES, *TABLE_SUFFIXES, *CSV_SUFFIXES, *WARC_SUFFIXES)


def is_archive(suffix: str) -> bool:
    """Return whether a file of this ending holds pages in a form of its own: an archive, or what a plug-in reads."""
    if suffix in WARC_SUFFIXES:
        return True
    from scrubkit.io.plugged import plugged_suffixes

    return suffix in plugged_suffixes()


def is_records(suffix: str) -> bool:
    """Return whether a file of this ending holds several documents; that of a page is never a plug-in's."""
    return suffix not in PAGE_SUFFIXES and (suffix in RECORD_SUFFIXES or is_archive(suffix))


_Fault = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read: where it lies, its name relative to the whole input, its size, whether it holds records."""

    path: Path | RemoteFile
    rel: str
    size: int
    mtime_ns: int
    records: bool

    @property
    def place(self) -> str:
        """What messages call it."""
        return shown(self.path)


@dataclass(frozen=True)
class Sources:
    """The files of an input in the order of their names, what is wrong with others, and remarks for the user.

    ``roots`` are the local sources, ``urls`` the others.
    """

    files: tuple[SourceFile, ...]
    faults: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()
    roots: tuple[Path, ...] = field(default=(), compare=False)
    urls: tuple[str, ...] = field(default=(), compare=False)


def shown(path: Path | RemoteFile | str) -> str:
    """Return a path as text for messages and results: control characters and bytes that are not UTF-8 escaped.

    >>> shown("caf\\udce9\\n.txt")
    'caf\\\\xe9\\\\n.txt'
    """
    name = str(path)
    if name.isascii() and name.isprintable():
        return name
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c >= " " and c != "\x7f" else c.encode("unicode_escape").decode() for c in text)


def _relative(name: str) -> str:
    """Return a file's relative name as text; one that had to be escaped gets a hash, so that no two become one."""
    text = shown(name)
    if text == name:
        return name
    head, slash, tail = text.rpartition("/")
    return fit_name(f"{head}{slash}{crc32(os.fsencode(name)):08x}~{tail}")


def fit_name(name: str) -> str:
    """Return a relative name with every part short enough for a file system (255 bytes); a hash stands for the cut.

    >>> fit_name("a/b.txt"), len(fit_name("x" * 300 + ".html.txt"))
    ('a/b.txt', 134)
    """
    if len(name) < 60:
        return name
    return "/".join(_fit(part) for part in name.split("/"))


def _fit(part: str) -> str:
    data = part.encode()
    if len(data) <= _LONGEST:
        return part
    head, tail = data[:60].decode("utf-8", "ignore"), data[-60:].decode("utf-8", "ignore")
    return f"{head}~{crc32(data):08x}{crc32(data[::-1]):04x}"[:74] + tail


def find_sources(sources: Iterable[str | Path], *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Sources:
    """Return the files that sources (folders, files, URLs of either) hold.

    ``include`` and ``exclude`` are globs over the path inside a folder or the bare name. With one folder names are
    relative to it; with several, each file's name begins with that of its folder. Links are followed inside the
    folder's own tree only, to files only. Raises :class:`InputError` for a source that does not exist or holds
    nothing to read.
    """
    named = [source if is_url(source) else Path(source) for source in sources]
    if not named:
        raise InputError("no source was given", remedy="name a folder or a file, or - for standard input")
    prefixes = _prefixes(named)
    files: list[SourceFile] = []
    faults: list[Rejected] = []
    notes: list[str] = []
    for source, prefix in zip(named, prefixes, strict=True):
        if isinstance(source, str):
            found = _remote(source, prefix, include, exclude)
        elif not os.path.lexists(source):
            raise InputError("there is no such file or folder", place=str(source))
        elif source.is_dir():
            found = _folder(source, prefix, include, exclude, _walk(source))
        else:
            found = Sources((_file(source, prefix or source.name),))
        files += found.files
        faults += found.faults
        notes += found.notes
    files.sort(key=lambda file: file.rel)
    roots = tuple(path.resolve() for path in named if isinstance(path, Path))
    return Sources(
        tuple(files), tuple(faults), tuple(notes), roots, tuple(url for url in named if isinstance(url, str))
    )


def _remote(url: str, prefix: str, include: Sequence[str], exclude: Sequence[str]) -> Sources:
    found = list(list_remote(url))
    if len(found) == 1 and found[0][0] == found[0][1].name and url.rstrip("/").endswith(found[0][0]):
        return Sources((_file(found[0][1], prefix or found[0][0]),))
    return _folder(url, prefix, include, exclude, ((inner, file, None) for inner, file in found))


def _prefixes(named: Sequence[Path | str]) -> list[str]:
    """Return the first part of the names of each source: nothing for a lone folder, else its own, made unique."""
    if len(named) == 1:
        return [""]
    seen: Counter[str] = Counter()
    out = []
    for source in named:
        if isinstance(source, str):
            name = source.rstrip("/").rpartition("/")[2] or "root"
        else:
            name = source.name or source.resolve().name or "root"
        seen[name] += 1
        if seen[name] > 1:
            stem, dot, ending = name.partition(".")
            name = f"{stem}-{seen[name]}{dot}{ending}"
        out.append(name)
    return out


def _file(path: Path | RemoteFile, rel: str) -> SourceFile:
    try:
        stat = path.stat()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=shown(path)) from error
    return SourceFile(path, _relative(rel), stat.st_size, stat.st_mtime_ns, is_records(base_suffix(path.name)))


def _folder(
    root: Path | str,
    prefix: str,
    include: Sequence[str],
    exclude: Sequence[str],
    entries: Iterable[tuple[str, Path | RemoteFile, _Fault | None]],
) -> Sources:
    pages: list[SourceFile] = []
    records: list[SourceFile] = []
    asked: list[SourceFile] = []
    other: Counter[str] = Counter()
    faults: list[Rejected] = []
    hidden = 0
    for inner, path, fault in entries:
        rel = f"{prefix}/{inner}" if prefix else inner
        if fault is not None:
            faults.append(Rejected(shown(path), *fault, rel=_relative(rel)))
            continue
        if inner.startswith(".") or "/." in inner:
            hidden += 1
            continue
        if _matches(inner, exclude):
            continue
        suffix = base_suffix(path.name)
        wanted = _matches(inner, include)
        if not (wanted or suffix in PAGE_SUFFIXES or is_records(suffix)):
            other[suffix or path.name] += 1
            continue
        try:
            file = _file(path, rel)
        except InputError as error:
            faults.append(Rejected(shown(path), "unreadable", error.message, rel=_relative(rel)))
            continue
        (asked if wanted else records if file.records else pages).append(file)
    records = list(_without_left_over(records))
    taken = pages if pages else records
    notes = list(_remarks(root, records if pages else [], other if taken or asked else Counter()))
    if not (taken or asked or faults):
        kinds = ", ".join(f"{n} {suffix}" for suffix, n in sorted(other.items()))
        raise InputError(
            "holds no .txt, .html, .jsonl or .parquet files" + (f", only {kinds}" if kinds else ""),
            place=str(root),
            remedy="take others in with --include '*.ENDING'" if kinds else "name the folder that holds the scrapes",
        )
    return Sources((*taken, *asked), tuple(faults), tuple(notes))


def _without_left_over(files: Iterable[SourceFile]) -> Iterator[SourceFile]:
    """Yield files but those that lie in a saved Hugging Face dataset and are no part of it: caches of ``map``."""
    from scrubkit.io.saved_datasets import listed

    known: dict[Path, frozenset[str] | None] = {}  # a folder's list is as long as the folder: it is read once
    for file in files:
        if isinstance(file.path, Path) and file.path.suffix == ".arrow":
            folder = file.path.parent
            if folder not in known:
                known[folder] = listed(folder)
            names = known[folder]
            if names is not None and file.path.name not in names:
                continue
        yield file


def _remarks(root: Path | str, passed: Sequence[SourceFile], other: Counter[str]) -> Iterator[str]:
    if passed:
        names = ", ".join(file.rel for file in passed[:3]) + (", …" if len(passed) > 3 else "")
        endings = sorted({f"'*{base_suffix(file.path.name)}*'" for file in passed})
        yield (
            f"{root}: holds pages, so {len(passed)} record file{'s' * (len(passed) > 1)} ({names}) "
            f"{'are' if len(passed) > 1 else 'is'} passed over (take in with --include {' --include '.join(endings)})"
        )
    if other:
        kinds = ", ".join(f"{n} {suffix}" for suffix, n in sorted(other.items())[:8])
        yield f"{root}: passed over {kinds} (take in with --include '*.ENDING')"


def _matches(inner: str, globs: Sequence[str]) -> bool:
    name = inner.rsplit("/", 1)[-1]
    return any(fnmatch(inner, glob) or fnmatch(name, glob) for glob in globs)


def _walk(root: Path) -> Iterator[tuple[str, Path, _Fault | None]]:
    """Yield every file below a folder, its name there and what is wrong with it; folders behind links are not entered."""
    real = Path(os.path.realpath(root))
    pending = [(root, "")]
    while pending:
        folder, prefix = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            fault = ("unreadable", f"folder cannot be read: {error.strerror}", "mend its permissions")
            yield prefix.removesuffix("/") or ".", folder, fault
            continue
        for entry in entries:
            path, inner = Path(entry.path), f"{prefix}{entry.name}"
            if entry.is_symlink():
                yield from ((inner, path, fault) for fault in _link(path, real))
            elif entry.is_dir(follow_symlinks=False):
                if base_suffix(entry.name) in PAGE_SUFFIXES + RECORD_SUFFIXES and _is_empty(path):
                    fault = ("folder", "is a folder though its name is that of a file", "remove or rename it")
                    yield inner, path, fault
                else:
                    pending.append((path, f"{inner}/"))
            elif entry.is_file(follow_symlinks=False):
                yield inner, path, None
            else:
                yield inner, path, ("special", "is neither a file nor a folder", "remove it")


def _is_empty(folder: Path) -> bool:
    try:
        return next(folder.iterdir(), None) is None
    except OSError:
        return False


def _link(path: Path, real: Path) -> Iterator[_Fault | None]:
    """Yield what is wrong with a link, nothing with one to a file of the folder's own tree: loops, dead ends, ways out.

    A link to a folder of the tree itself yields nothing: what is in it is read at its own place.
    """
    try:
        target = path.resolve(strict=True)
    except FileNotFoundError:
        yield ("dead-link", f"is a link to {str(path.readlink())!r}, which does not exist", "remove it")
        return
    except (OSError, RuntimeError):  # too many levels of links
        yield ("link-loop", "is a link that leads back to itself", "remove it")
        return
    if not target.is_relative_to(real):
        yield ("link-outside", f"is a link out of the folder, to {target}", "name that folder as a source too")
    elif target.is_dir() and path.parent.resolve().is_relative_to(target):
        yield ("link-loop", f"is a link to {target}, the folder it lies in", "remove it")
    elif target.is_file():
        yield None
