"""Write ``requirements-ci.lock``: the exact versions CI installs, of everything that its environment needs.

``python scripts/lock.py`` takes them from the environment it runs in, for what ``pyproject.toml`` asks for (its
dependencies and the extras ``dev`` and ``docs``) and all that this needs in turn. Names and versions stand there, no
address: where packages come from is the matter of who installs them.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-ci.lock"
EXTRAS = ("dev", "docs")
_HEAD = "# Made by scripts/lock.py; used as constraints by make.\n"


def asked() -> list[Requirement]:
    """Return what the project asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    more = [name for extra in EXTRAS for name in project["optional-dependencies"][extra]]
    return [Requirement(text) for text in [*project["dependencies"], *more]]


def name_of(text: str) -> str:
    """Return a package's name as indexes write it: ``PyYAML`` and ``py_yaml`` are ``pyyaml`` and ``py-yaml``."""
    return re.sub(r"[-_.]+", "-", text).lower()


def closure(wanted: Iterable[Requirement]) -> dict[str, str]:
    """Return the installed version of everything that is needed, by name."""
    found: dict[str, str] = {}
    todo = [(need, name_of(need.name)) for need in wanted]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        need, name = todo.pop()
        if (name, frozenset(need.extras)) in seen:
            continue
        seen.add((name, frozenset(need.extras)))
        try:
            there = distribution(name)
        except PackageNotFoundError:
            sys.exit(f"{name} is not installed here: run make check first")
        found[name] = there.version
        todo += [(inner, name_of(inner.name)) for inner in _needs(there.requires or (), need.extras)]
    return found


def _needs(texts: Iterable[str], extras: Iterable[str]) -> Iterator[Requirement]:
    for text in texts:
        need = Requirement(text)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield need


def locked() -> dict[str, str]:
    """Return what the lock says: versions by name."""
    rows = [line for line in LOCK.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("==") for line in rows)


if __name__ == "__main__":
    rows = sorted(f"{name}=={version}\n" for name, version in closure(asked()).items())
    LOCK.write_text(_HEAD + "".join(rows), "utf-8")
