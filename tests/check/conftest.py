"""A corpus in a temporary folder and the command run in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

# A busy machine is no failure: nothing here is a timed test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "SCRUBKIT_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def check(corpus: Path) -> Callable[..., Result]:
    """Return a function that runs ``scrubkit check`` with the given arguments."""
    from scrubkit.cli import main

    def run(*args: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(main, ["check", *args], input=stdin, catch_exceptions=False)

    return run


@pytest.fixture
def scrubkit(corpus: Path) -> Callable[..., Result]:
    """Return a function that runs any command."""
    from scrubkit.cli import main

    def run(*args: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(main, list(args), input=stdin, catch_exceptions=False)

    return run
