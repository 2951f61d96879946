"""A package that is installed as far as metadata go: its folder and its entry points are on the path."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scrubkit import entrypoints

collect_ignore = ["example_package"]  # has tests of its own, run where it is really installed

EXAMPLE = Path(__file__).parent / "example_package"

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that puts a package with entry points on the path; afterwards nothing of it is left."""
    before = set(sys.modules)
    monkeypatch.delenv("SCRUBKIT_PLUGINS", raising=False)

    def put(
        groups: dict[str, dict[str, str]], *, name: str = "acme-rules", version: str = "1.0", **modules: str
    ) -> Path:
        site = tmp_path / f"site-{name}"
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = [
            f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in entries.items()) for group, entries in groups.items()
        ]
        (info / "entry_points.txt").write_text("\n".join(lines))
        for module, text in modules.items():
            (site / f"{module}.py").write_text(text)
        monkeypatch.syspath_prepend(str(site))
        return site

    yield put
    entrypoints.choose(True)
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"scrubkit_forum", "acme", "rival"}:
            del sys.modules[name]


@pytest.fixture
def example(install: Install, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the example package on the path."""
    told = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    site = install(told["entry-points"], name=told["name"], version=told["version"])
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    return site
