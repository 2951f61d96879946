"""What an installation needs is in the package: hooks and users install from built packages, not from a checkout."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILT = {".py", ".pyc", ".pyx", ".pxd", ".h", ".c", ".so", ".pyd"}
READ_BY_PEOPLE = {".md"}


def test_every_data_file_is_packaged() -> None:
    """Each file that is neither code nor built from code is named by the package data of pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["package-data"]["scrubkit"]
    files = [
        path.relative_to(ROOT / "scrubkit").as_posix()
        for path in (ROOT / "scrubkit").rglob("*")
        if path.is_file() and path.suffix not in BUILT | READ_BY_PEOPLE and "__pycache__" not in path.parts
    ]
    assert files
    assert [name for name in files if not any(fnmatch(name, pattern) for pattern in patterns)] == []
