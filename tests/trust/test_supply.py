"""What scrubkit needs and what it is shipped as: licences, the lock of CI, and the wheel in an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import lock

ROOT = lock.ROOT

CLASSIFIED = {"MIT License": "MIT", "Apache Software License": "Apache-2.0", "BSD License": "BSD-3-Clause"}
NAMED = {"MIT": "MIT", "Apache2": "Apache-2.0", "Apache-2.0": "Apache-2.0", "BSD-3-Clause": "BSD-3-Clause"}
SAID = {"Permission is hereby granted, free of charge": "MIT", "Apache License": "Apache-2.0"}


def licences(package: Distribution) -> set[str]:
    """Return the licences that an installed package tells, by SPDX name: in its metadata, else in its files."""
    told = package.metadata
    if told.get("License-Expression"):
        return set(re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", told["License-Expression"])) - {""}
    found = {
        CLASSIFIED.get(name.rpartition(" :: ")[2]) for name in told.get_all("Classifier") or () if "License" in name
    }
    found |= set() if found - {None} else {NAMED.get(told.get("License") or "")}
    if not found - {None}:
        texts = [Path(str(package.locate_file(file))) for file in package.files or () if "licen" in file.name.lower()]
        whole = "".join(path.read_text("utf-8", "replace") for path in texts)
        found = {name for phrase, name in SAID.items() if phrase in whole}
    return {name for name in found if name}


def listed() -> dict[str, set[str]]:
    """Return the licences that the docs list, by package."""
    out: dict[str, set[str]] = {}
    for line in (ROOT / "docs/dependencies.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 3 or cells[0] in ("package", "---"):
            continue
        names, kinds = cells[0].split(", "), cells[1].split(", ")
        for at, name in enumerate(names):
            out[lock.name_of(name)] = set(kinds) if len(names) == 1 else {kinds[at]}
    return out


def runtime() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [lock.name_of(Requirement(text).name) for text in project["dependencies"]]


def test_every_dependency_is_listed_with_its_reason() -> None:
    """No more and no fewer than the package asks for."""
    assert sorted(listed()) == sorted(runtime())


@pytest.mark.parametrize("name", runtime())
def test_the_licence_that_is_listed_is_the_one_that_is_installed(name: str) -> None:
    """What the package itself tells, not what the docs remember."""
    told = licences(distribution(name))
    assert told
    assert listed()[name] <= told


def test_every_dependency_has_a_lower_bound() -> None:
    """A range, so that an old version of a library is not met by surprise."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needs = [Requirement(text) for text in project["dependencies"]]
    assert [
        need.name for need in needs if not any(part.operator in (">=", "==", "~=") for part in need.specifier)
    ] == []


def test_the_lock_holds_all_that_is_asked_for() -> None:
    """Exact versions within the ranges of pyproject.toml, names only: no address, no path, each once."""
    rows = [line for line in lock.LOCK.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [row for row in rows if not re.fullmatch(r"[a-z0-9][a-z0-9-]*==[0-9][A-Za-z0-9.!+]*", row)] == []
    assert rows == sorted(set(rows))
    versions = lock.locked()
    missing = [str(need) for need in lock.asked() if lock.name_of(need.name) not in versions]
    assert missing == [], "run python scripts/lock.py"
    assert [str(need) for need in lock.asked() if versions[lock.name_of(need.name)] not in need.specifier] == []


def clean_environment(folder: Path) -> dict[str, str]:
    """Return variables of an environment that no source tree can be found by."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return {
        **kept,
        "HOME": str(folder),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
    }


CHECK = """
import importlib, pathlib, sys
import scrubkit, scrubkit.kernels
home = pathlib.Path(sys.prefix).resolve()
import pkgutil
for module in pkgutil.walk_packages(scrubkit.__path__, "scrubkit."):
    if not module.name.endswith("__main__") and not module.name.startswith("scrubkit.interop"):
        importlib.import_module(module.name)
wrong = [m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "scrubkit" and getattr(m, "__file__", None)
         and not pathlib.Path(m.__file__).resolve().is_relative_to(home)]
assert not wrong, wrong
print(scrubkit.__version__, len(scrubkit.kernels.missing()))
"""


@pytest.mark.slow
def test_a_built_wheel_works_in_an_environment_of_its_own(tmp_path: Path) -> None:
    """Built from what is in git, installed with its dependencies alone, run on a page: nothing of the tree is used."""
    tree = tmp_path / "tree"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if names.returncode:
        pytest.skip("no git here")
    for name in filter(None, names.stdout.split("\0")):
        if (
            name.startswith(("scrubkit/", "pyproject.toml", "setup.py", "README.md", "LICENSE"))
            and (ROOT / name).exists()
        ):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), "."]
    subprocess.run(build, cwd=tree, check=True, env={**os.environ, "CFLAGS": "-O0"})
    (wheel,) = tmp_path.glob("scrubkit-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert [
            name for name in archive.namelist() if name.endswith((".c", ".h", ".pyx", ".pyc")) or "tests/" in name
        ] == []
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    env = clean_environment(tmp_path)
    got = subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", str(lock.LOCK), str(wheel)],
        env=env, cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    if got.returncode and "scrubkit" not in got.stderr.rpartition("ERROR")[2]:
        pytest.skip(f"the dependencies cannot be had here: {got.stderr.strip()[-200:]}")
    assert got.returncode == 0, got.stderr
    told = subprocess.run([python, "-I", "-c", CHECK], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert told.stdout.split()[1] == "0", "kernels are missing from the wheel"
    page = "Skip to main content\n\nThe river rose on Monday and fell again by the evening, said the miller.\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(page)
    command = tmp_path / "venv/bin/scrubkit"
    for options in (
        ["clean", "in", "-o", "out"],
        ["restore", "out", "-o", "back"],
        ["report", "out"],
        ["check", "out/a.txt"],
    ):
        done = subprocess.run([command, *options], env=env, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/a.txt").read_text() == page.partition("\n\n")[2]
    assert (tmp_path / "back/a.txt").read_text() == page
