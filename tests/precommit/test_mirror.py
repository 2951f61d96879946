"""The mirror: hooks that install a released wheel, run by the real pre-commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_NETWORK = re.compile(r"No matching distribution|Could not find a version|Temporary failure|timed out|SSLError")


def run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=env, text=True, capture_output=True, timeout=1200, stdin=subprocess.DEVNULL
    )


def git(*arguments: str, cwd: Path) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    done = run("git", *who, *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_mirror_has_the_hooks_and_the_version_of_the_package() -> None:
    """The template is in step: the same hooks, the same version."""
    assert (ROOT / "mirror" / ".pre-commit-hooks.yaml").read_text() == (ROOT / ".pre-commit-hooks.yaml").read_text()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    mirror = tomllib.loads((ROOT / "mirror" / "pyproject.toml").read_text())["project"]
    assert mirror["version"] == version
    assert mirror["dependencies"] == [f"scrubkit=={version}"]


def test_mirror_is_filled_for_a_release(tmp_path: Path) -> None:
    """Version and dependency are those of the release; what is no version is refused."""
    script = str(ROOT / "scripts" / "mirror.py")
    assert run(sys.executable, script, "1.2.3", str(tmp_path / "m"), cwd=tmp_path).returncode == 0
    told = tomllib.loads((tmp_path / "m" / "pyproject.toml").read_text())["project"]
    assert (told["version"], told["dependencies"]) == ("1.2.3", ["scrubkit==1.2.3"])
    wrong = run(sys.executable, script, "latest", str(tmp_path / "n"), cwd=tmp_path)
    assert "no version" in wrong.stderr
    assert not (tmp_path / "n").exists()


@pytest.mark.slow
def test_hooks_of_the_mirror_run_from_a_wheel(tmp_path: Path) -> None:
    """A wheel is built, the mirror installs it without the sources, and the hook finds what it should."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    pytest.importorskip("pre_commit")
    source = tmp_path / "source"
    left_out = shutil.ignore_patterns("__pycache__", "*.so", "*.c", "*.pyd")
    shutil.copytree(ROOT / "scrubkit", source / "scrubkit", ignore=left_out)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "SCRUBKIT_", "PYTHON"))}
    env |= {"CC": "/bin/false", "CXX": "/bin/false", "PRE_COMMIT_HOME": str(tmp_path / "home")}
    wheels = tmp_path / "wheels"
    built = run(
        sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(wheels), str(source), cwd=tmp_path, env=env
    )
    if built.returncode and NO_NETWORK.search(built.stderr):
        pytest.skip("the package index is out of reach")
    assert built.returncode == 0, built.stderr
    shutil.rmtree(source)

    mirror = tmp_path / "mirror"
    mirror.mkdir()
    git("init", "-q", cwd=mirror)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    who = {"GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@e", "GIT_COMMITTER_NAME": "T", "GIT_COMMITTER_EMAIL": "t@e"}
    script = str(ROOT / "scripts" / "mirror.py")
    assert run(sys.executable, script, version, str(mirror), cwd=tmp_path, env=env | who).returncode == 0
    git("tag", f"v{version}", cwd=mirror)

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    git("init", "-q", cwd=corpus)
    (corpus / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {mirror.as_uri()}\n    rev: v{version}\n    hooks:\n      - id: scrubkit-check\n"
    )
    (corpus / "noisy.txt").write_text("Skip to main content\n\nThe bridge reopened on Monday after two years.\n")
    git("add", "-A", cwd=corpus)
    env["PIP_FIND_LINKS"] = f"{wheels} {env.get('PIP_FIND_LINKS', '')}".strip()
    done = run(sys.executable, "-m", "pre_commit", "run", "--color=never", cwd=corpus, env=env)
    said = done.stdout + done.stderr
    if "An unexpected error" in said and NO_NETWORK.search(said):
        pytest.skip("the package index is out of reach")
    assert "noisy.txt:1:1 NAV001" in said
    assert done.returncode == 1
