"""The hooks, run by the real pre-commit in a real git repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROSE = "The bridge over the river reopened on Monday after two years of repairs, the town council said."
OTHER = "Two lanes are open to cars and one to bicycles; lorries are to use the old crossing until May."
THIRD = "A late frost took most of the cherry blossom in the upper valley on Tuesday night, growers reported."
NO_NETWORK = re.compile(
    r"No matching distribution|Could not find a version|Temporary failure|Connection|timed out|SSLError"
)


def hooks() -> list[dict[str, str]]:
    yaml = pytest.importorskip("yaml")
    found: list[dict[str, str]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    return found


def test_every_hook_is_a_command_that_exists() -> None:
    """The entries of the hooks name options that the command has."""
    from scrubkit.cli.check import check

    options = {name for param in check.params for name in param.opts}
    for hook in hooks():
        program, verb, *rest = hook["entry"].split()
        assert (program, verb) == ("scrubkit", "check")
        assert set(rest) <= options


def test_hooks_take_the_files_that_a_check_takes() -> None:
    """The patterns of the hooks agree with the endings that a folder is searched for."""
    from scrubkit.check.sources import SUFFIXES, content_of

    for hook in hooks():
        pattern = re.compile(hook["files"])
        names = [f"a/b{suffix}" for suffix in SUFFIXES]
        if hook["id"] == "scrubkit-fix":
            names = [n for n in names if content_of(n) != "html" and not n.endswith(("gz", "zst"))]
        assert all(pattern.search(name) for name in [*names, *map(str.upper, names)])
        assert not pattern.search("a.py")
        assert not pattern.search("txt")


def run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=env, text=True, capture_output=True, timeout=900, stdin=subprocess.DEVNULL
    )


def git(*arguments: str, cwd: Path) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"]
    done = run("git", *who, "-c", "commit.gpgsign=false", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a git repository with the sources as they are now, as pre-commit clones it."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    pytest.importorskip("pre_commit")
    folder = tmp_path_factory.mktemp("product")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
    left_out = shutil.ignore_patterns("__pycache__", "*.so", "*.c", "*.pyd")
    shutil.copytree(ROOT / "scrubkit", folder / "scrubkit", ignore=left_out)
    for path in (ROOT / "scrubkit").rglob("*.c"):
        if not path.with_suffix(".pyx").exists():  # a C source of its own, not one that Cython wrote
            shutil.copy(path, folder / path.relative_to(ROOT))
    git("init", "-q", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-q", "-m", "As it is", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which no compiler is found: a hook is installed from source, wherever that is."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "SCRUBKIT_", "PYTHON"))}
    return env | {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("home")), "CC": "false", "CXX": "false"}


def hook(repository: Path, env: dict[str, str], *names: str) -> subprocess.CompletedProcess[str]:
    done = run(sys.executable, "-m", "pre_commit", "run", *names, "--color=never", cwd=repository, env=env)
    out = done.stdout + done.stderr
    if "An unexpected error" in out and NO_NETWORK.search(out):
        pytest.skip(f"the package index is out of reach: {out[-400:]}")
    assert "An unexpected error" not in out, out[-3000:]
    return done


@pytest.mark.slow
def test_hooks_in_a_repository(product: Path, environment: dict[str, str], tmp_path: Path) -> None:
    """A noisy file stops a commit, the fix mends it, the mended file passes, a copy is found as a duplicate."""
    revision = git("rev-parse", "HEAD", cwd=product)
    listed = "".join(f"      - id: {entry['id']}\n" for entry in hooks())
    git("init", "-q", cwd=tmp_path)
    (tmp_path / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {product.as_uri()}\n    rev: {revision}\n    hooks:\n{listed}"
    )
    (tmp_path / "scrubkit.toml").write_text('exclude = ["raw"]\n')
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "page.txt").write_text("Share this article\n")
    (tmp_path / "clean.txt").write_text(f"{PROSE} {OTHER}\n")
    git("add", "-A", cwd=tmp_path)
    assert hook(tmp_path, environment, "scrubkit-check").returncode == 0

    git("commit", "-q", "-m", "Corpus", cwd=tmp_path)
    (tmp_path / "noisy.txt").write_text(f"Skip to main content\n\n{THIRD}\n\nShare this article\n")
    git("add", "-A", cwd=tmp_path)
    found = hook(tmp_path, environment, "scrubkit-check")
    assert found.returncode == 1
    assert "noisy.txt:1:1 NAV001" in found.stdout
    assert "clean.txt" not in found.stdout

    mended = hook(tmp_path, environment, "scrubkit-fix")
    assert "files were modified by this hook" in mended.stdout
    assert (tmp_path / "noisy.txt").read_text() == f"{THIRD}\n"
    git("add", "-A", cwd=tmp_path)
    assert hook(tmp_path, environment).returncode == 0

    (tmp_path / "copy.txt").write_text(f"{PROSE} {OTHER}\n")
    git("add", "-A", cwd=tmp_path)
    copied = hook(tmp_path, environment, "scrubkit-check-duplicates")
    assert copied.returncode == 1
    assert "DUP001" in copied.stdout
    again = hook(tmp_path, environment, "scrubkit-check-duplicates")
    assert [line for line in again.stdout.splitlines() if "DUP" in line] == [
        line for line in copied.stdout.splitlines() if "DUP" in line
    ]
