"""Where settings stand: the nearest ``scrubkit.toml`` or ``pyproject.toml`` upward, and what it holds."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scrubkit.core.errors import ConfigError, InputError

__all__ = ["FILE_NAMES", "find_file", "nearest", "read_file"]

FILE_NAMES = ("scrubkit.toml", "pyproject.toml")


def find_file(start: str | Path | None = None) -> Path | None:
    """Return the nearest settings file upward from a file or folder, ``None`` where there is none.

    ``scrubkit.toml`` is looked for before ``pyproject.toml`` in each folder; a ``pyproject.toml`` counts only where
    it has a table ``[tool.scrubkit]``.
    """
    found = nearest(start)
    return found[0] if found is not None else None


def nearest(start: str | Path | None = None) -> tuple[Path, Mapping[str, Any]] | None:
    """Return what :func:`find_file` does, with the settings as written; each file is read once."""
    at = Path.cwd() if start is None else Path(start).absolute()
    for folder in (at, *at.parents):
        for name in FILE_NAMES:
            path = folder / name
            table = _table(path) if path.is_file() else None
            if table is not None:
                return path, table
    return None


def read_file(path: Path) -> Mapping[str, Any]:
    """Return the settings of a file as written; raises :class:`ConfigError` where there are none."""
    table = _table(path)
    if table is None:
        raise ConfigError("has no table [tool.scrubkit]", place=str(path))
    return table


def _table(path: Path) -> Mapping[str, Any] | None:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError("there is no such settings file", place=str(path)) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path)) from error
    except (ValueError, RecursionError) as error:  # the parser's own, a number of 5,000 digits, lists without end
        if path.name == "pyproject.toml" and "scrubkit" not in path.read_text(encoding="utf-8", errors="replace"):
            return None
        what = "is nested too deeply" if isinstance(error, RecursionError) else f"is not TOML: {error}"
        raise ConfigError(what, place=str(path)) from error
    if path.name != "pyproject.toml":
        return data
    tool = data.get("tool")
    found = tool.get("scrubkit") if isinstance(tool, dict) else None
    return found if isinstance(found, dict) else None
