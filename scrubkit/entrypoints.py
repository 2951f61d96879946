"""Plug-ins: what other installed packages add by entry points. Found by their metadata, imported when asked for.

A group says what a plug-in adds (``GROUPS``). To find out that there are none costs a start-up a millisecond or two:
the folders of ``sys.path`` are searched for metadata that names a group, and only where some does are metadata read.
What a plug-in's package is, who wrote it and how rules are written stands in ``scrubkit.plugins``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from scrubkit.core.errors import ConfigError

__all__ = ["GROUPS", "Plugged", "active", "choose", "chosen", "installed", "load", "named", "stamp"]

GROUPS = ("scrubkit.rules", "scrubkit.cues", "scrubkit.readers", "scrubkit.languages")

Choice = bool | tuple[str, ...]
"""Which plug-ins act: all, none, or those of the packages named."""

_MARK = b"[scrubkit."
_CODE = (".py", ".toml", ".json", ".so", ".pyd")


@dataclass(frozen=True, slots=True, order=True)
class Plugged:
    """One entry point: ``name = value`` in ``group`` of an installed package."""

    package: str
    version: str
    group: str
    name: str
    value: str

    def __str__(self) -> str:
        """How messages call it."""
        return f"plug-in {self.package} {self.version}, entry point {self.name} = {self.value} [{self.group}]"

    @property
    def origin(self) -> str:
        """Return package and version."""
        return f"{self.package} {self.version}"


def installed() -> tuple[Plugged, ...]:
    """Return the entry points of all installed packages in groups of scrubkit, sorted, unknown groups too."""
    return _installed(tuple(sys.path))


def active(group: str) -> tuple[Plugged, ...]:
    """Return the entry points of a group that are switched on."""
    return tuple(entry for entry in _active(tuple(sys.path), chosen()) if entry.group == group)


def named(group: str, name: str) -> Plugged | None:
    """Return the active entry point of a name, ``None`` where there is none.

    Raises :class:`ConfigError` where two packages claim the name.
    """
    found = [entry for entry in active(group) if entry.name == name]
    if len(found) > 1:
        who = " and ".join(entry.origin for entry in found)
        raise ConfigError(f"{name!r} is claimed by {who}", place=f"[{group}]", remedy=_OFF)
    return found[0] if found else None


_choice: list[Choice] = []  # empty: the environment decides; a run has one set of settings, and so has a process


def choose(choice: Choice) -> None:
    """Say which plug-ins act in this process: all (``True``), none (``False``), or those of the packages named.

    The environment variable ``SCRUBKIT_PLUGINS`` (``off``, or names with commas) is asked where nothing was chosen,
    and where it says ``off`` nothing else counts. Raises :class:`ConfigError` for a package that has none.
    """
    if not isinstance(choice, bool):
        known = {_folded(entry.package): entry.package for entry in installed()}
        for name in choice:
            if _folded(name) not in known:
                close = get_close_matches(_folded(name), known, n=1)
                remedy = f"did you mean {known[close[0]]}?" if close else f"install it: pip install {name}"
                raise ConfigError(f"plugins: no plug-in of a package {name!r} is installed", remedy=remedy)
        choice = tuple(choice)
    _choice[:] = [] if choice is True else [choice]


def chosen() -> Choice:
    """Return which plug-ins act in this process."""
    told = os.environ.get("SCRUBKIT_PLUGINS", "").strip()
    if told.lower() in ("off", "none", "0"):
        return False
    if _choice:
        return _choice[0]
    return tuple(part.strip() for part in told.split(",") if part.strip()) or True


_OFF = "switch one off: plugins = [...] in the settings names those that may act, plugins = false is none"


def load(entry: Plugged) -> Any:
    """Return what an entry point names.

    Whatever happens while its module is imported becomes a :class:`ConfigError` that names package and entry point.
    """
    module, _, attributes = entry.value.partition(":")
    try:
        from importlib import import_module

        found: Any = import_module(module.strip())
        for attribute in attributes.split(".") if attributes else ():
            found = getattr(found, attribute.strip())
    except Exception as error:
        raise refusal(entry, f"cannot be loaded: {type(error).__name__}: {error}") from error
    return found


def refusal(entry: Plugged, what: str) -> ConfigError:
    """Return the error that tells what is wrong with a plug-in, where, and what to do about it."""
    remedy = f"mend it, remove it (pip uninstall {entry.package}), or leave it out of the key plugins of the settings"
    return ConfigError(what, place=str(entry), remedy=remedy)


def stamp() -> str:
    """Return a hash of the active plug-ins and their code, empty where there are none: results depend on it.

    The times and sizes of a package's files count, so a rule that is being written is not answered from a cache.
    """
    found = _active(tuple(sys.path), chosen())
    return _stamp(found) if found else ""


@cache
def _stamp(found: tuple[Plugged, ...]) -> str:
    told = blake2b(digest_size=12)
    for top in sorted({entry.value.partition(":")[0].split(".")[0].strip() for entry in found}):
        for path in _files(top):
            stat = path.stat()
            told.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns};".encode("utf-8", "surrogateescape"))
    told.update(repr(found).encode())
    return told.hexdigest()


def _files(module: str) -> Iterator[Path]:
    from importlib.util import find_spec

    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return
    if spec is None:
        return
    for folder in spec.submodule_search_locations or ():
        for root, folders, names in os.walk(folder):
            folders.sort()
            yield from (Path(root, name) for name in sorted(names) if name.endswith(_CODE))
    if not spec.submodule_search_locations and spec.origin is not None:
        yield Path(spec.origin)


def _folded(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


@cache
def _active(path: tuple[str, ...], choice: Choice) -> tuple[Plugged, ...]:
    if choice is False:
        return ()
    found = _installed(path)
    if choice is not True:
        wanted = {_folded(name) for name in choice}
        found = tuple(entry for entry in found if _folded(entry.package) in wanted)
    for entry in found:
        if entry.group not in GROUPS:
            close = get_close_matches(entry.group, GROUPS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"groups: {', '.join(GROUPS)}"
            raise refusal(entry, f"there is no group {entry.group} ({hint})")
    return found


@cache
def _installed(path: tuple[str, ...]) -> tuple[Plugged, ...]:
    out: dict[str, tuple[Plugged, ...]] = {}
    here = os.getcwd()  # noqa: PTH109
    for place in path:
        if place in (
            "",
            here,
        ):  # ``python -m`` looks here too, and what lies here may be scrapes: nothing installs here
            continue
        for package, entries in _in(place):
            out.setdefault(_folded(package), entries)  # the first on the path is the one that is imported
    return tuple(sorted(entry for entries in out.values() for entry in entries))


def _in(place: str) -> Iterable[tuple[str, tuple[Plugged, ...]]]:
    """Yield the packages below one entry of the path that have plug-ins."""
    try:
        names = os.listdir(place or ".")  # noqa: PTH208  a Path for each of hundreds of names costs more than reading
    except OSError:  # an archive, or not there: scrubkit's plug-ins are folders
        return
    for name in sorted(names):
        if not name.endswith((".dist-info", ".egg-info")):
            continue
        folder = os.path.join(place, name)  # noqa: PTH118
        try:
            with open(os.path.join(folder, "entry_points.txt"), "rb") as file:  # noqa: PTH118, PTH123
                told = _MARK in file.read()
        except OSError:
            continue
        if told:
            yield _read(Path(folder))


def _read(folder: Path) -> tuple[str, tuple[Plugged, ...]]:
    from importlib.metadata import Distribution

    told = Distribution.at(folder)
    package, version = told.metadata["Name"], told.version
    found = [entry for entry in told.entry_points if entry.group.startswith("scrubkit.")]
    return package, tuple(Plugged(package, version, entry.group, entry.name, entry.value) for entry in found)
